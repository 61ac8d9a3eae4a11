"""The columns of Operations: of runs and single changes, and of the changes of a run."""

from __future__ import annotations

from collections.abc import Callable

from jpmanage_tui.operations.entry import NO_TIME
from jpmanage_tui.operations.run import RunItem
from jpmanage_tui.rules.text import format_datetime
from jpmanage_tui.services.operation_text import counts_text, short_summary
from jpmanage_tui.services.operations_list import Operation
from jpmanage_tui.ui.sections.operations import text
from jpmanage_tui.ui.widgets.item_list import Column, Columns
from jpmanage_tui.ui.widgets.states import state_style

PROGRESS = "Progress"
"""The title of the column that says how the changes of a run stand."""
STATE = "State"
"""The title of the column that says how it ended."""
NARROW = 12
"""Cells of the counts in few words."""
WIDE_FROM, WORDS = 90, 26
"""Cells from which there is room for the counts in words, and those that these have; what is longer is said shorter."""


def time_cell(operation: Operation) -> str:
    """Return when it was asked for, in UTC; "?" where that cannot be read."""
    if operation.created_at == NO_TIME:
        return "?"
    return format_datetime(operation.created_at).removesuffix(" UTC")


def progress_cell(operation: Operation) -> str:
    """Return how the changes of a run stand, nothing for a single change."""
    return counts_text(operation.run.counts) if operation.run is not None else ""


def operation_columns(whose: Callable[[Operation], str]) -> Columns[Operation]:
    """Return the columns of the list; `whose` gives the partner key where it is not the present one."""

    def what(operation: Operation) -> str:
        name = whose(operation)
        return f"[{name}] {operation.title}" if name else operation.title

    return (
        Column("Time (UTC)", time_cell, style="list--muted", width=16),
        Column(STATE, lambda row: row.words, style=lambda row: state_style(row.words), width=13),
        Column(
            "By",
            lambda row: row.run.created_by if row.run is not None else "",
            style="list--muted",
            width=14,
            from_room=120,
        ),
        Column("Operation", what, fill=True, least=10),
        Column(PROGRESS, progress_cell, width=lambda room: WORDS if room >= WIDE_FROM else NARROW),
    )


ITEM_COLUMNS: Columns[RunItem] = (
    Column("#", lambda item: f"{item.position + 1:,}", right=True, style="list--muted", width=6),
    Column(STATE, text.item_words, style=lambda item: state_style(text.item_words(item)), width=13),
    Column("Change", lambda item: short_summary(item.change), fill=True, least=10),
)
"""The columns of a run's changes."""
