"""Watching many changes go through the queue one after another: progress, stop, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.operations.change import Change
from jpmanage_tui.operations.plans import Plan, PlanItem
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.push_button import PushButton
from jpmanage_tui.ui.widgets.virtual_list import VirtualList
from jpmanage_tui.ui.words import number


class PlanList(VirtualList):
    """A line for each change, with how it ended."""

    DEFAULT_CSS = "PlanList { height: auto; max-height: 14; background: $surface; }"

    def __init__(self, plan: Plan) -> None:
        super().__init__(id="plan")
        self.plan = plan

    def line_count(self) -> int:
        """Return the number of changes."""
        return len(self.plan.items)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a change."""
        return max(1, len(self.plan.items))

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the state in a word, and the change."""
        item = self.plan.items[line]
        muted = self.get_component_rich_style("list--muted")
        outcome = item.outcome
        if outcome is None:
            word = "? looking" if item.looking else "…" if item.running else "waiting"
            return [(f"{word:<9} ", muted), (item.change.sentence(), self.rich_style)]
        word = "✓ done  " if outcome.happened else ("? unknown" if outcome.unknown else "✗ failed")
        words = item.change.sentence() if outcome.happened else outcome.sentence
        return [(f"{word:<9} ", self.get_component_rich_style("list--strong")), (words, self.rich_style)]


class PlanDialog(Dialog[bool]):
    """Runs a plan; stopping lets what is on its way finish. Closes with True when anything may have changed."""

    DEFAULT_CSS = "PlanDialog > .dialog--box { width: 100; }"
    first_focus: ClassVar[str | None] = "#stop"

    class Progressed(Message):
        """An item of the plan began or ended."""

    def __init__(self, words: str, changes: Sequence[Change[Any]], queue: OperationsQueue) -> None:
        super().__init__(f"{words} {number(len(changes), 'license')}")
        self._queue = queue
        self._plan = Plan(changes)
        self._anything = False

    def body(self) -> ComposeResult:
        """Compose the list, the count and the buttons."""
        yield PlanList(self._plan)
        yield self.text("", id="count")
        yield self.buttons(
            PushButton("Stop", id="stop"),
            PushButton("Retry what failed", id="retry"),
            PushButton("Close", id="close"),
        )

    def on_mount(self) -> None:
        """Start the plan."""
        self._start(self._plan)

    def _start(self, plan: Plan) -> None:
        self._plan = plan
        self.query_one(PlanList).plan = plan
        plan.start(self._queue, self._item)
        self.run_worker(self._watch(plan), group="plan", exclusive=False, exit_on_error=False)
        self._show()

    def _item(self, _item: PlanItem) -> None:
        self.post_message(self.Progressed())

    async def _watch(self, plan: Plan) -> None:
        await plan.finished()
        self.post_message(self.Progressed())

    @on(Progressed)
    def _show(self) -> None:
        plan = self._plan
        done, failed, unknown = len(plan.succeeded), len(plan.failed), len(plan.unknown)
        self._anything = self._anything or bool(done or unknown)
        words = f"{done} done, {failed} failed, {unknown} unknown, {len(plan.left)} not begun"
        if plan.halted:
            words += f". {plan.halted}"
        self.query_one("#count", Static).update(words)
        running = plan.running
        self.query_one("#stop", PushButton).off = None if running else "Nothing is running."
        self.query_one("#close", PushButton).off = "Stop it first, or wait." if running else None
        retryable = not running and (failed or plan.left)
        self.query_one("#retry", PushButton).off = None if retryable else "Nothing to send again."
        shown = self.query_one(PlanList)
        shown.changed()
        active = next((n for n, item in enumerate(plan.items) if item.running), None)
        if active is not None:
            shown.place(active)
        if not running and self.focused is not None and self.focused.id == "stop":
            self.query_one("#close").focus()

    @on(PushButton.Pressed, "#stop")
    def _stop(self) -> None:
        self._plan.stop()
        self.query_one("#count", Static).update("Stopping: what is on its way finishes first…")

    @on(PushButton.Pressed, "#retry")
    def _retry(self, event: PushButton.Pressed) -> None:
        if not event.button.off:
            self._start(self._plan.retry())

    @on(PushButton.Pressed, "#close")
    def _close(self, event: PushButton.Pressed) -> None:
        if not event.button.off:
            self.dismiss(self._anything)

    def step_back(self) -> None:
        """Stop while it runs, close after (esc)."""
        if self._plan.running:
            self._stop()
        else:
            self.dismiss(self._anything)

    def press(self, event: events.Key) -> None:
        """Scroll the list with up and down, move between the buttons with left and right."""
        moves = {"up": -1, "down": 1}
        if event.key in moves:
            event.stop()
            self.query_one(PlanList).move(moves[event.key])
        else:
            super().press(event)
