"""Pages by cursor, newest first, as Stripe pages (contract: account 1.4, 1.5, 4)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from jpmanage_tui.sandbox.call import Call
from jpmanage_tui.sandbox.envelope import invalid


def cut(call: Call, rows: Sequence[sqlite3.Row], id_column: str, size: int) -> tuple[list[sqlite3.Row], bool]:
    """Return one page of `rows` (newest first) and whether more lie beyond it in the direction asked for.

    ``starting_after`` takes the rows that follow the one it names, ``ending_before`` those just before it; an
    empty string is no cursor. Raises Refusal for a cursor that names no row, and for both at once.
    """
    after, before = call.text("starting_after"), call.text("ending_before")
    if after and before:
        raise invalid(ending_before="starting_after and ending_before cannot be used together.")
    if before:
        end = _place(rows, id_column, "ending_before", before)
        start = max(0, end - size)
        return list(rows[start:end]), start > 0
    start = _place(rows, id_column, "starting_after", after) + 1 if after else 0
    return list(rows[start : start + size]), len(rows) > start + size


def _place(rows: Sequence[sqlite3.Row], id_column: str, argument: str, value: str) -> int:
    for place, row in enumerate(rows):
        if row[id_column] == value:
            return place
    raise invalid(**{argument: f"No such object: {value!r}."})
