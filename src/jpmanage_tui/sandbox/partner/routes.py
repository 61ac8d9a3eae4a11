"""The partner record: read, created, changed, terms accepted (contract: account 1.1 to 1.3, 6.3)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.auth import TokenNeed, bearer
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.clock import stamp
from jpmanage_tui.sandbox.envelope import HTTPError, invalid
from jpmanage_tui.sandbox.invoices import invoice_rows as invoices
from jpmanage_tui.sandbox.invoices.month_end import bring_up_to_date
from jpmanage_tui.sandbox.jsontypes import Json, as_bool
from jpmanage_tui.sandbox.partner.countries import is_place

FIELDS = ("name", "contact_person", "company_website", "company_type", "managed_sites")
ADDRESS = ("country", "state", "city", "line1", "line2", "postal_code")
"""Arguments of POST and PUT; those of the address are flat in the request and nested in the answer."""

COMPANY_TYPES = ("", "agency", "freelancer", "business")
MANAGED_SITES = ("", "1-5", "6-20", "21-50", "51-100", "101-500", "500+")
LONGEST = 200
"""Characters in a field; ours."""


def get_partner(call: Call) -> Json:
    """The partner, its keys and their tokens."""
    _admit(call)
    return _partner_json(call, call.partner_id)


def post_partner(call: Call) -> Json:
    """Sign a user up: a partner with one key, whose terms are accepted.

    Raises HTTPError for a user who has a partner, or a form that lacks something.
    """
    _admit(call)
    if call.caller.partner_id is not None:
        raise HTTPError(400, "partner_already_exists", "You already have a partner account.")
    call.require("tos", "name")
    given = _given(call)
    _check(given)
    partner_id = _create(call, given)
    opted_in = as_bool(call.args.get("partner_program_opt_in"))
    detail = f"opt_in={int(opted_in)} referrer={call.text('referrer')}"
    call.record("create_partner", str(partner_id), detail)
    return _partner_json(call, partner_id)


def put_partner(call: Call) -> Json:
    """Change what is given: ``tos``, or company details. The whole partner is the answer."""
    _admit(call)
    partner_id = call.partner_id
    given = _given(call)
    _check(given, _stored(call, partner_id))
    _write(call, partner_id, given)
    kind = "accept_terms" if list(given) == ["tos"] else "update_partner"
    call.record(kind, str(partner_id), ",".join(given))
    return _partner_json(call, partner_id)


def _admit(call: Call) -> None:
    """Refuse, when the switch says so, a token that a dynamically registered client got by signing in."""
    if switches.choice(call.conn, "oauth-partner") == "allowed":
        return
    found = call.conn.execute(
        "SELECT 1 FROM oauth_grants JOIN oauth_clients USING (client_id) WHERE access_token = ? AND is_dynamic",
        (bearer(call.authorization),),
    ).fetchone()
    if found is not None:
        raise HTTPError(403, "rest_forbidden", "Sorry, this application may not access your partner account.")


def _given(call: Call) -> dict[str, str]:
    names = (*FIELDS, *ADDRESS, "tos")
    return {name: call.text(name).strip() for name in names if call.args.get(name) is not None}


def _stored(call: Call, partner_id: int) -> sqlite3.Row:
    row: sqlite3.Row = call.conn.execute(
        "SELECT * FROM partners WHERE partner_id = ?", (partner_id,)
    ).fetchone()
    return row


def _write(call: Call, partner_id: int, given: Mapping[str, str]) -> None:
    for name, value in given.items():
        call.conn.execute(f"UPDATE partners SET {name} = ? WHERE partner_id = ?", (value, partner_id))  # noqa: S608


def _create(call: Call, given: Mapping[str, str]) -> int:
    conn = call.conn
    partner_id = int(conn.execute("SELECT max(partner_id) + 1 FROM partners").fetchone()[0])
    key_id = int(conn.execute("SELECT max(key_id) + 1 FROM partner_keys").fetchone()[0])
    slug = "-".join(re.findall(r"[a-z0-9]+", given["name"].lower())) or f"partner-{partner_id}"
    conn.execute(
        "INSERT INTO partners (partner_id, slug, name) VALUES (?, ?, ?)", (partner_id, slug, given["name"])
    )
    _write(call, partner_id, given)
    conn.execute(
        "INSERT INTO partner_keys (key_id, partner_id, name) VALUES (?, ?, ?)",
        (key_id, partner_id, given["name"]),
    )
    conn.execute(
        "INSERT INTO tokens (token, kind, key_id) VALUES (?, 'key', ?)", (f"sandbox-key-{key_id}", key_id)
    )
    conn.execute(
        "UPDATE users SET partner_id = ?, partner_types = 'agency' WHERE user_id = ?",
        (partner_id, call.caller.user_id),
    )
    return partner_id


def _partner_json(call: Call, partner_id: int) -> Json:
    """Write a partner with its keys. Disabled keys are left out (contract: account 1.1, inferred there)."""
    row = _stored(call, partner_id)
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
        "keys": [_key_json(call, key) for key in keys],
        "tos": row["tos"],
        "partner_type": row["partner_type"],
        "has_valid_payment_method": bool(row["has_valid_payment_method"]),
        "can_issue_licenses": bool(row["can_issue_licenses"])
        and switches.choice(call.conn, "issuing") == "allowed",
    }


def _key_json(call: Call, row: sqlite3.Row) -> Json:
    bring_up_to_date(call.conn, row["key_id"], call.now)
    found = invoices.of_key(call.conn, row["key_id"])
    return {
        "id": row["key_id"],
        "name": row["name"],
        "oauth2_token": row["token"],
        "disabled_on": stamp(row["disabled_at"]),
        "has_licenses": bool(row["has_licenses"]),
        "latest_invoice": invoices.invoice_json(found[0], call.files_origin) if found else None,
    }


def _is_website(value: str) -> bool:
    """Tell whether it is a host with a dot, with or without http(s):// before and a path behind."""
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
    except ValueError:  # a bracket that is never closed, say
        return False
    host = parts.hostname or ""
    return (
        parts.scheme in ("http", "https")
        and re.fullmatch(r"[^\s.]+(\.[^\s.]+)+", host) is not None
        and not re.search(r"\s", value)
    )


RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "tos": (lambda value: value == "consented", "tos must be consented."),
    "name": (bool, "name is required."),
    "company_website": (_is_website, "company_website is required and must be a valid URL."),
    "company_type": (COMPANY_TYPES.__contains__, "company_type is not one of agency, freelancer, business."),
    "managed_sites": (MANAGED_SITES.__contains__, "managed_sites is not one of 1-5 to 500+."),
}
"""What is checked of single arguments; the real server's rules are not known beyond the first three."""


def _check(given: Mapping[str, str], stored: sqlite3.Row | None = None) -> None:
    """Raise the refusal that names every argument that does not validate."""
    problems = {name: text for name, (fits, text) in RULES.items() if name in given and not fits(given[name])}
    problems |= {
        name: f"{name} must be at most {LONGEST} characters." for name in given if len(given[name]) > LONGEST
    }
    country = given.get("country", stored["country"] if stored is not None else "")
    state = given.get("state", "")
    if given.get("country") and not is_place(country, ""):
        problems["country"] = "country is not a known country code."
    elif country and not is_place(country, state):
        problems["state"] = "state is not a state of the country."
    if problems:
        raise invalid(**problems)


def me(call: Call) -> Json:
    """The user, and how he or she stands to the partner program."""
    row = call.conn.execute("SELECT * FROM users WHERE user_id = ?", (call.caller.user_id,)).fetchone()
    return {
        "ID": row["user_id"],
        "username": row["login"],
        "display_name": row["display_name"],
        "email": row["email"],
        "has_jetpack_partner_access": row["partner_id"] is not None,
        "jetpack_partner_types": [kind for kind in row["partner_types"].split(",") if kind],
    }


ROUTES = (
    RouteSpec("GET", f"{LICENSING}/partner", TokenNeed.USER, get_partner),
    RouteSpec("POST", f"{LICENSING}/partner", TokenNeed.USER, post_partner),
    RouteSpec("PUT", f"{LICENSING}/partner", TokenNeed.USER, put_partner),
    RouteSpec("GET", "/rest/v1.1/me", TokenNeed.USER, me),
)
