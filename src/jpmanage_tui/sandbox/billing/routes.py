"""The estimate of the month's bill (contract: licenses 1.11)."""

from __future__ import annotations

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.billing.estimate import estimate
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.envelope import HTTPError
from jpmanage_tui.sandbox.jsontypes import Json


def billing(call: Call) -> Json:
    """The estimate; not there yet for a key that never had a license, or while the switch says it is prepared.

    That answer has no message (contract: licenses 1.2).

    Raises HTTPError where it is not there yet.
    """
    licensed = call.conn.execute(
        "SELECT EXISTS (SELECT 1 FROM licenses WHERE key_id = ?)", (call.key_id,)
    ).fetchone()[0]
    if not licensed or switches.choice(call.conn, "billing") == "preparing":
        raise HTTPError(403, "no_billing_invoice_available", "")  # without a message, as the real one
    return estimate(call.conn, call.key_id, call.now)


ROUTES = (RouteSpec("GET", f"{LICENSING}/licenses/billing", TokenNeed.KEY, billing),)
