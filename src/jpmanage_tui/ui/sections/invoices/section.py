"""The Invoices screen: one list over the API's cursors, with tabs by status; read, pay, copy, download."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.rules.invoices import can_download, can_pay, invoice_name
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.services.exports import Export, Record
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Confirmed
from jpmanage_tui.ui.sections.base import InvoicesSeen, OpenSection
from jpmanage_tui.ui.sections.invoices import text
from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog
from jpmanage_tui.ui.sections.invoices.columns import invoice_columns, total_cell
from jpmanage_tui.ui.sections.invoices.download import InvoiceDownload
from jpmanage_tui.ui.sections.invoices.text_dialog import InvoiceTextDialog
from jpmanage_tui.ui.sections.list_section import ListSection, ListTab
from jpmanage_tui.ui.widgets.cursor_list import CursorItemList
from jpmanage_tui.ui.widgets.item_list import export_fields, export_record
from jpmanage_tui.ui.widgets.status_line import Severity

INVOICES: CommandSet = CommandSet(
    "Invoices",
    (
        Command("toggle", "Read", "Read the invoice here in the terminal.", action="read_invoice"),
        Command("download-invoice", "Download", "Download the invoice as a PDF file."),
        Command(
            "download-all-invoices",
            "Download all",
            "Download every invoice of the tab, those not loaded yet too.",
        ),
        Command("pay", "Pay", "Pay the open invoice with the primary payment method; asks first."),
        Command("copy", "Copy number", "Copy the invoice's number.", action="copy_number"),
        Command(
            "previous-filter",
            "Tab before",
            "The status before: all, open, paid, draft, void, uncollectible.",
            footer=False,
        ),
        Command("next-filter", "Next tab", "The next status: all, open, paid, draft, void, uncollectible."),
        Command(
            "export",
            "Export",
            "Write every invoice of the tab, those not loaded yet too, to a CSV or JSON file.",
            footer=False,
        ),
    ),
)
"""Every command of this screen."""


READ_ONLY = "The program was started with --read-only."
BUSY = "A download is running; esc cancels it."
PAYMENT_METHODS = "payment-methods"

STATUS_TABS: dict[InvoiceStatus | None, ListTab] = {
    None: ListTab("All", "All", "No invoices yet."),
    InvoiceStatus.OPEN: ListTab("Open", "Open", "No invoice is open."),
    InvoiceStatus.PAID: ListTab("Paid", "Paid", "No invoice is paid."),
    InvoiceStatus.DRAFT: ListTab("Draft", "Dr.", "No invoice is draft."),
    InvoiceStatus.VOID: ListTab("Void", "Vd.", "No invoice is void."),
    InvoiceStatus.UNCOLLECTIBLE: ListTab("Uncollectible", "Unc.", "No invoice is uncollectible."),
}
"""The statuses by which the API filters. Past due is none of its own: such an invoice is open."""
STATUSES = tuple(STATUS_TABS)


class InvoiceList(CursorItemList[Invoice]):
    """The invoices, newest first."""

    styled_gaps = True
    COMPONENT_CLASSES = {"invoices--past-due", "invoices--paid", "invoices--uncollectible"}
    DEFAULT_CSS = """
    InvoiceList {
        & > .invoices--past-due { color: $warning; text-style: bold; }
        & > .invoices--paid { color: $success; }
        & > .invoices--uncollectible { color: $error; }
    }
    """

    def __init__(self, now: Callable[[], datetime], again: Callable[[], None]) -> None:
        super().__init__(invoice_columns(now), id="invoices", again=again)

    def identity(self, item: Invoice) -> InvoiceId:
        """Return the id."""
        return item.id


class InvoicesSection(ListSection[Invoice]):
    """The invoices of the partner key, newest first, by status."""

    COMMAND_SET = INVOICES
    NOUN = "invoice"
    LOADING = "Loading invoices"
    TABS = tuple(STATUS_TABS.values())
    NO_ROW = "No invoice is selected."
    PLACEHOLDER_ROWS = 10  # a page has so many (contract: account 5)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.download = InvoiceDownload(self)
        self.batch_dialog: BatchDialog | None = None
        """The download of all that is on its way."""

    def make_list(self) -> InvoiceList:
        """Return the list."""
        self.invoice_list = InvoiceList(self.now, self._load_all)
        return self.invoice_list

    def now(self) -> datetime:
        """Return the server's own time, by which an invoice is past due; this machine's before its first answer."""
        return self.session.client.server_now() or datetime.now(UTC)

    # -- reading -------------------------------------------------------------------------

    @property
    def loader(self) -> Loader[str]:
        """The loader of the pages."""
        return self.invoice_list.loader

    @property
    def unreadable(self) -> int:
        """How many invoices could not be read."""
        return self.invoice_list.unreadable

    @property
    def status(self) -> InvoiceStatus | None:
        """The status whose tab is shown, None for all."""
        return STATUSES[self.tab_index]

    def query_changed(self) -> None:
        """Ask for the invoices of the tab, from the first page on."""
        self.invoice_list.ask(partial(self.session.client.invoices.list_all, self.status))
        self.show_placeholder()

    def load(self) -> None:
        """Ask again for the invoices down to the last in view; those on screen stay until the answer is whole."""
        shown = self.invoice_list
        last_in_view = shown.scroll_offset.y + shown.view_height
        shown.reload(min(len(shown.items), max(last_in_view, shown.cursor + 1)))

    def _load_all(self) -> None:
        """Ask again for every invoice that is there, after a failure."""
        self.invoice_list.reload(len(self.invoice_list.items))

    def answered(self) -> None:
        """Let the header warn of what came."""
        self._show_warning(self.invoice_list.loaded_items)
        super().answered()

    def _show_warning(self, invoices: tuple[Invoice, ...]) -> None:
        self.post_message(InvoicesSeen(self.session, invoices))

    def empty_lines(self) -> list[str]:
        """Return why no invoice is listed, and the way on."""
        if self.unreadable:
            came = f"{pluralize(self.unreadable, 'invoice')} came, but none of them could be read."
            return [f"{came} {key_for('refresh')} asks again."]
        if self.tab is None:
            return [self.TABS[0].empty, "One comes at the beginning of each month, for the month before."]
        return [self.tab.empty, "", key_line("the other tabs", "previous-filter", "next-filter")]

    # -- reading, copying, exporting -----------------------------------------------------

    async def _ask(self, question: Confirmation) -> Confirmed | None:
        return await self.app.push_screen_wait(ConfirmDialog(question))

    def action_read_invoice(self) -> None:
        """Show the text of the invoice under the cursor."""
        self.start_action(self._read())

    def read_invoice_disabled_reason(self) -> str | None:
        """Return why there is no PDF to read."""
        if self.current is None:
            return self.NO_ROW
        if can_download(self.current):
            return None
        if self.current.status is InvoiceStatus.DRAFT:
            return "Drafts have no PDF yet."
        return "The API gives no PDF for this invoice."

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
        """Return the export of all invoices of the tab as they stand now, those not loaded yet too."""
        invoices, now = self.session.client.invoices.list_all(self.status), self.now()
        columns = invoice_columns(lambda: now)

        async def rows(_codes: bool) -> AsyncIterator[Record]:
            async for invoice in invoices:
                yield export_record(columns, invoice)

        return Export(
            f"{self.invoice_list.count_words} {self._status_word}invoices",
            "invoice",
            "invoices" if self.status is None else f"invoices-{self.status.value}",
            tuple(field.name for field in export_fields(columns)),
            rows,
            lacks=lambda: lacking(invoices, "invoice"),
        )

    @property
    def _status_word(self) -> str:
        """The tab's status before the word "invoices", with its space."""
        return f"{self.tab.label.lower()} " if self.tab is not None else ""

    # -- downloading ---------------------------------------------------------------------

    def action_download_invoice(self) -> None:
        """Save the invoice under the cursor."""
        if self.current is not None:
            self.download.start(self.current)

    def download_invoice_disabled_reason(self) -> str | None:
        """Return why it cannot be saved."""
        return BUSY if self.download.running else self.read_invoice_disabled_reason()

    def action_download_all_invoices(self) -> None:
        """Ask, then download every invoice of the tab."""
        self.start_action(self._download_all())

    def download_all_invoices_disabled_reason(self) -> str | None:
        """Return why they cannot be downloaded."""
        return BUSY if self.download.running else self.export_disabled_reason()

    async def _download_all(self) -> None:
        session, status = self.session, self.status
        which = f"All invoices{f' that are {self.tab.label.lower()}' if self.tab is not None else ''}"
        over_ssh = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
        answer = await self._ask(text.download_all(which, session.download_folder, over_ssh))
        if answer is None:
            return
        title = f"Download: {which.lower()}"
        dialog = BatchDialog(title, session.client, status, session.download_folder, answer.checked)
        self.batch_dialog = dialog
        try:
            await self.app.push_screen_wait(dialog)
        finally:
            self.batch_dialog = None
        self.notify(f"Download: {dialog.downloads.summary}, in {session.download_folder}.")

    def step_back(self) -> bool:
        """Cancel the download that runs."""
        return self.download.cancel() or super().step_back()

    def unfinished(self) -> str | None:
        """Return that invoices are being downloaded, or an export is on its way; None when neither is so."""
        if self.download.running:
            return "An invoice is being downloaded. It would be stopped, and nothing of it saved."
        if self.batch_dialog is not None and self.batch_dialog.running:
            return "Invoices are being downloaded. The rest would be stopped; what is saved stays."
        return super().unfinished()

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
        return None if can_pay(self.current) else "Only an open invoice can be paid."

    async def _pay(self) -> None:
        invoice = self.current
        if invoice is None:
            return
        self.notify("Reading which card is charged…")
        try:
            card, has_cards = await self._primary_card()
        except ApiError as error:
            why = error_text(error, "Looking for the card")
            self.notify(f"{why} The invoice was not paid.", severity="error")
            return
        self.status_line.clear()
        if card is None:
            if await self._ask(text.no_card(invoice, has_cards)) is not None:
                self.post_message(OpenSection(PAYMENT_METHODS))
        elif await self._ask(text.pay(invoice, card, self.now())) is not None:
            await self._send_payment(invoice, text.card_text(card))

    async def _primary_card(self) -> tuple[PaymentMethod | None, bool]:
        """Return the primary card, and whether there is any card. Raises ApiError."""
        cards = self.session.client.payment_methods.list_all()
        async for card in cards:
            if card.is_default:
                return card, True
        return None, cards.read > 0 or not cards.complete

    async def _send_payment(self, invoice: Invoice, card: str) -> None:
        """Pay; say how it ended, show what the API answered in the row, and ask for the list again."""
        name = invoice_name(invoice)
        self.notify(f"Paying invoice {name}…")
        change = PayInvoice(invoice.id, invoice.number, invoice.total, invoice.currency)
        outcome = await self.session.queue.submit(change).outcome()
        severity: Severity = "success" if outcome.happened else ("warning" if outcome.unknown else "error")
        words = text.payment_outcome_text(outcome, name, total_cell(invoice), card)
        self.notify(words, severity=severity, outcome=True)
        if outcome.result is not None:
            self.invoice_list.replace(outcome.result)
            self._show_warning((outcome.result,))
        self.reload()

    # -- status --------------------------------------------------------------------------

    def count_text(self) -> str:
        """Return how many invoices of the tab there are, as far as it is known."""
        count = self.invoice_list.count_words
        return f"{count} {self._status_word}{'invoice' if count == '1' else 'invoices'}"

    def progress(self) -> str | None:
        """Return what runs: a download, or the first page on its way."""
        return self.download.words if self.download.words is not None else super().progress()
