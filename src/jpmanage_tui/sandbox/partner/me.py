"""Who the user is (contract: account 7.3)."""

from __future__ import annotations

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import Call, RouteSpec
from jpmanage_tui.sandbox.jsontypes import Json


def me(call: Call) -> Json:
    """The user, and how he or she stands to the partner programme."""
    row = call.conn.execute("SELECT * FROM users WHERE user_id = ?", (call.caller.user_id,)).fetchone()
    return {
        "ID": row["user_id"],
        "username": row["login"],
        "display_name": row["display_name"],
        "email": row["email"],
        "has_jetpack_partner_access": row["partner_id"] is not None,
        "jetpack_partner_types": [kind for kind in row["partner_types"].split(",") if kind],
    }


ROUTES = (RouteSpec("GET", "/rest/v1.1/me", TokenNeed.USER, me),)
