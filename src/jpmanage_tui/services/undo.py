"""What `z` undoes: what the journal says was assigned or unassigned last, one license or many, item by item."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.rules.licenses import assign_order
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize

if TYPE_CHECKING:  # loaded when something is undone
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.products import Product
    from jpmanage_tui.operations.entry import Entry
    from jpmanage_tui.operations.mutations.licenses import AssignLicense, UnassignLicense
    from jpmanage_tui.operations.operation import Outcome
    from jpmanage_tui.operations.ports import ClientPort
    from jpmanage_tui.operations.run import Run, RunPlan
    from jpmanage_tui.operations.run_store import UndoableEntries

NOTHING = "Nothing to undo."
UNDOABLE = ("assign_license", "unassign_license")
"""The kinds of changes that can be undone."""
NO_SITE_ID = "on a site whose ID is not known"
AT_ONCE = 4
"""So many licenses are read at a time before they are undone."""


class Place(NamedTuple):
    """A site as the journal knows it; `blog_id` is None where the API never gave it."""

    blog_id: BlogId | None
    site_url: str


@dataclass(frozen=True)
class Reversal:
    """What undoing does with one license: takes it from the site `off`, and gives it back to the site `back`.

    One of the two is None where only the other is to be done; with both it is moved back. `off_entry` and `back_entry`
    are the journal's entries that this undoes. `mailed`: the customer was told by e-mail that it was unassigned.
    `license` is the license as it was read before undoing.
    """

    license_key: LicenseKey
    product: str
    parent_id: LicenseId | None
    off: Place | None
    back: Place | None
    off_entry: int | None
    back_entry: int | None
    entry_ids: frozenset[int]
    mailed: bool = False
    license: License | None = None

    @property
    def place(self) -> Place:
        """The site that a sentence about it names: the one that it goes back to, where there is one."""
        return self.back or self.off or Place(None, "")


class ChangedSince(NamedTuple):
    """What cannot be undone any more, and why: "revoked since"."""

    reversal: Reversal
    why: str

    @property
    def sentence(self) -> str:
        """Product and reason."""
        is_so = self.why.startswith(("not ", "on a site"))
        return f"{self.reversal.product} {'is' if is_so else 'was'} {self.why}"


@dataclass(frozen=True)
class UndoReview:
    """What of a run, or of a single change, is still as it was left, and what has changed since."""

    ready: tuple[Reversal, ...]
    changed: tuple[ChangedSince, ...]


def net_reversals(entries: Iterable[Entry]) -> tuple[Reversal, ...]:
    """Return what undoing `entries` (oldest first, assigned or unassigned) comes to for each license, in their order.

    A license that the entries left where it had been is in none of them.
    """
    from jpmanage_tui.operations.mutations.licenses import AssignLicense, UnassignLicense

    by_license: dict[LicenseKey, list[_Step]] = {}
    for entry in entries:
        if isinstance(entry.change, AssignLicense | UnassignLicense):
            by_license.setdefault(entry.change.license_key, []).append(_Step(entry.id, entry.change))
    reversals = (_net(of_one) for of_one in by_license.values())
    return tuple(one for one in reversals if one is not None)


class _Step(NamedTuple):
    """An entry of the journal, and what was done."""

    entry_id: int
    change: AssignLicense | UnassignLicense


def _net(steps: Sequence[_Step]) -> Reversal | None:
    """Return what undoing the changes of one license comes to, None where it is where it was before them."""
    from jpmanage_tui.operations.mutations.licenses import UnassignLicense

    first, last = steps[0], steps[-1]
    was_on = Place(first.change.blog_id, first.change.site_url)
    is_on = Place(last.change.blog_id, last.change.site_url)
    back = was_on if isinstance(first.change, UnassignLicense) else None
    off = None if isinstance(last.change, UnassignLicense) else is_on
    if off is None and back is None:
        return None
    if off is not None and back is not None and off.blog_id == back.blog_id:
        return None
    return Reversal(
        last.change.license_key,
        last.change.product,
        last.change.parent_id,
        off,
        back,
        last.entry_id if off is not None else None,
        first.entry_id if back is not None else None,
        frozenset(step.entry_id for step in steps),
        any(isinstance(step.change, UnassignLicense) and step.change.send_email for step in steps),
    )


async def review(client: ClientPort, reversals: Sequence[Reversal]) -> UndoReview:
    """Read each license and return what is still as it was left, and what has changed since.

    Raises:
        ApiError: a license could not be read.

    """
    from jpmanage_tui.operations.mutations.licenses import find_license

    ready: list[Reversal] = []
    changed: list[ChangedSince] = []
    for start in range(0, len(reversals), AT_ONCE):
        some = reversals[start : start + AT_ONCE]
        reads = (find_license(client, one.license_key, one.parent_id) for one in some)
        answers = await asyncio.gather(*reads, return_exceptions=True)
        for reversal, answer in zip(some, answers, strict=True):
            if isinstance(answer, BaseException):
                raise answer
            why = _why_changed(reversal, answer)
            if why is None:
                ready.append(replace(reversal, license=answer))
            else:
                changed.append(ChangedSince(reversal, why))
    return UndoReview(tuple(ready), tuple(changed))


def _why_changed(reversal: Reversal, license: License | None) -> str | None:
    """Return why a license cannot be put back, by what is true of it now; None where it can be."""
    if license is None:
        return "not listed any more"
    if license.state is LicenseState.REVOKED:
        return "revoked since"
    attached = license.state is LicenseState.ATTACHED
    where = site_name(license.siteurl) if license.siteurl else f"site {license.blog_id}"
    if reversal.off is not None and not attached:
        return "unassigned since"
    if attached and (reversal.off is None or license.blog_id != reversal.off.blog_id):
        return f"assigned to {where} since"
    return NO_SITE_ID if reversal.back is not None and reversal.back.blog_id is None else None


def undo_title(ready: Sequence[Reversal]) -> str:
    """Return what an undo does, as the title of its run."""
    one = len(ready) == 1
    what = "the license" if one else pluralize(len(ready), "license")
    if all(reversal.off is None for reversal in ready):
        return f"Undo: assign {what} again"
    if all(reversal.back is None for reversal in ready):
        return f"Undo: unassign {what}"
    if all(reversal.off is not None and reversal.back is not None for reversal in ready):
        return f"Undo: move {what} back"
    return f"Undo: put {what} back"


def undo_plan(
    ready: Sequence[Reversal], products: Sequence[Product], *, send_email: bool, created_by: str = "app"
) -> RunPlan:
    """Return the run that undoes what is `ready`: the last that was assigned is unassigned first, then what goes back to
    its site does, base products before add-ons (`products` is the catalog; contract: licenses 3.7).
    """
    from jpmanage_tui.operations.mutations.licenses import AssignLicense, UnassignLicense
    from jpmanage_tui.operations.run import PlannedItem, RunPlan

    items: list[PlannedItem] = []
    freed: dict[LicenseKey, int] = {}
    for one in reversed(ready):
        if one.off is not None:
            freed[one.license_key] = len(items)
            unassign = UnassignLicense(
                one.license_key, send_email, one.product, one.off.site_url, one.parent_id, one.off.blog_id
            )
            items.append(PlannedItem(unassign, undoes=one.off_entry))
    by_key = {one.license_key: one for one in ready if one.back is not None}
    for key in assign_order(list(by_key), products):
        one = by_key[key]
        if one.back is not None and one.back.blog_id is not None:
            site = site_name(one.back.site_url) if one.back.site_url else ""
            assign = AssignLicense(key, one.back.blog_id, site, one.product, one.parent_id)
            items.append(PlannedItem(assign, needs=freed.get(key), undoes=one.back_entry))
    return RunPlan(undo_title(ready), tuple(items), created_by)


class UndoHistory:
    """What can be undone by this session's partner key, by its journal; one for all screens of a session.

    The journal is asked when something is undone. In between it is remembered whether there is something, so that a
    command can say at once why it cannot run.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_something: bool | None = None
        """Whether there is something to undo, None where nobody has looked."""
        self._passed: set[int] = set()
        """The journal's entries that cannot be undone any more, or are being undone."""

    @property
    def why_not(self) -> str | None:
        """Why nothing can be undone, None where something may be."""
        return NOTHING if self._is_something is False else None

    def heard(self, outcome: Outcome[Any]) -> None:
        """Note how a change ended: there is something to undo where it was an assigning or unassigning that happened."""
        if outcome.happened and outcome.change.kind in UNDOABLE:
            self._is_something = True

    async def refresh(self) -> None:
        """Look into the journal whether there is something to undo.

        Raises:
            JournalUnavailable: it cannot be read.

        """
        await self.find()

    async def find(self) -> tuple[Reversal, ...]:
        """Return what can be undone of what was done last, nothing where there is nothing.

        Raises:
            JournalUnavailable: the journal cannot be read.

        """
        while (last := await self._session.runner.undoable(without=self._passed)) is not None:
            reversals = net_reversals(last.entries)
            if reversals:
                self._is_something = True
                return reversals
            self._passed.update(entry.id for entry in last.entries)  # all of it is where it was before
        self._is_something = False
        return ()

    async def find_in(
        self, *, run_id: int | None = None, entry_id: int | None = None
    ) -> tuple[Reversal, ...]:
        """Return what can be undone of a run, or of one entry of the journal, nothing where there is nothing.

        Raises:
            JournalUnavailable: the journal cannot be read.

        """
        found: UndoableEntries | None = await self._session.runner.undoable(run_id, entry_id=entry_id)
        return net_reversals(found.entries) if found is not None else ()

    def pass_over(self, reversals: Iterable[Reversal]) -> None:
        """Do not offer these again: they cannot be undone any more, or are being undone."""
        for reversal in reversals:
            self._passed |= reversal.entry_ids

    def offer(self, reversals: Iterable[Reversal]) -> None:
        """Offer these again, as far as they are not undone by now."""
        for reversal in reversals:
            self._passed -= reversal.entry_ids


