"""Watching something that goes on: how it stands, stop, retry, and what became of it. First of all, many changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.operation import Operation, Outcome
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.runs import BatchRun, RunItem
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.operation_text import short_summary
from jpmanage_tui.ui.common.text import log_words
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.dialogs.under_way import NO_MORE
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Finished:
    """What a run came to: a sentence for the status line, what was changed or may have been, whether all was done.

    `outcomes` are those of each change that has ended, `unverified` the changes of which it is still being looked up what
    became of them.
    """

    sentence: str
    touched: tuple[Mutation[Any], ...]
    complete: bool
    outcomes: tuple[Outcome[Any], ...] = ()
    unverified: tuple[Operation[Any], ...] = ()


class PlanList(VirtualList, can_focus=False):
    """A line for each change, with how it ended."""

    DEFAULT_CSS = "PlanList { height: auto; scrollbar-size-horizontal: 0; background: $surface; }"

    def __init__(self, plan: BatchRun) -> None:
        super().__init__(id="plan")
        self.plan = plan

    def line_count(self) -> int:
        """Return the number of changes."""
        return len(self.plan.items)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a change, up to four tenths of the screen."""
        return max(1, min(len(self.plan.items), self.app.size.height * 4 // 10))

    @property
    def current(self) -> RunItem | None:
        """The item under the cursor."""
        items = self.plan.items
        return items[self.cursor] if self.cursor < len(items) else None

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the state in a word, and the change."""
        item = self.plan.items[line]
        style = self.get_component_rich_style("list--muted" if item.outcome is None else "list--strong")
        return [(f"{_word(item):<9} ", style), (short_summary(item.change), self.rich_style)]


def _count(changes: Iterable[Mutation[Any]]) -> int:
    """Return how many licenses changes are about: a bundle counts its size."""
    return sum(getattr(change, "quantity", None) or 1 for change in changes)


def _word(item: RunItem) -> str:
    outcome = item.outcome
    if outcome is None:
        return "? looking" if item.verifying else "…" if item.running else "waiting"
    return "✓ done" if outcome.happened else ("? unknown" if outcome.unknown else "✗ failed")


def _about(item: RunItem | None) -> str:
    """Return the whole sentence of an item: what, where, how it ended and why."""
    if item is None:
        return ""
    return f"{item.change.summary()}." if item.outcome is None else item.outcome.sentence


class ProgressDialog(Dialog[Answer]):
    """Watches something that goes on: a list of its parts, a line that counts them, and Stop, Retry and Close.

    esc stops it while it runs and closes the dialog after, with the `result`. A subclass composes its list in `parts`
    and shows in `show` how it stands; whoever does the work calls `tell_progress` when that has changed.
    """

    DEFAULT_CSS = "ProgressDialog > .dialog--box { width: 100; }"
    first_focus: ClassVar[str | None] = "#stop"
    retry_label: ClassVar[str] = "Retry what failed"
    retry_changes: ClassVar[bool] = True
    """Whether a retry changes something, so that a key in a paste must not start it."""

    class Progressed(Message):
        """It stands otherwise now."""

    def parts(self) -> Iterable[Widget]:
        """Return the list, and what stands between it and the line that counts."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """Compose the parts, the count and the buttons."""
        yield from self.parts()
        yield self.text("", id="count")
        yield self.buttons(
            Button("Stop", id="stop"),
            Button(self.retry_label, id="retry", changes=self.retry_changes),
            Button("Close", id="close"),
        )

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        raise NotImplementedError

    @property
    def can_retry(self) -> bool:
        """Whether there is something to try again."""
        raise NotImplementedError

    def stop(self) -> None:
        """Begin nothing more of it (only while it runs)."""
        raise NotImplementedError

    def retry(self) -> None:
        """Try again (only where `can_retry`)."""
        raise NotImplementedError

    def result(self) -> Answer:
        """Return what it came to."""
        raise NotImplementedError

    def show(self) -> None:
        """Show how it stands: the list, the line (`show_count`) and the buttons."""
        raise NotImplementedError

    def tell_progress(self) -> None:
        """Have it shown how it stands now."""
        self.post_message(self.Progressed())

    @on(Progressed)
    def _progressed(self) -> None:
        self.show()

    def show_count(self, words: str) -> None:
        """Say how it stands in the line below the list, and in the footer what esc does now."""
        self.query_one("#count", Static).update(words)
        self.esc_words = "Stop" if self.running else "Close"
        self.tell_keys()

    @on(Button.Pressed, "#stop")
    def _stop_pressed(self) -> None:
        if self.running:
            self.stop()

    @on(Button.Pressed, "#retry")
    def _retry_pressed(self) -> None:
        if self.can_retry:
            self.retry()

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        if not self.running:
            self.dismiss(self.result())

    def step_back(self) -> None:
        """Stop while it runs, close after (esc)."""
        if self.running:
            self.stop()
        else:
            self.dismiss(self.result())


class BatchRunDialog(ProgressDialog[Finished]):
    """Sends changes one after another; stopping lets what is on its way finish. Closes with what they came to."""

    DEFAULT_CSS = "BatchRunDialog #about { margin: 1 0; max-height: 5; }"

    def __init__(self, words: str, changes: Sequence[Mutation[Any]], queue: OperationsQueue) -> None:
        super().__init__(f"{words} {pluralize(_count(changes), 'license')}")
        self._queue = queue
        self._plan = BatchRun(changes)
        self._before: list[RunItem] = []
        """What ended in the runs before this one and is not tried again."""
        self._ran = False
        self._stopped = False

    def parts(self) -> Iterable[Widget]:
        """Return the list, and what is to be said of the change under the cursor."""
        return PlanList(self._plan), self.text("", muted=True, id="about")

    def on_mount(self) -> None:
        """Start the plan."""
        self._start(self._plan)

    def _start(self, plan: BatchRun) -> None:
        self._plan = plan
        self.query_one(PlanList).plan = plan
        plan.start(self._queue, self._item)
        self.run_worker(self._watch(plan), group="plan", exclusive=False, exit_on_error=False)
        self._ran, self._stopped = True, False
        self.show()
        self.query_one("#stop").focus()

    def _item(self, _item: RunItem) -> None:
        self.tell_progress()

    async def _watch(self, plan: BatchRun) -> None:
        await plan.finished()
        self.tell_progress()

    @property
    def running(self) -> bool:
        """Whether it goes on; a look at what became of the last change does not hold up who has stopped it."""
        looks = any(item.verifying for item in self._plan.items)
        return self._plan.running and not (self._stopped and looks)

    @property
    def can_retry(self) -> bool:
        """Whether something failed or was not begun."""
        plan = self._plan
        return not plan.running and bool(plan.failed or plan.remaining)

    def _ended(self) -> list[RunItem]:
        return [*self._before, *(item for item in self._plan.items if item.outcome is not None)]

    def _count_words(self) -> str:
        plan = self._plan
        ended = [item.outcome for item in self._ended() if item.outcome is not None]
        failed = _count(outcome.change for outcome in plan.failed)
        words = f"{_count(one.change for one in ended if one.happened):,} done, {failed:,} failed"
        for count, what in (
            (_count(one.change for one in ended if one.unknown), "unknown"),
            (_count(item.change for item in plan.items if item.verifying), "being looked up"),
            (_count(plan.remaining), "not begun"),
        ):
            words += f", {count:,} {what}" if count else ""
        return words

    def show(self) -> None:
        """Show how the changes stand; once they have ended, the first that was not done, and the focus on Close."""
        plan, shown = self._plan, self.query_one(PlanList)
        halted = f". {plan.stop_reason}" if plan.stop_reason else ""
        running = self.running
        if self._stopped and running:
            halted = ". Stopping: what is on its way finishes first…"
        self.show_count(self._count_words() + halted)
        self.query_one("#stop").display = running
        self.query_one("#close").display = not running
        retry = self.query_one("#retry", Button)
        retry.label = "Retry what failed" if plan.failed else "Go on with the rest"
        retry.display = self.can_retry
        shown.changed()
        active = next((line for line, item in enumerate(plan.items) if item.running), None)
        if active is not None:
            shown.move_cursor(active)
        if not running and self._ran:
            self._ran = False
            wrong = (
                line for line, item in enumerate(plan.items) if item.outcome and not item.outcome.happened
            )
            shown.move_cursor(next(wrong, shown.cursor))
            self.query_one("#close").focus()

    @on(VirtualList.Highlighted)
    def _tell_current(self) -> None:
        self.query_one("#about", Static).update(_about(self.query_one(PlanList).current))

    def stop(self) -> None:
        """Send nothing more; what is on its way is finished."""
        self._stopped = True
        self._plan.stop()
        self.show()

    def retry(self) -> None:
        """Send again what failed, and what was not begun."""
        plan = self._plan
        self._before += [item for item in plan.items if item.outcome and not item.outcome.nothing_done]
        self._start(plan.retry())

    def result(self) -> Finished:
        """Return what the changes came to."""
        outcomes = [item.outcome for item in self._ended() if item.outcome is not None]
        wrong = [outcome for outcome in outcomes if not outcome.happened]
        words = self._count_words()
        why = self._plan.stop_reason or (wrong[0].detail or wrong[0].sentence if wrong else "")
        looked_up = [
            item.operation for item in self._plan.items if item.verifying and item.operation is not None
        ]
        complete = not wrong and not self._plan.remaining and not looked_up
        sentence = f"{self.title_words}: {words}" + (f": {why}" if why else ".")
        return Finished(
            sentence if complete else f"{sentence} {log_words()}",
            (
                *(outcome.change for outcome in outcomes if not outcome.nothing_done),
                *(operation.change for operation in looked_up),
            ),
            complete,
            tuple(outcomes),
            tuple(looked_up),
        )

    def unfinished(self) -> str | None:
        """Return what is not begun yet, None when it has ended."""
        if not self._plan.running:
            return None
        left, whole = _count(self._plan.remaining), _count(item.change for item in self._plan.items)
        are = "is" if left == 1 else "are"
        return f"{self.title_words}: {left:,} of {whole:,} {are} not begun yet. {NO_MORE}"
