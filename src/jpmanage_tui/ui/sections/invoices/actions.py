"""Marking invoices, one by one, in a range or all of a tab; and downloading one, the marked ones, all, or a year."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter

from textual.worker import Worker

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.rules.invoices import can_download, newest_first
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.services.invoices.download import saved_copy
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Confirmed, confirm_clearing
from jpmanage_tui.ui.sections.base import DETAIL_PANE
from jpmanage_tui.ui.sections.invoices import text
from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog
from jpmanage_tui.ui.sections.invoices.download import InvoiceDownload
from jpmanage_tui.ui.sections.invoices.list import STATUSES, InvoiceList
from jpmanage_tui.ui.sections.invoices.range_dialog import RangeDialog
from jpmanage_tui.ui.sections.list_section import ListSection
from jpmanage_tui.ui.widgets.marks import Marks, marks_text, range_to_nearest

INVOICES: CommandSet = CommandSet(
    "Invoices",
    (
        Command("toggle", "Read", "Read the invoice here in the terminal.", action="read_invoice"),
        Command("download-invoice", "Download", "Download the invoice as a PDF file."),
        Command(
            "download-all-invoices",
            "Download all",
            "Download the marked invoices, else every one of the tab, those not loaded yet too.",
        ),
        Command("pay", "Pay", "Pay the open invoice with the primary payment method; asks first."),
        Command("copy", "Copy number", "Copy the invoice's number.", action="copy_number"),
        Command(
            "download-range",
            "Year or range",
            "Download the invoices of a year, or of a range of months or days, whatever their status.",
        ),
        Command("mark", "Mark", "Mark the invoice, or take its mark away.", footer=False),
        Command(
            "mark-range", "Mark range", "Mark every row from the nearest marked one to here.", footer=False
        ),
        Command(
            "mark-all",
            "Mark all",
            "Mark every invoice of the tab, those not loaded yet too.",
            footer=False,
        ),
        Command(
            "previous-filter",
            "Previous tab",
            "The status before: all, open, paid, draft, void, uncollectible.",
            footer=False,
        ),
        Command("next-filter", "Next tab", "The next status: all, open, paid, draft, void, uncollectible."),
        DETAIL_PANE,
        Command(
            "export",
            "Export",
            "Write the marked invoices, else every one of the tab, those not loaded yet too, to a CSV or JSON file.",
            footer=False,
        ),
    ),
)
"""Every command of this screen."""
BUSY = "A download is running; esc cancels it."
MARKING = "Invoices are being marked; esc stops that."
MARKING_STOPPED = "Marking was stopped: nothing was marked."
ANOTHER_TAB = "Marking was stopped, since another tab is shown: nothing was marked."


class InvoiceActions(ListSection[Invoice]):
    """A list of invoices of which some can be marked, and which can be downloaded."""

    NO_ROW = "No invoice is selected."
    invoice_list: InvoiceList

    def __init__(self, session: Session) -> None:
        self.marked: Marks[InvoiceId, Invoice] = Marks(attrgetter("id"))
        super().__init__(session)
        self.download = InvoiceDownload(self)
        self.batch_dialog: BatchDialog | None = None
        """The download of many that is on its way."""
        self._marking: Worker[None] | None = None
        """What reads the invoices that are not loaded yet, to mark them."""
        self._read_to_mark = 0

    @property
    def status(self) -> InvoiceStatus | None:
        """The status whose tab is shown, None for all."""
        return STATUSES[self.tab_index]

    def now(self) -> datetime:
        """Return the server's own time, by which an invoice is past due; this machine's before its first answer."""
        return self.session.client.server_now() or datetime.now(UTC)

    async def ask(self, question: Confirmation) -> Confirmed | None:
        """Ask a question; None when the user stepped back."""
        return await self.app.push_screen_wait(ConfirmDialog(question))

    def read_invoice_disabled_reason(self) -> str | None:
        """Return why there is no PDF to read."""
        if self.current is None:
            return self.NO_ROW
        if can_download(self.current):
            return None
        if self.current.status is InvoiceStatus.DRAFT:
            return "Drafts have no PDF yet."
        return "The API gives no PDF for this invoice."

    # -- marking -------------------------------------------------------------------------

    def mark(self, invoices: Sequence[Invoice], marked: bool) -> None:
        """Mark invoices, or take their marks away."""
        if marked:
            self.marked.add(invoices)
        else:
            self.marked.remove([invoice.id for invoice in invoices])
        self.invoice_list.refresh()
        self.post_message(self.StatusChanged())

    def unlisted(self) -> int:
        """Return how many of the marked invoices the tab does not list."""
        return sum(self.status not in (None, invoice.status) for invoice in self.marked.values())

    def action_mark(self) -> None:
        """Mark the invoice under the cursor, or take its mark away, and go to the next one."""
        invoice = self.current
        if invoice is not None:
            self.mark([invoice], invoice.id not in self.marked)
            self.invoice_list.move(1)

    def action_mark_range(self) -> None:
        """Mark the rows from the nearest marked one above or below to the cursor."""
        invoices = self.invoice_list.loaded_items
        marked = (row for row, invoice in enumerate(invoices) if invoice.id in self.marked)
        rows = range_to_nearest(marked, self.invoice_list.cursor)
        self.mark(invoices[rows.start : rows.stop], True)

    def action_mark_all(self) -> None:
        """Mark every invoice of the tab."""
        self._read_to_mark = 0
        self._marking = self.run_worker(
            self._mark_all(), group="invoices-marking", exclusive=True, exit_on_error=False
        )
        self.post_message(self.StatusChanged())

    def mark_disabled_reason(self) -> str | None:
        """Return why no invoice can be marked."""
        return MARKING if self.marking else self.row_disabled_reason()

    mark_range_disabled_reason = mark_all_disabled_reason = mark_disabled_reason

    @property
    def marking(self) -> bool:
        """Whether all invoices of the tab are being marked."""
        return self._marking is not None and not self._marking.is_finished

    async def _mark_all(self) -> None:
        invoices = self.session.client.invoices.list_all(self.status)
        found: list[Invoice] = []
        try:
            while not invoices.done:
                found += await invoices.next_page()
                self._read_to_mark = len(found)
                self.post_message(self.StatusChanged())
        except ApiError as error:
            failed = error_text(error, "Marking all of the tab")
            self.notify(f"{failed} Nothing was marked.", severity="error")
            return
        self.mark(found, True)
        self.marked.incomplete_reason = lacks = lacking(invoices, "invoice")
        if lacks:
            self.notify(f"{pluralize(len(found), 'invoice')} marked; {lacks}.", severity="warning")

    def stop_marking(self, words: str = MARKING_STOPPED) -> bool:
        """Stop marking all; nothing is marked then, and `words` say so. Returns whether there was something to stop."""
        if self._marking is None or not self.marking:
            return False
        self._marking.cancel()
        self._marking = None
        self.notify(words, severity="warning")
        self.post_message(self.StatusChanged())
        return True

    async def _clear_marks(self) -> None:
        if await confirm_clearing(self.app, len(self.marked), self.NOUN):
            self.mark(list(self.marked.values()), False)

    def marks_text(self) -> str:
        """Return what the status line says of marks, "" where there are none."""
        return (
            f"{self._read_to_mark:,} to mark… esc stops"
            if self.marking
            else marks_text(self.marked, self.unlisted())
        )

    # -- downloading ---------------------------------------------------------------------

    def action_download_invoice(self) -> None:
        """Save the invoice under the cursor."""
        if self.current is not None:
            self.download.start(self.current)

    def download_invoice_disabled_reason(self) -> str | None:
        """Return why it cannot be saved."""
        return BUSY if self.download.running else self.read_invoice_disabled_reason()

    def action_download_all_invoices(self) -> None:
        """Ask, then download the marked invoices, or every one of the tab."""
        self.start_action(self._download_marked() if self.marked else self._download_all())

    def download_all_invoices_disabled_reason(self) -> str | None:
        """Return why they cannot be downloaded."""
        if self.download.running or self.marking:
            return BUSY if self.download.running else MARKING
        if not self.marked:
            return self.row_disabled_reason()
        if any(map(can_download, self.marked.values())):
            return None
        return (
            "None of the marked invoices has a PDF."
            if len(self.marked) > 1
            else "The marked invoice has no PDF."
        )

    def download_all_invoices_label(self) -> str:
        """Return the label with the number of marked invoices."""
        return f"Download {len(self.marked):,} marked" if self.marked else "Download all"

    def action_download_range(self) -> None:
        """Let the user choose a year or a range, ask, then download its invoices."""
        self.start_action(self._download_range())

    def download_range_disabled_reason(self) -> str | None:
        """Return why no range can be downloaded: with a tab of one status nobody knows what the others have."""
        if self.download.running:
            return BUSY
        return self.NO_ROW if self.status is None and self.invoice_list.is_empty else None

    async def _download_all(self) -> None:
        which = f"All invoices{f' that are {self.tab.label.lower()}' if self.tab is not None else ''}"
        folder = self.session.download_folder
        answer = await self.ask(text.download_all(which, folder, _over_ssh()))
        if answer is not None:
            invoices = partial(self.session.client.invoices.list_all, self.status)
            await self._download(f"Download: {which.lower()}", invoices, answer.checked)

    async def _download_marked(self) -> None:
        elsewhere = self.unlisted()
        words = (
            [f"{elsewhere:,} of them {'is' if elsewhere == 1 else 'are'} not in this tab."]
            if elsewhere
            else []
        )
        if self.marked.incomplete_reason:
            words.append(f"Not all that were meant: {self.marked.incomplete_reason}.")
        invoices = newest_first(self.marked.values())
        await self._download_these(pluralize(len(invoices), "marked invoice"), invoices, words)

    async def _download_range(self) -> None:
        chosen = await self.app.push_screen_wait(RangeDialog(self.session.client, self.now().year))
        if chosen is not None:
            words = [f"There may be more: {chosen.lacks}."] if chosen.lacks else []
            await self._download_these(chosen.words, chosen.invoices, words)

    async def _download_these(self, which: str, invoices: Sequence[Invoice], words: Sequence[str]) -> None:
        """Say which invoices they are, and download them when the user wants it; `words` are sentences about them."""
        folder = self.session.download_folder
        there = {one.id for one in invoices if saved_copy(one, folder) is not None}
        answer = await self.ask(text.download_these(which, invoices, words, there, folder, _over_ssh()))
        if answer is not None:
            title = f"Download {pluralize(len(invoices), 'invoice')}"
            await self._download(title, partial(each, invoices), answer.checked)

    async def _download(self, title: str, invoices: Callable[[], AsyncIterator[Invoice]], skip: bool) -> None:
        folder = self.session.download_folder
        self.batch_dialog = dialog = BatchDialog(title, self.session.client, invoices, folder, skip)
        try:
            await self.app.push_screen_wait(dialog)
        finally:
            self.batch_dialog = None
        self.notify(f"Download: {dialog.downloads.summary}, in {folder}.")

    def step_back(self) -> bool:
        """Cancel the download that runs; stop marking; clear the marks."""
        if self.download.cancel() or self.stop_marking() or super().step_back():
            return True
        if self.marked:
            self.start_action(self._clear_marks())
        return bool(self.marked)

    def unfinished(self) -> str | None:
        """Return that invoices are being downloaded, or an export is on its way; None when neither is so."""
        if self.download.running:
            return "An invoice is being downloaded. It would be stopped, and nothing of it saved."
        if self.batch_dialog is not None and self.batch_dialog.running:
            return "Invoices are being downloaded. The rest would be stopped; what is saved stays."
        return super().unfinished()

    # -- status --------------------------------------------------------------------------

    def counter(self) -> str:
        """Return how many are marked, and where the cursor is."""
        return f"{self.marks_text()}  {super().counter()}".strip()


async def each(invoices: Sequence[Invoice]) -> AsyncIterator[Invoice]:
    """Yield invoices as the client's lists do."""
    for invoice in invoices:
        yield invoice


def _over_ssh() -> bool:
    return bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
