"""How a run of many changes stands, in words: in the status line, in Operations, and when the program is left."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.operations.run import PAUSED, Run, RunState
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.operation_text import counts_text
from jpmanage_tui.ui.common.keys import key_for


def progress_text(runs: Sequence[Run]) -> str:
    """Return how the runs of this program stand in few words: "Unassign 136 licenses: 40 of 136"."""
    if not runs:
        return ""
    under_way = [run for run in runs if run.state is RunState.RUNNING] or list(runs)
    run, counts = under_way[0], under_way[0].counts
    wrong = "".join(
        f", {number:,} {what}"
        for number, what in ((counts.failed, "failed"), (counts.unknown, "unknown"))
        if number
    )
    more = f", {len(runs) - 1:,} more" if len(runs) > 1 else ""
    ended = counts.total - counts.waiting - counts.active
    return f"{run.title}: {ended:,} of {counts.total:,}{wrong}{more} ({key_for('open-operations')})"


def stopped_text(run: Run, why: str = "") -> str:
    """Return how a run ended, or that it is paused, in a sentence; `why` is what went wrong first."""
    counts = counts_text(run.counts)
    if run.complete:
        return f"{run.title}: done."
    paused = "paused, " if run.state is RunState.PAUSED else ""
    reason = (run.reason if run.reason != PAUSED else "") or why
    tail = f": {reason.rstrip('.')}." if reason else "."
    return f"{run.title}: {paused}{counts}{tail} Press {key_for('open-operations')} for the report."


def waiting_text(runs: Sequence[Run]) -> str:
    """Return that runs stand still and wait for the user's word, in a sentence."""
    if len(runs) == 1:
        run = runs[0]
        return (
            f"Not finished: {run.title}: {counts_text(run.counts)}. "
            f"Press {key_for('open-operations')} to go on, look, or cancel it."
        )
    count = pluralize(len(runs), "run is", "runs are")
    return f"{count} not finished. Press {key_for('open-operations')} to go on, look, or cancel."


def leaving_text(run: Run) -> str:
    """Return what leaving the program means for a run, in a sentence."""
    left = run.counts.waiting
    are = "is" if left == 1 else "are"
    begun = f"{left:,} of {run.counts.total:,} changes {are} not begun yet"
    return f"{run.title}: {begun}. It pauses, and can go on at the next start."
