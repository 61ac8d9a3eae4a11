"""The actions of Issue New License: from step to step, dialogs, the queue, the clipboard."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.rules.licenses import multisites_hidden
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.order import ChosenSite, IssuingStatus, Order, Reviewed
from jpmanage_tui.services.issuing.planned_license import PlannedLicense, hides_multisites, site_candidates
from jpmanage_tui.services.issuing.run import IssueItem, IssueRun, Place
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.services.undo import undo_stack
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import error_text, keyless_error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.sections.base import LeaveSection, OpenSection, Section
from jpmanage_tui.ui.sections.issue import text
from jpmanage_tui.ui.sections.issue.data import IssueLoader
from jpmanage_tui.ui.sections.issue.header import WizardStep
from jpmanage_tui.ui.sections.issue.page_list import PageList
from jpmanage_tui.ui.sections.issue.page_rows import SiteChoice
from jpmanage_tui.ui.sections.issue.products_pane import ProductsPane
from jpmanage_tui.ui.sections.issue.quantity_dialog import QuantityDialog
from jpmanage_tui.ui.sections.licenses.changes import LicenseChanger

RUNNING = "It is still running."
_ELSEWHERE = {
    WizardStep.PRODUCTS: "This works where products are chosen.",
    WizardStep.SITE: "This works where the site is chosen.",
    WizardStep.REVIEW: "This works on the review.",
    WizardStep.RESULT: "This works on the result.",
}


class IssueActions(Section):
    """What the commands of Issue New License do, and why one cannot be done now."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.order = Order()
        self.step = WizardStep.PRODUCTS
        """The step that is shown."""
        self.run: IssueRun | None = None
        self.loader = IssueLoader(self, session.client, session.has_user)
        self._changer = LicenseChanger(self, self._start, lambda _outcomes, _looking: self.tell_others())

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
        """The license under the cursor of the result."""
        target = self.page.target if self.step is WizardStep.RESULT else None
        return target if isinstance(target, IssueItem) else None

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run what an action does beside the screen; nothing cancels it."""
        self.run_worker(work, group="issue-flow", exclusive=False, exit_on_error=False)

    # -- what the section does with it -----------------------------------------------------

    def show_step(self) -> None:
        """Show the step that one is on now, from its first line."""
        raise NotImplementedError

    def select(self, selection: Selection) -> None:
        """Take over another selection."""
        raise NotImplementedError

    def check_status(self) -> None:
        """Ask whether issuing is open."""
        raise NotImplementedError

    def take_status(self, status: IssuingStatus) -> None:
        """Take over whether issuing is open."""
        raise NotImplementedError

    def begin_run(self, reviewed: Reviewed) -> None:
        """Issue what was confirmed."""
        raise NotImplementedError

    def send(self, *, card_just_added: bool) -> None:
        """Start the run, or start it again for what is left of it."""
        raise NotImplementedError

    def assign(self, run: IssueRun, slots: Mapping[IssueItem, PlannedLicense], place: Place) -> None:
        """Assign licenses of a run, which does not go on, to a site."""
        raise NotImplementedError

    def tell_others(self) -> None:
        """Let the sections that show licenses ask for them again."""
        raise NotImplementedError

    # -- from step to step -----------------------------------------------------------------

    def go(self, step: WizardStep) -> None:
        """Show a step."""
        self.step = step
        self.show_step()

    @property
    def leads_to_card(self) -> bool:
        """Whether enter on the review leads to the payment methods, since without a valid one nothing is issued."""
        status = self.order.status
        return self.step is WizardStep.REVIEW and status is not None and status.needs_card

    def action_issue_next(self) -> None:
        """Take the next step. With nothing selected the product under the cursor is taken."""
        if self.leads_to_card:
            self.post_message(OpenSection("payment-methods"))
        elif self.step is WizardStep.REVIEW:
            self._start(self._issue())
        elif self.step is WizardStep.SITE:
            where, chosen = self.page.target, self.order.chosen
            if where is SiteChoice.LATER:
                self._review(None)
            elif where is SiteChoice.SITE and chosen is not None:
                self._review(chosen)
            else:
                self._start(self._pick_site())
        else:
            if not self.order.selection:
                self.select(self.order.selection.toggled(self.pane.pick))
            if self.order.selection.has_singles:
                self.go(WizardStep.SITE)
            else:
                self._review(None)

    def issue_next_disabled_reason(self) -> str | None:
        """Return why enter cannot go on, None when it can."""
        if self.step is WizardStep.PRODUCTS:
            some = self.order.selection or self.pane.products.current is not None
            return None if some else "Choose a product first."
        if self.step is WizardStep.RESULT:
            return f"This is the last step; esc leaves, {key_for('issue-again')} begins anew."
        if self.step is WizardStep.REVIEW:
            return None if self.leads_to_card else text.blocker_text(self.order)
        return None

    def issue_next_label(self) -> str:
        """Return what enter does here, in a word or two."""
        if self.step is WizardStep.PRODUCTS:
            selection = self.order.selection
            singles = selection.has_singles or (not selection and self.pane.in_size == 1)
            return "Site" if singles else "Review"
        if self.step is WizardStep.REVIEW:
            return "Payment Methods" if self.leads_to_card else "Issue"
        return "Review" if self.step is WizardStep.SITE else "Next"

    def _review(self, chosen: ChosenSite | None) -> None:
        self.order.chosen = chosen
        self.go(WizardStep.REVIEW)
        self.check_status()

    def step_back(self) -> bool:
        """Leave the field, clear the search, go one step back; from the first and the last step leave the view."""
        if self.step is WizardStep.REVIEW and self.order.selection.has_singles:
            self.go(WizardStep.SITE)
        elif self.step in (WizardStep.REVIEW, WizardStep.SITE):
            self.go(WizardStep.PRODUCTS)
        elif self.step is WizardStep.RESULT or not self.pane.step_back():
            self.post_message(LeaveSection())
        self.post_message(self.StatusChanged())
        return True

    # -- products ------------------------------------------------------------------------

    def action_issue_choose(self) -> None:
        """Select the product under the cursor, or take it out, and go one down."""
        self.select(self.order.selection.toggled(self.pane.pick))
        self.pane.products.move(1)

    def issue_choose_disabled_reason(self) -> str | None:
        """Return that there is no product to work on."""
        if self.step is not WizardStep.PRODUCTS:
            return _ELSEWHERE[WizardStep.PRODUCTS]
        return None if self.pane.products.current is not None else "No product is under the cursor."

    def _add(self, count: int) -> None:
        selection, pick = self.order.selection, self.pane.pick
        self.select(selection.with_count(pick, selection.count(pick) + count))

    def action_issue_more(self) -> None:
        """Select one more of the product under the cursor."""
        self._add(1)

    def issue_more_disabled_reason(self) -> str | None:
        """Return that there is no product to work on."""
        return self.issue_choose_disabled_reason()

    def action_issue_fewer(self) -> None:
        """Select one fewer of the product under the cursor."""
        self._add(-1)

    def issue_fewer_disabled_reason(self) -> str | None:
        """Return that there is none to take out."""
        reason = self.issue_choose_disabled_reason()
        if reason is None and not self.order.selection.count(self.pane.pick):
            return "None of this product is selected."
        return reason

    def action_issue_quantity(self) -> None:
        """Ask how many of the product under the cursor."""
        self._start(self._ask_quantity())

    def issue_quantity_disabled_reason(self) -> str | None:
        """Return that there is no product to work on."""
        return self.issue_choose_disabled_reason()

    def _elsewhere(self, step: WizardStep) -> str | None:
        return None if self.step is step else _ELSEWHERE[step]

    def action_issue_search(self) -> None:
        """Show the search field."""
        self.pane.open_search()

    def issue_search_disabled_reason(self) -> str | None:
        """Return that products are chosen on another step."""
        return self._elsewhere(WizardStep.PRODUCTS)

    def action_step_size(self, step: int) -> None:
        """Show the next size (1) or the one before (-1)."""
        self.pane.step_size(step)

    def step_size_disabled_reason(self, _step: int) -> str | None:
        """Return that products are chosen on another step."""
        return self._elsewhere(WizardStep.PRODUCTS)

    def action_issue_clear(self) -> None:
        """Take everything out of the selection, after asking."""
        self._start(self._clear())

    def issue_clear_disabled_reason(self) -> str | None:
        """Return that there is nothing to take out."""
        if self.step is not WizardStep.PRODUCTS:
            return _ELSEWHERE[WizardStep.PRODUCTS]
        return None if self.order.selection else "Nothing is selected."

    # -- site ----------------------------------------------------------------------------

    def action_issue_site(self) -> None:
        """Choose the site; on the result, assign what was issued."""
        self._start(self._assign() if self.step is WizardStep.RESULT else self._pick_site())

    def issue_site_disabled_reason(self) -> str | None:
        """Return why no site can be chosen now."""
        if self.step is WizardStep.RESULT and self.run is not None:
            if self.run.running:
                return RUNNING
            return None if self.run.assignable else "No single license that was issued here is unassigned."
        if self.step not in (WizardStep.SITE, WizardStep.REVIEW):
            return _ELSEWHERE[WizardStep.SITE]
        singles = self.order.selection.has_singles
        return None if singles else "The licenses of a bundle are assigned one by one, from the list."

    def issue_site_label(self) -> str:
        """Return what is done with the site."""
        return "Assign License" if self.step is WizardStep.RESULT else "Choose site"

    # -- the result ----------------------------------------------------------------------

    def action_issue_stop(self) -> None:
        """Begin no further license."""
        if self.run is not None:
            self.run.stop()

    def issue_stop_disabled_reason(self) -> str | None:
        """Return that nothing is running."""
        return None if self.run is not None and self.run.running else "Nothing is running."

    def action_issue_retry(self) -> None:
        """Send again what failed or was not begun."""
        self._start(self._retry_failed())

    def issue_retry_disabled_reason(self) -> str | None:
        """Return why nothing can be sent again."""
        if self.session.read_only:
            return text.READ_ONLY
        if self.run is None or self.step is not WizardStep.RESULT:
            return _ELSEWHERE[WizardStep.RESULT]
        if self.run.running:
            return RUNNING
        return None if self.run.retryable else "There is nothing to send again."

    def action_issue_look(self) -> None:
        """Look up again what became of the license under the cursor."""
        self._start(self._look_up())

    def issue_look_disabled_reason(self) -> str | None:
        """Return that there is nothing to look up."""
        if self.step is not WizardStep.RESULT:
            return _ELSEWHERE[WizardStep.RESULT]
        return None if self.job is not None and self.job.unknown else "The fate of this license is known."

    def action_issue_copy(self) -> None:
        """Copy the code of the license under the cursor."""
        self._start(self._copy())

    def issue_copy_disabled_reason(self) -> str | None:
        """Return that there is no code."""
        if self.step is not WizardStep.RESULT:
            return _ELSEWHERE[WizardStep.RESULT]
        job = self.job
        return None if job is not None and job.key is not None else "This license has no code yet."

    def action_issue_copy_all(self) -> None:
        """Copy every new code."""
        self._start(self._copy_all())

    def issue_copy_all_disabled_reason(self) -> str | None:
        """Return that there is no code."""
        if self.run is None or self.step is not WizardStep.RESULT:
            return _ELSEWHERE[WizardStep.RESULT]
        return None if any(job.key for job in self.run.jobs) else "No license is issued yet."

    def action_issue_download(self) -> None:
        """Get the download of the license under the cursor."""
        self._start(self._download())

    def issue_download_disabled_reason(self) -> str | None:
        """Return that there is nothing to download."""
        reason, job = self.issue_copy_disabled_reason(), self.job
        if reason is None and job is not None and not job.to_download:
            return "This product has nothing to download."
        return reason

    def action_undo(self) -> None:
        """Ask, and undo what was assigned or unassigned last, here or on another screen."""
        self._start(self._changer.undo())

    def undo_disabled_reason(self) -> str | None:
        """Return why nothing can be undone."""
        if self.session.read_only:
            return text.READ_ONLY
        if self.run is not None and self.run.running:
            return RUNNING
        return undo_stack(self.session).why_not

    def action_issue_again(self) -> None:
        """Begin a new selection."""
        self.start_over()

    def issue_again_disabled_reason(self) -> str | None:
        """Return why no new selection can begin."""
        if self.run is None or self.step is not WizardStep.RESULT:
            return _ELSEWHERE[WizardStep.RESULT]
        return RUNNING if self.run.running else None

    def start_over(self) -> None:
        """Begin a new selection."""
        self.run = None
        self.go(WizardStep.PRODUCTS)

    # -- choosing --------------------------------------------------------------------------

    async def _ask_quantity(self) -> None:
        """Ask how many of the product under the cursor."""
        product, pick = self.pane.products.current, self.pane.pick
        if product is None:
            return
        name = product.name if pick.size == 1 else f"bundles of {pick.size} {product.name}"
        count = await self.app.push_screen_wait(QuantityDialog(name, self.order.selection.count(pick)))
        if count is not None:
            self.select(self.order.selection.with_count(pick, count))

    async def _clear(self) -> None:
        """Take everything out of the selection, after asking."""
        words = f"{pluralize(self.order.selection.licenses, 'license')} selected."
        question = Confirmation("Clear the selection?", [words], "Clear the selection", changes=False)
        if await self.app.push_screen_wait(ConfirmDialog(question)) is not None:
            self.select(Selection())

    async def _pick_site(self) -> None:
        """Choose the site for the licenses, and go on to the reself."""
        lines = self.order.quote.lines
        check = SiteCheck(self.session.client, site_candidates(lines), keyless_error_text)
        picker = SitePicker(
            self.session.client,
            "Assign the new licenses to which site?",
            not_multisite=hides_multisites(lines),
            check=check,
        )
        site = await self.app.push_screen_wait(picker)
        if site is not None:
            self.loader.note_owned(site, check.products_on(site))
            self._review(ChosenSite(site))
            self.loader.load_owned(site)

    # -- issuing ---------------------------------------------------------------------------

    async def _issue(self) -> None:
        """Ask once more, naming count and cost, and issue what was asked about."""
        reviewed = self.order.reviewed()
        if await self.app.push_screen_wait(ConfirmDialog(text.issue_question(reviewed))) is not None:
            self.begin_run(reviewed)

    async def _assign(self) -> None:
        """Choose a site for what was issued here and is unassigned, ask, and assign what can go there."""
        run = self.run
        if run is None:
            return
        jobs = run.assignable
        what = jobs[0].slot.name if len(jobs) == 1 else pluralize(len(jobs), "license")
        hidden = multisites_hidden([job.key for job in jobs if job.key is not None])
        check = SiteCheck(self.session.client, [job.candidate for job in jobs], keyless_error_text)
        picker = SitePicker(
            self.session.client, f"Assign {what} to which site?", not_multisite=hidden, check=check
        )
        site = await self.app.push_screen_wait(picker)
        if site is None:
            return
        self.loader.note_owned(site, check.products_on(site))
        name = site_name(site.address)
        self.notify(f"Looking up what {name} has…")
        owned, error = await self.loader.owned(site)
        self.status_line.clear()
        slots = self.order.slots_for(jobs, owned)
        going = {job: slot for job, slot in slots.items() if slot.to_site}
        staying = [f"{slot.words}: {slot.why}" for slot in slots.values() if not slot.to_site]
        if not going:
            self.notify(f"None of them can go to {name}. {staying[0]}", severity="warning")
            return
        question = text.assign_question(going, staying, site, error)
        if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
            return
        if run.running or not all(job.may_assign for job in going):
            self.notify("Assign License: these licenses are being assigned already.", severity="warning")
            return
        self.assign(run, going, Place(site.blog_id, name))

    async def _retry_failed(self) -> None:
        """Send again what failed; first ask whether a card was added since, where that was the reason."""
        run = self.run
        if run is None or run.running:
            return
        added = False
        if run.needs_card:
            self.notify("Checking the payment method…")
            status = await self.loader.status()
            if self.run is not run or run.running:
                return  # it was begun anew meanwhile
            self.take_status(status)
            if status.needs_card:
                self.notify(
                    f"There is still no valid payment method: press {key_for('open-payment-methods')}, "
                    f"then {key_for('new-card')} to add one.",
                    severity="warning",
                )
                return
            added = status.error is None
        self.send(card_just_added=added)

    async def _look_up(self) -> None:
        """Look up again what became of the license under the cursor."""
        job, run = self.job, self.run
        if job is None or run is None:
            return
        self.notify("Looking…")
        try:
            outcome = await run.look_again(job)
        except (OperationError, KeyError) as error:
            self.notify(str(error), severity="error")
            return
        if outcome is not None:
            self.notify(outcome.sentence, severity="success" if outcome.happened else "warning", outcome=True)
            self.tell_others()

    # -- the codes -------------------------------------------------------------------------

    async def _copy(self) -> None:
        """Send the code of the license under the cursor to the clipboard."""
        job = self.job
        if job is not None and job.key is not None:
            await self.copy(job.key, job.key)

    async def _copy_all(self) -> None:
        """Send every new code to the clipboard."""
        run = self.run
        keys = [job.key for job in run.jobs if job.key is not None] if run is not None else []
        if keys:
            what = keys[0] if len(keys) == 1 else pluralize(len(keys), "license code")
            await self.copy("\n".join(keys), what)

    async def _download(self) -> None:
        """Ask where the download of the license under the cursor is, and show or open it."""
        job = self.job
        if job is None or job.key is None:
            return
        try:
            url = await self.session.client.licenses.download_url(job.key)
        except ApiError as error:
            self.notify(error_text(error, f"Download of {job.slot.name}"), severity="error")
            return
        await self.open_link(f"Download {job.slot.name}", url)
