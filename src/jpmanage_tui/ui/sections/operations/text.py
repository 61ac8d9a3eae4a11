"""Runs and changes in words: how they stand, what is known of them, and the questions before something is done."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.operations.entry import Entry
from jpmanage_tui.operations.mutation import UnreadableMutation
from jpmanage_tui.operations.run import INTERRUPTED, ItemState, Run, RunItem, RunState
from jpmanage_tui.operations.runner import PAUSED
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.rules.prices import cost_of
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.operation_text import can_be_settled, end_words
from jpmanage_tui.services.price_text import cost_words, interval_words, unknown_words
from jpmanage_tui.services.runs import PriceChange, RunReview
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.run_text import counts_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, Row
from jpmanage_tui.ui.sections.operations.data import Operation

LONGEST = 400
"""How much of a row that cannot be read is shown."""
OTHER_KEY = "It is of another partner key. Choose that key first."
ITEM_WORDS = {
    ItemState.WAITING: "not begun",
    ItemState.ACTIVE: "on its way",
    ItemState.SKIPPED: "– not begun",
}


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


def fit_words(words: str, width: int) -> str:
    """Return how something ended without the part in brackets, where there is no room for it."""
    return words if len(words) <= width else words.partition(" (")[0]


def status_words(operation: Operation) -> str:
    """Return how a row stands, in a word with its sign."""
    if operation.run is not None:
        return run_words(operation.run)
    return end_words(operation.entry) if operation.entry is not None else ""


def count_words(run: Run) -> str:
    """Return how many changes a run has, and how they stand: "40 of 136 done, 95 not begun, 1 unknown"."""
    return counts_text(run.counts)


def short_count_words(run: Run) -> str:
    """Return `count_words` in few cells: "40/136 ✗3 ?1"."""
    signs = ((run.counts.failed, "✗"), (run.counts.unknown, "?"))
    return " ".join([f"{run.counts.done}/{run.counts.total}", *(f"{sign}{n}" for n, sign in signs if n)])


def item_words(item: RunItem) -> str:
    """Return how a change of a run stands, in a word with its sign."""
    return end_words(item.entry) if item.entry is not None else ITEM_WORDS[item.state]


# -- below the list --------------------------------------------------------------------------


def run_lines(run: Run, whose: str) -> list[str]:
    """Return what is to be said of a run."""
    asked = "Started in the app" if run.created_by == "app" else f"Started by {run.created_by}"
    name = f", named {run.name}" if run.name else ""
    lines = [f"{_in_brackets(whose)}{run.title}{name}. {asked}.", f"{run_words(run)}. {count_words(run)}."]
    reason = INTERRUPTED if run.interrupted else run.reason
    if reason and reason != PAUSED:
        lines.append(reason)
    return lines


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
    return Confirmation(
        f"It {word}?",
        [
            f"{entry.change.summary()}.",
            f"jpmanage could not find out. If you say that it {word}, the like can be sent again: "
            "look first, here and on the vendor's page.",
        ],
        f"It {word}",
        danger=True,
    )


def cancel_question(run: Run) -> Confirmation:
    """Return the question before the rest of a run is given up."""
    counts = run.counts
    left = counts.waiting + counts.active if run.interrupted else counts.waiting
    never = f"{pluralize(left, 'change is', 'changes are')} never begun. What was done stays done."
    if run.interrupted or run.state is RunState.PAUSED:
        return Confirmation(
            f"Discard the rest of “{run.title}”?", [never], "Discard", danger=True, stay="Keep"
        )
    on_its_way = " What is on its way finishes." if run.state is RunState.RUNNING else ""
    return Confirmation(
        f"Cancel “{run.title}”?", [never + on_its_way], "Cancel the rest", danger=True, stay="Keep"
    )


def review_question(review: RunReview) -> Confirmation:
    """Return the question before a run goes on, or what failed of it is tried again: how much, and what it costs now."""
    run, count = review.run, len(review.items)
    again = " again" if review.retry else ""
    text = [f"{pluralize(count, 'change is', 'changes are')} sent{again}."] if count else []
    if review.unknown:
        it = "it was" if review.unknown == 1 else "they were"
        text.append(f"{review.unknown:,} unknown: first it is looked up whether {it} done.")
    issued = review.issued
    if issued:
        cost = cost_of(review.prices)
        known = f": {cost_words(cost)}." if cost.known else "."
        what = pluralize(issued, "license or bundle", "licenses and bundles")
        text.append(f"Issues {what}{known} {unknown_words(cost, issued)}".rstrip())
    asked = [change for change in review.changes if change.asks]
    lower = [change for change in review.changes if not change.asks]
    if asked:
        text.insert(0, "Prices are not what was confirmed:")
    if lower:
        text.append(f"Lower than confirmed: {', '.join(change.name for change in lower)}.")
    verb = "Retry" if review.retry else "Go on"
    title = f"Retry what failed of “{run.title}”?" if review.retry else f"Go on with “{run.title}”?"
    button = f"{verb} at the new price" if asked else verb
    return Confirmation(title, text or ["Nothing of it is left to begin."], button, rows=price_rows(asked))


def price_rows(changes: Sequence[PriceChange]) -> list[Row]:
    """Return the rows of products whose price is another one now: the old and the new one."""
    return [Row(change.name, change.words, f"×{len(change.positions)}") for change in changes]


def code_of(entry: Entry) -> str:
    """Return what is copied of a change: its license codes, and its request id."""
    key = getattr(entry.change, "license_key", "")
    codes = [str(code) for code in entry.result] or ([str(key)] if key else [])
    request = [str(entry.request_id)] if entry.request_id else []
    return "\n".join([*codes, *request])
