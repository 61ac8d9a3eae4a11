"""Commands that change something: looked at first, confirmed, then carried out as a run of the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.cli import output
from jpmanage_tui.cli.command import Invocation
from jpmanage_tui.cli.confirm import confirm
from jpmanage_tui.cli.errors import CommandError, exit_code_of
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.formats import row_writer
from jpmanage_tui.cli.inputs import Inputs, request_digest
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.proposal import Proposal, Propose
from jpmanage_tui.operations.run import PlannedItem, Run, RunItem, RunState
from jpmanage_tui.rules.prices import Cost, cost_of, money
from jpmanage_tui.services.bulk_plans import BulkPlan
from jpmanage_tui.services.fields.field import AnyFields, record_of
from jpmanage_tui.services.price_text import cost_words, unknown_words
from jpmanage_tui.services.runs import RunReview, go_on, review_run, review_sentences

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.operations.runner import RunEvent

AT_ONCE = 500
"""So many changes of a run are read at a time."""
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
        self._error: ApiError | None = None
        """What refused a change last."""

    # -- from a command ----------------------------------------------------------------------

    async def propose_and_run(self, propose: Propose, inputs: Inputs) -> int:
        """Plan, ask, carry out, and print what became of each change."""
        session = await self.open()
        try:
            name: str | None = self._arguments.run_name
            named = await session.runner.named(name) if name else None
            if named is not None:
                return await self.continue_run(session, named)
            request = request_digest(self._arguments, inputs)
            same = [run for run in await session.runner.unfinished() if run.request == request]
            if same:
                return await self._meet_unfinished(session, same[0])
            proposal = await propose(session, self._arguments, inputs, self._progress)
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
            output.write_error("Nothing to do.")
            return ExitCode.USAGE if plan.left_out else ExitCode.OK
        same = [run for run in await session.runner.unfinished() if run.digest == plan.run.digest]
        if same:
            return await self._meet_unfinished(session, same[0])
        lines = proposal_lines(proposal)
        if self._arguments.dry_run:
            for line in lines:
                output.write_error(line)
            self._write(_planned(plan.run.items))
            return ExitCode.OK
        self._check_cost(plan.cost)
        if not self._arguments.yes:
            number = proposal.lost if proposal.lost > 1 else None
            if not await confirm(lines, number=number):
                output.write_error("Nothing was sent.")
                return ExitCode.USAGE
        run = await session.runner.add(plan.run)
        code = await self._follow(session, run)
        return ExitCode.PARTIAL if code is ExitCode.OK and plan.left_out else code

    def _tell_left_out(self, plan: BulkPlan) -> None:
        for one in plan.left_out:
            line = f"line {one.number}: " if one.number is not None else ""
            product = f" ({one.product})" if one.product else ""
            output.write_error(f"Left out: {line}{one.what}{product}: {one.reason}")

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
        counts = run.counts
        state = "waits to go on" if run.resumable else "is under way in another program"
        raise CommandError(
            f"“{run.title}” ({counts.done:,} of {counts.total:,} done) {state}: nothing was sent. "
            f"`jpmanage operations resume {run.id}` goes on with it.",
            ExitCode.OUTCOME_UNKNOWN,
        )

    async def continue_run(self, session: Session, run: Run, *, retry: bool = False) -> int:
        """Go on with a run (`retry`: with what failed of it too), and print what became of each change.

        One that has ended is printed as it ended.
        """
        self._run = run
        if run.state.settled and not retry:
            return await self._report(session, run)
        if not run.resumable and not retry:
            if self._arguments.wait:
                return await self.wait_for(session, run)
            raise CommandError(
                f"“{run.title}” is under way in another program: nothing was sent. --wait waits for it.",
                ExitCode.OUTCOME_UNKNOWN,
            )
        families = session.client.products.partner_families
        if self._arguments.dry_run:
            review = await review_run(session.runner, run.id, families, retry=retry)
            for line in review_lines(review):
                output.write_error(line)
            self._write(review.items)
            return ExitCode.OK
        going = await go_on(session.runner, run.id, families, self._confirm_review, retry=retry)
        if going is None:
            output.write_error("Nothing was sent.")
            return ExitCode.USAGE
        return await self._follow(session, going)

    async def _confirm_review(self, review: RunReview) -> bool:
        self._check_cost(cost_of(review.prices))
        if not self._arguments.yes:
            return await confirm(review_lines(review))
        if review.asks and getattr(self._arguments, "max_cost", None) is None:
            changed = "; ".join(f"{change.name}: {change.words}" for change in review.changes if change.asks)
            raise CommandError(
                f"Nothing was sent: prices have changed since they were confirmed ({changed}). Go on without --yes, or "
                "with --max-cost."
            )
        return True

    async def wait_for(self, session: Session, run: Run) -> int:
        """Wait until another program has ended a run, and print what became of each change."""
        while not run.state.settled and not run.resumable:
            counts = run.counts
            self._progress(f"Waiting for “{run.title}”: {counts.done:,} of {counts.total:,} done…")
            await asyncio.sleep(WAIT_SECONDS)
            run = await session.runner.run(run.id)
        self._progress.clear()
        return await self._report(session, run)

    # -- carrying out ------------------------------------------------------------------------------

    async def open(self) -> Session:
        """Open the account; what an earlier program left of changes is looked up first.

        Raises CommandError where nothing may be changed, and what opening an account raises.
        """
        service = self._invocation.account_service
        if service.options.read_only and not getattr(self._arguments, "dry_run", False):
            raise CommandError("jpmanage was started with --read-only: nothing is changed.")
        service.on_run_event = self._heard
        session = await service.open()
        try:
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
        if event.outcome is not None and isinstance(event.outcome.error, ApiError):
            self._error = event.outcome.error

    async def _follow(self, session: Session, run: Run) -> ExitCode:
        """Wait for the end of a run of this program, and print what became of each change."""
        self._run = run
        try:
            run = await session.runner.finished(run.id)
        except asyncio.CancelledError:
            self._progress.clear()
            await session.close()  # what is on its way finishes, the rest stands in the journal
            counts = self._run.counts
            output.write_error(
                f"“{run.title}” was left: {counts.done:,} of {counts.total:,} done. "
                f"`jpmanage operations resume {run.id}` goes on."
            )
            raise
        self._progress.clear()
        return await self._report(session, run)

    async def _report(self, session: Session, run: Run) -> ExitCode:
        """Print each change of a run, say how it ended, and return the exit code."""
        writer = row_writer(self._arguments, self._fields)
        start = 0
        while items := await session.runner.items(run.id, start, AT_ONCE):
            for item in items:
                writer.row(record_of(self._fields, item))
            start += AT_ONCE
        writer.end()
        output.write_error(ended_text(run))
        return self._exit_code(run)

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
        return exit_code_of(self._error) if self._error is not None else ExitCode.REFUSED


def _planned(items: Sequence[PlannedItem]) -> list[RunItem]:
    """Return planned changes as they would stand in their run."""
    return [
        RunItem(0, position, one.mutation, one.needs, one.price, one.undoes, "", False, None)
        for position, one in enumerate(items)
    ]


def proposal_lines(proposal: Proposal) -> list[str]:
    """Return what would be done and what it costs, a sentence a line."""
    plan = proposal.plan
    lines = [f"{plan.run.title}."]
    costs = cost_words(plan.cost)
    if costs:
        lines.append(f"It costs {costs} more.")
    if plan.cost.unknown:
        lines.append(unknown_words(plan.cost, plan.issued or plan.cost.unknown))
    saved = cost_words(plan.saved)
    if saved:
        lines.append(f"The bill gets lower: {saved} less.")
    return [*lines, *plan.remarks, *proposal.sentences]


def review_lines(review: RunReview) -> list[str]:
    """Return what going on with a run would begin, and which prices have changed, a sentence a line."""
    title = (
        f"Retry what failed of “{review.run.title}”" if review.retry else f"Go on with “{review.run.title}”"
    )
    sentences = review_sentences(review) or ["Nothing of it is left to begin."]
    changed = [f"The price has changed: {change.name}, {change.words}." for change in review.changes]
    return [f"{title}: {sentences[0]}", *sentences[1:], *changed]


def ended_text(run: Run) -> str:
    """Return how a run stands, in one line."""
    counts = run.counts
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (counts.done, "done"),
            (counts.failed, "failed"),
            (counts.unknown, "unknown"),
            (counts.skipped, "not begun, what they need was not done"),
            (counts.waiting, "not begun"),
        )
        if number
    ]
    text = f"{run.title}: {', '.join(parts) or 'nothing'}."
    if run.state is RunState.PAUSED:
        text += f" {run.reason} `jpmanage operations resume {run.id}` goes on."
    return text
