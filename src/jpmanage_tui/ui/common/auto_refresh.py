"""Asking again by itself for what is on the screen: when that is due, and one asking at a time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.widget import Widget
from textual.worker import Worker, get_current_worker

if TYPE_CHECKING:  # loaded with the first read: the first frame is waited for
    from jpmanage_tui.api.errors import ApiError

UNUSED_SECONDS = 300.0
"""So long after the last key nobody looks at the screen any more: nothing is asked before the next key."""
MOST_SECONDS = 900.0
"""The longest pause after failures, unless the interval itself or the server's wish is longer."""
BUSY_SECONDS = 0.5
"""Seconds between two looks at whether what hinders an asking that is due is over."""
KEPT_TIMES, KEPT_SECONDS = 20, 0.1
"""How often, and after which pause, it is looked whether an answer can be shown now, before it is dropped."""
DROPPED_SECONDS = 10.0
"""Seconds after an answer that could not be shown, since something else had begun, before the next asking."""
SOON_SECONDS = 0.02
"""Seconds after which what is overdue is asked for: the key that says that somebody looks is taken first."""
LATE_SECONDS = 20.0
"""Seconds without an answer after which the screen says how old it is."""

GROUP = "auto-refresh"
"""The group of the worker that asks."""
_WANTED = -math.inf
"""When something was asked for that is to be asked for at once."""


