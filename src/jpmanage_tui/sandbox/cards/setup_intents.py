"""Setup intents: how a card is confirmed, challenged and settled (contract: account 1.7, 2.2)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from jpmanage_tui.sandbox.cards import saved_cards as cards
from jpmanage_tui.sandbox.cards.stripe_cards import BEHAVIORS, StripeError, card_error, request_error
from jpmanage_tui.sandbox.identifiers import ident, with_query
from jpmanage_tui.sandbox.jsontypes import Json

PUBLISHABLE_KEY = "pk_test_sandboxJetpackManage00000000"
"""The key the configuration gives; it opens nothing but the Stripe routes."""

MOST_TRIES = 5
"""Refused confirmations after which an intent is canceled; the real limit is not published."""

_NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment method"
    " and try again."
)


@dataclass(frozen=True)
class Confirmation:
    """How an intent is confirmed: with which card, and where a challenge leads back to."""

    payment_method_id: str
    return_url: str = ""
    use_stripe_sdk: bool = False


def create(connection: sqlite3.Connection, user_id: int | None, created_at: int) -> str:
    """Create an intent and return its client secret, which begins with its id."""
    place = int(connection.execute("SELECT count(*) FROM setup_intents").fetchone()[0])
    intent_id = ident("seti_1", place, created_at)
    secret = ident(f"{intent_id}_secret_", place, created_at)
    connection.execute(
        "INSERT INTO setup_intents (intent_id, client_secret, user_id, status, created_at)"
        " VALUES (?, ?, ?, 'requires_payment_method', ?)",
        (intent_id, secret, user_id, created_at),
    )
    return secret


def get(connection: sqlite3.Connection, intent_id: str) -> sqlite3.Row | None:
    """Return an intent, or None."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM setup_intents WHERE intent_id = ?", (intent_id,)
    ).fetchone()
    return row


def confirm(connection: sqlite3.Connection, intent: sqlite3.Row, wanted: Confirmation) -> StripeError | None:
    """Confirm an intent with a card. Returns the card's refusal, when it is refused: that is kept, not undone.

    Raises StripeError when the intent is in no state to be confirmed, or the card is not known.
    """
    if intent["status"] not in ("requires_payment_method", "requires_action"):
        raise request_error(
            "You cannot confirm this SetupIntent because it has a status of"
            f" {intent['status']}. Only a SetupIntent with one of the following statuses may be confirmed:"
            " requires_confirmation, requires_action, requires_payment_method.",
            code="setup_intent_unexpected_state",
        )
    card = cards.find(connection, wanted.payment_method_id)
    if card is None:
        raise request_error(
            f"No such PaymentMethod: '{wanted.payment_method_id}'",
            code="resource_missing",
            param="payment_method",
        )
    behavior = BEHAVIORS[card["behaviour"]]
    if behavior.challenge:
        _challenge(connection, intent["intent_id"], wanted)
        return None
    return settle(connection, intent["intent_id"], wanted.payment_method_id, authenticated=True)


def settle(
    connection: sqlite3.Connection, intent_id: str, payment_method_id: str, *, authenticated: bool
) -> StripeError | None:
    """End a confirmation: the card is set up, or refused for not being authenticated or by its bank."""
    card = connection.execute(
        "SELECT behaviour FROM cards WHERE payment_method_id = ?", (payment_method_id,)
    ).fetchone()
    refusal = BEHAVIORS[card["behaviour"]].refusal
    if not authenticated:
        return _refuse(
            connection, intent_id, card_error("setup_intent_authentication_failure", _NOT_AUTHENTICATED)
        )
    if refusal is not None:
        code, decline, message = refusal
        return _refuse(connection, intent_id, card_error(code, message, decline=decline))
    connection.execute(
        "UPDATE setup_intents SET status = 'succeeded', payment_method_id = ?, challenge = NULL,"
        " last_error = NULL WHERE intent_id = ?",
        (payment_method_id, intent_id),
    )
    return None


def intent_json(intent: sqlite3.Row, base_url: str) -> Json:
    """Write the subset of an intent that a publishable key may see."""
    return {
        "id": intent["intent_id"],
        "object": "setup_intent",
        "cancellation_reason": "abandoned" if intent["status"] == "canceled" else None,
        "client_secret": intent["client_secret"],
        "created": intent["created_at"],
        "last_setup_error": json.loads(intent["last_error"]) if intent["last_error"] else None,
        "livemode": False,
        "next_action": _next_action(intent, base_url),
        "payment_method": intent["payment_method_id"]
        if intent["status"] != "requires_payment_method"
        else None,
        "payment_method_types": ["card"],
        "status": intent["status"],
        "usage": "off_session",
    }


def way_back(intent: sqlite3.Row) -> str | None:
    """Return where the challenge's page sends the browser when it is over, None when there is no such place."""
    if not intent["return_url"]:
        return None
    told = {
        "setup_intent": intent["intent_id"],
        "setup_intent_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
    }
    return with_query(intent["return_url"], told)


def _challenge(connection: sqlite3.Connection, intent_id: str, wanted: Confirmation) -> None:
    connection.execute(
        "UPDATE setup_intents SET status = 'requires_action', payment_method_id = ?, return_url = ?,"
        " challenge = ?, last_error = NULL WHERE intent_id = ?",
        (
            wanted.payment_method_id,
            None if wanted.use_stripe_sdk else wanted.return_url or None,
            ident("src_", intent_id, wanted.payment_method_id),
            intent_id,
        ),
    )


def _refuse(connection: sqlite3.Connection, intent_id: str, error: StripeError) -> StripeError:
    connection.execute(
        "UPDATE setup_intents SET tries = tries + 1, last_error = ?, challenge = NULL, payment_method_id = NULL,"
        " status = CASE WHEN tries + 1 >= ? THEN 'canceled' ELSE 'requires_payment_method' END"
        " WHERE intent_id = ?",
        (json.dumps(error.body()), MOST_TRIES, intent_id),
    )
    return error


def _next_action(intent: sqlite3.Row, base_url: str) -> Json:
    if intent["status"] != "requires_action":
        return None
    if not intent["return_url"]:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    url = f"{base_url}/_sandbox/3ds/{intent['intent_id']}?challenge={intent['challenge']}"
    return {
        "type": "redirect_to_url",
        "redirect_to_url": {"url": url, "return_url": intent["return_url"]},
    }
