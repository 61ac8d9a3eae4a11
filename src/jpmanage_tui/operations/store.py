"""The journal's file: SQLite, one connection, used by one thread (see ``journal``)."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jpmanage_tui.api.ids import LicenseKey, RequestId
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import ensure_private_dir, is_on_network, lock
from jpmanage_tui.operations import mutations  # noqa: F401 - all of them are known before a row is read
from jpmanage_tui.operations.entry import KNOWN_STATES, Entry, EntryState, entry_of, moment_text
from jpmanage_tui.operations.errors import (
    ConflictError,
    EarlierUnsettled,
    JournalReadOnly,
    JournalUnavailable,
    Stopped,
)
from jpmanage_tui.operations.lease import Leases
from jpmanage_tui.operations.migrations import VERSION, migrate
from jpmanage_tui.operations.mutation import EMPTY_SNAPSHOT, Mutation, Snapshot
from jpmanage_tui.operations.run import RunItemId
from jpmanage_tui.operations.scopes import Account, KeyToken, Kinship, Scope

_BUSY_SECONDS = 10.0
_EXCLUSIVE_SECONDS = 0.3
"""How long is waited for another program that only looks into a file that has to be migrated."""
_SETTLED = tuple(state for state in EntryState if state.settled)
_NO_CONFLICT = (*_SETTLED, EntryState.QUEUED)
"""Every other state guards its target, one that this version does not know too."""

NO_LIMIT = -1
"""What SQLite takes for it."""


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

    Every method raises JournalUnavailable when the file cannot be used, and JournalReadOnly, of that kind, where it
    writes while the file can only be read: as long as an older program has it open, which would misread what this one
    writes; as long as another one works with it on a network file system; or because a newer one wrote it.
    """

    def __init__(self, path: Path | None, on_network: Callable[[Path], bool] = is_on_network) -> None:
        """Open the journal at ``path``, making it (0600, in a 0700 folder) if need be; None keeps it in
        memory. ``on_network`` says whether a file lies on a network file system.
        """
        self._path = path
        self._on_network = on_network
        self._leases = Leases(path)
        self._db: sqlite3.Connection | None = None
        self._writer_lock: int | None = None
        with self._translate_errors():
            if path is None:
                self._db = _connected(":memory:")
                with _transaction(self._db):
                    migrate(self._db, 0)
            else:
                ensure_private_dir(path.parent)
                with contextlib.suppress(
                    JournalReadOnly
                ):  # it can be read; what writes tries again, and says why
                    self._open_to_write(path)

    def close(self) -> None:
        """Close the file; what its owners hold may be settled by others."""
        with self._translate_errors():
            self._leases.close()
            if self._db is not None:
                self._db.close()
            self._unlock_for_writing()

    # -- opening ---------------------------------------------------------------------------

    def _writable(self) -> sqlite3.Connection:
        """Return the connection; where the file could only be read till now, try again."""
        if self._db is None:
            assert self._path is not None
            self._open_to_write(self._path)
        assert self._db is not None
        return self._db

    def _open_to_write(self, path: Path) -> None:
        """Open the file, made or migrated if need be; one program at a time does this.

        Raises:
            JournalReadOnly: it can only be read now.

        """
        with lock(path, _BUSY_SECONDS):
            network = self._on_network(path)
            try:
                if network:
                    self._lock_for_writing(path)
                _make_private(path)
                mode = "delete" if network else "wal"
                if _state_of(path, exclusive=network) != (VERSION, mode):
                    self._prepare(path, mode)
                self._db = _connected(path)
            finally:
                if self._db is None:
                    self._unlock_for_writing()

    def _prepare(self, path: Path, mode: str) -> None:
        """Migrate the file and set its journal mode, while no other program has it open.

        A connection of any release holds a shared lock on a file with a write-ahead log for as long as it is open, so
        an exclusive one is not to be had while an older program lives; and while this one has it, none can open it.
        """
        deadline = time.monotonic() + _EXCLUSIVE_SECONDS
        while True:
            db = _connected(path, seconds=0.0)
            try:
                db.execute("PRAGMA locking_mode=EXCLUSIVE")
                db.execute("BEGIN EXCLUSIVE")
                migrate(db, self._version_of(db))
                db.execute("COMMIT")
                db.execute(f"PRAGMA journal_mode={mode}")
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (
                    sqlite3.SQLITE_BUSY,
                    sqlite3.SQLITE_LOCKED,
                ):
                    raise
                if time.monotonic() > deadline:
                    raise JournalReadOnly(
                        f"An older jpmanage, or another program, has the journal {path} open, so this one only reads "
                        "it and changes nothing. Close the other one first."
                    ) from None
            else:
                return
            finally:
                db.close()
            time.sleep(0.02)

    def _version_of(self, db: sqlite3.Connection) -> int:
        version: int = db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise JournalReadOnly(
                f"The journal {self._path} was written by a newer jpmanage, so this one only reads it and changes "
                "nothing. Update jpmanage."
            )
        return version

    def _lock_for_writing(self, path: Path) -> None:
        if self._writer_lock is not None:
            return
        descriptor = os.open(path.with_name(f".{path.name}.writer"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if not isinstance(error, BlockingIOError):
                raise
            raise JournalReadOnly(
                f"Another jpmanage uses the journal {path}, which is on a network file system, so this one only reads "
                "it and changes nothing. Close the other one first."
            ) from None
        self._writer_lock = descriptor

    def _unlock_for_writing(self) -> None:
        if self._writer_lock is not None:
            os.close(self._writer_lock)
            self._writer_lock = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to read from: a passing one as long as the file can only be read.

        A lasting one would keep another program from migrating the file.
        """
        with self._translate_errors():
            if self._db is not None:
                yield self._db
                return
            assert self._path is not None
            with lock(self._path, _BUSY_SECONDS), _read_only(self._path) as db:
                yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection with a transaction to write in, which is on the disk when the block ends."""
        with self._translate_errors():
            db = self._writable()
            with _transaction(db):
                yield db

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ConfigError, ValueError, IndexError) as error:
            reason = str(error).partition("\n")[0]
            raise JournalUnavailable(
                f"The journal {self._path or 'in memory'} cannot be used ({reason}); "
                "nothing is changed while it cannot be noted down."
            ) from error

    # -- what is written -------------------------------------------------------------------

    def link(self, tokens: Iterable[KeyToken], now: datetime) -> None:
        """Note which keys these tokens belong to, for good: what stands under a token stands under its key."""
        with self.reading() as db:
            hosts = {token.host for token in tokens}
            noted = {link for host in hosts for link in _links(db, host)}
        new = [token for token in tokens if token not in noted]
        if new:
            with self.writing() as db:
                db.executemany(
                    "INSERT OR IGNORE INTO key_tokens (host, fingerprint, partner_id, key_id, seen_at)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [(one.host, one.token, one.partner_id, one.key_id, moment_text(now)) for one in new],
                )

    def add(
        self,
        account: str,
        change: Mutation[Any],
        owner: str,
        now: datetime,
        acknowledged: frozenset[int] = frozenset(),
        run_item: RunItemId | None = None,
    ) -> Entry:
        """Note ``change`` as queued and return its entry.

        ``acknowledged`` are the entries, by number, in spite of which the user has confirmed that it is sent.
        ``run_item`` is the item of a run that it is: both are noted at once, so that none is begun twice.

        Raises:
            Stopped: the item was begun already, or its run is not this owner's any more.
            EarlierUnsettled: the outcome of a change of the same target is unknown that may be of the same key.
            ConflictError: the outcome of an earlier change of the same target is unknown, or another
                program is sending one.

        """
        with self._translate_errors():
            self.acquire_lease(owner)
        with self.writing() as db:
            scope = scope_of(db, account)
            self._refuse_conflicts(db, scope, change.conflict_key, 0, owner, acknowledged)
            cursor = db.execute(
                "INSERT INTO entries"
                " (account, kind, target, change, payload_version, state, created_at, owner, acknowledged, run_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    scope.name,
                    change.kind,
                    change.conflict_key,
                    change.to_json(),
                    change.payload_version,
                    EntryState.QUEUED,
                    moment_text(now),
                    owner,
                    json.dumps(sorted(acknowledged)),
                    run_item.run_id if run_item is not None else None,
                ),
            )
            entry_id = cursor.lastrowid or 0
            if run_item is not None:
                _begin_item(db, run_item, owner, entry_id)
            return entry_of(_row(db, entry_id))

    def mark_sent(
        self, entry_id: int, now: datetime, snapshot: Snapshot = EMPTY_SNAPSHOT, account: str | None = None
    ) -> bool:
        """Note that the entry is about to be sent and return True; ``snapshot`` is what there was before.

        ``account`` is whose token is used, None that of the entry: a token may have been renewed since it was queued.
        False means that it must not be sent: it is not queued any more.

        Raises:
            ConflictError: meanwhile an earlier change of the same target became unknown; or EarlierUnsettled.

        """
        with self.writing() as db:
            entry = entry_of(_row(db, entry_id))
            scope = scope_of(db, account if account is not None else entry.account)
            self._refuse_conflicts(db, scope, entry.change.conflict_key, entry_id, "", entry.acknowledged)
            cursor = db.execute(
                "UPDATE entries SET state=?, account=?, sent_at=?, server_date=?, before=? WHERE id=? AND state=?",
                (
                    EntryState.SENT,
                    scope.name,
                    moment_text(now),
                    moment_text(snapshot.server_date),
                    json.dumps(snapshot.known_keys),
                    entry_id,
                    EntryState.QUEUED,
                ),
            )
            return cursor.rowcount > 0

    def mark_queued(self, entry_id: int) -> None:
        """Note that the server did nothing and that the entry waits to be sent again."""
        with self.writing() as db:
            db.execute(
                "UPDATE entries SET state=?, sent_at=NULL, server_date=NULL, before='[]' WHERE id=? AND state=?",
                (EntryState.QUEUED, entry_id, EntryState.SENT),
            )

    def settle(self, entry_id: int, end: Settled, now: datetime) -> bool:
        """Note how the entry ended and return whether that was news: what is settled stays as it is."""
        with self.writing() as db:
            cursor = db.execute(
                "UPDATE entries SET state=?, settled_at=?, message=?, result=?,"  # noqa: S608 - marks
                f" request_id=COALESCE(?, request_id) WHERE id=? AND state NOT IN ({params(_SETTLED)})",
                (
                    end.state,
                    moment_text(now) if end.state.settled else None,
                    end.message,
                    json.dumps(end.result),
                    end.request_id,
                    entry_id,
                    *_SETTLED,
                ),
            )
            return cursor.rowcount > 0

    def claim(self, entry: Entry, owner: str) -> bool:
        """Make ``owner`` the one who looks after ``entry`` and return True, or False if another was
        faster.
        """
        with self._translate_errors():
            self.acquire_lease(owner)
        with self.writing() as db:
            cursor = db.execute(
                "UPDATE entries SET owner=? WHERE id=? AND owner=? AND state=?",
                (owner, entry.id, entry.owner, entry.state),
            )
            return cursor.rowcount > 0

    def give_up_sent(self, account: str, message: str) -> int:
        """Note as unknown what programs that have ended were sending for other accounts than ``account``; return
        how many entries that were.

        This one cannot look for them, but the user must be able to say what became of them.
        """
        with self.reading() as db:
            scope = scope_of(db, account)
            rows = db.execute("SELECT * FROM entries WHERE state=?", (EntryState.SENT,)).fetchall()
            gone = [
                row["id"]
                for row in rows
                if row["account"] not in scope.names and not self._leases.is_alive(row["owner"])
            ]
        if not gone:
            return 0
        with self.writing() as db:
            cursor = db.executemany(
                "UPDATE entries SET state=?, message=? WHERE id=? AND state=?",
                [(EntryState.UNKNOWN, message, entry_id, EntryState.SENT) for entry_id in gone],
            )
            return cursor.rowcount

    def prune(self, before: datetime) -> int:
        """Forget what was settled before ``before``, runs as a whole, and return how many entries that were.

        Also what is unknown since then and cannot be verified, and the locks of programs that are gone.
        """
        with self.writing() as db:
            db.execute(
                "DELETE FROM run_items WHERE run_id IN (SELECT id FROM runs WHERE settled_at < ?)",
                (moment_text(before),),
            )
            db.execute("DELETE FROM runs WHERE settled_at < ?", (moment_text(before),))
            cursor = db.execute(
                "DELETE FROM entries WHERE (settled_at < ? OR (state=? AND target='' AND created_at < ?))"
                " AND (run_id IS NULL OR run_id NOT IN (SELECT id FROM runs))",
                (moment_text(before), EntryState.UNKNOWN, moment_text(before)),
            )
        if self._path is not None:
            with self._translate_errors(), lock(self._path, _BUSY_SECONDS):
                self._leases.clean()
        return cursor.rowcount

    def release(self, owner: str) -> None:
        """Say that the queue ``owner`` is closed: its entries may be settled by another."""
        self._leases.release(owner)

    def acquire_lease(self, owner: str) -> None:
        """Take the lock by which other programs see that the queue ``owner`` lives."""
        if self._path is None or not self._leases.is_missing(owner):
            self._leases.acquire(owner)
            return
        with lock(self._path, _BUSY_SECONDS):
            self._leases.acquire(owner)

    # -- what is read ----------------------------------------------------------------------

    def entry(self, entry_id: int) -> Entry:
        """Return the entry numbered ``entry_id``.

        Raises:
            KeyError: there is none.

        """
        with self.reading() as db:
            return entry_of(_row(db, entry_id))

    def scope(self, account: str) -> Scope:
        """Return which names of accounts mean the same partner key as ``account``, and how others stand to it."""
        with self.reading() as db:
            return scope_of(db, account)

    def entries(
        self,
        account: str | None = None,
        states: Collection[EntryState] = tuple(EntryState),
        limit: int = 200,
    ) -> tuple[Entry, ...]:
        """Return up to ``limit`` entries, newest first, of ``account``'s partner key (None: of all) in one of
        ``states``. One in a state that this version does not know counts as ``unknown``.
        """
        with self.reading() as db:
            names = scope_of(db, account).names if account is not None else _accounts(db)
            rows = db.execute(
                f"SELECT * FROM entries WHERE account IN ({params(names)})"  # noqa: S608 - marks
                f" AND CASE WHEN state IN ({params(KNOWN_STATES)}) THEN state ELSE ? END IN ({params(states)})"
                " ORDER BY id DESC LIMIT ?",
                (*names, *KNOWN_STATES, EntryState.UNKNOWN, *states, limit),
            ).fetchall()
            return tuple(entry_of(row) for row in rows)

    def history(
        self, account: str, limit: int | None = 200, *, outside_runs: bool = False
    ) -> tuple[Entry, ...]:
        """Return up to ``limit`` entries (None: all), newest first, of all keys of ``account``'s partner; and what is
        not settled of every account that may be the same key.

        ``outside_runs``: only the changes that are no part of a run of this partner's.
        """
        with self.reading() as db:
            scope = scope_of(db, account)
            by_kinship: dict[Kinship, list[str]] = {kinship: [] for kinship in Kinship}
            for name in _accounts(db):
                by_kinship[scope.kinship(name)].append(name)
            whole, unclear = (
                [*by_kinship[Kinship.SAME], *by_kinship[Kinship.SIBLING]],
                by_kinship[Kinship.UNCLEAR],
            )
            single = " AND run_id IS NULL" if outside_runs else ""
            rows = db.execute(
                f"SELECT * FROM entries WHERE (account IN ({params(whole)}){single})"  # noqa: S608 - marks
                f" OR (account IN ({params(unclear)})"
                f" AND target<>'' AND state NOT IN ({params(_NO_CONFLICT)})) ORDER BY id DESC LIMIT ?",
                (*whole, *unclear, *_NO_CONFLICT, NO_LIMIT if limit is None else limit),
            ).fetchall()
            return tuple(entry_of(row) for row in rows)

    def abandoned(self, account: str, owner: str) -> tuple[Entry, ...]:
        """Return what is not settled of ``account``'s partner key and nobody looks after, or ``owner`` and unknown;
        oldest first.
        """
        with self.reading() as db:
            names = scope_of(db, account).names
            rows = db.execute(
                f"SELECT * FROM entries WHERE account IN ({params(names)})"  # noqa: S608 - marks
                f" AND state NOT IN ({params(_SETTLED)}) ORDER BY id",
                (*names, *_SETTLED),
            ).fetchall()
            found = [entry_of(row) for row in rows]
            return tuple(one for one in found if one.owner == owner or not self._leases.is_alive(one.owner))

    def keys(self, account: str) -> frozenset[LicenseKey]:
        """Return the codes of all licenses that entries brought, whatever the key, at the API of ``account``: none of
        them is what another change brought.
        """
        with self.reading() as db:
            own = Account.of(account).host
            names = [
                name for name in _accounts(db) if name == account or (own and Account.of(name).host == own)
            ]
            rows = db.execute(
                f"SELECT * FROM entries WHERE account IN ({params(names)}) AND result<>'[]'",  # noqa: S608 - marks
                names,
            ).fetchall()
        return frozenset(key for row in rows for key in entry_of(row).result)

    def is_alive(self, owner: str) -> bool:
        """Return whether the queue ``owner`` may still be working; False only when that is certain."""
        return self._leases.is_alive(owner)

    def _refuse_conflicts(
        self,
        db: sqlite3.Connection,
        scope: Scope,
        target: str,
        entry_id: int,
        owner: str,
        acknowledged: frozenset[int],
    ) -> None:
        """Raise where an earlier change of ``target`` forbids another, but for entry ``entry_id``.

        ``owner`` is whose sent entries are no conflicts: they are before this one in the same queue.
        """
        if not target:
            return
        rows = db.execute(
            f"SELECT * FROM entries WHERE target=? AND id<>? AND state NOT IN ({params(_NO_CONFLICT)})"  # noqa: S608 - marks
            " ORDER BY id",
            (target, entry_id, *_NO_CONFLICT),
        ).fetchall()
        earlier: list[Entry] = []
        for other in map(entry_of, rows):
            kinship = scope.kinship(other.account)
            if kinship is Kinship.SAME and not (other.state is EntryState.SENT and other.owner == owner):
                self._refuse(other)
            if kinship is Kinship.UNCLEAR and other.id not in acknowledged:
                earlier.append(other)
        if earlier:
            what = earlier[0].change.summary()
            raise EarlierUnsettled(
                f"Not sent: it is not known whether an earlier change was done ({what}), which was made with another "
                "token and may be of the same partner key. Settle it in Operations first.",
                tuple(earlier),
            )

    def _refuse(self, other: Entry) -> None:
        what = other.change.summary()
        if not other.readable:
            raise ConflictError(
                f"Not sent: the journal has an earlier change of the same ({what}). Settle it in "
                "Operations first.",
                other.id,
            )
        if self._leases.is_alive(other.owner):
            if other.state is EntryState.SENT:
                raise ConflictError(f"Not sent: another change is on its way ({what}).", other.id)
            raise ConflictError(
                f"Not sent: it is not known yet whether an earlier change was done ({what}). Look it up first.",
                other.id,
            )
        raise ConflictError(
            f"Not sent: it is not known whether an earlier change was done ({what}): the program that sent it has "
            "ended. It is being looked up now.",
            other.id,
        )


