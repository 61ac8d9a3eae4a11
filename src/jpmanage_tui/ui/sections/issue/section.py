"""Issue New License: four steps in one view. It keeps what was selected while the user looks elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import ProductId
from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.text import counted, format_time, matching, pluralize
from jpmanage_tui.services.issuing.order import IssuingStatus, Reviewed
from jpmanage_tui.services.issuing.planned_license import PlannedLicense
from jpmanage_tui.services.issuing.run import IssueItem, IssueRun, TargetSite
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.services.undo import undo_stack
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.dialogs.under_way import NO_MORE
from jpmanage_tui.ui.sections.issue import pages
from jpmanage_tui.ui.sections.issue.actions import IssueActions
from jpmanage_tui.ui.sections.issue.commands import ISSUE
from jpmanage_tui.ui.sections.issue.data import Part, issuing_status
from jpmanage_tui.ui.sections.issue.page_list import PageList, Row
from jpmanage_tui.ui.sections.issue.products_pane import ProductsPane
from jpmanage_tui.ui.sections.issue.steps import StepLine, WizardStep
from jpmanage_tui.ui.sections.issue.text import headline, result_words, run_progress

if TYPE_CHECKING:
    from jpmanage_tui.ui.dialogs.under_way import Ongoing


class RunUnderWay:
    """A run, for who leaves its account: how it stands, and how it is stopped."""

    def __init__(self, run: IssueRun) -> None:
        self._run = run

    def words(self) -> str:
        """Return what is still to be begun."""
        return run_progress(self._run)

    def stop(self) -> None:
        """Begin nothing more; what is on its way is finished."""
        self._run.stop()

    @property
    def over(self) -> bool:
        """Whether it has ended; a look at what became of the last one does not hold up who has stopped it."""
        run = self._run
        return not run.running or (run.stopping and any(item.looking for item in run.items))

    async def finished(self) -> None:
        """Wait until it has ended."""
        await self._run.finished()

    def result(self) -> tuple[str, bool]:
        """Return how it ended."""
        return f"Issue New License: {result_words(self._run)}", self._run.complete


class IssueSection(IssueActions):
    """Pick products, choose a site or not, review, issue."""

    COMMANDS = ISSUE
    DEFAULT_CSS = "IssueSection { layout: vertical; }"

    class RunChanged(Message):
        """Something of the run began or ended."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._result_announced = True
        self._run_changed_posted = False
        self._undoable: set[int] = set()
        """The journal's numbers of the assignings that can be undone."""
        self._result_seen = False
        """Whether the result was on the screen since its run has ended."""

    def compose(self) -> ComposeResult:
        """Compose the steps, the products, and the page of the later steps."""
        yield StepLine()
        yield ProductsPane(self.order, self.loader)
        yield PageList(id="issue-page")

    def on_mount(self) -> None:
        """Take up what was selected before, and ask for the catalog."""
        self.order.selection = Selection.decode(self.jpmanage.kept_selection)
        self._show()
        self.load_catalog()
        self.check_status()

    def on_unmount(self) -> None:
        """Begin nothing more: the account is being closed."""
        if self.run is not None and self.run.running:
            self.run.stop()

    def focus_first(self) -> None:
        """The list of the step has the focus; where a card was missing, that is looked at again."""
        self._update_result_seen()
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
        self._status_changed()

    def _rows(self) -> list[Row]:
        order = self.order
        if self.step is WizardStep.RESULT and self.run is not None:
            return pages.result_rows(self.run)
        if self.step is WizardStep.SITE:
            return pages.site_rows(order.chosen, order.planned_licenses)
        return pages.review_rows(order.quote, order.chosen, order.planned_licenses, order.status)

    def show_step(self) -> None:
        """Show the step that one is on now, from its first line."""
        self.page.cursor = 0
        self._show()
        (self.pane.products if self.step is WizardStep.PRODUCTS else self.page).focus()

    @on(ProductsPane.Changed)
    def _status_changed(self) -> None:
        self.post_message(self.StatusChanged())

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again for the catalog, and for what the review needs to know."""
        self.loader.reset_retries()
        self.load_catalog()
        if self.step is WizardStep.REVIEW:
            self.check_status()
        if self.order.chosen is not None and self.step is not WizardStep.RESULT:
            self.load_site_products(self.order.chosen.site)

    def load_catalog(self) -> None:
        """Ask for the catalog with the partner's prices."""
        self.loader.load(Part.CATALOG, self.session.client.products.partner_families, self._catalog_loaded)

    def _catalog_loaded(self, families: ReadRows[ProductFamily]) -> None:
        self.tell_recovered()
        self.order.set_catalog(families)
        self._show()

    def load_failed(self, part: Part, error: ApiError) -> None:
        """Tell that the catalog could not be read; the errors of the other parts are in their answers."""
        self.tell_trouble(aged_error_text(error, part.value, self.loader.answered.get(part)))
        self._show()

    def check_status(self) -> None:
        """Ask whether issuing is open."""
        if self.session.read_only:
            self.order.status = IssuingStatus(read_only=True)
        else:
            self.order.status = None
            read = partial(issuing_status, self.session.client, self.session.has_user)
            self.loader.load(Part.STATUS, read, self.set_status)
        self._show()

    def set_status(self, status: IssuingStatus) -> None:
        """Take over whether issuing is open."""
        self.order.set_status(status)
        self._show()

    def load_site_products(self, site: Site) -> None:
        """Ask which products the chosen site has."""

        def loaded(answer: tuple[frozenset[ProductId], ApiError | None]) -> None:
            self.order.set_site_products(site.blog_id, *answer)
            self._show()

        self.loader.load(Part.SITE, partial(self.products_of, site), loaded)

    # -- choosing ------------------------------------------------------------------------

    def select(self, selection: Selection) -> None:
        """Take over another selection; the app keeps it too, so that a new session finds it."""
        self.order.selection = selection
        self.jpmanage.kept_selection = selection.encode()
        self._show()

    # -- issuing -------------------------------------------------------------------------

    def begin_run(self, reviewed: Reviewed) -> None:
        """Issue what was confirmed. The selection is used up: what fails is tried again from the result."""
        order, chosen = self.order, reviewed.chosen
        site = TargetSite(chosen.site.blog_id, chosen.name) if chosen is not None else None
        queue = self.session.queue
        self.run = IssueRun(queue, reviewed.planned_licenses, site, reviewed.catalog, self._run_changed)
        self.send(card_just_added=reviewed.card_just_added)
        order.card_was_missing, order.chosen = False, None
        if order.selection == reviewed.selection:
            self.select(Selection())
        self.go(WizardStep.RESULT)

    def send(self, *, card_just_added: bool) -> None:
        """Start the run, or start it again for what is left of it."""
        if self.run is not None and not self.run.running:
            self._result_announced = self._result_seen = False
            self.run.start(card_just_added=card_just_added)

    def assign(
        self, run: IssueRun, planned_licenses: Mapping[IssueItem, PlannedLicense], site: TargetSite
    ) -> None:
        """Assign licenses of a run, which does not go on, to a site; it is shown again where another one was begun."""
        if self.run is not run:
            self.run = run
            self.go(WizardStep.RESULT)
        self._result_announced = self._result_seen = False
        run.assign(planned_licenses, site)

    def _run_changed(self) -> None:
        if self.is_attached and not self._run_changed_posted:
            self._run_changed_posted = True  # one message shows all that changed until it is handled
            self.post_message(self.RunChanged())

    @on(RunChanged)
    def _show_run(self) -> None:
        self._run_changed_posted = False
        run = self.run
        if run is None:
            return
        if self.step is WizardStep.RESULT:
            self._show()
        if not run.running:
            self._keep_for_undo(run)
        if not run.running and not self._result_announced:
            self._result_announced = True
            self._update_result_seen()
            self.jpmanage.notify(
                f"Issue New License: {headline(run)}",
                severity="success" if run.complete else "warning",
                outcome=True,
            )
            self.reload_license_lists()

    def _keep_for_undo(self, run: IssueRun) -> None:
        """Let be undone what was assigned, once it is known to have happened."""
        outcomes = [item.assign.outcome for item in run.items if item.assign.happened]
        fresh = [one for one in outcomes if one is not None and one.entry_id not in self._undoable]
        self._undoable.update(one.entry_id for one in fresh if one.entry_id is not None)
        if fresh:
            from jpmanage_tui.ui.sections.licenses.changes import done_of

            undo_stack(self.session).add(done_of(fresh, {}))

    def _update_result_seen(self) -> None:
        """Note whether the result of a run that has ended is on the screen."""
        ended = self.run is not None and not self.run.running
        self._result_seen = ended and (self._result_seen or (self.shown and self.step is WizardStep.RESULT))

    def reload_license_lists(self) -> None:
        """Let the sections that show licenses ask for them again: the one that is shown at once."""
        main = self.jpmanage.main
        main.outdate([item.key for item in self.run.issued if item.key is not None] if self.run else [])
        if main.current in ("licenses", "billing") and main.view is not None:
            main.view.reload()

    def reopen(self) -> None:
        """Open once more, by the command that issues: what was issued, and seen to be, makes room for a new selection.

        A result that has not been on the screen yet, or of which something is left to do, is shown first; asked for
        from there, a new selection begins all the same.
        """
        run = self.run
        if self.step is not WizardStep.RESULT or (run is not None and run.running):
            return
        if run is None or self.shown or (run.complete and self._result_seen):
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
        as_of = self.loader.answered.get(Part.CATALOG)
        if self.step is not WizardStep.PRODUCTS or as_of is None:
            return ""
        count, searched = self.pane.products.count_words, self.pane.text
        words = counted(count, "product")
        if searched:
            words = f"{matching(count, 'product', searched)}, plans by what they contain too"
        if Part.CATALOG in self.loader.errors:
            words += f" — as of {format_time(as_of)}, could not be refreshed"
        return words

    def progress(self) -> str | None:
        """Return what is being waited for."""
        waiting = not self.order.has_catalog and Part.CATALOG not in self.loader.errors
        return f"{Part.CATALOG.value}…" if waiting else None

    def counter(self) -> str:
        """Return where the cursor is."""
        if not self.is_mounted or self.step is not WizardStep.PRODUCTS:
            return ""
        products = self.pane.products
        return f"{products.position}/{products.count_words}" if products.position else ""