class RefreshSchedule:
    """When to ask again: rules without a timer.

    What is on the screen is one of several `key`s, each with an age of its own. `seconds` is the interval, 0 for never;
    `clock` gives seconds that only go forward. The rules:

    - a key is asked for once in an interval, and at once where that is wanted, also without an interval;
    - nothing is asked where no key was pressed for `UNUSED_SECONDS`, and what is overdue then is asked at the next one;
    - a failure doubles the pause, up to `MOST_SECONDS`, and a server that names a longer one is not asked before it;
      after one that does not pass by itself, such as a rejected token, the same is not asked again before the user does.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._used_at = clock()
        self._asked: dict[Hashable, float] = {}
        """When each key was asked for last, `_WANTED` where it is to be asked for at once."""
        self.show(None)
        self._not_before = clock()
        self._failures = 0
        self._stopped: set[Hashable] = set()
        """What could not be asked for, and will not be before the user does."""

    def show(self, key: Hashable) -> None:
        """Take note that this is on the screen now; what was never asked for here is as fresh as it can be."""
        self._key: Hashable = key
        self._asked.setdefault(key, self._clock())

    def forget(self) -> None:
        """Take note that everything is read anew."""
        self._asked.clear()
        self._stopped.clear()
        self.answered()
        self.show(self._key)

    def used(self) -> None:
        """Take note of a key, a paste or the mouse."""
        self._used_at = self._clock()

    def asked(self) -> None:
        """Take note that what is on the screen is asked for now, or was read in another way."""
        self._asked[self._key] = self._clock()

    def answered(self) -> None:
        """Take note that the API answered."""
        self._failures = 0
        self._stopped.discard(self._key)
        self._not_before = self._clock()

    def dropped(self) -> None:
        """Take note that an answer came and could not be shown: it is asked for again before the interval is over."""
        if self.seconds:
            self._asked[self._key] = self._clock() - self.seconds + min(self.seconds, DROPPED_SECONDS)
        else:
            self.want()  # what was asked for without an interval was wanted

    def want(self) -> None:
        """Take note that what is on the screen is to be asked for at once, whatever its age."""
        self._asked[self._key] = _WANTED

    def failed(self, error: ApiError) -> None:
        """Take note of a failure."""
        from jpmanage_tui.api.errors import RateLimitError, ServerError
        from jpmanage_tui.ui.common.retry import PASSING

        self._failures += 1
        if not isinstance(error, PASSING):
            self._stopped.add(self._key)
        pause = max(self.seconds, min(MOST_SECONDS, self.seconds * 2 ** min(self._failures, 20)))
        if isinstance(error, RateLimitError | ServerError) and error.retry_after:
            pause = max(pause, error.retry_after)
        self._not_before = self._clock() + pause

    @property
    def unused(self) -> float:
        """Seconds since the last key or paste."""
        return self._clock() - self._used_at

    @property
    def wait(self) -> float | None:
        """Seconds until what is on the screen is to be asked for, None where that is not before a key."""
        asked = self._asked[self._key]
        if (not self.seconds and asked != _WANTED) or self._key in self._stopped:
            return None
        now = self._clock()
        due = max(now, self._not_before, asked + self.seconds)
        return due - now if due - self._used_at <= UNUSED_SECONDS else None


class AutoRefresh:
    """Asks by a `RefreshSchedule`, beside a widget, one asking at a time.

    `is_free` says whether nothing hinders an asking now; `ask` asks, and returns what shows the answer, None where there
    is nothing to ask. `ask` runs in a worker and raises ApiError; what it returned is called in the widget's own task,
    as soon as nothing hinders that; after a while the answer is dropped. `told` is called with whether what is on the
    screen could not be refreshed, or is late, whenever that may have changed.
    """

    def __init__(
        self,
        widget: Widget,
        schedule: RefreshSchedule,
        *,
        is_free: Callable[[], bool],
        ask: Callable[[], Awaitable[Callable[[], None] | None]],
        told: Callable[[bool], None],
    ) -> None:
        self.schedule = schedule
        self._widget = widget
        self._is_free = is_free
        self._ask = ask
        self._told = told
        self._timer: Timer | None = None
        self._late: Timer | None = None
        self._asking: Worker[None] | None = None

    # -- what happens around it --------------------------------------------------------------

    def used(self) -> None:
        """Take note of a key, a paste or the mouse."""
        self.schedule.used()
        if self._timer is None and not self.is_asking:
            self._plan()

    def show(self, key: Hashable) -> None:
        """Take note of what is on the screen now; an answer that is on its way is for something else."""
        if self.is_asking:
            self.schedule.dropped()
        self.stop()
        self.schedule.show(key)
        self._plan()

    def read_by_hand(self) -> None:
        """Take note that the user has everything asked again: the next asking is an interval away."""
        self.stop()
        self.schedule.asked()
        self.schedule.answered()
        self._plan()

    def want(self) -> None:
        """Ask as soon as nothing hinders it, whatever the interval: what is on the screen contradicts itself."""
        self.schedule.want()
        self._plan()

    def give_way(self) -> None:
        """Drop an answer that is on its way, since something else has begun that reads the same."""
        if self.is_asking:
            self.stop()
            self.schedule.dropped()
            self._plan()

    def stop(self) -> None:
        """Ask nothing more, and drop what is on its way."""
        asking, self._asking = self._asking, None
        if asking is not None:
            asking.cancel()
        for timer in (self._timer, self._late):
            if timer is not None:
                timer.stop()
        self._timer = self._late = None

    # -- asking ------------------------------------------------------------------------------

    def _plan(self, least: float = SOON_SECONDS) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        wait = self.schedule.wait
        if wait is not None and not self.is_asking:
            self._timer = self._widget.set_timer(max(wait, least), self._due)

    def _due(self) -> None:
        self._timer = None
        if self.schedule.wait != 0:
            self._plan()
        elif self._is_free():
            self.ask_now()
        else:
            self._plan(BUSY_SECONDS)

    def ask_now(self) -> None:
        """Ask, whenever the next asking is due."""
        self.stop()
        self.schedule.asked()
        self._asking = self._widget.run_worker(self._run(), group=GROUP, exit_on_error=False)
        self._late = self._widget.set_timer(LATE_SECONDS, lambda: self._told(True))

    @property
    def is_asking(self) -> bool:
        """Whether an answer is on its way: no longer so where its worker broke."""
        return self._asking is not None and self._asking.error is None

    async def _run(self) -> None:
        from jpmanage_tui.api.errors import ApiError

        worker = get_current_worker()
        try:
            show = await self._ask()
        except ApiError as error:
            self._widget.call_later(self._failed, worker, error)
        else:
            for _ in range(KEPT_TIMES):  # a key may be on its way, or a dialog just be closing
                if self._is_free():
                    break
                await asyncio.sleep(KEPT_SECONDS)
            self._widget.call_later(self._answered, worker, show)

    def _answered(self, asking: Worker[None], show: Callable[[], None] | None) -> None:
        if asking is not self._asking:
            return
        self.stop()
        self.schedule.answered()
        if not self._is_free():
            self.schedule.dropped()
        else:
            self._told(False)
            if show is not None:
                show()
        self._plan()

    def _failed(self, asking: Worker[None], error: ApiError) -> None:
        if asking is not self._asking:
            return
        self.stop()
        self.schedule.failed(error)
        self._told(True)
        self._plan()
