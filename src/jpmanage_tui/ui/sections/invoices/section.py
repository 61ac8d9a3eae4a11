"""The Invoices screen: one list over the API's cursors, with tabs by status; read, pay, copy, export."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.invoices import can_pay, invoice_name, newest_first
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.services.exports import Export, Record
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.invoices import INVOICE_FIELDS, InvoiceRow
from jpmanage_tui.services.invoices.payment import ONLY_OPEN, payment_change, primary_card, total_text
from jpmanage_tui.services.saved_cards import card_label
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.base import DetailSection, InvoicesSeen, OpenSection
from jpmanage_tui.ui.sections.invoices import text
from jpmanage_tui.ui.sections.invoices.actions import ANOTHER_TAB, INVOICES, InvoiceActions, each
from jpmanage_tui.ui.sections.invoices.list import STATUS_TABS, InvoiceList
from jpmanage_tui.ui.sections.invoices.text_dialog import InvoiceTextDialog
from jpmanage_tui.ui.widgets.status_line import Severity

if TYPE_CHECKING:
    from jpmanage_tui.api.ids import InvoiceId
    from jpmanage_tui.operations.runner import RunEvent
    from jpmanage_tui.ui.widgets.detail_pane import Detail

PAYMENT_METHODS = "payment-methods"
ROW_ACTIONS = ("toggle", "download-invoice", "pay", "copy")
"""The commands of one invoice."""


class InvoicesSection(InvoiceActions, DetailSection):
    """The invoices of the partner key, newest first, by status."""

    COMMAND_SET = INVOICES
    NOUN = "invoice"
    LOADING = "Loading invoices"
    TABS = tuple(STATUS_TABS.values())
    PLACEHOLDER_ROWS = 10  # a page has so many (contract: account 5)

    def make_list(self) -> InvoiceList:
        """Return the list."""
        self.invoice_list = InvoiceList(self.now, self._load_all)
        self.invoice_list.marked = self.marked
        return self.invoice_list

    # -- reading -------------------------------------------------------------------------

    @property
    def loader(self) -> Loader[str]:
        """The loader of the pages."""
        return self.invoice_list.loader

    @property
    def unreadable(self) -> int:
        """How many invoices could not be read."""
        return self.invoice_list.unreadable

    def query_changed(self) -> None:
        """Ask for the invoices of the tab, from the first page on."""
        self.stop_marking(ANOTHER_TAB)
        self.invoice_list.ask(partial(self.session.client.invoices.list_all, self.status))
        self.show_placeholder()

    def load(self) -> None:
        """Ask again for the invoices down to the last in view; those on screen stay until the answer is whole."""
        shown = self.invoice_list
        last_in_view = shown.scroll_offset.y + shown.view_height
        shown.reload(min(len(shown.items), max(last_in_view, shown.cursor + 1)))

    async def read_view(self) -> Callable[[], bool] | None:
        """Read the invoices down to the last in view once more."""
        return await self.invoice_list.read_view(self.quiet_client.invoices.list_all(self.status))

    def _load_all(self) -> None:
        """Ask again for every invoice that is there, after a failure."""
        self.invoice_list.reload(len(self.invoice_list.items))

    def answered(self) -> None:
        """Let the header warn of what came, and the marks know it."""
        self._seen(self.invoice_list.loaded_items)
        super().answered()

    def _seen(self, invoices: tuple[Invoice, ...]) -> None:
        self.marked.refresh(invoices)
        self.post_message(InvoicesSeen(self.session, invoices))

    def empty_lines(self) -> list[str]:
        """Return why no invoice is listed, and the way on."""
        if self.unreadable:
            came = f"{pluralize(self.unreadable, 'invoice')} came, but none of them could be read."
            return [f"{came} {key_for('refresh')} asks again."]
        if self.tab is None:
            return [self.TABS[0].empty, "One arrives at the start of each month for the previous month."]
        return [self.tab.empty, "", key_line("the other tabs", "previous-filter", "next-filter")]

    # -- details beside the list -------------------------------------------------------------

    def detail_key(self) -> InvoiceId | None:
        """Return the id of the invoice under the cursor."""
        invoice = self.current
        return invoice.id if invoice is not None else None

    def details(self) -> Sequence[Detail]:
        """Return what is known of the invoice under the cursor."""
        from jpmanage_tui.ui.sections.invoices.pane import invoice_details

        invoice = self.current
        return () if invoice is None else invoice_details(invoice, self.now(), self.actions_of(ROW_ACTIONS))

    # -- reading, copying, exporting -----------------------------------------------------

    def action_read_invoice(self) -> None:
        """Show the text of the invoice under the cursor."""
        self.start_action(self._read())

    async def _read(self) -> None:
        """Show the text; save the PDF when that is wanted."""
        invoice = self.current
        if invoice is None:
            return
        data = await self.app.push_screen_wait(InvoiceTextDialog(self.session.client, invoice))
        if data is not None:
            self.download.start(invoice, data)

    def action_copy_number(self) -> None:
        """Send the invoice's number to the clipboard."""
        invoice = self.current
        if invoice is not None and invoice.number:
            self.start_action(self.copy(invoice.number, invoice.number))

    def copy_number_disabled_reason(self) -> str | None:
        """Return why there is no number to copy."""
        if self.current is None:
            return self.NO_ROW
        return None if self.current.number else "This invoice has no number yet."

    def export(self) -> Export:
        """Return the export of the marked invoices, else of all of the tab as they stand now."""
        if self.marked:
            marked, reason = newest_first(self.marked.values()), self.marked.incomplete_reason
            title = pluralize(len(marked), "marked invoice")
            return self._export(title, "invoices", each(marked), lambda: reason)
        listed = self.session.client.invoices.list_all(self.status)
        title = f"{self.invoice_list.count_words} {self._status_word}invoices"
        stem = "invoices" if self.status is None else f"invoices-{self.status.value}"
        return self._export(title, stem, listed, lambda: lacking(listed, "invoice"))

    def export_disabled_reason(self) -> str | None:
        """Return why there is nothing to export."""
        return None if self.marked else self.row_disabled_reason()

    def _export(
        self, title: str, stem: str, invoices: AsyncIterator[Invoice], lacks: Callable[[], str]
    ) -> Export:
        now = self.now()

        async def rows(_codes: bool) -> AsyncIterator[Record]:
            async for invoice in invoices:
                yield record_of(INVOICE_FIELDS, InvoiceRow(invoice, now))

        return Export(title, "invoice", stem, names_of(INVOICE_FIELDS), rows, lacks=lacks)

    @property
    def _status_word(self) -> str:
        """The tab's status before the word "invoices", with its space."""
        return f"{self.tab.label.lower()} " if self.tab is not None else ""

    # -- paying --------------------------------------------------------------------------

    def action_pay(self) -> None:
        """Pay the invoice under the cursor with the primary card, after asking."""
        self.start_action(self._pay())

    def pay_disabled_reason(self) -> str | None:
        """Return why it cannot be paid."""
        if self.session.read_only:
            return READ_ONLY
        if self.current is None:
            return self.NO_ROW
        return None if can_pay(self.current) else ONLY_OPEN

    async def _pay(self) -> None:
        invoice = self.current
        if invoice is None:
            return
        self.notify("Reading which card is charged…")
        try:
            card, has_cards = await primary_card(self.session.client)
        except ApiError as error:
            why = error_text(error, "Looking for the card")
            self.notify(f"{why} The invoice was not paid.", severity="error")
            return
        self.status_line.clear()
        if card is None:
            if await self.ask(text.no_card(invoice, has_cards)) is not None:
                self.post_message(OpenSection(PAYMENT_METHODS))
        elif await self.ask(text.pay(invoice, card, self.now())) is not None:
            await self._send_payment(invoice, card_label(card))

    async def _send_payment(self, invoice: Invoice, card: str) -> None:
        """Pay; say how it ended, show what the API answered in the row, and ask for the list again."""
        name = invoice_name(invoice)
        self.notify(f"Paying invoice {name}…")
        outcome = await self.session.queue.submit(payment_change(invoice)).outcome()
        severity: Severity = "success" if outcome.happened else ("warning" if outcome.unknown else "error")
        words = text.payment_outcome_text(outcome, name, total_text(invoice), card)
        self.notify(words, severity=severity, outcome=True)
        self._take_payment(outcome)

    def _take_payment(self, outcome: Outcome[Invoice]) -> None:
        """Show what the API answered to a payment in the row, and ask for the list again."""
        if outcome.result is not None:
            self.invoice_list.replace(outcome.result)
            self._seen((outcome.result,))
        self.reload()

    def heard_run(self, event: RunEvent) -> None:
        """Take over that an invoice was paid by a run, such as one that the shell has begun.

        Not of an account that was open before, whose runs go on: its invoice is none of these.
        """
        super().heard_run(event)
        outcome = event.outcome
        if outcome is None or not isinstance(outcome.change, PayInvoice):
            return
        if event.run.account == self.session.queue.account:
            self._take_payment(outcome)

    # -- status --------------------------------------------------------------------------

    def count_text(self) -> str:
        """Return how many invoices of the tab there are, as far as it is known."""
        count = self.invoice_list.count_words
        return f"{count} {self._status_word}{'invoice' if count == '1' else 'invoices'}"

    def progress(self) -> str | None:
        """Return what runs: a download, or the first page on its way."""
        return self.download.words if self.download.words is not None else super().progress()
