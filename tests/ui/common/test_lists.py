"""The keys that move do in the list of every dialog what they do in every list; a menu takes the keys that it prints."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jpmanage_tui.api.licenses import LicenseState
from jpmanage_tui.ui.dialogs.choice import ChoiceList
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.virtual_list import VirtualList
from tests.ui.harness import SMALL, Run, running

LISTS: dict[str, Sequence[tuple[str, str]]] = {
    "help": [("question_mark", "─ Help ─")],
    "menu": [("full_stop", "View Site")],
    "palette": [("ctrl+p", "Every command")],
    "sort": [("s", "Sort by")],
    "site picker": [("a", "to which site?")],
    "license picker": [("S", "Site ID"), ("a", "Assign which license")],
    "rows of a question": [("space", ""), ("space", ""), ("space", ""), ("space", ""), ("x", "Type")],
}


async def in_list(run: Run, steps: Sequence[tuple[str, str]]) -> VirtualList:
    for key, words in steps:
        await run.press(key)
        await run.sees(words)
    await run.until(lambda: run.app.screen is not run.app.main, "the dialog")
    shown = run.app.screen.query_one(VirtualList)
    await run.until(lambda: shown.line_count() > 1, "its rows")
    return shown


def at_end(shown: VirtualList, line: int) -> bool:
    """Whether a line at an end is in view, and the cursor on the row nearest to it."""
    top, rows = shown.scroll_offset.y, rows_of(shown)
    return shown.cursor == rows[-1 if line else 0] and top <= line < top + shown.view_height


def rows_of(shown: VirtualList) -> list[int]:
    """The lines on which the cursor may stand."""
    return [line for line in range(shown.line_count()) if shown.selectable(line)]


@pytest.mark.parametrize("steps", LISTS.values(), ids=LISTS.keys())
@pytest.mark.sample(2)
async def test_the_last_row_and_the_first_are_reached_by_the_same_keys(
    steps: Sequence[tuple[str, str]],
) -> None:
    async with running(SMALL, licenses=60) as run:
        if steps[0][0] == "a":
            while "a Assign" not in run.footer:
                await run.press("j")
        shown = await in_list(run, steps)
        typing = isinstance(run.app.screen.focused, Input)
        pairs = [("pagedown", "pageup")] if typing else [("G", "g"), ("end", "home")]
        for down, up in pairs:
            times = shown.line_count() // max(1, shown.view_height - 1) + 2 if typing else 1
            await run.press(*[down] * times)
            last = shown.line_count() - 1
            await run.until(lambda last=last: at_end(shown, last), f"{down} goes to the last row")  # type: ignore[misc]
            await run.press(*[up] * times)
            await run.until(lambda: at_end(shown, 0), f"{up} goes to the first row")
        if not typing:
            rows = rows_of(shown)
            for key, line in (("j", rows[1]), ("k", rows[0]), ("down", rows[1]), ("up", rows[0])):
                await run.press(key)
                await run.until(lambda line=line: shown.cursor == line, f"{key} moves by one")  # type: ignore[misc]


@pytest.mark.parametrize(
    ("steps", "key", "words"),
    [
        (["full_stop"], "y", "clipboard"),
        (["full_stop"], "u", "Unassign License?"),
        (["full_stop"], "x", "Revoke"),
        (["3", "full_stop"], "x", "Delete payment method"),
        (["3", "full_stop"], "m", "primary"),
        (["S", "full_stop"], "l", "match"),
        (["S", "full_stop"], "a", "Assign which license"),
    ],
)
@pytest.mark.sample(2)
async def test_a_menu_takes_the_keys_that_it_prints(steps: list[str], key: str, words: str) -> None:
    async with running(SMALL, licenses=60) as run:
        view = run.view(LicensesSection)
        row = next(row for row, one in view.state.pages.rows.items() if one.state is LicenseState.ATTACHED)
        await run.press(*["j"] * row)
        for step in steps:
            await run.press(step)
            if step in "3S":
                await run.until(
                    lambda: run.app.main.section and "1/" in run.app.main.section.counter(), "rows"
                )
                await run.press("j")
        await run.until(lambda: run.app.screen.query(ChoiceList), "the menu")
        menu = run.app.screen
        printed = [choice.key for choice in menu.query_one(ChoiceList).choices]
        assert key in printed
        await run.press(key)
        await run.until(lambda: run.app.screen is not menu, "chosen")
        await run.sees(words)


async def test_the_key_of_what_a_menu_cannot_do_now_says_why() -> None:
    async with running(SMALL, licenses=60) as run:
        await run.press("full_stop")
        menu = run.app.screen.query_one(ChoiceList)
        await run.until(lambda: menu.choices, "the menu")
        choice = next(one for one in menu.choices if one.reason)
        await run.press(choice.key)
        assert choice.reason is not None
        await run.sees(choice.reason)
        assert menu.current is choice
