"""Which licenses a list asks for: its filter, search, order and page (contract: licenses 1.8).

Decided where the contract is silent:

- The flat list holds no child of a bundle, unless the switch ``children`` says so; children are listed under
  ``parent_id`` in either case. Counts count the flat list.
- A bundle's parent is neither attached nor detached. Standard licenses are in attached or detached like any
  other.
- Without `filter`: not_revoked; with a search every state; a bundle's children without the replaced ones,
  unless the whole bundle is revoked. ``standard`` leaves revoked ones out, so that they are in one tab only.
- An unknown word falls back to the default; so does a page or page size that is not a positive number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.call import Call
from jpmanage_tui.sandbox.jsontypes import Json, as_int
from jpmanage_tui.sandbox.licenses.rows import SELECT, list_item, unknown

PER_PAGE = 50
MOST_PER_PAGE = 100

NOT_BUNDLE = "coalesce(l.quantity, 0) = 0"
FILTERS: Mapping[str, str] = {
    "not_revoked": "l.revoked_at IS NULL",
    "attached": f"l.revoked_at IS NULL AND l.attached_at IS NOT NULL AND {NOT_BUNDLE}",
    "detached": f"l.revoked_at IS NULL AND l.attached_at IS NULL AND {NOT_BUNDLE}",
    "revoked": "l.revoked_at IS NOT NULL",
    "standard": "l.revoked_at IS NULL AND l.owner_type = 'user'",
    "all": "1",
}
"""The filters, each a condition."""

STATUS = "CASE WHEN l.revoked_at IS NOT NULL THEN 2 WHEN l.attached_at IS NULL THEN 1 ELSE 0 END"
SORTS: Mapping[str, str] = {
    "issued_at": "l.issued_at",
    "attached_at": "l.attached_at",
    "revoked_at": "l.revoked_at",
    "status": STATUS,
}
"""The orders; ``status`` is attached, detached, revoked. The id comes second, so that pages are stable."""

SEARCH = (
    "(instr(lower(l.license_key), :search) OR CAST(l.license_id AS TEXT) = :search"
    " OR CAST(l.blog_id AS TEXT) = :search"
    " OR l.product_id IN (SELECT product_id FROM products WHERE instr(folded, :search))"
    " OR l.blog_id IN (SELECT blog_id FROM sites WHERE instr(folded, :search))"
    " OR l.user_id IN (SELECT user_id FROM users WHERE instr(folded, :search)))"
)


@dataclass
class Wanted:
    """Conditions that all hold, and the values they name."""

    conditions: list[str]
    values: dict[str, int | str] = field(default_factory=dict)

    def where(self) -> str:
        """Return the conditions as one."""
        return " AND ".join(f"({condition})" for condition in self.conditions)


def flat(call: Call) -> Wanted:
    """Ask for the rows of the flat list of the key that asks."""
    wanted = Wanted(["l.key_id = :key_id"], {"key_id": call.key_id})
    if switches.choice(call.conn, "children") == "nested":
        wanted.conditions.append("l.parent_license_id IS NULL")
    return wanted


def children_of(call: Call, parent_id: int) -> Wanted:
    """Ask for the children of a bundle of the key that asks. Raises Refusal when there is no such bundle."""
    parent = call.conn.execute(
        "SELECT revoked_at FROM licenses WHERE license_id = ? AND key_id = ? AND quantity > 0",
        (parent_id, call.key_id),
    ).fetchone()
    if parent is None:
        raise unknown(call, "The parent license was not found.")
    wanted = Wanted(["l.parent_license_id = :parent_id"], {"parent_id": parent_id})
    if parent["revoked_at"] is None and call.text("filter") not in FILTERS:
        wanted.conditions.append(FILTERS["not_revoked"])
    return wanted


def narrow(call: Call, wanted: Wanted, *, default: str) -> None:
    """Add the search and the filter that a request asks for, or the filter `default` without either."""
    search = call.text("search").strip().casefold()
    named = call.text("filter")
    if search:
        wanted.conditions.append(SEARCH)
        wanted.values["search"] = search
    if search and ("search-ignores-page" in call.flags or not named):
        return
    wanted.conditions.append(FILTERS.get(named, FILTERS[default]))


def page(call: Call, wanted: Wanted) -> Json:
    """Return one page of what is wanted, in the paginated shape."""
    number, size = page_and_size(call, PER_PAGE, MOST_PER_PAGE)
    if call.text("search").strip() and "search-ignores-page" in call.flags:
        number, size = 1, PER_PAGE
    where = wanted.where()
    total = int(
        call.conn.execute(f"SELECT count(*) FROM licenses l WHERE {where}", wanted.values).fetchone()[0]  # noqa: S608
    )
    direction = "ASC" if call.text("sort_direction").lower() == "asc" else "DESC"
    order = f"{SORTS.get(call.text('sort_field'), SORTS['issued_at'])} {direction}, l.license_id {direction}"
    # The ids of the page first: joining the rows that the offset skips would cost as much as reading them
    # all.
    ids = f"SELECT l.license_id FROM licenses l WHERE {where} ORDER BY {order} LIMIT :size OFFSET :offset"  # noqa: S608
    values = {**wanted.values, "size": size, "offset": (number - 1) * size}
    rows: list[sqlite3.Row] = call.conn.execute(
        f"{SELECT} WHERE l.license_id IN ({ids}) ORDER BY {order}", values
    ).fetchall()
    return {
        "current_items": len(rows),
        "current_page": number,
        "items": [list_item(row) for row in rows],
        "items_per_page": size,
        "total_items": total,
        "total_pages": -(-total // size),
    }


def counts(call: Call, wanted: Wanted) -> Json:
    """Count what is wanted by filter (contract: licenses 1.10)."""
    sums = ", ".join(f"coalesce(sum({condition}), 0) AS {name}" for name, condition in FILTERS.items())
    sums = sums.replace("sum(1)", "count(*)").replace(" AS all", ' AS "all"')
    row = call.conn.execute(f"SELECT {sums} FROM licenses l WHERE {wanted.where()}", wanted.values).fetchone()  # noqa: S608
    return {
        name: int(row[name]) for name in ("attached", "detached", "revoked", "not_revoked", "standard", "all")
    }


def page_and_size(call: Call, size: int, most: int) -> tuple[int, int]:
    """Return the page and the page size a request asks for; bad ones fall back to 1 and `size`, big ones to
    `most`.
    """
    number = as_int(call.args.get("page")) or 1
    wanted = as_int(call.args.get("per_page")) or size
    return (number if 1 <= number <= 10_000_000 else 1, min(wanted, most) if wanted >= 1 else size)
