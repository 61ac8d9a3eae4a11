"""The first data of the sandboxes of tests, made once in a process for each size, seed and time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from functools import lru_cache

from jpmanage_tui.sandbox import app, schema
from jpmanage_tui.sandbox.clock import Clock
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.sandbox.seed import fill

make = app._prepare
"""Makes the data in the database that is to have it, as the program does."""


def copy(connection: sqlite3.Connection, options: SandboxOptions, clock: Clock) -> None:
    """Stand in for `make`: copy the data where they are in memory and of a fixed time, in a fiftieth of the time."""
    if options.directory is not None or options.now is None:
        make(connection, options, clock)
        return
    connection.execute("COMMIT")  # what is opened is replaced
    connection.deserialize(_image(options.licenses, options.seed, options.now))
    connection.execute("BEGIN IMMEDIATE")


@lru_cache(maxsize=16)
def _image(licenses: int, seed: int, now: datetime) -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        schema.create(connection)
        fill(connection, licenses, seed, now)
        return connection.serialize()
