"""What is pasted into a field for one line: one line is taken, of several none, and that is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from textual import events
from textual.app import App, ComposeResult

from jpmanage_tui.ui.common.guarded_screen import PasteRefused
from jpmanage_tui.ui.widgets.form import FormRow
from jpmanage_tui.ui.widgets.input import SEVERAL_LINES, Input
from tests.cases import cases
from tests.ui.harness import LARGE, Run, running, signed_in_as

TWO_LINES = Path(__file__).parents[1] / "e2e" / "cases" / "paste-two-lines.txt"
SPREADSHEET = TWO_LINES.with_name("paste-spreadsheet.txt")

# keys that lead to a field, and what is seen when it is there
FIELDS: dict[str, Sequence[tuple[str, str]]] = {
    "search of licenses": [("slash", "license code, site, product, owner")],
    "search of sites": [("S", "Site ID"), ("slash", "")],
    "search of prices": [("5", "Jetpack"), ("slash", "")],
    "search of products": [("i", "Jetpack"), ("slash", "")],
    "quantity": [("i", "Jetpack"), ("number_sign", "How many")],
    "palette": [("ctrl+p", "Every command")],
    "site picker": [("a", "to which site?")],
    "license picker": [("S", "Site ID"), ("a", "Assign which license")],
    "new card": [("3", "Primary Card"), ("n", "New credit card")],
    "connect": [("S", "Site ID"), ("n", "Connect a site")],
    "company": [("6", "Texas"), ("tab", "")],
    "country": [("6", "Texas"), ("tab,tab,tab,tab,tab,tab,tab,enter", "")],
}


async def to_field(run: Run, steps: Sequence[tuple[str, str]]) -> Input:
    """Go to a field."""
    for keys, words in steps:
        await run.press(*keys.split(","))
        await run.sees(words)
    await run.until(lambda: isinstance(run.app.screen.focused, Input), "the field")
    field = run.app.screen.focused
    assert isinstance(field, Input)
    return field


def told(run: Run) -> list[str]:
    """What is said below fields, on the edge of a dialog, and in the status line."""
    edges = [str(box.border_subtitle) for box in run.app.screen.query(".dialog--box")]
    return [*(row.error for row in run.app.screen.query(FormRow)), *edges, run.status.removeprefix("! ")]


@pytest.mark.parametrize("steps", cases(FIELDS.items(), "site picker", "new card", "company", "palette"))
@pytest.mark.sample(2)
async def test_several_lines_are_not_taken_by_any_field_and_that_is_said(
    steps: Sequence[tuple[str, str]],
) -> None:
    async with running(LARGE, licenses=60) as run:
        if steps[0][0] == "a":
            while "a Assign" not in run.footer:
                await run.press("j")
        field = await to_field(run, steps)
        before = field.value
        for text in (TWO_LINES.read_text(), SPREADSHEET.read_text(), "a.example\r\rb.example"):
            run.app.post_message(events.Paste(text))
            await run.until(lambda: SEVERAL_LINES in told(run), "the sentence")
            assert field.value == before
        run.app.post_message(events.Paste("  \n acme.example \r\n"))
        await run.until(lambda: field.value == f"{before}acme.example", "one line is taken")
        assert run.app.screen.focused is field, "and nothing is submitted"


async def test_control_characters_that_nobody_would_see_are_not_pasted() -> None:
    async with running(LARGE, licenses=60) as run:
        field = await to_field(run, FIELDS["search of licenses"])
        run.app.post_message(events.Paste("bis\x1btro\x9b\x00\x7f"))
        await run.until(lambda: field.value == "bistro", "the text alone")


async def test_a_character_that_could_not_be_read_is_said_and_not_typed() -> None:
    async with running(LARGE, licenses=60) as run:
        field = await to_field(run, FIELDS["search of licenses"])
        run.app.post_message(events.Key("replacement_character", "\ufffd"))
        await run.sees("That character could not be read")
        assert field.value == ""


async def test_several_lines_are_not_taken_on_the_screens_before_an_account_is_open() -> None:
    async with signed_in_as() as run:
        await run.sees("Welcome to jpmanage")
        field = run.app.screen.query_one("#user", Input)
        field.focus()
        run.app.post_message(events.Paste("one\ntwo\n"))
        await run.sees(SEVERAL_LINES)
        assert field.value == ""


class Pasted(App[None]):
    """A field, and what was said of pastes."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input()

    def on_paste_refused(self, message: PasteRefused) -> None:
        self.said.append(message.sentence)


@pytest.mark.slow
@given(st.text(st.sampled_from("ab \n\r\t\v"), max_size=12))
async def test_a_field_takes_a_whole_paste_or_nothing_of_it(text: str) -> None:
    app = Pasted()
    async with app.run_test() as pilot:
        app.query_one(Input).focus()
        app.post_message(events.Paste(text))
        await pilot.pause()
        value = app.query_one(Input).value
        lines = [line.strip() for line in text.replace("\t", " ").splitlines() if line.strip()]
        assert value == (lines[0] if len(lines) == 1 else "")
        assert app.said == ([SEVERAL_LINES] if len(lines) > 1 else [])
