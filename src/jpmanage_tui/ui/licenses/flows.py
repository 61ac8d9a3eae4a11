"""What the commands of the Licenses screen do: ask, submit to the queue, tell how it ended."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message
from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.models.license import License, LicenseState
from jpmanage_tui.api.models.product import Product
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.operations.change import Change
from jpmanage_tui.operations.changes import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.rules.licenses import (
    LicenseAction,
    debug_url,
    multisites_hidden,
    web_address,
)
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog, Question, Yes
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.licenses import questions
from jpmanage_tui.ui.licenses.changed import Changed
from jpmanage_tui.ui.licenses.marks import Chosen, Marks
from jpmanage_tui.ui.licenses.undo import Undo
from jpmanage_tui.ui.words import explain, number

if TYPE_CHECKING:
    from jpmanage_tui.ui.app import JpmanageApp
    from jpmanage_tui.ui.licenses.everything import Everything
    from jpmanage_tui.ui.licenses.undo import UndoStack
    from jpmanage_tui.ui.session import Session

MARKS_TO_ASK = 10
"""From so many marks on, clearing them asks first (design: keys, esc)."""


class Host(Protocol):
    """A view that lists licences and lets them be changed: Licenses, and the idle ones on Billing."""

    session: Session

    @property
    def undos(self) -> UndoStack:
        """What can be put back."""

    @property
    def jpmanage(self) -> JpmanageApp:
        """The app."""

    @property
    def current(self) -> License | None:
        """The licence under the cursor."""

    @property
    def marked(self) -> Marks:
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


def _site_of(license: License) -> str:
    return license.siteurl or f"site {license.blog_id}"


class Flows:
    """The flows of one view with licences. Each is a coroutine that `start` runs beside the screen."""

    def __init__(self, view: Host) -> None:
        self._view = view

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen; nothing cancels it."""
        self._view.run_worker(flow, group="licenses-flow", exclusive=False, exit_on_error=False)

    def chosen(self, action: LicenseAction) -> Chosen:
        """Return what an action would touch: the marked licences that allow it, else the one under the cursor."""
        if self._view.marked:
            return self._view.marked.chosen(action)
        current = self._view.current
        return Chosen((current,)) if current is not None else Chosen()

    # -- asking --------------------------------------------------------------------------

    async def _ask(self, question: Question) -> Yes | None:
        return await self._view.jpmanage.push_screen_wait(ConfirmDialog(question))

    # -- changing ------------------------------------------------------------------------

    async def assign(self) -> None:
        """Choose a site for the licence under the cursor, ask, and assign it."""
        license = self._view.current
        if license is None:
            return
        site = await self._pick_site([license.license_key], f"Assign {license.product} to which site?")
        if site is None or await self._ask(questions.assign(license, site)) is None:
            return
        outcome = await self._send(self._assign_change(license, site.blog_id, site.url))
        if outcome.happened:
            undo = UnassignLicense(
                license.license_key, True, license.product, site.url, license.parent_license_id
            )
            words = f"Unassign {license.product} from {site.url}"
            self._view.undos.add(Undo(undo, words, outcome.entry_id))

    async def _pick_site(self, keys: list[LicenseKey], title: str) -> Site | None:
        picker = SitePicker(self._view.session.client, title, not_multisite=multisites_hidden(keys))
        return await self._view.jpmanage.push_screen_wait(picker)

    @staticmethod
    def _assign_change(license: License, blog_id: BlogId, site_url: str) -> AssignLicense:
        return AssignLicense(
            license.license_key, blog_id, site_url, license.product, license.parent_license_id
        )

    async def unassign(self) -> None:
        """Ask, and unassign the licences."""
        chosen = self.chosen(LicenseAction.UNASSIGN)
        licenses = chosen.licenses
        if not licenses:
            return
        answer = await self._ask(questions.unassign(chosen, self._view.unlisted()))
        if answer is None:
            return
        changes = [
            UnassignLicense(
                license.license_key,
                answer.ticked,
                license.product,
                _site_of(license),
                license.parent_license_id,
            )
            for license in licenses
        ]
        if len(licenses) > 1:
            await self._run_plan("Unassign", changes)
            return
        license = licenses[0]
        outcome = await self._send(changes[0])
        if outcome.happened and license.blog_id is not None:
            site_url = _site_of(license)
            undo = self._assign_change(license, license.blog_id, site_url)
            words = f"Assign {license.product} to {site_url} again"
            self._view.undos.add(Undo(undo, words, outcome.entry_id))

    async def revoke(self) -> None:
        """Ask, and revoke the licences."""
        chosen = self.chosen(LicenseAction.REVOKE)
        licenses = chosen.licenses
        if not licenses or await self._ask(questions.revoke(chosen, self._view.unlisted())) is None:
            return
        for license in licenses:
            if license.is_bundle and license.license_id is not None:
                self._view.undos.bundle_revoked(license.license_id)
        changes = [
            RevokeLicense(
                license.license_key,
                license.product,
                license.quantity if license.is_bundle else None,
                license.parent_license_id,
                _site_of(license) if license.state is LicenseState.ATTACHED else None,
            )
            for license in licenses
        ]
        if len(changes) > 1:
            await self._run_plan("Revoke", changes)
        else:
            await self._send(changes[0])

    async def assign_marked(self) -> None:
        """Assign the marked licences, one after another in the contract's order, to one site."""
        chosen = self.chosen(LicenseAction.ASSIGN)
        licenses = chosen.licenses
        if not licenses:
            return
        keys = [license.license_key for license in licenses]
        site = await self._pick_site(keys, f"Assign {number(len(keys), 'license')} to which site?")
        if site is None:
            return
        if await self._ask(questions.assign_many(chosen, site, self._view.unlisted())) is None:
            return
        ordered = questions.in_order(licenses, await self._products())
        await self._run_plan(
            "Assign", [self._assign_change(item, site.blog_id, site.url) for item in ordered]
        )

    async def _products(self) -> list[Product]:
        """Return the catalogue for the order of assignment; without it the order of the codes serves."""
        try:
            families = await self._view.session.client.products.partner_families()
        except ApiError:
            return []  # the order rule knows add-ons by their code too, and drops nothing
        return [product for family in families for product in family.products]

    async def undo(self) -> None:
        """Ask, and put back what was done last; where that is no longer possible say why, and ask the API nothing."""
        undo = self._view.undos.last
        if undo is None:
            return
        app = self._view.jpmanage
        try:
            why = await self._view.undos.obsolete(undo, self._view.session.queue)
        except OperationError as error:
            app.say(f"Undo: {error.sentence}", "error")
            return
        if why is not None:
            self._view.undos.drop(undo)
            app.say(f"Nothing can be undone: {why}", "warning")
            return
        if await self._ask(questions.undo(undo.words)) is None:
            return
        outcome = await self._send(undo.change)
        if not outcome.nothing_done:
            self._view.undos.drop(undo)

    async def _send(self, change: Change[Any]) -> Outcome[Any]:
        self._view.jpmanage.say(f"{change.sentence()}…")
        outcome = await self._view.session.queue.submit(change).outcome()
        self._tell(outcome)
        return outcome

    def _tell(self, outcome: Outcome[Any]) -> None:
        app = self._view.jpmanage
        app.say(questions.told(outcome), "good" if outcome.happened else "error", outcome=True)
        key = getattr(outcome.change, "license_key", None)
        gone = (key,) if key is not None and isinstance(outcome.change, RevokeLicense) else ()
        self._view.post_message(Changed((key,) if key is not None else (), gone))

    async def _run_plan(self, words: str, changes: list[Any]) -> None:
        from jpmanage_tui.ui.dialogs.plan import PlanDialog

        app = self._view.jpmanage
        finished = await app.push_screen_wait(PlanDialog(words, changes, self._view.session.queue))
        if finished is None:
            return
        app.say(finished.sentence, "good" if finished.complete else "error", outcome=True)
        touched = set(finished.touched)
        keys = tuple(change.license_key for change in changes if change in touched)
        self._view.post_message(Changed(keys))

    # -- marks ---------------------------------------------------------------------------

    async def clear_marks(self) -> None:
        """Clear the marks; asks from ten up."""
        count = len(self._view.marked)
        if count >= MARKS_TO_ASK:
            question = Question(
                "Clear the marks?", [f"{number(count, 'license')} are marked."], "Clear the marks"
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
            self._view.jpmanage.say(explain(error, f"Download of {license.product}"), "error")
            return
        await self._view.jpmanage.open_link(f"Download {license.product}", url)

    async def copy(self) -> None:
        """Send the licence codes to the clipboard: the marked ones, else the one under the cursor."""
        licenses = list(self._view.marked.values()) or [one for one in [self._view.current] if one]
        if licenses:
            codes = "\n".join(license.license_key for license in licenses)
            what = licenses[0].license_key if len(licenses) == 1 else number(len(licenses), "license code")
            await self._view.jpmanage.copy(codes, what)
