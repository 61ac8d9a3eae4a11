"""The runs in the journal's file: written down whole, owned by one queue at a time, counted by SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.operations.entry import KNOWN_STATES, NO_TIME, Entry, EntryState, entry_of, moment_text
from jpmanage_tui.operations.errors import ConflictError, RunIsThere
from jpmanage_tui.operations.mutation import UnreadableMutation, mutation_from_json
from jpmanage_tui.operations.run import (
    ItemState,
    Run,
    RunCounts,
    RunItem,
    RunPlan,
    RunState,
    item_state,
    price_of,
    price_text,
)
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.operations.store import NO_LIMIT, JournalStore, params, scope_of
from jpmanage_tui.rules.prices import Price

CANCELED = "Canceled."
_HAPPENED = tuple(state.value for state in EntryState if state.happened)
_ON_ITS_WAY = (EntryState.QUEUED.value, EntryState.SENT.value)
_NOTHING_DONE = tuple(state.value for state in EntryState if state.settled and not state.happened)
_NEVER_DONE = (EntryState.NOT_SENT.value, EntryState.CONFIRMED_NOT_DONE.value)
_OPEN = tuple(state.value for state in RunState if not state.settled)
_NOT_SKIPPED, _NEED_FAILED, _CANCELED = 0, 1, 2
"""Whether an item is passed over, as it stands in the column ``skipped``: no, as what it needs failed, for good."""
_UNDOABLE = ("assign_license", "unassign_license")
_COUNTED = (
    "SELECT r.*, COUNT(i.position) AS total,"  # noqa: S608 - constants of this file
    f" SUM(i.entry_id IS NULL AND i.skipped={_NOT_SKIPPED}) AS waiting,"
    f" SUM(i.entry_id IS NULL AND i.skipped<>{_NOT_SKIPPED}) AS passed_over,"
    f" SUM(e.state IN {_HAPPENED}) AS done, SUM(e.state IN {_NOTHING_DONE}) AS failed,"
    f" SUM(e.state IN {_ON_ITS_WAY}) AS active"
    " FROM runs r LEFT JOIN run_items i ON i.run_id=r.id LEFT JOIN entries e ON e.id=i.entry_id"
)


class UndoableEntries(NamedTuple):
    """What was assigned or unassigned last and is not undone: a run's entries (or one of none), oldest first."""

    run_id: int | None
    entries: tuple[Entry, ...]


