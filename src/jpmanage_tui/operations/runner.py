"""Carries out runs: one after another, a few changes at a time, every step noted in the journal before it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    PermissionDeniedError,
    RateLimitError,
    TokenUnavailableError,
)
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.operations.dispatcher import NO_CARD
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import (
    ConflictError,
    JournalUnavailable,
    NotConfirmed,
    OperationError,
    ReadOnly,
    SnapshotUnavailable,
    Stopped,
)
from jpmanage_tui.operations.mutation import Mutation, UnreadableMutation
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    bundle_members,
    find_license,
)
from jpmanage_tui.operations.operation import Cause, Operation, Outcome, is_unanswered
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.run import (
    PAUSED,
    ItemState,
    Run,
    RunItem,
    RunItemId,
    RunPlan,
    RunState,
    count_states,
    item_state,
)
from jpmanage_tui.operations.run_schedule import Schedule
from jpmanage_tui.operations.run_store import UndoableEntries
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.operations.turns import AT_ONCE
from jpmanage_tui.rules.prices import Price

LEFT = "jpmanage was left while it was running."
_NEED_NOT_DONE = "Not begun: what it needs was not done."
_NO_MEMBER = (
    "The licenses of the bundle are not listed yet, or none is left. Go on later, or cancel the rest."
)
_NO_CODE = "By your word a license was issued, but which one is not known: assign it on Licenses, then cancel the rest."
_UNREADABLE = "This version cannot read one of the changes: update jpmanage, or cancel the rest."
_CONCERN_ALL = (
    TokenUnavailableError,
    AuthenticationError,
    ApiConnectionError,
    RateLimitError,
    JournalUnavailable,
    SnapshotUnavailable,
    ReadOnly,
    NotConfirmed,
)
"""What refuses one change would refuse the next one as well."""
_CODES_OF_ALL = frozenset(
    {NO_CARD, "tos_not_consented", "cannot_issue_licenses", "rest_forbidden", "rest_unauthorized"}
)
"""The vendor's codes that concern the account, not one license or site."""


@dataclass(frozen=True)
class RunEvent:
    """Something happened to a run: how it stands now.

    Where it happened to one change of it, ``position`` is that item and ``state`` how it stands now; ``outcome`` is how
    it ended; ``verifying``: it is being looked up whether it was done. ``cause`` is what keeps a run that stands still
    from going on, where that is an error.
    """

    run: Run
    outcome: Outcome[Any] | None = None
    position: int | None = None
    state: ItemState | None = None
    verifying: bool = False
    cause: Cause | None = None


OnRunEvent = Callable[[RunEvent], None]


