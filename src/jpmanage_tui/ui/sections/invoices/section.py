"""The Invoices screen: tabs by status, one list over the API's pages, and what its messages do to the state."""

from __future__ import annotations

from datetime import UTC, datetime

from textual import on
from textual.app import ComposeResult

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.rules.text import format_time, not_read
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.sections.invoices import text
from jpmanage_tui.ui.sections.invoices.actions import InvoicesActions
from jpmanage_tui.ui.sections.invoices.commands import INVOICES
from jpmanage_tui.ui.sections.invoices.data import (
    InvoiceListState,
    InvoiceReader,
    InvoicesLoaded,
    NextPageLoaded,
    ReadFailed,
)
from jpmanage_tui.ui.sections.invoices.list import InvoiceHeadings, InvoiceList
from jpmanage_tui.ui.sections.invoices.tabs import STATUSES, InvoiceTabs, tab_words
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


class InvoicesSection(InvoicesActions):
    """The invoices of the partner key, newest first, by status."""

    COMMAND_SET = INVOICES
    DEFAULT_CSS = "InvoicesSection { layout: vertical; }"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.error: ApiError | None = None
        self._reader = InvoiceReader(self, session.client)
        self._retry = Retry(self, self._again)

    def compose(self) -> ComposeResult:
        """Compose tabs, headings and list."""
        yield InvoiceTabs()
        yield InvoiceHeadings()
        yield InvoiceList(self.list_state, self.now)

    def on_mount(self) -> None:
        """Ask for the first page."""
        self._reader.fill(self.list_state.status, 1)
        self._show(None)

    def focus_first(self) -> None:
        """The list has the focus."""
        self.invoice_list.focus()

    # -- what to show --------------------------------------------------------------------

    def filter_by(self, status: InvoiceStatus | None) -> None:
        """Show the tab of `status` (None: all)."""
        self._reader.drop()
        self.list_state = InvoiceListState(status)
        shown = self.invoice_list
        shown.list_state, shown.cursor, shown.to_end = self.list_state, 0, False
        self.error = None
        self._reader.fill(status, 1)
        self._show(None)

    def action_previous_filter(self) -> None:
        """Show the tab before, round and round."""
        self._step_filter(-1)

    def action_next_filter(self) -> None:
        """Show the next tab, round and round."""
        self._step_filter(1)

    def _step_filter(self, step: int) -> None:
        index = STATUSES.index(self.list_state.status)
        self.filter_by(STATUSES[(index + step) % len(STATUSES)])

    def reload(self) -> None:
        """Ask again for the invoices down to the last that is in view; those on screen stay until the answer is whole."""
        self._retry.answered()
        shown = self.invoice_list
        last_in_view = shown.scroll_offset.y + shown.view_height
        self._reader.drop()
        self._reader.fill(
            self.list_state.status, min(len(self.list_state.rows), max(last_in_view, shown.cursor + 1))
        )
        self._tell()

    def _show(self, on: Invoice | None) -> None:
        self.query_one(InvoiceTabs).show_tab(self.list_state.status)
        shown = self.invoice_list
        shown.placeholder = text.empty_lines(self.list_state, self.error)
        shown.stay_on(on)
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.StatusChanged())

    # -- fetching ------------------------------------------------------------------------

    @on(VirtualList.VisibleRangeChanged)
    @on(InvoiceList.WantsEnd)
    def _viewed(self) -> None:
        """Ask for the next page when the end of what is loaded is in view, or the user goes to the end of all."""
        shown, cursor = self.invoice_list, self.list_state.cursor
        at_end = shown.scroll_offset.y + shown.view_height > len(self.list_state.rows)
        if self.list_state.more and cursor is not None and self.error is None and (at_end or shown.to_end):
            self._reader.more(self.list_state.status, cursor)
            self._tell()

    @on(InvoicesLoaded)
    def _invoices_loaded(self, message: InvoicesLoaded) -> None:
        if message.status is self.list_state.status:
            current = self.current
            self.list_state.fill(message.pages, datetime.now(UTC))
            self._took(current)

    @on(NextPageLoaded)
    def _next_page_loaded(self, message: NextPageLoaded) -> None:
        if message.status is self.list_state.status and message.after == self.list_state.cursor:
            current = self.current
            self.list_state.add(message.page, datetime.now(UTC))
            self._took(current)

    def _took(self, current: Invoice | None) -> None:
        self.clear_load_error()
        self.error = None
        self._retry.answered()
        self.jpmanage.main.saw_invoices(self.list_state.rows)
        self._show(current)

    @on(ReadFailed)
    def _read_failed(self, message: ReadFailed) -> None:
        if message.status is not self.list_state.status:
            return
        self.error = message.error
        self.invoice_list.to_end = False
        self.report_load_error(
            aged_error_text(message.error, "Loading invoices", self.list_state.answered_at)
        )
        self._retry.failed(message.error)
        self._show(self.current)

    def _again(self) -> None:
        if self.error is not None:
            self._reader.fill(self.list_state.status, max(1, len(self.list_state.rows)))

    # -- after a payment -------------------------------------------------------------------

    def paid(self, outcome: Outcome[Invoice]) -> None:
        """Take over how a payment ended: the answer replaces the row, and the list is asked again."""
        if outcome.result is not None:
            self.list_state.replace(outcome.result)
            self.jpmanage.main.saw_invoices([outcome.result])
            self.invoice_list.refresh()
        self.reload()

    def step_back(self) -> bool:
        """Cancel the download that runs."""
        return self.download.cancel()

    def unfinished(self) -> str | None:
        """Return that invoices are being downloaded, or an export is on its way; None when neither is so."""
        if self.download.running:
            return "An invoice is being downloaded. It would be stopped, and nothing of it saved."
        if self.batch_dialog is not None and self.batch_dialog.running:
            return "Invoices are being downloaded. The rest would be stopped; what is saved stays."
        return super().unfinished()

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return how many invoices there are, as far as is known, and how old that is where it could not be refreshed."""
        state = self.list_state
        if not state.loaded:
            return ""
        word = "" if state.status is None else f"{tab_words(state.status).lower()} "
        noun = "invoice" if len(state.rows) == 1 and not state.more else "invoices"
        words = [f"{state.count_words} {word}{noun}"]
        if state.unreadable:
            words.append(not_read(state.unreadable))
        if self.error is not None and state.answered_at is not None:
            words.append(f"— as of {format_time(state.answered_at)}, could not be refreshed")
        return " ".join(words)

    def progress(self) -> str | None:
        """Return what runs: a download, or the first page on its way."""
        if self.download.words is not None:
            return self.download.words
        return "Loading invoices…" if self._reader.busy and not self.list_state.loaded else None

    def counter(self) -> str:
        """Return where the cursor is, of how many: `3/10+` while the API has more."""
        if not self.is_mounted or not self.list_state.rows:
            return ""
        return f"{self.invoice_list.cursor + 1:,}/{self.list_state.count_words}"
