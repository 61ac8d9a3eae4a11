"""What can be done with a run or a change in Operations, and why it cannot be done now."""

from __future__ import annotations

from functools import cached_property

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.operations.entry import Entry
from jpmanage_tui.operations.errors import READ_ONLY, OperationError
from jpmanage_tui.operations.run import Run, RunState
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.services.operation_text import can_be_settled
from jpmanage_tui.services.runs import RunReview, go_on
from jpmanage_tui.services.undo import why_not_undone
from jpmanage_tui.services.unknown_outcomes import look_up, looked_up_text, unknown_items
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.sections.base import UNDO, Section
from jpmanage_tui.ui.sections.licenses.changes import LicenseChanger
from jpmanage_tui.ui.sections.operations import text

OPERATIONS: CommandSet = CommandSet(
    "Operations",
    (
        Command(
            "toggle", "Open", "Open the run, or show all that is known of the change.", action="open_row"
        ),
        Command("look-up", "Look up again", "Look up what became of a change of unknown outcome."),
        Command(
            "was-done", "It was done", "Settle a change of unknown outcome: you have looked, it was done."
        ),
        Command(
            "was-not-done",
            "It was not",
            "Settle a change of unknown outcome: you have looked, it was not done.",
        ),
        Command(
            "resume-run",
            "Go on",
            "Go on with a paused or interrupted run; compares the prices, and asks first.",
        ),
        Command(
            "pause-run",
            "Pause",
            "Begin nothing more of the run until you go on; what is on its way finishes.",
        ),
        Command("retry-run", "Retry what failed", "Try again what failed of the run; asks first."),
        Command("cancel-run", "Cancel the rest", "Never begin the rest of the run; asks first."),
        UNDO,
        Command("copy", "Copy", "Copy the license codes and the request id of the change.", footer=False),
        Command(
            "search",
            "Search",
            "Search what was asked for, its codes, request ids and messages.",
            footer=False,
        ),
        Command("filter", "Filter", "List one day, some days, or one partner key only.", footer=False),
        Command(
            "previous-filter",
            "Previous tab",
            "The previous tab: by how operations or changes stand.",
            footer=False,
        ),
        Command("next-filter", "Next tab", "The next tab: by how operations or changes stand."),
        Command(
            "export",
            "Export",
            "Write the open run's report, or what is listed, to a CSV or JSON file.",
            footer=False,
        ),
        Command("menu", "Menu", "Everything that can be done with the row.", footer=False, action="row_menu"),
    ),
)
"""Every command of this screen."""
ROW_ACTIONS = (
    "toggle",
    "look-up",
    "was-done",
    "was-not-done",
    "resume-run",
    "pause-run",
    "retry-run",
    "cancel-run",
    "undo",
    "copy",
)
NO_RUN = "This is a single change, not a run."
NO_CHANGE = "No change is selected."
ELSEWHERE = "Another jpmanage works on it."