class RunStore:
    """The runs of a journal. Every method that writes has it safely on the disk when it returns; what each raises where
    the file cannot be used is the journal's (see JournalStore).
    """

    def __init__(self, store: JournalStore) -> None:
        """``store`` is the journal in whose file they stand."""
        self._store = store

    def add(self, account: str, plan: RunPlan, owner: str, now: datetime) -> Run:
        """Write a run down, all its items at once, as ``waiting`` and ``owner``'s; return it.

        What a command asks for (``plan.request``) is written down once: of two programs that ask for the same at the
        same moment the second one finds the first one's run.

        Raises:
            RunIsThere: a command asks for it, and there is a run of this name, or an unfinished one for the same; or
                the app does, and a command of another program is carrying out the same.
            ValueError: it has no items, or one needs an item that does not come before it.

        """
        if not plan.items:
            raise ValueError("a run has at least one item")
        if any(not 0 <= one.needs < at for at, one in enumerate(plan.items) if one.needs is not None):
            raise ValueError("an item can only need one before it")
        self._store.acquire_lease(owner)
        with self._store.writing() as db:
            self._not_there(db, account, plan, owner)
            cursor = db.execute(
                "INSERT INTO runs (account, title, name, created_at, created_by, state, owner, digest, card_just_added,"
                " request) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    scope_of(db, account).name,
                    plan.title,
                    plan.name,
                    moment_text(now),
                    plan.created_by,
                    RunState.WAITING,
                    owner,
                    plan.digest,
                    plan.card_just_added,
                    plan.request,
                ),
            )
            run_id = cursor.lastrowid or 0
            db.executemany(
                "INSERT INTO run_items (run_id, position, kind, change, payload_version, needs, price, undoes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        run_id,
                        position,
                        item.mutation.kind,
                        item.mutation.to_json(),
                        item.mutation.payload_version,
                        item.needs,
                        price_text(item.price),
                        item.undoes,
                    )
                    for position, item in enumerate(plan.items)
                ],
            )
            return self._run(_run_row(db, run_id))

    def _not_there(self, db: sqlite3.Connection, account: str, plan: RunPlan, owner: str) -> None:
        if not plan.request:
            self._not_under_way(db, account, plan, owner)
            return
        names = self._names(db, account, (Kinship.SAME,))
        rows = db.execute(
            f"{_COUNTED} WHERE r.account IN ({params(names)}) AND ((r.name=? AND r.name<>'')"
            f" OR (r.state IN ({params(_OPEN)}) AND (r.request=? OR r.digest=?)))"
            " GROUP BY r.id ORDER BY r.name<>? OR r.name='', r.id DESC",
            (*names, plan.name, *_OPEN, plan.request, plan.digest, plan.name),
        )
        for run in map(self._run, rows.fetchall()):
            if run.name == plan.name != "":
                raise RunIsThere(f"There is a run of the name “{plan.name}”.", run)
            if not run.state.settled:  # one that was paused may have turned out to be done
                raise RunIsThere(f"“{run.title}” asks for the same, and has not ended.", run)

    def _not_under_way(self, db: sqlite3.Connection, account: str, plan: RunPlan, owner: str) -> None:
        """Raise RunIsThere where a command of another program is carrying out what the app asks for now."""
        names = self._names(db, account, (Kinship.SAME,))
        rows = db.execute(
            f"{_COUNTED} WHERE r.account IN ({params(names)}) AND r.state IN ({params(_OPEN)})"
            " AND r.digest=? AND r.request<>'' AND r.owner<>? GROUP BY r.id ORDER BY r.id DESC",
            (*names, *_OPEN, plan.digest, owner),
        )
        for run in map(self._run, rows.fetchall()):
            if not run.state.settled and not run.resumable:
                raise RunIsThere(f"`{run.created_by}` is doing the same just now: nothing was sent.", run)

    # -- what is read ----------------------------------------------------------------------

    def run(self, run_id: int) -> Run:
        """Return the run numbered ``run_id``.

        Raises:
            KeyError: there is none.

        """
        with self._store.reading() as db:
            return self._run(_run_row(db, run_id))

    def runs(self, account: str, limit: int | None = 200) -> tuple[Run, ...]:
        """Return up to ``limit`` runs (None: all), newest first, of all keys of ``account``'s partner."""
        with self._store.reading() as db:
            names = self._names(db, account, (Kinship.SAME, Kinship.SIBLING))
            rows = db.execute(
                f"{_COUNTED} WHERE r.account IN ({params(names)}) GROUP BY r.id ORDER BY r.id DESC LIMIT ?",
                (*names, NO_LIMIT if limit is None else limit),
            ).fetchall()
            return tuple(self._run(row) for row in rows)

    def open_runs(self, account: str) -> tuple[Run, ...]:
        """Return the runs of ``account``'s partner key that are neither ended nor canceled, oldest first."""
        with self._store.reading() as db:
            names = self._names(db, account, (Kinship.SAME,))
            rows = db.execute(
                f"{_COUNTED} WHERE r.account IN ({params(names)}) AND r.state IN ({params(_OPEN)})"
                " GROUP BY r.id ORDER BY r.id",
                (*names, *_OPEN),
            ).fetchall()
            runs = [self._run(row) for row in rows]
        return tuple(
            run for run in runs if not run.state.settled
        )  # one that was paused may have turned out to be done

    def named(self, account: str, name: str) -> Run | None:
        """Return the last run of ``account``'s partner key that is called ``name``, None where there is none."""
        with self._store.reading() as db:
            names = self._names(db, account, (Kinship.SAME,))
            row = db.execute(
                f"{_COUNTED} WHERE r.account IN ({params(names)}) AND r.name=?"
                " GROUP BY r.id ORDER BY r.id DESC LIMIT 1",
                (*names, name),
            ).fetchone()
            return self._run(row) if row is not None else None

    def requested(self, account: str, request: str) -> Run | None:
        """Return the last run of ``account``'s partner key that a command with this ``request`` made, None where there is
        none.
        """
        with self._store.reading() as db:
            names = self._names(db, account, (Kinship.SAME,))
            row = db.execute(
                f"{_COUNTED} WHERE r.account IN ({params(names)}) AND r.request=?"
                " GROUP BY r.id ORDER BY r.id DESC LIMIT 1",
                (*names, request),
            ).fetchone()
            return self._run(row) if row is not None else None

    def items(self, run_id: int, start: int = 0, count: int | None = None) -> tuple[RunItem, ...]:
        """Return the items of a run from position ``start`` on, in order: ``count`` of them, None for all."""
        with self._store.reading() as db:
            stop = start + count if count is not None else 1 << 60
            rows = db.execute(
                "SELECT * FROM run_items WHERE run_id=? AND position>=? AND position<? ORDER BY position",
                (run_id, start, stop),
            ).fetchall()
            entries = {
                row["id"]: entry_of(row)
                for row in db.execute(
                    "SELECT e.* FROM run_items i JOIN entries e ON e.id=i.entry_id"
                    " WHERE i.run_id=? AND i.position>=? AND i.position<?",
                    (run_id, start, stop),
                )
            }
        return tuple(_item(row, entries.get(row["entry_id"])) for row in rows)

    def item_states(self, run_id: int) -> tuple[ItemState, ...]:
        """Return how each item of a run stands, in order."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT i.skipped, i.entry_id, e.state FROM run_items i LEFT JOIN entries e ON e.id=i.entry_id"
                " WHERE i.run_id=? ORDER BY i.position",
                (run_id,),
            ).fetchall()
        return tuple(_state_of(*row) for row in rows)

    def runs_with(self, account: str, text: str) -> frozenset[int]:
        """Return the runs of all keys of ``account``'s partner of which a change has ``text`` in what is asked for (code,
        site, product), in its codes, its message or its request id; upper and lower case of ASCII are the same.
        """
        like = "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in text)
        with self._store.reading() as db:
            names = self._names(db, account, (Kinship.SAME, Kinship.SIBLING))
            rows = db.execute(
                "SELECT DISTINCT i.run_id FROM runs r JOIN run_items i ON i.run_id=r.id"  # noqa: S608 - marks
                f" LEFT JOIN entries e ON e.id=i.entry_id WHERE r.account IN ({params(names)})"
                " AND (i.change || ' ' || coalesce(e.change || ' ' || e.result || ' ' || e.message || ' '"
                " || coalesce(e.request_id, ''), '')) LIKE ? ESCAPE '\\'",
                (*names, f"%{like}%"),
            ).fetchall()
        return frozenset(row[0] for row in rows)

    def items_at(self, run_id: int, positions: Collection[int]) -> tuple[RunItem, ...]:
        """Return the items of a run at these positions, in order."""
        wanted = json.dumps(sorted(positions))
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT * FROM run_items WHERE run_id=? AND position IN (SELECT value FROM json_each(?))"
                " ORDER BY position",
                (run_id, wanted),
            ).fetchall()
            entries = {
                row["id"]: entry_of(row)
                for row in db.execute(
                    "SELECT * FROM entries WHERE id IN (SELECT value FROM json_each(?))",
                    (json.dumps([row["entry_id"] for row in rows if row["entry_id"] is not None]),),
                )
            }
        return tuple(_item(row, entries.get(row["entry_id"])) for row in rows)

    def undoable(
        self,
        account: str,
        run_id: int | None = None,
        *,
        entry_id: int | None = None,
        without: Collection[int] = (),
    ) -> UndoableEntries | None:
        """Return what ``account``'s partner key assigned or unassigned last and what of it can be undone, None for
        nothing; of the run ``run_id``, or of the one entry ``entry_id``, where that is given. What undid something is not
        undone itself. ``without``: entries, by number, that are taken for undone.
        """
        with self._store.reading() as db:
            names = self._names(db, account, (Kinship.SAME,))
            statement = (
                f"SELECT e.* FROM entries e WHERE e.account IN ({params(names)}) AND e.kind IN ({params(_UNDOABLE)})"  # noqa: S608 - marks
                f" AND e.state IN ({params(_HAPPENED)})"
                " AND NOT EXISTS (SELECT 1 FROM run_items u JOIN runs r ON r.id=u.run_id"
                "  LEFT JOIN entries x ON x.id=u.entry_id WHERE u.undoes=e.id"
                f"  AND (x.state NOT IN ({params(_NOTHING_DONE)})"
                f"  OR (x.id IS NULL AND u.skipped=0 AND r.state IN ({params(_OPEN)}))))"
                " AND NOT EXISTS (SELECT 1 FROM run_items i WHERE i.run_id=e.run_id AND i.undoes IS NOT NULL)"
                " AND e.id NOT IN (SELECT value FROM json_each(?))"
            )
            values: list[object] = [
                *names,
                *_UNDOABLE,
                *_HAPPENED,
                *_NOTHING_DONE,
                *_OPEN,
                json.dumps(sorted(without)),
            ]
            if entry_id is not None:
                row = db.execute(f"{statement} AND e.id=?", (*values, entry_id)).fetchone()
                return None if row is None else UndoableEntries(row["run_id"], (entry_of(row),))
            if run_id is None:
                last = db.execute(f"{statement} ORDER BY e.id DESC LIMIT 1", values).fetchone()
                if last is None:
                    return None
                run_id = last["run_id"]
                if run_id is None:
                    return UndoableEntries(None, (entry_of(last),))
            rows = db.execute(f"{statement} AND e.run_id=? ORDER BY e.id", (*values, run_id)).fetchall()
        return UndoableEntries(run_id, tuple(entry_of(row) for row in rows)) if rows else None

    # -- what is written -------------------------------------------------------------------

    def claim(self, run_id: int, owner: str) -> Run:
        """Make ``owner`` the one who works on a run, as ``waiting``, and return it.

        What of it never left, or is known not to be done after its answer was lost, is to be begun again; what was
        refused is not.

        Raises:
            KeyError: there is none.
            ConflictError: another program works on it, or nothing more of it is to be done.

        """
        self._store.acquire_lease(owner)
        with self._store.writing() as db:
            run = self._run(_run_row(db, run_id))
            self._not_others(run, owner)
            if run.state.settled:
                raise ConflictError(f"“{run.title}” has ended: nothing of it is left to do.", 0)
            self._begin_again(db, run_id, _NEVER_DONE)
            self._set(db, run_id, RunState.WAITING, "", owner, None)
            return self._run(_run_row(db, run_id))

    def begin(self, run_id: int, owner: str) -> bool:
        """Note that a waiting run is under way now; False where it is not ``owner``'s any more."""
        with self._store.writing() as db:
            cursor = db.execute(
                "UPDATE runs SET state=?, reason='' WHERE id=? AND owner=? AND state=?",
                (RunState.RUNNING, run_id, owner, RunState.WAITING),
            )
            return cursor.rowcount > 0

    def stop(self, run_id: int, owner: str, state: RunState, reason: str, now: datetime) -> Run:
        """Note that ``owner`` works on a run no more, how it stands and why, and return it."""
        with self._store.writing() as db:
            if _run_row(db, run_id)["owner"] == owner:
                self._set(db, run_id, state, reason, "", now if state.settled else None)
            return self._run(_run_row(db, run_id))

    def cancel(self, run_id: int, owner: str, now: datetime) -> Run:
        """Note that what was not begun of a run never will be, and return it.

        Raises:
            KeyError: there is none.
            ConflictError: another program works on it.

        """
        with self._store.writing() as db:
            run = self._run(_run_row(db, run_id))
            self._not_others(run, owner)
            db.execute(
                "UPDATE run_items SET skipped=?, note=? WHERE run_id=? AND entry_id IS NULL",
                (_CANCELED, CANCELED, run_id),
            )
            if not run.state.settled:
                self._set(db, run_id, RunState.CANCELED, "", "", now)
            return self._run(_run_row(db, run_id))

    def leave_out(self, run_id: int, owner: str, positions: Collection[int], now: datetime) -> Run:
        """Note that these items of a run are never begun, nor begun again, and return it.

        Raises:
            KeyError: there is none.
            ConflictError: another program works on it.

        """
        with self._store.writing() as db:
            self._not_others(self._run(_run_row(db, run_id)), owner)
            db.executemany(
                "UPDATE run_items SET skipped=?, note=? WHERE run_id=? AND position=?",
                [(_CANCELED, CANCELED, run_id, position) for position in positions],
            )
            run = self._run(_run_row(db, run_id))
            if not run.state.settled and not run.counts.waiting and not run.counts.unknown:
                self._set(db, run_id, RunState.ENDED, "", "", now)
            return self._run(_run_row(db, run_id))

    def retry(self, run_id: int, owner: str, *, card_just_added: bool = False) -> Run:
        """Have what failed of a run begun again, with what was passed over for it, and make it ``owner``'s, as
        ``waiting``. What is unknown is left alone; what is canceled or left out stays so.

        Raises:
            KeyError: there is none.
            ConflictError: another program works on it.

        """
        self._store.acquire_lease(owner)
        with self._store.writing() as db:
            run = self._run(_run_row(db, run_id))
            self._not_others(run, owner)
            self._begin_again(db, run_id, _NOTHING_DONE)
            db.execute("UPDATE runs SET card_just_added=? WHERE id=?", (card_just_added, run_id))
            self._set(db, run_id, RunState.WAITING, "", owner, None)
            return self._run(_run_row(db, run_id))

    def pass_over(self, run_id: int, notes: Mapping[int, str]) -> None:
        """Note of items, by position, why they are not begun: what they need was not done."""
        with self._store.writing() as db:
            db.executemany(
                "UPDATE run_items SET skipped=?, note=? WHERE run_id=? AND position=? AND entry_id IS NULL",
                [(_NEED_FAILED, note, run_id, position) for position, note in notes.items()],
            )

    def put_back(self, run_id: int, position: int) -> None:
        """Have an item begun again of which nothing was done, since another change was in its way."""
        with self._store.writing() as db:
            db.execute(
                "UPDATE run_items SET entry_id=NULL WHERE run_id=? AND position=? AND entry_id IN"  # noqa: S608 - marks
                f" (SELECT id FROM entries WHERE state IN ({params(_NOTHING_DONE)}))",
                (run_id, position, *_NOTHING_DONE),
            )

    def confirm_prices(self, run_id: int, owner: str, prices: Mapping[int, Price | None]) -> None:
        """Note what the user has confirmed anew for items, by position; what was done keeps the price it was done at.

        Raises:
            KeyError: there is no such run.
            ConflictError: another program works on it.

        """
        with self._store.writing() as db:
            self._not_others(self._run(_run_row(db, run_id)), owner)
            db.executemany(
                "UPDATE run_items SET price=? WHERE run_id=? AND position=? AND (entry_id IS NULL"  # noqa: S608 - constants
                f" OR entry_id NOT IN (SELECT id FROM entries WHERE state IN {_HAPPENED}))",
                [(price_text(price), run_id, position) for position, price in prices.items()],
            )

    # -- rows ------------------------------------------------------------------------------

    def _not_others(self, run: Run, owner: str) -> None:
        if run.owner not in ("", owner) and self._store.is_alive(run.owner):
            raise ConflictError(f"Another jpmanage works on “{run.title}”.", 0)

    @staticmethod
    def _begin_again(db: sqlite3.Connection, run_id: int, states: Collection[str]) -> None:
        """Have what ended in one of ``states`` begun again, with what was passed over since it needs such a one."""
        db.execute(
            "UPDATE run_items SET entry_id=NULL WHERE run_id=? AND skipped=0 AND entry_id IN"  # noqa: S608 - marks
            f" (SELECT id FROM entries WHERE state IN ({params(states)}))",
            (run_id, *states),
        )
        db.execute(
            "UPDATE run_items SET skipped=?, note='' WHERE run_id=? AND skipped=?",
            (_NOT_SKIPPED, run_id, _NEED_FAILED),
        )

    @staticmethod
    def _set(
        db: sqlite3.Connection,
        run_id: int,
        state: RunState,
        reason: str,
        owner: str,
        settled: datetime | None,
    ) -> None:
        db.execute(
            "UPDATE runs SET state=?, reason=?, owner=?, settled_at=? WHERE id=?",
            (state, reason, owner, moment_text(settled), run_id),
        )

    @staticmethod
    def _names(db: sqlite3.Connection, account: str, kinships: Collection[Kinship]) -> list[str]:
        scope = scope_of(db, account)
        accounts = {row[0] for row in db.execute("SELECT DISTINCT account FROM runs")} | scope.names
        accounts |= {row[0] for row in db.execute("SELECT DISTINCT account FROM entries")}
        return sorted(name for name in accounts if scope.kinship(name) in kinships)

    def _run(self, row: sqlite3.Row) -> Run:
        state, reason = RunState(row["state"]), row["reason"]
        counted = {name: row[name] or 0 for name in ("total", "waiting", "active", "done", "failed")}
        skipped = row["passed_over"] or 0
        unknown = row["total"] - sum(counted[name] for name in counted if name != "total") - skipped
        if state is RunState.PAUSED and counted["done"] == row["total"]:
            state, reason = RunState.ENDED, ""  # what was unknown when it stopped has turned out to be done
        under_way = state in (RunState.WAITING, RunState.RUNNING)
        return Run(
            id=row["id"],
            account=row["account"],
            title=sanitize_text(row["title"]),
            name=sanitize_text(row["name"]),
            created_at=_moment(row["created_at"]) or NO_TIME,
            created_by=sanitize_text(row["created_by"]),
            state=state,
            reason=reason,
            owner=row["owner"],
            digest=row["digest"],
            card_just_added=bool(row["card_just_added"]),
            settled_at=_moment(row["settled_at"]),
            interrupted=under_way and not self._store.is_alive(row["owner"]),
            counts=RunCounts(**counted, unknown=unknown, skipped=skipped),
            request=row["request"],
        )


