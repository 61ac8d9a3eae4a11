"""The invoices of one tab as far as they are loaded, and the reader that fetches their pages."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from textual.widget import Widget
from textual.worker import Worker

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice, InvoicePage, InvoiceStatus
from jpmanage_tui.ui.common.messages import DataMessage


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


class InvoicesLoaded(DataMessage):
    """The pages from the first on came."""

    status: InvoiceStatus | None
    pages: tuple[InvoicePage, ...]


class NextPageLoaded(DataMessage):
    """The page behind the invoice `after` came."""

    status: InvoiceStatus | None
    after: InvoiceId
    page: InvoicePage


class ReadFailed(DataMessage):
    """A page could not be read."""

    status: InvoiceStatus | None
    error: ApiError


class InvoiceReader:
    """Fetches pages, one request at a time: a page's cursor is known only when the page before it came."""

    def __init__(self, host: Widget, client: LicensingClient) -> None:
        self._host = host
        self._client = client
        self._worker: Worker[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a page is on its way."""
        return self._worker is not None and not self._worker.is_finished

    def fill(self, status: InvoiceStatus | None, rows: int) -> None:
        """Fetch the pages from the first on, until `rows` invoices came; what was on its way is dropped."""
        self._start(self._fill(status, rows))

    def more(self, status: InvoiceStatus | None, after: InvoiceId) -> None:
        """Fetch the page behind the invoice `after`, unless a page is on its way."""
        if not self.busy:
            self._start(self._more(status, after))

    def drop(self) -> None:
        """Cancel what is on its way."""
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._worker = self._host.run_worker(work, group="invoices", exclusive=True, exit_on_error=False)

    async def _fill(self, status: InvoiceStatus | None, rows: int) -> None:
        pages: list[InvoicePage] = []
        after: InvoiceId | None = None
        used: set[InvoiceId] = set()
        try:
            while True:
                page = await self._client.invoices.list(starting_after=after, status=status)
                pages.append(page)
                enough = sum(len(one.items) for one in pages) >= rows
                after = page.next_cursor
                if enough or not page.has_more or after is None or after in used:
                    break
                used.add(after)
        except ApiError as error:
            self._host.post_message(ReadFailed(status, error))
        else:
            self._host.post_message(InvoicesLoaded(status, tuple(pages)))

    async def _more(self, status: InvoiceStatus | None, after: InvoiceId) -> None:
        try:
            page = await self._client.invoices.list(starting_after=after, status=status)
        except ApiError as error:
            self._host.post_message(ReadFailed(status, error))
        else:
            self._host.post_message(NextPageLoaded(status, after, page))