def undo_history(session: Session) -> UndoHistory:
    """Return what can be undone in a session, on whichever screen it was done."""
    return session.shared(UndoHistory)


def none_ready(changed: Sequence[ChangedSince]) -> str:
    """Return why nothing of a run can be undone any more."""
    first, more = changed[0].sentence, len(changed) - 1
    others = f", and {more:,} more {'has' if more == 1 else 'have'} changed" if more else ""
    return f"Nothing can be undone: {first}{others}."


def why_not_undone(run: Run | None, entry: Entry | None) -> str | None:
    """Return why nothing of a run, or of a single change, can be undone, by what the journal says; None where something
    may be.
    """
    if run is not None:
        return None if run.counts.done else "Nothing of it was done."
    if entry is None or entry.change.kind not in UNDOABLE:
        return "Only assigning and unassigning can be undone."
    return None if entry.state.happened else "It was not done."


def undo_effect(ready: Sequence[Reversal]) -> list[str]:
    """Return what undoing does to the sites, a sentence each."""
    taken = [reversal for reversal in ready if reversal.off is not None]
    words = []
    if taken:
        products = "this product" if len(taken) == 1 else "these products"
        site = "The site loses" if len({reversal.off for reversal in taken}) == 1 else "The sites lose"
        words.append(f"{site} {products}.")
    if any(reversal.back is not None for reversal in ready):
        back = "It goes back" if len(ready) == 1 else "Each goes back"
        words.append(f"{back} to the site it was on.")
    return words


def mail_stays(ready: Sequence[Reversal]) -> str:
    """Return that e-mails of what is undone are not taken back, "" where none was sent."""
    if not any(reversal.mailed for reversal in ready):
        return ""
    return (
        "The e-mail that the customer got is not taken back."
        if len(ready) == 1
        else "E-mails that were sent stay sent."
    )


def freed_licenses(ready: Sequence[Reversal]) -> list[License]:
    """Return the licenses that undoing leaves without a site: they go on costing what they cost."""
    return [one.license for one in ready if one.back is None and one.license is not None]
