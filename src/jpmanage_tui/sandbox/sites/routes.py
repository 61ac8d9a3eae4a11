"""The partner's connected sites (contract: licenses 1.18)."""

from __future__ import annotations

import sqlite3
from urllib.parse import urlsplit

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, V2, Call, RouteSpec
from jpmanage_tui.sandbox.envelope import HTTPError, invalid
from jpmanage_tui.sandbox.jsontypes import Json, as_bool, as_int
from jpmanage_tui.sandbox.licenses.list_query import page_and_size
from jpmanage_tui.sandbox.seed_options import DAY

PER_PAGE = 20
MOST_PER_PAGE = 100

BACKED_UP, WATCHED = "blog_id % 4 != 0", "blog_id % 2 = 0"
"""Which sites have Backup, and which have the monitor on: without it nobody knows that a site is down."""
ISSUES = {
    "backup_failed": f"backup_status = 'failed' AND {BACKED_UP}",
    "backup_warning": f"backup_status = 'warning' AND {BACKED_UP}",
    "threats_found": "threats > 0",
    "site_down": f"NOT is_up AND {WATCHED}",
    "site_disconnected": "NOT healthy",
    "plugin_updates": "plugin_updates > 0",
}
"""The issue flags of a request; several together widen the list, ``all_issues`` is all of them."""


def list_sites(call: Call) -> Json:
    """One page of the sites. With ``query`` they come as an object by id: both shapes have occurred."""
    where, values = _wanted(call)
    number, size = page_and_size(call, PER_PAGE, MOST_PER_PAGE)
    direction = "DESC" if call.text("sort_direction").lower() == "desc" else "ASC"
    order = f"folded {direction}, blog_id {direction}"
    some = f"SELECT * FROM sites WHERE {where} ORDER BY {order} LIMIT :size OFFSET :offset"  # noqa: S608
    whole = f"SELECT count(*), coalesce(sum(favorite), 0) FROM sites WHERE {where}"  # noqa: S608
    rows = call.conn.execute(some, {**values, "size": size, "offset": (number - 1) * size}).fetchall()
    total, favorites = call.conn.execute(whole, values).fetchone()
    sites: Json = [_site(row) for row in rows]
    if call.text("query").strip():
        sites = {str(row["blog_id"]): _site(row) for row in rows}
    return {
        "sites": sites,
        "total": total,
        "per_page": size,
        "total_favorites": favorites,
        "total_dev_sites": 0,
    }


def _wanted(call: Call) -> tuple[str, dict[str, int | str]]:
    conditions = ["partner_id = :partner_id", "connected"]
    values: dict[str, int | str] = {"partner_id": call.partner_id}
    query = call.text("query").strip().casefold()
    if query:
        conditions.append("(instr(folded, :query) OR CAST(blog_id AS TEXT) = :query)")
        values["query"] = query
    if as_bool(call.args.get("not_multisite")):
        conditions.append("NOT is_multisite")
    if as_bool(call.args.get("show_only_favorites")):
        conditions.append("favorite")
    everything = as_bool(call.args.get("all_issues"))
    issues = [
        f"({condition})" for name, condition in ISSUES.items() if everything or as_bool(call.args.get(name))
    ]
    if issues:
        conditions.append(f"({' OR '.join(issues)})")
    days = as_int(call.args.get("added_within_days"))
    if days:
        conditions.append("added_at >= :since")
        values["since"] = call.epoch - days * DAY
    return " AND ".join(conditions), values


def _site(row: sqlite3.Row) -> Json:
    url: str = row["url"]
    stats: Json = {"visitors": {"total": row["blog_id"] % 9000}, "views": {"total": row["blog_id"] % 21_000}}
    scores: Json = {"overall": "B", "mobile": 61 + row["blog_id"] % 30, "desktop": 70 + row["blog_id"] % 29}
    return {
        "blog_id": row["blog_id"],
        "url": url.removeprefix("https://"),
        "url_with_scheme": url,
        "is_favorite": bool(row["favorite"]),
        "monitor_active": row["blog_id"] % 2 == 0,
        "monitor_site_status": bool(row["is_up"]),
        "monitor_last_status_change": None,
        "monitor_settings": {"monitor_active": row["blog_id"] % 2 == 0, "check_interval": 5},
        "has_scan": row["blog_id"] % 3 == 0,
        "has_backup": row["blog_id"] % 4 != 0,
        "has_boost": row["blog_id"] % 5 == 0,
        "latest_scan_threats_found": [
            {"id": number, "title": "Suspicious file"} for number in range(row["threats"])
        ],
        "latest_backup_status": f"rewind_backup_{row['backup_status']}",
        "is_connection_healthy": bool(row["healthy"]),
        "awaiting_plugin_updates": ["jetpack", "akismet", "woocommerce", "wpforms", "yoast"][
            : row["plugin_updates"]
        ],
        "site_stats": stats,
        "jetpack_boost_scores": scores,
        "php_version_num": float(row["php_version"]),
    }


NO_JETPACK = "no-jetpack"
"""A host whose name holds this stands for a site without the plug-in."""
LOCAL_USERS = ("1", "admin", "admin@mail.example")
"""The local users that every site of the sandbox knows."""


def connect(call: Call) -> Json:
    """Connect a site: success, already_connected, or previously_connected (then it stays disconnected).

    Raises HTTPError for an address that cannot be connected.
    """
    call.require("url", "local_user")
    url = call.text("url").strip().rstrip("/")
    host = _host(url)
    if NO_JETPACK in host:
        raise HTTPError(403, "jetpack_not_active", "Jetpack is not installed and active on the site.")
    if call.text("local_user") not in LOCAL_USERS:
        raise HTTPError(403, "invalid_local_user", "The local user was not found on the site.")
    known = call.conn.execute(
        "SELECT blog_id, connected FROM sites WHERE partner_id = ? AND folded = ?",
        (call.partner_id, url.casefold()),
    ).fetchone()
    if known is not None:
        code = "already_connected" if known["connected"] else "previously_connected"
        return {"code": code, "blog_id": str(known["blog_id"])}
    return {"code": "success", "blog_id": _add(call, url)}


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise invalid(url="url must be a full URL with its scheme.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid(url="url must be a full URL with its scheme.")
    return parts.hostname


def _add(call: Call, url: str) -> int:
    blog_id = int(call.conn.execute("SELECT coalesce(max(blog_id), 190000000) + 7 FROM sites").fetchone()[0])
    call.conn.execute(
        "INSERT INTO sites (blog_id, partner_id, url, folded, added_at) VALUES (?, ?, ?, ?, ?)",
        (blog_id, call.partner_id, url, url.casefold(), call.epoch),
    )
    call.record("connect_site", url, str(blog_id))
    return blog_id


ROUTES = (
    RouteSpec("GET", f"{V2}/jetpack-agency/sites", TokenNeed.KEY, list_sites),
    RouteSpec("POST", f"{LICENSING}/site-connection", TokenNeed.KEY, connect),
)
