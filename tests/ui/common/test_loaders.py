"""Reads beside the screen: the newest of a key wins, errors and ages are kept by key, and a failure is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from jpmanage_tui.api.errors import ApiConnectionError, ApiError, PermissionDeniedError
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.workers import WorkerMixin


class Panel(WorkerMixin, Widget):
    """A widget with a loader; its reads answer when the test lets them."""

    def __init__(self) -> None:
        super().__init__()
        self.retries = 0
        self.loader: Loader[str] = Loader(self, "panel", failed=self._failed, again=self._again)
        self.answers: dict[str, list[asyncio.Future[int]]] = {}
        self.taken: list[tuple[str, int]] = []
        self.failures: list[tuple[str, ApiError]] = []

    def ask(self, key: str) -> None:
        self.loader.load(key, partial(self._read, key), partial(self._take, key))

    async def _read(self, key: str) -> int:
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.answers.setdefault(key, []).append(answer)
        return await answer

    def _take(self, key: str, value: int) -> None:
        self.taken.append((key, value))

    def _failed(self, key: str, error: ApiError) -> None:
        self.failures.append((key, error))

    def _again(self) -> None:
        self.retries += 1
        for key in list(self.loader.errors):
            self.ask(key)


class PanelApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Panel()


@asynccontextmanager
async def panel() -> AsyncIterator[tuple[Panel, Pilot[None]]]:
    async with PanelApp().run_test() as pilot:
        yield pilot.app.query_one(Panel), pilot


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause()


async def asked(pilot: Pilot[None], shown: Panel, key: str, times: int = 1) -> None:
    """Wait until the reads of a key have begun."""
    await until(pilot, lambda: len(shown.answers.get(key, ())) == times)


async def test_an_answer_is_taken_once_and_dated() -> None:
    async with panel() as (shown, pilot):
        shown.ask("a")
        assert (shown.loader.busy, shown.loader.answered_at) == (True, None)
        await asked(pilot, shown, "a")
        shown.answers["a"][0].set_result(1)
        await until(pilot, lambda: shown.taken)
        assert shown.taken == [("a", 1)]
        assert not shown.loader.busy
        assert shown.loader.answered_at == shown.loader.answered["a"]


async def test_the_newest_read_of_a_key_wins() -> None:
    async with panel() as (shown, pilot):
        shown.ask("a")
        shown.ask("b")
        await asked(pilot, shown, "a")
        shown.ask("a")
        await asked(pilot, shown, "a", 2)
        assert shown.answers["a"][0].cancelled(), "the read before it is broken off"
        shown.answers["b"][0].set_result(2)
        shown.answers["a"][1].set_result(3)
        await until(pilot, lambda: not shown.loader.busy)
        assert sorted(shown.taken) == [("a", 3), ("b", 2)]


async def test_an_answer_that_came_and_is_not_taken_yet_gives_way_to_a_newer_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with panel() as (shown, pilot):
        shown.ask("a")
        await asked(pilot, shown, "a")
        worker = next(worker for worker in shown.workers if worker.group == "panel")
        waiting: list[Callable[[], object]] = []
        with monkeypatch.context() as patch:  # the answer waits behind the widget's messages
            patch.setattr(shown, "call_later", lambda take, *what: waiting.append(partial(take, *what)))
            shown.answers["a"][0].set_result(1)
            await worker.wait()
        shown.ask("a")
        (take,) = waiting
        take()
        assert not shown.taken, "an older answer is nobody's any more"
        await asked(pilot, shown, "a", 2)
        shown.answers["a"][1].set_result(2)
        await until(pilot, lambda: not shown.loader.busy)
        assert shown.taken == [("a", 2)]


@pytest.mark.parametrize("keep", [(), ("b",)])
async def test_what_nobody_waits_for_is_dropped(keep: tuple[str, ...]) -> None:
    async with panel() as (shown, pilot):
        for key in ("a", "b"):
            shown.ask(key)
            await asked(pilot, shown, key)
        shown.loader.keep_only(keep)
        await until(pilot, lambda: shown.answers["a"][0].cancelled())
        assert shown.loader.waits_for("b") is bool(keep)
        assert not shown.loader.waits_for("a")
        assert shown.taken == []


async def test_it_says_which_keys_are_waited_for_until_their_answers_are_taken() -> None:
    async with panel() as (shown, pilot):
        for key in ("a", "b"):
            shown.ask(key)
            await asked(pilot, shown, key)
        assert shown.loader.waiting == ["a", "b"]
        shown.answers["a"][0].set_result(1)
        await until(pilot, lambda: shown.taken)
        assert shown.loader.waiting == ["b"]
        shown.loader.cancel("b")
        assert shown.loader.waiting == []


async def test_an_error_stays_with_its_key_until_that_is_answered() -> None:
    async with panel() as (shown, pilot):
        for key in ("a", "b"):
            shown.ask(key)
            await asked(pilot, shown, key)
        error = PermissionDeniedError("No.")
        shown.answers["a"][0].set_exception(error)
        shown.answers["b"][0].set_result(1)
        await until(pilot, lambda: not shown.loader.busy)
        assert shown.failures == [("a", error)]
        assert shown.loader.error is error
        shown.ask("a")
        await asked(pilot, shown, "a", 2)
        assert shown.loader.errors == {"a": error}, "asking alone does not end it"
        shown.answers["a"][1].set_result(2)
        await until(pilot, lambda: not shown.loader.busy)
        assert shown.loader.error is None


async def test_a_failure_that_may_pass_is_tried_again_until_it_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (0.01,))
    async with panel() as (shown, pilot):
        shown.ask("a")
        for times in (1, 2):
            await asked(pilot, shown, "a", times)
            shown.answers["a"][-1].set_exception(ApiConnectionError("The line failed."))
            await until(pilot, lambda times=times: shown.retries == times)  # type: ignore[misc]
        await asked(pilot, shown, "a", 3)
        shown.answers["a"][-1].set_result(1)
        await until(pilot, lambda: shown.taken)
        assert shown.retries == 2


async def test_another_key_that_is_answered_does_not_end_the_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (0.05,))
    async with panel() as (shown, pilot):
        for key in ("a", "b"):
            shown.ask(key)
            await asked(pilot, shown, key)
        shown.answers["a"][0].set_exception(ApiConnectionError("The line failed."))
        await until(pilot, lambda: shown.failures)
        shown.answers["b"][0].set_result(1)
        await until(pilot, lambda: shown.retries == 1)


class PlannedRetry:
    """Stands for a timer."""

    stopped = False

    def stop(self) -> None:
        """Stop it."""
        self.stopped = True


async def test_failures_of_some_keys_are_forgotten_and_the_retry_with_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with panel() as (shown, pilot):
        planned = PlannedRetry()
        monkeypatch.setattr(shown, "set_timer", lambda _pause, _callback: planned)
        for key in ("a", "b"):
            shown.ask(key)
            await asked(pilot, shown, key)
            shown.answers[key][0].set_exception(ApiConnectionError("The line failed."))
        await until(pilot, lambda: len(shown.failures) == 2)
        shown.loader.forget_errors_of(["a", "c"])
        assert (list(shown.loader.errors), planned.stopped) == (["b"], False)
        shown.loader.forget_errors_of(["b"])
        assert (shown.loader.error, planned.stopped) == (None, True)


async def test_clearing_forgets_errors_ages_and_the_planned_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    async with panel() as (shown, pilot):
        planned = PlannedRetry()
        monkeypatch.setattr(shown, "set_timer", lambda _pause, _callback: planned)
        shown.ask("a")
        await asked(pilot, shown, "a")
        shown.answers["a"][0].set_exception(ApiConnectionError("The line failed."))
        await until(pilot, lambda: shown.failures)
        assert not planned.stopped
        shown.loader.clear()
        assert (shown.loader.error, shown.loader.answered_at) == (None, None)
        assert planned.stopped


async def test_a_read_that_breaks_is_no_longer_waited_for() -> None:
    async with panel() as (shown, pilot):
        shown.ask("a")
        await asked(pilot, shown, "a")
        shown.answers["a"][0].set_exception(ZeroDivisionError("a defect"))
        await until(pilot, lambda: not shown.loader.busy)
        assert shown.taken == []
        assert shown.failures == []
