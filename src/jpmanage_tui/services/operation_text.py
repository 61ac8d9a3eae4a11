"""Runs and changes of the journal in words: what was asked, how they stand or ended, with which key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.cards import DECLINED, ConfirmCard, CreateSetupIntent, SaveCard
from jpmanage_tui.operations.run import INTERRUPTED, PAUSED, Run, RunCounts, RunState
from jpmanage_tui.operations.scopes import Account
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize

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
    """Return whether it is of any matter what became of an entry of unknown outcome: whether it keeps the like from being
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
    """Return the sentence of a change for a list that has the whole below it: with the end of the license code only, and
    the site as other lists name it.
    """
    sentence = change.summary()
    key, site = getattr(change, "license_key", None), getattr(change, "site_url", None)
    if isinstance(key, str):
        sentence = sentence.replace(f"({key})", f"…{key[-CODE_END:]}")
    return sentence.replace(site, site_name(site)) if isinstance(site, str) and site else sentence


def short_sentence(sentence: str, change: Mutation[Any]) -> str:
    """Return a sentence about a change with what was asked for as lists name it: for a message of few lines."""
    return sentence.replace(change.summary(), short_summary(change), 1)


def made_with(entry: Entry) -> str:
    """Return the partner key by its id, or the token by its fingerprint, with which an entry was made."""
    return account_words(entry.account)


def account_words(account: str) -> str:
    """Return the partner key by its id, or the token by its fingerprint, of an account of the journal."""
    known = Account.of(account)
    if known.key:
        return f"key {known.key}"
    return f"key token {known.token}" if known.token else f"user token {known.user}"


# -- runs ------------------------------------------------------------------------------------


def run_words(run: Run) -> str:
    """Return how a run stands, in a word with its sign."""
    if run.interrupted:
        return "! interrupted"
    match run.state:
        case RunState.WAITING:
            return "waiting"
        case RunState.RUNNING:
            return "running"
        case RunState.PAUSED:
            return "! paused"
        case RunState.CANCELED:
            return "– canceled"
    if run.counts.unknown:
        return "? unknown"
    if run.counts.failed:
        return "✗ partly done" if run.counts.done else "✗ failed"
    return "✓ done" if run.complete else "! partly done"


def counts_text(counts: RunCounts) -> str:
    """Return how many changes were done and how many were not, and why not: "40 of 136 done, 95 not begun, 1 unknown"."""
    words = [f"{counts.done:,} of {counts.total:,} done"]
    words += [
        f"{number:,} {what}"
        for number, what in (
            (counts.failed, "failed"),
            (counts.active, "on its way" if counts.active == 1 else "on their way"),
            (counts.waiting + counts.skipped, "not begun"),
            (counts.unknown, "unknown"),
        )
        if number
    ]
    return ", ".join(words)


def run_lines(run: Run, whose: str) -> list[str]:
    """Return what is to be said of a run; `whose` is its partner key, "" where it is the present one."""
    asked = "Started in the app" if run.created_by == "app" else f"Started by {run.created_by}"
    name = f", named {run.name}" if run.name else ""
    key = f"[{whose}] " if whose else ""
    lines = [f"{key}{run.title}{name}. {asked}.", f"{run_words(run)}. {counts_text(run.counts)}."]
    reason = INTERRUPTED if run.interrupted else run.reason
    if reason and reason != PAUSED:
        lines.append(reason)
    return lines


# -- before something is done -----------------------------------------------------------------


def never_begun(run: Run) -> str:
    """Return what giving up the rest of a run means, as sentences."""
    counts = run.counts
    left = counts.waiting + counts.active if run.interrupted else counts.waiting
    never = f"{pluralize(left, 'change is', 'changes are')} never begun. What was done stays done."
    under_way = run.state is RunState.RUNNING and not run.interrupted
    return f"{never} What is on its way finishes." if under_way else never


def settled_by_word(entry: Entry, *, done: bool) -> list[str]:
    """Return what settling a change of unknown outcome by the user's word means, as sentences."""
    word = "was done" if done else "was not done"
    return [
        f"{entry.change.summary()}.",
        f"jpmanage could not find out. If you say that it {word}, the like can be sent again: "
        "look first, here and on the vendor's page.",
    ]
