"""The pane beside a list: folded to its size, filled when the cursor rests, painted where it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from jpmanage_tui.ui.widgets import detail_pane
from jpmanage_tui.ui.widgets.detail_pane import (
    Detail,
    DetailPane,
    Fact,
    Offer,
    Refusal,
    Row,
    Title,
    action_details,
    fold,
    pane_width,
    rows_of,
)

TEXTS = st.text("ab é茶-/:. ", max_size=90)
DETAILS = st.lists(
    st.one_of(
        TEXTS.map(Title),
        st.builds(
            Fact, st.sampled_from(["Site", "License code", "Per month"]), TEXTS, least=st.integers(0, 3)
        ),
        st.builds(Offer, st.sampled_from(["a", "enter"]), TEXTS),
        st.builds(Refusal, st.lists(TEXTS, min_size=1, max_size=3), TEXTS),
    ),
    max_size=12,
)


def text_of(rows: list[Row]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


@given(DETAILS, st.integers(20, 64), st.integers(0, 30))
def test_what_is_shown_fits_the_pane(details: list[Detail], width: int, height: int) -> None:
    rows = rows_of(details, width, height)
    assert len(rows) <= height
    assert all(cell_len(line) <= width for line in text_of(rows))


@given(TEXTS, st.integers(2, 40))
def test_folding_loses_nothing_but_spaces(text: str, width: int) -> None:
    lines = fold(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)


def test_a_value_too_long_goes_on_below_beside_its_label() -> None:
    rows = rows_of([Title("Scan"), Fact("Site", "staging.quinta-39.example"), Fact("Code", "x")], 34, 9)
    assert text_of(rows) == [
        "Scan",
        "Site          staging.quinta-39.ex",
        "              ample",
        "Code          x",
    ]


def test_reasons_go_first_where_the_pane_is_low_then_lines_and_a_dot_says_that_there_is_more() -> None:
    details: list[Detail] = [
        Title("Scan"),
        Fact("Site", "a"),
        *action_details(
            [
                ("copy", "Copy", None),
                ("assign", "Assign", None),
                ("revoke", "Revoke", None),
                ("move", "Move", "No."),
            ]
        ),
    ]
    facts = ["Scan", "Site          a"]
    actions = ["", "Actions", "y   Copy", "a   Assign", "x   Revoke", "·   Move"]
    assert text_of(rows_of(details, 20, 11)) == [*facts, *actions, "", "Not now", "Move: No."]
    assert text_of(rows_of(details, 20, 10)) == [*facts, *actions]
    assert text_of(rows_of(details, 20, 7)) == [*facts, "Actions", "y Copy   a Assign", "x Revoke"]
    assert text_of(rows_of(details, 20, 4)) == [*facts, "Actions", "…"]


def test_what_keys_do_stands_in_one_column() -> None:
    assert text_of(rows_of([Offer("enter", "Read"), Offer("d", "Download")], 40, 9)) == [
        "enter Read",
        "d     Download",
    ]


def test_what_cannot_be_done_for_one_reason_stands_together() -> None:
    actions = [
        ("copy", "Copy code", None),
        ("assign", "Assign", "No site."),
        ("unassign", "Unassign", "No site."),
    ]
    assert action_details(actions) == [
        Title("Actions"),
        Offer("y", "Copy code"),
        Offer("·", "Assign"),
        Offer("·", "Unassign"),
        Title("Not now"),
        Refusal(["Assign", "Unassign"], "No site."),
    ]


@pytest.mark.parametrize(("columns", "width"), [(130, 42), (140, 44), (160, 51), (200, 64), (300, 64)])
def test_the_pane_grows_with_the_terminal(columns: int, width: int) -> None:
    assert pane_width(columns) == width


class PaneApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.rests = 0
        self.pane = DetailPane(self._rested)
        self.pane.styles.width = 40

    def compose(self) -> ComposeResult:
        """Compose the pane alone."""
        yield self.pane

    def _rested(self) -> None:
        self.rests += 1


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause()
            await asyncio.sleep(0.005)


async def test_it_is_filled_once_after_the_cursor_has_stood_still(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(detail_pane, "monotonic", lambda: now[0])
    monkeypatch.setattr(detail_pane, "REST_SECONDS", 0.01)
    async with (app := PaneApp()).run_test() as pilot:
        app.pane.follow()
        timers = [app.pane._timer]
        for _ in range(5):  # an arrow is held: the clock goes on, and so does the cursor
            now[0] += 0.009
            app.pane.follow()
            await until(pilot, lambda: app.pane._timer is not timers[-1])
            timers.append(app.pane._timer)
        assert (app.rests, app.pane.waits) == (0, True)
        now[0] += 0.02
        await until(pilot, lambda: app.rests)
        assert (app.rests, app.pane.waits) == (1, False)


async def test_only_the_lines_that_changed_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with (app := PaneApp()).run_test() as pilot:
        app.pane.show_details([Title("One"), Fact("Site", "a"), Fact("Code", "1")])
        await pilot.pause()
        painted: list[Region] = []
        refresh = app.pane.refresh

        def noted(
            *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
        ) -> DetailPane:
            painted.extend(regions)
            return refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

        monkeypatch.setattr(app.pane, "refresh", noted)
        app.pane.show_details([Title("One"), Fact("Site", "b"), Fact("Code", "1")])
        assert painted == [Region(0, 1, 40, 1)]
        app.pane.show_details([Title("One"), Fact("Site", "b"), Fact("Code", "1")])
        app.pane.show_details([Title("One")])
        assert painted[1:] == [Region(0, 1, 40, 1), Region(0, 2, 40, 1)]
        await pilot.resize_terminal(80, 12)
        await pilot.pause()
        assert app.pane.region.right == 80
        assert text_of(list(app.pane.rows)) == ["One"]
