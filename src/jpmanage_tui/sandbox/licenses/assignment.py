"""Assigning a license to a site and taking it off again (contract: licenses 1.4, 1.5).

The codes of the refusals are ours: no source tells the real ones.
"""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.envelope import HTTPError, missing
from jpmanage_tui.sandbox.jsontypes import Json, as_bool, as_int
from jpmanage_tui.sandbox.licenses.rows import changeable, owned, single


def assign(call: Call) -> Json:
    """Attach a license to a site, given by blog id, address or ``host::path``."""
    call.require("site")
    row = changeable(owned(call, call.path["license_key"]))
    if row["quantity"]:
        raise HTTPError(
            400, "bundle_cannot_be_attached", "A bundle cannot be attached to a site; attach its licenses."
        )
    if row["attached_at"] is not None:
        raise HTTPError(400, "license_already_attached", "This license is already attached to a site.")
    site = _site(call)
    if not site["may_manage"]:
        message = "You do not have sufficient permissions to attach a license to the remote site."
        raise HTTPError(403, "insufficient_permissions", message)
    _not_twice(call, row, int(site["blog_id"]))
    call.conn.execute(
        "UPDATE licenses SET attached_at = ?, blog_id = ?, user_id = coalesce(user_id, ?)"
        " WHERE license_id = ?",
        (call.epoch, site["blog_id"], _owner(call), row["license_id"]),
    )
    call.record("assign", row["license_key"], str(site["blog_id"]))
    return single(row)


def unassign(call: Call) -> Json:
    """Detach a license from its site. The owner stays; the customer is mailed unless told not to."""
    row = changeable(owned(call, call.path["license_key"]))
    if row["attached_at"] is None:
        raise HTTPError(400, "license_not_attached", "This license is not attached to a site.")
    call.conn.execute(
        "UPDATE licenses SET attached_at = NULL, blog_id = NULL WHERE license_id = ?", (row["license_id"],)
    )
    mailed = as_bool(call.args.get("cancellation_email", 1))
    call.record("unassign", row["license_key"], "mailed" if mailed else "not mailed")
    return single(row)


def _site(call: Call) -> sqlite3.Row:
    wanted = call.args["site"]
    if not str(wanted).strip():
        raise missing("site")
    blog_id, place = as_int(wanted), _place(str(wanted))
    found: sqlite3.Row | None = call.conn.execute(
        "SELECT * FROM sites WHERE partner_id = ? AND connected AND (blog_id = ? OR folded IN (?, ?))",
        (call.partner_id, blog_id, f"https://{place}", f"http://{place}"),
    ).fetchone()
    if found is None:
        raise HTTPError(400, "unknown_site", "The site was not found or is not connected to your account.")
    return found


def _place(address: str) -> str:
    """Return an address without scheme and trailing slash, with ``::`` read as a slash."""
    scheme, separator, rest = address.strip().replace("::", "/").partition("://")
    return (rest if separator else scheme).rstrip("/").casefold()


def _not_twice(call: Call, row: sqlite3.Row, blog_id: int) -> None:
    other = call.conn.execute(
        "SELECT 1 FROM licenses WHERE blog_id = ? AND product_id = ?"
        " AND attached_at IS NOT NULL AND revoked_at IS NULL",
        (blog_id, row["product_id"]),
    ).fetchone()
    if other is not None:
        message = f"The site already has a license for {row['product']}."
        raise HTTPError(400, "site_already_has_product", message)


def _owner(call: Call) -> int | None:
    """Return the user who becomes the owner at the first attaching: the partner's own."""
    row = call.conn.execute(
        "SELECT min(user_id) AS user_id FROM users WHERE partner_id = ?", (call.partner_id,)
    ).fetchone()
    return None if row is None else row["user_id"]


ROUTES = (
    RouteSpec("POST", f"{LICENSING}/license/{{license_key}}/site", TokenNeed.KEY, assign),
    RouteSpec("DELETE", f"{LICENSING}/license/{{license_key}}/site", TokenNeed.KEY, unassign),
)
