"""Invoices (contract: account 1.5)."""

from enum import Enum
from typing import Annotated

from pydantic import BeforeValidator, Field

from jpmanage_tui.api import coerce as scalars
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.model import AmountOrNone, ApiModel, Moment, Text, TextOrNone


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
    return (scalars.read_text(value) or "").upper()


class Invoice(ApiModel):
    """An invoice. ``total`` is in major units of ``currency`` (upper case); ``number`` is what is printed on
    it.

    ``invoice_pdf`` is an address on another host that may expire; None where there is no PDF (a draft).
    """

    id: Annotated[InvoiceId, BeforeValidator(scalars.read_text), Field(min_length=1)]
    number: Text = ""
    due_date: Moment = None
    created: Moment = None
    effective_at: Moment = None
    status: Annotated[InvoiceStatus, BeforeValidator(_status)] = InvoiceStatus.UNKNOWN
    total: AmountOrNone = None
    currency: Annotated[str, BeforeValidator(_upper)] = ""
    invoice_pdf: Annotated[str | None, BeforeValidator(scalars.read_text_or_none)] = Field(
        default=None, repr=False
    )
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
