from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import OutcomeUnknownError, PermissionDeniedError, RequestRejectedError
from jpmanage_tui.api.ids import InvoiceId, PaymentMethodId
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.api.payment_methods import PaymentMethodPage
from jpmanage_tui.api.sites import Site, SitePage
from jpmanage_tui.api.stripe import CardEntry, CardSaved, StripeConfiguration
from jpmanage_tui.operations.mutation import Mutation, Secrets
from jpmanage_tui.operations.mutations.account import (
    AcceptTerms,
    CreatePartner,
    RefreshUserToken,
    UpdatePartner,
)
from jpmanage_tui.operations.mutations.cards import (
    ConfirmCard,
    CreateSetupIntent,
    DeleteCard,
    MakeCardPrimary,
    SaveCard,
)
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.mutations.sites import ConnectSite
from tests.operations.conftest import Bench
from tests.operations.fakes import Fault, card, invoice, lost, partner_of

NEW, OLD = PaymentMethodId("pm_new"), PaymentMethodId("pm_old")
BEFORE = PartnerDetails(name="Acme", city="Graz")
AFTER = PartnerDetails(name="Acme", city="Wien")
PAY = PayInvoice(InvoiceId("in_3"), "3", Decimal("12.34"), "USD")
INTENT = Secrets(setup_intent=SecretStr("seti_1_secret_2"))
CHANGES: list[Mutation[Any]] = [
    AcceptTerms(),
    UpdatePartner(AFTER, BEFORE),
    ConnectSite("https://new.example/shop/", "1"),
    SaveCard(NEW, True),
    MakeCardPrimary(OLD, "Visa …4242"),
    DeleteCard(OLD, "Visa …4242"),
    PAY,
]


@pytest.fixture
def ready(bench: Bench) -> Bench:
    bench.server.partner_record = partner_of(BEFORE, tos="not_consented")
    bench.server.cards = [card("pm_a", primary=True), card("pm_b"), card("pm_c"), card(OLD)]
    bench.server.bills = [invoice(str(n)) for n in range(1, 6)]
    bench.server.connected = [Site.model_validate({"blog_id": 3, "url": "new.example"})]
    return bench


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
async def test_each_change_is_sent_once_and_done(ready: Bench, change: Mutation[Any]) -> None:
    outcome = await ready.queue().submit(change, secrets=INTENT).outcome()
    assert outcome.state.value == "done"
    assert len(ready.server.asked) == 1
    assert ready.server.reads == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
async def test_each_change_whose_answer_is_lost_is_found_done(ready: Bench, change: Mutation[Any]) -> None:
    ready.server.faults = [lost(committed=True)]
    outcome = await ready.queue().submit(change, secrets=INTENT).outcome()
    assert outcome.state.value == "found_done"
    assert len(ready.server.asked) == 1


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
async def test_each_change_that_never_arrived_is_found_not_done(ready: Bench, change: Mutation[Any]) -> None:
    ready.server.faults = [lost(committed=False)]
    outcome = await ready.queue().submit(change, secrets=INTENT).outcome()
    assert outcome.state.value == "found_not_done"
    assert len(ready.server.asked) == 1
    assert ready.sleep.slept[-1] == 30.0


@pytest.mark.parametrize(
    ("change", "committed"),
    [
        (ConnectSite("https://new.example/shop/", "1"), False),
        (SaveCard(NEW, True), False),
        (MakeCardPrimary(PaymentMethodId("pm_hidden"), "Visa …4242"), False),
        (DeleteCard(OLD, "Visa …4242"), True),
        (DeleteCard(PaymentMethodId("pm_hidden"), "Visa …4242"), False),
    ],
    ids=["connect", "save", "make primary", "deleted", "delete"],
)
async def test_rows_that_cannot_be_read_forbid_to_say_what_is_not_among_them(
    ready: Bench, change: Mutation[Any], committed: bool
) -> None:
    ready.server.unreadable = 1
    ready.server.faults = [lost(committed=committed)]
    outcome = await ready.queue().submit(change, secrets=INTENT).outcome()
    assert outcome.unknown
    assert "could not be read completely" in outcome.sentence


@pytest.mark.parametrize("totals", [True, False])
async def test_a_server_that_gives_fewer_sites_a_page_than_asked_hides_no_connected_one(
    ready: Bench, totals: bool
) -> None:
    ready.server.page_limit, ready.server.page_totals = 5, totals
    ready.server.connected = [
        Site.model_validate({"blog_id": n, "url": f"new.example/{n}"}) for n in range(1, 12)
    ]
    connect = ConnectSite("https://new.example/shop/", "1")
    ready.server.faults = [lost(committed=False), lost(committed=True)]
    assert (await ready.queue().submit(connect).outcome()).state.value == "found_not_done"
    assert (await ready.queue().submit(connect).outcome()).state.value == "found_done"


