"""The fields of invoices. The address of a PDF is in none: whoever has it reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.services.exports import amount
from jpmanage_tui.services.fields.field import Field, Fields, FieldType

if TYPE_CHECKING:  # a command's help names the fields, and loads no library for that
    from datetime import datetime

    from jpmanage_tui.api.invoices import Invoice
    from jpmanage_tui.rules.invoices import Badge
    from jpmanage_tui.services.invoices.download_batch import Download


class InvoiceRow(NamedTuple):
    """An invoice, and the moment (aware, by the server's clock) by which it is past due."""

    invoice: Invoice
    now: datetime


def status_word(invoice: Invoice, state: Badge, known: str) -> str:
    """Return the API's own word where it is one that we do not know, else the `known` one of its state."""
    from jpmanage_tui.rules.invoices import Badge

    return invoice.status_word if state is Badge.UNKNOWN and invoice.status_word else known


def _has_pdf(row: InvoiceRow) -> bool:
    from jpmanage_tui.rules.invoices import can_download

    return can_download(row.invoice)


def _status(row: InvoiceRow) -> str:
    from jpmanage_tui.rules.invoices import badge

    state = badge(row.invoice, row.now)
    return status_word(row.invoice, state, state.value.lower())


INVOICE_FIELDS: Fields[InvoiceRow] = (
    Field("number", lambda row: row.invoice.number or None, "the number printed on it", whole=True),
    Field("invoice_id", lambda row: row.invoice.id, "the invoice's id", listed=False),
    Field("status", _status, "draft, open, due today, past due, paid, void or uncollectible; days go by UTC"),
    Field("issued_at", lambda row: row.invoice.created, "when it was made", FieldType.TIME),
    Field("due_at", lambda row: row.invoice.due_date, "when it is due", FieldType.TIME),
    Field(
        "total",
        lambda row: amount(row.invoice.total, row.invoice.currency),
        "what it comes to",
        FieldType.AMOUNT,
    ),
    Field("currency", lambda row: row.invoice.currency or None, "of the total"),
    Field("pdf", _has_pdf, "whether it has a PDF", FieldType.FLAG),
)
"""The names are read by scripts: none ever changes, new ones come last."""

DOWNLOAD_FIELDS: Fields[Download] = (
    Field("number", lambda job: job.invoice.number or None, "the number printed on it"),
    Field("invoice_id", lambda job: job.invoice.id, "the invoice's id", listed=False),
    Field(
        "state",
        lambda job: job.state.name.lower(),
        "saved, there (it was before), no_pdf, failed, or stopped",
    ),
    Field(
        "path",
        lambda job: str(job.path or job.there) if job.path or job.there else None,
        "where its file is",
        whole=True,
    ),
    Field("message", lambda job: job.words or None, "the size of what was saved, or why it was not"),
)
"""What became of an invoice that was to be downloaded."""
