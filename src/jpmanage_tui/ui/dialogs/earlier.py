"""The question before a change is sent in spite of earlier ones of which it is not known what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.rules.text import format_datetime, pluralize
from jpmanage_tui.services.operation_text import made_with
from jpmanage_tui.ui.dialogs.confirm import Confirmation

NAMED = 3
"""How many earlier changes are named one by one."""


def about_earlier(change: Mutation[Any], earlier: Sequence[Entry]) -> Confirmation:
    """Return the question whether `change` is sent in spite of `earlier` entries of the journal."""
    lines = []
    for entry in earlier[:NAMED]:
        when = "sent" if entry.sent_at is not None else "noted"
        state = "on its way" if entry.state is EntryState.SENT else "it is not known whether it was done"
        at = format_datetime(entry.sent_at or entry.created_at)
        lines.append(f"{entry.change.summary()}: {when} {at} with {made_with(entry)}; {state}.")
    if len(earlier) > NAMED:
        lines.append(f"And {pluralize(len(earlier) - NAMED, 'more like it', 'more like it')}.")
    return Confirmation(
        "This may have been done already",
        [
            *lines,
            "It is not known whether that token belongs to the partner key in use. If it does, this may be done twice. "
            "Check the list, or the vendor's page, first.",
            f"{change.summary()} now?",
        ],
        "Send anyway",
        danger=True,
    )
