"""The versions of the journal's file, and the way from each to the next."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

from jpmanage_tui.operations.scopes import Account


def _first(db: sqlite3.Connection) -> None:
    """The first release."""
    db.execute(
        "CREATE TABLE IF NOT EXISTS entries ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " account TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, change TEXT NOT NULL, state TEXT NOT NULL,"
        " created_at TEXT NOT NULL, sent_at TEXT, settled_at TEXT, server_date TEXT,"
        " before TEXT NOT NULL DEFAULT '[]', request_id TEXT,"
        " message TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '[]', owner TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX IF NOT EXISTS entries_of_target ON entries (account, target, state)")
    db.execute("CREATE INDEX IF NOT EXISTS entries_of_state ON entries (account, state)")


def _scopes(db: sqlite3.Connection) -> None:
    """A partner key is one scope: tokens are linked to keys, and a target is guarded across accounts."""
    db.execute("ALTER TABLE entries ADD COLUMN payload_version INTEGER NOT NULL DEFAULT 1")
    db.execute("ALTER TABLE entries ADD COLUMN acknowledged TEXT NOT NULL DEFAULT '[]'")
    db.execute(
        "CREATE TABLE key_tokens (host TEXT NOT NULL, fingerprint TEXT NOT NULL, partner_id INTEGER NOT NULL,"
        " key_id INTEGER NOT NULL, seen_at TEXT NOT NULL,"
        " PRIMARY KEY (host, fingerprint, partner_id, key_id)) WITHOUT ROWID"
    )
    db.execute("DROP INDEX entries_of_target")
    db.execute("CREATE INDEX entries_of_target ON entries (target, state)")
    for (account,) in db.execute("SELECT DISTINCT account FROM entries").fetchall():
        host = Account.of(account).host
        plain = re.sub(r"\.?(:443)?$", "", host.lower())  # one host, however the API's address was written
        if host and host != plain:
            db.execute(
                "UPDATE entries SET account=? WHERE account=?", (plain + account.removeprefix(host), account)
            )


def _runs(db: sqlite3.Connection) -> None:
    """Runs: many changes that were confirmed together are written down before the first of them is sent."""
    db.execute("ALTER TABLE entries ADD COLUMN run_id INTEGER")
    db.execute(
        "CREATE TABLE runs ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " account TEXT NOT NULL, title TEXT NOT NULL, name TEXT NOT NULL, created_at TEXT NOT NULL,"
        " created_by TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', owner TEXT NOT NULL,"
        " digest TEXT NOT NULL, card_just_added INTEGER NOT NULL, settled_at TEXT)"
    )
    db.execute("CREATE INDEX runs_of_account ON runs (account, state)")
    db.execute(
        "CREATE TABLE run_items ("
        " run_id INTEGER NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, change TEXT NOT NULL,"
        " payload_version INTEGER NOT NULL, needs INTEGER, price TEXT, undoes INTEGER, note TEXT NOT NULL DEFAULT '',"
        " skipped INTEGER NOT NULL DEFAULT 0, entry_id INTEGER,"
        " PRIMARY KEY (run_id, position)) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX items_of_undo ON run_items (undoes) WHERE undoes IS NOT NULL")


def _requests(db: sqlite3.Connection) -> None:
    """What a command was asked for is kept with its run: the same command finds it again, however far it has come."""
    db.execute("ALTER TABLE runs ADD COLUMN request TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first, _scopes, _runs, _requests)
"""Number n takes a file of version n - 1 to version n; the version is SQLite's ``user_version``."""
VERSION = len(MIGRATIONS)


def migrate(db: sqlite3.Connection, version: int) -> None:
    """Take a file of ``version`` to the newest one, inside a transaction of the caller's."""
    for step in MIGRATIONS[version:]:
        step(db)
    db.execute(f"PRAGMA user_version={VERSION}")
