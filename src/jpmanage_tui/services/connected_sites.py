"""The connected sites as they are listed: search, filter and order, as far as the API gives them (licenses 1.18)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jpmanage_tui.api.licenses import SortDirection
from jpmanage_tui.api.sites import Site, SiteIssue, SitePage
from jpmanage_tui.rules.sites import search_text

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.paging import PageNumberPaginator

PER_PAGE = 50


class SiteFilter(Enum):
    """The API's filters, one at a time, under the names by which the command line takes them."""

    ALL = "all"
    FAVORITES = "favorites"
    ANY_ISSUE = "any-issue"
    BACKUP_FAILED = "backup-failed"
    BACKUP_WARNING = "backup-warning"
    THREATS = "threats"
    DOWN = "down"
    DISCONNECTED = "disconnected"
    UPDATES = "updates"

    @property
    def issue(self) -> SiteIssue | None:
        """What the sites have, None where nothing is asked of them."""
        return _ISSUES.get(self)


_ISSUES = {
    SiteFilter.ANY_ISSUE: SiteIssue.ANY,
    SiteFilter.BACKUP_FAILED: SiteIssue.BACKUP_FAILED,
    SiteFilter.BACKUP_WARNING: SiteIssue.BACKUP_WARNING,
    SiteFilter.THREATS: SiteIssue.THREATS,
    SiteFilter.DOWN: SiteIssue.DOWN,
    SiteFilter.DISCONNECTED: SiteIssue.DISCONNECTED,
    SiteFilter.UPDATES: SiteIssue.PLUGIN_UPDATES,
}


@dataclass(frozen=True)
class SiteQuery:
    """What is asked of the API."""

    search: str = ""
    filter: SiteFilter = SiteFilter.ALL
    direction: SortDirection = SortDirection.ASC

    async def page(self, client: LicensingClient, number: int) -> SitePage:
        """Return one page, from 1. Raises ApiError."""
        return await client.sites.list(
            search_text(self.search),
            number,
            PER_PAGE,
            direction=self.direction,
            show_only_favorites=self.filter is SiteFilter.FAVORITES,
            issue=self.filter.issue,
        )

    def every(self, client: LicensingClient) -> PageNumberPaginator[Site]:
        """Yield every site that matches, those not loaded yet too. Raises ApiError."""
        return client.sites.list_all(
            search_text(self.search),
            direction=self.direction,
            show_only_favorites=self.filter is SiteFilter.FAVORITES,
            issue=self.filter.issue,
        )
