"""The filters and the order of the Sites screen, on the sandbox through the real client."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.licenses import SortDirection
from jpmanage_tui.rules.site_health import health
from jpmanage_tui.services.connected_sites import SiteFilter
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.sections.sites.query import TABS
from jpmanage_tui.ui.sections.sites.section import SitesSection
from jpmanage_tui.ui.widgets.tab_bar import TabBar
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.sites.test_sites import connect, opened, search

MANY = 1000
"""So many licenses that among their sites every issue occurs."""
SHOWN = {
    "Backup failed": "backup failed",
    "Backup warning": "backup warning",
    "Threats": "threat",
    "Down": "down",
    "Disconnected": "disconnected",
    "Updates": "update",
}
"""What the Health column says of every site that a filter lets through."""


async def answered(run: Run, view: SitesSection) -> None:
    await run.until(lambda: view.sites.pages.total is not None and not view.sites.busy, "the answer")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
async def test_each_filter_shows_the_sites_that_have_it_and_why(size: tuple[int, int]) -> None:
    async with running(size, licenses=MANY) as run:
        view = await opened(run)
        whole = view.sites.pages.total
        for tab in TABS[1:]:
            await run.press("]")
            await answered(run, view)
            assert view.site_query.filter is tab.filter
            sites = list(view.sites.pages.rows.values())
            assert sites, tab.label
            assert len(sites) <= view.sites.pages.count < (whole or 0)
            assert f"({tab.label})" in run.status
            if tab.filter is SiteFilter.FAVORITES:
                assert all(site.is_favorite for site in sites)
            elif tab.label in SHOWN:
                assert all(SHOWN[tab.label] in health(site) for site in sites)
            else:
                assert all(health(site) not in ("connected", "—") for site in sites)
        await run.press("]")
        await answered(run, view)
        assert view.sites.pages.total == whole, "after the last filter come all"
        await run.press("[")
        await answered(run, view)
        assert view.site_query.filter is TABS[-1].filter
        asked = run.asked("GET", "jetpack-agency/sites")
        assert asked[-1]["query"]["plugin_updates"] == "true"  # type: ignore[index,call-overload]


async def test_s_turns_the_order_round_and_the_heading_says_so() -> None:
    async with running(LARGE) as run:
        view = await opened(run)
        first = view.sites.pages.rows[0].url
        assert "Address ↑" in "\n".join(run.lines(run.app.main))
        await run.press("s")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the orders")
        await run.press("down", "enter")
        await run.until(lambda: view.site_query.direction is SortDirection.DESC, "the choice")
        await answered(run, view)
        assert "Address ↓" in "\n".join(run.lines(run.app.main))
        urls = [site.url.casefold() for _, site in sorted(view.sites.pages.rows.items())]
        assert urls == sorted(urls, reverse=True)
        await run.press("G")
        await run.until(
            lambda: view.current is not None and view.current.url == first, "the last is the first"
        )


async def test_search_and_filter_narrow_together_and_an_empty_list_names_both() -> None:
    async with running(licenses=MANY) as run:
        view = await opened(run)
        await run.press("]", "]")
        await search(run, view, "nowhere")
        await run.sees("No connected site in Any issue matches “nowhere”.", "[ ] the other filters")
        await run.press("escape")
        await run.until(lambda: view.current is not None, "the sites with an issue")
        assert view.site_query.filter is SiteFilter.ANY_ISSUE


async def test_without_a_favorite_the_list_says_so() -> None:
    async with running(licenses=5) as run:
        view = await opened(run)
        for tab in TABS[1:]:
            await run.press("]")
            await answered(run, view)
            if not view.sites.pages.count:
                await run.sees(tab.empty)
                return
        raise AssertionError("every filter has a site among so few")


async def test_a_new_site_is_shown_whatever_filter_was_on() -> None:
    async with running() as run:
        view = await opened(run)
        await run.press("]")
        await answered(run, view)
        await connect(run, "https://brand-new.example")
        await run.until(
            lambda: view.current is not None and view.current.url == "brand-new.example", "the new site"
        )
        assert view.site_query.filter is TABS[0].filter


@pytest.mark.parametrize("width", [20, 40, 74, 78, 118])
def test_the_present_tab_can_always_be_seen(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.style import Style

    monkeypatch.setattr(TabBar, "style", lambda self, name: Style(reverse=True))
    monkeypatch.setattr(TabBar, "rich_style", Style())
    monkeypatch.setattr(TabBar, "refresh", lambda self: None)
    line = TabBar([(tab.label, tab.short_label) for tab in TABS])
    for index, tab in enumerate(TABS):
        line.show(index)
        parts = line.parts(width)
        assert sum(len(text) for text, _ in parts) <= width
        [current] = [text.strip() for text, style in parts if style.reverse]
        assert current in (tab.label, tab.short_label)
