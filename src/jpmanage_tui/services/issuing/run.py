"""Carrying out what was reviewed: issue one after another, then assign; it goes on whoever watches it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.api.products import Product
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.runs import BatchRun, RunItem
from jpmanage_tui.rules.assigning import Candidate
from jpmanage_tui.rules.licenses import SLUG_CUT, assign_order
from jpmanage_tui.services.issuing.planned_license import PlannedLicense

WOO = "woocommerce"


@dataclass(frozen=True)
class Place:
    """The site that was chosen."""

    blog_id: BlogId
    url: str


@dataclass
class Step:
    """One change of a job, as it goes through the queue; `looked` is what looking again found."""

    item: RunItem | None = None
    looked: Outcome[Any] | None = None

    @property
    def outcome(self) -> Outcome[Any] | None:
        """How it ended, None while it waits or runs."""
        return self.looked or (self.item.outcome if self.item is not None else None)

    @property
    def begun(self) -> bool:
        """Whether it was handed to the queue."""
        return self.item is not None and self.item.operation is not None

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.item is not None and self.item.running

    @property
    def looking(self) -> bool:
        """Whether it was sent, and what became of it is being looked up now."""
        return self.item is not None and self.item.verifying

    @property
    def happened(self) -> bool:
        """Whether it is known to be done."""
        return self.outcome is not None and self.outcome.happened

    @property
    def unknown(self) -> bool:
        """Whether nobody knows whether it was done."""
        return self.outcome is not None and self.outcome.unknown

    @property
    def failed(self) -> bool:
        """Whether it is known not to be done."""
        return self.outcome is not None and self.outcome.nothing_done

    @property
    def open(self) -> bool:
        """Whether it may be sent (again): never begun, or known not to be done; never when nobody knows."""
        return not self.running and not self.happened and not self.unknown


class IssueItem:
    """One license or bundle to issue, and where it goes after."""

    def __init__(self, slot: PlannedLicense, place: Place | None) -> None:
        """`place` is the site that it goes to, where `slot` says that it goes to one."""
        self.slot = slot
        self.place = place
        self.issue = Step()
        self.assign = Step()

    @property
    def key(self) -> LicenseKey | None:
        """The new license's code (a bundle's: that of its parent), None before it is issued."""
        outcome = self.issue.outcome
        return outcome.license_keys[0] if outcome is not None and outcome.license_keys else None

    @property
    def candidate(self) -> Candidate:
        """The license as one for which a site is chosen."""
        key = self.key or LicenseKey(self.slot.slug)
        return Candidate(key, self.slot.name, ProductSlug(self.slot.slug[:SLUG_CUT]))

    @property
    def to_assign(self) -> bool:
        """Whether it is issued and still to be assigned."""
        return self.slot.to_site and self.key is not None and self.assign.open

    @property
    def may_assign(self) -> bool:
        """Whether it is issued, unassigned, and no bundle: such a license can go to any site."""
        return self.slot.size == 1 and self.key is not None and self.assign.open

    @property
    def to_issue(self) -> bool:
        """Whether it is still to be issued."""
        return self.issue.open

    @property
    def to_download(self) -> bool:
        """Whether the product still has to be downloaded for its site (contract: licenses 3.7)."""
        return self.key is not None and self.key.startswith(WOO)

    @property
    def looking(self) -> bool:
        """Whether it is being looked up what became of one of its changes."""
        return self.issue.looking or self.assign.looking

    @property
    def unknown(self) -> bool:
        """Whether the fate of one of its changes is unknown."""
        return self.issue.unknown or self.assign.unknown


class IssueRun:
    """Issues `slots` one after another through the queue, then assigns what goes to `place`, later to other sites.

    A license that fails does not keep the others; what failed can be tried again with `retry`; what is unknown is
    never sent again. `on_change` is called on the event loop when something began or ended.
    """

    def __init__(
        self,
        queue: OperationsQueue,
        slots: Iterable[PlannedLicense],
        place: Place | None,
        catalog: Sequence[Product],
        on_change: Callable[[], None],
    ) -> None:
        self.jobs: tuple[IssueItem, ...] = tuple(IssueItem(slot, place) for slot in slots)
        self.halted = ""
        """Why it ended early, as a sentence; empty if it did not."""
        self.needs_card = False
        """Whether the API refused to issue for want of a valid card."""
        self._queue = queue
        self._catalog = catalog
        self._on_change = on_change
        self._plan: BatchRun | None = None
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._assigns_only = False

    # -- what there is to see --------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self._task is not None and not self._task.done()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopping and self.running

    @property
    def issued(self) -> tuple[IssueItem, ...]:
        """The jobs whose license is known to be issued."""
        return tuple(job for job in self.jobs if job.issue.happened)

    @property
    def assignable(self) -> tuple[IssueItem, ...]:
        """The jobs whose license is unassigned and can go to a site now; none while it is running."""
        return () if self.running else tuple(job for job in self.jobs if job.may_assign)

    @property
    def retryable(self) -> bool:
        """Whether something may be sent (again)."""
        return not self.running and any(job.to_issue or job.to_assign for job in self.jobs)

    @property
    def complete(self) -> bool:
        """Whether everything was issued, and assigned where it was to be."""
        return not self.running and not self.retryable and not any(job.unknown for job in self.jobs)

    # -- doing it --------------------------------------------------------------------------

    def start(self, *, card_just_added: bool = False) -> None:
        """Begin, or try again what failed and what was not begun. `card_just_added` is the queue's.

        Raises:
            RuntimeError: it is running.

        """
        if self.running:
            raise RuntimeError("it is running")
        self._stopping, self.needs_card, self.halted = False, False, ""
        self._assigns_only = False
        self._begin(card_just_added)

    def assign(self, slots: Mapping[IssueItem, PlannedLicense], place: Place) -> None:
        """Assign the licenses of these jobs to `place`, as `slots` now says of them. Nothing is issued.

        Raises:
            RuntimeError: it is running.

        """
        if self.running:
            raise RuntimeError("it is running")
        for job, slot in slots.items():
            job.slot, job.place, job.assign = slot, place, Step()
        self._stopping, self.halted = False, ""
        self._assigns_only = True
        self._begin(card_just_added=False)

    def _begin(self, card_just_added: bool) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(card_just_added))
        self._on_change()

    def stop(self) -> None:
        """Begin nothing more; what is on its way finishes."""
        self._stopping = True
        if self._plan is not None:
            self._plan.stop()
        self._on_change()

    async def finished(self) -> None:
        """Wait until it ended; cancelling this wait does not stop it."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def look_again(self, job: IssueItem) -> Outcome[Any] | None:
        """Look once more what became of the change of `job` whose fate is unknown, None where none is.

        Raises:
            JournalUnavailable: the journal cannot be read.

        """
        step = job.issue if job.issue.unknown else job.assign
        outcome = step.outcome
        if outcome is None or not outcome.unknown or outcome.entry_id is None:
            return None
        step.looked = await self._queue.recheck(outcome.entry_id)
        self._on_change()
        return step.looked

    async def _run(self, card_just_added: bool) -> None:
        try:
            if not self._assigns_only:
                await self._issue(card_just_added)
            if not self.halted and not self._stopping:
                await self._assign()
        finally:
            self._plan = None
            # the task is not done before it returns: who is told now must find it ended
            asyncio.get_running_loop().call_soon(self._on_change)

    async def _issue(self, card_just_added: bool) -> None:
        jobs = [job for job in self.jobs if job.to_issue]
        plan = BatchRun([_issue_change(job.slot) for job in jobs], card_just_added=card_just_added)
        for job, item in zip(jobs, plan.items, strict=True):
            job.issue = Step(item)
        await self._carry_out(plan)

    async def _assign(self) -> None:
        jobs = {job.key: (job, job.place) for job in self.jobs if job.to_assign and job.key and job.place}
        ordered = [(key, *jobs[key]) for key in assign_order(list(jobs), self._catalog)]
        plan = BatchRun([AssignLicense(key, to.blog_id, to.url, job.slot.name) for key, job, to in ordered])
        for (_, job, _to), item in zip(ordered, plan.items, strict=True):
            job.assign = Step(item)
        await self._carry_out(plan)

    async def _carry_out(self, plan: BatchRun) -> None:
        self._plan = plan
        if self._stopping:
            plan.stop()
        plan.start(self._queue, self._item)
        await plan.finished()
        self.needs_card, self.halted = plan.needs_card, plan.stop_reason

    def _item(self, _item: RunItem) -> None:
        self._on_change()


def _issue_change(slot: PlannedLicense) -> Mutation[Any]:
    return IssueLicense(slot.slug, slot.size if slot.size > 1 else None, slot.name)
