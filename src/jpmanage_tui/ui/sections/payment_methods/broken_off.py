"""A card that an earlier run handed to Stripe and did not save: what the form says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import JournalUnavailable
from jpmanage_tui.operations.mutations.cards import ConfirmCard, SaveCard
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.rules.text import format_datetime

RECENT = timedelta(days=2)
_CARDS = (ConfirmCard, SaveCard)


def broken_off(entries: Sequence[Entry], opened_at: datetime) -> Entry | None:
    """Return the try of an earlier run that ended at Stripe, None where the last card was saved or is long ago.

    `entries` are the journal's, newest first; `opened_at` (aware UTC) is when this run began.
    """
    last = next((entry for entry in entries if isinstance(entry.change, _CARDS)), None)
    if last is None or not isinstance(last.change, ConfirmCard):
        return None
    earlier = opened_at - RECENT < last.created_at < opened_at
    reached = last.state in (EntryState.DONE, EntryState.UNKNOWN)
    return last if earlier and reached else None


async def broken_off_note(queue: OperationsQueue, opened_at: datetime) -> str:
    """Return a note about a try of an earlier run, '' where there is none (contract: account 2.1, the last line)."""
    try:
        last = broken_off(await queue.entries(), opened_at)
    except JournalUnavailable:
        return ""  # the queue says so itself when something is to be sent
    if last is None:
        return ""
    when = format_datetime((last.sent_at or last.created_at).astimezone(UTC))
    card = (last.change.card if isinstance(last.change, ConfirmCard) else "") or "A card"
    return (
        f"{card} was handed to Stripe on {when}, and not saved: it was refused, or the program broke off. "
        "The cards are listed anew; where it is missing, enter it again. That charges nothing twice."
    )
