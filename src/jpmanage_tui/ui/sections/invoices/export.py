"""What an export of invoices holds: all of the tab, those not loaded yet too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import Badge, badge, can_download
from jpmanage_tui.rules.text import lacking
from jpmanage_tui.services.exports import Export, Record, amount
from jpmanage_tui.ui.sections.invoices.data import InvoiceListState
from jpmanage_tui.ui.sections.invoices.tabs import tab_words

COLUMNS = ("number", "invoice_id", "status", "issued_at", "due_at", "total", "currency", "pdf")


def export_of(client: LicensingClient, state: InvoiceListState, now: datetime) -> Export:
    """Return the export of the tab that `state` shows, with the invoices as they stand at `now` (aware)."""
    status = state.status
    word = "" if status is None else f"{tab_words(status).lower()} "

    invoices = client.invoices.list_all(status)

    async def rows(_codes: bool) -> AsyncIterator[Record]:
        async for invoice in invoices:
            yield record(invoice, now)

    stem = "invoices" if status is None else f"invoices-{status.value}"
    title = f"{state.count_words} {word}invoices"
    return Export(title, "invoice", stem, COLUMNS, rows, lacks=lambda: lacking(invoices, "invoice"))


def record(invoice: Invoice, now: datetime) -> Record:
    """Return an invoice as it stands at `now` (aware). The address of its PDF is left out: whoever has it reads it."""
    state = badge(invoice, now)
    values = (
        invoice.number or None,
        invoice.id,
        invoice.status_word if state is Badge.UNKNOWN and invoice.status_word else state.value.lower(),
        invoice.created,
        invoice.due_date,
        amount(invoice.total, invoice.currency),
        invoice.currency or None,
        can_download(invoice),
    )
    return dict(zip(COLUMNS, values, strict=True))
