"""The columns of the list of sites, on the screen and in the export, and its orders."""

from __future__ import annotations

from jpmanage_tui.api.licenses import SortDirection
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.ui.sections.sites.detail import backup_state, health, problems, products
from jpmanage_tui.ui.widgets.item_list import Column, Columns, ExportField, SortOrder
from jpmanage_tui.ui.widgets.line import pad_address

UP_DOWN = {True: "up", False: "down", None: "on"}
OFF = {False: "off", None: None}
"""What the export says of a part of a site that is not on: off, or nothing where the API does not say."""

ASCENDING: SortOrder[Site] = SortOrder(SortDirection.ASC.value, "Address, A to Z", "↑")
DESCENDING: SortOrder[Site] = SortOrder(SortDirection.DESC.value, "Address, Z to A", "↓")
"""The address is the only field by which the API sorts."""


def _connection(site: Site) -> str | None:
    if site.is_connection_healthy is None:
        return None
    return "healthy" if site.is_connection_healthy else "not healthy"


def _monitor(site: Site) -> str | None:
    return UP_DOWN[site.monitor_site_status] if site.monitor_active else OFF[site.monitor_active]


def _backup(site: Site) -> str | None:
    return backup_state(site) if site.has_backup else OFF[site.has_backup]


def _updates(site: Site) -> int | None:
    waiting = site.awaiting_plugin_updates
    return None if waiting is None else len(waiting)


def _products(site: Site) -> str:
    return ", ".join(products(site))


def _health_style(site: Site) -> str:
    return "site--trouble" if problems(site) else ""


COLUMNS: Columns[Site] = (
    Column(
        "Address",
        lambda site: site_name(site.address),
        fit=pad_address,
        fill=True,
        least=8,
        sorts=(ASCENDING, DESCENDING),
        export=(ExportField("site", lambda site: site.address),),
    ),
    Column(
        "Site ID",
        lambda site: str(site.blog_id),
        right=True,
        style="list--muted",
        width=11,
        from_room=54,
        export=(ExportField("site_id", lambda site: site.blog_id),),
    ),
    Column(
        "Health",
        health,
        style=_health_style,
        share=44,
        most=34,
        export=(
            ExportField("connection", _connection),
            ExportField("monitor", _monitor),
            ExportField("threats", lambda site: site.threats),
            ExportField("backup", _backup),
            ExportField("plugin_updates", _updates),
        ),
    ),
    Column("Products", _products, width=24, from_room=88, export=(ExportField("products", _products),)),
    ExportField("php", lambda site: site.php_version or None),
    ExportField("favorite", lambda site: site.is_favorite),
    ExportField("multisite", lambda site: site.is_multisite),
)
