"""Looking whether a change of the account, its cards or its invoices was done."""

from __future__ import annotations

from urllib.parse import urlsplit

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import InvoiceId, PaymentMethodId
from jpmanage_tui.api.models.invoice import Invoice, InvoicePage, InvoiceStatus
from jpmanage_tui.api.models.partner import NO_PARTNER, Partner, PartnerDetails
from jpmanage_tui.api.models.payment import PaymentMethod, PaymentMethodPage
from jpmanage_tui.api.paging import CursorPaginator
from jpmanage_tui.operations.mutations.account import ConnectSite, CreatePartner, UpdatePartner
from jpmanage_tui.operations.mutations.cards import (
    DeleteCard,
    MakeCardPrimary,
    PayInvoice,
    SaveCard,
)
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.verification import CheckResult, Look

_MOST_PAGES = 100


async def look_at_terms(client: ClientPort) -> Look:
    """Look whether the terms are accepted."""
    partner = await client.partner.get()
    if partner.tos is None:
        return Look(CheckResult.BLIND, "Whether the terms are accepted could not be read.")
    if partner.tos_accepted:
        return Look(CheckResult.DONE, "The terms are accepted.")
    return Look(CheckResult.NOT_YET, "The terms are not accepted.")


async def look_at_create(client: ClientPort, change: CreatePartner) -> Look:
    """Look whether the user has a partner record, and of that name."""
    partner = await _partner(client)
    if partner is None:
        return Look(CheckResult.NOT_YET, "There is no partner record.")
    if partner.name != change.details.name:
        return Look(CheckResult.UNCLEAR, f"There is a partner record, of another name: {partner.name}.")
    return Look(CheckResult.DONE, f"{partner.name} is a partner.")


async def look_at_update(client: ClientPort, change: UpdatePartner) -> Look:
    """Look whether the company details are those that were sent."""
    now = PartnerDetails.of(await client.partner.get())
    if now == change.details:
        return Look(CheckResult.DONE, "The details are as they were sent.")
    if now == change.before:
        return Look(CheckResult.NOT_YET, "The details are as they were before.")
    return Look(
        CheckResult.UNCLEAR, "The details are neither quite as they were sent nor as before: look at them."
    )


async def look_at_connect(client: ClientPort, change: ConnectSite) -> Look:
    """Look whether the site is among the connected ones."""
    wanted = _address(change.url)
    seen = 0
    for number in range(1, _MOST_PAGES + 1):
        page = await client.sites.list(query=wanted.partition("/")[0], page=number)
        if any(_address(site.url_with_scheme or site.url) == wanted for site in page.items):
            return Look(CheckResult.DONE, f"{change.url} is connected.")
        if page.unreadable:
            return Look(CheckResult.BLIND, "The list of sites could not be read completely.")
        seen += len(page.items)
        if not page.items or (page.total_items is not None and seen >= page.total_items):
            return Look(CheckResult.NOT_YET, f"{change.url} is not among the connected sites.")
    return Look(CheckResult.BLIND, "There are too many sites to look through.")


async def look_at_save(client: ClientPort, change: SaveCard) -> Look:
    """Look whether the card is among the saved ones, and primary if that was asked."""
    cards, complete = await _cards(client)
    card = next((card for card in cards if card.id == change.payment_method_id), None)
    if card is not None:
        not_primary = change.primary and not card.is_default
        return Look(
            CheckResult.DONE,
            "The card is saved" + (", but it is not the primary one." if not_primary else "."),
        )
    return Look(CheckResult.NOT_YET, "The card is not saved.") if complete else _cards_hidden()


async def look_at_primary(client: ClientPort, change: MakeCardPrimary) -> Look:
    """Look which card is the primary one."""
    cards, complete = await _cards(client)
    card = next((card for card in cards if card.id == change.payment_method_id), None)
    if card is None and not complete:
        return _cards_hidden()
    if card is not None and card.is_default:
        return Look(CheckResult.DONE, f"{change.card} is the primary card.")
    return Look(CheckResult.NOT_YET, f"{change.card} is not the primary card.")


async def look_at_delete(client: ClientPort, change: DeleteCard) -> Look:
    """Look whether the card is gone."""
    cards, complete = await _cards(client)
    if any(card.id == change.payment_method_id for card in cards):
        return Look(CheckResult.NOT_YET, f"{change.card} is still there.")
    return Look(CheckResult.DONE, f"{change.card} is deleted.") if complete else _cards_hidden()


async def look_at_payment(client: ClientPort, change: PayInvoice) -> Look:
    """Look at the invoice's status."""
    invoice = await _invoice(client, change)
    if invoice is None:
        return Look(CheckResult.BLIND, f"Invoice {change.number} is not in the list.")
    if invoice.status is InvoiceStatus.PAID:
        return Look(CheckResult.DONE, f"Invoice {change.number} is paid.")
    if invoice.status is InvoiceStatus.UNKNOWN:
        return Look(CheckResult.BLIND, f"Invoice {change.number} has a status that is not known here.")
    return Look(
        CheckResult.NOT_YET, f"Invoice {change.number} is not paid: its status is {invoice.status.value}."
    )


async def _partner(client: ClientPort) -> Partner | None:
    try:
        return await client.partner.get()
    except ApiError as error:
        if error.code == NO_PARTNER:
            return None
        raise


async def _cards(client: ClientPort) -> tuple[list[PaymentMethod], bool]:
    """Return the saved cards and whether these are surely all."""

    async def fetch(after: str | None) -> PaymentMethodPage:
        return await client.payment_methods.list(starting_after=PaymentMethodId(after) if after else None)

    listed = CursorPaginator(fetch, lambda card: card.id)
    cards = [card async for card in listed]
    return cards, listed.complete


def _cards_hidden() -> Look:
    return Look(CheckResult.BLIND, "The list of cards could not be read completely.")


async def _invoice(client: ClientPort, change: PayInvoice) -> Invoice | None:

    async def fetch(after: str | None) -> InvoicePage:
        return await client.invoices.list(starting_after=InvoiceId(after) if after else None)

    async for invoice in CursorPaginator(fetch, lambda one: one.id):
        if invoice.id == change.invoice_id:
            return invoice
    return None


def _address(url: str) -> str:
    """A site's address without scheme and final slash, its host in lower case; ``::`` stands for ``/``."""
    plain = url.strip().replace("::", "/") if "://" not in url else url.strip()
    parts = urlsplit(plain if "://" in plain else f"//{plain}")
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}"
