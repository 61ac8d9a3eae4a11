"""What is known of the invoices of one filter: pages behind cursors, shown as one list without an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.models.invoice import Invoice, InvoicePage, InvoiceStatus


@dataclass
class InvoiceListState:
    """The invoices of `status` (None: all), newest first, as far as they are loaded.

    `more` says whether the API has further ones; how many is not known before the last page came, since its
    pages carry no total (contract: account 1.5). `answered_at` (UTC) is None before the first answer.
    """

    status: InvoiceStatus | None = None
    rows: list[Invoice] = field(default_factory=list)
    more: bool = False
    unreadable: int = 0
    answered_at: datetime | None = None
    cursor: InvoiceId | None = None
    """The id behind which the next page begins, were it one of an invoice that cannot be read."""
    cut_short: bool = False
    """Whether the API says that there are more, and sends none."""

    def __post_init__(self) -> None:
        self._used: set[InvoiceId] = set()

    @property
    def loaded(self) -> bool:
        """Whether anything was answered."""
        return self.answered_at is not None

    def fill(self, pages: Sequence[InvoicePage], now: datetime) -> None:
        """Begin anew with the pages from the first on, which came at `now`."""
        self.rows = []
        self.unreadable, self.cursor = 0, None
        self._used.clear()
        for page in pages:
            self.add(page, now)

    def add(self, page: InvoicePage, now: datetime) -> None:
        """Take over the next page.

        A page that leads on to where it was led on before is the last one whatever it says: a server that ignores the
        cursor must not be asked for ever.
        """
        known = {invoice.id for invoice in self.rows}
        for invoice in page.items:
            if invoice.id not in known:
                known.add(invoice.id)
                self.rows.append(invoice)
        self.unreadable += page.unreadable
        cursor = page.next_cursor if page.has_more else None
        self.more = cursor is not None and cursor not in self._used
        self.cut_short = page.has_more and not self.more
        self.cursor = cursor
        if cursor is not None:
            self._used.add(cursor)
        self.answered_at = now

    def replace(self, invoice: Invoice) -> None:
        """Put an invoice as the API gave it after a change in the place of its row (contract: account 5)."""
        self.rows = [invoice if row.id == invoice.id else row for row in self.rows]

    def row_of(self, invoice_id: InvoiceId | None) -> int | None:
        """Return the row, from 0, in which an invoice stands, None where it does not."""
        return next((row for row, invoice in enumerate(self.rows) if invoice.id == invoice_id), None)

    @property
    def count_words(self) -> str:
        """How many there are, as far as it is known: "26", or "10+" before the end came."""
        return f"{len(self.rows):,}{'+' if self.more or self.cut_short else ''}"
