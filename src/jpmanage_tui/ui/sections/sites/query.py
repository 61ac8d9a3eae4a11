"""The tabs of the list of sites: the API's filters in their words."""

from __future__ import annotations

from dataclasses import dataclass

from jpmanage_tui.services.connected_sites import SiteFilter
from jpmanage_tui.ui.sections.list_section import ListTab


@dataclass(frozen=True)
class SiteTab(ListTab):
    """One filter of the API."""

    filter: SiteFilter = SiteFilter.ALL


ALL = SiteTab("All", "All", "No connected sites.")
TABS: tuple[SiteTab, ...] = (
    ALL,
    SiteTab("Favorites", "Fav.", "No connected site is a favorite.", SiteFilter.FAVORITES),
    SiteTab("Any issue", "Issues", "The API names no issue of any connected site.", SiteFilter.ANY_ISSUE),
    SiteTab("Backup failed", "Bkp fail", "No connected site's backup failed.", SiteFilter.BACKUP_FAILED),
    SiteTab(
        "Backup warning",
        "Bkp warn",
        "No connected site's backup has a warning.",
        SiteFilter.BACKUP_WARNING,
    ),
    SiteTab("Threats", "Threats", "No threat was found on a connected site.", SiteFilter.THREATS),
    SiteTab("Down", "Down", "No connected site is down, as far as the monitor knows.", SiteFilter.DOWN),
    SiteTab("Disconnected", "Disconn.", "Jetpack answers on every connected site.", SiteFilter.DISCONNECTED),
    SiteTab("Updates", "Updates", "No plugin of a connected site waits for an update.", SiteFilter.UPDATES),
)
"""One tab at a time, in the order of the steps; the API counts only the one that is asked for."""
