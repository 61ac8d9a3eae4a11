"""The fields of connected sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.rules.site_health import backup_state, products
from jpmanage_tui.services.fields.field import Field, Fields, FieldType

if TYPE_CHECKING:
    from jpmanage_tui.api.sites import Site

UP_DOWN = {True: "up", False: "down", None: "on"}
OFF = {False: "off", None: None}
"""What is said of a part of a site that is not on: off, or nothing where the API does not say."""


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


SITE_FIELDS: Fields[Site] = (
    Field("site", lambda site: site.address, "the site's address", whole=True),
    Field("site_id", lambda site: site.blog_id, "the site's id", FieldType.NUMBER),
    Field("connection", _connection, "healthy, or not healthy: Jetpack does not answer there"),
    Field("monitor", _monitor, "up, down, on (it does not say which), or off", listed=False),
    Field("threats", lambda site: site.threats, "how many the latest scan has found", FieldType.NUMBER),
    Field("backup", _backup, "how the latest backup ended, in the API's words, or off"),
    Field("plugin_updates", _updates, "how many plugins wait for an update", FieldType.NUMBER, listed=False),
    Field("products", lambda site: ", ".join(products(site)), "what runs there, as far as the API says"),
    Field("php", lambda site: site.php_version or None, "the version of PHP", listed=False),
    Field(
        "favorite", lambda site: site.is_favorite, "whether it is a favorite", FieldType.FLAG, listed=False
    ),
    Field(
        "multisite",
        lambda site: site.is_multisite,
        "whether it is a multisite, where Backup and Scan do not work",
        FieldType.FLAG,
        listed=False,
    ),
)
"""The names are read by scripts: none ever changes, new ones come last."""
