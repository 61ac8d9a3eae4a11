"""What the commands of Issue New License do that waits: dialogs, the queue, the clipboard."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.rules import prices
from jpmanage_tui.rules.assigning import Fit
from jpmanage_tui.rules.licenses import multisites_hidden
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.order import Reviewed
from jpmanage_tui.services.issuing.planned_license import PlannedLicense, hides_multisites, to_place
from jpmanage_tui.services.issuing.run import IssueItem, Place
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.services.price_text import cost_words, unknown_words
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.sections.issue.quantity_dialog import QuantityDialog
from jpmanage_tui.ui.sections.licenses import questions
from jpmanage_tui.ui.sections.licenses.changing import Changer

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.issue.section import IssueSection

NOT_UNDONE = "Issuing cannot be undone: revoking ends the billing, and the days until then are paid for."
LISTED = 6
"""So many items are named in the question; the rest is counted."""


def _assign_question(
    going: Mapping[IssueItem, PlannedLicense], staying: Sequence[str], site: Site, error: ApiError | None
) -> Confirmation:
    names = list(dict.fromkeys(slot.words for slot in going.values()))
    text = ["\n".join(f"  {name}" for name in names[:LISTED])]
    if len(names) > LISTED:
        text[0] += f"\n  and {len(names) - LISTED} more"
    text[0] += f"\nto {questions.name_of(site)}"
    text.append(questions.UNCHANGED)
    if error is not None:
        words = f"Looking up what {site_name(site.address)} has"
        text.append(error_text(error, words, where=Where.DIALOG))
    if staying:
        text.append(
            f"{pluralize(len(staying), 'license')} stay{'s' if len(staying) == 1 else ''} unassigned: {staying[0]}"
        )
    what = names[0] if len(going) == 1 else pluralize(len(going), "license")
    text += questions.site_notes(site, Fit(()))
    return Confirmation("Assign License?", text, f"Assign {what} to {site_name(site.address)}")


def issue_question(order: Reviewed) -> Confirmation:
    """Return the last question before licenses are issued: what, what it costs, and where each goes."""
    quote = order.quote
    items = "\n".join(f"  {line.words}" for line in quote.lines[:LISTED])
    if len(quote.lines) > LISTED:
        items += f"\n  and {len(quote.lines) - LISTED} more"
    whole = prices.cost_of(
        price
        for line in quote.lines
        for price in ([line.price] if line.price is not None else [None] * line.licenses)
    )
    known = f"{cost_words(whole)}, from now until revoked." if whole.known else ""
    cost = " ".join(part for part in (known, unknown_words(whole, quote.licenses), NOT_UNDONE) if part)
    words = f"Issue {pluralize(quote.licenses, 'license')}"
    return Confirmation(f"{words}?", [items, cost, _where(order)], words)


def _where(order: Reviewed) -> str:
    """Return where the licenses go. It counts licenses: a bundle's are as many as it has, and go to no site at once."""
    whole = order.quote.licenses
    if order.chosen is None:
        return "It is issued unassigned." if whole == 1 else "They are issued unassigned."
    url = order.chosen.name
    placed = sum(slot.size for slot in order.slots if slot.to_site)
    if placed == whole:
        return f"It is assigned to {url}." if whole == 1 else f"All {whole:,} are assigned to {url}."
    if not placed:
        stay = "It stays unassigned: it" if whole == 1 else "They stay unassigned: none of them"
        return f"{stay} can{'not' if whole == 1 else ''} go to {url} at once."
    is_, stays = ("is" if placed == 1 else "are"), ("stays" if whole - placed == 1 else "stay")
    return f"{placed:,} {is_} assigned to {url}, {whole - placed:,} {stays} unassigned."


