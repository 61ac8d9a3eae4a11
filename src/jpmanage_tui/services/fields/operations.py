"""The fields of operations: runs and single changes, as the app's export and `jpmanage operations list` have them."""

from __future__ import annotations

from typing import NamedTuple

from jpmanage_tui.operations.entry import NO_TIME
from jpmanage_tui.services.fields.field import Field, Fields, FieldType
from jpmanage_tui.services.operations_list import Operation


class ListedOperation(NamedTuple):
    """A row of Operations; `whose` names its partner key, "" where it is the one in use."""

    operation: Operation
    whose: str = ""


def _count(name: str, help: str, *, listed: bool = False) -> Field[ListedOperation]:
    def value(row: ListedOperation) -> int | None:
        run = row.operation.run
        return getattr(run.counts, name) if run is not None else None

    return Field(name, value, f"of a run, {help}", FieldType.NUMBER, listed=listed)


OPERATION_FIELDS: Fields[ListedOperation] = (
    Field(
        "time",
        lambda row: row.operation.created_at if row.operation.created_at != NO_TIME else None,
        "when it was asked for",
        FieldType.TIME,
    ),
    Field(
        "kind",
        lambda row: "run" if row.operation.run is not None else "change",
        "run, or change: a single one",
        listed=False,
    ),
    Field(
        "id", lambda row: row.operation.key[1], "its number among its kind", FieldType.NUMBER, listed=False
    ),
    Field("state", lambda row: row.operation.words, "how it stands, in a word with its sign"),
    Field(
        "key", lambda row: row.whose or None, "the partner key, where it is not the one in use", listed=False
    ),
    Field(
        "by",
        lambda row: row.operation.run.created_by if row.operation.run is not None else None,
        "of a run, what began it: app, or a command",
        listed=False,
    ),
    Field("operation", lambda row: row.operation.title, "what was asked for"),
    _count("total", "how many changes it has", listed=True),
    _count("done", "how many were done", listed=True),
    _count("failed", "how many failed"),
    _count("unknown", "of how many it is not known whether they were done"),
    _count("waiting", "how many are not begun"),
    _count("skipped", "how many are not begun and never will be"),
    Field(
        "request_id",
        lambda row: row.operation.entry.request_id if row.operation.entry is not None else None,
        "of a single change, the request id, for the vendor's support",
        listed=False,
    ),
    Field(
        "message",
        lambda row: row.operation.message,
        "why a run stands still, or the last sentence about a change",
        listed=False,
    ),
    Field(
        "statuses",
        lambda row: " ".join(sorted(status.value for status in row.operation.statuses)),
        "as --state takes them, with blanks between them: running, paused, unknown, failed, done, canceled",
        listed=False,
    ),
    Field(
        "name",
        lambda row: (row.operation.run.name or None) if row.operation.run is not None else None,
        "of a run, the name that a script gave it",
        listed=False,
    ),
    Field(
        "settled_at",
        lambda row: row.operation.settled_at,
        "when nothing of it was left to do",
        FieldType.TIME,
        listed=False,
    ),
)
"""The names are read by scripts: none ever changes, new ones come last."""
REF: Field[ListedOperation] = Field(
    "ref",
    lambda row: row.operation.ref,
    "what the other commands take: 12 is a run, e34 a single change",
    whole=True,
)
LISTED_FIELDS: Fields[ListedOperation] = (REF, *OPERATION_FIELDS)
"""What `jpmanage operations list` prints."""
