"""The field that takes the lines of a list, and the file that may have them; in an app of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from jpmanage_tui.rules.site_list import MOST_LINES, ListError
from jpmanage_tui.ui.sections.site_list.data import MOST_BYTES, is_file_name, read_list_file
from jpmanage_tui.ui.sections.site_list.intake import IntakePane, ListInput


class Intake(App[None]):
    """The pane, with what a section does with what is given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[ListInput.Given] = []
        self.refused: str | None = None
        self.finished = 0

    def compose(self) -> ComposeResult:
        yield IntakePane([])

    @property
    def pane(self) -> IntakePane:
        return self.query_one(IntakePane)

    @on(ListInput.Given)
    def _given(self, message: ListInput.Given) -> None:
        self.given.append(message)
        self.refused = self.pane.add(message.text)

    @on(ListInput.Finished)
    def _finished(self) -> None:
        self.finished += 1


@asynccontextmanager
async def intake() -> AsyncIterator[tuple[Intake, Pilot[None]]]:
    app = Intake()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.field.focus()
        await pilot.pause()
        yield app, pilot


async def paste(app: Intake, pilot: Pilot[None], text: str) -> None:
    app.post_message(events.Paste(text))
    await pilot.pause()


async def test_a_paste_of_many_lines_comes_in_at_once_and_too_many_are_refused_as_a_whole() -> None:
    async with intake() as (app, pilot):
        await paste(app, pilot, "\r".join(f"site-{number}.example" for number in range(MOST_LINES)))
        assert len(app.given) == 1
        assert (app.pane.count, app.pane.lines[-1]) == (MOST_LINES, "site-9999.example")
        assert app.pane.list.cursor == MOST_LINES - 1
        await paste(app, pilot, "one.example\ntwo.example\n")
        assert app.refused == "2 lines more would be too many: 10,000 are the most. None was added."
        assert app.pane.count == MOST_LINES


async def test_blank_lines_keep_their_place_so_that_numbers_are_those_of_the_file() -> None:
    async with intake() as (app, pilot):
        await paste(app, pilot, "one.example\r\n\r\ntwo.example\r\n\r\n")
        assert list(app.pane.lines) == ["one.example", "", "two.example"]
        assert app.pane.count == 2


async def test_lines_are_typed_one_by_one_and_keys_of_a_paste_without_brackets_only_type() -> None:
    async with intake() as (app, pilot):
        app.pane.field.value = "a.example"
        await pilot.press("enter")
        assert list(app.pane.lines) == ["a.example"]
        app.pane.field.value = ""
        await pilot.press("enter")  # a blank line of a paste: it must not go on to anything
        assert len(app.given) == 1
        app.pane.field.value = "b.example"
        await pilot.press("end", "tab", "x", "enter")
        assert app.pane.lines[-1] == "b.example;x"
        assert app.focused is app.pane.field
        await pilot.press("f2")
        assert app.finished == 1


async def test_one_pasted_line_can_still_be_changed_and_a_pasted_row_keeps_its_columns() -> None:
    async with intake() as (app, pilot):
        await paste(app, pilot, "  acme.example \n")
        assert app.pane.field.value == "acme.example"
        assert not app.pane.lines
        await paste(app, pilot, "acme.example\tjetpack-scan\n")
        assert list(app.pane.lines) == ["acme.example\tjetpack-scan"]


@pytest.mark.parametrize(
    "data",
    [
        "münchen.example\nacme.example".encode(),
        b"\xef\xbb\xbf" + "münchen.example\nacme.example".encode(),
        "münchen.example\nacme.example".encode("utf-16"),
        "münchen.example\nacme.example".encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 with mark", "utf-16 without"],
)
def test_a_file_is_read_in_what_encoding_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "sites.csv"
    path.write_bytes(data)
    assert read_list_file(str(path)).splitlines() == ["münchen.example", "acme.example"]


def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    with pytest.raises(ListError, match=r"sites\.csv cannot be read: No such file or directory\."):
        read_list_file(str(path))
    path.write_bytes(b"\xff\x00\xc3")
    with pytest.raises(ListError, match="UTF-8 or UTF-16"):
        read_list_file(str(path))
    path.write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(ListError, match="greater than 10 MB"):
        read_list_file(str(path))


async def test_lines_that_were_there_before_are_shown_and_are_those_that_change() -> None:
    lines = ["one.example", "", "two.example"]

    class Kept(App[None]):
        def compose(self) -> ComposeResult:
            yield IntakePane(lines)

    app = Kept()
    async with app.run_test() as pilot:
        pane = app.query_one(IntakePane)
        assert (pane.count, pane.list.line_count()) == (2, 3)
        pane.remove_line()
        await pilot.pause()
        assert lines == ["", "two.example"]


def test_a_name_without_a_folder_may_be_a_file_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clients.csv").touch()
    assert is_file_name("clients.csv")
    assert not any(map(is_file_name, ("acme.example", "./clients.csv", "", "x" * 5000, "a.example, x")))
