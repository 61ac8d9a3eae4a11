"""The result of Issue New License: the run of what was confirmed, and what can be done with what was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.operations.errors import READ_ONLY, OperationError
from jpmanage_tui.rules.licenses import multisites_hidden
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.order import Reviewed
from jpmanage_tui.services.issuing.run import IssueItem, IssueRun, TargetSite
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.services.issuing.status import issuing_status
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.services.undo import undo_history
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import error_text, keyless_error_text
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.sections.base import LicensesIssued
from jpmanage_tui.ui.sections.issue import text
from jpmanage_tui.ui.sections.issue.steps import WizardStep
from jpmanage_tui.ui.sections.issue.text import headline
from jpmanage_tui.ui.sections.issue.wizard import ELSEWHERE, IssueWizard
from jpmanage_tui.ui.sections.licenses.changes import LicenseChanger

if TYPE_CHECKING:
    from jpmanage_tui.operations.run import Run
    from jpmanage_tui.operations.runner import RunEvent

RUNNING = "It is still running."


class IssueResult(IssueWizard):
    """Has what was confirmed issued by a run, and shows what becomes of it; leaving it does not stop the run."""

    class RunChanged(Message):
        """Something of the run began or ended."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._changer = LicenseChanger(self, lambda _outcomes, _unverified: self.reload_license_lists())
        self._result_announced = True
        self._known_done = 0
        """How many changes of the run were done when the lists of licenses were last told."""
        self._run_changed_posted = False
        self._result_seen = False
        """Whether the result was on the screen since its run has ended."""

    def heard_run(self, event: RunEvent) -> None:
        """Take over what happened to the run that is shown."""
        super().heard_run(event)
        if self.run is not None:
            self.run.take(event)

    def focus_first(self) -> None:
        """The list of the step has the focus; the result of a run that has ended is seen now."""
        self._update_result_seen()
        super().focus_first()

    def tells_end_of(self, run: Run) -> bool:
        """Return whether it is the run of which the result is shown here."""
        return self.run is not None and self.run.includes(run.id)

    @property
    def item(self) -> IssueItem | None:
        """The license under the cursor of the result."""
        target = self.page.target if self.step is WizardStep.RESULT else None
        return target if isinstance(target, IssueItem) else None

    # -- the run ----------------------------------------------------------------------------

    def begin_run(self, reviewed: Reviewed) -> None:
        """Issue what was confirmed. The selection is used up: what fails is tried again from the result."""
        order, chosen = self.order, reviewed.chosen
        site = TargetSite(chosen.site.blog_id, chosen.name) if chosen is not None else None
        runner, queue = self.session.runner, self.session.queue
        self.run = IssueRun(
            runner, queue, reviewed.planned_licenses, site, reviewed.catalog, self._run_changed
        )
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
            self.show()
        if not run.running and not self._result_announced:
            self._result_announced = True
            self._update_result_seen()
            self.notify(
                f"Issue New License: {headline(run)}",
                severity="success" if run.complete else "warning",
                outcome=True,
            )
            self.reload_license_lists()
        elif not run.running and self._known_done != run.done:  # what was looked up after its end
            self.reload_license_lists()

    def _update_result_seen(self) -> None:
        """Note whether the result of a run that has ended is on the screen."""
        ended = self.run is not None and not self.run.running
        self._result_seen = ended and (self._result_seen or (self.shown and self.step is WizardStep.RESULT))

    def reload_license_lists(self) -> None:
        """Let the sections that show licenses ask for them again: the one that is shown at once."""
        issued = self.run.issued if self.run is not None else ()
        self._known_done = self.run.done if self.run is not None else 0
        self.post_message(LicensesIssued([item.key for item in issued if item.key is not None]))

    def opened_by_command(self) -> None:
        """Open once more, by the command that issues: what was issued, and seen to be, makes room for a new selection.

        A result that has not been on the screen yet, or of which something is left to do, is shown first; asked for
        from there, a new selection begins all the same.
        """
        run = self.run
        if self.step is not WizardStep.RESULT or (run is not None and run.running):
            return
        if run is None or self.shown or (run.complete and self._result_seen):
            self.start_over()

    def start_over(self) -> None:
        """Begin a new selection."""
        self.run = None
        self.go(WizardStep.PRODUCTS)

    def unfinished(self) -> str | None:
        """Return that licenses are selected and not issued yet; None where none are, or they are being issued now."""
        count = self.order.selection.licenses
        are = "is" if count == 1 else "are"
        return f"{pluralize(count, 'license')} {are} selected and not issued." if count else None

    # -- actions, and why one cannot be done now --------------------------------------------

    def action_issue_stop(self) -> None:
        """Begin no further license."""
        if self.run is not None:
            self.run.stop()

    def issue_stop_disabled_reason(self) -> str | None:
        """Return that nothing is running."""
        return None if self.run is not None and self.run.running else "Nothing is running."

    def action_issue_retry(self) -> None:
        """Send again what failed or was not begun."""
        self.start_action(self._retry_failed())

    def issue_retry_disabled_reason(self) -> str | None:
        """Return why nothing can be sent again."""
        if self.session.read_only:
            return READ_ONLY
        if self.run is None or self.step is not WizardStep.RESULT:
            return ELSEWHERE[WizardStep.RESULT]
        if self.run.running:
            return RUNNING
        return None if self.run.retryable else "There is nothing to send again."

    async def _retry_failed(self) -> None:
        """Send again what failed; first ask whether a card was added since, where that was the reason."""
        run = self.run
        if run is None or run.running:
            return
        added = False
        if run.needs_card:
            self.notify("Checking the payment method…")
            status = await issuing_status(self.session.client, self.session.has_user)
            if self.run is not run or run.running:
                return  # it was begun anew meanwhile
            self.set_status(status)
            if status.needs_card:
                self.notify(
                    f"There is still no valid payment method: press {key_for('open-payment-methods')}, "
                    f"then {key_for('new-card')} to add one.",
                    severity="warning",
                )
                return
            added = status.error is None
        if await self._prices_confirmed(run):
            self.send(card_just_added=added)

    async def _prices_confirmed(self, run: IssueRun) -> bool:
        """Return whether what is left may be issued at today's prices: asks where they are not what was confirmed."""
        if any(item.to_issue for item in run.items):
            self.notify("Reading your prices…")
            try:
                changes = await run.price_changes(self.session.client.products.partner_families)
                self.status_line.clear()
                asked = [change for change in changes if change.asks]
                if asked:
                    count = sum(item.planned.size for item in run.items if item.to_issue)
                    question = text.price_question(asked, count)
                    if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
                        return False
                if self.run is not run or run.running:
                    return False  # it was begun anew meanwhile
                await run.confirm_prices(changes)
            except ApiError as error:
                failed = error_text(error, "Reading your prices")
                self.notify(f"{failed} Nothing was sent again.", severity="error")
                return False
            except OperationError as error:
                self.notify(error.sentence, severity="error")
                return False
        return self.run is run and not run.running

    def action_issue_look(self) -> None:
        """Look up again what became of the license under the cursor."""
        self.start_action(self._look_up())

    def issue_look_disabled_reason(self) -> str | None:
        """Return that there is nothing to look up."""
        unknown = self.item is not None and self.item.unknown
        return self.elsewhere_reason(WizardStep.RESULT) or (
            None if unknown else "Nothing to look up: the outcome for this license is known."
        )

    async def _look_up(self) -> None:
        """Look up again what became of the license under the cursor."""
        item, run = self.item, self.run
        if item is None or run is None:
            return
        self.notify("Looking…")
        try:
            outcome = await run.recheck(item)
        except (OperationError, KeyError) as error:
            self.notify(str(error), severity="error")
            return
        if outcome is not None:
            self.notify(outcome.sentence, severity="success" if outcome.happened else "warning", outcome=True)

    async def _assign_issued(self) -> None:
        """Choose a site for what was issued here and is unassigned, ask, and assign what can go there."""
        run = self.run
        if run is None:
            return
        items = run.assignable
        what = items[0].planned.name if len(items) == 1 else pluralize(len(items), "license")
        hidden = multisites_hidden([item.key for item in items if item.key is not None])
        check = SiteCheck(self.session.client, [item.candidate for item in items], keyless_error_text)
        picker = SitePicker(
            self.session.client, f"Assign {what} to which site?", not_multisite=hidden, check=check
        )
        site = await self.app.push_screen_wait(picker)
        if site is None:
            return
        self._products_by_site[site.blog_id] = check.products_on(site)
        name = site_name(site.address)
        self.notify(f"Looking up what {name} has…")
        owned, error = await self.products_of(site)
        self.status_line.clear()
        planned_licenses = self.order.plan_for_site(items, owned)
        going = {item: planned for item, planned in planned_licenses.items() if planned.to_site}
        staying = [
            f"{planned.words}: {planned.why}" for planned in planned_licenses.values() if not planned.to_site
        ]
        if not going:
            self.notify(f"None of them can go to {name}. {staying[0]}", severity="warning")
            return
        question = text.assign_question(going, staying, site, error)
        if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
            return
        if run.running or not all(item.may_assign for item in going):
            self.notify("Assign License: these licenses are being assigned already.", severity="warning")
            return
        if self.run is not run:  # another one was begun meanwhile: this one is shown again
            self.run = run
            self.go(WizardStep.RESULT)
        self._result_announced = self._result_seen = False
        run.assign(going, TargetSite(site.blog_id, name))

    def action_issue_copy(self) -> None:
        """Copy the code of the license under the cursor."""
        self.start_action(self._copy())

    def issue_copy_disabled_reason(self) -> str | None:
        """Return that there is no code."""
        has_code = self.item is not None and self.item.key is not None
        return self.elsewhere_reason(WizardStep.RESULT) or (
            None if has_code else "This license has no code yet."
        )

    async def _copy(self) -> None:
        """Send the code of the license under the cursor to the clipboard."""
        item = self.item
        if item is not None and item.key is not None:
            await self.copy(item.key, item.key)

    def action_issue_copy_all(self) -> None:
        """Copy every new code."""
        self.start_action(self._copy_all())

    def issue_copy_all_disabled_reason(self) -> str | None:
        """Return that there is no code."""
        if self.run is None or self.step is not WizardStep.RESULT:
            return ELSEWHERE[WizardStep.RESULT]
        return None if any(item.key for item in self.run.items) else "No license is issued yet."

    async def _copy_all(self) -> None:
        """Send every new code to the clipboard."""
        run = self.run
        keys = [item.key for item in run.items if item.key is not None] if run is not None else []
        if keys:
            what = keys[0] if len(keys) == 1 else pluralize(len(keys), "license code")
            await self.copy("\n".join(keys), what)

    def action_issue_download(self) -> None:
        """Get the download of the license under the cursor."""
        self.start_action(self._download())

    def issue_download_disabled_reason(self) -> str | None:
        """Return that there is nothing to download."""
        reason, item = self.issue_copy_disabled_reason(), self.item
        if reason is None and item is not None and not item.to_download:
            return "This product has nothing to download."
        return reason

    async def _download(self) -> None:
        """Ask where the download of the license under the cursor is, and show or open it."""
        item = self.item
        if item is None or item.key is None:
            return
        try:
            url = await self.session.client.licenses.download_url(item.key)
        except ApiError as error:
            self.notify(error_text(error, f"Download of {item.planned.name}"), severity="error")
            return
        await self.open_link(f"Download {item.planned.name}", url)

    def action_undo(self) -> None:
        """Ask, and undo what was assigned or unassigned last, here or on another screen."""
        self.start_action(self._changer.undo())

    def undo_disabled_reason(self) -> str | None:
        """Return why nothing can be undone."""
        if self.session.read_only:
            return READ_ONLY
        if self.run is not None and self.run.running:
            return RUNNING
        return undo_history(self.session).why_not

    def action_issue_again(self) -> None:
        """Begin a new selection."""
        self.start_over()

    def issue_again_disabled_reason(self) -> str | None:
        """Return why no new selection can begin."""
        if self.run is None or self.step is not WizardStep.RESULT:
            return ELSEWHERE[WizardStep.RESULT]
        return RUNNING if self.run.running else None
