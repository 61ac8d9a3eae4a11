"""The steps of issuing, and the line that shows them with what is selected and what it costs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum
from itertools import accumulate

from rich.cells import cell_len
from rich.style import Style
from textual import events

from jpmanage_tui.services.issuing.quote import Quote, short_total
from jpmanage_tui.ui.common.accessibility import CURRENT, is_accessible
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.widgets.line import Line, clip


class WizardStep(Enum):
    """The steps of issuing, in their order."""

    PRODUCTS = "Products"
    SITE = "Site"
    REVIEW = "Review"
    RESULT = "Result"


class StepLine(Line):
    """The steps with the present one reversed and in brackets; at the right what is selected and what it costs."""

    COMPONENT_CLASSES = {"steps--current", "steps--muted", "steps--total"}
    DEFAULT_CSS = """
    StepLine {
        padding: 0 1;
        & > .steps--current { text-style: bold reverse; color: $primary; }
        & > .steps--muted { color: $text-muted; text-style: $muted-style; }
        & > .steps--total { text-style: bold; }
    }
    """

    class StepChosen(DataMessage):
        """A step was clicked."""

        step: WizardStep

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[WizardStep, Quote] = (WizardStep.PRODUCTS, Quote(()))

    def on_click(self, event: events.Click) -> None:
        """Say which step is under the mouse, where they are all shown."""
        steps, column = self._steps(self._shown[0]), event.x - self.styles.padding.left
        ends = list(accumulate(cell_len(text) for text, _ in steps))
        index = bisect_right(ends, column)
        if ends[-1] <= self.content_size.width and 0 <= column < ends[-1] and not index % 2:
            self.post_message(self.StepChosen(tuple(WizardStep)[index // 2]))

    def show_step(self, step: WizardStep, quote: Quote) -> None:
        """Show where one is and what is selected."""
        if (step, quote) != self._shown:
            self._shown = (step, quote)
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return steps and sums."""
        step, quote = self._shown
        right = short_total(quote) if quote.lines else "nothing selected"
        if step is WizardStep.RESULT:
            right = ""
        steps = self._steps(step)
        taken = sum(cell_len(text) for text, _ in steps)
        if taken > width:
            place = list(WizardStep).index(step) + 1
            steps = [
                (f"{place}/{len(WizardStep)} ", self.style("steps--muted")),
                (f"[{step.value}]", self.style("steps--current")),
            ]
            taken = sum(cell_len(text) for text, _ in steps)
        if taken + cell_len(right) + 2 > width:
            right = right.replace("licenses", "lic.")
        right = clip(right, max(0, width - taken - 2))
        gap = max(1, width - taken - cell_len(right))
        style = self.style("steps--total") if quote.lines else self.style("steps--muted")
        return [*steps, (" " * gap, self.rich_style), (right, style)]

    def _steps(self, step: WizardStep) -> list[tuple[str, Style]]:
        parts: list[tuple[str, Style]] = []
        for one in WizardStep:
            if parts:
                parts.append(("›", self.style("steps--muted")))
            current = one is step
            said = CURRENT if current and is_accessible(self) else ""
            parts.append(
                (f"[{one.value}]{said}", self.style("steps--current"))
                if current
                else (f" {one.value} ", self.style("steps--muted"))
            )
        return parts
