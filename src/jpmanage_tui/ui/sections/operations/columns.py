"""The columns of Operations: of runs and single changes, and of the changes of a run."""

from __future__ import annotations

from collections.abc import Callable

from jpmanage_tui.operations.entry import NO_TIME
from jpmanage_tui.operations.run import RunItem
from jpmanage_tui.rules.text import format_datetime
from jpmanage_tui.services.operation_text import short_summary
from jpmanage_tui.ui.sections.operations import text
from jpmanage_tui.ui.sections.operations.data import Operation
from jpmanage_tui.ui.widgets.item_list import Column, Columns, ExportField

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


def what_cell(operation: Operation) -> str:
    """Return what was asked for, with the end of a license code alone."""
    if operation.run is not None:
        return operation.run.title
    return short_summary(operation.entry.change) if operation.entry is not None else ""


def progress_cell(operation: Operation) -> str:
    """Return how the changes of a run stand, nothing for a single change."""
    return text.count_words(operation.run) if operation.run is not None else ""


def message_of(operation: Operation) -> str | None:
    """Return why a run stands, or the last sentence about a change; None where there is none."""
    if operation.run is not None:
        return operation.run.reason or None
    return operation.entry.message or None if operation.entry is not None else None


def operation_columns(whose: Callable[[Operation], str]) -> Columns[Operation]:
    """Return the columns of the list; `whose` gives the partner key where it is not the present one."""

    def what(operation: Operation) -> str:
        name = whose(operation)
        return f"[{name}] {what_cell(operation)}" if name else what_cell(operation)

    def counts(operation: Operation, which: str) -> int | None:
        return getattr(operation.run.counts, which) if operation.run is not None else None

    return (
        Column(
            "Time (UTC)",
            time_cell,
            style="list--muted",
            width=16,
            export=(
                ExportField("time", lambda row: row.created_at if row.created_at != NO_TIME else None),
                ExportField("kind", lambda row: "run" if row.run is not None else "change"),
                ExportField("id", lambda row: row.key[1]),
            ),
        ),
        Column(
            STATE,
            text.status_words,
            style="list--strong",
            width=13,
            export=(ExportField("state", text.status_words),),
        ),
        ExportField("key", lambda row: whose(row) or None),
        Column(
            "By",
            lambda row: row.run.created_by if row.run is not None else "",
            style="list--muted",
            width=14,
            from_room=120,
            export=(ExportField("by", lambda row: row.run.created_by if row.run is not None else None),),
        ),
        Column("Operation", what, fill=True, least=10, export=(ExportField("operation", what_cell),)),
        Column(PROGRESS, progress_cell, width=lambda room: WORDS if room >= WIDE_FROM else NARROW),
        *(
            ExportField(name, lambda row, name=name: counts(row, name))  # type: ignore[misc]
            for name in ("total", "done", "failed", "unknown", "waiting", "skipped")
        ),
        ExportField("request_id", lambda row: row.entry.request_id if row.entry is not None else None),
        ExportField("message", message_of),
    )


ITEM_COLUMNS: Columns[RunItem] = (
    Column("#", lambda item: f"{item.position + 1:,}", right=True, style="list--muted", width=6),
    Column(STATE, text.item_words, style="list--strong", width=13),
    Column("Change", lambda item: short_summary(item.change), fill=True, least=10),
)
"""The columns of a run's changes."""
