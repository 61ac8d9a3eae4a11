"""When what is on the screen is asked for again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st
from textual.app import App, ComposeResult
from textual.widget import Widget

from jpmanage_tui.api.errors import ApiConnectionError, ApiError, AuthenticationError, RateLimitError
from jpmanage_tui.ui.common.auto_refresh import (
    DROPPED_SECONDS,
    MOST_SECONDS,
    UNUSED_SECONDS,
    AutoRefresh,
    RefreshSchedule,
)

SECONDS = 60.0
EVENTS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 900)),
    st.tuples(st.sampled_from(["key", "answer", "fail", "limit", "reject", "drop", "a", "b"]), st.just(0)),
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def wait_of(schedule: RefreshSchedule) -> float | None:
    return schedule.wait


def rate_limit(seconds: float) -> ApiError:
    return RateLimitError("slow down", retry_after=seconds)


@settings(max_examples=60)
@given(st.lists(EVENTS, max_size=40))
def test_it_is_never_asked_more_often_than_the_interval_nor_unused_nor_before_a_pause_is_over(
    events: list[tuple[str, int]],
) -> None:
    clock = Clock()
    schedule = RefreshSchedule(SECONDS, clock)
    schedule.show("a")
    key, used, not_before = "a", clock.now, 0.0
    asked: dict[str, float] = {}
    least = {"a": SECONDS, "b": SECONDS}
    for event, seconds in events:
        clock.now += seconds
        match event:
            case "key":
                schedule.used()
                used = clock.now
            case "a" | "b":
                key = event
                schedule.show(key)
        if wait_of(schedule) == 0:
            assert clock.now - used <= UNUSED_SECONDS
            assert clock.now >= not_before
            assert clock.now - asked.get(key, -SECONDS) >= least[key]
            asked[key], least[key] = clock.now, SECONDS
            schedule.asked()
            assert wait_of(schedule) != 0
            match event:
                case "fail" | "limit":
                    schedule.failed(rate_limit(700) if event == "limit" else ApiConnectionError("gone"))
                    not_before = clock.now + (700 if event == "limit" else 2 * SECONDS)
                case "drop":
                    schedule.answered()
                    schedule.dropped()
                    least[key], not_before = DROPPED_SECONDS, 0.0
                case "reject":
                    schedule.failed(AuthenticationError("no"))
                    assert wait_of(schedule) is None
                    schedule.answered()
                    not_before = 0.0
                case _:
                    schedule.answered()
                    not_before = 0.0


def test_failures_make_it_wait_longer_and_longer_and_an_answer_ends_that() -> None:
    clock = Clock()
    schedule = RefreshSchedule(SECONDS, clock)
    pauses = []
    for _ in range(5):
        schedule.failed(ApiConnectionError("gone"))
        failed_at = clock.now
        while schedule.wait != 0:
            clock.now += 60
            schedule.used()
        pauses.append(clock.now - failed_at)
    assert pauses == [120, 240, 480, MOST_SECONDS, MOST_SECONDS]
    schedule.failed(rate_limit(5 * MOST_SECONDS))
    clock.now += 4 * MOST_SECONDS
    schedule.used()
    assert wait_of(schedule) is None
    schedule.answered()
    schedule.asked()
    assert wait_of(schedule) == SECONDS


def test_after_a_long_pause_the_first_key_is_when_it_is_asked_and_off_is_never() -> None:
    clock = Clock()
    schedule = RefreshSchedule(SECONDS, clock)
    schedule.show("a")
    clock.now += UNUSED_SECONDS + SECONDS
    assert wait_of(schedule) is None
    schedule.used()
    assert wait_of(schedule) == 0
    never = RefreshSchedule(0, clock)
    clock.now += 10 * SECONDS
    never.used()
    assert wait_of(never) is None
    never.want()
    assert wait_of(never) == 0, "a screen that contradicts itself is asked for once"
    never.asked()
    assert wait_of(never) is None
    never.dropped()
    assert wait_of(never) == 0
    never.asked()
    never.failed(ApiConnectionError("The line failed."))
    assert wait_of(never) is None


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - neither timers nor workers tell an event
        await asyncio.sleep(0.001)


class Refreshed:
    """A widget that asks again, by a clock that the test sets."""

    def __init__(self) -> None:
        widget = Widget()

        class WidgetApp(App[None]):
            def compose(self) -> ComposeResult:
                yield widget

        self.app = WidgetApp()
        self.clock = Clock()
        self.free = True
        self.answers: asyncio.Queue[Callable[[], None] | ApiError] = asyncio.Queue()
        self.asked = 0
        self.shown: list[str] = []
        self.overdue: list[bool] = []
        self.refresher = AutoRefresh(
            widget, RefreshSchedule(SECONDS, self.clock), is_free=lambda: self.free, ask=self.ask,
            told=self.overdue.append,
        )  # fmt: skip

    async def ask(self) -> Callable[[], None] | None:
        self.asked += 1
        answer = await self.answers.get()
        if isinstance(answer, ApiError):
            raise answer
        return answer

    async def due(self, asked: int) -> None:
        """Let the interval be over, and wait until it has asked so often."""
        self.clock.now += SECONDS
        self.refresher.used()
        self.refresher.stop()
        self.refresher.used()
        await until(lambda: self.asked >= asked)

    def is_asking(self) -> bool:
        return self.refresher.is_asking

    async def ended(self) -> None:
        """Wait until nothing is asked any more."""
        await until(lambda: not self.refresher.is_asking)


async def test_one_asks_at_a_time_and_what_has_begun_meanwhile_drops_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.auto_refresh.KEPT_SECONDS", 0.005)
    refreshed = Refreshed()
    async with refreshed.app.run_test():
        await refreshed.due(1)
        refreshed.refresher.used()
        assert refreshed.is_asking()
        refreshed.answers.put_nowait(lambda: refreshed.shown.append("first"))
        await refreshed.ended()
        assert (refreshed.shown, refreshed.overdue) == (["first"], [False])

        await refreshed.due(2)
        refreshed.free = False
        refreshed.answers.put_nowait(lambda: refreshed.shown.append("after a key"))
        await asyncio.sleep(0)
        refreshed.free = True
        await refreshed.ended()
        assert refreshed.shown == ["first", "after a key"]

        await refreshed.due(3)
        refreshed.free = False
        refreshed.answers.put_nowait(lambda: refreshed.shown.append("too late"))
        await refreshed.ended()
        assert refreshed.shown == ["first", "after a key"]
        assert refreshed.refresher.schedule.wait == DROPPED_SECONDS

        refreshed.free = True
        await refreshed.due(4)
        refreshed.refresher.give_way()
        assert not refreshed.is_asking()

        refreshed.free = True
        await refreshed.due(5)
        refreshed.answers.put_nowait(ApiConnectionError("gone"))
        await refreshed.ended()
        assert refreshed.overdue == [False, False, True]


async def test_a_screen_that_nobody_has_used_for_long_is_asked_for_with_the_first_key() -> None:
    refreshed = Refreshed()
    async with refreshed.app.run_test():
        refreshed.refresher.show("licenses")
        refreshed.clock.now += 2 * UNUSED_SECONDS
        refreshed.refresher._due()
        assert refreshed.refresher._timer is None
        refreshed.refresher.used()
        await until(lambda: refreshed.asked == 1)


async def test_what_breaks_while_it_asks_does_not_keep_it_from_asking_again() -> None:
    refreshed = Refreshed()

    async def break_it() -> None:
        raise AssertionError

    async with refreshed.app.run_test():
        refreshed.refresher._ask = break_it
        refreshed.refresher.ask_now()
        await refreshed.ended()
        refreshed.refresher._ask = refreshed.ask
        await refreshed.due(1)
