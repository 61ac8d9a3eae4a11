"""Changes of licenses as every screen makes them: asked for, sent, reported, kept for undoing, and undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.operations.operation import Operation, Outcome
from jpmanage_tui.rules.assigning import Fit, candidate
from jpmanage_tui.rules.licenses import assign_order, multisites_hidden
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.price_list import Prices, price_list
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.services.undo import Done, UndoRun, none_ready, undo_stack
from jpmanage_tui.ui.common.text import error_text, keyless_error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Confirmed
from jpmanage_tui.ui.dialogs.progress import BatchRunDialog
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.sections.licenses import questions
from jpmanage_tui.ui.sections.licenses.selection import ActionTargets

if TYPE_CHECKING:
    from jpmanage_tui.operations.run import Run
    from jpmanage_tui.ui.sections.base import Section
    from jpmanage_tui.ui.widgets.status_line import Severity

LicenseChange = AssignLicense | UnassignLicense | RevokeLicense
Sites = Mapping[LicenseKey, BlogId | None]
"""The Site IDs of licenses that are unassigned, to which they go back when that is undone."""
NO_SITES: Sites = MappingProxyType({})


def assign_change(license: License, site: Site) -> AssignLicense:
    """Return the change that assigns a license to a site."""
    return AssignLicense(
        license.license_key,
        site.blog_id,
        site_name(site.address),
        license.product,
        license.parent_license_id,
    )


def address_of(license: License) -> str:
    """Return the whole address of a license's site, as the journal keeps it; by its Site ID where there is none."""
    return license.siteurl or f"site {license.blog_id}"


def unassign_change(license: License, send_email: bool) -> UnassignLicense:
    """Return the change that takes a license from its site; `send_email`: the customer is told."""
    return UnassignLicense(
        license.license_key,
        send_email,
        license.product,
        address_of(license),
        license.parent_license_id,
    )


def revoke_change(license: License) -> RevokeLicense:
    """Return the change that revokes a license, or a bundle with what is in it."""
    return RevokeLicense(
        license.license_key,
        license.product,
        license.quantity if license.is_bundle else None,
        license.parent_license_id,
        address_of(license) if license.state is LicenseState.ATTACHED else None,
    )


def undo_changes(
    ready: Sequence[Done], prices: Prices, send_email: bool
) -> tuple[str, list[AssignLicense | UnassignLicense]]:
    """Return what undoing does in a word, and the changes in their order; all of `ready` were done in the same way.

    What was assigned is unassigned, last first; what was unassigned goes back to its site, base products before
    add-ons.
    """
    if isinstance(ready[0].change, AssignLicense):
        return "unassign", [
            UnassignLicense(
                done.change.license_key,
                send_email,
                done.change.product,
                done.change.site_url,
                done.change.parent_id,
            )
            for done in reversed(ready)
        ]
    by_key = {done.change.license_key: done for done in ready if done.blog_id is not None}
    return "assign", [
        _back(by_key[key], by_key[key].blog_id or BlogId(0))
        for key in assign_order(list(by_key), prices.catalog)
    ]


def _back(done: Done, blog_id: BlogId) -> AssignLicense:
    change = done.change
    return AssignLicense(change.license_key, blog_id, change.site_url, change.product, change.parent_id)