class Flows:
    """The flows of one screen. Each is a coroutine that `start` runs beside the screen; nothing cancels it."""

    def __init__(self, view: IssueSection) -> None:
        self._view = view
        self._changer = Changer(view, self.start, lambda _outcomes, _looking: view.tell_others())

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen."""
        self._view.run_worker(flow, group="issue-flow", exclusive=False, exit_on_error=False)

    # -- choosing --------------------------------------------------------------------------

    async def ask_quantity(self) -> None:
        """Ask how many of the product under the cursor."""
        view = self._view
        product, pick = view.pane.products.current, view.pane.pick
        if product is None:
            return
        name = product.name if pick.size == 1 else f"bundles of {pick.size} {product.name}"
        count = await view.app.push_screen_wait(QuantityDialog(name, view.order.selection.count(pick)))
        if count is not None:
            view.select(view.order.selection.with_count(pick, count))

    async def clear(self) -> None:
        """Take everything out of the selection, after asking."""
        view = self._view
        words = f"{pluralize(view.order.selection.licenses, 'license')} selected."
        question = Confirmation("Clear the selection?", [words], "Clear the selection", changes=False)
        if await view.app.push_screen_wait(ConfirmDialog(question)) is not None:
            view.select(Selection())

    async def pick_site(self) -> None:
        """Choose the site for the licences, and go on to the review."""
        view = self._view
        lines = view.order.quote.lines
        check = SiteCheck(view.session.client, to_place(lines))
        picker = SitePicker(
            view.session.client,
            "Assign the new licenses to which site?",
            not_multisite=hides_multisites(lines),
            check=check,
        )
        site = await view.app.push_screen_wait(picker)
        if site is not None:
            view.reader.note_owned(site, check.products_on(site))
            view.steps.take_site(site)

    # -- issuing ---------------------------------------------------------------------------

    async def issue(self) -> None:
        """Ask once more, naming count and cost, and issue what was asked about."""
        view = self._view
        reviewed = view.order.reviewed()
        if await view.app.push_screen_wait(ConfirmDialog(issue_question(reviewed))) is not None:
            view.begin_run(reviewed)

    async def assign(self) -> None:
        """Choose a site for what was issued here and is unassigned, ask, and assign what can go there."""
        view, run = self._view, self._view.run
        if run is None:
            return
        jobs = run.assignable
        what = jobs[0].slot.name if len(jobs) == 1 else pluralize(len(jobs), "license")
        hidden = multisites_hidden([job.key for job in jobs if job.key is not None])
        check = SiteCheck(view.session.client, [job.candidate for job in jobs])
        picker = SitePicker(
            view.session.client, f"Assign {what} to which site?", not_multisite=hidden, check=check
        )
        site = await view.app.push_screen_wait(picker)
        if site is None:
            return
        view.reader.note_owned(site, check.products_on(site))
        name = site_name(site.address)
        view.jpmanage.say(f"Looking up what {name} has…")
        owned, error = await view.reader.owned(site)
        view.jpmanage.main.status.clear()
        slots = view.order.slots_for(jobs, owned)
        going = {job: slot for job, slot in slots.items() if slot.to_site}
        staying = [f"{slot.words}: {slot.why}" for slot in slots.values() if not slot.to_site]
        if not going:
            view.jpmanage.say(f"None of them can go to {name}. {staying[0]}", "warning")
            return
        question = _assign_question(going, staying, site, error)
        if await view.app.push_screen_wait(ConfirmDialog(question)) is None:
            return
        if run.running or not all(job.may_assign for job in going):
            view.jpmanage.say("Assign License: these licenses are being assigned already.", "warning")
            return
        view.assign(run, going, Place(site.blog_id, name))

    async def undo(self) -> None:
        """Ask, and undo what was assigned or unassigned last, here or on another screen."""
        await self._changer.undo()

    async def retry(self) -> None:
        """Send again what failed; first ask whether a card was added since, where that was the reason."""
        view = self._view
        run = view.run
        if run is None or run.running:
            return
        added = False
        if run.needs_card:
            view.jpmanage.say("Checking the payment method…")
            gate = await view.reader.gate()
            if view.run is not run or run.running:
                return  # it was begun anew meanwhile
            view.take_gate(gate)
            if gate.needs_card:
                view.jpmanage.say(
                    f"There is still no valid payment method: press {key_for('open-payment-methods')}, "
                    f"then {key_for('new-card')} to add one.",
                    "warning",
                )
                return
            added = gate.error is None
        view.send(card_just_added=added)

    async def look(self) -> None:
        """Look up again what became of the licence under the cursor."""
        view = self._view
        job, run = view.job, view.run
        if job is None or run is None:
            return
        view.jpmanage.say("Looking…")
        try:
            outcome = await run.look_again(job)
        except (OperationError, KeyError) as error:
            view.jpmanage.say(str(error), "error")
            return
        if outcome is not None:
            view.jpmanage.say(outcome.sentence, "good" if outcome.happened else "warning", outcome=True)
            view.tell_others()

    # -- the codes -------------------------------------------------------------------------

    async def copy(self) -> None:
        """Send the code of the licence under the cursor to the clipboard."""
        job = self._view.job
        if job is not None and job.key is not None:
            await self._view.jpmanage.copy(job.key, job.key)

    async def copy_all(self) -> None:
        """Send every new code to the clipboard."""
        run = self._view.run
        keys = [job.key for job in run.jobs if job.key is not None] if run is not None else []
        if keys:
            what = keys[0] if len(keys) == 1 else pluralize(len(keys), "license code")
            await self._view.jpmanage.copy("\n".join(keys), what)

    async def download(self) -> None:
        """Ask where the download of the licence under the cursor is, and show or open it."""
        view = self._view
        job = view.job
        if job is None or job.key is None:
            return
        try:
            url = await view.session.client.licenses.download_url(job.key)
        except ApiError as error:
            view.jpmanage.say(error_text(error, f"Download of {job.slot.name}"), "error")
            return
        await view.jpmanage.open_link(f"Download {job.slot.name}", url)
