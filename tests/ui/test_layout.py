"""How the screens are laid out at any width: tabs that can be told apart, and the search below them everywhere."""

from __future__ import annotations

import re
from itertools import product

import pytest
from rich.cells import cell_len

from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Row
from jpmanage_tui.ui.sections.invoices.section import InvoicesSection
from jpmanage_tui.ui.sections.issue.products_pane import SizeTabs
from jpmanage_tui.ui.sections.licenses.text import FILTERS
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar, TabBar
from tests.ui.harness import LARGE, SMALL, Run, running

FEW = 20


def words_of(parts: list[tuple[str, object]]) -> list[str]:
    """The words of the tabs that a line shows, without their figures."""
    text = "".join(text for text, _ in parts)
    return [word for word in re.split(r"  +", re.sub(r" [\d,.]+k?\b", " ", text).strip()) if word]


async def test_at_any_width_no_two_tabs_read_the_same_and_the_present_one_is_named() -> None:
    async with running((120, 12), licenses=FEW) as run:
        tabs = run.app.main.query_one(CountedTabBar)
        for filter, width in product((*FILTERS, None), range(16, 120)):
            tabs.show(FILTERS.index(filter) if filter is not None else None, tabs._counts)
            parts = list(tabs.parts(width))
            words = words_of([part for part in parts if "/" not in part[0]])
            assert len(set(words)) == len(words), (width, words)
            assert all(len(word) > 2 for word in words), (width, words)
            if filter is LicenseFilter.ATTACHED and len(words) == 1 and width >= 20:
                assert words == ["Assigned"]
            assert sum(cell_len(text) for text, _ in parts) <= max(width, 20)


async def opened(run: Run, key: str) -> None:
    await run.press(key)
    await run.press("slash")
    await run.until(lambda: any(row.region for row in run.app.main.query(SearchBar)), "the search")


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize(("key", "tabs"), [("1", CountedTabBar), ("S", TabBar), ("i", SizeTabs)])
@pytest.mark.sample(2)
async def test_the_search_stands_below_the_tabs_on_every_screen(
    key: str, tabs: type[CountedTabBar | TabBar | SizeTabs], size: tuple[int, int]
) -> None:
    async with running(size, licenses=FEW) as run:
        await opened(run, key)
        assert run.app.main.section is not None
        row, line = run.app.main.section.query_one(SearchBar), run.app.main.section.query_one(tabs)
        assert row.region.y == line.region.y + 1


PRODUCT = "Jetpack Security Plan for Agencies and Hosting Partners (1TB)"
SITE = "https://the-shop-of-a-rather-long-named-association-of-botanical-friends.example/en"
COMPANY = "Nordlicht Digital Agency and Partners for Shops of Every Kind"
QUESTIONS = {
    "a long button": Confirmation(
        "Unassign License?", [f"{PRODUCT} on {SITE}"], f"Unassign {PRODUCT} from {SITE}", danger=True
    ),
    "a tick box": Confirmation(
        "Unassign License?", [COMPANY], f"Unassign {PRODUCT}", checkbox=("E-mail the customer", True)
    ),
    "rows": Confirmation(
        "Unassign?", [COMPANY], f"Assign 3 to {SITE}", rows=[Row(PRODUCT, SITE, "…AE4PRP")] * 3
    ),
    "a number": Confirmation(f"Revoke {PRODUCT}?", [COMPANY], f"Revoke {PRODUCT}", require_text="25"),
}


@pytest.mark.parametrize("size", [SMALL, LARGE, (100, 30), (40, 20)])
@pytest.mark.sample(2)
async def test_buttons_with_long_names_stay_in_their_dialog_and_no_letter_behind_touches_it(
    size: tuple[int, int],
) -> None:
    async with running(size, licenses=FEW) as run:
        for question in QUESTIONS.values():
            dialog = ConfirmDialog(question)
            run.app.push_screen(dialog)
            await run.until(lambda dialog=dialog: run.app.screen is dialog and dialog.focused, "it")  # type: ignore[misc]
            await run.pilot.pause()
            box = dialog.query_one(".dialog--box").region
            shown = run.lines(dialog)
            for button in dialog.query(Button):
                assert box.contains_region(button.region), question.button
                label = " ".join(
                    line[button.region.x : button.region.right].strip()
                    for line in shown[button.region.y : button.region.bottom]
                )
                assert label.replace(" ", "") == f"[{str(button.label).replace(' ', '')}]"
            for line in shown[box.y : box.bottom]:
                assert {line[at : at + 1] for at in (box.x - 1, box.right) if at >= 0} <= {" ", ""}
            await run.press("escape")
            await run.until(lambda: run.app.screen is run.app.main, "it closes")


async def test_in_a_terminal_too_low_for_a_question_its_buttons_are_reached_and_shown() -> None:
    async with running((60, 10), licenses=FEW) as run:
        dialog = ConfirmDialog(Confirmation("Revoke?", [f"{PRODUCT} on {SITE}. " * 4], "Revoke"))
        run.app.push_screen(dialog)
        await run.until(lambda: "[ Cancel ]" in "\n".join(run.lines(dialog)), "the focused button")


def test_the_short_words_of_the_tabs_of_invoices_differ() -> None:
    brief = [tab.short_label for tab in InvoicesSection.TABS]
    assert len(set(brief)) == len(brief)
