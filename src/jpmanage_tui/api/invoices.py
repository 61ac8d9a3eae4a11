"""Invoices: list, pay (partner key's token), and the PDF (no token)."""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from jpmanage_tui.api import coerce
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.model import (
    AmountOrNone,
    ApiModel,
    Moment,
    Text,
    TextOrNone,
    listed_rows,
    read_model,
    read_rows,
)
from jpmanage_tui.api.paging import CursorPaginator, cursor_of, cursors
from jpmanage_tui.api.request import LICENSING, ApiRequest, Scalar, segment
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.pdf import Sink
    from jpmanage_tui.api.requestor import Requestor


class InvoiceStatus(Enum):
    """Status of an invoice; UNKNOWN stands for a word we do not know."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"
    UNKNOWN = "unknown"


def _status(value: object) -> InvoiceStatus:
    if isinstance(value, InvoiceStatus):
        return value
    return next((member for member in InvoiceStatus if member.value == value), InvoiceStatus.UNKNOWN)


def _upper(value: object) -> str:
    return (coerce.text(value) or "").upper()


class Invoice(ApiModel):
    """An invoice. ``total`` is in major units of ``currency`` (upper case); ``number`` is what is printed on
    it.

    ``invoice_pdf`` is an address on another host that may expire; None where there is no PDF (a draft).
    """

    id: Annotated[InvoiceId, BeforeValidator(coerce.text), Field(min_length=1)]
    number: Text = ""
    due_date: Moment = None
    created: Moment = None
    effective_at: Moment = None
    status: Annotated[InvoiceStatus, BeforeValidator(_status)] = InvoiceStatus.UNKNOWN
    total: AmountOrNone = None
    currency: Annotated[str, BeforeValidator(_upper)] = ""
    invoice_pdf: Annotated[str | None, BeforeValidator(coerce.text_or_none)] = Field(default=None, repr=False)
    status_word: TextOrNone = Field(default=None, validation_alias="status")


class InvoicePage(ApiModel):
    """One page of invoices, newest first; ``unreadable`` counts the rows left out.

    ``last_id`` is the id of the last row that has one, were it one that could not be read.
    """

    items: tuple[Invoice, ...]
    has_more: bool
    unreadable: int = 0
    last_id: InvoiceId | None = None

    @property
    def next_cursor(self) -> InvoiceId | None:
        """The id behind which the next page begins, None where the page names none."""
        return self.last_id or (self.items[-1].id if self.items else None)


_INVOICES = f"{LICENSING}/partner/invoices"


class InvoicesResource:
    """The key's invoices. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor

    async def list(
        self,
        starting_after: InvoiceId | None = None,
        ending_before: InvoiceId | None = None,
        status: InvoiceStatus | None = None,
    ) -> InvoicePage:
        """Return one page of invoices after, or before, that of the id; only those of ``status`` if given."""
        query: dict[str, Scalar] = cursors(starting_after, ending_before)
        if status is not None and status is not InvoiceStatus.UNKNOWN:
            query["status"] = status.value
        answer = await self._requestor.send(ApiRequest("GET", _INVOICES, TokenKind.KEY, query=query))
        body = answer.body if isinstance(answer.body, dict) else {}
        has_more = coerce.boolean(body.get("has_more"))
        rows = listed_rows(answer, "items", promised=has_more)
        items, unreadable = read_rows(Invoice, rows)
        last = cursor_of(rows)
        return InvoicePage(
            items=items,
            has_more=has_more,
            unreadable=unreadable,
            last_id=InvoiceId(last) if last is not None else None,
        )

    def list_all(self, status: InvoiceStatus | None = None) -> CursorPaginator[Invoice]:
        """Yield every invoice, each once, page after page as they are consumed.

        What is returned knows at its end how many rows it left out.
        """

        async def fetch(after: str | None) -> InvoicePage:
            return await self.list(InvoiceId(after) if after else None, status=status)

        return CursorPaginator(fetch, lambda item: item.id)

    async def pay(self, invoice: InvoiceId) -> Invoice:
        """Charge an open invoice to the primary card; return it as it is then. Changes.

        A 2xx does not say that it is paid: read ``status``. The vendor's 500 ``unable_to_pay_invoice`` is
        OutcomeUnknownError with that code: it may have charged (contract: account 1.5).
        """
        path = f"{LICENSING}/partner/invoice/{segment(invoice)}/payment"
        return read_model(
            Invoice, await self._requestor.send(ApiRequest("POST", path, TokenKind.KEY, changing=True))
        )

    async def download_pdf(
        self, invoice: Invoice, sink: "Sink", progress: Callable[[int, int | None], None] | None = None
    ) -> int:
        """Write the invoice's PDF to ``sink`` piece by piece; return its size in bytes.

        ``progress`` is called with the bytes so far and the whole size where the server tells it. No token
        goes to that host. Cancel the task to stop. What was written before a failure is the caller's to
        delete. Raises NotFoundError when the invoice has no PDF, PermissionDeniedError or NotFoundError when the
        address has expired (list the invoices again), ServerError for what is not a PDF or larger than 100 MB,
        ApiConnectionError when the line fails.
        """
        from jpmanage_tui.api.pdf import download

        return await download(self._requestor, invoice.invoice_pdf, sink, progress)
