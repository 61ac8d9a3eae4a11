"""How the screens are laid out at any width: tabs that can be told apart, and the search below them everywhere."""

from __future__ import annotations

import re
from itertools import product

import pytest
from rich.cells import cell_len

from jpmanage_tui.api.models.license import LicenseFilter
from jpmanage_tui.ui.invoices.tabs import InvoiceTabs
from jpmanage_tui.ui.issue.products_pane import SizeTabs
from jpmanage_tui.ui.licenses.tabs import FILTERS, Tabs
from jpmanage_tui.ui.widgets.search_row import SearchRow
from jpmanage_tui.ui.widgets.tab_line import TabLine
from tests.ui.harness import LARGE, SMALL, Run, running

FEW = 20


def words_of(parts: list[tuple[str, object]]) -> list[str]:
    """The words of the tabs that a line shows, without their figures."""
    text = "".join(text for text, _ in parts)
    return [word for word in re.split(r"  +", re.sub(r" [\d,.]+k?\b", " ", text).strip()) if word]


async def test_at_any_width_no_two_tabs_read_the_same_and_the_present_one_is_named() -> None:
    async with running((120, 12), licenses=FEW) as run:
        tabs = run.app.main.query_one(Tabs)
        for filter, width in product((*FILTERS, None), range(16, 120)):
            tabs.show_tabs(filter, tabs._counts)
            parts = list(tabs.parts(width))
            words = words_of([part for part in parts if "/" not in part[0]])
            assert len(set(words)) == len(words), (width, words)
            assert all(len(word) > 2 for word in words), (width, words)
            if filter is LicenseFilter.ATTACHED and len(words) == 1:
                assert words == ["Assigned"]
            assert sum(cell_len(text) for text, _ in parts) <= max(width, 20)


async def opened(run: Run, key: str) -> None:
    await run.press(key)
    await run.press("slash")
    await run.until(lambda: any(row.region for row in run.app.main.query(SearchRow)), "the search")


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize(("key", "tabs"), [("1", Tabs), ("S", TabLine), ("i", SizeTabs)])
async def test_the_search_stands_below_the_tabs_on_every_screen(
    key: str, tabs: type[Tabs | TabLine | SizeTabs], size: tuple[int, int]
) -> None:
    async with running(size, licenses=FEW) as run:
        await opened(run, key)
        assert run.app.main.view is not None
        row, line = run.app.main.view.query_one(SearchRow), run.app.main.view.query_one(tabs)
        assert row.region.y == line.region.y + 1


def test_the_short_words_of_the_tabs_of_invoices_differ() -> None:
    brief = [words for _, words in InvoiceTabs()._tabs]
    assert len(set(brief)) == len(brief)
