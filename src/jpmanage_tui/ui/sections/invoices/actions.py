"""What the commands of the Invoices screen do: read, pay, copy, download all."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.models.invoice import Invoice
from jpmanage_tui.api.models.payment import PaymentMethod
from jpmanage_tui.operations.mutations.cards_and_invoices import PayInvoice
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Confirmed
from jpmanage_tui.ui.sections.invoices import text as questions
from jpmanage_tui.ui.sections.invoices.columns import name_of, total_of
from jpmanage_tui.ui.sections.invoices.tabs import tab_words

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.invoices.section import InvoicesSection

PAYMENT_METHODS = "payment-methods"


class Flows:
    """The flows of the view. Each is a coroutine that `start` runs beside the screen."""

    def __init__(self, view: InvoicesSection) -> None:
        self._view = view

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen; nothing cancels it."""
        self._view.run_worker(flow, group="invoices-flow", exclusive=False, exit_on_error=False)

    async def _ask(self, question: Confirmation) -> Confirmed | None:
        return await self._view.jpmanage.push_screen_wait(ConfirmDialog(question))

    async def read(self) -> None:
        """Show the text of the invoice under the cursor; save its PDF when that is wanted."""
        from jpmanage_tui.ui.sections.invoices.text_dialog import InvoiceTextDialog

        invoice = self._view.current
        if invoice is None:
            return
        dialog = InvoiceTextDialog(self._view.session.client, invoice)
        data = await self._view.jpmanage.push_screen_wait(dialog)
        if data is not None:
            self._view.saver.start(invoice, data)

    async def copy(self) -> None:
        """Send the invoice's number to the clipboard."""
        invoice = self._view.current
        if invoice is not None and invoice.number:
            await self._view.jpmanage.copy(invoice.number, invoice.number)

    async def download_all(self) -> None:
        """Ask, then download every invoice of the filter."""
        from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog

        session, status = self._view.session, self._view.book.status
        which = "All invoices" if status is None else f"All invoices that are {tab_words(status).lower()}"
        over_ssh = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
        answer = await self._ask(questions.download_all(which, session.download_folder, over_ssh))
        if answer is None:
            return
        dialog = BatchDialog(
            f"Download: {which.lower()}", session.client, status, session.download_folder, answer.ticked
        )
        self._view.download_of_all = dialog
        try:
            await self._view.jpmanage.push_screen_wait(dialog)
        finally:
            self._view.download_of_all = None
        self._view.jpmanage.say(f"Download: {dialog.downloads.summary}, in {session.download_folder}.")

    # -- paying --------------------------------------------------------------------------

    async def pay(self) -> None:
        """Pay the invoice under the cursor with the primary card, after asking; tell what the answer says."""
        app, invoice = self._view.jpmanage, self._view.current
        if invoice is None:
            return
        app.say("Reading which card is charged…")
        try:
            card, has_cards = await self._primary()
        except ApiError as error:
            app.say(f"{error_text(error, 'Looking for the card')} The invoice was not paid.", "error")
            return
        app.main.status.clear()
        if card is None:
            await self._to_cards(invoice, has_cards)
        elif await self._ask(questions.pay(invoice, card, self._view.now())) is not None:
            await self._send(invoice, questions.card_words(card))

    async def _primary(self) -> tuple[PaymentMethod | None, bool]:
        """Return the primary card, and whether there is any card. Raises ApiError."""
        cards = self._view.session.client.payment_methods.iterate()
        async for card in cards:
            if card.is_default:
                return card, True
        return None, cards.read > 0 or not cards.complete

    async def _to_cards(self, invoice: Invoice, has_cards: bool) -> None:
        if await self._ask(questions.no_card(invoice, has_cards)) is not None:
            self._view.jpmanage.main.open_section(PAYMENT_METHODS)

    async def _send(self, invoice: Invoice, card: str) -> None:
        app = self._view.jpmanage
        change = PayInvoice(invoice.id, invoice.number, invoice.total, invoice.currency)
        app.say(f"Paying invoice {name_of(invoice)}…")
        outcome = await self._view.session.queue.submit(change).outcome()
        words = questions.told(outcome, name_of(invoice), total_of(invoice), card)
        tone = "good" if outcome.happened else ("warning" if outcome.unknown else "error")
        app.say(words, tone, outcome=True)
        self._view.paid(outcome)
