"""What the commands of the Invoices screen do: read, pay, copy, download all."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.rules.invoices import can_download, can_pay
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Confirmed
from jpmanage_tui.ui.dialogs.export import export
from jpmanage_tui.ui.sections.base import OpenSection, Section
from jpmanage_tui.ui.sections.invoices import text
from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog
from jpmanage_tui.ui.sections.invoices.columns import name_of, total_of
from jpmanage_tui.ui.sections.invoices.data import InvoiceListState
from jpmanage_tui.ui.sections.invoices.download import InvoiceDownload
from jpmanage_tui.ui.sections.invoices.export import export_of
from jpmanage_tui.ui.sections.invoices.list import InvoiceList
from jpmanage_tui.ui.sections.invoices.tabs import tab_words
from jpmanage_tui.ui.sections.invoices.text_dialog import InvoiceTextDialog
from jpmanage_tui.ui.widgets.status_line import Severity

READ_ONLY = "The program was started with --read-only."
NO_ROW = "No invoice is selected."
DRAFT_WITHOUT_PDF = "Drafts have no PDF yet."
NO_PDF = "The API gives no PDF for this invoice."
BUSY = "A download is running; esc cancels it."
PAYMENT_METHODS = "payment-methods"


class InvoicesActions(Section):
    """What the commands of the Invoices screen do, and why one cannot be done now."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.list_state = InvoiceListState()
        self.download = InvoiceDownload(self)
        self.batch_dialog: BatchDialog | None = None
        """The download of all that is on its way."""

    @property
    def invoice_list(self) -> InvoiceList:
        """The list."""
        return self.query_one(InvoiceList)

    @property
    def current(self) -> Invoice | None:
        """The invoice under the cursor."""
        return self.invoice_list.current if self.is_mounted else None

    def now(self) -> datetime:
        """Return the server's own time, by which an invoice is past due; this machine's before its first answer."""
        return self.session.client.server_now() or datetime.now(UTC)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run what an action does beside the screen; nothing cancels it."""
        self.run_worker(work, group="invoices-flow", exclusive=False, exit_on_error=False)

    # -- the actions ---------------------------------------------------------------------

    def action_read_invoice(self) -> None:
        """Show the text of the invoice under the cursor."""
        self._start(self._read())

    def read_invoice_disabled_reason(self) -> str | None:
        """Return why there is no PDF to read."""
        if self.current is None:
            return NO_ROW
        if can_download(self.current):
            return None
        return DRAFT_WITHOUT_PDF if self.current.status is InvoiceStatus.DRAFT else NO_PDF

    def action_download_invoice(self) -> None:
        """Save the invoice under the cursor."""
        if self.current is not None:
            self.download.start(self.current)

    def download_invoice_disabled_reason(self) -> str | None:
        """Return why it cannot be saved."""
        return BUSY if self.download.running else self.read_invoice_disabled_reason()

    def action_download_all_invoices(self) -> None:
        """Ask, then download every invoice of the tab."""
        self._start(self._download_all())

    def download_all_invoices_disabled_reason(self) -> str | None:
        """Return why they cannot be downloaded."""
        return BUSY if self.download.running else self.export_disabled_reason()

    def action_pay(self) -> None:
        """Pay the invoice under the cursor, after asking."""
        self._start(self._pay())

    def pay_disabled_reason(self) -> str | None:
        """Return why it cannot be paid."""
        if self.session.read_only:
            return READ_ONLY
        if self.current is None:
            return NO_ROW
        return None if can_pay(self.current) else "Only an open invoice can be paid."

    def action_copy_number(self) -> None:
        """Send the invoice's number to the clipboard."""
        self._start(self._copy())

    def copy_number_disabled_reason(self) -> str | None:
        """Return why there is no number to copy."""
        if self.current is None:
            return NO_ROW
        return None if self.current.number else "This invoice has no number yet."

    def action_export(self) -> None:
        """Write what is listed to a file."""
        self._start(self._export())

    def export_disabled_reason(self) -> str | None:
        """Return why there is nothing to write."""
        return None if self.list_state.rows else NO_ROW

    def paid(self, outcome: Outcome[Invoice]) -> None:
        """Take over how a payment ended."""
        raise NotImplementedError

    # -- reading, copying, downloading, exporting ------------------------------------------

    async def _export(self) -> None:
        await export(self, export_of(self.session.client, self.list_state, self.now()))

    async def _ask(self, question: Confirmation) -> Confirmed | None:
        return await self.app.push_screen_wait(ConfirmDialog(question))

    async def _read(self) -> None:
        """Show the text of the invoice under the cursor; save its PDF when that is wanted."""
        invoice = self.current
        if invoice is None:
            return
        dialog = InvoiceTextDialog(self.session.client, invoice)
        data = await self.app.push_screen_wait(dialog)
        if data is not None:
            self.download.start(invoice, data)

    async def _copy(self) -> None:
        """Send the invoice's number to the clipboard."""
        invoice = self.current
        if invoice is not None and invoice.number:
            await self.copy(invoice.number, invoice.number)

    async def _download_all(self) -> None:
        """Ask, then download every invoice of the filter."""
        session, status = self.session, self.list_state.status
        which = "All invoices" if status is None else f"All invoices that are {tab_words(status).lower()}"
        over_ssh = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
        answer = await self._ask(text.download_all(which, session.download_folder, over_ssh))
        if answer is None:
            return
        dialog = BatchDialog(
            f"Download: {which.lower()}", session.client, status, session.download_folder, answer.checked
        )
        self.batch_dialog = dialog
        try:
            await self.app.push_screen_wait(dialog)
        finally:
            self.batch_dialog = None
        self.notify(f"Download: {dialog.downloads.summary}, in {session.download_folder}.")

    # -- paying --------------------------------------------------------------------------

    async def _pay(self) -> None:
        """Pay the invoice under the cursor with the primary card, after asking; tell what the answer says."""
        invoice = self.current
        if invoice is None:
            return
        self.notify("Reading which card is charged…")
        try:
            card, has_cards = await self._primary()
        except ApiError as error:
            self.notify(
                f"{error_text(error, 'Looking for the card')} The invoice was not paid.", severity="error"
            )
            return
        self.status_line.clear()
        if card is None:
            await self._to_cards(invoice, has_cards)
        elif await self._ask(text.pay(invoice, card, self.now())) is not None:
            await self._send(invoice, text.card_words(card))

    async def _primary(self) -> tuple[PaymentMethod | None, bool]:
        """Return the primary card, and whether there is any card. Raises ApiError."""
        cards = self.session.client.payment_methods.list_all()
        async for card in cards:
            if card.is_default:
                return card, True
        return None, cards.read > 0 or not cards.complete

    async def _to_cards(self, invoice: Invoice, has_cards: bool) -> None:
        if await self._ask(text.no_card(invoice, has_cards)) is not None:
            self.post_message(OpenSection(PAYMENT_METHODS))

    async def _send(self, invoice: Invoice, card: str) -> None:
        change = PayInvoice(invoice.id, invoice.number, invoice.total, invoice.currency)
        self.notify(f"Paying invoice {name_of(invoice)}…")
        outcome = await self.session.queue.submit(change).outcome()
        words = text.payment_outcome_text(outcome, name_of(invoice), total_of(invoice), card)
        severity: Severity = "success" if outcome.happened else ("warning" if outcome.unknown else "error")
        self.notify(words, severity=severity, outcome=True)
        self.paid(outcome)
