"""A specification: paying an invoice over real HTTP: the request, what it does, every refusal, and answers in between."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.errors import (
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RequestRejectedError,
)
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.operations.mutation import NO_SECRETS, AmbiguousResponse
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from tests.operations.over_http import Refusal, Wire, World
from tests.sandbox.harness import API

KEY, KEY_2, KEY_NOCARD = 90121, 90377, 91266
INVOICE = "SELECT status, charged_to FROM invoices WHERE invoice_id = ?"


def of_status(world: World, status: str, key: int = KEY) -> PayInvoice:
    """Return the payment of an invoice of this status."""
    invoice_id, number = world.rows(
        "SELECT invoice_id, coalesce(number, '') FROM invoices WHERE status = ? AND key_id = ?", status, key
    )[0]
    return PayInvoice(InvoiceId(invoice_id), number, None, "usd")


def still_open(world: World) -> PayInvoice:
    """Return the payment of an open invoice; one that a test before paid is opened again."""
    world.write(
        "UPDATE invoices SET status = 'open', charged_to = NULL, paid_at = NULL WHERE invoice_id ="
        " (SELECT min(invoice_id) FROM invoices WHERE key_id = ? AND status IN ('open', 'paid'))",
        KEY,
    )
    return of_status(world, "open")


def payment(change: PayInvoice) -> Wire:
    """The request: a POST with neither arguments nor a body."""
    return Wire("POST", f"{API}/partner/invoice/{change.invoice_id}/payment")


async def a_card(world: World, number: str = "4242424242424242") -> str:
    """Make a card the primary one and return its id."""
    answer = await world.http.post("/_sandbox/add-card", json={"number": number, "primary": True})
    card: str = answer.json()["id"]
    return card


async def test_an_open_invoice_is_paid_with_the_primary_card_by_a_post_without_a_body(world: World) -> None:
    card, change, caller = await a_card(world), still_open(world), await world.caller()
    await world.forget()
    outcome = await caller.run(change)
    assert outcome.sentence == f"Pay invoice {change.number}: done."
    assert outcome.result is not None
    assert outcome.result.status is InvoiceStatus.PAID
    assert await world.sent() == [payment(change)]
    assert world.changed() == [("pay_invoice", change.invoice_id, card)]
    assert world.rows(INVOICE, change.invoice_id) == [("paid", card)]


async def test_a_2xx_whose_invoice_is_still_open_is_not_believed(world: World) -> None:
    await world.turn(pay_answer="open")
    change, caller = still_open(world), await world.caller()
    await world.forget()
    outcome = await caller.run(change)
    assert outcome.state.value == "found_not_done"
    assert "its status is open" in outcome.sentence
    assert await world.sent() == [payment(change)], "once"
    assert (world.changed(), world.rows(INVOICE, change.invoice_id)) == ([], [("open", None)])


async def test_that_it_is_still_open_is_said_before_it_was_looked_up(world: World) -> None:
    await world.turn(pay_answer="open")
    change, caller = still_open(world), await world.caller()
    with pytest.raises(AmbiguousResponse, match="the invoice's status is open"):
        await change.send(caller.client, NO_SECRETS)


NOT_PAID: list[tuple[str, str]] = [
    ("4000000000000341", "Your card was declined."),
    ("4000008260003178", "Your card has insufficient funds."),
]


@pytest.mark.parametrize(("number", "words"), NOT_PAID)
async def test_the_500_that_says_it_was_not_paid_is_looked_up_and_never_sent_again(
    world: World, number: str, words: str
) -> None:
    await a_card(world, number)
    change, caller = still_open(world), await world.caller()
    with pytest.raises(OutcomeUnknownError) as caught:
        await caller.client.invoices.pay(change.invoice_id)
    assert (caught.value.status, caught.value.code) == (500, "unable_to_pay_invoice")
    assert caught.value.message == words
    await world.forget()
    outcome = await caller.run(change)
    assert outcome.state.value == "found_not_done"
    assert await world.sent() == [payment(change)]
    assert (world.changed(), world.rows(INVOICE, change.invoice_id)) == ([], [("open", None)])
    await a_card(world)


async def test_the_500_may_come_after_the_card_was_charged_and_then_it_is_found_paid(world: World) -> None:
    await world.turn(pay_answer="error-after")
    card, change, caller = await a_card(world), still_open(world), await world.caller()
    await world.forget()
    outcome = await caller.run(change)
    assert (outcome.state.value, outcome.happened) == ("found_done", True)
    assert await world.sent() == [payment(change)]
    assert world.changed() == [("pay_invoice", change.invoice_id, card)], "charged once"


async def test_without_any_card_the_invoice_stays_open(world: World) -> None:
    caller = await world.caller("sandbox-key-nocard", None)
    change = of_status(world, "open", KEY_NOCARD)
    await world.forget()
    outcome = await caller.run(change)
    assert outcome.state.value == "found_not_done"
    assert await world.sent() == [payment(change)]
    assert world.changed() == []


PAID = Refusal(RequestRejectedError, 400, "invoice_already_paid", "Invoice is already paid.")
CLOSED: list[tuple[str, Refusal]] = [
    ("paid", PAID),
    *(
        (
            status,
            Refusal(
                RequestRejectedError, 400, "invoice_not_open", f"An invoice that is {status} cannot be paid."
            ),
        )
        for status in ("draft", "void", "uncollectible")
    ),
]


@pytest.mark.parametrize(("status", "refusal"), CLOSED, ids=[row[0] for row in CLOSED])
async def test_only_an_open_invoice_can_be_paid(world: World, status: str, refusal: Refusal) -> None:
    change, caller = of_status(world, status), await world.caller()
    before = world.rows(INVOICE, change.invoice_id)
    await world.forget()
    refusal.check(await caller.run(change))
    assert await world.sent() == [payment(change)]
    assert (world.changed(), world.rows(INVOICE, change.invoice_id)) == ([], before)


async def test_an_invoice_of_nobody_or_of_another_key_is_not_found(world: World) -> None:
    caller, foreign = await world.caller(), of_status(world, "paid", KEY_2)
    not_found = Refusal(NotFoundError, 404, "invoice_not_found", "The invoice was not found.")
    for change in (foreign, PayInvoice(InvoiceId("in_nobody"), "", None, "usd")):
        await world.forget()
        not_found.check(await caller.run(change))
        assert await world.sent() == [payment(change)]
        assert world.changed() == []


async def test_paying_takes_a_partner_keys_token(world: World) -> None:
    change, caller = still_open(world), await world.caller("sandbox-user")
    await world.forget()
    words = "Sorry, you are not allowed to do that: this call takes a partner key's token."
    Refusal(PermissionDeniedError, 403, "rest_forbidden", words).check(await caller.run(change))
    assert [one.token for one in await world.sent()] == ["user"]
    assert world.changed() == []
