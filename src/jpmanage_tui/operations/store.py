"""The journal's file: SQLite, one connection, used by one thread (see ``journal``)."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jpmanage_tui.api.ids import LicenseKey, RequestId
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import ensure_private_dir
from jpmanage_tui.operations.baseline import NO_BASELINE, Baseline
from jpmanage_tui.operations.change import Change
from jpmanage_tui.operations.changes import change_from_json
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import JournalUnavailable, TargetUnsettled

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, change TEXT NOT NULL, state TEXT NOT NULL,
  created_at TEXT NOT NULL, sent_at TEXT, settled_at TEXT, server_date TEXT,
  before TEXT NOT NULL DEFAULT '[]', request_id TEXT,
  message TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '[]', owner TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_of_target ON entries (account, target, state);
CREATE INDEX IF NOT EXISTS entries_of_state ON entries (account, state);
"""
_VERSION = 1
_BUSY_SECONDS = 10.0
_OPEN = (EntryState.QUEUED, EntryState.SENT, EntryState.UNKNOWN)
_IN_THE_WAY = (EntryState.SENT, EntryState.UNKNOWN)


@dataclass(frozen=True)
class Settled:
    """How an entry ends (or that it is unknown): its state, the sentence about it, and what the server
    gave.
    """

    state: EntryState
    message: str = ""
    request_id: RequestId | None = None
    result: tuple[LicenseKey, ...] = ()


