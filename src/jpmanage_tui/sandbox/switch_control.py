"""Control routes of the account half: switches, and what a person does in a browser.

``/_sandbox/switches`` turns states; ``/_sandbox/3ds/…`` is the bank's page of a 3-D Secure challenge;
``/_sandbox/add-card`` stands for the vendor's own page on which a card is added in a browser.
"""

from __future__ import annotations

import html
import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.auth import bearer, identify
from jpmanage_tui.sandbox.cards import saved_cards as cards, setup_intents as intents
from jpmanage_tui.sandbox.cards.stripe_cards import BEHAVIORS, StripeError, read_card
from jpmanage_tui.sandbox.clock import Clock
from jpmanage_tui.sandbox.jsontypes import Json, as_bool, as_int
from jpmanage_tui.sandbox.store import Store


class _Problem(Exception):
    """A control request that cannot be done; the message is one plain sentence."""


class _Browser:
    """The handlers, with the store they work on."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def turn(self, request: Request) -> Response:
        """Show the switches, or turn those that a JSON object names."""
        try:
            if request.method == "PUT":
                wanted = await _object(request)
                await self._store.run(lambda connection: switches.turn(connection, wanted))
        except (_Problem, switches.SwitchError) as error:
            return JSONResponse({"code": "bad_switch", "message": str(error)}, 400)
        return JSONResponse(await self._store.run(switches.states))

    async def add_card(self, request: Request) -> Response:
        """Add a card as if a person had done so on the vendor's page."""
        token = bearer(request.headers.get("authorization"))
        try:
            wanted = await _object(request)
            card = await self._store.run(lambda connection: _add_card(connection, wanted, token, self._clock))
        except (_Problem, StripeError) as error:
            return JSONResponse({"code": "bad_card", "message": str(error)}, 400)
        return JSONResponse(card, 201)

    async def challenge(self, request: Request) -> Response:
        """Show the bank's page, or take the person's decision and lead back."""
        intent_id, shown = request.path_params["intent_id"], request.query_params.get("challenge", "")
        decision = request.path_params.get("decision")
        try:
            if decision is None:
                await self._store.run(lambda connection: _challenged(connection, intent_id, shown))
                return HTMLResponse(_page(intent_id, shown))
            back = await self._store.run(lambda connection: _decide(connection, intent_id, shown, decision))
        except _Problem as problem:
            return HTMLResponse(f"<!doctype html><p>{html.escape(str(problem))}</p>", 410)
        if back is None:
            return HTMLResponse("<!doctype html><p>Done. You can close this page.</p>")
        return RedirectResponse(back, 303)


def control_routes(store: Store, clock: Clock) -> list[Route]:
    """Return the routes; they take no token (add-card may), are not logged and meet no fault."""
    browser = _Browser(store, clock)
    return [
        Route("/_sandbox/switches", browser.turn, methods=["GET", "PUT"]),
        Route("/_sandbox/add-card", browser.add_card, methods=["POST"]),
        Route("/_sandbox/3ds/{intent_id}", browser.challenge, methods=["GET"]),
        Route("/_sandbox/3ds/{intent_id}/{decision}", browser.challenge, methods=["GET", "POST"]),
    ]


async def _object(request: Request) -> Mapping[str, Json]:
    body = await request.body()
    try:
        value = json.loads(body) if body else {}
    except ValueError as error:
        raise _Problem("Send a JSON object.") from error
    if not isinstance(value, dict):
        raise _Problem("Send a JSON object.")
    return value


def _add_card(
    connection: sqlite3.Connection, wanted: Mapping[str, Json], token: str | None, clock: Clock
) -> Json:
    now = clock.now()
    key_id = _key(connection, wanted, token, now)
    fields: dict[str, Json] = {
        "number": "4242424242424242",
        "exp_month": 12,
        "exp_year": now.year + 3,
        "cvc": "",
        **wanted,
    }
    name = wanted.get("name")
    card = read_card(fields, name if isinstance(name, str) else "Browser User", now)
    behavior = BEHAVIORS[card.behavior]
    if behavior.refusal is not None:
        raise _Problem(behavior.refusal[2])
    payment_method_id = cards.add(connection, card, int(now.timestamp()))
    cards.attach(connection, key_id, payment_method_id, as_primary=as_bool(wanted.get("primary", False)))
    connection.execute(
        "INSERT INTO changes (at, kind, subject, detail, key_id) VALUES (?, 'save_card', ?, 'in a browser', ?)",
        (int(now.timestamp()), payment_method_id, key_id),
    )
    row = cards.find(connection, payment_method_id)
    return None if row is None else cards.card_json(row)


def _key(connection: sqlite3.Connection, wanted: Mapping[str, Json], token: str | None, now: datetime) -> int:
    """Return the key that a card is added to: the one named, or whose token it is, or the first of all."""
    asked = as_int(wanted.get("key_id")) or identify(connection, token, int(now.timestamp())).key_id
    row = connection.execute(
        "SELECT min(key_id) AS key_id FROM partner_keys WHERE ? IS NULL OR key_id = ?", (asked, asked)
    ).fetchone()
    if row["key_id"] is None:
        raise _Problem(f"There is no key {asked}.")
    return int(row["key_id"])


def _challenged(connection: sqlite3.Connection, intent_id: str, shown: str) -> sqlite3.Row:
    row = intents.get(connection, intent_id)
    if row is None or row["status"] != "requires_action" or row["challenge"] != shown:
        raise _Problem("There is nothing to approve here, or no longer.")
    return row


def _decide(connection: sqlite3.Connection, intent_id: str, shown: str, decision: str) -> str | None:
    row = _challenged(connection, intent_id, shown)
    if decision not in ("approve", "decline"):
        raise _Problem("Use approve or decline.")
    intents.settle(connection, intent_id, row["payment_method_id"], authenticated=decision == "approve")
    after = intents.get(connection, intent_id)
    return None if after is None else intents.way_back(after)


def _page(intent_id: str, shown: str) -> str:
    def form(decision: str, label: str) -> str:
        action = html.escape(f"/_sandbox/3ds/{intent_id}/{decision}?challenge={shown}")
        return f'<form method="post" action="{action}"><button>{label}</button></form>'

    return (
        "<!doctype html><html lang=en><title>3-D Secure (sandbox)</title><h1>Your bank asks</h1>"
        "<p>Approve that this card is saved?</p>" + form("approve", "Approve") + form("decline", "Decline")
    )