async def test_a_list_of_cards_that_breaks_off_is_not_taken_for_all_of_them(ready: Bench) -> None:
    async def contradicting(starting_after: PaymentMethodId | None = None) -> PaymentMethodPage:
        return PaymentMethodPage(items=(), has_more=True)

    ready.server.payment_methods.list = contradicting  # type: ignore[method-assign]
    ready.server.faults = [lost(committed=False)]
    outcome = await ready.queue().submit(DeleteCard(OLD, "Visa …4242")).outcome()
    assert outcome.unknown


async def test_a_lost_sign_up_is_found_by_the_partner_record(ready: Bench) -> None:
    ready.server.partner_record = None
    queue = ready.queue()
    ready.server.faults = [lost(committed=False), lost(committed=True)]
    create = CreatePartner(AFTER, True)
    assert (await queue.submit(create).outcome()).state.value == "found_not_done"
    assert (await queue.submit(create).outcome()).state.value == "found_done"


async def test_a_sign_up_under_another_name_is_not_taken_for_the_lost_one(ready: Bench) -> None:
    ready.server.partner_record = partner_of(PartnerDetails(name="Another Ltd"))
    ready.server.faults = [lost(committed=False)]
    outcome = await ready.queue().submit(CreatePartner(AFTER, True)).outcome()
    assert outcome.unknown
    assert "Another Ltd" in outcome.sentence
    assert ready.sleep.slept == [0.0], "looking again shows nothing else"


async def test_a_partner_that_cannot_be_asked_for_is_not_taken_for_none(ready: Bench) -> None:
    ready.server.faults = [lost(committed=False)]
    ready.server.read_faults = [PermissionDeniedError("No.", status=403, code="rest_forbidden")] * 5
    assert (await ready.queue().submit(CreatePartner(AFTER, True)).outcome()).unknown


@pytest.mark.parametrize(
    ("asked", "is_primary", "words"),
    [
        (True, True, "The card is saved."),
        (True, False, "The card is saved, but it is not the primary one."),
        (False, False, "The card is saved."),
        (False, True, "The card is saved."),
    ],
)
async def test_a_card_that_was_saved_is_told_as_primary_only_where_it_is(
    ready: Bench, asked: bool, is_primary: bool, words: str
) -> None:
    async def appear(_seconds: float) -> None:
        ready.server.cards.append(card(NEW, primary=is_primary))

    ready.sleep.then = appear
    ready.server.faults = [lost(committed=False)]
    outcome = await ready.queue().submit(SaveCard(NEW, asked), secrets=INTENT).outcome()
    assert outcome.state.value == "found_done"
    assert outcome.sentence.endswith(words)


@pytest.mark.parametrize(
    ("bills", "words"),
    [([], "is not in the list"), ([invoice("3", status="on_hold")], "has a status that is not known here")],
)
async def test_an_invoice_of_which_nothing_is_known_is_not_called_unpaid(
    ready: Bench, bills: list[Invoice], words: str
) -> None:
    async def change(_seconds: float) -> None:
        ready.server.bills = bills

    ready.sleep.then = change
    ready.server.faults = [lost(committed=False)]
    outcome = await ready.queue().submit(PAY).outcome()
    assert outcome.unknown
    assert words in outcome.sentence


@pytest.mark.parametrize("status", ["draft", "void", "uncollectible", "open"])
async def test_an_invoice_of_another_status_is_called_unpaid_with_it(ready: Bench, status: str) -> None:
    async def change(_seconds: float) -> None:
        ready.server.bills = [invoice("3", status=status)]

    ready.sleep.then = change
    ready.server.faults = [lost(committed=False)]
    outcome = await ready.queue().submit(PAY).outcome()
    assert outcome.state.value == "found_not_done"
    assert f"its status is {status}" in outcome.sentence


@pytest.mark.parametrize(
    ("asked", "listed", "same"),
    [
        ("https://New.example/shop/", "https://new.example/shop", True),
        ("https://new.example/shop", "http://new.example/shop/", True),
        ("https://new.example/shop", "new.example::shop", True),
        ("https://new.example/Shop", "https://new.example/shop", False),
        ("https://new.example/shop", "https://new.example", False),
        ("https://new.example:8443/shop", "https://new.example/shop", False),
    ],
)
async def test_a_connected_site_is_known_by_its_address(
    ready: Bench, asked: str, listed: str, same: bool
) -> None:
    ready.server.connected = [
        Site.model_validate({"blog_id": 3, "url": listed.partition("://")[2] or listed})
    ]
    if "://" in listed:
        ready.server.connected = [ready.server.connected[0].model_copy(update={"url_with_scheme": listed})]
    ready.server.sites.list = whole_list(ready)  # type: ignore[assignment]
    ready.server.faults = [lost(committed=False)]
    outcome = await ready.queue().submit(ConnectSite(asked, "1")).outcome()
    assert outcome.happened is same


