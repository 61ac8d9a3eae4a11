"""Issuing: one license, a bundle, several (contract: licenses 1.2, 1.9, 3.5)."""

from __future__ import annotations

import random
import sqlite3

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.envelope import HTTPError, invalid
from jpmanage_tui.sandbox.jsontypes import Json, as_bool, as_int
from jpmanage_tui.sandbox.licenses.rows import by_id, single
from jpmanage_tui.sandbox.licenses.seed import new_key

MOST_AT_ONCE = 100
"""Loose licenses in one POST /licenses; ours."""


def issue(call: Call) -> Json:
    """Issue one license, or with ``quantity`` a bundle of a size that the product supports."""
    call.require("product")
    _may_issue(call)
    product = _product(call)
    quantity = _quantity(call)
    if quantity == 1:
        return _single(call, product)
    _bundle_size(call, product, quantity)
    return _bundle(call, product, quantity)


def issue_several(call: Call) -> Json:
    """Issue `quantity` loose licenses, or with ``bundle`` one bundle; the answer is always an array."""
    call.require("product", "quantity", "bundle")
    _may_issue(call)
    product = _product(call)
    quantity = _quantity(call)
    if as_bool(call.args.get("bundle")):
        _bundle_size(call, product, quantity)
        return [_bundle(call, product, quantity)]
    if quantity > MOST_AT_ONCE:
        raise invalid(quantity=f"quantity must be between 1 and {MOST_AT_ONCE}.")
    return [_single(call, product) for _ in range(quantity)]


def insert(
    call: Call, product_id: int, slug: str, *, quantity: int | None = None, parent: int | None = None
) -> int:
    """Add an unassigned license to the key that asks and return its id."""
    cursor = call.conn.execute(
        "INSERT INTO licenses (key_id, license_key, product_id, issued_at, owner_type,"
        " quantity, parent_license_id) VALUES (?, ?, ?, ?, 'jetpack_partner_key', ?, ?)",
        (call.key_id, new_key(slug, _chance(call)), product_id, call.epoch, quantity, parent),
    )
    return int(cursor.lastrowid or 0)


def _chance(call: Call) -> random.Random:
    """Return the source of a new key's letters: it hangs on what is there, so that a run can be repeated."""
    last = call.conn.execute("SELECT seq FROM sqlite_sequence WHERE name = 'licenses'").fetchone()
    return random.Random(f"{0 if last is None else last['seq']}/{call.epoch}")  # noqa: S311 - made-up data


def _may_issue(call: Call) -> None:
    partner = call.conn.execute("SELECT * FROM partners WHERE partner_id = ?", (call.partner_id,)).fetchone()
    if partner["tos"] == "not_consented":
        raise HTTPError(
            403, "tos_not_consented", "Please accept the terms of service before issuing licenses."
        )
    if not partner["can_issue_licenses"] or switches.choice(call.conn, "issuing") == "paused":
        raise HTTPError(403, "cannot_issue_licenses", "Issuing licenses is paused for your account.")
    if partner["partner_type"] == "agency" and not partner["has_valid_payment_method"]:
        message = "A valid payment method is required to issue licenses. Please add one and try again."
        raise HTTPError(403, "missing_valid_payment_method", message)


def _product(call: Call) -> sqlite3.Row:
    row: sqlite3.Row | None = call.conn.execute(
        "SELECT * FROM products WHERE slug = ?", (call.text("product"),)
    ).fetchone()
    if row is None:
        raise invalid(product="The product does not exist or is not available.")
    return row


def _quantity(call: Call) -> int:
    value = call.args.get("quantity")
    quantity = 1 if value is None else as_int(value)
    if quantity is None or quantity < 1:
        raise invalid(quantity="quantity must be a positive integer.")
    return quantity


def _bundle_size(call: Call, product: sqlite3.Row, quantity: int) -> None:
    found = call.conn.execute(
        "SELECT 1 FROM bundles WHERE product_id = ? AND quantity = ?", (product["product_id"], quantity)
    ).fetchone()
    if found is None:
        raise invalid(quantity=f"{product['name']} is not available as a bundle of {quantity}.")


def _single(call: Call, product: sqlite3.Row) -> Json:
    row = by_id(call, insert(call, product["product_id"], product["slug"]))
    call.record("issue", row["license_key"], product["slug"])
    return single(row)


def _bundle(call: Call, product: sqlite3.Row, quantity: int) -> Json:
    parent = insert(call, product["product_id"], product["slug"], quantity=quantity)
    for _ in range(quantity):
        insert(call, product["product_id"], product["slug"], parent=parent)
    row = by_id(call, parent)
    call.record("issue_bundle", row["license_key"], f"{product['slug']} x {quantity}")
    return single(row)


ROUTES = (
    RouteSpec("POST", f"{LICENSING}/license", TokenNeed.KEY, issue),
    RouteSpec("POST", f"{LICENSING}/licenses", TokenNeed.KEY, issue_several),
)
