"""The partner record: reading it, accepting the terms (contract: account 1.1, 1.3)."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.clock import stamp
from jpmanage_tui.sandbox.envelope import invalid
from jpmanage_tui.sandbox.jsontypes import Json

FIELDS = ("name", "contact_person", "company_website", "company_type", "managed_sites")
ADDRESS = ("country", "state", "city", "line1", "line2", "postal_code")
"""The arguments of PUT; those of the address are flat in the request and nested in the answer."""


def get_partner(call: Call) -> Json:
    """The partner, its keys and their tokens."""
    return partner_json(call, call.partner_id)


def put_partner(call: Call) -> Json:
    """Change what is given: ``tos``, or company details. The whole partner is the answer."""
    partner_id = call.partner_id
    given = {name: call.text(name) for name in (*FIELDS, *ADDRESS, "tos") if call.args.get(name) is not None}
    _check(given)
    for name, value in given.items():
        call.conn.execute(f"UPDATE partners SET {name} = ? WHERE partner_id = ?", (value, partner_id))  # noqa: S608
    call.record(
        "accept_terms" if list(given) == ["tos"] else "update_partner", str(partner_id), ",".join(given)
    )
    return partner_json(call, partner_id)


def partner_json(call: Call, partner_id: int) -> Json:
    """Write a partner with its keys. Disabled keys are left out (contract: account 1.1, inferred there)."""
    row = call.conn.execute("SELECT * FROM partners WHERE partner_id = ?", (partner_id,)).fetchone()
    keys = call.conn.execute(
        "SELECT k.*, t.token, EXISTS (SELECT 1 FROM licenses l WHERE l.key_id = k.key_id) AS has_licenses"
        " FROM partner_keys k JOIN tokens t USING (key_id)"
        " WHERE k.partner_id = ? AND k.disabled_at IS NULL ORDER BY k.key_id",
        (partner_id,),
    ).fetchall()
    return {
        "id": partner_id,
        "slug": row["slug"],
        **{name: row[name] for name in FIELDS},
        "address": {name: row[name] for name in ADDRESS},
        "keys": [_key(key) for key in keys],
        "tos": row["tos"],
        "partner_type": row["partner_type"],
        "has_valid_payment_method": bool(row["has_valid_payment_method"]),
        "can_issue_licenses": bool(row["can_issue_licenses"]),
    }


def _key(row: sqlite3.Row) -> Json:
    return {
        "id": row["key_id"],
        "name": row["name"],
        "oauth2_token": row["token"],
        "disabled_on": stamp(row["disabled_at"]),
        "has_licenses": bool(row["has_licenses"]),
        "latest_invoice": None,
    }


def _check(given: dict[str, str]) -> None:
    problems = {}
    if "tos" in given and given["tos"] != "consented":
        problems["tos"] = "tos must be consented."
    if "name" in given and not given["name"].strip():
        problems["name"] = "name is required."
    if problems:
        raise invalid(**problems)


ROUTES = (
    RouteSpec("GET", f"{LICENSING}/partner", TokenNeed.USER, get_partner),
    RouteSpec("PUT", f"{LICENSING}/partner", TokenNeed.USER, put_partner),
)
