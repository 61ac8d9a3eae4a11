"""Whether the program's journal and the sandbox's database agree: every change that is done is there once, none twice."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DONE, FOUND, OPEN = ("done",), ("found_done",), ("queued", "sent", "unknown")
BY_HAND = "by hand"
"""The state that is noted here of an entry which was settled by the user's word, and random keys give any word."""
POSSIBLE = (*FOUND, *OPEN, BY_HAND)
ISSUED = ("issue", "issue_bundle")
OF_ONE = {
    "assign_license": "assign",
    "unassign_license": "unassign",
    "revoke_license": "revoke",
    "save_card": "save_card",
    "delete_card": "delete_card",
    "make_card_primary": "primary_card",
    "pay_invoice": "pay_invoice",
    "connect_site": "connect_site",
    "update_partner": "update_partner",
}
"""What the database calls a change of the journal."""
REPEATABLE = ("make_card_primary", "update_partner", "connect_site")
"""Changes of which a look-up may find that all is as wanted though the request did nothing: it was so before."""
NO_SUBJECT = ("update_partner", "connect_site")
"""Changes that the two name differently, and that are only counted."""


@dataclass(frozen=True)
class Noted:
    """An entry of the journal: the kind, what it is about, the state, the license codes that it brought."""

    id: int
    kind: str
    target: str
    state: str
    result: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """An item of a run: its run and that one's state, its place, what it is, the entry that it led to."""

    run_id: int
    run_state: str
    position: int
    change: str
    entry_id: int | None
    skipped: bool


def read_journal(path: Path) -> list[Noted]:
    """Return every entry of the journal."""
    state = f"CASE WHEN message LIKE 'By the user''s word%' THEN '{BY_HAND}' ELSE state END"
    rows = _read(path, f"SELECT id, kind, target, {state}, result FROM entries ORDER BY id")
    return [
        Noted(number, kind, target, state, tuple(json.loads(result)))
        for number, kind, target, state, result in rows
    ]


def read_items(path: Path) -> list[Item]:
    """Return every item of every run."""
    rows = _read(
        path,
        "SELECT r.id, r.state, i.position, i.change, i.entry_id, i.skipped FROM runs r"
        " LEFT JOIN run_items i ON i.run_id = r.id ORDER BY r.id, i.position",
    )
    return [
        Item(run, state, position, change, entry, bool(skipped))
        for run, state, position, change, entry, skipped in rows
    ]


def _read(path: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def lost_items(before: Iterable[Item], now: Sequence[Item], journal: Iterable[Noted]) -> list[str]:
    """Return which items of runs are gone, were begun twice, or were never begun though their run has ended."""
    numbers = {entry.id for entry in journal}
    there = {(item.run_id, item.position, item.change) for item in now}
    begun = Counter(item.entry_id for item in now if item.entry_id is not None)
    found = [f"{item} is gone" for item in before if (item.run_id, item.position, item.change) not in there]
    found += [f"entry {entry} is of {count} items" for entry, count in begun.items() if count > 1]
    found += [
        f"{item} has an entry that is not there" for item in now if item.entry_id not in {None, *numbers}
    ]
    found += [
        f"{item} was never begun though its run has ended"
        for item in now
        if item.run_state == "ended" and item.entry_id is None and not item.skipped
    ]
    return found


def disagreements(journal: Sequence[Noted], changes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return where the two disagree, as sentences; none where all is well."""
    made = Counter((str(change["kind"]), str(change["subject"])) for change in changes)
    return _issued(journal, made) + _of_one(journal, made)


def _issued(journal: Sequence[Noted], made: Counter[tuple[str, str]]) -> list[str]:
    brought = Counter(
        key
        for entry in journal
        if entry.kind == "issue_license" and entry.state in DONE + FOUND
        for key in entry.result
    )
    in_database = Counter({subject: count for (kind, subject), count in made.items() if kind in ISSUED})
    found = [f"{key} was brought by {count} entries" for key, count in brought.items() if count > 1]
    found += [
        f"{key} is issued in the journal, not in the database" for key in brought.keys() - in_database.keys()
    ]
    extra = in_database.keys() - brought.keys()
    unclear = sum(entry.kind == "issue_license" and entry.state in (*OPEN, BY_HAND) for entry in journal)
    if len(extra) > unclear:
        found.append(
            f"{len(extra)} licenses are issued in the database and not in the journal, where {unclear} are open:"
            f" {', '.join(sorted(extra))}"
        )
    found += [
        f"entry {entry.id} is an issue that is {entry.state} with {len(entry.result)} codes"
        for entry in journal
        if entry.kind == "issue_license" and entry.state in DONE + FOUND and len(entry.result) != 1
    ]
    return found


def _of_one(journal: Sequence[Noted], made: Counter[tuple[str, str]]) -> list[str]:
    least: Counter[tuple[str, str]] = Counter()
    most: Counter[tuple[str, str]] = Counter()
    for entry in journal:
        kind = OF_ONE.get(entry.kind)
        if kind is None:
            continue
        subject = "" if kind in NO_SUBJECT else entry.target.partition(":")[2]
        sure = entry.state in DONE or (entry.state in FOUND and entry.kind not in REPEATABLE)
        least[kind, subject] += sure
        most[kind, subject] += sure or entry.state in POSSIBLE
    counted: Counter[tuple[str, str]] = Counter()
    for (kind, subject), count in made.items():
        if kind in OF_ONE.values():
            counted[kind, "" if kind in NO_SUBJECT else subject] += count
    return [
        f"{kind} {subject}: {counted[kind, subject]} times in the database, in the journal"
        f" {least[kind, subject]} done and {most[kind, subject] - least[kind, subject]} open"
        for kind, subject in sorted(counted.keys() | most.keys())
        if not least[kind, subject] <= counted[kind, subject] <= most[kind, subject]
    ]


def unsettled(journal: Iterable[Noted]) -> list[Noted]:
    """Return the entries of which it is not known what became of them."""
    return [entry for entry in journal if entry.state in OPEN]
