"""License rows: read from the database, written as the API writes them, quirks included."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.call import Call
from jpmanage_tui.sandbox.clock import stamp
from jpmanage_tui.sandbox.envelope import HTTPError, missing
from jpmanage_tui.sandbox.jsontypes import Json

SELECT = (
    "SELECT l.*, p.name AS product, p.slug, p.has_downloads, u.login AS username,"
    " CASE WHEN s.connected THEN s.url END AS siteurl FROM licenses l JOIN products p USING (product_id)"
    " LEFT JOIN users u ON u.user_id = l.user_id LEFT JOIN sites s ON s.blog_id = l.blog_id"
)


def list_item(row: sqlite3.Row) -> Json:
    """Write a row as the list does (contract: licenses 1.8).

    The quirks that the contract tells of hang on the id, so that a row always looks the same: ids and the
    owner as strings at times, "" for a missing date at times, `meta` an object, null or an empty array.
    """
    license_id: int = row["license_id"]
    as_text = license_id % 7 == 3
    absent = "" if license_id % 5 == 2 else None
    metas: tuple[Json, ...] = ([], None, {"a4a_was_dev_site": "0"})
    return {
        "license_id": str(license_id) if as_text else license_id,
        "license_key": row["license_key"],
        "product_id": str(row["product_id"]) if as_text else row["product_id"],
        "product": row["product"],
        "user_id": str(row["user_id"]) if as_text and row["user_id"] else row["user_id"],
        "username": row["username"],
        "blog_id": str(row["blog_id"]) if as_text and row["blog_id"] else row["blog_id"],
        "siteurl": row["siteurl"],
        "has_downloads": bool(row["has_downloads"]),
        "issued_at": stamp(row["issued_at"]),
        "attached_at": stamp(row["attached_at"]) or absent,
        "revoked_at": stamp(row["revoked_at"]) or absent,
        "owner_type": row["owner_type"],
        "quantity": row["quantity"],
        "parent_license_id": row["parent_license_id"],
        "meta": metas[license_id % 3],
        **({"subscription": None} if license_id % 4 == 1 else {}),
    }


def single(row: sqlite3.Row, *, revoked_at: int | None = None) -> Json:
    """Write a row as the calls about one license do: fewer fields, other names (contract: licenses 1.1)."""
    parent = row["parent_license_id"]
    return {
        "license_id": row["license_id"],
        "license_key": row["license_key"],
        "issued_at": stamp(row["issued_at"]),
        "revoked_at": stamp(revoked_at),
        "quantity": row["quantity"],
        "parent_jetpack_license_id": None if parent is None else str(parent),
    }


def by_id(call: Call, license_id: int) -> sqlite3.Row:
    """Return a row that is known to exist."""
    row: sqlite3.Row = call.conn.execute(f"{SELECT} WHERE l.license_id = ?", (license_id,)).fetchone()
    return row


def owned(call: Call, license_key: str) -> sqlite3.Row:
    """Return the row of a license of the key that asks.

    Raises HTTPError: ``license_not_found`` for one that nobody has (see ``unknown``), and for another key's a 403
    with no body at all, as has been seen of the real API (contract: licenses 0).
    """
    row: sqlite3.Row | None = call.conn.execute(
        f"{SELECT} WHERE l.license_key = ?", (license_key,)
    ).fetchone()
    if row is None:
        raise unknown(call, "The license key was not found.")
    if row["key_id"] != call.key_id:
        raise HTTPError(403, "", "", empty=True)
    return row


def unknown(call: Call, message: str) -> HTTPError:
    """Return the refusal of a license or bundle that nobody has: the switch says with which status (code ours)."""
    return HTTPError(int(switches.choice(call.conn, "unknown-license")), "license_not_found", message)


def asked(call: Call) -> sqlite3.Row:
    """Return the license named by the argument ``license_key``."""
    license_key = call.text("license_key")
    if not license_key:
        raise missing("license_key")
    return owned(call, license_key)


def changeable(row: sqlite3.Row) -> sqlite3.Row:
    """Return `row`, or raise HTTPError when it is a standard license or revoked (codes ours)."""
    if row["owner_type"] == "user":
        message = "This license was not purchased through your partner account and cannot be changed here."
        raise HTTPError(403, "license_not_manageable", message)
    if row["revoked_at"] is not None:
        raise HTTPError(400, "license_already_revoked", "This license has already been revoked.")
    return row
