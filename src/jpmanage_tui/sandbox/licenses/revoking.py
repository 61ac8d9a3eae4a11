"""Revoking: one license, a whole bundle, one of a bundle (contract: licenses 1.3)."""

from __future__ import annotations

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.licenses.routes import insert
from jpmanage_tui.sandbox.licenses.rows import asked, changeable, single


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


ROUTES = (RouteSpec("DELETE", f"{LICENSING}/license", TokenNeed.KEY, revoke),)
