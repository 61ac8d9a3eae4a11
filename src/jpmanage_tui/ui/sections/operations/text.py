"""Runs and changes in words: how they stand, what is known of them, and the questions before something is done."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.operations.entry import Entry
from jpmanage_tui.operations.mutation import UnreadableMutation
from jpmanage_tui.operations.run import ItemState, Run, RunItem
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.services.operation_text import can_be_settled, end_words, never_begun, settled_by_word
from jpmanage_tui.services.price_text import interval_words
from jpmanage_tui.services.runs import PriceChange, RunReview, review_sentences
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.dialogs.confirm import Confirmation, Row

LONGEST = 400
"""How much of a row that cannot be read is shown."""
OTHER_KEY = "It is of another partner key. Choose that key first."
ITEM_WORDS = {
    ItemState.WAITING: "not begun",
    ItemState.ACTIVE: "on its way",
    ItemState.SKIPPED: "– not begun",
}


def fit_words(words: str, width: int) -> str:
    """Return how something ended without the part in brackets, where there is no room for it."""
    return words if len(words) <= width else words.partition(" (")[0]


def short_count_words(run: Run) -> str:
    """Return `counts_text` in few cells: "40/136 ✗3 ?1"."""
    signs = ((run.counts.failed, "✗"), (run.counts.unknown, "?"))
    return " ".join([f"{run.counts.done}/{run.counts.total}", *(f"{sign}{n}" for n, sign in signs if n)])


def item_words(item: RunItem) -> str:
    """Return how a change of a run stands, in a word with its sign."""
    return end_words(item.entry) if item.entry is not None else ITEM_WORDS[item.state]


# -- below the list --------------------------------------------------------------------------


def entry_lines(entry: Entry, whose: str, kinship: Kinship) -> list[str]:
    """Return what is to be said of a change: the whole sentence, how it ended, its codes, and the ways out."""
    lines = [
        f"{_in_brackets(whose)}{entry.change.summary()}.",
        f"{end_words(entry)}. {entry.message}".strip(),
    ]
    if isinstance(entry.change, UnreadableMutation):
        lines.append(f"As it stands in the journal: {sanitize_text(entry.change.payload)[:LONGEST]}")
    if can_be_settled(entry):
        lines.append(way_out(entry, kinship))
    lines += [f"Code: {key}" for key in entry.result]
    if entry.request_id:
        lines.append(f"Request id: {entry.request_id}")
    return lines


def item_lines(item: RunItem, whose: str, kinship: Kinship) -> list[str]:
    """Return what is to be said of a change of a run."""
    if item.entry is not None:
        lines = entry_lines(item.entry, whose, kinship)
    else:
        lines = [f"{_in_brackets(whose)}{item.change.summary()}.", f"{item_words(item)}. {item.note}".strip()]
    if item.price is not None:
        lines.insert(2, f"Price confirmed: {interval_words(item.price)}.")
    return lines


def _in_brackets(whose: str) -> str:
    return f"[{whose}] " if whose else ""


def way_out(entry: Entry, kinship: Kinship) -> str:
    """Return what can be done about a change of unknown outcome."""
    word = (
        f"{key_for('was-done')} it was done, {key_for('was-not-done')} it was not (you have looked yourself)"
    )
    if kinship is Kinship.UNCLEAR:
        return f"It was made with another token, perhaps of this partner key. {word}"
    if kinship is not Kinship.SAME:
        return f"It is looked up when this partner key is chosen ({key_for('key')})."
    return f"{key_for('look-up')} looks it up again; {word}" if entry.readable else word


# -- questions -------------------------------------------------------------------------------


def resolve_question(entry: Entry, *, done: bool) -> Confirmation:
    """Return the question before a change is settled by the user's word."""
    word = "was done" if done else "was not done"
    return Confirmation(f"It {word}?", settled_by_word(entry, done=done), f"It {word}", danger=True)


def cancel_question(run: Run) -> Confirmation:
    """Return the question before the rest of a run is given up."""
    if run.resumable:
        title, button = f"Discard the rest of “{run.title}”?", "Discard"
    else:
        title, button = f"Cancel “{run.title}”?", "Cancel the rest"
    return Confirmation(title, [never_begun(run)], button, danger=True, stay="Keep")


def review_question(review: RunReview) -> Confirmation:
    """Return the question before a run goes on, or what failed of it is tried again: what is done, and what it costs now.

    From two licenses on, what costs money or cannot be undone asks for the number to be typed.
    """
    run, text = review.run, review_sentences(review)
    asked = [change for change in review.changes if change.asks]
    lower = [change for change in review.changes if not change.asks]
    if asked:
        text.insert(0, "Prices are not what was confirmed:")
    if lower:
        text.append(f"Lower than confirmed: {', '.join(change.name for change in lower)}.")
    verb = "Retry" if review.retry else "Go on"
    title = f"Retry what failed of “{run.title}”?" if review.retry else f"Go on with “{run.title}”?"
    button = f"{verb} at the new price" if asked else verb
    return Confirmation(
        title,
        text or ["Nothing of it is left to begin."],
        button,
        require_text=str(review.irreversible) if review.irreversible > 1 else None,
        danger=review.revoked > 0,
        rows=price_rows(asked),
    )


def price_rows(changes: Sequence[PriceChange]) -> list[Row]:
    """Return the rows of products whose price is another one now: the old and the new one."""
    return [Row(change.name, change.words, f"×{len(change.positions)}") for change in changes]


def code_of(entry: Entry) -> str:
    """Return what is copied of a change: its license codes, and its request id."""
    key = getattr(entry.change, "license_key", "")
    codes = [str(code) for code in entry.result] or ([str(key)] if key else [])
    request = [str(entry.request_id)] if entry.request_id else []
    return "\n".join([*codes, *request])
