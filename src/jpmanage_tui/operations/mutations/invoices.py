"""Mutations of invoices: pay one; how it is sent and verified."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice, InvoicePage, InvoiceStatus
from jpmanage_tui.api.paging import CursorPaginator
from jpmanage_tui.operations.mutation import (
    AmbiguousResponse,
    CheckResult,
    Mutation,
    Secrets,
    Snapshot,
    Verification,
)
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.rules.prices import money


@dataclass(frozen=True)
class PayInvoice(Mutation[Invoice], kind="pay_invoice"):
    """Pay an open invoice with the primary card. ``total`` is in major units of ``currency`` (contract:
    account 1.5).
    """

    invoice_id: InvoiceId
    number: str
    total: Decimal | None
    currency: str

    @property
    def conflict_key(self) -> str:
        """The invoice."""
        return f"invoice:{self.invoice_id}"

    def summary(self) -> str:
        """Return what it does."""
        amount = f" of {money(self.total, self.currency)}" if self.total is not None else ""
        return f"Pay invoice {self.number or self.invoice_id}{amount}"

    async def send(self, client: ClientPort, secrets: Secrets) -> Invoice:
        """Send it; only an answer that says "paid" counts, any other 2xx is looked into.

        Raises AmbiguousResponse where the answer does not say "paid", and ApiError.
        """
        invoice = await client.invoices.pay(self.invoice_id)
        if invoice.status is not InvoiceStatus.PAID:
            word = invoice.status_word or "no status"
            raise AmbiguousResponse(f"The server accepted the payment, yet the invoice's status is {word}.")
        return invoice

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check the invoice's status."""
        invoice = await _find_invoice(client, self.invoice_id)
        if invoice is None:
            return Verification(CheckResult.BLIND, f"Invoice {self.number} is not in the list.")
        if invoice.status is InvoiceStatus.PAID:
            return Verification(CheckResult.DONE, f"Invoice {self.number} is paid.")
        if invoice.status is InvoiceStatus.UNKNOWN:
            return Verification(
                CheckResult.BLIND, f"Invoice {self.number} has a status that is not known here."
            )
        return Verification(
            CheckResult.NOT_YET, f"Invoice {self.number} is not paid: its status is {invoice.status.value}."
        )


async def _find_invoice(client: ClientPort, invoice_id: InvoiceId) -> Invoice | None:
    async def fetch(after: str | None) -> InvoicePage:
        return await client.invoices.list(starting_after=InvoiceId(after) if after else None)

    async for invoice in CursorPaginator(fetch, lambda one: one.id):
        if invoice.id == invoice_id:
            return invoice
    return None