def _run_row(db: sqlite3.Connection, run_id: int) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(f"{_COUNTED} WHERE r.id=? GROUP BY r.id", (run_id,)).fetchone()
    if row is None:
        raise KeyError(run_id)
    return row


def _state_of(skipped: int, entry_id: int | None, state: str | None) -> ItemState:
    """Return how an item stands, by what its row says; a state that this version does not know is unknown."""
    if entry_id is None:
        return ItemState.WAITING if skipped == _NOT_SKIPPED else ItemState.SKIPPED
    return item_state(EntryState(state)) if state in KNOWN_STATES else ItemState.UNKNOWN


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def _item(row: sqlite3.Row, entry: Entry | None) -> RunItem:
    """Return the item of a row; what cannot be read of it is shown as such, and never sent."""
    try:
        mutation = mutation_from_json(row["kind"], row["change"], row["payload_version"])
        price = price_of(row["price"])
    except (ValueError, TypeError):
        mutation, price = UnreadableMutation(row["kind"], "", row["change"], f"{row['kind']!r}"), None
    return RunItem(
        run_id=row["run_id"],
        position=row["position"],
        mutation=mutation,
        needs=row["needs"],
        price=price,
        undoes=row["undoes"],
        note=row["note"],
        skipped=row["skipped"] != _NOT_SKIPPED,
        entry=entry,
    )
