"""Runs and single changes of the journal in one list, newest first: what is said of each, and how they are filtered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.operations.entry import NO_TIME, Entry
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.run import Run, RunState
from jpmanage_tui.operations.scopes import Account, Kinship, Scope
from jpmanage_tui.services.operation_text import (
    account_words,
    end_words,
    one_a_card,
    run_words,
    short_summary,
)

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.operations.queue import OperationsQueue
    from jpmanage_tui.operations.runner import Runner

MOST_CHANGES = 5_000
"""So many single changes the app lists, the newest."""
MOST_RUNS = 1_000
"""So many runs the app lists, the newest."""
OWN_KEY = "this key"
"""The words for the partner key in use, where it has no name."""


class Status(Enum):
    """How a run or a change stands, as far as it is filtered by that."""

    RUNNING = "running"
    PAUSED = "paused"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DONE = "done"
    CANCELED = "canceled"


def change_ref(entry_id: int) -> str:
    """Return what the command line calls a change, by its number in the journal."""
    return f"e{entry_id}"


_OF_SIGN = {"✓": Status.DONE, "✗": Status.FAILED, "?": Status.UNKNOWN}


@dataclass(frozen=True)
class Operation:
    """A row: a run of many changes, or a single change; one of the two is None."""

    run: Run | None = None
    entry: Entry | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What it is known again by."""
        if self.run is not None:
            return "run", self.run.id
        return "entry", self.entry.id if self.entry is not None else 0

    @property
    def ref(self) -> str:
        """What the command line calls it: 12 is a run, e34 a single change."""
        kind, number = self.key
        return f"{number}" if kind == "run" else change_ref(number)

    @property
    def created_at(self) -> datetime:
        """When it was asked for (UTC); `NO_TIME` where that cannot be read."""
        one = self.run or self.entry
        return one.created_at if one is not None else NO_TIME

    @property
    def settled_at(self) -> datetime | None:
        """When nothing of it was left to do (UTC), None where something is or that is not known."""
        one = self.run or self.entry
        return one.settled_at if one is not None else None

    @property
    def account(self) -> str:
        """The name of the account that it is of."""
        one = self.run or self.entry
        return one.account if one is not None else ""

    @property
    def statuses(self) -> frozenset[Status]:
        """How it stands; a run may have changes that failed and others that are unknown."""
        if self.run is not None:
            return frozenset(_run_statuses(self.run))
        return frozenset({_OF_SIGN.get(self.words[:1], Status.RUNNING)})

    @property
    def words(self) -> str:
        """How it stands, in a word with its sign."""
        if self.run is not None:
            return run_words(self.run)
        return end_words(self.entry) if self.entry is not None else ""

    @property
    def title(self) -> str:
        """What was asked for, with the end of a license code alone."""
        if self.run is not None:
            return self.run.title
        return short_summary(self.entry.change) if self.entry is not None else ""

    @property
    def message(self) -> str | None:
        """Why a run stands, or the last sentence about a change; None where there is none."""
        if self.run is not None:
            return self.run.reason or None
        return self.entry.message or None if self.entry is not None else None

    @property
    def searched_text(self) -> str:
        """The text in which is searched."""
        run, entry = self.run, self.entry
        if run is not None:
            return " ".join((run.title, run.name, run.created_by, run.reason, self.words))
        if entry is None:
            return ""
        parts: Iterable[str] = (entry.change.summary(), entry.message, *entry.result, entry.request_id or "")
        return " ".join((*parts, self.words))


def _run_statuses(run: Run) -> Iterable[Status]:
    if run.resumable:
        yield Status.PAUSED
    elif not run.state.settled:
        yield Status.RUNNING
    if run.counts.unknown:
        yield Status.UNKNOWN
    if run.counts.failed:
        yield Status.FAILED
    if run.state is RunState.CANCELED:
        yield Status.CANCELED
    elif run.state is RunState.ENDED and not run.counts.failed and not run.counts.unknown:
        yield Status.DONE


class Days(NamedTuple):
    """UTC days, the first and the last included."""

    first: date
    last: date

    @property
    def words(self) -> str:
        """The day, or both with dots between them."""
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"


def read_days(text: str, today: date) -> Days | None:
    """Return the days that a text names: a day, two of them with ".." between, or a number of days back from `today`.

    None where it names none.
    """
    first, dots, last = text.strip().partition("..")
    if not dots and first.isascii() and first.isdigit() and len(first) <= 4:
        count = int(first)
        return Days(today - timedelta(days=count - 1), today) if 0 < count <= 3_650 else None
    try:
        start = date.fromisoformat(first.strip())
        end = date.fromisoformat(last.strip()) if dots else start
    except ValueError:
        return None
    return Days(min(start, end), max(start, end))


