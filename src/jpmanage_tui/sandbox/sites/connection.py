"""Connecting a site without a WordPress.com user (contract: licenses 1.15)."""

from __future__ import annotations

from urllib.parse import urlsplit

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.envelope import HTTPError, invalid
from jpmanage_tui.sandbox.jsontypes import Json

NO_JETPACK = "no-jetpack"
"""A host whose name holds this stands for a site without the plug-in."""
LOCAL_USERS = ("1", "admin", "admin@mail.example")
"""The local users that every site of the sandbox knows."""


def connect(call: Call) -> Json:
    """Connect a site: success, already_connected, or previously_connected (then it stays disconnected)."""
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


ROUTES = (RouteSpec("POST", f"{LICENSING}/site-connection", TokenNeed.KEY, connect),)
