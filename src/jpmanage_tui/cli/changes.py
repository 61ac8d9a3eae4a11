"""Commands that change something: looked at first, confirmed, then carried out as a run of the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError, OutcomeUnknownError
from jpmanage_tui.cli import output
from jpmanage_tui.cli.command import Invocation
from jpmanage_tui.cli.confirm import confirm
from jpmanage_tui.cli.errors import CommandError, Failure, failure_of, tell
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.formats import row_writer
from jpmanage_tui.cli.inputs import Inputs, request_digest
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.proposal import Proposal, Propose
from jpmanage_tui.operations.errors import READ_ONLY, JournalUnavailable, OperationError, RunIsThere
from jpmanage_tui.operations.policy import ANSWERED
from jpmanage_tui.operations.run import ItemState, PlannedItem, Run, RunItem, RunPlan, RunState
from jpmanage_tui.rules.prices import Cost, cost_of, money
from jpmanage_tui.services.bulk_plans import BulkPlan, PlanError
from jpmanage_tui.services.fields.field import AnyFields, record_of
from jpmanage_tui.services.price_text import cost_words, unknown_words
from jpmanage_tui.services.runs import RunReview, go_on, review_run, review_sentences

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.operations.runner import RunEvent

AT_ONCE = 500
"""So many changes of a run are read at a time."""
MOST_TOLD = 10
"""So many changes that were not done, or of which nobody knows, are told beside the table."""
WAIT_SECONDS = 1.0
"""Between two looks at a run of another program."""


class Changing:
    """One run of a command that changes something."""

    def __init__(self, invocation: Invocation, fields: AnyFields) -> None:
        """`fields` are those of its changes that are printed."""
        self._invocation = invocation
        self._arguments = invocation.arguments
        self._fields = fields
        self._progress = Progress()
        self._run: Run | None = None
        self._error: ApiError | OperationError | None = None
        """What refused a change last, or kept it from being sent."""
        self._lost: Run | None = None
        """The last run that was asked for in the same way, where it was not known of all of it whether it was done."""
        self._reasons: dict[int, str] = {}
        """Why changes were not done, by position: what checking found is in the journal, the refusal is here."""

    # -- from a command ----------------------------------------------------------------------

    async def propose_and_run(self, propose: Propose, inputs: Inputs) -> int:
        """Plan, ask, carry out, and print what became of each change.

        Raises CommandError where the plan cannot be made or may not be carried out.
        """
        request = request_digest(self._arguments, inputs)
        session = await self.open(request)
        try:
            name: str | None = self._arguments.run_name
            named = await session.runner.named(name) if name else None
            if named is not None:
                return await self._continue_named(session, named, request)
            same = [run for run in await session.runner.unfinished() if run.request == request]
            if same:
                return await self._meet_unfinished(session, same[0])
            if self._lost is not None and (run := await self._found_out(session, self._lost)) is not None:
                return await self._report(session, run)
            try:
                proposal = await propose(session, self._arguments, inputs, self._progress)
            except PlanError as error:
                raise CommandError(str(error)) from None
            self._progress.clear()
            plan = replace(
                proposal.plan.run, created_by=self._arguments.parser.prog, name=name or "", request=request
            )
            return await self._carry_out(session, replace(proposal, plan=replace(proposal.plan, run=plan)))
        finally:
            self._progress.clear()
            await self._close(session)

    async def _carry_out(self, session: Session, proposal: Proposal) -> int:
        plan = proposal.plan
        self._tell_left_out(plan)
        if not plan.run.items:
            if plan.left_out:
                raise CommandError("Nothing was sent: all of it was left out.")
            self._write([])
            output.write_error("Nothing to do.")
            return ExitCode.OK
        same = [run for run in await session.runner.unfinished() if run.digest == plan.run.digest]
        if same:
            return await self._meet_unfinished(session, same[0])
        lines = proposal_lines(proposal)
        if self._arguments.dry_run:
            for line in lines:
                output.write_error(line)
            self._write(_planned(plan.run.items))
        self._check_cost(plan.cost)
        if self._arguments.dry_run:
            return ExitCode.OK
        if self._arguments.yes:
            for line in lines:
                output.write_error(line)
        elif not await confirm(lines, number=proposal.lost if proposal.lost > 1 else None):
            output.write_error("Nothing was sent.")
            return ExitCode.USAGE
        try:
            run = await self._begun(session, plan.run)
        except RunIsThere as error:  # another program was faster
            if error.run.name == plan.run.name != "":
                return await self._continue_named(session, error.run, plan.run.request)
            return await self._meet_unfinished(session, error.run)
        code = await self._follow(session, run)
        return ExitCode.PARTIAL if code is ExitCode.OK and plan.left_out else code

    async def _begun(self, session: Session, plan: RunPlan) -> Run:
        """Write a run down and have it begin; a signal waits until it is known whether it stands in the journal."""
        adding = asyncio.ensure_future(session.runner.add(plan))
        try:
            self._run = await asyncio.shield(adding)
        except asyncio.CancelledError:
            await asyncio.wait({adding})
            if adding.exception() is None:
                self._run = adding.result()
                await self._leave(session, self._run)
            raise
        return self._run

    def _tell_left_out(self, plan: BulkPlan) -> None:
        for one in plan.left_out:
            output.write_error(f"Left out: {one.sentence}")

    def _check_cost(self, cost: Cost) -> None:
        most: Decimal | None = getattr(self._arguments, "max_cost", None)
        if most is None:
            return
        if cost.unknown or cost.apart or len(cost.totals) > 1:
            raise CommandError(
                "Nothing was sent: what it costs a month is not known, so --max-cost cannot be kept."
            )
        for total in cost.totals:
            if total.per_month > most:
                costs, limit = money(total.per_month, total.currency), money(most, total.currency)
                raise CommandError(f"Nothing was sent: it costs {costs} a month, and --max-cost is {limit}.")

    # -- runs that are there already -------------------------------------------------------------

    async def _meet_unfinished(self, session: Session, run: Run) -> int:
        """Wait for a run that does the same, where that is wanted and somebody works on it; else say that it is there."""
        if self._arguments.wait and not run.resumable:
            return await self.wait_for(session, run)
        raise CommandError(_unfinished_sentence(run), ExitCode.OUTCOME_UNKNOWN)

    async def _found_out(self, session: Session, lost: Run) -> Run | None:
        """Return a run of which it was unknown until now whether it was done, None where nothing of it was.

        Who asks for the same once more may do so since no answer came: what was done is told, and not done twice. Raises
        CommandError where it is still unknown.
        """
        run = await session.runner.run(lost.id)
        counts = run.counts
        if counts.unknown or counts.active:
            raise CommandError(
                f"“{run.title}” asked for the same, and it is not known of {counts.unknown + counts.active:,} of "
                f"{counts.total:,} whether it was done: nothing was sent. `jpmanage operations recheck {run.id}` looks "
                f"it up again; `jpmanage operations show {run.id}` has what can be settled by your word.",
                ExitCode.OUTCOME_UNKNOWN,
            )
        if not counts.done:
            return None
        output.write_error(
            f"“{run.title}” asked for the same, and it was not known whether all of it was done: now it is. Nothing was "
            "sent; the command begins a new run when it is given once more."
        )
        return run

    async def _continue_named(self, session: Session, run: Run, request: str) -> int:
        """Go on with the run of the name that was given; end with 2 where it is not what is asked for now.

        Raises CommandError where another command has made it.
        """
        command = self._arguments.parser.prog
        if run.created_by != command:
            raise CommandError(
                f"The run “{run.name}” was made by `{run.created_by}`: nothing was sent. Choose another --run-name."
            )
        same = run.request == request
        if not same:
            state = "ended as follows" if run.state.settled else "goes on as it was confirmed"
            output.write_error(
                f"The run “{run.name}” {state}; it was asked for with other words or another list, "
                "and what they ask for now is not sent. For a new run choose another --run-name."
            )
        code = await self.continue_run(session, run)
        return code if same else code or ExitCode.USAGE  # a script must not take it for done

    async def continue_run(self, session: Session, run: Run, *, retry: bool = False) -> int:
        """Go on with a run (`retry`: with what failed of it too), and print what became of each change.

        One that has ended is printed as it ended.

        Raises CommandError where the run cannot go on.
        """
        self._run = run
        if run.state.settled and not retry:
            return await self._report(session, run)
        if not run.state.settled and not run.resumable:
            if not self._arguments.wait:
                raise CommandError(_unfinished_sentence(run), ExitCode.OUTCOME_UNKNOWN)
            run = self._run = await self._waited(session, run)
            if not run.resumable and not retry:
                return await self._report(session, run)
        families = session.client.products.partner_families
        if self._arguments.dry_run:
            review = await review_run(session.runner, run.id, families, retry=retry)
            for line in review_lines(review):
                output.write_error(line)
            self._write(review.items)
            return ExitCode.OK
        try:
            going = await go_on(session.runner, run.id, families, self._confirm_review, retry=retry)
        except asyncio.CancelledError:
            await self._leave(session, run)
            raise
        if going is None:
            output.write_error("Nothing was sent.")
            return ExitCode.USAGE
        return await self._follow(session, going)

    async def _confirm_review(self, review: RunReview) -> bool:
        self._check_cost(cost_of(review.prices))
        lines = review_lines(review)
        if not self._arguments.yes:
            return await confirm(lines, number=review.irreversible if review.irreversible > 1 else None)
        if review.asks and getattr(self._arguments, "max_cost", None) is None:
            changed = "; ".join(f"{change.name}: {change.words}" for change in review.changes if change.asks)
            raise CommandError(
                f"Nothing was sent: prices have changed since they were confirmed ({changed}). Go on without --yes, or "
                "with --max-cost."
            )
        for line in lines:
            output.write_error(line)
        return True

    async def wait_for(self, session: Session, run: Run) -> int:
        """Wait until another program has ended a run, and print what became of each change.

        Raises CommandError where that program has left it before: it goes on only where that is asked for.
        """
        run = await self._waited(session, run)
        if run.resumable:
            raise CommandError(_unfinished_sentence(run), ExitCode.OUTCOME_UNKNOWN)
        return await self._report(session, run)

    async def _waited(self, session: Session, run: Run) -> Run:
        """Wait until nobody works on a run of another program any more, and return it as it stands then."""
        while not run.state.settled and not run.resumable:
            counts = run.counts
            self._progress(f"Waiting for “{run.title}”: {counts.done:,} of {counts.total:,} done…")
            await asyncio.sleep(WAIT_SECONDS)
            run = await session.runner.run(run.id)
        self._progress.clear()
        return run

    # -- carrying out ------------------------------------------------------------------------------

    async def open(self, request: str = "") -> Session:
        """Open the account; what an earlier program left of changes is looked up first.

        `request`: what is asked for, for a run of the same of which something is unknown before that look.
        Raises CommandError where nothing may be changed, and what opening an account raises.
        """
        service = self._invocation.account_service
        if service.options.read_only and not getattr(self._arguments, "dry_run", False):
            raise CommandError(f"Nothing was changed: {READ_ONLY}")
        service.on_run_event = self._heard
        session = await service.open()
        try:
            run = await session.runner.requested(request) if request else None
            if run is not None and (run.counts.unknown or run.counts.active):
                self._lost = run
            await session.queue.recover()
        except BaseException:
            await session.close()
            raise
        return session

    async def _close(self, session: Session) -> None:
        """Close the account; a run that is under way stops first, and can go on later."""
        await session.close()

    def _heard(self, event: RunEvent) -> None:
        if self._run is not None and event.run.id == self._run.id:
            self._run = event.run
            counts = event.run.counts
            ended = counts.done + counts.failed + counts.skipped
            self._progress(f"{event.run.title}: {ended:,} of {counts.total:,}…")
        if isinstance(event.cause, ApiError | OperationError):
            self._error = event.cause
        if event.outcome is not None and isinstance(event.outcome.error, ApiError | OperationError):
            self._error = event.outcome.error
            if self._run is not None and event.run.id == self._run.id and event.position is not None:
                self._reasons[event.position] = event.outcome.detail

    async def _follow(self, session: Session, run: Run) -> ExitCode:
        """Wait for the end of a run of this program, and print what became of each change."""
        self._run = run
        try:
            run = await session.runner.finished(run.id)
            # what became of a lost change may be known in a moment, and a script does not look again
            if run.counts.unknown or run.counts.active:
                self._progress(f"{run.title}: looking up what became of {run.counts.unknown:,}…")
                await session.queue.idle(verified=True)
                run = await session.runner.run(run.id)
        except asyncio.CancelledError:
            await self._leave(session, run)
            raise
        self._progress.clear()
        return await self._report(session, run)

    async def _leave(self, session: Session, run: Run) -> None:
        """Let what is on its way finish, and say how the rest of a run goes on: it stands in the journal."""
        self._progress.clear()
        await session.close()
        await asyncio.sleep(0)  # what was told of it last has come then
        run = self._run if self._run is not None else run
        if run.complete or run.state.settled:
            output.write_error(ended_text(run))
            return
        counts = run.counts
        output.write_error(
            f"“{run.title}” was left: {counts.done:,} of {counts.total:,} done. {_resume(run)} goes on."
        )

    async def _report(self, session: Session, run: Run) -> ExitCode:
        """Print each change of a run, say how it ended, and return the exit code.

        Raises SystemExit where all of it was done, and the changes cannot be printed.
        """
        wrong: list[RunItem] = []
        unwritten = None
        try:
            await self._print(session, run, wrong)
        except (
            SystemExit
        ) as stop:  # what became of them is told, and has its exit code, whoever reads the rows
            unwritten = stop
        for line in not_done_lines(wrong, self._reasons):
            output.write_error(line)
        code = self._exit_code(run)
        self._tell_end(run, code)
        if unwritten is not None and code is ExitCode.OK:
            raise unwritten
        return code

    async def _print(self, session: Session, run: Run, wrong: list[RunItem]) -> None:
        """Print each change of a run, and note those that were not done, or of which nobody knows, in `wrong`."""
        writer = row_writer(self._arguments, self._fields)
        start = 0
        while items := await session.runner.items(run.id, start, AT_ONCE):
            wrong += [item for item in items if item.state in (ItemState.FAILED, ItemState.UNKNOWN)]
            for item in items:
                writer.row(record_of(self._fields, item))
            start += AT_ONCE
        writer.end()

    def _tell_end(self, run: Run, code: ExitCode) -> None:
        """Say how a run ended; as a line of JSON where that is asked for and not all of it was done."""
        ended = ended_text(run, self._error.sentence if isinstance(self._error, JournalUnavailable) else "")
        if code is ExitCode.OK or self._arguments.format not in ("json", "jsonl"):
            output.write_error(ended)
            return
        failure = Failure(ended, code, "not_all_done")
        if self._error is not None:
            failure = failure_of(self._error)._replace(message=failure.message, exit_code=code)
        tell(failure, as_json=True)

    def _write(self, items: Iterable[RunItem]) -> None:
        writer = row_writer(self._arguments, self._fields)
        for item in items:
            writer.row(record_of(self._fields, item))
        writer.end()

    def _exit_code(self, run: Run) -> ExitCode:
        counts = run.counts
        if counts.unknown or counts.active:
            return ExitCode.OUTCOME_UNKNOWN
        if run.complete:
            return ExitCode.OK
        if counts.done:
            return ExitCode.PARTIAL
        if isinstance(self._error, OutcomeUnknownError):  # it is known by now that nothing was done
            return ExitCode.REFUSED if self._error.code in ANSWERED else ExitCode.NO_ANSWER
        return failure_of(self._error).exit_code if self._error is not None else ExitCode.REFUSED


def _planned(items: Sequence[PlannedItem]) -> list[RunItem]:
    """Return planned changes as they would stand in their run."""
    return [
        RunItem(0, position, one.mutation, one.needs, one.price, one.undoes, "", False, None)
        for position, one in enumerate(items)
    ]


def proposal_lines(proposal: Proposal) -> list[str]:
    """Return what would be done and what it costs, a sentence a line.

    Of what is issued or revoked the proposal's own sentences say by how much the bill changes.
    """
    plan = proposal.plan
    lines = [f"{plan.run.title}."]
    if not plan.issued:
        costs = cost_words(plan.cost)
        lines += [f"It costs {costs} more."] if costs else []
        lines += [unknown_words(plan.cost, plan.cost.unknown)] if plan.cost.unknown else []
    saved = "" if plan.revoked else cost_words(plan.saved)
    if saved:
        lines.append(f"The bill gets lower: {saved} less.")
    return [*lines, *proposal.sentences, *plan.remarks]


def _unfinished_sentence(run: Run) -> str:
    """Return that a run has not ended, whose it is, and how it goes on."""
    counts = run.counts
    about = f"“{run.title}” ({counts.done:,} of {counts.total:,} done)"
    if run.resumable:
        return f"{about} waits to go on: nothing was sent. {_way_on(run)} goes on with it."
    return (
        f"{about} is under way in another program: nothing was sent. --wait waits for it; if that program "
        f"ends before, {_resume(run)} goes on with it."
    )


def review_lines(review: RunReview) -> list[str]:
    """Return what going on with a run would begin, and which prices have changed, a sentence a line."""
    title = (
        f"Retry what failed of “{review.run.title}”" if review.retry else f"Go on with “{review.run.title}”"
    )
    sentences = review_sentences(review) or ["Nothing of it is left to begin."]
    changed = [f"The price has changed: {change.name}, {change.words}." for change in review.changes]
    return [f"{title}: {sentences[0]}", *sentences[1:], *changed]


def not_done_lines(wrong: Sequence[RunItem], reasons: Mapping[int, str] | None = None) -> list[str]:
    """Return of changes that were not done, or of which nobody knows, what they were and why, the first of them each.

    `reasons` are those that were told when they ended, by position; else the journal's are given.
    """
    lines = []
    for item in wrong[:MOST_TOLD]:
        why = (reasons or {}).get(item.position) or (
            item.entry.message if item.entry is not None else item.note
        )
        lines.append(f"{item.state.value}: {item.change.summary()}: {why}")
    return [*lines, f"and {len(wrong) - MOST_TOLD:,} more"] if len(wrong) > MOST_TOLD else lines


def ended_text(run: Run, trouble: str = "") -> str:
    """Return how a run stands, in one line.

    `trouble` says why the journal could not be written: what was on its way then stands there as it was.
    """
    counts = run.counts
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (counts.done, "done"),
            (counts.failed, "failed"),
            (counts.unknown + counts.active, "unknown"),
            (counts.skipped, "not begun, what they need was not done"),
            (counts.waiting, "not begun"),
        )
        if number
    ]
    text = f"{run.title}: {', '.join(parts) or 'nothing'}."
    reason = run.reason if run.state is RunState.PAUSED else trouble
    if not reason:
        return f"{text} {_retry(run)} tries what failed again." if counts.failed else text
    return f"{text} {reason} {_way_on(run)} goes on."


def _resume(run: Run) -> str:
    return f"`jpmanage operations resume {run.id}`"


def _retry(run: Run) -> str:
    return f"`jpmanage operations retry {run.id}`"


def _way_on(run: Run) -> str:
    """Return the command by which a run goes on that stands still; where all that is left of it failed, `retry`."""
    counts = run.counts
    only_failed = counts.failed and not (counts.waiting or counts.active or counts.unknown)
    return _retry(run) if only_failed else _resume(run)
