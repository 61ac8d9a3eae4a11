"""What the commands of the Licenses screen do: ask, submit to the queue, tell how it ended."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message
from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.models.license import License, LicenseState
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.operations.registry import RevokeLicense
from jpmanage_tui.rules.assigning import Fit, candidate
from jpmanage_tui.rules.licenses import (
    LicenseAction,
    debug_url,
    multisites_hidden,
    web_address,
)
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Confirmed
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.sections.licenses import questions
from jpmanage_tui.ui.sections.licenses.changed import Changed
from jpmanage_tui.ui.sections.licenses.changes import (
    Changer,
    LicenseChange,
    address_of,
    assign_change,
    unassign_change,
)
from jpmanage_tui.ui.sections.licenses.selection import ActionTargets, LicenseSelection

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.services.all_licenses import Everything
    from jpmanage_tui.services.undo import UndoStack
    from jpmanage_tui.ui.sections.base import SectionApp

MARKS_TO_ASK = 10
"""From so many marks on, clearing them asks first (design: keys, esc)."""


class Host(Protocol):
    """A view that lists licences and lets them be changed: Licenses, and the idle ones on Billing."""

    session: Session

    @property
    def undos(self) -> UndoStack:
        """What can be undone."""

    @property
    def jpmanage(self) -> SectionApp:
        """The app."""

    @property
    def current(self) -> License | None:
        """The licence under the cursor."""

    @property
    def marked(self) -> LicenseSelection:
        """The marked licences."""

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licences that are not in the list that is shown."""

    def mark(self, licenses: list[License], marked: bool) -> None:
        """Mark licences, or take their marks away."""

    def known(self, key: LicenseKey) -> License | None:
        """Return what the view knows of one licence."""

    def matching(self) -> Everything:
        """Return what yields every licence that the view lists, those not loaded yet too."""

    def ordered(self, licenses: Sequence[License]) -> list[License]:
        """Return what `matching` yielded in the order of the list."""

    async def settled(self) -> None:
        """Wait until nothing more comes by itself to what the view lists."""

    def doubt(self) -> str:
        """Return why what the view lists may not be all that matches, in a few words; empty where it is."""

    def not_listed(self, found: Sequence[License]) -> str:
        """Return what belongs to "all" and is not among the licences `found`; empty where nothing is known of it."""

    def match_count(self) -> tuple[int | None, bool]:
        """Return how many licences `matching` yields (None: not known), and whether it does so without a request."""

    def tell(self) -> None:
        """Show in the status line what is true now."""

    def post_message(self, message: Message) -> bool:
        """Take a message: `Changed` after every change."""

    def run_worker(
        self, work: Coroutine[Any, Any, None], *, group: str, exclusive: bool, exit_on_error: bool
    ) -> Worker[None]:
        """Run work beside the screen."""


