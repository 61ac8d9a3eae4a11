"""Stripe, as far as a publishable key reaches, and its configuration (contract: account 1.7, 2.2 to 2.4).

The ``/v1`` paths stand for api.stripe.com. They take forms, and the publishable key as a bearer token, as the user of
Basic, or as ``key``. A WordPress.com token opens nothing here.
"""

from __future__ import annotations

import base64
import binascii
import sqlite3
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.auth import TokenNeed, bearer
from jpmanage_tui.sandbox.call import V2, Call, RouteSpec
from jpmanage_tui.sandbox.cards import saved_cards as cards, setup_intents as intents
from jpmanage_tui.sandbox.cards.stripe_cards import StripeError, raw_refusal, read_card, request_error
from jpmanage_tui.sandbox.envelope import Reply
from jpmanage_tui.sandbox.identifiers import ident
from jpmanage_tui.sandbox.jsontypes import Json, as_bool


def configuration(call: Call) -> Json:
    """What is needed to talk to Stripe; ``needs_intent`` creates a setup intent, each time it is asked for.

    ``setup_intent_id`` is the client secret, as it is in the real answer.
    """
    secret = None
    if as_bool(call.args.get("needs_intent")):
        secret = intents.create(call.conn, call.caller.user_id, call.epoch)
        call.record("create_setup_intent", secret.partition("_secret_")[0])
    lacks = switches.choice(call.conn, "stripe-configuration")
    return {
        "js_url": "https://js.stripe.com/v3/",
        "public_key": "" if lacks == "no-key" else intents.PUBLISHABLE_KEY,
        "processor_id": "stripe",
        "setup_intent_id": None if lacks == "no-intent" else secret,
    }


def _stripe(handler: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
    """Admit by the publishable key, and write Stripe's errors as Stripe does."""

    @wraps(handler)
    def wrapped(call: Call) -> Reply:
        try:
            _admit(call)
            return handler(call)
        except StripeError as error:
            return _answer(call, {"error": error.body()}, error.status)

    return wrapped


def read_intent(call: Call) -> Reply:
    """What a publishable key may see of an intent."""
    return _answer(call, intents.intent_json(_intent(call), call.base_url))


def confirm_intent(call: Call) -> Reply:
    """Confirm an intent with a typed card or a payment method made before."""
    intent = _intent(call)
    back = call.text("return_url")
    if back and (urlsplit(back).scheme not in ("http", "https") or not urlsplit(back).hostname):
        raise request_error("Not a valid URL", code="url_invalid", param="return_url")
    payment_method_id = call.text("payment_method")
    if not payment_method_id:
        payment_method_id = _new_card(call, "payment_method_data")
    wanted = intents.Confirmation(payment_method_id, back, as_bool(call.args.get("use_stripe_sdk")))
    refusal = intents.confirm(call.conn, intent, wanted)
    after = intents.intent_json(_intent(call), call.base_url)
    if refusal is not None:
        return _answer(call, {"error": {**refusal.body(), "setup_intent": after}}, refusal.status)
    return _answer(call, after)


def create_payment_method(call: Call) -> Reply:
    """Make a payment method of a typed card, to confirm an intent with later."""
    payment_method_id = _new_card(call, "")
    row = cards.find(call.conn, payment_method_id)
    assert row is not None  # it was added just now
    kept: dict[str, Json] = {name: row[name] for name in ("brand", "last4", "exp_month", "exp_year")}
    body: Json = {
        "id": payment_method_id,
        "object": "payment_method",
        "type": "card",
        "billing_details": {"name": row["name"]},
        "card": kept,
        "created": row["created_at"],
        "customer": None,
        "livemode": False,
    }
    return _answer(call, body)


def _new_card(call: Call, prefix: str) -> str:
    def named(*names: str) -> str:
        first, *rest = (prefix, *names) if prefix else names
        return first + "".join(f"[{name}]" for name in rest)

    kind = call.text(named("type"))
    if kind != "card":
        raise request_error(
            f"Missing required param: {named('type')}.", code="parameter_missing", param=named("type")
        )
    refusal = raw_refusal(switches.choice(call.conn, "raw-cards"))
    if refusal is not None:
        raise refusal
    fields: dict[str, Json] = {
        name: call.text(named("card", name)) for name in ("number", "exp_month", "exp_year", "cvc")
    }
    card = read_card(fields, call.text(named("billing_details", "name")) or None, call.now)
    return cards.add(call.conn, card, call.epoch)


def _admit(call: Call) -> None:
    given = bearer(call.authorization) or _basic_user(call.authorization) or call.text("key")
    if not given:
        raise request_error("You did not provide an API key.", status=401)
    if given != intents.PUBLISHABLE_KEY:
        raise request_error("Invalid API Key provided.", status=401)


def _basic_user(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _intent(call: Call) -> sqlite3.Row:
    """Return the intent in the path. Raises StripeError without its client secret, which a publishable key needs."""
    intent_id, secret = call.path["intent_id"], call.text("client_secret")
    row = intents.get(call.conn, intent_id)
    if row is None:
        raise request_error(
            f"No such setupintent: '{intent_id}'", code="resource_missing", param="intent", status=404
        )
    if not secret:
        raise request_error(
            "Missing required param: client_secret.", code="parameter_missing", param="client_secret"
        )
    if secret != row["client_secret"]:
        raise request_error(
            "The client_secret provided does not match the client_secret associated with the SetupIntent.",
            param="client_secret",
        )
    return row


def _answer(call: Call, body: Json, status: int = 200) -> Reply:
    return Reply(body, status, {"Request-Id": ident("req_", call.epoch, call.conn.total_changes, size=14)})


ROUTES = (
    RouteSpec("GET", f"{V2}/jetpack/stripe/configuration", TokenNeed.USER, configuration),
    RouteSpec("GET", "/v1/setup_intents/{intent_id}", TokenNeed.NONE, _stripe(read_intent)),
    RouteSpec("POST", "/v1/setup_intents/{intent_id}/confirm", TokenNeed.NONE, _stripe(confirm_intent)),
    RouteSpec("POST", "/v1/payment_methods", TokenNeed.NONE, _stripe(create_payment_method)),
)