class Runner:
    """The runs of one partner key in this program. Who asks for one may go away: it goes on, and stands in the journal.

    Every method that names a run raises KeyError where there is none, ConflictError where another program works on it
    or it is another key's, and JournalUnavailable where the journal cannot be used.
    """

    def __init__(
        self,
        queue: OperationsQueue,
        on_event: OnRunEvent | None = None,
        runners: list[Runner] | None = None,
    ) -> None:
        """``queue`` sends, and stays the caller's to close, after this; ``on_event`` is called on the event loop.

        ``runners`` are all of this program, this one among them until it is closed: a run that goes on with the
        connection on which it was begun, after another key was chosen, is paused and canceled through the one that works
        on it.
        """
        self._queue = queue
        self._runners = runners if runners is not None else []
        self._runners.append(self)
        self._journal = queue.journal
        self._on_event = on_event
        self._waiting: dict[int, Run] = {}
        """The runs that wait for their turn, by number, in their order."""
        self._to_look_up: set[int] = set()
        """Those of them that go on: what is unknown of them is looked up first."""
        self._work: _Work | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._closing = False
        self._taking = asyncio.Lock()

    @property
    def client(self) -> ClientPort:
        """The client with which its changes are sent."""
        return self._queue.client

    # -- what there is to see --------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a run is under way, or waits for its turn."""
        return self._task is not None and not self._task.done()

    @property
    def current(self) -> Run | None:
        """The run that is under way, as it stands now."""
        return self._work.run if self._work is not None else None

    @property
    def waiting(self) -> int:
        """How many runs wait for their turn."""
        return len(self._waiting)

    async def runs(self, limit: int | None = 200) -> tuple[Run, ...]:
        """Return the last ``limit`` runs (None: all runs) of all keys of the partner, newest first."""
        return tuple(map(self._seen, await self._journal.runs(self._queue.account, limit)))

    async def interrupted(self) -> tuple[Run, ...]:
        """Return the runs of this key that nobody works on and that can go on, oldest first."""
        runs = map(self._seen, await self._journal.open_runs(self._queue.account))
        return tuple(run for run in runs if run.resumable)

    async def unfinished(self) -> tuple[Run, ...]:
        """Return the runs of this key that are neither ended nor canceled, whoever works on them, oldest first."""
        return tuple(map(self._seen, await self._journal.open_runs(self._queue.account)))

    async def named(self, name: str) -> Run | None:
        """Return the last run of this key that is called ``name``, None where there is none."""
        run = await self._journal.run_named(self._queue.account, name)
        return self._seen(run) if run is not None else None

    async def requested(self, request: str) -> Run | None:
        """Return the last run of this key that a command with this ``request`` made, None where there is none."""
        run = await self._journal.run_requested(self._queue.account, request)
        return self._seen(run) if run is not None else None

    async def run(self, run_id: int) -> Run:
        """Return a run as it stands in the journal."""
        return self._seen(await self._journal.run(run_id))

    def _seen(self, run: Run) -> Run:
        """Return a run with what the journal cannot know: it is this one's, and nobody works on it any more."""
        left = run.owner == self._queue.owner and not self.works_on(run.id) and not self._taking.locked()
        under_way = run.state in (RunState.WAITING, RunState.RUNNING)
        return replace(run, interrupted=True) if left and under_way else run

    async def items(self, run_id: int, start: int = 0, count: int | None = None) -> tuple[RunItem, ...]:
        """Return ``count`` items of a run (None: all) from position ``start`` on."""
        return await self._journal.run_items(run_id, start, count)

    async def item_states(self, run_id: int) -> tuple[ItemState, ...]:
        """Return how each item of a run stands, in order."""
        return await self._journal.run_item_states(run_id)

    async def runs_with(self, text: str) -> frozenset[int]:
        """Return the runs, by number, of which a change has a text: a site, a code, a product, a message."""
        return await self._journal.runs_with(self._queue.account, text)

    async def items_at(self, run_id: int, positions: Collection[int]) -> tuple[RunItem, ...]:
        """Return the items of a run at these positions, in order."""
        return await self._journal.run_items_at(run_id, positions)

    async def undoable(
        self, run_id: int | None = None, *, entry_id: int | None = None, without: Collection[int] = ()
    ) -> UndoableEntries | None:
        """Return what was assigned or unassigned last and can be undone, or what can be of a run or of one entry.

        ``without``: entries, by number, that are taken for undone.
        """
        return await self._journal.undoable(self._queue.account, run_id, entry_id=entry_id, without=without)

    # -- what can be done ------------------------------------------------------------------

    async def add(self, plan: RunPlan) -> Run:
        """Write a run down whole, and carry it out when its turn comes.

        Raises:
            ReadOnly: the program changes nothing.
            RunIsThere: a command asks for what a run is there for already; see ``RunStore.add``.
            Stopped: it is being left.
            ValueError: the plan is empty, or its items need each other in a way that cannot be.

        """
        self._check()
        return await self._take_on(
            None, lambda: self._journal.add_run(self._queue.account, plan, self._queue.owner)
        )

    async def resume(self, run_id: int) -> Run:
        """Have a run go on that was paused or interrupted, and return it as it waits for its turn. When that has come,
        what is unknown of it is looked up; what never left is begun. Meanwhile it can be paused and canceled.

        The prices are the caller's to compare (see ``services.runs``).
        """
        self._check()
        await self._check_key(run_id)

        async def claim() -> Run:
            run = await self._journal.claim_run(run_id, self._queue.owner)
            self._to_look_up.add(run_id)
            return run

        return await self._take_on(run_id, claim)

    async def confirm_prices(self, run_id: int, prices: Mapping[int, Price | None]) -> None:
        """Note the prices that the user has confirmed anew for items of a run, by position, before it goes on."""
        await self._check_key(run_id)
        self._check_not_under_way(run_id)
        await self._journal.confirm_prices(run_id, self._queue.owner, prices)

    async def retry(self, run_id: int, *, card_just_added: bool = False) -> Run:
        """Begin again what failed of a run that does not run, and what was not begun; never what is unknown, or canceled.

        ``card_just_added``: see ``OperationsQueue.submit``.
        """
        self._check()
        await self._check_key(run_id)
        return await self._take_on(
            run_id,
            lambda: self._journal.retry_run(run_id, self._queue.owner, card_just_added=card_just_added),
        )

    async def _take_on(self, run_id: int | None, write: Callable[[], Awaitable[Run]]) -> Run:
        """Write that a run is this one's and have it begin, one at a time; who asks may go away in between."""

        async def take_on() -> Run:
            async with self._taking:
                if run_id is not None:
                    self._check_not_under_way(run_id)
                run = await write()
                self._start(run)
                return run

        return await asyncio.shield(asyncio.ensure_future(take_on()))

    def _check_not_under_way(self, run_id: int) -> None:
        if self.in_this_program(run_id):
            raise ConflictError("It is under way already.", 0)

    def works_on(self, run_id: int) -> bool:
        """Whether a run is under way here, or waits for its turn."""
        return run_id in self._waiting or (self._work is not None and self._work.run.id == run_id)

    def in_this_program(self, run_id: int) -> bool:
        """Whether a run is under way in this program, or waits for its turn, with whichever of its connections."""
        return self._runner_of(run_id).works_on(run_id)

    def _runner_of(self, run_id: int) -> Runner:
        """Return the one of this program's that works on a run, this one where none does."""
        return next((runner for runner in self._runners if runner.works_on(run_id)), self)

    async def pause(self, run_id: int) -> None:
        """Begin nothing more of a run of this program until the user says so; what is on its way finishes."""
        await self._runner_of(run_id)._pause(run_id)

    async def _pause(self, run_id: int) -> None:
        if self._work is not None and self._work.run.id == run_id:
            self._work.stop(PAUSED)
        elif self._waiting.pop(run_id, None) is not None:
            await self._leave(run_id, PAUSED)

    async def cancel(self, run_id: int) -> None:
        """Never begin the rest of a run; what is on its way finishes."""
        await self._runner_of(run_id)._cancel(run_id)

    async def _cancel(self, run_id: int) -> None:
        if self._work is not None and self._work.run.id == run_id:
            self._work.cancel()
            return
        self._waiting.pop(run_id, None)
        self._tell(RunEvent(await self._journal.cancel_run(run_id, self._queue.owner)))

    async def leave_out(self, run_id: int, positions: Collection[int]) -> Run:
        """Never begin, or begin again, these items of a run that does not run: they are done in another way."""
        await self._check_key(run_id)
        run = await self._journal.leave_out(run_id, self._queue.owner, positions)
        self._tell(RunEvent(run))
        return run

    async def idle(self) -> None:
        """Wait until no run is under way or waits; canceling this wait touches nothing."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    async def finished(self, run_id: int) -> Run:
        """Wait until a run of this program is neither under way nor waiting, and return it as it stands then."""
        runner = self._runner_of(run_id)
        while runner.works_on(run_id):
            runner._ended.clear()
            await runner._ended.wait()
        return await self.run(run_id)

    async def close(self) -> None:
        """Begin nothing more, and close the queue where a run is under way.

        What is on its way finishes within the queue's bound, what is left stands in the journal and can go on later.
        """
        self._closing = True
        if self in self._runners:
            self._runners.remove(self)
        waiting, self._waiting = self._waiting, {}
        if self._work is not None:
            self._work.stop(LEFT)
        for run_id in waiting:
            with suppress(JournalUnavailable):  # as if the program had been killed: it is interrupted
                await self._leave(run_id, LEFT)
        if self.busy:
            await self._queue.close()  # it waits no longer than that for what hangs, and notes it as unknown
        await self.idle()

    # -- one after another -----------------------------------------------------------------

    def _check(self) -> None:
        if self._queue.read_only:
            raise ReadOnly()
        if self._closing:
            raise Stopped("The program is ending.")

    async def _check_key(self, run_id: int) -> None:
        run = await self._journal.run(run_id)
        if (await self._journal.scope(self._queue.account)).kinship(run.account) is not Kinship.SAME:
            raise ConflictError(f"“{run.title}” is of another partner key. Choose that key first.", 0)

    def _start(self, run: Run) -> None:
        self._waiting[run.id] = run
        self._tell(RunEvent(run))
        if not self.busy:
            self._task = asyncio.get_running_loop().create_task(self._carry_out_all(), name="runs")
            self._task.add_done_callback(_report)

    async def _carry_out_all(self) -> None:
        while self._waiting:
            run_id, run = next(iter(self._waiting.items()))
            try:
                # it still waits meanwhile: who asks is told so, and may pause it
                run = await self._looked_up(run_id)
                self._to_look_up.discard(run_id)
                if self._waiting.pop(run_id, None) is None:
                    continue
                self._work = _Work(run, self._queue, self._tell)
                await self._work.carry_out(await self._journal.run_items(run_id))
            except JournalUnavailable as error:
                self._waiting.pop(run_id, None)
                run = self._work.run if self._work is not None else run
                self._tell(RunEvent(replace(run, state=RunState.PAUSED, reason=error.sentence), cause=error))
            finally:
                self._work = None
                self._ended.set()

    async def _looked_up(self, run_id: int) -> Run:
        """Return a run that waits, as it stands once what is unknown of it was looked up, where it goes on."""
        if run_id in self._to_look_up:
            await self._queue.recover()
            if run_id in self._waiting:  # what has turned out not to be done is to be begun now
                return await self._journal.claim_run(run_id, self._queue.owner)
        return await self._journal.run(run_id)

    async def _leave(self, run_id: int, reason: str) -> None:
        run = await self._journal.stop_run(run_id, self._queue.owner, RunState.PAUSED, reason)
        self._tell(RunEvent(run))
        self._ended.set()

    def _tell(self, event: RunEvent) -> None:
        if self._on_event is not None:
            asyncio.get_running_loop().call_soon(self._on_event, event)


class _Work:
    """One run while it is carried out."""

    def __init__(self, run: Run, queue: OperationsQueue, tell: OnRunEvent) -> None:
        self.run = run
        self._queue = queue
        self._journal = queue.journal
        self._tell = tell
        self._items: tuple[RunItem, ...] = ()
        self._states: list[ItemState] = []
        self._schedule = Schedule(())
        self._operations: dict[int, Operation[Any]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._brought: dict[int, LicenseKey] = {}
        self._members: dict[LicenseKey, tuple[LicenseId | None, tuple[LicenseKey, ...]]] = {}
        self._acknowledged: set[int] = set()
        self._reason = ""
        self._canceled = False
        self._held: str = ""
        """Why some of it was held back, as a sentence."""
        self._cause: Cause | None = None
        """What stopped it, or holds some of it back, where that is an error."""
        self._over = False
        """Whether nothing more of it is begun: only what is being looked up may still become known."""
        self._changed = asyncio.Event()

    def stop(self, reason: str, cause: Cause | None = None) -> None:
        """Begin nothing more of it; what waits for its turn or for a busy server is put back.

        ``cause`` is the error of which that comes.
        """
        if not self._reason:
            self._reason, self._cause = reason, cause
        for operation in self._operations.values():
            operation.stop()
        self._changed.set()

    def cancel(self) -> None:
        """Begin nothing more of it, ever."""
        self._canceled = True
        self.stop("Canceled.")

    async def carry_out(self, items: tuple[RunItem, ...]) -> None:
        """Send what is not begun, and note how the run stands when nothing more can be sent.

        Raises:
            JournalUnavailable: that could not be noted.

        """
        if not await self._journal.begin_run(self.run.id, self._queue.owner):
            return
        self._items, self._states = items, [item.state for item in items]
        for item in items:
            if item.entry is not None and item.entry.result:
                self._brought[item.position] = item.entry.result[0]
        self._schedule = Schedule(items)
        self._update(state=RunState.RUNNING, reason="")
        for item in items:
            if item.state is not ItemState.WAITING:
                await self._follow_need(item.position)
        while not self._reason or self._sending:
            self._changed.clear()
            await self._begin_some()
            if not self._tasks and not self._sending:
                break
            await self._changed.wait()
        await self._end()

    @property
    def _sending(self) -> bool:
        """Whether something is on its way; looks at what became of lost ones do not hold up who has stopped it."""
        looking = sum(operation.verifying for operation in self._operations.values())
        return len(self._tasks) > looking

    @property
    def _unanswered(self) -> bool:
        """Whether no answer came to one of them: nothing is begun before it is known whether the line is there."""
        return any(operation.verifying and operation.unanswered for operation in self._operations.values())

    async def _begin_some(self) -> None:
        looking = sum(operation.verifying for operation in self._operations.values())
        while not self._reason and not self._unanswered and len(self._tasks) - looking < AT_ONCE:
            position = self._schedule.next()
            if position is None:
                return
            if position in self._tasks:  # put back just now: its task ends with this step, and wakes us again
                self._schedule.put_back(position)
                return
            task = asyncio.get_running_loop().create_task(self._carry_out_item(position))
            self._tasks[position] = task
            task.add_done_callback(partial(self._item_ended, position))

    def _item_ended(self, position: int, task: asyncio.Task[None]) -> None:
        del self._tasks[position]
        self._operations.pop(position, None)
        self._changed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, OperationError | ApiError):
                self.stop(error.sentence if isinstance(error, OperationError) else str(error), error)
            else:
                self.stop(str(error))
                task.get_loop().call_exception_handler({"message": "A run broke", "exception": error})

    async def _carry_out_item(self, position: int) -> None:
        item = self._items[position]
        mutation = await self._sendable(item)
        if isinstance(mutation, str):
            self._held = self._held or mutation
            self._leave_with_dependents(position)
            return
        self._set(position, ItemState.ACTIVE)
        operation = self._operations[position] = self._queue.submit(
            mutation,
            card_just_added=self.run.card_just_added,
            acknowledged=self._acknowledged,
            run_item=RunItemId(self.run.id, position),
        )
        operation.on_verifying(partial(self._verifying, position))
        if self._reason:
            operation.stop()
        outcome = await operation.outcome()
        if isinstance(outcome.error, ConflictError) and outcome.nothing_done:
            await self._conflict(position, outcome.error)
        elif outcome.nothing_done and isinstance(outcome.error, Stopped | JournalUnavailable):
            self.stop(
                outcome.error.sentence, outcome.error
            )  # first: while it is put back nothing may begin it again
            await self._put_back(position)
        else:
            await self._take(position, outcome)

    def _verifying(self, position: int) -> None:
        self._tell(RunEvent(self.run, None, position, ItemState.ACTIVE, verifying=True))
        self._changed.set()

    async def _take(self, position: int, outcome: Outcome[Any]) -> None:
        """Take over how an item ended, and what that means for the others."""
        if self._over:  # it may go on meanwhile: the journal knows how it stands by now
            run = await self._journal.run(self.run.id)
            self._tell(RunEvent(run, outcome, position, item_state(outcome.state)))
            return
        if outcome.license_keys:
            self._brought[position] = outcome.license_keys[0]
        if not outcome.happened and _concerns_all(outcome):
            self.stop(_why_stopped(outcome), outcome.error)
        never_left = outcome.state is EntryState.NOT_SENT and _concerns_all(outcome)
        if never_left:
            await self._put_back(position)
        else:
            self._set(position, item_state(outcome.state), outcome)
            if outcome.unknown:
                self._hold(position, outcome)
            await self._follow_need(position)
            self._schedule.leave(position)

    def _hold(self, position: int, outcome: Outcome[Any]) -> None:
        """Hold back what must not be sent while it is not known whether an item was done."""
        self._held = (
            f"It is not known whether this was done: {outcome.change.summary()}. Look it up, then go on."
        )
        for other in self._schedule.same_target(position, self._items):
            self._leave_with_dependents(other)

    def _leave_with_dependents(self, position: int) -> None:
        self._schedule.leave(position)
        for dependent in self._schedule.dependents(position):
            self._leave_with_dependents(dependent)

    async def _follow_need(self, position: int) -> None:
        """Let what needs an item begin, or pass it over, or hold it back, by how the item stands."""
        state, dependents = self._states[position], self._schedule.dependents(position)
        if state is ItemState.DONE:
            self._schedule.done(position)
        elif state in (ItemState.FAILED, ItemState.SKIPPED):
            waiting = [one for one in dependents if self._states[one] is ItemState.WAITING]
            if waiting:
                await self._pass_over(dict.fromkeys(waiting, _NEED_NOT_DONE))
        elif state is ItemState.UNKNOWN:
            for dependent in dependents:
                self._leave_with_dependents(dependent)
            self._held = self._held or (
                "It is not known whether a change of this run was done. Look it up, then go on."
            )

    async def _pass_over(self, notes: dict[int, str]) -> None:
        await self._journal.pass_over(self.run.id, notes)
        for position in notes:
            self._set(position, ItemState.SKIPPED)
            self._schedule.leave(position)
            await self._follow_need(position)

    async def _put_back(self, position: int) -> None:
        self._set(position, ItemState.WAITING)
        self._schedule.put_back(position)
        await self._journal.put_back(self.run.id, position)

    async def _conflict(self, position: int, error: ConflictError) -> None:
        """Wait until the change that is in the way has ended, then begin the item again; hold it back where that is not
        found out.
        """
        self._set(position, ItemState.WAITING)
        await self._journal.put_back(self.run.id, position)
        for pause in self._queue.policy.conflict_pauses:
            if self._reason:
                break
            await self._queue.policy.sleep(pause)
            try:
                entry = await self._journal.entry(error.entry_id)
            except KeyError:
                break
            if entry.state.settled:
                self._schedule.put_back(position)
                return
            if not self._queue.may_settle(entry):
                break
        if self._reason:
            self._schedule.put_back(position)
            return
        self._held, self._cause = error.sentence, error
        self._leave_with_dependents(position)
        for other in self._schedule.same_target(position, self._items):
            self._leave_with_dependents(other)

    async def _sendable(self, item: RunItem) -> Mutation[Any] | str:
        """Return what is sent for an item, with the code of the license that was issued for it; or why nothing can be.

        Raises:
            ApiError: the bundle's licenses could not be read.

        """
        mutation = item.mutation
        if isinstance(mutation, UnreadableMutation):
            return _UNREADABLE
        if item.needs is None or not isinstance(mutation, AssignLicense) or mutation.license_key:
            return mutation
        key = self._brought.get(item.needs)
        if key is None:
            return _NO_CODE
        issued = self._items[item.needs].mutation
        if not isinstance(issued, IssueLicense) or (issued.quantity or 1) == 1:
            return replace(mutation, license_key=key)
        parent, members = await self._members_of(key)
        rank = self._schedule.dependents(item.needs).index(item.position)
        if rank >= len(members):
            return _NO_MEMBER
        return replace(mutation, license_key=members[rank], parent_id=parent)

    async def _members_of(self, key: LicenseKey) -> tuple[LicenseId | None, tuple[LicenseKey, ...]]:
        """Return the id of the bundle with this code, and its licenses; none where it is not listed whole yet.

        Raises:
            ApiError: they could not be read.

        """
        if key not in self._members:
            bundle = await find_license(self._queue.client, key, None)
            parent = bundle.license_id if bundle is not None else None
            members = await bundle_members(self._queue.client, parent) if parent is not None else ()
            if not members:
                return parent, ()
            self._members[key] = parent, members
        return self._members[key]

    async def _end(self) -> None:
        journal, owner = self._journal, self._queue.owner
        self._over = True
        if self._canceled:
            stored = await journal.cancel_run(self.run.id, owner)
        elif self._reason or any(state is ItemState.WAITING for state in self._states):
            stored = await journal.stop_run(
                self.run.id, owner, RunState.PAUSED, self._reason or self._held or PAUSED
            )
        else:
            stored = await journal.stop_run(self.run.id, owner, RunState.ENDED)
        if self._canceled and not stored.state.settled:  # meanwhile
            stored = await journal.cancel_run(self.run.id, owner)
        self.run = stored
        self._tell(RunEvent(stored, cause=None if stored.state.settled else self._cause))

    def _set(self, position: int, state: ItemState, outcome: Outcome[Any] | None = None) -> None:
        before, self._states[position] = self._states[position], state
        counts = self.run.counts
        counts = replace(counts, **{before.value: getattr(counts, before.value) - 1})
        self.run = replace(
            self.run, counts=replace(counts, **{state.value: getattr(counts, state.value) + 1})
        )
        self._tell(RunEvent(self.run, outcome, position, state))

    def _update(self, *, state: RunState, reason: str) -> None:
        self.run = replace(self.run, state=state, reason=reason, counts=count_states(self._states))
        self._tell(RunEvent(self.run))


def _report(task: asyncio.Task[None]) -> None:
    """Tell the event loop of a defect that ended the runs: nobody waits for their task."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "The runs broke", "exception": error})


def _why_stopped(outcome: Outcome[Any]) -> str:
    """Return why a run stops with this change, as a sentence: what concerns all, not what looking for this one showed."""
    if outcome.state is EntryState.CONFIRMED_NOT_DONE and isinstance(outcome.error, ApiError):
        return outcome.error.message
    return outcome.detail or outcome.sentence


def _concerns_all(outcome: Outcome[Any]) -> bool:
    """Whether what refused a change, or left it without an answer, would do the same to the others of its run."""
    error = outcome.error
    if isinstance(error, ApiError) and error.code in _CODES_OF_ALL:
        return True
    if isinstance(error, PermissionDeniedError) and isinstance(outcome.change, IssueLicense):
        return True
    return isinstance(error, _CONCERN_ALL) or is_unanswered(error)
