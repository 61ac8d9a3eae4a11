"""Asking again by itself: pauses grow from round to round, however many reads of a round fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from textual.widget import Widget

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from jpmanage_tui.ui.common.retry import PAUSES, Retry


class _Timer:
    def __init__(self, pause: float, due: Callable[[], None]) -> None:
        self.pause, self.due, self.stopped = pause, due, False

    def stop(self) -> None:
        self.stopped = True


class _Clock:
    """A widget's timers that ring when the test says so."""

    is_mounted = True

    def __init__(self) -> None:
        self.timers: list[_Timer] = []

    def set_timer(self, pause: float, due: Callable[[], None]) -> _Timer:
        self.timers.append(_Timer(pause, due))
        return self.timers[-1]

    @property
    def waiting(self) -> list[float]:
        return [timer.pause for timer in self.timers if not timer.stopped]

    def ring(self) -> None:
        timer = next(timer for timer in self.timers if not timer.stopped)
        timer.stopped = True
        timer.due()


def retry(asked: list[str]) -> tuple[_Clock, Retry]:
    clock = _Clock()
    return clock, Retry(cast(Widget, clock), lambda: asked.append("again"))


@pytest.mark.parametrize("parts", [1, 3])
def test_the_pauses_are_those_of_the_rounds(parts: int) -> None:
    asked: list[str] = []
    clock, tries = retry(asked)
    for pause in (*PAUSES, PAUSES[-1]):
        for _ in range(parts):
            tries.failed(ApiConnectionError("The line failed."))
        assert clock.waiting == [pause]
        clock.ring()
    assert len(asked) == len(PAUSES) + 1


def test_a_server_that_names_a_longer_pause_is_not_asked_before_by_any_part() -> None:
    clock, tries = retry([])
    limited = RateLimitError("Too many.")
    limited.retry_after = 90.0
    for error in (ServerError("It failed."), limited, ApiConnectionError("The line failed.")):
        tries.failed(error)
    assert clock.waiting == [90.0]


def test_what_cannot_pass_by_itself_is_not_asked_for_again() -> None:
    clock, tries = retry([])
    tries.failed(cast(ApiError, PermissionDeniedError("No.")))
    assert clock.waiting == []


def test_an_answer_ends_it_and_begins_with_the_shortest_pause_again() -> None:
    clock, tries = retry([])
    tries.failed(ApiConnectionError("The line failed."))
    clock.ring()
    tries.failed(ApiConnectionError("The line failed."))
    tries.answered()
    assert clock.waiting == []
    tries.failed(ApiConnectionError("The line failed."))
    assert clock.waiting == [PAUSES[0]]
