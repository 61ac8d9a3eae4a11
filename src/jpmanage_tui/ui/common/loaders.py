"""Reading from the API beside the screen: what is on its way, what failed, how old the rest is, when to ask again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from textual.widget import Widget
from textual.worker import Worker, get_current_worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.ui.common.retry import Retry

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Loader(Generic[Key]):
    """The reads of one widget, each under a key: the number of a page, an id, a part of the screen.

    A section makes one in its `__init__`, and says for each read how to ask and who takes the answer:

        self.loader: Loader[Part] = Loader(self, "billing", failed=self._load_failed, again=self._load_missing)

        def on_mount(self) -> None:
            client = self.session.client
            self.loader.load(Part.ESTIMATE, client.billing.estimate, self._estimate_loaded)
            self.loader.load(Part.PRICES, client.products.partner_families, self._prices_loaded)

        def _estimate_loaded(self, estimate: BillingEstimate) -> None: ...
        def _prices_loaded(self, families: ReadRows[ProductFamily]) -> None: ...
        def _load_failed(self, part: Part, error: ApiError) -> None: ...
        def _load_missing(self) -> None: ...  # loads what `self.loader.errors` has

    A read runs in a worker of the widget. Its answer, or the `ApiError` that it raised, is taken in the widget's own
    task, as a message is: the functions that take them may change the screen. Any other exception is a defect, and
    told like that of every worker.

    The newest read of a key wins: asking again for a key cancels the read before it, and an answer of that one which
    is there but not taken yet is dropped. A read that goes on, as one page leads to the next, loads the next page under
    the same key from the function that takes the answer.

    With `again` the loader asks again by itself after a failure that may pass, at growing pauses, until every key that
    failed is answered. Where the user asks by hand, call `reset_retries` first.
    """

    def __init__(
        self,
        widget: Widget,
        group: str,
        *,
        failed: Callable[[Key, ApiError], object],
        again: Callable[[], None] | None = None,
    ) -> None:
        """Take the widget, the group of its workers, and who takes the key and the error of a read that failed."""
        self._widget = widget
        self._group = group
        self._failed = failed
        self._retry = Retry(widget, again) if again is not None else None
        self._workers: dict[Key, Worker[None]] = {}
        """The newest read of each key, until its answer is taken."""
        self.errors: dict[Key, ApiError] = {}
        """Why keys could not be read, until they are answered; the newest failure is last."""
        self.answered: dict[Key, datetime] = {}
        """When keys were answered last (UTC)."""
        self.begun = 0
        """How many reads were begun: what was read beside them while that changed may be older than theirs."""

    def load(self, key: Key, read: Callable[[], Awaitable[Value]], loaded: Callable[[Value], object]) -> None:
        """Begin to read `key`; `loaded` takes what `read` returns. A read of it that is on its way is dropped."""
        self.cancel(key)
        self.begun += 1
        work = self._read(key, read, loaded)
        self._workers[key] = self._widget.run_worker(work, group=self._group, exit_on_error=False)

    async def _read(
        self, key: Key, read: Callable[[], Awaitable[Value]], loaded: Callable[[Value], object]
    ) -> None:
        worker = get_current_worker()
        try:
            value = await read()
        except ApiError as error:
            self._widget.call_later(self._take_error, key, worker, error)
        else:
            self._widget.call_later(self._take_value, key, worker, value, loaded)

    def _take_value(
        self, key: Key, worker: Worker[Any], value: Value, loaded: Callable[[Value], object]
    ) -> None:
        if self._workers.get(key) is not worker:
            return
        del self._workers[key]
        self.errors.pop(key, None)
        self.answered[key] = datetime.now(UTC)
        if not self.errors:
            self.reset_retries()
        loaded(value)

    def _take_error(self, key: Key, worker: Worker[Any], error: ApiError) -> None:
        if self._workers.get(key) is not worker:
            return
        del self._workers[key]
        self.errors.pop(key, None)
        self.errors[key] = error
        if self._retry is not None:
            self._retry.failed(error)
        self._failed(key, error)

    # -- what came ------------------------------------------------------------------------

    @property
    def error(self) -> ApiError | None:
        """The newest error of a key that was not answered since, None where there is none."""
        return next(reversed(self.errors.values()), None)

    @property
    def answered_at(self) -> datetime | None:
        """When any key was answered last (UTC), None before the first answer."""
        return max(self.answered.values(), default=None)

    # -- what is on its way ----------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether any answer is still waited for."""
        return bool(self.waiting)

    def waits_for(self, key: Key) -> bool:
        """Return whether the answer for this key is still waited for: no longer so where its worker broke."""
        worker = self._workers.get(key)
        return worker is not None and worker.error is None

    @property
    def waiting(self) -> list[Key]:
        """The keys whose answers are still waited for."""
        return list(filter(self.waits_for, self._workers))

    def cancel(self, key: Key) -> None:
        """Drop the read of this key, where there is one."""
        worker = self._workers.pop(key, None)
        if worker is not None:
            worker.cancel()

    def keep_only(self, keys: Collection[Key]) -> None:
        """Drop every read but those of these keys: nobody waits for what is out of view."""
        for key in [key for key in self._workers if key not in keys]:
            self.cancel(key)

    def clear(self) -> None:
        """Drop every read, and forget errors and ages: something else is read from now on."""
        self.keep_only(())
        self.answered.clear()
        self.forget_errors()

    def read_beside(self, keys: Iterable[Key]) -> None:
        """Take note that these keys were read now in another way than `load`: their failures are over."""
        keys, now = list(keys), datetime.now(UTC)
        self.answered.update((key, now) for key in keys)
        self.forget_errors_of(keys)

    # -- asking again ---------------------------------------------------------------------

    @property
    def retries(self) -> bool:
        """Whether something that could not be read is asked for again by itself, after a pause."""
        return self._retry is not None and self._retry.is_planned

    def forget_errors(self) -> None:
        """Take every failure for over: the API answers."""
        self.forget_errors_of(list(self.errors))

    def forget_errors_of(self, keys: Iterable[Key]) -> None:
        """Take the failures of these keys for over; with the last failure the retries are."""
        for key in keys:
            self.errors.pop(key, None)
        if not self.errors:
            self.reset_retries()

    def reset_retries(self) -> None:
        """Drop the retry that is planned, and begin with the shortest pause at the next failure."""
        if self._retry is not None:
            self._retry.answered()
