"""Invoices: what is past due, what can be paid or downloaded, when to warn (contract: account 5)."""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from jpmanage_tui.api.models.invoice import Invoice, InvoiceStatus
from jpmanage_tui.api.models.partner import PartnerKey


class Badge(Enum):
    """The status as shown."""

    DRAFT = "Draft"
    OPEN = "Open"
    PAST_DUE = "Past due"
    PAID = "Paid"
    VOID = "Void"
    UNCOLLECTIBLE = "Uncollectible"
    UNKNOWN = "Unknown"


_BADGES = {
    InvoiceStatus.DRAFT: Badge.DRAFT,
    InvoiceStatus.OPEN: Badge.OPEN,
    InvoiceStatus.PAID: Badge.PAID,
    InvoiceStatus.VOID: Badge.VOID,
    InvoiceStatus.UNCOLLECTIBLE: Badge.UNCOLLECTIBLE,
    InvoiceStatus.UNKNOWN: Badge.UNKNOWN,
}


def is_past_due(invoice: Invoice, now: datetime) -> bool:
    """Tell whether an open invoice's due date lies before ``now`` (aware); without a due date it never
    does.
    """
    return invoice.status is InvoiceStatus.OPEN and invoice.due_date is not None and invoice.due_date < now


def badge(invoice: Invoice, now: datetime) -> Badge:
    """Return the status to show; an unknown word is shown as unknown, not as a draft."""
    return Badge.PAST_DUE if is_past_due(invoice, now) else _BADGES[invoice.status]


def can_pay(invoice: Invoice) -> bool:
    """Tell whether an invoice can be paid by hand: when it is open, past due or not."""
    return invoice.status is InvoiceStatus.OPEN


def can_download(invoice: Invoice) -> bool:
    """Tell whether there is a PDF, whatever the status."""
    return invoice.invoice_pdf is not None


def unpaid_to_warn_of(keys: Iterable[PartnerKey], now: datetime) -> Invoice | None:
    """Return the invoice to warn of in the header: over all keys the newest latest one that is open and was
    made before today.

    ``now`` is aware, in the user's own zone: "today" begins at its midnight.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    dated = [
        (invoice.created, invoice)
        for invoice in (key.latest_invoice for key in keys)
        if invoice is not None
        and invoice.status is InvoiceStatus.OPEN
        and invoice.created is not None
        and invoice.created < midnight
    ]
    return max(dated, key=lambda entry: entry[0])[1] if dated else None