def _connected(where: Path | str, seconds: float = _BUSY_SECONDS) -> sqlite3.Connection:
    db = sqlite3.connect(where, timeout=seconds, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA synchronous=FULL")  # an entry must survive a power cut
    return db


def _state_of(path: Path, *, exclusive: bool) -> tuple[int, str]:
    """Return the file's version and journal mode; ``exclusive`` without the shared memory that a log needs else."""
    db = _connected(path)
    try:
        if exclusive:
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
        version: int = db.execute("PRAGMA user_version").fetchone()[0]
        mode: str = db.execute("PRAGMA journal_mode").fetchone()[0]
    finally:
        db.close()
    return version, mode


@contextmanager
def _read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that only reads; of an older file it reads a migrated copy in memory."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA query_only=ON")
        version: int = db.execute("PRAGMA user_version").fetchone()[0]
        if version < VERSION:
            copy = _connected(":memory:")
            try:
                db.backup(copy)
                with _transaction(copy):
                    migrate(copy, version)
                yield copy
            finally:
                copy.close()
        else:
            yield db
    finally:
        db.close()


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _make_private(path: Path) -> None:
    # It is opened here only to make it: closing a file of this process would let go of SQLite's locks on it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    path.chmod(0o600)  # SQLite gives its side files the same mode