class OperationActions(Section):
    """The actions on the run or the change under the cursor, or on the run that is open."""

    @property
    def run(self) -> Run | None:
        """The run that is open, or under the cursor."""
        raise NotImplementedError

    @property
    def entry(self) -> Entry | None:
        """The change under the cursor, as far as it was begun."""
        raise NotImplementedError

    @property
    def kinship(self) -> Kinship:
        """How the key of the run or the change stands to the present one."""
        raise NotImplementedError

    def changed(self, *entry_ids: int) -> None:
        """Read again what became of entries of the journal."""
        raise NotImplementedError

    @cached_property
    def _changer(self) -> LicenseChanger:
        return LicenseChanger(self, lambda _outcomes, _unverified: None)

    async def _asked(self, question: Confirmation) -> bool:
        return await self.app.push_screen_wait(ConfirmDialog(question)) is not None

    # -- runs ------------------------------------------------------------------------------

    def _run_reason(self) -> str | None:
        """Return why nothing can be done with a run here."""
        if self.session.read_only:
            return READ_ONLY
        if self.run is None:
            return NO_RUN if self.entry is not None else NO_CHANGE
        return None if self.kinship is Kinship.SAME or self._is_here(self.run) else text.OTHER_KEY

    def _is_elsewhere(self, run: Run) -> bool:
        """Whether another program works on a run."""
        return run.owner != "" and not run.interrupted and not self._is_here(run)

    def _is_here(self, run: Run | None) -> bool:
        """Whether this program works on a run, with this key's connection or with another's."""
        return run is not None and self.session.runner.in_this_program(run.id)

    def resume_run_disabled_reason(self) -> str | None:
        """Return why the run cannot go on."""
        reason, run = self._run_reason(), self.run
        if reason or run is None or run.resumable:
            return reason
        if run.state.settled:
            return "It has ended."
        return ELSEWHERE if self._is_elsewhere(run) else "It is not paused."

    def pause_run_disabled_reason(self) -> str | None:
        """Return why the run cannot be paused."""
        reason, run = self._run_reason(), self.run
        if reason or run is None:
            return reason
        if run.state.settled:
            return "It has ended."
        if run.resumable:
            return "It is paused already."
        return ELSEWHERE if self._is_elsewhere(run) else None

    def retry_run_disabled_reason(self) -> str | None:
        """Return why nothing of the run can be tried again."""
        reason, run = self._run_reason(), self.run
        if reason or run is None or run.retryable:
            return reason
        return "Nothing of it failed." if not run.counts.failed else "It is under way."

    def cancel_run_disabled_reason(self) -> str | None:
        """Return why the run cannot be canceled."""
        reason, run = self._run_reason(), self.run
        if reason or run is None:
            return reason
        if run.state.settled:
            return "It has ended."
        return ELSEWHERE if self._is_elsewhere(run) else None

    def action_resume_run(self) -> None:
        """Ask, and have the run go on."""
        if self.run is not None:
            self.start_action(self._go_on(self.run, retry=False))

    def action_retry_run(self) -> None:
        """Ask, and try again what failed of the run."""
        if self.run is not None:
            self.start_action(self._go_on(self.run, retry=True))

    async def _go_on(self, run: Run, *, retry: bool) -> None:
        async def confirm(review: RunReview) -> bool:
            self.status_line.clear()
            return await self._asked(text.review_question(review))

        self.notify("Reading what is left of it, and prices…")
        families = self.session.client.products.partner_families
        try:
            begun = await go_on(self.session.runner, run.id, families, confirm, retry=retry)
        except ApiError as error:
            self.notify(f"{error_text(error, 'Reading your prices')} Nothing was begun.", severity="error")
        except KeyError:
            self.notify("The journal does not have this run any more.", severity="error")
        except OperationError as error:
            self.notify(error.sentence, severity="error")
        else:
            if begun is not None:
                self.notify(f"Going on: {run.title}.")

    def action_pause_run(self) -> None:
        """Begin nothing more of the run for now."""
        if self.run is not None:
            self.start_action(self._pause(self.run))

    async def _pause(self, run: Run) -> None:
        try:
            await self.session.runner.pause(run.id)
        except OperationError as error:
            self.notify(error.sentence, severity="error")
            return
        if run.state is RunState.RUNNING:
            self.notify("Pausing: what is on its way finishes first.")

    def action_cancel_run(self) -> None:
        """Ask, and never begin the rest of the run."""
        if self.run is not None:
            self.start_action(self._cancel(self.run))

    async def _cancel(self, run: Run) -> None:
        if not await self._asked(text.cancel_question(run)):
            return
        try:
            await self.session.runner.cancel(run.id)
        except KeyError:
            self.notify("The journal does not have this run any more.", severity="error")
        except OperationError as error:
            self.notify(error.sentence, severity="error")

    # -- changes of unknown outcome ------------------------------------------------------------

    def look_up_disabled_reason(self) -> str | None:
        """Return why nothing can be looked up."""
        entry, run = self.entry, self.run
        if entry is None and run is not None and run.counts.unknown:
            return None if self.kinship is Kinship.SAME else text.OTHER_KEY
        reason = self.was_done_disabled_reason()
        if reason is not None or entry is None:
            return reason
        if self.kinship is not Kinship.SAME:
            return "It was made with another token: it can be settled by your word only."
        return None if entry.readable else "This version cannot read what it is."

    def was_done_disabled_reason(self) -> str | None:
        """Return why the change cannot be settled by the user's word."""
        if self.entry is None:
            return NO_CHANGE
        if not can_be_settled(self.entry):
            return "It is known what became of it." if self.entry.state.settled else "It is under way."
        return None if self.kinship in (Kinship.SAME, Kinship.UNCLEAR) else text.OTHER_KEY

    was_not_done_disabled_reason = was_done_disabled_reason

    def action_look_up(self) -> None:
        """Look up what became of the change, or of every change of the run whose outcome is unknown."""
        self.notify("Looking…")
        worker = self._look_up(self.entry, self.run)
        self.run_worker(worker, group="look-up", exclusive=True, exit_on_error=False)

    async def _look_up(self, entry: Entry | None, run: Run | None) -> None:
        try:
            entries = [entry] if entry is not None else await self._unknown(run)
            found = await look_up(self.session.queue, [one.id for one in entries])
        except (OperationError, KeyError) as error:
            self.notify(
                error.sentence if isinstance(error, OperationError) else text.OTHER_KEY, severity="error"
            )
            return
        self.changed(*(one.id for one in entries))
        good = found[0].happened if len(found) == 1 else not any(one.unknown for one in found)
        self.notify(looked_up_text(found), severity="success" if good else "warning", outcome=True)

    async def _unknown(self, run: Run | None) -> list[Entry]:
        """Return the changes of a run whose outcome is unknown."""
        items = await unknown_items(self.session.runner, run.id) if run is not None else ()
        return [item.entry for item in items if item.entry is not None]

    def action_was_done(self) -> None:
        """Ask, and take the change for done."""
        if self.entry is not None:
            self.start_action(self._resolve(self.entry, done=True))

    def action_was_not_done(self) -> None:
        """Ask, and take the change for not done."""
        if self.entry is not None:
            self.start_action(self._resolve(self.entry, done=False))

    async def _resolve(self, entry: Entry, *, done: bool) -> None:
        if not await self._asked(text.resolve_question(entry, done=done)):
            return
        try:
            outcome = await self.session.queue.resolve_manually(entry.id, done=done)
        except (OperationError, KeyError) as error:
            self.notify(
                error.sentence if isinstance(error, OperationError) else text.OTHER_KEY, severity="error"
            )
            return
        self.changed(entry.id)
        self.notify(outcome.sentence, outcome=True)

    # -- undoing, copying ------------------------------------------------------------------------

    def undo_disabled_reason(self) -> str | None:
        """Return why the run or the change cannot be undone."""
        if self.session.read_only:
            return READ_ONLY
        run, entry = self.run, self.entry
        if run is None and entry is None:
            return NO_CHANGE
        if self.kinship is not Kinship.SAME:
            return text.OTHER_KEY
        return why_not_undone(run, entry)

    def action_undo(self) -> None:
        """Ask, and undo the run or the change, item by item."""
        run, entry = self.run, self.entry
        if run is not None:
            self.start_action(self._changer.undo(run_id=run.id))
        elif entry is not None:
            self.start_action(self._changer.undo(entry_id=entry.id))

    def copy_disabled_reason(self) -> str | None:
        """Return why there is nothing to copy."""
        if self.entry is None:
            return "Open the run: its changes have codes." if self.run is not None else NO_CHANGE
        return None if text.code_of(self.entry) else "It has neither a license code nor a request id."

    def action_copy(self) -> None:
        """Send the codes and the request id of the change to the clipboard."""
        if self.entry is not None:
            self.start_action(self.copy(text.code_of(self.entry), "codes and request id"))
