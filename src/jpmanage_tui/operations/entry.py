"""One entry of the journal, and how its row is read.

A row that this version cannot read becomes an entry that says so, and is no error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.ids import LicenseKey, RequestId
from jpmanage_tui.operations.mutation import Mutation, UnreadableMutation, mutation_from_json

if TYPE_CHECKING:
    import sqlite3

NO_TIME = datetime.min.replace(tzinfo=UTC)
"""When an entry was made whose time cannot be read."""


class EntryState(StrEnum):
    """How far a change has come. The words stand in the journal and never change, whatever the code calls them.

    ``queued``: noted, not sent. ``sent``: on its way. ``done``, ``refused``: the server said so.
    ``not_sent``: it never left. ``unknown``: nobody knows. ``found_done``, ``found_not_done``: it was
    unknown, and was verified.
    """

    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    CONFIRMED_DONE = "found_done"
    CONFIRMED_NOT_DONE = "found_not_done"

    @property
    def happened(self) -> bool:
        """Whether the change is known to be done."""
        return self in (EntryState.DONE, EntryState.CONFIRMED_DONE)

    @property
    def settled(self) -> bool:
        """Whether nothing more will become known of it."""
        return self not in (EntryState.QUEUED, EntryState.SENT, EntryState.UNKNOWN)


@dataclass(frozen=True)
class Entry:
    """A change in the journal. Times are aware UTC.

    ``account`` scopes it; ``created_at``, ``sent_at`` and ``settled_at`` are this machine's time,
    ``server_date`` the server's own just before it was sent, ``known_keys`` the codes of licenses that had
    just been issued then; ``message`` is the last sentence about it, ``result`` the license codes that it
    brought, ``owner`` the queue that holds it while it is not settled, ``acknowledged`` the numbers of the earlier
    entries of unknown outcome in spite of which the user wanted it sent; ``run_id`` is the run that it is a part of.

    Of an entry that cannot be read (see ``UnreadableMutation``) what is not known is empty, and the state ``unknown``.
    """

    id: int
    account: str
    change: Mutation[Any]
    state: EntryState
    created_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    server_date: datetime | None
    known_keys: tuple[LicenseKey, ...]
    request_id: RequestId | None
    message: str
    result: tuple[LicenseKey, ...]
    owner: str
    acknowledged: frozenset[int] = frozenset()
    run_id: int | None = None

    @property
    def readable(self) -> bool:
        """Whether this version knows what it is."""
        return not isinstance(self.change, UnreadableMutation)


KNOWN_STATES = tuple(EntryState)


def moment_text(moment: datetime | None) -> str | None:
    """Return a time as text that sorts as times do."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def entry_of(row: sqlite3.Row) -> Entry:
    """Return the entry that stands in a row, whatever stands there."""
    return _Reader(row).entry()


class _Reader:
    """Reads one row; ``_unreadable`` says what could not be read."""

    def __init__(self, row: sqlite3.Row) -> None:
        self._row = row
        self._unreadable: list[str] = []

    def entry(self) -> Entry:
        row = self._row
        state, created = self._state(), self._moment("created_at")
        sent, settled, date = self._moment("sent_at"), self._moment("settled_at"), self._moment("server_date")
        known_keys, result = self._keys("before"), self._keys("result")
        acknowledged = self._numbers("acknowledged")
        change = self._change()
        return Entry(
            id=row["id"],
            account=str(row["account"]),
            change=change,
            state=state,
            created_at=created or sent or settled or NO_TIME,
            sent_at=sent,
            settled_at=settled,
            server_date=date,
            known_keys=known_keys,
            request_id=row["request_id"],
            message=str(row["message"]),
            result=result,
            owner=str(row["owner"]),
            acknowledged=acknowledged,
            run_id=row["run_id"] if isinstance(row["run_id"], int) else None,
        )

    def _change(self) -> Mutation[Any]:
        """The change; after the other fields, whose unreadable values it has to name."""
        row = self._row
        kind, payload = str(row["kind"]), str(row["change"])
        words = ""
        try:
            change = mutation_from_json(kind, payload, row["payload_version"])
            words = change.summary()
        except (ValueError, TypeError):
            self._unreadable.insert(0, f"a change of the kind {kind!r}")
        else:
            if not self._unreadable:
                return change
        return UnreadableMutation(
            kind, str(row["target"]), payload, "; ".join([words, *self._unreadable]).strip("; ")
        )

    def _state(self) -> EntryState:
        try:
            return EntryState(self._row["state"])
        except ValueError:
            self._unreadable.append(f"in the state {self._row['state']!r}")
            return EntryState.UNKNOWN

    def _moment(self, name: str) -> datetime | None:
        text = self._row[name]
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            self._unreadable.append(f"{name} {text!r}")
            return None

    def _list(self, name: str, kind: type) -> list[Any]:
        text = self._row[name]
        try:
            values = json.loads(text)
        except (ValueError, TypeError):
            values = None
        if isinstance(values, list) and all(type(value) is kind for value in values):
            return values
        self._unreadable.append(f"{name} {text!r}")
        return []

    def _keys(self, name: str) -> tuple[LicenseKey, ...]:
        return tuple(LicenseKey(key) for key in self._list(name, str))

    def _numbers(self, name: str) -> frozenset[int]:
        return frozenset(self._list(name, int))