def _row(db: sqlite3.Connection, entry_id: int) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM entries WHERE id=?", (entry_id,)).fetchone()
    if row is None:
        raise KeyError(entry_id)
    return row


def _begin_item(db: sqlite3.Connection, item: RunItemId, owner: str, entry_id: int) -> None:
    """Note that an item of a run was begun as ``entry_id``.

    Raises:
        Stopped: it was begun already, or the run is not ``owner``'s.

    """
    cursor = db.execute(
        "UPDATE run_items SET entry_id=?, note='' WHERE run_id=? AND position=? AND entry_id IS NULL AND skipped=0"
        " AND EXISTS (SELECT 1 FROM runs WHERE id=? AND owner=?)",
        (entry_id, item.run_id, item.position, item.run_id, owner),
    )
    if not cursor.rowcount:
        raise Stopped("Another jpmanage works on this run.")


def _accounts(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT DISTINCT account FROM entries")]


def _links(db: sqlite3.Connection, host: str) -> list[KeyToken]:
    rows = db.execute(
        "SELECT host, fingerprint, partner_id, key_id FROM key_tokens WHERE host=? ORDER BY seen_at", (host,)
    )
    return [KeyToken(*row) for row in rows]


def scope_of(db: sqlite3.Connection, account: str) -> Scope:
    """Return which names of accounts mean the same partner key as ``account``, and how others stand to it."""
    host = Account.of(account).host
    return Scope(account, _links(db, host) if host else [])


def params(values: Collection[object]) -> str:
    """Return the question marks of a statement that names ``values`` one by one."""
    return ",".join("?" * len(values))
