"""The sandbox's database as the judge of a cell: what is in it, and what a change made of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Row = tuple[object, ...]
RANDOM = frozenset({("tokens", "token"), ("oauth_grants", "access_token"), ("oauth_grants", "refresh_token")})
"""The columns, by table, that a change fills with something new each time; all others hang on what was there."""


@dataclass(frozen=True)
class Table:
    """One table: the names of its columns, and its rows."""

    columns: tuple[str, ...]
    rows: Counter[Row]


Tables = dict[str, Table]
"""Every table by its name."""


@dataclass(frozen=True)
class Difference:
    """What is in one state of the database and not in another, as (table, row)."""

    removed: tuple[tuple[str, Row], ...] = ()
    added: tuple[tuple[str, Row], ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return bool(self.removed or self.added)

    def __str__(self) -> str:
        """Return it for the report of a cell that failed."""
        lines = [f"- {table} {row}" for table, row in self.removed]
        return "; ".join(lines + [f"+ {table} {row}" for table, row in self.added]) or "nothing"


def read_tables(database: Path) -> Tables:
    """Return all that is in the sandbox's database file, read without the sandbox."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        connection.execute("BEGIN")  # one state of all tables
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {name: _table(connection.execute(f'SELECT * FROM "{name}"')) for (name,) in names.fetchall()}


def _table(cursor: sqlite3.Cursor) -> Table:
    columns = tuple(column[0] for column in cursor.description)
    return Table(columns, Counter(cursor.fetchall()))


def difference(before: Tables, after: Tables) -> Difference:
    """Return what became of ``before`` in ``after``; of what is new what is random is not told."""
    added = [(name, _without_random(name, after[name].columns, row)) for name, row in _only_in(after, before)]
    return Difference(_only_in(before, after), tuple(sorted(added, key=repr)))


def _only_in(tables: Tables, others: Tables) -> tuple[tuple[str, Row], ...]:
    return tuple(
        (name, row)
        for name, table in tables.items()
        for row in sorted((table.rows - others[name].rows).elements(), key=repr)
    )


def _without_random(table: str, columns: tuple[str, ...], row: Row) -> Row:
    return tuple(
        "random" if (table, column) in RANDOM else value for column, value in zip(columns, row, strict=True)
    )
