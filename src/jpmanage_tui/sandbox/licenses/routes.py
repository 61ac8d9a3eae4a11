"""Licenses: list, counts, one, children, download; issue, assign, unassign, revoke (contract: licenses 1.1 to 1.10).

The codes of the refusals of assigning are ours: no source tells the real ones. ``user/licenses`` are the signed-in user's
own, bought elsewhere (licenses 1.16).
"""

from __future__ import annotations

import random
import sqlite3

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.envelope import HTTPError, invalid, missing
from jpmanage_tui.sandbox.jsontypes import Json, as_bool, as_int
from jpmanage_tui.sandbox.licenses.list_query import Wanted, children_of, counts, flat, narrow, page
from jpmanage_tui.sandbox.licenses.rows import asked, by_id, changeable, owned, single
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
        (call.key_id, new_key(slug, _rng(call)), product_id, call.epoch, quantity, parent),
    )
    return int(cursor.lastrowid or 0)


def _rng(call: Call) -> random.Random:
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


def list_licenses(call: Call) -> Json:
    """One page of the key's licenses, or of a bundle's children when ``parent_id`` is given."""
    parent_id = as_int(call.args.get("parent_id"))
    if parent_id:
        return _children(call, parent_id)
    wanted = flat(call)
    narrow(call, wanted, default="not_revoked")
    return page(call, wanted)


def count_licenses(call: Call) -> Json:
    """How many rows each filter of the flat list has."""
    return counts(call, flat(call))


def get_license(call: Call) -> Json:
    """One license in the short shape."""
    row = asked(call)
    return single(row, revoked_at=row["revoked_at"])


def list_children(call: Call) -> Json:
    """A bundle's children. The real answer's shape is not known; this is the list's.

    Raises HTTPError where there is no such bundle.
    """
    row = owned(call, call.path["license_key"])
    if not row["quantity"]:
        raise HTTPError(400, "license_not_a_bundle", "This license is not a bundle.")
    return _children(call, int(row["license_id"]))


def download(call: Call) -> Json:
    """Where the product of an attached license can be downloaded.

    Raises HTTPError where there is nothing to download.
    """
    row = owned(call, call.path["license_key"])
    if not row["has_downloads"] or row["attached_at"] is None or row["revoked_at"] is not None:
        raise HTTPError(400, "no_download_available", "There is no download available for this license.")
    return {"download_url": f"{call.files_origin}/download/{row['slug']}.zip"}


def _children(call: Call, parent_id: int) -> Json:
    wanted = children_of(call, parent_id)
    narrow(call, wanted, default="all")
    return page(call, wanted)


def assign(call: Call) -> Json:
    """Attach a license to a site, given by blog id, address or ``host::path``.

    Raises HTTPError as the API refuses it.
    """
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
    """Detach a license from its site. The owner stays; the customer is mailed unless told not to.

    Raises HTTPError as the API refuses it.
    """
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


def revoke(call: Call) -> Json:
    """Revoke a license for good. A bundle's parent takes its children with it; a child is replaced by a new
    one.

    An attached license keeps its site and its date of attaching, so that a row can be attached and revoked.
    The answer still says ``revoked_at: null``, as the real one was seen to do.
    """
    row = changeable(asked(call))
    call.conn.execute(
        "UPDATE licenses SET revoked_at = ?"
        " WHERE (license_id = ? OR parent_license_id = ?) AND revoked_at IS NULL",
        (call.epoch, row["license_id"], row["license_id"]),
    )
    call.record("revoke", row["license_key"], f"bundle of {row['quantity']}" if row["quantity"] else "")
    if row["parent_license_id"] is not None:
        insert(call, row["product_id"], row["slug"], parent=row["parent_license_id"])
    return single(row, revoked_at=None)


def list_own(call: Call) -> Json:
    """One page of them; the same rules as the partner's list."""
    wanted = _own(call)
    narrow(call, wanted, default="not_revoked")
    return page(call, wanted)


def count_own(call: Call) -> Json:
    """How many there are by filter."""
    return counts(call, _own(call))


def _own(call: Call) -> Wanted:
    return Wanted(["l.owner_type = 'user'", "l.user_id = :user_id"], {"user_id": call.caller.user_id or 0})


ROUTES = (
    RouteSpec("POST", f"{LICENSING}/license", TokenNeed.KEY, issue),
    RouteSpec("POST", f"{LICENSING}/licenses", TokenNeed.KEY, issue_several),
    RouteSpec("GET", f"{LICENSING}/licenses", TokenNeed.KEY, list_licenses),
    RouteSpec("GET", f"{LICENSING}/licenses/counts", TokenNeed.KEY, count_licenses),
    RouteSpec("GET", f"{LICENSING}/license", TokenNeed.KEY, get_license),
    RouteSpec("GET", f"{LICENSING}/license/{{license_key}}/children", TokenNeed.KEY, list_children),
    RouteSpec("GET", f"{LICENSING}/license/{{license_key}}/download", TokenNeed.KEY, download),
    RouteSpec("POST", f"{LICENSING}/license/{{license_key}}/site", TokenNeed.KEY, assign),
    RouteSpec("DELETE", f"{LICENSING}/license/{{license_key}}/site", TokenNeed.KEY, unassign),
    RouteSpec("DELETE", f"{LICENSING}/license", TokenNeed.KEY, revoke),
    RouteSpec("GET", f"{LICENSING}/user/licenses", TokenNeed.USER, list_own),
    RouteSpec("GET", f"{LICENSING}/user/licenses/counts", TokenNeed.USER, count_own),
)
