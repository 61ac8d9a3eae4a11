"""Changes of licences as every screen makes them: sent, told, kept for undoing, and undone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.models.license import License
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.operation import Operation
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.operations.registry import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.rules.licenses import assign_order
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.services.price_list import Prices, price_list
from jpmanage_tui.services.undo import Done, UndoRun, none_ready, undo_stack
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.dialogs.progress import ProgressDialog
from jpmanage_tui.ui.sections.licenses import questions

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.ui.sections.base import SectionApp

LicenseChange = AssignLicense | UnassignLicense | RevokeLicense
Sites = Mapping[LicenseKey, BlogId | None]
"""The Site IDs of licences that are unassigned, to which they go back when that is undone."""
NO_SITES: Sites = MappingProxyType({})


def assign_change(license: License, site: Site) -> AssignLicense:
    """Return the change that assigns a licence to a site."""
    return AssignLicense(
        license.license_key,
        site.blog_id,
        site_name(site.address),
        license.product,
        license.parent_license_id,
    )


def address_of(license: License) -> str:
    """Return the whole address of a licence's site, as the journal keeps it; by its Site ID where there is none."""
    return license.siteurl or f"site {license.blog_id}"


def unassign_change(license: License, send_email: bool) -> UnassignLicense:
    """Return the change that takes a licence from its site; `send_email`: the customer is told."""
    return UnassignLicense(
        license.license_key,
        send_email,
        license.product,
        address_of(license),
        license.parent_license_id,
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
        for key in assign_order(list(by_key), prices.catalogue)
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


class View(Protocol):
    """A screen on which licences are changed."""

    session: Session

    @property
    def jpmanage(self) -> SectionApp:
        """The app."""


class Changer:
    """Sends changes of licences for one screen, tells how they ended, and undoes them.

    `start` runs work beside the screen. `ended` is called when changes have ended, with their outcomes and with those of
    which it is still being looked up what became of them.
    """

    def __init__(
        self,
        view: View,
        start: Callable[[Coroutine[Any, Any, None]], None],
        ended: Callable[[Sequence[Outcome[Any]], Sequence[Mutation[Any]]], None],
    ) -> None:
        self._view = view
        self._start = start
        self._ended = ended

    async def send(
        self, change: Mutation[Any], sites: Sites = NO_SITES, *, keep: bool = True
    ) -> Outcome[Any]:
        """Send one change and tell how it ended; with `keep` it can be undone, where it happened.

        `sites` gives the Site ID of what is unassigned.
        """
        app, session = self._view.jpmanage, self._view.session
        app.say(f"{change.sentence()}…")
        outcome = await session.queue.submit(change).outcome()
        app.say(questions.told(outcome), "good" if outcome.happened else "error", outcome=True)
        if keep:
            undo_stack(session).add(done_of([outcome], sites))
        self._ended([outcome], [])
        return outcome

    async def run(
        self, words: str, changes: Sequence[LicenseChange], sites: Sites = NO_SITES, *, keep: bool = True
    ) -> set[LicenseKey]:
        """Send changes one after another; with `keep` what happened can be undone, item by item.

        Returns the codes of the licences that are as they were: what failed, and what was not begun.
        """
        app, session = self._view.jpmanage, self._view.session
        finished = await app.push_screen_wait(ProgressDialog(words, changes, session.queue))
        if finished is None:
            return set()
        app.say(finished.sentence, "good" if finished.complete else "error", outcome=True)
        if keep:
            run = undo_stack(session).add(done_of(finished.outcomes, sites))
            for operation in finished.looking:
                self._start(self._keep_late(run, operation, sites))
        self._ended(finished.outcomes, [operation.change for operation in finished.looking])
        touched = set(finished.touched)
        return {change.license_key for change in changes if change not in touched}

    async def _keep_late(self, run: UndoRun, operation: Operation[Any], sites: Sites) -> None:
        """Let be undone what was being looked up when its run was closed, once it is known that it happened."""
        undo_stack(self._view.session).add(done_of([await operation.outcome()], sites), run)

    async def prices(self) -> Prices:
        """Return the partner's own prices for a question; where they are not known yet, wait for them a few seconds."""
        app, prices = self._view.jpmanage, price_list(self._view.session)
        if prices.known:
            return await prices.read()
        app.say("Reading your prices…")
        found = await prices.read()
        app.main.status.clear()
        return found

    async def undo(self) -> None:
        """Ask, and undo what was assigned or unassigned last, as far as it is still as it was left."""
        app, session = self._view.jpmanage, self._view.session
        undos = undo_stack(session)
        run = undos.last
        if run is None:
            return
        app.say("Checking what can be undone…")
        try:
            ready, changed = await run.checked(session.client)
        except ApiError as error:
            app.say(f"{error_text(error, 'Checking what can be undone')} Nothing was changed.", "error")
            return
        app.main.status.clear()
        over = [one.done for one in changed]
        if not ready:
            undos.drop(run, over)
            app.say(none_ready(changed), "warning")
            return
        prices = await self.prices()
        answer = await app.push_screen_wait(ConfirmDialog(questions.undo(ready, changed, prices)))
        if answer is None:
            return
        words, changes = undo_changes(ready, prices, answer.ticked)
        if len(changes) > 1:
            left = await self.run(f"Undo: {words}", changes, keep=False)
        else:
            outcome = await self.send(changes[0], keep=False)
            left = {changes[0].license_key} if outcome.nothing_done else set()
        undos.drop(run, [*over, *(done for done in ready if done.change.license_key not in left)])