def whole_list(ready: Bench) -> Callable[..., Awaitable[SitePage]]:
    """A list of sites that ignores what it is searched for."""

    async def listed(query: str = "", page: int = 1) -> SitePage:
        rows = tuple(ready.server.connected)
        return SitePage(items=rows, page=page, per_page=20, total_items=len(rows))

    return listed


async def test_an_unable_to_pay_answer_is_unknown_until_the_invoice_was_looked_at(ready: Bench) -> None:
    error = OutcomeUnknownError("Unable to pay.", status=500, code="unable_to_pay_invoice")
    ready.server.faults = [Fault(error, committed=False)]
    outcome = await ready.queue().submit(PAY).outcome()
    assert outcome.state.value == "found_not_done"
    assert "Unable to pay." in outcome.sentence
    assert "its status is open" in outcome.sentence
    assert ready.kinds()[:3] == ["queued", "started", "unknown"]
    assert ready.sleep.slept == [0.0, 2.0, 4.0]  # the server is done with it: nobody has to wait a minute


async def test_a_payment_that_is_accepted_but_not_paid_is_looked_into(ready: Bench) -> None:
    ready.server.invoices.answers = "open"
    outcome = await ready.queue().submit(PAY).outcome()
    assert outcome.state.value == "found_not_done"
    ready.server.invoices.answers = "paid"
    done = await ready.queue().submit(PAY).outcome()
    assert done.result is not None
    assert done.result.status is InvoiceStatus.PAID


async def test_details_that_the_server_wrote_differently_are_not_called_undone(ready: Bench) -> None:
    ready.server.faults = [lost(committed=False)]
    ready.server.partner_record = partner_of(PartnerDetails(name="Acme", city="WIEN"))
    outcome = await ready.queue().submit(UpdatePartner(AFTER, BEFORE)).outcome()
    assert outcome.unknown
    assert "look at them" in outcome.sentence


async def test_a_lost_setup_intent_is_unknown_at_once_and_blocks_nothing(ready: Bench) -> None:
    queue = ready.queue()
    ready.server.faults = [lost()]
    first = await queue.submit(CreateSetupIntent()).outcome()
    assert first.unknown
    second = await queue.submit(CreateSetupIntent()).outcome()
    assert second.result is not None
    assert second.result.client_secret is not None
    assert ready.server.asked == ["intent", "intent"]
    assert ready.server.reads == []
    assert await ready.queue().recover() == ()


async def test_a_card_goes_to_stripe_and_none_of_it_into_the_journal(ready: Bench) -> None:
    queue = ready.queue()
    number, cvc, intent = "4242424242424242", "987", "seti_1_secret_2"
    configuration = StripeConfiguration("https://js", "pk_1", "p", SecretStr(intent))
    entry = CardEntry(number=SecretStr(number), exp_month=4, exp_year=2034, cvc=SecretStr(cvc), name="Ada")
    secrets = Secrets(configuration=configuration, card=entry, return_url="http://127.0.0.1/")
    confirmed = await queue.submit(ConfirmCard(), secrets=secrets).outcome()
    assert confirmed.result == CardSaved(NEW)
    saved = await queue.submit(SaveCard(NEW, True), secrets=Secrets(setup_intent=SecretStr(intent))).outcome()
    assert saved.happened
    assert ready.server.payment_methods.secrets == [intent]
    await queue.close()
    written = b"".join(path.read_bytes() for path in ready.path.parent.iterdir())
    assert b"save_card" in written
    # What is random by its form, as a lease's name and a time's fraction, has the card's three digits now and then.
    written = re.sub(rb"lease-[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:.]+", b"", written)
    for secret in (number, cvc, intent):
        assert secret.encode() not in written
        assert secret not in repr(secrets)


@pytest.mark.parametrize("change", [SaveCard(NEW, True), ConfirmCard(), RefreshUserToken("acme")])
async def test_a_change_without_its_secret_is_a_defect_of_the_caller(
    ready: Bench, change: Mutation[Any]
) -> None:
    with pytest.raises(ValueError, match="needs Secrets"):
        await ready.queue().submit(change).outcome()
    assert ready.server.asked == []


async def test_a_refused_token_refresh_says_why(ready: Bench) -> None:
    async def renew() -> None:
        raise RequestRejectedError("invalid_grant", status=400)

    outcome = await ready.queue().submit(RefreshUserToken("acme"), secrets=Secrets(renew=renew)).outcome()
    assert outcome.state.value == "refused"
    assert "invalid_grant" in outcome.sentence
