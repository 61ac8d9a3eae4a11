"""Defects: an exception that nobody expected, in work beside the screen. It is told and logged, never swallowed."""

from __future__ import annotations

import logging
import traceback

from textual.app import App
from textual.worker import Worker, WorkerState

from jpmanage_tui.ui.commands.keys import key_of

_log = logging.getLogger("jpmanage.defects")


class Defects:
    """What went wrong in this run; the app has one, and a test looks whether it is empty."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def note(self, event: Worker.StateChanged) -> str | None:
        """Take over that a worker's state changed; returns a sentence for the user when it broke, else None.

        The log gets where it broke and the kind of exception: neither its text nor any value, which may be secret.
        """
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return None
        self.errors.append(error)
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
        _log.error("%s in %s: %s", type(error).__name__, event.worker.group, where)
        return (
            f"A defect of jpmanage ({type(error).__name__}) broke off “{event.worker.group}”. "
            f"Nothing else is affected; press {key_of('log')} to see what became of changes, and please report it."
        )


def tell_defect(app: App[object] | App[None], event: Worker.StateChanged) -> None:
    """Note a broken worker with the app, and say so in the status line."""
    from jpmanage_tui.ui.app import JpmanageApp

    if isinstance(app, JpmanageApp):
        sentence = app.defects.note(event)
        if sentence is not None:
            app.say(sentence, "error")
