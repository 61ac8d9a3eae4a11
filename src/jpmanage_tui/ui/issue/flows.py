"""What the commands of Issue New License do that waits: dialogs, the queue, the clipboard."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.rules.licenses import multisites_hidden
from jpmanage_tui.ui.commands.keys import key_of
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog, Question
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.issue.pages import counted
from jpmanage_tui.ui.issue.placing import Slot, hides_multisites
from jpmanage_tui.ui.issue.quantity import QuantityDialog
from jpmanage_tui.ui.issue.quote import total_words
from jpmanage_tui.ui.issue.run import Job, Place
from jpmanage_tui.ui.issue.selection import Selection
from jpmanage_tui.ui.words import explain, number

if TYPE_CHECKING:
    from jpmanage_tui.ui.issue.view import IssueView

LISTED = 6
"""So many items are named in the question; the rest is counted."""


def _assign_question(
    going: Mapping[Job, Slot], staying: Sequence[str], url: str, error: ApiError | None
) -> Question:
    names = list(dict.fromkeys(slot.words for slot in going.values()))
    text = ["\n".join(f"  {name}" for name in names[:LISTED])]
    if len(names) > LISTED:
        text[0] += f"\n  and {len(names) - LISTED} more"
    if error is not None:
        text.append(explain(error, f"Looking up what {url} has"))
    if staying:
        text.append(
            f"{number(len(staying), 'license')} stay{'s' if len(staying) == 1 else ''} unassigned: {staying[0]}"
        )
    what = names[0] if len(going) == 1 else number(len(going), "license")
    return Question("Assign License?", text, f"Assign {what} to {url}")


class Flows:
    """The flows of one screen. Each is a coroutine that `start` runs beside the screen; nothing cancels it."""

    def __init__(self, view: IssueView) -> None:
        self._view = view

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
        words = f"{number(view.order.selection.licenses, 'license')} selected."
        question = Question("Clear the selection?", [words], "Clear the selection")
        if await view.app.push_screen_wait(ConfirmDialog(question)) is not None:
            view.select(Selection())

    async def pick_site(self) -> None:
        """Choose the site for the licences, and go on to the review."""
        view = self._view
        picker = SitePicker(
            view.session.client,
            "Assign the new licenses to which site?",
            not_multisite=hides_multisites(view.order.quote.lines),
        )
        site = await view.app.push_screen_wait(picker)
        if site is not None:
            view.steps.take_site(site)

    # -- issuing ---------------------------------------------------------------------------

    async def issue(self) -> None:
        """Ask once more, naming count and cost, and issue."""
        view = self._view
        if await view.app.push_screen_wait(ConfirmDialog(self._question())) is not None:
            view.begin_run()

    def _question(self) -> Question:
        view = self._view
        order = view.order
        quote, slots = order.quote, order.slots
        lines = quote.lines[:LISTED]
        items = "\n".join(f"  {line.words}" for line in lines)
        if len(quote.lines) > LISTED:
            items += f"\n  and {len(quote.lines) - LISTED} more"
        cost = (
            f"{total_words(quote.totals)}, from now until revoked."
            if quote.totals
            else "The API gives no price."
        )
        if quote.totals and quote.apart:
            cost += " " + ", ".join(line.name for line in quote.apart) + " comes on top."
        placed = sum(count for count, slot in counted(slots) if slot.to_site)
        where = "They are issued unassigned."
        if order.chosen is not None:
            where = f"None of them can go to {order.chosen.site.url} at once: they stay unassigned."
        if order.chosen is not None and placed:
            rest = len(slots) - placed
            where = f"{number(placed, 'license')} assigned to {order.chosen.site.url} after that"
            where += f", the rest ({rest}) stays unassigned." if rest else "."
        words = f"Issue {number(quote.licenses, 'license')}"
        return Question(f"{words}?", [items, cost, where], words)

    async def assign(self) -> None:
        """Choose a site for what was issued here and is unassigned, ask, and assign what can go there."""
        view, run = self._view, self._view.run
        if run is None:
            return
        jobs = run.assignable
        what = jobs[0].slot.name if len(jobs) == 1 else number(len(jobs), "license")
        hidden = multisites_hidden([job.key for job in jobs if job.key is not None])
        picker = SitePicker(view.session.client, f"Assign {what} to which site?", not_multisite=hidden)
        site = await view.app.push_screen_wait(picker)
        if site is None:
            return
        view.jpmanage.say(f"Looking up what {site.url} has…")
        owned, error = await view.reader.owned(site)
        view.jpmanage.main.status.clear()
        slots = view.order.slots_for(jobs, owned)
        going = {job: slot for job, slot in slots.items() if slot.to_site}
        staying = [f"{slot.words}: {slot.why}" for slot in slots.values() if not slot.to_site]
        if not going:
            view.jpmanage.say(f"None of them can go to {site.url}. {staying[0]}", "warning")
            return
        question = _assign_question(going, staying, site.url, error)
        if await view.app.push_screen_wait(ConfirmDialog(question)) is not None:
            view.assign(going, Place(site.blog_id, site.url))

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
            view.take_gate(gate)
            if gate.needs_card:
                view.jpmanage.say(
                    f"There is still no valid payment method: press {key_of('open-payment-methods')}, "
                    f"then {key_of('new-card')} to add one.",
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
            what = keys[0] if len(keys) == 1 else number(len(keys), "license code")
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
            view.jpmanage.say(explain(error, f"Download of {job.slot.name}"), "error")
            return
        await view.jpmanage.open_link(f"Download {job.slot.name}", url)