class Filters(NamedTuple):
    """By what Operations is filtered beside the tab: a text, days, and a key by the words for it; None for none."""

    text: str = ""
    days: Days | None = None
    key: str | None = None


@dataclass(frozen=True)
class History:
    """What the journal has: runs, and changes that are no part of one; `error` says why it could not be read."""

    runs: Mapping[int, Run]
    entries: Mapping[int, Entry]
    scope: Scope | None
    error: str = ""

    @property
    def operations(self) -> list[Operation]:
        """The rows, newest first; of the requests that add one card the last alone."""
        newest_first = sorted(self.entries.values(), key=lambda entry: -entry.id)
        rows = [Operation(run=run) for run in self.runs.values()]
        rows += [Operation(entry=entry) for entry in one_a_card(newest_first)]
        return sorted(rows, key=lambda row: (row.created_at, row.key), reverse=True)

    def with_run(self, run: Run) -> History:
        """Return it with a run as it stands now."""
        return replace(self, runs={**self.runs, run.id: run})

    def with_entries(self, entries: Iterable[Entry]) -> History:
        """Return it with single changes as they stand now."""
        single = {entry.id: entry for entry in entries if entry.run_id is None or entry.id in self.entries}
        return replace(self, entries={**self.entries, **single})

    def kinship(self, account: str) -> Kinship:
        """Return how an account stands to the present partner key."""
        return self.scope.kinship(account) if self.scope is not None else Kinship.OTHER


async def read_history(session: Session) -> History:
    """Read the newest of the journal, and have looked up what a program that has ended left open; where the journal
    cannot be read, the answer says why.
    """
    queue = await session.prepare_queue()
    try:
        entries = await queue.history(MOST_CHANGES, outside_runs=True)
        return await _history(queue, session.runner, entries, MOST_RUNS)
    except OperationError as error:
        return History({}, {}, None, error.sentence)


async def read_whole_history(session: Session) -> History:
    """Read all of the journal, and nothing else.

    Raises:
        JournalUnavailable: it cannot be read.

    """
    queue = await session.prepare_queue()
    entries = await queue.journal.history(queue.account, None, outside_runs=True)
    return await _history(queue, session.runner, entries, None)


async def _history(
    queue: OperationsQueue, runner: Runner, entries: Iterable[Entry], most_runs: int | None
) -> History:
    runs = await runner.runs(most_runs)
    scope = await queue.scope()
    return History({run.id: run for run in runs}, {entry.id: entry for entry in entries}, scope)


@dataclass(frozen=True)
class KeyNames:
    """The names of the account's partner keys, by their ids."""

    names: Mapping[str, str]

    @classmethod
    def of(cls, session: Session) -> KeyNames:
        """Return those of a session's account."""
        keys = session.partner.keys if session.partner is not None else ()
        return cls({str(key.id): key.name for key in keys})

    def whose(self, account: str, kinship: Kinship) -> str:
        """Return the partner key, or the token, of an account, "" where it is the present key."""
        if kinship is Kinship.SAME:
            return ""
        words = account_words(account)
        return (self.names.get(Account.of(account).key) if kinship is Kinship.SIBLING else None) or words


def matches(
    operation: Operation, filters: Filters, whose: str, found_runs: Collection[int] = frozenset()
) -> bool:
    """Return whether an operation is listed: `whose` is its key in words, `found_runs` are the runs, by number, of which
    a change has the text that is searched for. A run is found by its own words, too.
    """
    if filters.key is not None and whose != filters.key:
        return False
    if filters.days is not None:
        day = operation.created_at.astimezone(UTC).date() if operation.created_at != NO_TIME else None
        if day is None or not filters.days.first <= day <= filters.days.last:
            return False
    if operation.run is not None and operation.run.id in found_runs:
        return True
    words = filters.text.casefold().split()
    if not words:
        return True
    text = f"{whose} {operation.searched_text}".casefold()
    return all(word in text for word in words)


def count_statuses(operations: Sequence[Operation], tabs: Sequence[frozenset[Status]]) -> list[int]:
    """Return how many operations each tab lists; a tab without a status lists all."""
    found = [operation.statuses for operation in operations]
    return [sum(not tab or bool(tab & statuses) for statuses in found) for tab in tabs]
