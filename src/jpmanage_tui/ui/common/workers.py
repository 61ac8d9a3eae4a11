"""Work beside the screen: started by whatever is on it, never leaving a coroutine behind, never failing unseen."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine, Generator
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable
from weakref import finalize

from textual.worker import Worker, WorkType

if TYPE_CHECKING:
    from textual.dom import DOMNode as Node
else:
    Node = object  # Textual takes styles from the first base that is a DOMNode: this one has none to give

Result = TypeVar("Result")

ACTION_GROUP = "action"
"""The group of the workers of actions: keys that come while one runs are for the dialog that it may open."""


@runtime_checkable
class WorkerApp(Protocol):
    """An app that wants to know what becomes of the work beside its screens."""

    def handle_worker_state(self, event: Worker.StateChanged) -> None:
        """Note that a worker's state changed; tell it where the work broke."""


def _close_unbegun(coroutine: Coroutine[Any, Any, Any]) -> None:
    if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
        coroutine.close()


class _Once(Generic[Result]):
    """A coroutine that is closed when it was never begun: its worker was refused, or canceled before its first step.

    Closed by a finalizer, not by `__del__`: where both lie in one ring of references the collector may come to the
    coroutine first, which then complains. The finalizer holds it until this is gone.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, Result]) -> None:
        self._coroutine = coroutine
        self.__name__: str = getattr(coroutine, "__name__", "")
        finalize(self, _close_unbegun, coroutine)

    def __await__(self) -> Generator[Any, None, Result]:
        return self._coroutine.__await__()


class WorkerMixin(Node):
    """A part of the screen that starts work beside it.

    Stands first among the bases: behind a DOMNode its `run_worker` would never be called. Styles come from the first
    base that is a DOMNode, and when the program runs this is none.
    """

    def run_worker(
        self,
        work: WorkType[Result],
        name: str | None = "",
        group: str = "default",
        description: str = "",
        exit_on_error: bool = True,
        start: bool = True,
        exclusive: bool = False,
        thread: bool = False,
    ) -> Worker[Result]:
        """Run work as Textual does; a coroutine that is canceled before it began is closed, not leaked.

        While the program is being left nothing is begun any more: what it would ask is cut off in a moment.
        """
        if inspect.iscoroutine(work):
            work = _Once(work)
        return super().run_worker(
            work,
            name=name,
            group=group,
            description=description,
            exit_on_error=exit_on_error,
            start=start and not getattr(self.app, "leaving", False),
            exclusive=exclusive,
            thread=thread,
        )

    def start_action(self, work: Coroutine[Any, Any, None]) -> None:
        """Run what an action asks and does beside the screen; nothing cancels it.

        What is typed while it runs is kept for the dialog that it opens (`ACTION_GROUP`).
        """
        self.run_worker(work, group=ACTION_GROUP, exclusive=False, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Let the app tell when work beside the screen broke."""
        if isinstance(self.app, WorkerApp):
            self.app.handle_worker_state(event)
