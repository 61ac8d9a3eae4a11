"""Issue New License: four steps in one view. It keeps what was selected while the user looks elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from jpmanage_tui.account.session import Session
from jpmanage_tui.rules.text import format_time, pluralize
from jpmanage_tui.services.issuing.order import IssuingStatus, Reviewed
from jpmanage_tui.services.issuing.planned_license import PlannedLicense
from jpmanage_tui.services.issuing.run import IssueItem, IssueRun, Place
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.services.undo import undo_stack
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.dialogs.under_way import NO_MORE
from jpmanage_tui.ui.sections.base import LicensesIssued
from jpmanage_tui.ui.sections.issue import page_rows as pages
from jpmanage_tui.ui.sections.issue.actions import IssueActions
from jpmanage_tui.ui.sections.issue.commands import ISSUE
from jpmanage_tui.ui.sections.issue.data import (
    CatalogFailed,
    CatalogLoaded,
    SiteProductsLoaded,
    StatusLoaded,
)
from jpmanage_tui.ui.sections.issue.header import StepLine, WizardStep
from jpmanage_tui.ui.sections.issue.page_list import PageList, Row
from jpmanage_tui.ui.sections.issue.products_pane import ProductsPane
from jpmanage_tui.ui.sections.issue.results import RunUnderWay, headline, result_rows, run_progress

if TYPE_CHECKING:
    from jpmanage_tui.ui.dialogs.under_way import Ongoing


class IssueSection(IssueActions):
    """Pick products, choose a site or not, review, issue."""

    COMMAND_SET = ISSUE
    DEFAULT_CSS = "IssueSection { layout: vertical; }"

    class RunChanged(Message):
        """Something of the run began or ended."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._retry = Retry(self, self.loader.load_catalog)
        self._told = True
        self._showing = False
        self._kept: set[int] = set()
        """The journal's numbers of the assignings that can be undone."""
        self._seen = False
        """Whether the result was on the screen since its run has ended."""

    def compose(self) -> ComposeResult:
        """Compose the steps, the products, and the page of the later steps."""
        yield StepLine()
        yield ProductsPane(self.order)
        yield PageList(id="issue-page")

    def on_mount(self) -> None:
        """Take up what was selected before, and ask for the catalog."""
        self.order.selection = Selection.decode(self.jpmanage.issue_selection)
        self._show()
        self.loader.load_catalog()
        self.check_status()

    def on_unmount(self) -> None:
        """Begin nothing more: the account is being closed."""
        if self.run is not None and self.run.running:
            self.run.stop()

    def focus_first(self) -> None:
        """The list of the step has the focus; where a card was missing, that is looked at again."""
        self._note_seen()
        (self.pane.products if self.step is WizardStep.PRODUCTS else self.page).focus()
        if (
            self.step is not WizardStep.RESULT
            and self.order.status is not None
            and self.order.status.needs_card
        ):
            self.check_status()

    # -- what to show --------------------------------------------------------------------

    def _show(self) -> None:
        self.query_one(StepLine).show_step(self.step, self.order.quote)
        self.pane.display = self.step is WizardStep.PRODUCTS
        self.page.display = self.step is not WizardStep.PRODUCTS
        if self.step is WizardStep.PRODUCTS:
            self.pane.show()
        else:
            self.page.show_rows(self._rows())
        self._tell()

    def _rows(self) -> list[Row]:
        order = self.order
        if self.step is WizardStep.RESULT and self.run is not None:
            return result_rows(self.run)
        if self.step is WizardStep.SITE:
            return pages.site_rows(order.chosen, order.slots)
        return pages.review_rows(order.quote, order.chosen, order.slots, order.status)

    def show_step(self) -> None:
        """Show the step that one is on now, from its first line."""
        self.page.cursor = 0
        self._show()
        (self.pane.products if self.step is WizardStep.PRODUCTS else self.page).focus()

    @on(ProductsPane.Changed)
    def _tell(self) -> None:
        self.post_message(self.StatusChanged())

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again for the catalog, and for what the review needs to know."""
        self._retry.answered()
        self.loader.load_catalog()
        if self.step is WizardStep.REVIEW:
            self.check_status()
        if self.order.chosen is not None and self.step is not WizardStep.RESULT:
            self.loader.load_owned(self.order.chosen.site)

    @on(CatalogLoaded)
    def _catalog_loaded(self, message: CatalogLoaded) -> None:
        self.clear_load_error()
        self.order.take_families(message.families, datetime.now(UTC))
        self._retry.answered()
        self._show()

    @on(CatalogFailed)
    def _catalog_failed(self, message: CatalogFailed) -> None:
        self.order.error = message.error
        self.report_load_error(aged_error_text(message.error, "Loading products", self.order.answered_at))
        self._retry.failed(message.error)
        self._show()

    def check_status(self) -> None:
        """Ask whether issuing is open."""
        if self.session.read_only:
            self.order.status = IssuingStatus(read_only=True)
        else:
            self.order.status = None
            self.loader.load_status()
        self._show()

    @on(StatusLoaded)
    def _status_loaded(self, message: StatusLoaded) -> None:
        self.take_status(message.status)

    def take_status(self, status: IssuingStatus) -> None:
        """Take over whether issuing is open."""
        self.order.take_status(status)
        self._show()

    @on(SiteProductsLoaded)
    def _site_products_loaded(self, message: SiteProductsLoaded) -> None:
        self.order.take_owned(message.blog_id, message.owned, message.error)
        self._show()

    # -- choosing ------------------------------------------------------------------------

    def select(self, selection: Selection) -> None:
        """Take over another selection; the app keeps it too, so that a new session finds it."""
        self.order.selection = selection
        self.jpmanage.issue_selection = selection.encode()
        self._show()

    # -- issuing -------------------------------------------------------------------------

    def begin_run(self, reviewed: Reviewed) -> None:
        """Issue what was confirmed. The selection is used up: what fails is tried again from the result."""
        order, chosen = self.order, reviewed.chosen
        place = Place(chosen.site.blog_id, chosen.name) if chosen is not None else None
        queue = self.session.queue
        self.run = IssueRun(queue, reviewed.slots, place, reviewed.catalog, self._run_changed)
        self.send(card_just_added=reviewed.card_just_added)
        order.card_was_missing, order.chosen = False, None
        if order.selection == reviewed.selection:
            self.select(Selection())
        self.go(WizardStep.RESULT)

    def send(self, *, card_just_added: bool) -> None:
        """Start the run, or start it again for what is left of it."""
        if self.run is not None and not self.run.running:
            self._told = self._seen = False
            self.run.start(card_just_added=card_just_added)

    def assign(self, run: IssueRun, slots: Mapping[IssueItem, PlannedLicense], place: Place) -> None:
        """Assign licenses of a run, which does not go on, to a site; it is shown again where another one was begun."""
        if self.run is not run:
            self.run = run
            self.go(WizardStep.RESULT)
        self._told = self._seen = False
        run.assign(slots, place)

    def _run_changed(self) -> None:
        if self.is_attached and not self._showing:
            self._showing = True  # one message shows all that changed until it is handled
            self.post_message(self.RunChanged())

    @on(RunChanged)
    def _show_run(self) -> None:
        self._showing = False
        run = self.run
        if run is None:
            return
        if self.step is WizardStep.RESULT:
            self._show()
        if not run.running:
            self._keep_for_undo(run)
        if not run.running and not self._told:
            self._told = True
            self._note_seen()
            self.notify(
                f"Issue New License: {headline(run)}",
                severity="success" if run.complete else "warning",
                outcome=True,
            )
            self.tell_others()

    def _keep_for_undo(self, run: IssueRun) -> None:
        """Let be undone what was assigned, once it is known to have happened."""
        outcomes = [job.assign.outcome for job in run.jobs if job.assign.happened]
        fresh = [one for one in outcomes if one is not None and one.entry_id not in self._kept]
        self._kept.update(one.entry_id for one in fresh if one.entry_id is not None)
        if fresh:
            from jpmanage_tui.ui.sections.licenses.changes import done_of

            undo_stack(self.session).add(done_of(fresh, {}))

    def _note_seen(self) -> None:
        """Note whether the result of a run that has ended is on the screen."""
        ended = self.run is not None and not self.run.running
        self._seen = ended and (self._seen or (self.shown and self.step is WizardStep.RESULT))

    def tell_others(self) -> None:
        """Let the sections that show licenses ask for them again: the one that is shown at once."""
        issued = self.run.issued if self.run is not None else ()
        self.post_message(LicensesIssued([job.key for job in issued if job.key is not None]))

    def opened_by_command(self) -> None:
        """Open once more, by the command that issues: what was issued, and seen to be, makes room for a new selection.

        A result that has not been on the screen yet, or of which something is left to do, is shown first; asked for
        from there, a new selection begins all the same.
        """
        run = self.run
        if self.step is not WizardStep.RESULT or (run is not None and run.running):
            return
        if run is None or self.shown or (run.complete and self._seen):
            self.start_over()

    # -- status --------------------------------------------------------------------------

    def unfinished(self) -> str | None:
        """Return that licenses are being issued, or are selected and not issued yet; None when neither is so."""
        if self.run is None or not self.run.running:
            count = self.order.selection.licenses
            are = "is" if count == 1 else "are"
            return f"{pluralize(count, 'license')} {are} selected and not issued." if count else None
        return f"{run_progress(self.run)} {NO_MORE}"

    def ongoing(self) -> Ongoing | None:
        """Return the run, which goes on while one looks elsewhere."""
        return RunUnderWay(self.run) if self.run is not None and self.run.running else None

    def summary(self) -> str:
        """Return what is shown, and how old it is where it could not be refreshed."""
        order = self.order
        if self.step is not WizardStep.PRODUCTS or order.answered_at is None:
            return ""
        count = self.pane.products.position[1]
        words = pluralize(count, "product")
        if self.pane.text:
            words += (
                f" {'matches' if count == 1 else 'match'} “{self.pane.text}”, plans by what they contain too"
            )
        if order.error is not None:
            words += f" — as of {format_time(order.answered_at)}, could not be refreshed"
        return words

    def progress(self) -> str | None:
        """Return what is being waited for."""
        waiting = self.order.answered_at is None and self.order.error is None
        return "Loading products…" if waiting else None

    def counter(self) -> str:
        """Return where the cursor is."""
        if not self.is_mounted or self.step is not WizardStep.PRODUCTS:
            return ""
        here, whole = self.pane.products.position
        return f"{here}/{whole}" if whole else ""