class JournalStore:
    """The entries in one file, or in memory. Every method that writes has it safely on the disk when it
    returns.

    Every method raises JournalUnavailable when the file cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        """Open the journal at ``path``, making it (0600, in a 0700 folder) if need be; None keeps it in
        memory.
        """
        self._path = path
        with self._named_errors():
            if path is not None:
                _make_private(path)
            self._db = sqlite3.connect(path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            self._prepare()
        except JournalUnavailable:
            self._db.close()
            raise

    def _prepare(self) -> None:
        with self._named_errors():
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")  # an entry must survive a power cut
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise JournalUnavailable(f"The journal {self._path} was written by a newer jpmanage.")
            self._db.executescript(_SCHEMA)
            self._db.execute(f"PRAGMA user_version={_VERSION}")

    def close(self) -> None:
        """Close the file."""
        with self._named_errors():
            self._db.close()

    def add(self, account: str, change: Change[Any], owner: str, now: datetime) -> Entry:
        """Note ``change`` as queued and return its entry.

        Raises:
            TargetUnsettled: the fate of an earlier change of the same target is unknown, or another
                program is sending one.

        """
        with self._written():
            self._refuse_rivals(account, change.target, 0, owner)
            cursor = self._db.execute(
                "INSERT INTO entries (account, kind, target, change, state, created_at, owner)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (account, change.kind, change.target, change.to_json(), EntryState.QUEUED, _text(now), owner),
            )
            entry_id = cursor.lastrowid
        return self.entry(entry_id or 0)

    def mark_sent(self, entry_id: int, now: datetime, baseline: Baseline = NO_BASELINE) -> bool:
        """Note that the entry is about to be sent and return True; ``baseline`` is what there was before.

        False means that it must not be sent: it is not queued any more.

        Raises:
            TargetUnsettled: meanwhile an earlier change of the same target became unknown.

        """
        with self._written():
            row = self._row(entry_id)
            self._refuse_rivals(row["account"], row["target"], entry_id, "")
            cursor = self._db.execute(
                "UPDATE entries SET state=?, sent_at=?, server_date=?, before=? WHERE id=? AND state=?",
                (
                    EntryState.SENT,
                    _text(now),
                    _text(baseline.server_date),
                    json.dumps(baseline.keys),
                    entry_id,
                    EntryState.QUEUED,
                ),
            )
        return cursor.rowcount > 0

    def mark_queued(self, entry_id: int) -> None:
        """Note that the server did nothing and that the entry waits to be sent again."""
        with self._written():
            self._db.execute(
                "UPDATE entries SET state=?, sent_at=NULL, server_date=NULL, before='[]' WHERE id=? AND state=?",
                (EntryState.QUEUED, entry_id, EntryState.SENT),
            )

    def settle(self, entry_id: int, end: Settled, now: datetime) -> bool:
        """Note how the entry ended and return whether that was news: what is settled stays as it is."""
        with self._written():
            cursor = self._db.execute(
                "UPDATE entries SET state=?, settled_at=?, message=?, result=?,"
                " request_id=COALESCE(?, request_id) WHERE id=? AND state IN (?, ?, ?)",
                (
                    end.state,
                    _text(now) if end.state.settled else None,
                    end.message,
                    json.dumps(end.result),
                    end.request_id,
                    entry_id,
                    *_OPEN,
                ),
            )
        return cursor.rowcount > 0

    def adopt(self, entry: Entry, owner: str) -> bool:
        """Make ``owner`` the one who looks after ``entry`` and return True, or False if another was
        faster.
        """
        with self._written():
            cursor = self._db.execute(
                "UPDATE entries SET owner=? WHERE id=? AND owner=? AND state=?",
                (owner, entry.id, entry.owner, entry.state),
            )
        return cursor.rowcount > 0

    def entry(self, entry_id: int) -> Entry:
        """Return the entry numbered ``entry_id``.

        Raises:
            KeyError: there is none.

        """
        with self._named_errors():
            return _entry(self._row(entry_id))

    def entries(
        self,
        account: str | None = None,
        states: Collection[EntryState] = tuple(EntryState),
        limit: int = 200,
        within: str = "",
    ) -> tuple[Entry, ...]:
        """Return up to ``limit`` entries, newest first, of ``account`` (None: of all) in one of ``states``; also those
        of every account whose name begins with ``within``, where that is not empty.
        """
        marks = ",".join("?" * len(states))
        whose = "account=? OR ? IS NULL OR (?<>'' AND substr(account,1,length(?))=?)"
        with self._named_errors():
            rows = self._db.execute(
                f"SELECT * FROM entries WHERE ({whose}) AND state IN ({marks})"  # noqa: S608 - marks
                " ORDER BY id DESC LIMIT ?",
                (account, account, within, within, within, *states, limit),
            ).fetchall()
            return tuple(_entry(row) for row in rows)

    def keys(self, account: str) -> frozenset[LicenseKey]:
        """Return the codes of all licences that the journal's entries of ``account`` brought."""
        with self._named_errors():
            rows = self._db.execute(
                "SELECT result FROM entries WHERE account=? AND result<>'[]'", (account,)
            ).fetchall()
        return frozenset(key for row in rows for key in _keys(row["result"]))

    def prune(self, before: datetime) -> int:
        """Forget what was settled before ``before`` and return how many entries that were.

        Also what is unknown since then and cannot be looked up.
        """
        with self._written():
            cursor = self._db.execute(
                "DELETE FROM entries WHERE settled_at < ? OR (state=? AND target='' AND created_at < ?)",
                (_text(before), EntryState.UNKNOWN, _text(before)),
            )
        return cursor.rowcount

    def _row(self, entry_id: int) -> sqlite3.Row:
        row: sqlite3.Row | None = self._db.execute("SELECT * FROM entries WHERE id=?", (entry_id,)).fetchone()
        if row is None:
            raise KeyError(entry_id)
        return row

    def _refuse_rivals(self, account: str, target: str, entry_id: int, owner: str) -> None:
        """``owner`` is whose sent entries are no rivals: they are before this one in the same line."""
        if not target:
            return
        row = self._db.execute(
            "SELECT id, kind, change, state FROM entries WHERE account=? AND target=? AND id<>?"
            " AND state IN (?, ?) AND NOT (state=? AND owner=?) ORDER BY id LIMIT 1",
            (account, target, entry_id, *_IN_THE_WAY, EntryState.SENT, owner),
        ).fetchone()
        if row is None:
            return
        what = change_from_json(row["kind"], row["change"]).sentence()
        if row["state"] == EntryState.SENT:
            raise TargetUnsettled(f"Not sent: another change is on its way ({what}).", row["id"])
        raise TargetUnsettled(
            f"Not sent: it is not known yet whether an earlier change was done ({what}). Look it up first.",
            row["id"],
        )

    @contextmanager
    def _written(self) -> Iterator[None]:
        with self._named_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ConfigError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise JournalUnavailable(
                f"The journal {self._path or 'in memory'} cannot be used ({reason}); "
                "nothing is changed while it cannot be noted down."
            ) from error


def _make_private(path: Path) -> None:
    ensure_private_dir(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)  # SQLite gives its side files the same mode


def _text(moment: datetime | None) -> str | None:
    """Times as text that sorts as they do."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _keys(text: str) -> tuple[LicenseKey, ...]:
    return tuple(LicenseKey(key) for key in json.loads(text))


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"],
        account=row["account"],
        change=change_from_json(row["kind"], row["change"]),
        state=EntryState(row["state"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        sent_at=_moment(row["sent_at"]),
        settled_at=_moment(row["settled_at"]),
        server_date=_moment(row["server_date"]),
        before=_keys(row["before"]),
        request_id=row["request_id"],
        message=row["message"],
        result=_keys(row["result"]),
        owner=row["owner"],
    )
