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
class TargetSite:
    """The site to which licenses are assigned; `url` is how it is named."""

    blog_id: BlogId
    url: str


@dataclass
class MutationStatus:
    """One change of an item, as it goes through the queue; `rechecked` is what looking it up again found."""

    run_item: RunItem | None = None
    rechecked: Outcome[Any] | None = None

    @property
    def outcome(self) -> Outcome[Any] | None:
        """How it ended, None while it waits or runs."""
        return self.rechecked or (self.run_item.outcome if self.run_item is not None else None)

    @property
    def begun(self) -> bool:
        """Whether it was handed to the queue."""
        return self.run_item is not None and self.run_item.operation is not None

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.run_item is not None and self.run_item.running

    @property
    def verifying(self) -> bool:
        """Whether it was sent, and what became of it is being looked up now."""
        return self.run_item is not None and self.run_item.verifying

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
    def may_send(self) -> bool:
        """Whether it may be sent (again): never begun, or known not to be done; never when nobody knows."""
        return not self.running and not self.happened and not self.unknown


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
        return self.planned.to_site and self.key is not None and self.assign.may_send

    @property
    def may_assign(self) -> bool:
        """Whether it is issued, unassigned, and no bundle: such a license can go to any site."""
        return self.planned.size == 1 and self.key is not None and self.assign.may_send

    @property
    def to_issue(self) -> bool:
        """Whether it is still to be issued."""
        return self.issue.may_send

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
    """Issues licenses one after another through the queue, then assigns what goes to `site`, later to other sites.

    A license that fails does not keep the others; what failed can be tried again with `retry`; what is unknown is
    never sent again. `on_change` is called on the event loop when something began or ended.
    """

    def __init__(
        self,
        queue: OperationsQueue,
        planned_licenses: Iterable[PlannedLicense],
        site: TargetSite | None,
        catalog: Sequence[Product],
        on_change: Callable[[], None],
    ) -> None:
        self.items: tuple[IssueItem, ...] = tuple(IssueItem(planned, site) for planned in planned_licenses)
        self.stop_reason = ""
        """Why it ended early, as a sentence; empty if it did not."""
        self.needs_card = False
        """Whether the API refused to issue for want of a valid card."""
        self._queue = queue
        self._catalog = catalog
        self._on_change = on_change
        self._batch: BatchRun | None = None
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
        """The items whose license is known to be issued."""
        return tuple(item for item in self.items if item.issue.happened)

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
        return not self.running and not self.retryable and not any(item.unknown for item in self.items)

    # -- doing it --------------------------------------------------------------------------

    def start(self, *, card_just_added: bool = False) -> None:
        """Begin, or try again what failed and what was not begun. `card_just_added` is the queue's.

        Raises:
            RuntimeError: it is running.

        """
        if self.running:
            raise RuntimeError("it is running")
        self._stopping, self.needs_card, self.stop_reason = False, False, ""
        self._assigns_only = False
        self._begin(card_just_added)

    def assign(self, planned_licenses: Mapping[IssueItem, PlannedLicense], site: TargetSite) -> None:
        """Assign the licenses of these items to `site`, as `planned_licenses` says of them now. Nothing is issued.

        Raises:
            RuntimeError: it is running.

        """
        if self.running:
            raise RuntimeError("it is running")
        for item, planned in planned_licenses.items():
            item.planned, item.site, item.assign = planned, site, MutationStatus()
        self._stopping, self.stop_reason = False, ""
        self._assigns_only = True
        self._begin(card_just_added=False)

    def _begin(self, card_just_added: bool) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(card_just_added))
        self._on_change()

    def stop(self) -> None:
        """Begin nothing more; what is on its way finishes."""
        self._stopping = True
        if self._batch is not None:
            self._batch.stop()
        self._on_change()

    async def finished(self) -> None:
        """Wait until it ended; cancelling this wait does not stop it."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def recheck(self, item: IssueItem) -> Outcome[Any] | None:
        """Look up once more what became of the change of `item` whose outcome is unknown, None where none is.

        Raises:
            JournalUnavailable: the journal cannot be read.

        """
        step = item.issue if item.issue.unknown else item.assign
        outcome = step.outcome
        if outcome is None or not outcome.unknown or outcome.entry_id is None:
            return None
        step.rechecked = await self._queue.recheck(outcome.entry_id)
        self._on_change()
        return step.rechecked

    async def _run(self, card_just_added: bool) -> None:
        try:
            if not self._assigns_only:
                await self._issue(card_just_added)
            if not self.stop_reason and not self._stopping:
                await self._assign()
        finally:
            self._batch = None
            # the task is not done before it returns: who is told now must find it ended
            asyncio.get_running_loop().call_soon(self._on_change)

    async def _issue(self, card_just_added: bool) -> None:
        items = [item for item in self.items if item.to_issue]
        batch = BatchRun([_issue_change(item.planned) for item in items], card_just_added=card_just_added)
        for item, run_item in zip(items, batch.items, strict=True):
            item.issue = MutationStatus(run_item)
        await self._carry_out(batch)

    async def _assign(self) -> None:
        items = {
            item.key: (item, item.site) for item in self.items if item.to_assign and item.key and item.site
        }
        ordered = [(key, *items[key]) for key in assign_order(list(items), self._catalog)]
        batch = BatchRun(
            [AssignLicense(key, to.blog_id, to.url, item.planned.name) for key, item, to in ordered]
        )
        for (_, item, _to), run_item in zip(ordered, batch.items, strict=True):
            item.assign = MutationStatus(run_item)
        await self._carry_out(batch)

    async def _carry_out(self, batch: BatchRun) -> None:
        self._batch = batch
        if self._stopping:
            batch.stop()
        batch.start(self._queue, self._item_changed)
        await batch.finished()
        self.needs_card, self.stop_reason = batch.needs_card, batch.stop_reason

    def _item_changed(self, _item: RunItem) -> None:
        self._on_change()


def _issue_change(planned: PlannedLicense) -> Mutation[Any]:
    return IssueLicense(planned.slug, planned.size if planned.size > 1 else None, planned.name)
