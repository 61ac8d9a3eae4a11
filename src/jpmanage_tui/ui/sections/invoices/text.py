"""The words of the Invoices screen: its questions, and how a payment ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from rich.cells import cell_len

from jpmanage_tui.api.errors import OutcomeUnknownError
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.invoices import can_download, invoice_name
from jpmanage_tui.rules.text import format_date, pluralize
from jpmanage_tui.services.invoices.payment import no_card_sentence, payment_sentences, total_text
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.dialogs.confirm import Confirmation, Row

THERE, NO_PDF = "=", "-"
"""Signs of an invoice that is in the folder already, and of one that has no PDF."""
SKIP = "Skip invoices that are already downloaded"


def pay(invoice: Invoice, method: PaymentMethod, now: datetime) -> Confirmation:
    """Return the question before an invoice is paid: it names the amount and the card that is charged."""
    text = payment_sentences(invoice, method, now)
    return Confirmation(f"Pay invoice {invoice_name(invoice)}?", text, f"Pay {total_text(invoice)}")


def no_card(invoice: Invoice, has_cards: bool) -> Confirmation:
    """Return the question where there is no card to charge: nothing was sent, and the way on is Payment Methods."""
    return Confirmation(
        "No card to charge",
        [no_card_sentence(invoice, has_cards)],
        "Payment Methods",
        changes=False,
        harmless=True,
    )


def download_all(words: str, folder: Path, over_ssh: bool) -> Confirmation:
    """Return the question before every invoice of a filter is downloaded; `words` names the filter."""
    return Confirmation(
        "Download invoices?",
        [
            f"{words}, also those not loaded yet, as PDF files named after their dates and numbers.",
            _into(folder, over_ssh),
        ],
        "Download all",
        checkbox=(SKIP, True),
        changes=False,
        harmless=True,
    )


def download_these(
    which: str,
    invoices: Sequence[Invoice],
    words: Sequence[str],
    there: Collection[InvoiceId],
    folder: Path,
    over_ssh: bool,
) -> Confirmation:
    """Return the question before these invoices are downloaded: it names each.

    `which` says how many and which they are, `words` are further sentences about them; those of `there` are in the
    folder already.
    """
    totals = [total_text(invoice) for invoice in invoices]
    widest = max(map(cell_len, totals), default=0)
    rows = [
        Row(
            invoice_name(invoice),
            format_date(invoice.created),
            " " * (widest - cell_len(total)) + total,
            NO_PDF if not can_download(invoice) else THERE if invoice.id in there else " ",
        )
        for invoice, total in zip(invoices, totals, strict=True)
    ]
    signs = [row.sign for row in rows]
    told = list(words)
    if THERE in signs:
        told.append(f"{signs.count(THERE):,} already there ({THERE}).")
    if NO_PDF in signs:
        told.append(f"{signs.count(NO_PDF):,} without a PDF ({NO_PDF}).")
    return Confirmation(
        f"Download {pluralize(len(invoices), 'invoice')}?",
        [f"{which}.", *([" ".join(told)] if told else []), _into(folder, over_ssh)],
        "Download",
        checkbox=(SKIP, True) if THERE in signs else None,
        rows=rows,
        changes=False,
        harmless=True,
    )


def _into(folder: Path, over_ssh: bool) -> str:
    where = " on this host" if over_ssh else ""
    return f"Into {folder}{where}. Existing files are kept."


def payment_outcome_text(outcome: Outcome[Invoice], name: str, total: str, card: str) -> str:
    """Return how a payment ended: what is true now first, then why, then what to do."""
    match outcome.state:
        case EntryState.DONE:
            return f"Invoice {name} is paid: {total} charged to {card}. {outcome.detail}".rstrip()
        case EntryState.CONFIRMED_DONE:
            return f"Invoice {name} is paid: no clear answer came, but the list of invoices says so."
        case EntryState.CONFIRMED_NOT_DONE:
            return f"Invoice {name} is not paid: {outcome.detail}{_change_card(outcome)}"
        case EntryState.UNKNOWN:
            return (
                f"It is not known whether invoice {name} was paid. {outcome.detail} "
                f"It is not sent again by itself: press {key_for('open-operations')} for Operations, and "
                f"{key_for('look-up')} there to look once more."
            )
        case _:
            return f"Invoice {name} was not paid: {outcome.detail} Nothing was charged."


def _change_card(outcome: Outcome[Invoice]) -> str:
    refused = isinstance(outcome.error, OutcomeUnknownError) and outcome.error.code == "unable_to_pay_invoice"
    return " Another card can be made primary in Payment Methods." if refused else ""
