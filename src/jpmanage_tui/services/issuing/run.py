"""Carrying out what was reviewed: licenses are issued, then assigned, as a run that stands in the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.api.products import Product
from jpmanage_tui.operations.dispatcher import NO_CARD
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.run import PAUSED, ItemState, PlannedItem, Run, RunItemId, RunPlan, RunState
from jpmanage_tui.operations.runner import RunEvent, Runner
from jpmanage_tui.rules.assigning import Candidate
from jpmanage_tui.rules.licenses import SLUG_CUT, assign_order
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.planned_license import PlannedLicense
from jpmanage_tui.services.issuing.quote import cost_of
from jpmanage_tui.services.runs import PriceChange, ReadFamilies, review_run

WOO = "woocommerce"
STOPPED = "Stopped."


@dataclass(frozen=True)
class TargetSite:
    """The site to which licenses are assigned; `url` is how it is named."""

    blog_id: BlogId
    url: str


@dataclass
class MutationStatus:
    """One change of an item, as its run tells of it; `item_id` is None before it is part of a run."""

    item_id: RunItemId | None = None
    state: ItemState = ItemState.WAITING
    outcome: Outcome[Any] | None = None
    """How it ended, None while it waits or runs."""
    verifying: bool = False
    """Whether it was sent, and what became of it is being looked up now."""
    canceled: bool = False
    """Whether its run was canceled before it was begun: it never will be."""

    @property
    def begun(self) -> bool:
        """Whether it was handed to the queue."""
        return self.state not in (ItemState.WAITING, ItemState.SKIPPED)

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.state is ItemState.ACTIVE

    @property
    def happened(self) -> bool:
        """Whether it is known to be done."""
        return self.state is ItemState.DONE

    @property
    def unknown(self) -> bool:
        """Whether nobody knows whether it was done."""
        return self.state is ItemState.UNKNOWN

    @property
    def failed(self) -> bool:
        """Whether it is known not to be done."""
        return self.state is ItemState.FAILED

    @property
    def may_send(self) -> bool:
        """Whether it may be sent (again): never begun, or known not to be done; never when nobody knows."""
        return not self.running and not self.happened and not self.unknown

    @property
    def to_send(self) -> bool:
        """Whether its run may send it (again)."""
        return self.may_send and not self.canceled

    def take(self, event: RunEvent) -> None:
        """Take over what happened to it."""
        assert event.state is not None
        self.state, self.verifying = event.state, event.verifying
        if event.outcome is not None or event.state is ItemState.WAITING:
            self.outcome = event.outcome

    def cancel(self) -> None:
        """Take over that its run was canceled: what was not begun of it never will be."""
        if self.state in (ItemState.WAITING, ItemState.SKIPPED):
            self.state, self.canceled = ItemState.SKIPPED, True


class IssueItem:
    """One license or bundle to issue, and where it goes after."""

    def __init__(self, planned: PlannedLicense, site: TargetSite | None) -> None:
        """`site` is the site that it goes to, where `planned` says that it goes to one."""
        self.planned = planned
        self.site = site
        self.issue = MutationStatus()
        self.assign = MutationStatus()

    @property
    def key(self) -> LicenseKey | None:
        """The new license's code (a bundle's: that of its parent), None before it is issued."""
        outcome = self.issue.outcome
        return outcome.license_keys[0] if outcome is not None and outcome.license_keys else None

    @property
    def candidate(self) -> Candidate:
        """The license as one for which a site is chosen."""
        key = self.key or LicenseKey(self.planned.slug)
        return Candidate(key, self.planned.name, ProductSlug(self.planned.slug[:SLUG_CUT]))

    @property
    def to_assign(self) -> bool:
        """Whether it is issued and still to be assigned."""
        return self.planned.to_site and self.key is not None and self.assign.to_send

    @property
    def may_assign(self) -> bool:
        """Whether it is issued, unassigned, and no bundle: such a license can go to any site."""
        return self.planned.size == 1 and self.key is not None and self.assign.may_send

    @property
    def to_issue(self) -> bool:
        """Whether it is still to be issued."""
        return self.issue.to_send

    @property
    def complete(self) -> bool:
        """Whether it was issued, and assigned where it was to be."""
        return self.issue.happened and (self.assign.happened or not self.planned.to_site)

    @property
    def to_download(self) -> bool:
        """Whether the product still has to be downloaded for its site (contract: licenses 3.7)."""
        return self.key is not None and self.key.startswith(WOO)

    @property
    def verifying(self) -> bool:
        """Whether it is being looked up what became of one of its changes."""
        return self.issue.verifying or self.assign.verifying

    @property
    def unknown(self) -> bool:
        """Whether the outcome of one of its changes is unknown."""
        return self.issue.unknown or self.assign.unknown


class IssueRun:
    """What was reviewed, issued and assigned by a run; what is assigned to another site later is a run of its own.

    Whoever hears of runs passes their events on to `take`. A license that fails does not keep the others; what failed
    can be tried again with `start`; what is unknown is never sent again. `on_change` is called on the event loop when
    something began or ended.
    """

    def __init__(
        self,
        runner: Runner,
        queue: OperationsQueue,
        planned_licenses: Iterable[PlannedLicense],
        site: TargetSite | None,
        catalog: Sequence[Product],
        on_change: Callable[[], None],
    ) -> None:
        self.items: tuple[IssueItem, ...] = tuple(IssueItem(planned, site) for planned in planned_licenses)
        self._error = ""
        self._runner = runner
        self._queue = queue
        self._catalog = catalog
        self._on_change = on_change
        self._runs: dict[int, Run] = {}
        self._statuses: dict[RunItemId, MutationStatus] = {}
        self._early: list[RunEvent] = []
        """What was heard of a run before it was known to be this one's."""
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    # -- what there is to see --------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        beginning = self._task is not None and not self._task.done()
        return beginning or any(
            run.state in (RunState.WAITING, RunState.RUNNING) for run in self._runs.values()
        )

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopping and self.running

    @property
    def stop_reason(self) -> str:
        """Why it ended early, as a sentence; empty if it did not, or nothing is left of it by now."""
        if self.complete:
            return ""
        paused = [run.reason for run in self._runs.values() if run.state is RunState.PAUSED]
        reason = self._error or (paused[0] if paused else "")
        return STOPPED if reason == PAUSED else reason

    @property
    def needs_card(self) -> bool:
        """Whether the API refused to issue for want of a valid card."""
        outcomes = [item.issue.outcome for item in self.items if item.issue.failed]
        return any(
            outcome is not None and isinstance(outcome.error, ApiError) and outcome.error.code == NO_CARD
            for outcome in outcomes
        )

    @property
    def issued(self) -> tuple[IssueItem, ...]:
        """The items whose license is known to be issued."""
        return tuple(item for item in self.items if item.issue.happened)

    @property
    def done(self) -> int:
        """How many of its changes are known to be done."""
        return sum(item.issue.happened + item.assign.happened for item in self.items)

    @property
    def assignable(self) -> tuple[IssueItem, ...]:
        """The items whose license is unassigned and can go to a site now; none while it is running."""
        return () if self.running else tuple(item for item in self.items if item.may_assign)

    @property
    def retryable(self) -> bool:
        """Whether something may be sent (again)."""
        return not self.running and any(item.to_issue or item.to_assign for item in self.items)

    @property
    def complete(self) -> bool:
        """Whether everything was issued, and assigned where it was to be."""
        return not self.running and all(item.complete for item in self.items)

    def includes(self, run_id: int) -> bool:
        """Whether a run of the journal is this one, or a part of it."""
        return run_id in self._runs

    def take(self, event: RunEvent) -> None:
        """Take over what happened to a run; one that is not this one's is left alone."""
        if event.run.id not in self._runs:
            if self._task is not None and not self._task.done():
                self._early.append(event)
            return
        self._runs[event.run.id] = event.run
        if event.position is not None:
            status = self._statuses.get(RunItemId(event.run.id, event.position))
            if status is not None:
                status.take(event)
        elif event.run.state is RunState.CANCELED:
            for status in self._statuses_of(event.run.id):
                status.cancel()
        self._on_change()

    # -- doing it --------------------------------------------------------------------------

    def start(self, *, card_just_added: bool = False) -> None:
        """Begin, or try again what failed and what was not begun. `card_just_added` is the queue's.

        Raises:
            RuntimeError: it is running.

        """
        self._begin(self._retry(card_just_added) if self._runs else self._add(self._plan(card_just_added)))

    async def price_changes(self, read_families: ReadFamilies) -> tuple[PriceChange, ...]:
        """Return where today's price is not what was confirmed, for what starting again would issue. The prices are read.

        Raises:
            ApiError: they could not be read.
            JournalUnavailable: the journal cannot be read.

        """
        runs = {item.issue.item_id.run_id for item in self.items if item.to_issue and item.issue.item_id}
        reviews = [
            await review_run(self._runner, run_id, read_families, retry=True) for run_id in sorted(runs)
        ]
        return tuple(change for review in reviews for change in review.changes)

    async def confirm_prices(self, changes: Iterable[PriceChange]) -> None:
        """Note that the user wants what is issued yet at these prices: those that `price_changes` returned.

        Raises:
            OperationError: that could not be noted.

        """
        prices = {position: change.today for change in changes for position in change.positions}
        issuing = next((item.issue.item_id for item in self.items if item.issue.item_id is not None), None)
        if prices and issuing is not None:
            await self._runner.confirm_prices(issuing.run_id, prices)

    def assign(self, planned_licenses: Mapping[IssueItem, PlannedLicense], site: TargetSite) -> None:
        """Assign the licenses of these items to `site`, as `planned_licenses` says of them now. Nothing is issued.

        Raises:
            RuntimeError: it is running.

        """
        self._begin(self._assign(dict(planned_licenses), site))

    def stop(self) -> None:
        """Begin nothing more; what is on its way finishes. The rest stands in the journal, and can go on."""
        self._stopping = True
        self._on_change()
        stopping = asyncio.gather(*(self._runner.pause(run_id) for run_id in self._runs))
        stopping.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def finished(self) -> None:
        """Wait until it ended; canceling this wait does not stop it."""
        if self._task is not None:
            await asyncio.shield(self._task)
        for run_id in list(self._runs):
            await self._runner.finished(run_id)
        await asyncio.sleep(0)  # what it tells last was put on the event loop before

    async def recheck(self, item: IssueItem) -> Outcome[Any] | None:
        """Look up once more what became of the change of `item` whose outcome is unknown, None where none is.

        Raises:
            JournalUnavailable: the journal cannot be read.

        """
        status = item.issue if item.issue.unknown else item.assign
        outcome = status.outcome
        if outcome is None or not outcome.unknown or outcome.entry_id is None:
            return None
        status.outcome = await self._queue.recheck(outcome.entry_id)
        if status.outcome.happened:
            status.state = ItemState.DONE
        elif status.outcome.nothing_done:
            status.state = ItemState.FAILED
        if status.item_id is not None:
            run_id = status.item_id.run_id
            self._runs[run_id] = await self._runner.run(run_id)
        self._on_change()
        return status.outcome

    def _begin(self, beginning: Coroutine[Any, Any, None]) -> None:
        if self.running:
            beginning.close()
            raise RuntimeError("it is running")
        self._stopping, self._error = False, ""
        self._early.clear()
        self._task = asyncio.get_running_loop().create_task(self._begun(beginning))
        self._on_change()

    async def _begun(self, beginning: Coroutine[Any, Any, None]) -> None:
        try:
            await beginning
        except OperationError as error:
            self._error = error.sentence
        finally:
            # the task is not done before it returns: who is told now must find it ended
            asyncio.get_running_loop().call_soon(self._on_change)

    async def _add(self, planned: tuple[RunPlan, list[MutationStatus]]) -> None:
        """Have a plan carried out; the statuses are those of its items, in their order."""
        plan, statuses = planned
        run = await self._runner.add(plan)
        self._runs[run.id] = run
        for position, status in enumerate(statuses):
            status.item_id = RunItemId(run.id, position)
            status.state, status.outcome = ItemState.WAITING, None
            self._statuses[status.item_id] = status
        early, self._early = self._early, []
        for event in early:
            if event.run.id == run.id:
                self.take(event)
        if self._stopping:
            await self._runner.pause(run.id)

    async def _retry(self, card_just_added: bool) -> None:
        for run_id, run in list(self._runs.items()):
            mine = self._statuses_of(run_id)
            if run.state is RunState.PAUSED or any(status.failed for status in mine):
                for status in mine:
                    if status.to_send:
                        status.state, status.outcome = ItemState.WAITING, None
                self._runs[run_id] = await self._runner.retry(run_id, card_just_added=card_just_added)
                if self._stopping:
                    await self._runner.pause(run_id)

    def _statuses_of(self, run_id: int) -> list[MutationStatus]:
        return [status for item, status in self._statuses.items() if item.run_id == run_id]

    async def _assign(self, planned: dict[IssueItem, PlannedLicense], site: TargetSite) -> None:
        for run_id in list(self._runs):
            old = [
                item.assign.item_id.position
                for item in planned
                if item.assign.item_id is not None and item.assign.item_id.run_id == run_id
            ]
            if old:
                self._runs[run_id] = await self._runner.leave_out(run_id, old)
        by_key: dict[LicenseKey, IssueItem] = {}
        for item, license in planned.items():
            item.planned, item.site, item.assign = license, site, MutationStatus()
            if item.key is not None:
                by_key[item.key] = item
        ordered = [by_key[key] for key in assign_order(list(by_key), self._catalog)]
        items = tuple(PlannedItem(_assign(item, site, item.key or LicenseKey(""))) for item in ordered)
        title = f"Assign {pluralize(len(items), 'license')} to {site.url}"
        await self._add((RunPlan(title, items), [item.assign for item in ordered]))

    def _plan(self, card_just_added: bool) -> tuple[RunPlan, list[MutationStatus]]:
        """Return what is sent: every license is issued, then what goes to the site is assigned, base products first."""
        products = {product.slug: product for product in self._catalog}
        planned = []
        for item in self.items:
            license = item.planned
            product = products.get(license.slug)
            price = cost_of(product, license.size) if product is not None else None
            issue = IssueLicense(license.slug, license.size if license.size > 1 else None, license.name)
            planned.append(PlannedItem(issue, price=price))
        # the codes do not exist yet: each stands for one that begins with the product, as a code does
        going = {
            LicenseKey(f"{item.planned.slug[:SLUG_CUT]}_{number}"): (number, item, item.site)
            for number, item in enumerate(self.items)
            if item.planned.to_site and item.site is not None
        }
        ordered = [going[key] for key in assign_order(list(going), self._catalog)]
        planned += [
            PlannedItem(_assign(item, site, LicenseKey("")), needs=number) for number, item, site in ordered
        ]
        count = sum(item.planned.size for item in self.items)
        site = f" for {ordered[0][2].url}" if ordered else ""
        plan = RunPlan(
            f"Issue {pluralize(count, 'license')}{site}", tuple(planned), card_just_added=card_just_added
        )
        return plan, [*(item.issue for item in self.items), *(item.assign for _, item, _ in ordered)]


def _assign(item: IssueItem, site: TargetSite, key: LicenseKey) -> AssignLicense:
    return AssignLicense(key, site.blog_id, site.url, item.planned.name)
