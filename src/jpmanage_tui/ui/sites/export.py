"""What an export of sites holds: all that filter and search match, in the order of the list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jpmanage_tui.api.models.site import Site
from jpmanage_tui.ui.exporting import Export, Record
from jpmanage_tui.ui.sites.facts import backup_word, products
from jpmanage_tui.ui.words import number

if TYPE_CHECKING:
    from jpmanage_tui.ui.sites.view import SitesView

COLUMNS = (
    "site", "site_id", "connection", "monitor", "threats", "backup", "plugin_updates", "products", "php",
    "favorite", "multisite",
)  # fmt: skip
_CONNECTION = {True: "healthy", False: "not healthy", None: None}
_UP = {True: "up", False: "down", None: "on"}


def of(view: SitesView) -> Export:
    """Return the export of what is listed, those not loaded yet too."""
    wanted = view.wanted

    async def rows(_codes: bool) -> AsyncIterator[Record]:
        async for site in wanted.every(view.session.client):
            yield record(site)

    title = number(view.sites.rows.count, "connected site")
    return Export(title, "site", "sites", COLUMNS, rows)


def record(site: Site) -> Record:
    """Return a site with its health; None where the API does not say."""
    values = (
        site.address,
        site.blog_id,
        _CONNECTION[site.is_connection_healthy],
        _UP[site.monitor_site_status] if site.monitor_active else "off",
        site.threats,
        backup_word(site) if site.has_backup else "off",
        len(site.awaiting_plugin_updates),
        ", ".join(products(site)),
        site.php_version or None,
        site.is_favorite,
        site.is_multisite,
    )
    return dict(zip(COLUMNS, values, strict=True))
