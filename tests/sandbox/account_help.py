"""What the tests of the account half share: who asks, Stripe's forms, switches and counts of changes."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.harness import API, bearer

USER, KEY, KEY_2 = bearer("sandbox-user"), bearer("sandbox-key"), bearer("sandbox-key-2")
KEY_TOS, KEY_NOCARD, USER_NEW = (
    bearer("sandbox-key-tos"),
    bearer("sandbox-key-nocard"),
    bearer("sandbox-user-new"),
)
USER_NOCARD = bearer("sandbox-user-nocard")
BILLING, CARDS, CARD = (
    f"{API}/licenses/billing",
    f"{API}/stripe/payment-methods",
    f"{API}/stripe/payment-method",
)
INVOICES, PARTNER = f"{API}/partner/invoices", f"{API}/partner"
CONFIGURATION = "/wpcom/v2/jetpack/stripe/configuration"
RETURN = "http://127.0.0.1:9/back?from=bank"


async def turn(api: httpx.AsyncClient, **states: str | int | None) -> None:
    """Turn switches; underscores in the names stand for hyphens."""
    wanted = {name.replace("_", "-"): value for name, value in states.items()}
    answer = await api.put("/_sandbox/switches", json=wanted)
    assert answer.status_code == 200, answer.text


async def changes(api: httpx.AsyncClient, kind: str) -> list[dict[str, Any]]:
    """Return the committed changes of one kind."""
    return [row for row in (await api.get("/_sandbox/changes")).json() if row["kind"] == kind]


async def cards(api: httpx.AsyncClient, token: dict[str, str] = KEY) -> list[dict[str, Any]]:
    """Return every card of a key, over all pages."""
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["id"] if found else ""
        page = (await api.get(CARDS, headers=token, params={"starting_after": after})).json()
        found += page["items"]
        if not page["has_more"]:
            return found


class Stripe:
    """Stripe as a client with a publishable key meets it."""

    def __init__(self, api: httpx.AsyncClient, key: str, secret: str) -> None:
        self.api = api
        self.secret = secret
        self.headers = bearer(key)
        self.path = f"/v1/setup_intents/{secret.partition('_secret_')[0]}"

    async def confirm(self, number: str = "4242424242424242", **more: str) -> httpx.Response:
        """Confirm with a typed card; `more` replaces or adds fields by their last name."""
        card = {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
        card |= {name: more.pop(name) for name in list(more) if name in card}
        form = {
            "client_secret": self.secret,
            "payment_method_data[type]": "card",
            "payment_method_data[billing_details][name]": "Ada Lovelace",
            "return_url": RETURN,
            **{f"payment_method_data[card][{name}]": value for name, value in card.items()},
            **more,
        }
        return await self.api.post(f"{self.path}/confirm", data=form, headers=self.headers)

    async def read(self) -> dict[str, Any]:
        """Return the intent."""
        answer = await self.api.get(self.path, params={"client_secret": self.secret}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def new_intent(api: httpx.AsyncClient, token: dict[str, str] = USER) -> Stripe:
    """Ask for a setup intent as the add-card form does."""
    answer = await api.get(CONFIGURATION, params={"needs_intent": "true"}, headers=token)
    assert answer.status_code == 200, answer.text
    return Stripe(api, answer.json()["public_key"], answer.json()["setup_intent_id"])


async def save_new_card(
    api: httpx.AsyncClient,
    number: str = "4242424242424242",
    *,
    primary: bool = True,
    token: dict[str, str] = KEY,
) -> str:
    """Set a card up at Stripe, save it, and return its id."""
    stripe = await new_intent(api)
    confirmed = await stripe.confirm(number, cvc="1234" if number.startswith("37") else "123")
    assert confirmed.json()["status"] == "succeeded", confirmed.text
    payment_method_id: str = confirmed.json()["payment_method"]
    saved = await api.post(
        CARD,
        headers=token,
        json={
            "payment_method_id": payment_method_id,
            "use_as_primary_payment_method": primary,
            "stripe_setup_intent_id": stripe.secret,
        },
    )
    assert saved.json() == {"success": True}
    return payment_method_id
