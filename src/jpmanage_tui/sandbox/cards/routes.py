"""Payment methods: list, save, make primary, delete (contract: account 1.4).

No source tells the codes of the refusals; those here are ours.
"""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.cards import saved_cards as cards, setup_intents as intents
from jpmanage_tui.sandbox.cursors import cut
from jpmanage_tui.sandbox.envelope import HTTPError, invalid, missing
from jpmanage_tui.sandbox.jsontypes import Json, as_bool


def list_cards(call: Call) -> Json:
    """One page of the key's cards, newest first; the primary may lie on any page."""
    page, more = cut(call, cards.of_key(call.conn, call.key_id), "payment_method_id", cards.PER_PAGE)
    return {"items": [cards.card_json(row) for row in page], "has_more": more, "per_page": cards.PER_PAGE}


def save_card(call: Call) -> Json:
    """Save a card that Stripe has set up, or make a saved one primary.

    Saving again what this key has already is no error and adds nothing. A card that Stripe does not know, or
    that another key has, is refused with a 200 that carries ``error``, as the contract warns.
    """
    payment_method_id = _asked(call)
    as_primary = as_bool(call.args.get("use_as_primary_payment_method"))
    row = cards.find(call.conn, payment_method_id)
    if row is None or row["key_id"] not in (None, call.key_id):
        return {"success": False, "error": f"No such PaymentMethod: '{payment_method_id}'"}
    if row["key_id"] is None:
        _check_intent(call, payment_method_id)
        cards.attach(call.conn, call.key_id, payment_method_id, as_primary=as_primary)
        call.record("save_card", payment_method_id, "primary" if as_primary else "")
    elif as_primary:
        cards.make_primary(call.conn, call.key_id, payment_method_id)
        call.record("primary_card", payment_method_id)
    return {"success": True}


def delete_card(call: Call) -> Json:
    """Delete a card. The answer names the primary afterwards, "" when there is none."""
    payment_method_id = _asked(call)
    _own(call, payment_method_id)
    successor = call.text("primary_payment_method_id")
    if successor == payment_method_id:
        raise invalid(primary_payment_method_id="The card to be deleted cannot be the primary one.")
    if successor and cards.find(call.conn, successor) is None:
        raise invalid(primary_payment_method_id="No such payment method.")
    if successor:
        _own(call, successor)
    now_primary = cards.detach(call.conn, call.key_id, payment_method_id, successor)
    call.record("delete_card", payment_method_id, now_primary)
    return {"success": True, "primary_payment_method_id": now_primary}


def _asked(call: Call) -> str:
    call.require("payment_method_id")
    payment_method_id = call.text("payment_method_id")
    if not payment_method_id:
        raise missing("payment_method_id")
    return payment_method_id


def _own(call: Call, payment_method_id: str) -> sqlite3.Row:
    row = cards.find(call.conn, payment_method_id)
    if row is None or row["key_id"] != call.key_id:
        raise HTTPError(404, "payment_method_not_found", "The payment method was not found.")
    return row


def _check_intent(call: Call, payment_method_id: str) -> None:
    """Refuse a card whose setup intent has not succeeded. The argument is the secret, the id, or left out."""
    given = call.text("stripe_setup_intent_id")
    row = call.conn.execute(
        "SELECT * FROM setup_intents WHERE payment_method_id = ? AND status = 'succeeded'"
        " AND ? IN ('', intent_id, client_secret)",
        (payment_method_id, given),
    ).fetchone()
    if row is None:
        known = intents.get(call.conn, given.partition("_secret_")[0])
        state = f"it is {known['status']}" if known is not None else "it is not known"
        raise HTTPError(
            400, "invalid_setup_intent", f"The card was not set up by this setup intent: {state}."
        )


ROUTES = (
    RouteSpec("GET", f"{LICENSING}/stripe/payment-methods", TokenNeed.KEY, list_cards),
    RouteSpec("POST", f"{LICENSING}/stripe/payment-method", TokenNeed.KEY, save_card),
    RouteSpec("DELETE", f"{LICENSING}/stripe/payment-method", TokenNeed.KEY, delete_card),
)
