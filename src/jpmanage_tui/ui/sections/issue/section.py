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
from jpmanage_tui.services.issuing.order import Gate, Order, Reviewed
from jpmanage_tui.services.issuing.planned_license import PlannedLicense
from jpmanage_tui.services.issuing.run import IssueItem, IssueRun, Place
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.dialogs.under_way import NO_MORE
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.issue import page_rows as pages
from jpmanage_tui.ui.sections.issue.actions import Flows
from jpmanage_tui.ui.sections.issue.commands import ISSUE
from jpmanage_tui.ui.sections.issue.data import FamiliesCame, FamiliesFailed, GateCame, OwnedCame, Reader
from jpmanage_tui.ui.sections.issue.header import Stage, StepLine
from jpmanage_tui.ui.sections.issue.page_list import PageList, Row
from jpmanage_tui.ui.sections.issue.products_pane import ProductsPane
from jpmanage_tui.ui.sections.issue.results import RunUnderWay, headline, result_rows, run_progress
from jpmanage_tui.ui.sections.issue.steps import Steps

if TYPE_CHECKING:
    from jpmanage_tui.ui.dialogs.under_way import Ongoing


class IssueSection(Section):
    """Pick products, choose a site or not, review, issue."""

    COMMANDS = ISSUE
    DEFAULT_CSS = "IssueSection { layout: vertical; }"

    class RunChanged(Message):
        """Something of the run began or ended."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.order = Order()
        self.steps: Steps = Steps(self)
        self.run: IssueRun | None = None
        self.flows: Flows = Flows(self)
        self.reader: Reader = Reader(self, session.client, session.has_user)
        self._retry = Retry(self, self.reader.want_families)
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
        """Take up what was selected before, and ask for the catalogue."""
        self.order.selection = Selection.decode(self.jpmanage.kept_selection)
        self._show()
        self.reader.want_families()
        self.check_gate()

    def on_unmount(self) -> None:
        """Begin nothing more: the account is being closed."""
        if self.run is not None and self.run.running:
            self.run.stop()

    # -- parts ---------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        """The step that is shown."""
        return self.steps.stage

    @property
    def pane(self) -> ProductsPane:
        """The first step."""
        return self.query_one(ProductsPane)

    @property
    def page(self) -> PageList:
        """The page of the later steps."""
        return self.query_one(PageList)

    @property
    def job(self) -> IssueItem | None:
        """The licence under the cursor of the result."""
        target = self.page.target if self.stage is Stage.RESULT else None
        return target if isinstance(target, IssueItem) else None

    def focus_first(self) -> None:
        """The list of the step has the focus; a gate that was shut is looked at again."""
        self._note_seen()
        (self.pane.products if self.stage is Stage.PRODUCTS else self.page).focus()
        if self.stage is not Stage.RESULT and self.order.gate is not None and self.order.gate.needs_card:
            self.check_gate()

    # -- what to show --------------------------------------------------------------------

    def _show(self) -> None:
        self.query_one(StepLine).show_step(self.stage, self.order.quote)
        self.pane.display = self.stage is Stage.PRODUCTS
        self.page.display = self.stage is not Stage.PRODUCTS
        if self.stage is Stage.PRODUCTS:
            self.pane.show()
        else:
            self.page.show_rows(self._rows())
        self._tell()

    def _rows(self) -> list[Row]:
        order = self.order
        if self.stage is Stage.RESULT and self.run is not None:
            return result_rows(self.run)
        if self.stage is Stage.SITE:
            return pages.site_rows(order.chosen, order.slots)
        return pages.review_rows(order.quote, order.chosen, order.slots, order.gate)

    def show_step(self) -> None:
        """Show the step that one is on now, from its first line."""
        self.page.cursor = 0
        self._show()
        (self.pane.products if self.stage is Stage.PRODUCTS else self.page).focus()

    @on(ProductsPane.Changed)
    def _tell(self) -> None:
        self.post_message(self.StatusChanged())

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again for the catalogue, and for what the review needs to know."""
        self._retry.answered()
        self.reader.want_families()
        if self.stage is Stage.REVIEW:
            self.check_gate()
        if self.order.chosen is not None and self.stage is not Stage.RESULT:
            self.reader.want_owned(self.order.chosen.site)

    @on(FamiliesCame)
    def _families_came(self, message: FamiliesCame) -> None:
        self.tell_recovered()
        self.order.take_families(message.families, datetime.now(UTC))
        self._retry.answered()
        self._show()

    @on(FamiliesFailed)
    def _families_failed(self, message: FamiliesFailed) -> None:
        self.order.error = message.error
        self.tell_trouble(aged_error_text(message.error, "Loading products", self.order.answered_at))
        self._retry.failed(message.error)
        self._show()

    def check_gate(self) -> None:
        """Ask whether issuing is open."""
        if self.session.read_only:
            self.order.gate = Gate(read_only=True)
        else:
            self.order.gate = None
            self.reader.want_gate()
        self._show()

    @on(GateCame)
    def _gate_came(self, message: GateCame) -> None:
        self.take_gate(message.gate)

    def take_gate(self, gate: Gate) -> None:
        """Take over whether issuing is open."""
        self.order.take_gate(gate)
        self._show()

    @on(OwnedCame)
    def _owned_came(self, message: OwnedCame) -> None:
        self.order.take_owned(message.blog_id, message.owned, message.error)
        self._show()

    # -- choosing ------------------------------------------------------------------------

    def select(self, selection: Selection) -> None:
        """Take over another selection; the app keeps it too, so that a new session finds it."""
        self.order.selection = selection
        self.jpmanage.kept_selection = selection.encode()
        self._show()

    def toggle(self) -> None:
        """Select the product under the cursor, or take it out, and go one down."""
        self.select(self.order.selection.toggled(self.pane.pick))
        self.pane.products.move(1)

    def add(self, count: int) -> None:
        """Select one more (1) or one fewer (-1) of the product under the cursor."""
        selection, pick = self.order.selection, self.pane.pick
        self.select(selection.with_count(pick, selection.count(pick) + count))

    def step_back(self) -> bool:
        """Take one step back; there always is one, out of the view at last."""
        self.steps.back()
        self._tell()
        return True

    # -- issuing -------------------------------------------------------------------------

    def begin_run(self, reviewed: Reviewed) -> None:
        """Issue what was confirmed. The selection is used up: what fails is tried again from the result."""
        order, chosen = self.order, reviewed.chosen
        place = Place(chosen.site.blog_id, chosen.name) if chosen is not None else None
        queue = self.session.queue
        self.run = IssueRun(queue, reviewed.slots, place, reviewed.catalogue, self._run_changed)
        self.send(card_just_added=reviewed.card_just_added)
        order.was_shut, order.chosen = False, None
        if order.selection == reviewed.selection:
            self.select(Selection())
        self.steps.go(Stage.RESULT)

    def send(self, *, card_just_added: bool) -> None:
        """Start the run, or start it again for what is left of it."""
        if self.run is not None and not self.run.running:
            self._told = self._seen = False
            self.run.start(card_just_added=card_just_added)

    def assign(self, run: IssueRun, slots: Mapping[IssueItem, PlannedLicense], place: Place) -> None:
        """Assign licenses of a run, which does not go on, to a site; it is shown again where another one was begun."""
        if self.run is not run:
            self.run = run
            self.steps.go(Stage.RESULT)
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
        if self.stage is Stage.RESULT:
            self._show()
        if not run.running:
            self._keep_for_undo(run)
        if not run.running and not self._told:
            self._told = True
            self._note_seen()
            self.jpmanage.say(
                f"Issue New License: {headline(run)}", "good" if run.complete else "warning", outcome=True
            )
            self.tell_others()

    def _keep_for_undo(self, run: IssueRun) -> None:
        """Let be undone what was assigned, once it is known to have happened."""
        outcomes = [job.assign.outcome for job in run.jobs if job.assign.happened]
        fresh = [one for one in outcomes if one is not None and one.entry_id not in self._kept]
        self._kept.update(one.entry_id for one in fresh if one.entry_id is not None)
        if fresh:
            from jpmanage_tui.ui.sections.licenses.changing import done_of

            self.session.undos.add(done_of(fresh, {}))

    def _note_seen(self) -> None:
        """Note whether the result of a run that has ended is on the screen."""
        ended = self.run is not None and not self.run.running
        self._seen = ended and (self._seen or (self.shown and self.stage is Stage.RESULT))

    def tell_others(self) -> None:
        """Let the sections that show licences ask for them again: the one that is shown at once."""
        main = self.jpmanage.main
        main.outdate([job.key for job in self.run.issued if job.key is not None] if self.run else [])
        if main.current in ("licenses", "billing") and main.view is not None:
            main.view.reload()

    def reopen(self) -> None:
        """Open once more, by the command that issues: what was issued, and seen to be, makes room for a new selection.

        A result that has not been on the screen yet, or of which something is left to do, is shown first; asked for
        from there, a new selection begins all the same.
        """
        run = self.run
        if self.stage is not Stage.RESULT or (run is not None and run.running):
            return
        if run is None or self.shown or (run.complete and self._seen):
            self.start_over()

    def start_over(self) -> None:
        """Begin a new selection."""
        self.run = None
        self.steps.go(Stage.PRODUCTS)

    # -- status --------------------------------------------------------------------------

    def unfinished(self) -> str | None:
        """Return that licences are being issued, or are selected and not issued yet; None when neither is so."""
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
        if self.stage is not Stage.PRODUCTS or order.answered_at is None:
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
        if not self.is_mounted or self.stage is not Stage.PRODUCTS:
            return ""
        here, whole = self.pane.products.position
        return f"{here}/{whole}" if whole else ""
