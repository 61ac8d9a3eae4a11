"""Changes of the journal in words: what was asked, how it ended, with which key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.cards import DECLINED, ConfirmCard, CreateSetupIntent, SaveCard
from jpmanage_tui.operations.scopes import Account

CODE_END = 6
"""Characters of a license code that stand in a list."""
WORDS = {
    EntryState.QUEUED: "queued",
    EntryState.SENT: "on its way",
    EntryState.DONE: "✓ done",
    EntryState.REFUSED: "✗ refused",
    EntryState.NOT_SENT: "✗ not sent",
    EntryState.UNKNOWN: "? unknown",
    EntryState.CONFIRMED_DONE: "✓ done (confirmed)",
    EntryState.CONFIRMED_NOT_DONE: "✗ not done (confirmed)",
}
_NOT_SAVED, _ON_ITS_WAY = "✗ not saved", (EntryState.QUEUED, EntryState.SENT)
_SAVED = {
    EntryState.DONE: "✓ saved",
    EntryState.CONFIRMED_DONE: "✓ saved (confirmed)",
    EntryState.REFUSED: _NOT_SAVED,
    EntryState.NOT_SENT: _NOT_SAVED,
    EntryState.CONFIRMED_NOT_DONE: _NOT_SAVED,
}


def end_words(entry: Entry) -> str:
    """Return how an entry of the journal ended.

    A card that is added is saved by the last of its three requests only: where the journal ends at an earlier one, it is
    not saved, whatever became of that request.
    """
    change, state = entry.change, entry.state
    if isinstance(change, SaveCard):
        return _SAVED.get(state, WORDS[state])
    if not isinstance(change, CreateSetupIntent | ConfirmCard) or state in _ON_ITS_WAY:
        return WORDS[state]
    if isinstance(change, ConfirmCard) and state is EntryState.REFUSED and DECLINED in entry.message.lower():
        return "✗ declined"
    return _NOT_SAVED


def can_be_settled(entry: Entry) -> bool:
    """Return whether it is of any matter what became of an entry of unknown fate: whether it keeps the like from being
    sent. A setup intent, say, does not.
    """
    return entry.state is EntryState.UNKNOWN and bool(entry.change.conflict_key)


def one_a_card(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the journal's entries, newest first as ``entries`` are: of the requests that add one card the last only.

    A setup intent, the card's way to Stripe and its saving follow one another; a saving that is tried again is of the
    same card. Of journals of the first release, which do not name the card, the order tells what belongs together.
    """
    superseded: set[int] = set()
    under_way: dict[tuple[str, str], Entry] = {}
    saving: dict[tuple[str, str], Entry] = {}
    for entry in reversed(entries):
        change = entry.change
        match change:
            case CreateSetupIntent():
                under_way[entry.account, change.card] = entry
            case ConfirmCard():
                before = under_way.get((entry.account, change.card))
                if before is not None and isinstance(before.change, CreateSetupIntent):
                    superseded.add(before.id)
                under_way[entry.account, change.card] = entry
            case SaveCard():
                before = saving.get((entry.account, change.payment_method_id))
                if before is None:
                    before = under_way.pop((entry.account, change.card), None)
                    if before is not None and isinstance(before.change, CreateSetupIntent):
                        before = None  # of a try that never reached Stripe
                if before is not None and not can_be_settled(before):
                    superseded.add(before.id)
                saving[entry.account, change.payment_method_id] = entry
            case _:
                pass
    return tuple(entry for entry in entries if entry.id not in superseded)


def short_summary(change: Mutation[Any]) -> str:
    """Return the sentence of a change with the end of the license code only: in a list, with the whole below it."""
    key = getattr(change, "license_key", None)
    sentence = change.summary()
    return sentence.replace(f"({key})", f"…{key[-CODE_END:]}") if isinstance(key, str) else sentence


def made_with(entry: Entry) -> str:
    """Return the partner key by its id, or the token by its fingerprint, with which an entry was made."""
    return account_words(entry.account)


def account_words(account: str) -> str:
    """Return the partner key by its id, or the token by its fingerprint, of an account of the journal."""
    known = Account.of(account)
    if known.key:
        return f"key {known.key}"
    return f"key token {known.token}" if known.token else f"user token {known.user}"
