"""Asking again by itself after a failure that may pass: a dead line, a server in trouble, too many requests."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from jpmanage_tui.api.errors import ApiConnectionError, ApiError, RateLimitError, ServerError

PAUSES = (5.0, 15.0, 30.0, 60.0)
"""Seconds between the tries; the last pause goes on."""
PASSING: tuple[type[ApiError], ...] = (ApiConnectionError, ServerError, RateLimitError)
"""What may be over by itself. Anything else waits for the user (`r`)."""


class Retry:
    """The retries of one view: `again` asks for what is missing, at growing pauses, until something is answered."""

    def __init__(self, widget: Widget, again: Callable[[], None]) -> None:
        self._widget = widget
        self._again = again
        self._timer: Timer | None = None
        self._pause = 0.0
        self._rounds = 0

    def failed(self, error: ApiError) -> None:
        """Plan the next try where `error` may pass; a server that names a pause is not asked before it is over.

        What fails while a try is planned already is of the same round: it can only put the try off.
        """
        if not isinstance(error, PASSING):
            return
        if self._timer is None:
            self._rounds, self._pause = self._rounds + 1, 0.0
        pause = PAUSES[min(self._rounds, len(PAUSES)) - 1]
        if isinstance(error, RateLimitError | ServerError) and error.retry_after:
            pause = max(pause, error.retry_after)
        if pause > self._pause:
            self._stop()
            self._pause, self._timer = pause, self._widget.set_timer(pause, self._due)

    @property
    def is_planned(self) -> bool:
        """Whether a further try comes by itself."""
        return self._timer is not None

    def answered(self) -> None:
        """Begin with the shortest pause again: the API answers, or the user asked by hand."""
        self._rounds = 0
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        if self._widget.is_mounted:
            self._again()
