"""Bill, cards, invoices, countries and the company against the sandbox in process."""

import io
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import InvalidParameterError
from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.api.stripe import CardEntry, CardSaved, Declined, NeedsBrowser, SetupOutcome
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.sandbox.app import create_sandbox
from jpmanage_tui.sandbox.transport import SandboxTransport
from tests.sandbox.harness import options

TOKENS = StaticTokens(SecretStr("sandbox-key"), SecretStr("sandbox-user"))


@pytest.fixture
async def client() -> AsyncIterator[LicensingClient]:
    sandbox = create_sandbox(options())
    try:
        async with LicensingClient(tokens=TOKENS, transport=SandboxTransport(sandbox)) as made:
            yield made
    finally:
        await sandbox.close()


async def confirm(client: LicensingClient, number: str) -> tuple[SetupOutcome, SecretStr]:
    configuration = await client.stripe.configuration(needs_intent=True)
    assert configuration.client_secret is not None
    card = CardEntry(number=SecretStr(number), exp_month=4, exp_year=2034, cvc=SecretStr("123"), name="Ada")
    outcome = await client.stripe.confirm(configuration, card, "http://127.0.0.1:9/back")
    return outcome, configuration.client_secret


async def test_the_bill_names_products_and_costs(client: LicensingClient) -> None:
    estimate = await client.billing.estimate()
    assert isinstance(estimate, BillingEstimate)
    assert estimate.products
    assert estimate.costs.total is not None
    assert estimate.costs.total > 0
    assert all(product.product_cost is not None and product.product_name for product in estimate.products)


async def test_a_card_is_saved_made_primary_and_deleted(client: LicensingClient) -> None:
    before = [method async for method in client.payment_methods.list_all()]
    outcome, secret = await confirm(client, "4242424242424242")
    assert isinstance(outcome, CardSaved)
    await client.payment_methods.save(outcome.method, False, secret)
    saved = {method.id: method async for method in client.payment_methods.list_all()}
    assert set(saved) == {method.id for method in before} | {outcome.method}
    assert (saved[outcome.method].is_default, saved[outcome.method].card.last4) == (False, "4242")
    await client.payment_methods.make_primary(outcome.method)
    primary = [method.id async for method in client.payment_methods.list_all() if method.is_default]
    assert primary == [outcome.method]
    assert await client.payment_methods.delete(outcome.method, before[0].id) == before[0].id
    assert {method.id async for method in client.payment_methods.list_all()} == {
        method.id for method in before
    }


async def test_a_declined_card_and_one_that_needs_the_bank_are_told_apart(client: LicensingClient) -> None:
    declined, _ = await confirm(client, "4000000000009995")
    assert isinstance(declined, Declined)
    assert (declined.code, declined.decline_code) == ("card_declined", "insufficient_funds")
    secure, _ = await confirm(client, "4000002760003184")
    assert isinstance(secure, NeedsBrowser)
    assert secure.url.startswith("https://")


async def test_every_invoice_is_walked_through_and_its_pdf_is_one(client: LicensingClient) -> None:
    invoices = [invoice async for invoice in client.invoices.list_all()]
    assert len(invoices) == len({invoice.id for invoice in invoices}) > 10
    sink = io.BytesIO()
    size = await client.invoices.download_pdf(next(one for one in invoices if one.invoice_pdf), sink)
    assert sink.getvalue().startswith(b"%PDF")
    assert size == len(sink.getvalue())


async def test_an_open_invoice_is_paid(client: LicensingClient) -> None:
    invoice = await anext(client.invoices.list_all(InvoiceStatus.OPEN))
    assert (await client.invoices.pay(invoice.id)).status is InvoiceStatus.PAID
    assert invoice.id not in [one.id async for one in client.invoices.list_all(InvoiceStatus.OPEN)]


async def test_the_company_form_goes_there_and_comes_back(client: LicensingClient) -> None:
    details = PartnerDetails.of(await client.partner.get())
    changed = details.model_copy(update={"city": "Z\u00fcrich", "country": "CH", "state": ""})
    assert PartnerDetails.of(await client.partner.update(changed)) == changed
    with pytest.raises(InvalidParameterError) as caught:
        await client.partner.update(details.model_copy(update={"company_website": "not a site"}))
    assert "company_website" in caught.value.params


async def test_countries_have_states_where_the_form_asks_for_them(client: LicensingClient) -> None:
    countries = {country.code: country for country in await client.countries.list()}
    assert "TX" in {state.code for state in countries["US"].states}
    assert countries["FR"].states == ()
