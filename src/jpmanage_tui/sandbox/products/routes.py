"""Product families, three ways (contract: licenses 1.12, 1.13, 1.14)."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.jsontypes import Json


def with_prices(call: Call) -> Json:
    """The families with what the products cost."""
    return _families(call, prices=True)


def without_prices(call: Call) -> Json:
    """The families with names only."""
    return _families(call, prices=False)


def _families(call: Call, *, prices: bool) -> Json:
    products: dict[str, list[Json]] = {}
    for row in call.conn.execute("SELECT * FROM products ORDER BY position").fetchall():
        plain: dict[str, Json] = {"product_id": row["product_id"], "name": row["name"], "slug": row["slug"]}
        products.setdefault(row["family_slug"], []).append(
            {**plain, **_prices(call, row)} if prices else plain
        )
    families = call.conn.execute("SELECT * FROM families ORDER BY position")
    return [
        {"name": family["name"], "slug": family["slug"], "products": products.get(family["slug"], [])}
        for family in families
    ]


def _prices(call: Call, product: sqlite3.Row) -> dict[str, Json]:
    """Return a product's prices, in the ways that are seen: an amount as number or as string, the currency in
    either case, bundles absent, thousands commas, keys of newer answers.
    """
    product_id: int = product["product_id"]
    cents: int = product["amount_cents"]
    bundles = call.conn.execute(
        "SELECT quantity, amount_cents FROM bundles WHERE product_id = ? ORDER BY quantity", (product_id,)
    ).fetchall()
    prices: dict[str, Json] = {
        "currency": product["currency"].lower() if product_id % 3 == 0 else product["currency"],
        "amount": cents / 100 if product_id % 4 == 0 else f"{cents / 100:,.2f}",
        "price_interval": product["price_interval"],
    }
    if bundles or product_id % 2 == 0:
        prices["supported_bundles"] = [
            {"quantity": row["quantity"], "amount": f"{row['amount_cents'] / 100:,.2f}"} for row in bundles
        ]
    if product_id % 5 == 1:
        prices["price_per_unit"] = cents
    return prices


ROUTES = (
    RouteSpec("GET", f"{LICENSING}/partner/product-families", TokenNeed.KEY, with_prices),
    RouteSpec("GET", f"{LICENSING}/product-families", TokenNeed.NONE, without_prices),
    RouteSpec("GET", f"{LICENSING}/public/manage-pricing", TokenNeed.NONE, with_prices),
)