def done_of(outcomes: Iterable[Outcome[Any]], sites: Mapping[LicenseKey, BlogId | None]) -> list[Done]:
    """Return what can be undone of how changes ended: the assignings and unassignings that are known to have happened.

    `sites` gives the Site ID of what was unassigned.
    """
    found = []
    for outcome in outcomes:
        change = outcome.change
        if not outcome.happened:
            continue
        if isinstance(change, AssignLicense):
            found.append(Done(change, change.blog_id))
        elif isinstance(change, UnassignLicense):
            found.append(Done(change, sites.get(change.license_key)))
    return found


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

    async def send(
        self, change: Mutation[Any], sites: Sites = NO_SITES, *, keep: bool = True
    ) -> Outcome[Any]:
        """Send one change and tell how it ended; with `keep` it can be undone, where it happened.

        `sites` gives the Site ID of what is unassigned.
        """
        session = self._section.session
        self._section.notify(f"{change.summary()}…")
        outcome = await session.queue.submit(change).outcome()
        severity: Severity = "success" if outcome.happened else "error"
        self._section.notify(questions.license_outcome_text(outcome), severity=severity, outcome=True)
        if keep:
            undo_stack(session).add(done_of([outcome], sites))
        self._ended([outcome], [])
        return outcome

    async def run(
        self, words: str, changes: Sequence[LicenseChange], sites: Sites = NO_SITES, *, keep: bool = True
    ) -> set[LicenseKey]:
        """Send changes one after another; with `keep` what happened can be undone, item by item.

        Returns the codes of the licenses that are as they were: what failed, and what was not begun.
        """
        session = self._section.session
        finished = await self._section.app.push_screen_wait(BatchRunDialog(words, changes, session.queue))
        if finished is None:
            return set()
        severity: Severity = "success" if finished.complete else "error"
        self._section.notify(finished.sentence, severity=severity, outcome=True)
        if keep:
            run = undo_stack(session).add(done_of(finished.outcomes, sites))
            for operation in finished.unverified:
                self._section.run_worker(
                    self._keep_late(run, operation, sites), group="late-outcomes", exit_on_error=False
                )
        self._ended(finished.outcomes, [operation.change for operation in finished.unverified])
        touched = set(finished.touched)
        return {change.license_key for change in changes if change not in touched}

    async def _keep_late(self, run: UndoRun, operation: Operation[Any], sites: Sites) -> None:
        """Let be undone what was being looked up when its run was closed, once it is known that it happened."""
        undo_stack(self._section.session).add(done_of([await operation.outcome()], sites), run)

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
        ordered = questions.in_order(targets.licenses, (await self.prices()).catalog)
        if await self._confirmed(questions.assign_many(targets, site, fit, unlisted)) is not None:
            await self.run("Assign", [assign_change(license, site) for license in ordered])

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
        run = await section.start_run(
            plan_moving(targets.licenses, site, account, send_email=answer.checked).run
        )
        if run is not None:
            section.notify(f"{run.title}…")
            section.run_worker(self._moved(run, targets), group="moving", exit_on_error=False)

    async def _moved(self, run: Run, targets: ActionTargets) -> None:
        """Say how moving ended, when it has."""
        ended = await self._section.session.runner.finished(run.id)
        severity: Severity = "success" if ended.complete else "error"
        self._section.notify(questions.moved_text(ended), severity=severity, outcome=True)
        self._ended([], [unassign_change(license, False) for license in targets.licenses])

    async def unassign(self, targets: ActionTargets, unlisted: Collection[LicenseKey] = ()) -> None:
        """Ask, and take the licenses from their sites."""
        licenses = targets.licenses
        if not licenses:
            return
        answer = await self._confirmed(questions.unassign(targets, await self.prices(), unlisted))
        if answer is None:
            return
        changes = [unassign_change(license, answer.checked) for license in licenses]
        sites = {license.license_key: license.blog_id for license in licenses}
        if len(changes) > 1:
            await self.run("Unassign", changes, sites)
        else:
            await self.send(changes[0], sites)

    async def revoke(self, targets: ActionTargets, unlisted: Collection[LicenseKey] = ()) -> None:
        """Ask, and revoke the licenses."""
        if not targets.licenses:
            return
        if await self._confirmed(questions.revoke(targets, await self.prices(), unlisted)) is None:
            return
        changes = [revoke_change(license) for license in targets.licenses]
        if len(changes) > 1:
            await self.run("Revoke", changes)
        else:
            await self.send(changes[0])

    async def prices(self) -> Prices:
        """Return the partner's own prices for a question; where they are not known yet, wait for them a few seconds."""
        prices = price_list(self._section.session)
        if prices.known:
            return await prices.read(explain=keyless_error_text)
        self._section.notify("Reading your prices…")
        found = await prices.read(explain=keyless_error_text)
        self._section.status_line.clear()
        return found

    async def undo(self) -> None:
        """Ask, and undo what was assigned or unassigned last, as far as it is still as it was left."""
        session = self._section.session
        undos = undo_stack(session)
        run = undos.last
        if run is None:
            return
        self._section.notify("Checking what can be undone…")
        try:
            ready, changed = await run.checked(session.client)
        except ApiError as error:
            failed = error_text(error, "Checking what can be undone")
            self._section.notify(f"{failed} Nothing was changed.", severity="error")
            return
        self._section.status_line.clear()
        over = [one.done for one in changed]
        if not ready:
            undos.drop(run, over)
            self._section.notify(none_ready(changed), severity="warning")
            return
        prices = await self.prices()
        answer = await self._confirmed(questions.undo(ready, changed, prices))
        if answer is None:
            return
        words, changes = undo_changes(ready, prices, answer.checked)
        if len(changes) > 1:
            left = await self.run(f"Undo: {words}", changes, keep=False)
        else:
            outcome = await self.send(changes[0], keep=False)
            left = {changes[0].license_key} if outcome.nothing_done else set()
        undos.drop(run, [*over, *(done for done in ready if done.change.license_key not in left)])
