"""Exceptions that nobody expected, in work beside the screen: each is told and logged, never swallowed."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

from textual.worker import Worker, WorkerState

_log = logging.getLogger("jpmanage.defects")
MOST = 100
"""So many are kept."""


@dataclass(frozen=True)
class Defect:
    """What is known of a defect: the kind of exception, the work that it broke, and where, innermost first.

    Neither its text nor any value, which may be secret: an exception holds its frames, and those what was typed in.
    """

    kind: str
    group: str
    place: str


class UnhandledErrors:
    """What went wrong in this run; the app has one, and a test looks whether it is empty."""

    def __init__(self) -> None:
        self.errors: list[Defect] = []

    def note(self, event: Worker.StateChanged) -> str | None:
        """Take over that a worker's state changed; returns a sentence for the user when it broke, else None."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return None
        from jpmanage_tui.api.errors import forget_frames  # the first frame does without

        frames = traceback.extract_tb(error.__traceback__)
        place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
        defect = Defect(type(error).__name__, event.worker.group, place)
        forget_frames(error)  # the worker, and whatever waits for it or has waited in it, keep the exception
        error.args = ()
        if len(self.errors) < MOST:
            self.errors.append(defect)
        _log.error("%s in %s: %s", defect.kind, defect.group, defect.place)
        broke = f"A bug in jpmanage ({defect.kind}) stopped “{defect.group}”."
        return f"{broke} Nothing else is affected; please report it."