class Flows:
    """The flows of one view with licences. Each is a coroutine that `start` runs beside the screen."""

    def __init__(self, view: Host) -> None:
        self._view = view
        self._changer = Changer(view, self.start, self._ended)

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen; nothing cancels it."""
        self._view.run_worker(flow, group="licenses-flow", exclusive=False, exit_on_error=False)

    def chosen(self, action: LicenseAction) -> ActionTargets:
        """Return what an action would touch: the marked licences that allow it, else the one under the cursor."""
        if self._view.marked:
            return self._view.marked.chosen(action)
        current = self._view.current
        return ActionTargets((current,)) if current is not None else ActionTargets()

    # -- asking --------------------------------------------------------------------------

    async def _ask(self, question: Confirmation) -> Confirmed | None:
        return await self._view.jpmanage.push_screen_wait(ConfirmDialog(question))

    # -- changing ------------------------------------------------------------------------

    async def assign(self) -> None:
        """Choose a site for the licence under the cursor, ask, and assign it."""
        license = self._view.current
        if license is None:
            return
        found = await self._pick_site([license], f"Assign {license.product} to which site?")
        if found is None or await self._ask(questions.assign(license, *found)) is None:
            return
        await self._changer.send(assign_change(license, found[0]))

    async def _pick_site(self, licenses: Sequence[License], title: str) -> tuple[Site, Fit] | None:
        """Let the user choose a site; return it with which of the licences it takes, None where none was chosen."""
        client = self._view.session.client
        check = SiteCheck(client, [candidate(license) for license in licenses])
        hidden = multisites_hidden(license.license_key for license in licenses)
        picker = SitePicker(client, title, not_multisite=hidden, check=check)
        site = await self._view.jpmanage.push_screen_wait(picker)
        return None if site is None else (site, await check.checked(site))

    async def assign_marked(self) -> None:
        """Assign the marked licences that a site takes, one after another in the contract's order, to that site."""
        chosen = self.chosen(LicenseAction.ASSIGN)
        if not chosen.licenses:
            return
        count = pluralize(len(chosen.licenses), "license")
        found = await self._pick_site(chosen.licenses, f"Assign {count} to which site?")
        if found is None:
            return
        site, fit = found
        chosen = chosen.without({one.candidate.key: one.of_many for one in fit.refused})
        if not chosen.licenses:
            self._view.jpmanage.say(fit.refused[0].reason, "warning")
            return
        ordered = questions.in_order(chosen.licenses, (await self._changer.prices()).catalogue)
        if await self._ask(questions.assign_many(chosen, site, fit, self._view.unlisted())) is None:
            return
        await self._changer.run("Assign", [assign_change(license, site) for license in ordered])

    async def unassign(self) -> None:
        """Ask, and unassign the licences."""
        chosen = self.chosen(LicenseAction.UNASSIGN)
        licenses = chosen.licenses
        if not licenses:
            return
        question = questions.unassign(chosen, await self._changer.prices(), self._view.unlisted())
        answer = await self._ask(question)
        if answer is None:
            return
        changes = [unassign_change(license, answer.ticked) for license in licenses]
        sites = {license.license_key: license.blog_id for license in licenses}
        if len(changes) > 1:
            await self._changer.run("Unassign", changes, sites)
        else:
            await self._changer.send(changes[0], sites)

    async def revoke(self) -> None:
        """Ask, and revoke the licences."""
        chosen = self.chosen(LicenseAction.REVOKE)
        licenses = chosen.licenses
        if not licenses:
            return
        question = questions.revoke(chosen, await self._changer.prices(), self._view.unlisted())
        if await self._ask(question) is None:
            return
        changes = [
            RevokeLicense(
                license.license_key,
                license.product,
                license.quantity if license.is_bundle else None,
                license.parent_license_id,
                address_of(license) if license.state is LicenseState.ATTACHED else None,
            )
            for license in licenses
        ]
        if len(changes) > 1:
            await self._changer.run("Revoke", changes)
        else:
            await self._changer.send(changes[0])

    async def undo(self) -> None:
        """Ask, and undo what was done last."""
        await self._changer.undo()

    def _ended(self, outcomes: Sequence[Outcome[Any]], looking: Sequence[Mutation[Any]]) -> None:
        """Say which licences were changed or may have been, which are gone, and which are as they were."""
        keys = [change.license_key for change in looking if isinstance(change, LicenseChange)]
        gone: list[LicenseKey] = []
        refused: list[LicenseKey] = []
        for outcome in outcomes:
            change = outcome.change
            if not isinstance(change, LicenseChange):
                continue
            (refused if outcome.nothing_done else keys).append(change.license_key)
            if outcome.happened and isinstance(change, RevokeLicense):
                gone.append(change.license_key)
        self._view.post_message(Changed(tuple(keys), tuple(gone), tuple(refused)))

    # -- marks ---------------------------------------------------------------------------

    async def clear_marks(self) -> None:
        """Clear the marks; asks from ten up."""
        count = len(self._view.marked)
        if count >= MARKS_TO_ASK:
            question = Confirmation(
                "Clear the marks?",
                [f"{pluralize(count, 'license')} are marked."],
                "Clear the marks",
                changes=False,
            )
            if await self._ask(question) is None:
                return
        self._view.mark(list(self._view.marked.values()), False)

    # -- looking elsewhere -----------------------------------------------------------------

    async def view_site(self) -> None:
        """Show or open the site's home page."""
        license = self._view.current
        url = web_address(license.siteurl) if license is not None else None
        if url is not None:
            await self._view.jpmanage.open_link("View Site", url)

    async def debug_site(self) -> None:
        """Show or open Jetpack's debug test for the site."""
        license = self._view.current
        if license is not None and license.siteurl:
            await self._view.jpmanage.open_link("Debug Site", debug_url(license.siteurl))

    async def download(self) -> None:
        """Ask the API where the licence's download is, and show or open it."""
        license = self._view.current
        if license is None:
            return
        try:
            url = await self._view.session.client.licenses.download_url(license.license_key)
        except ApiError as error:
            self._view.jpmanage.say(error_text(error, f"Download of {license.product}"), "error")
            return
        await self._view.jpmanage.open_link(f"Download {license.product}", url)

    async def copy(self) -> None:
        """Send the licence codes to the clipboard: the marked ones, else the one under the cursor."""
        licenses = list(self._view.marked.values()) or [one for one in [self._view.current] if one]
        if licenses:
            codes = "\n".join(license.license_key for license in licenses)
            what = licenses[0].license_key if len(licenses) == 1 else pluralize(len(licenses), "license code")
            await self._view.jpmanage.copy(codes, what)
