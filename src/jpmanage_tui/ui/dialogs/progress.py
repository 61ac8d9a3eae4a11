"""Watching many changes go through the queue one after another: progress, stop, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.operation import Operation, Outcome
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.runs import BatchRun, RunItem
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.ui.common.text import log_words
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.dialogs.log import short_summary
from jpmanage_tui.ui.dialogs.under_way import NO_MORE
from jpmanage_tui.ui.widgets.button import PushButton
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


@dataclass(frozen=True)
class Finished:
    """What a run came to: a sentence for the status line, what was changed or may have been, whether all was done.

    `outcomes` are those of each change that has ended, `looking` the changes of which it is still being looked up what
    became of them.
    """

    sentence: str
    touched: tuple[Mutation[Any], ...]
    complete: bool
    outcomes: tuple[Outcome[Any], ...] = ()
    looking: tuple[Operation[Any], ...] = ()


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


class ProgressDialog(Dialog[Finished]):
    """Runs a plan; stopping lets what is on its way finish. Closes with what it came to."""

    DEFAULT_CSS = """
    ProgressDialog {
        & > .dialog--box { width: 100; }
        & #about { margin: 1 0; max-height: 5; }
    }
    """
    first_focus: ClassVar[str | None] = "#stop"

    class Progressed(Message):
        """An item of the plan began or ended."""

    def __init__(self, words: str, changes: Sequence[Mutation[Any]], queue: OperationsQueue) -> None:
        super().__init__(f"{words} {pluralize(_count(changes), 'license')}")
        self._queue = queue
        self._plan = BatchRun(changes)
        self._before: list[RunItem] = []
        """What ended in the runs before this one and is not tried again."""
        self._ran = False
        self._stopped = False

    def body(self) -> ComposeResult:
        """Compose the list, what is to be said of the selected change, the count and the buttons."""
        yield PlanList(self._plan)
        yield self.text("", muted=True, id="about")
        yield self.text("", id="count")
        yield self.buttons(
            PushButton("Stop", id="stop"),
            PushButton("Retry what failed", id="retry", changes=True),
            PushButton("Close", id="close"),
        )

    def on_mount(self) -> None:
        """Start the plan."""
        self._start(self._plan)

    def _start(self, plan: BatchRun) -> None:
        self._plan = plan
        self.query_one(PlanList).plan = plan
        plan.start(self._queue, self._item)
        self.run_worker(self._watch(plan), group="plan", exclusive=False, exit_on_error=False)
        self._ran, self._stopped = True, False
        self._show()
        self.query_one("#stop").focus()

    def _item(self, _item: RunItem) -> None:
        self.post_message(self.Progressed())

    async def _watch(self, plan: BatchRun) -> None:
        await plan.finished()
        self.post_message(self.Progressed())

    @property
    def _busy(self) -> bool:
        """Whether it goes on; a look at what became of the last change does not hold up who has stopped it."""
        looks = any(item.verifying for item in self._plan.items)
        return self._plan.running and not (self._stopped and looks)

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

    @on(Progressed)
    def _show(self) -> None:
        plan, shown = self._plan, self.query_one(PlanList)
        halted = f". {plan.stop_reason}" if plan.stop_reason else ""
        if self._stopped and self._busy:
            halted = ". Stopping: what is on its way finishes first…"
        self.query_one("#count", Static).update(self._count_words() + halted)
        running = self._busy
        self.esc_words = "Stop" if running else "Close"
        self.tell_keys()
        self.query_one("#stop").display = running
        self.query_one("#close").display = not running
        retry = self.query_one("#retry", PushButton)
        retry.words = "Retry what failed" if plan.failed else "Go on with the rest"
        retry.display = not plan.running and bool(plan.failed or plan.remaining)
        shown.changed()
        active = next((line for line, item in enumerate(plan.items) if item.running), None)
        if active is not None:
            shown.place(active)
        if not running and self._ran:
            self._ran = False
            wrong = (
                line for line, item in enumerate(plan.items) if item.outcome and not item.outcome.happened
            )
            shown.place(next(wrong, shown.cursor))
            self.query_one("#close").focus()

    @on(VirtualList.Moved)
    def _tell_current(self) -> None:
        self.query_one("#about", Static).update(_about(self.query_one(PlanList).current))

    @on(PushButton.Pressed, "#stop")
    def _stop(self) -> None:
        if self._plan.running:
            self._stopped = True
            self._plan.stop()
            self._show()

    @on(PushButton.Pressed, "#retry")
    def _retry(self) -> None:
        plan = self._plan
        if not plan.running and (plan.failed or plan.remaining):
            self._before += [item for item in plan.items if item.outcome and not item.outcome.nothing_done]
            self._start(plan.retry())

    @on(PushButton.Pressed, "#close")
    def _close(self) -> None:
        if not self._busy:
            self.dismiss(self._finished())

    def _finished(self) -> Finished:
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

    def step_back(self) -> None:
        """Stop while it runs, close after (esc)."""
        if self._busy:
            self._stop()
        else:
            self.dismiss(self._finished())
