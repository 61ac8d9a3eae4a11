"""Changes of licenses as every screen makes them: asked for, sent, reported, kept for undoing, and undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.operations.operation import Outcome, outcome_of
from jpmanage_tui.operations.run import Run, RunPlan
from jpmanage_tui.rules.assigning import Fit, candidate
from jpmanage_tui.rules.licenses import multisites_hidden
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.license_changes import assign_change, revoke_change, unassign_change
from jpmanage_tui.services.license_plans import plan_assigning_to, plan_revoking, plan_unassigning
from jpmanage_tui.services.price_list import Prices, price_list
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.services.undo import NOTHING, Reversal, none_ready, review, undo_history, undo_plan
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import error_text, keyless_error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Confirmed
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.sections.licenses import questions
from jpmanage_tui.ui.sections.licenses.selection import ActionTargets, SelectionActions

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.base import Section
    from jpmanage_tui.ui.widgets.status_line import Severity

LicenseChange = AssignLicense | UnassignLicense | RevokeLicense


class LicenseChanger:
    """Asks for changes of licenses on one screen, sends them, says how they ended, and undoes them.

    `ended` is called when changes have ended, with their outcomes and with those of
    which it is still being looked up what became of them.
    """

    def __init__(
        self,
        section: Section,
        ended: Callable[[Sequence[Outcome[Any]], Sequence[Mutation[Any]]], None],
    ) -> None:
        self._section = section
        self._ended = ended

    async def send(self, change: Mutation[Any]) -> Outcome[Any]:
        """Send one change and tell how it ended."""
        session = self._section.session
        self._section.notify(f"{change.summary()}…")
        outcome = await session.queue.submit(change).outcome()
        severity: Severity = "success" if outcome.happened else "error"
        self._section.notify(questions.license_outcome_text(outcome), severity=severity, outcome=True)
        self._ended([outcome], [])
        return outcome

    async def _begin(self, plan: RunPlan) -> bool:
        """Have many changes carried out beside the screen, as a run; return whether it was written down and began.

        Their marks go: what fails stands in the run's report, with the way to try it again.
        """
        run = await self._section.start_run(plan)
        if run is None:
            return False
        self._section.notify(f"{run.title}: begun. {key_for('open-operations')} shows how it goes.")
        if isinstance(self._section, SelectionActions):
            keys = {getattr(item.mutation, "license_key", None) for item in plan.items}
            begun = [one for one in self._section.marked.values() if one.license_key in keys]
            self._section.mark(begun, False)
        return True

    # -- asking, then sending --------------------------------------------------------------

    async def _confirmed(self, question: Confirmation) -> Confirmed | None:
        return await self._section.app.push_screen_wait(ConfirmDialog(question))

    async def assign(self, targets: ActionTargets, unlisted: Collection[LicenseKey] = ()) -> None:
        """Choose a site, ask, and assign the licenses that it takes, one after another in the contract's order.

        `unlisted` are those of the targets that the list on the screen does not show.
        """
        licenses = targets.licenses
        if not licenses:
            return
        what = pluralize(len(licenses), "license") if targets.marked else licenses[0].product
        found = await self._pick_site(licenses, f"Assign {what} to which site?")
        if found is None:
            return
        site, fit = found
        if not targets.marked:
            if await self._confirmed(questions.assign(licenses[0], site, fit)) is not None:
                await self.send(assign_change(licenses[0], site))
            return
        targets = targets.without({one.candidate.key: one.of_many for one in fit.refused})
        if not targets.licenses:
            self._section.notify(fit.refused[0].reason, severity="warning")
            return
        plan = plan_assigning_to(targets.licenses, site, fit, (await self.prices()).catalog)
        if await self._confirmed(questions.assign_many(targets, site, fit, unlisted)) is not None:
            await self._begin(plan.run)

    async def _pick_site(self, licenses: Sequence[License], title: str) -> tuple[Site, Fit] | None:
        """Let the user choose a site; return it with which of the licenses it takes, None where none was chosen."""
        client = self._section.session.client
        check = SiteCheck(client, [candidate(license) for license in licenses], keyless_error_text)
        hidden = multisites_hidden(license.license_key for license in licenses)
        picker = SitePicker(client, title, not_multisite=hidden, check=check)
        site = await self._section.app.push_screen_wait(picker)
        return None if site is None else (site, await check.checked(site))

    async def move(self, targets: ActionTargets, unlisted: Collection[LicenseKey] = ()) -> None:
        """Choose another site, ask, and have the licenses unassigned and assigned there, each in two steps of one run."""
        # loaded when a license is moved
        from jpmanage_tui.services.account_data import account_data
        from jpmanage_tui.services.leaving_plans import plan_moving
        from jpmanage_tui.services.site_check import licenses_on

        section, licenses = self._section, targets.licenses
        if not licenses:
            return
        what = pluralize(len(licenses), "license") if targets.marked else licenses[0].product
        found = await self._pick_site(licenses, f"Move {what} to which site?")
        if found is None:
            return
        site, fit = found
        prices = await self.prices()
        try:
            there = await licenses_on(section.session.client, site)
        except ApiError as error:
            section.notify(
                error_text(error, f"Checking what {site_name(site.address)} has"), severity="error"
            )
            return
        account = account_data((site,), prices.catalog, there)
        refused = {one.candidate.key: one.of_many for one in fit.refused}
        going = [license for license in licenses if license.license_key not in refused]
        plan = plan_moving(going, site, account, send_email=False)
        refused |= {LicenseKey(one.what): one.reason.rstrip(".") for one in plan.left_out}
        targets = targets.without(refused)
        if not targets.licenses:
            first = fit.refused[0].reason if fit.refused else plan.left_out[0].reason
            section.notify(first, severity="warning")
            return
        answer = await self._confirmed(questions.move(targets, site, fit, plan.remarks, unlisted))
        if answer is None:
            return
        await self._begin(plan_moving(targets.licenses, site, account, send_email=answer.checked).run)

    async def unassign(self, targets: ActionTargets, unlisted: Collection[LicenseKey] = ()) -> None:
        """Ask, and take the licenses from their sites."""
        licenses = targets.licenses
        if not licenses:
            return
        answer = await self._confirmed(questions.unassign(targets, await self.prices(), unlisted))
        if answer is None:
            return
        if len(licenses) > 1:
            await self._begin(plan_unassigning(licenses, send_email=answer.checked).run)
        else:
            await self.send(unassign_change(licenses[0], answer.checked))

    async def revoke(self, targets: ActionTargets, unlisted: Collection[LicenseKey] = ()) -> None:
        """Ask, and revoke the licenses."""
        licenses = targets.licenses
        if not licenses:
            return
        prices = await self.prices()
        if await self._confirmed(questions.revoke(targets, prices, unlisted)) is None:
            return
        if len(licenses) > 1:
            await self._begin(plan_revoking(licenses, prices.catalog).run)
        else:
            await self.send(revoke_change(licenses[0]))

    async def prices(self) -> Prices:
        """Return the partner's own prices for a question; where they are not known yet, wait for them a few seconds."""
        prices = price_list(self._section.session)
        if prices.known:
            return await prices.read(explain=keyless_error_text)
        self._section.notify("Reading your prices…")
        found = await prices.read(explain=keyless_error_text)
        self._section.status_line.clear()
        return found

    async def undo(self, *, run_id: int | None = None, entry_id: int | None = None) -> None:
        """Ask, and undo what was assigned or unassigned last, as far as it is still as it was left; or what the run
        `run_id`, or the entry `entry_id` of the journal, has done.
        """
        session, section = self._section.session, self._section
        history = undo_history(session)
        section.notify("Checking what can be undone…")
        try:
            if run_id is None and entry_id is None:
                reversals = await history.find()
            else:
                reversals = await history.find_in(run_id=run_id, entry_id=entry_id)
            found = await review(session.client, reversals)
        except ApiError as error:
            failed = error_text(error, "Checking what can be undone")
            section.notify(f"{failed} Nothing was changed.", severity="error")
            return
        except OperationError as error:
            section.notify(f"{error.sentence} Nothing was changed.", severity="error")
            return
        section.status_line.clear()
        over = [one.reversal for one in found.changed]
        if not found.ready:
            history.pass_over(over)
            section.notify(none_ready(found.changed) if over else NOTHING, severity="warning")
            await self._look_for_more_to_undo()
            return
        prices = await self.prices()
        answer = await self._confirmed(questions.undo(found.ready, found.changed, prices))
        if answer is None:
            return
        plan = undo_plan(found.ready, prices.catalog, send_email=answer.checked)
        history.pass_over([*over, *found.ready])
        run = await section.start_run(plan)
        if run is None:
            history.offer(found.ready)
            return
        section.notify(f"{plan.title}…")
        section.run_worker(self._end_undo(run, found.ready), group="undo", exit_on_error=False)

    async def _end_undo(self, run: Run, undone: Sequence[Reversal]) -> None:
        """Wait for the end of an undo, and offer what was not undone again; say how it ended where it was one change."""
        runner = self._section.session.runner
        try:
            await runner.finished(run.id)
            entries = [item.entry for item in await runner.items(run.id, count=2)]
        except OperationError as error:
            self._section.notify(error.sentence, severity="error")
            return
        finally:
            undo_history(self._section.session).offer(undone)
        if len(entries) == 1 and entries[0] is not None:
            outcome = outcome_of(entries[0])
            severity: Severity = "success" if outcome.happened else "error"
            words = questions.license_outcome_text(outcome)
            self._section.notify(words, severity=severity, outcome=True)
        await self._look_for_more_to_undo()

    async def _look_for_more_to_undo(self) -> None:
        """Find out whether there is something else to undo: the command says so."""
        with suppress(OperationError):  # who undoes something is told then
            await undo_history(self._section.session).refresh()
