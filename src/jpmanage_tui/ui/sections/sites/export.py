"""What an export of sites holds: all that filter and search match, in the order of the list."""

from __future__ import annotations

from collections.abc import AsyncIterator

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.rules.text import counted, lacking
from jpmanage_tui.services.exports import Export, Record
from jpmanage_tui.ui.sections.sites.detail import backup_word, products
from jpmanage_tui.ui.sections.sites.query import SiteQuery

COLUMNS = (
    "site", "site_id", "connection", "monitor", "threats", "backup", "plugin_updates", "products", "php",
    "favorite", "multisite",
)  # fmt: skip
_CONNECTION = {True: "healthy", False: "not healthy", None: None}
_UP = {True: "up", False: "down", None: "on"}
_OFF = {False: "off", None: None}


def export_of(client: LicensingClient, query: SiteQuery, count: str) -> Export:
    """Return the export of all sites that `query` lists, those not loaded yet too; `count` says how many in words."""
    sites = query.every(client)

    async def rows(_codes: bool) -> AsyncIterator[Record]:
        async for site in sites:
            yield record(site)

    title = counted(count, "connected site")
    return Export(title, "site", "sites", COLUMNS, rows, lacks=lambda: lacking(sites, "site"))


def record(site: Site) -> Record:
    """Return a site with its health; None where the API does not say."""
    waiting = site.awaiting_plugin_updates
    values = (
        site.address,
        site.blog_id,
        _CONNECTION[site.is_connection_healthy],
        _UP[site.monitor_site_status] if site.monitor_active else _OFF[site.monitor_active],
        site.threats,
        backup_word(site) if site.has_backup else _OFF[site.has_backup],
        None if waiting is None else len(waiting),
        ", ".join(products(site)),
        site.php_version or None,
        site.is_favorite,
        site.is_multisite,
    )
    return dict(zip(COLUMNS, values, strict=True))
