"""A run: many changes that the user confirmed together, written down whole before the first of them is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.rules.prices import Price

PAUSED = "Paused."
"""Why a run does not go on that the user has paused."""
INTERRUPTED = "jpmanage ended while it was running."
"""Why a run does not go on whose program is gone."""


class RunState(StrEnum):
    """How far a run has come. The words stand in the journal and never change.

    ``waiting``: written down, its turn has not come. ``running``. ``paused``: by the user, or by what concerns all of it;
    it goes on by the user's word only. ``ended``: nothing of it is left to begin. ``canceled``: what was not begun
    never will be.
    """

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    CANCELED = "canceled"

    @property
    def settled(self) -> bool:
        """Whether nothing more of it is begun."""
        return self in (RunState.ENDED, RunState.CANCELED)


class ItemState(StrEnum):
    """How one change of a run stands, for filters, counts and reports."""

    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class RunItemId(NamedTuple):
    """A change of a run: the run's number, and the item's position in it, from 0."""

    run_id: int
    position: int


@dataclass(frozen=True)
class PlannedItem:
    """One change of a run that is to be written down.

    ``needs`` is the position (from 0) of an earlier item that must be done before this one is begun. An AssignLicense
    with an empty code takes the code that the item it needs has issued; of a bundle it takes a member: the first
    item that needs that bundle its first one by license id, and so on. ``price`` is what the user confirmed for it, None
    where it costs nothing. ``undoes`` is the journal's entry that it takes back.
    """

    mutation: Mutation[Any]
    needs: int | None = None
    price: Price | None = None
    undoes: int | None = None


@dataclass(frozen=True)
class RunPlan:
    """What a run is to do: its title ("Unassign 136 licenses"), its items in their order, and who asks for it.

    ``created_by`` is the command that made it ("app", "jpmanage licenses unassign"). ``name`` is what a script calls it
    by, "" for none. ``request`` is what two commands have in common that ask for the same, "" where no command asked:
    what they plan differs once some of it is done. ``card_just_added``: see ``OperationsQueue.submit``.
    """

    title: str
    items: tuple[PlannedItem, ...]
    created_by: str = "app"
    name: str = ""
    card_just_added: bool = False
    request: str = ""

    @property
    def digest(self) -> str:
        """Return what two plans that would send the same have in common."""
        text = sha256()
        for item in self.items:
            text.update(f"{item.mutation.kind}\0{item.mutation.to_json()}\0{item.needs}\n".encode())
        return text.hexdigest()[:32]


@dataclass(frozen=True)
class RunCounts:
    """How many changes of a run stand how; they add up to ``total``."""

    total: int = 0
    waiting: int = 0
    active: int = 0
    done: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Run:
    """A run as it stands in the journal. Times are aware UTC.

    ``account`` scopes it as it does an entry; ``reason`` says why it is paused, as a sentence; ``owner`` is the queue
    that works on it, "" for none. ``interrupted``: it was under way, and its program is gone.
    """

    id: int
    account: str
    title: str
    name: str
    created_at: datetime
    created_by: str
    state: RunState
    reason: str
    owner: str
    digest: str
    card_just_added: bool
    settled_at: datetime | None
    interrupted: bool
    counts: RunCounts
    request: str = ""

    @property
    def resumable(self) -> bool:
        """Whether the user can have it go on: it does not run, and something of it was not begun."""
        standing = self.interrupted or self.state is RunState.PAUSED
        return standing and not self.state.settled

    @property
    def retryable(self) -> bool:
        """Whether something of it failed and may be tried again."""
        return (self.state.settled or self.resumable) and self.counts.failed > 0

    @property
    def complete(self) -> bool:
        """Whether all of it was done."""
        return self.counts.done == self.counts.total


@dataclass(frozen=True)
class RunItem:
    """One change of a run: what is to be done, and the journal's entry of it once it was begun.

    ``note`` says why it was not begun, as a sentence; ``skipped``: and never will be.
    """

    run_id: int
    position: int
    mutation: Mutation[Any]
    needs: int | None
    price: Price | None
    undoes: int | None
    note: str
    skipped: bool
    entry: Entry | None

    @property
    def state(self) -> ItemState:
        """How it stands."""
        if self.entry is None:
            return ItemState.SKIPPED if self.skipped else ItemState.WAITING
        return item_state(self.entry.state)

    @property
    def change(self) -> Mutation[Any]:
        """What was sent, or is to be sent: with the license's code once that is known."""
        return self.entry.change if self.entry is not None else self.mutation


def item_state(state: EntryState) -> ItemState:
    """Return how an item stands whose entry is in ``state``."""
    if state.happened:
        return ItemState.DONE
    if state is EntryState.UNKNOWN:
        return ItemState.UNKNOWN
    return ItemState.FAILED if state.settled else ItemState.ACTIVE


def price_text(price: Price | None) -> str | None:
    """Return a confirmed price as the journal stores it."""
    if price is None:
        return None
    return json.dumps({"amount": str(price.amount), "currency": price.currency, "interval": price.interval})


def price_of(text: str | None) -> Price | None:
    """Return the price that :func:`price_text` wrote, None for none.

    Raises:
        ValueError: it is no such price.

    """
    if text is None:
        return None
    stored = json.loads(text)
    try:
        return Price(Decimal(stored["amount"]), stored["currency"], stored["interval"])
    except (KeyError, TypeError, InvalidOperation):
        raise ValueError(f"no price: {text!r}") from None


def count_states(states: Iterable[ItemState]) -> RunCounts:
    """Return how many of the states there are of each."""
    counts = dict.fromkeys(ItemState, 0)
    for state in states:
        counts[state] += 1
    return RunCounts(sum(counts.values()), **{state.value: number for state, number in counts.items()})
