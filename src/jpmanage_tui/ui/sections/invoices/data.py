"""Reading the list of invoices: a worker that fetches pages one after another and posts what came."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from textual.widget import Widget
from textual.worker import Worker

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.models.invoice import InvoicePage, InvoiceStatus
from jpmanage_tui.ui.common.messages import Note


class Filled(Note):
    """The pages from the first on came."""

    status: InvoiceStatus | None
    pages: tuple[InvoicePage, ...]


class MoreCame(Note):
    """The page behind the invoice `after` came."""

    status: InvoiceStatus | None
    after: InvoiceId
    page: InvoicePage


class ReadFailed(Note):
    """A page could not be read."""

    status: InvoiceStatus | None
    error: ApiError


class Reader:
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
            self._host.post_message(Filled(status, tuple(pages)))

    async def _more(self, status: InvoiceStatus | None, after: InvoiceId) -> None:
        try:
            page = await self._client.invoices.list(starting_after=after, status=status)
        except ApiError as error:
            self._host.post_message(ReadFailed(status, error))
        else:
            self._host.post_message(MoreCame(status, after, page))
