"""What of the sites is shown: search, filter and order, as far as the API gives them (contract: licenses 1.18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jpmanage_tui.api.licenses import SortDirection
from jpmanage_tui.api.sites import Site, SiteIssue, SitePage
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.ui.sections.list_section import ListTab

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.paging import PageNumberPaginator

PER_PAGE = 50


@dataclass(frozen=True)
class SiteTab(ListTab):
    """One filter of the API."""

    issue: SiteIssue | None = None
    favorites: bool = False


ALL = SiteTab("All", "All", "No connected sites.")
TABS: tuple[SiteTab, ...] = (
    ALL,
    SiteTab("Favorites", "Fav.", "No connected site is a favorite.", favorites=True),
    SiteTab("Any issue", "Issues", "The API names no issue of any connected site.", SiteIssue.ANY),
    SiteTab("Backup failed", "Bkp fail", "No connected site's backup failed.", SiteIssue.BACKUP_FAILED),
    SiteTab(
        "Backup warning", "Bkp warn", "No connected site's backup has a warning.", SiteIssue.BACKUP_WARNING
    ),
    SiteTab("Threats", "Threats", "No threat was found on a connected site.", SiteIssue.THREATS),
    SiteTab("Down", "Down", "No connected site is down, as far as the monitor knows.", SiteIssue.DOWN),
    SiteTab("Disconnected", "Disconn.", "Jetpack answers on every connected site.", SiteIssue.DISCONNECTED),
    SiteTab(
        "Updates", "Updates", "No plugin of a connected site waits for an update.", SiteIssue.PLUGIN_UPDATES
    ),
)
"""The API's filters, one at a time, in the order of the steps; it counts only the one that is asked for."""


@dataclass(frozen=True)
class SiteQuery:
    """What is asked of the API."""

    search: str = ""
    tab: SiteTab = ALL
    direction: SortDirection = SortDirection.ASC

    async def page(self, client: LicensingClient, number: int) -> SitePage:
        """Return one page, from 1. Raises ApiError."""
        return await client.sites.list(
            search_text(self.search),
            number,
            PER_PAGE,
            direction=self.direction,
            show_only_favorites=self.tab.favorites,
            issue=self.tab.issue,
        )

    def every(self, client: LicensingClient) -> PageNumberPaginator[Site]:
        """Yield every site that matches, those not loaded yet too. Raises ApiError."""
        return client.sites.list_all(
            search_text(self.search),
            direction=self.direction,
            show_only_favorites=self.tab.favorites,
            issue=self.tab.issue,
        )
