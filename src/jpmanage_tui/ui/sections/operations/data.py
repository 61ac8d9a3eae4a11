"""The rows of Operations: runs and single changes of the journal, and by what they are filtered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import NamedTuple

from jpmanage_tui.account.session import Session
from jpmanage_tui.operations.entry import NO_TIME, Entry
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.run import Run, RunState
from jpmanage_tui.operations.scopes import Account, Kinship, Scope
from jpmanage_tui.services.operation_text import account_words, end_words, one_a_card

MOST_CHANGES = 5_000
"""So many single changes are listed, the newest."""
MOST_RUNS = 1_000
"""So many runs are listed, the newest."""


class Status(Enum):
    """How a run or a change stands, as far as it is filtered by that."""

    RUNNING = "running"
    PAUSED = "paused"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DONE = "done"
    CANCELED = "canceled"


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
    def created_at(self) -> datetime:
        """When it was asked for (UTC); `NO_TIME` where that cannot be read."""
        one = self.run or self.entry
        return one.created_at if one is not None else NO_TIME

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
        word = end_words(self.entry) if self.entry is not None else ""
        return frozenset({_OF_SIGN.get(word[:1], Status.RUNNING)})


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
    """Read the journal; where that cannot be done, the answer says why."""
    queue = await session.prepare_queue()
    try:
        entries = await queue.history(MOST_CHANGES, outside_runs=True)
        runs = await session.runner.runs(MOST_RUNS)
        scope = await queue.scope()
    except OperationError as error:
        return History({}, {}, None, error.sentence)
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


def matches(operation: Operation, filters: Filters, whose: str, searched: Callable[[Operation], str]) -> bool:
    """Return whether an operation is listed: `whose` is its key in words, `searched` gives the text that is searched."""
    if filters.key is not None and whose != filters.key:
        return False
    if filters.days is not None:
        day = operation.created_at.astimezone(UTC).date() if operation.created_at != NO_TIME else None
        if day is None or not filters.days.first <= day <= filters.days.last:
            return False
    words = filters.text.casefold().split()
    if not words:
        return True
    text = f"{whose} {searched(operation)}".casefold()
    return all(word in text for word in words)


def count_statuses(operations: Sequence[Operation], tabs: Sequence[frozenset[Status]]) -> list[int]:
    """Return how many operations each tab lists; a tab without a status lists all."""
    found = [operation.statuses for operation in operations]
    return [sum(not tab or bool(tab & statuses) for statuses in found) for tab in tabs]
