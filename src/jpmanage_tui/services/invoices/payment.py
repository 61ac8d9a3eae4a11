"""Paying an invoice: which card is charged, and what that means, before it is confirmed."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.rules.cards import Expiry, expiry_of, expiry_words
from jpmanage_tui.rules.invoices import invoice_name, is_due_today, is_past_due
from jpmanage_tui.rules.prices import money
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.services.saved_cards import card_label

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

ONLY_OPEN = "Only an open invoice can be paid."


def total_text(invoice: Invoice) -> str:
    """Return the total as it is shown, in the invoice's currency; a dash where the API gave none."""
    return money(invoice.total, invoice.currency or None) if invoice.total is not None else "—"


async def primary_card(client: LicensingClient) -> tuple[PaymentMethod | None, bool]:
    """Return the primary card, and whether there is any card. Raises ApiError."""
    cards = client.payment_methods.list_all()
    async for card in cards:
        if card.is_default:
            return card, True
    return None, cards.read > 0 or not cards.complete


def payment_change(invoice: Invoice) -> PayInvoice:
    """Return the change that pays an invoice."""
    return PayInvoice(invoice.id, invoice.number, invoice.total, invoice.currency)


def payment_sentences(invoice: Invoice, method: PaymentMethod, now: datetime) -> list[str]:
    """Return what paying an invoice means: how it stands at ``now`` (aware), the amount, and the card that is charged."""
    due = f", due {format_date(invoice.due_date)}" if invoice.due_date else ""
    late = (
        " and past due"
        if is_past_due(invoice, now)
        else " and due today"
        if is_due_today(invoice, now)
        else ""
    )
    sentences = [
        f"Invoice {invoice_name(invoice)}{due}, is open{late}.",
        f"{total_text(invoice)} is charged now to {card_label(method)}, the primary payment method"
        + (f" of {method.name}." if method.name else "."),
    ]
    if expiry_of(method.card, date(now.year, now.month, now.day)) is Expiry.PAST:
        sentences.append(f"This card has expired ({expiry_words(method.card)}): the bank may refuse it.")
    return sentences


def no_card_sentence(invoice: Invoice, has_cards: bool) -> str:
    """Return that there is no card to charge, and that nothing was sent."""
    why = (
        "None of the saved cards is the primary payment method, so there is none to charge."
        if has_cards
        else "This account has no payment method."
    )
    return f"{why} Invoice {invoice_name(invoice)} was not paid, and nothing was sent."
