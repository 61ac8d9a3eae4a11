"""Cards, invoices and company details through the queue, against the sandbox over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.api.stripe import CardEntry, CardSaved, Declined
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import Secrets
from jpmanage_tui.operations.mutations.account import CreatePartner, UpdatePartner
from jpmanage_tui.operations.mutations.cards import (
    ConfirmCard,
    CreateSetupIntent,
    DeleteCard,
    MakeCardPrimary,
    SaveCard,
)
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.queue import OperationsQueue
from tests.operations.test_against_sandbox import POLICY, TIMEOUTS, Rig
from tests.sandbox.harness import options, running_sandbox
from tests.sandbox.plain_http import plain_transport

LOST = ["reset-after", "500=after"]
GOOD, DECLINED, WILL_NOT_PAY = "4242424242424242", "4000000000000002", "4000000000000341"


@pytest.fixture
def base() -> Iterator[str]:
    with running_sandbox(options(30)) as url:
        yield url


@pytest.fixture
async def rig(base: str, tmp_path: Path) -> AsyncIterator[Rig]:
    tokens = StaticTokens(key=SecretStr("sandbox-key"), user=SecretStr("sandbox-user"))
    async with (
        httpx.AsyncClient(transport=plain_transport(), base_url=base, timeout=10) as http,
        LicensingClient(
            tokens=tokens, api_url=base, stripe_url=base, timeouts=TIMEOUTS, transport=plain_transport()
        ) as client,
    ):
        journal = await Journal.open(tmp_path / "journal.sqlite")
        queue = OperationsQueue(client, journal, "sandbox", tokens=tokens, policy=POLICY)
        yield Rig(http, client, journal, queue)
        await queue.close()
        await journal.close()


async def confirmed(rig: Rig, number: str = GOOD) -> tuple[PaymentMethodId, Secrets]:
    """Hand a card to Stripe and return its id and the secret to save it with."""
    prepared = await rig.run(CreateSetupIntent())
    configuration = prepared.result
    assert configuration is not None, prepared.sentence
    card = CardEntry(
        number=SecretStr(number), exp_month=12, exp_year=2034, cvc=SecretStr("123"), name="Ada Lovelace"
    )
    secrets = Secrets(configuration=configuration, card=card, return_url="http://127.0.0.1:1/")
    outcome = await rig.queue.submit(ConfirmCard(), secrets=secrets).outcome()
    assert isinstance(outcome.result, CardSaved), outcome.sentence
    return outcome.result.method, Secrets(setup_intent=configuration.client_secret)


async def saved(rig: Rig, number: str = GOOD, *, primary: bool = True) -> PaymentMethodId:
    method, secrets = await confirmed(rig, number)
    assert (await rig.queue.submit(SaveCard(method, primary), secrets=secrets).outcome()).happened
    return method


async def primary(rig: Rig) -> list[str]:
    return [card.id async for card in rig.client.payment_methods.list_all() if card.is_default]


async def open_invoice(rig: Rig) -> PayInvoice:
    async for invoice in rig.client.invoices.list_all(InvoiceStatus.OPEN):
        return PayInvoice(invoice.id, invoice.number, invoice.total, invoice.currency)
    raise AssertionError("the sandbox has no open invoice")


async def test_a_declined_card_is_an_answer_and_nothing_is_saved(rig: Rig) -> None:
    configuration = (await rig.run(CreateSetupIntent())).result
    card = CardEntry(
        number=SecretStr(DECLINED), exp_month=12, exp_year=2034, cvc=SecretStr("123"), name="Ada"
    )
    secrets = Secrets(configuration=configuration, card=card, return_url="http://127.0.0.1:1/")
    outcome = await rig.queue.submit(ConfirmCard(), secrets=secrets).outcome()
    assert isinstance(outcome.result, Declined)


@pytest.mark.parametrize("fault", LOST)
async def test_a_card_saved_by_a_lost_request_is_found_and_saved_once(rig: Rig, fault: str) -> None:
    method, secrets = await confirmed(rig)
    await rig.faults(f"POST */payment-method {fault} x1")
    outcome = await rig.queue.submit(SaveCard(method, True), secrets=secrets).outcome()
    assert outcome.state.value == "found_done", outcome.sentence
    assert (await rig.changes()).count("save_card") == 1
    assert await primary(rig) == [method]


@pytest.mark.parametrize("fault", LOST)
async def test_a_card_made_primary_by_a_lost_request_is_found_primary(rig: Rig, fault: str) -> None:
    method = await saved(rig, primary=False)
    await rig.faults(f"POST */payment-method {fault} x1")
    outcome = await rig.run(MakeCardPrimary(method, "Visa …4242"))
    assert outcome.state.value == "found_done", outcome.sentence
    assert await primary(rig) == [method]


@pytest.mark.parametrize("fault", LOST)
async def test_a_card_deleted_by_a_lost_request_is_found_gone(rig: Rig, fault: str) -> None:
    method = await saved(rig, primary=False)
    await rig.faults(f"DELETE */payment-method {fault} x1")
    outcome = await rig.run(DeleteCard(method, "Visa …4242"))
    assert outcome.state.value == "found_done", outcome.sentence
    assert (await rig.changes()).count("delete_card") == 1


@pytest.mark.parametrize("fault", LOST)
async def test_an_invoice_paid_by_a_lost_request_is_found_paid_and_paid_once(rig: Rig, fault: str) -> None:
    await saved(rig)
    change = await open_invoice(rig)
    await rig.faults(f"POST */payment {fault} x1")
    outcome = await rig.run(change)
    assert outcome.state.value == "found_done", outcome.sentence
    assert (await rig.changes()).count("pay_invoice") == 1


@pytest.mark.slow
async def test_an_invoice_whose_card_does_not_pay_is_looked_at_and_still_open(rig: Rig) -> None:
    await saved(rig, WILL_NOT_PAY)
    outcome = await rig.run(await open_invoice(rig))
    assert outcome.state.value == "found_not_done", outcome.sentence
    assert "its status is open" in outcome.sentence
    assert (await rig.changes()).count("pay_invoice") == 0


@pytest.mark.parametrize("fault", LOST)
async def test_details_updated_by_a_lost_request_are_found_updated(rig: Rig, fault: str) -> None:
    before = PartnerDetails.of(await rig.client.partner.get())
    after = before.model_copy(update={"city": "Graz", "line2": "c/o Ada"})
    await rig.faults(f"PUT */partner {fault} x1")
    outcome = await rig.run(UpdatePartner(after, before))
    assert outcome.state.value == "found_done", outcome.sentence


@pytest.mark.parametrize("fault", LOST)
async def test_a_sign_up_by_a_lost_request_is_found_and_makes_one_partner(
    rig: Rig, base: str, fault: str
) -> None:
    tokens = StaticTokens(user=SecretStr("sandbox-user-new"))
    await rig.faults(f"POST */jetpack-licensing/partner {fault} x1")
    async with LicensingClient(
        tokens=tokens, api_url=base, timeouts=TIMEOUTS, transport=plain_transport()
    ) as client:
        queue = OperationsQueue(client, rig.journal, "new", policy=POLICY)
        details = PartnerDetails(
            name="Neu & Co",
            contact_person="Ada",
            company_website="https://neu.example",
            company_type="agency",
            managed_sites="1-5",
            country="AT",
            city="Graz",
            line1="Gasse 1",
            postal_code="8010",
        )
        outcome = await queue.submit(CreatePartner(details)).outcome()
        await queue.close()
    assert outcome.state.value == "found_done", outcome.sentence
    assert (await rig.changes()).count("create_partner") == 1
