"""The one-line parts of the screen: where one is and what it costs, the sizes, the names of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from textwrap import wrap

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from jpmanage_tui.services.issuing.quote import Quote, short_total
from jpmanage_tui.ui.sections.issue.columns import columns
from jpmanage_tui.ui.widgets.line import Line, clip, pad, strip_of
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH


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
        & > .steps--muted { color: $text-muted; }
        & > .steps--total { text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[WizardStep, Quote] = (WizardStep.PRODUCTS, Quote(()))

    def show_step(self, step: WizardStep, quote: Quote) -> None:
        """Show where one is and what is selected."""
        if (step, quote) != self._shown:
            self._shown = (step, quote)
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return title (where there is room), steps and sums."""
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
        title = "Issue New License  "
        left: list[tuple[str, Style]] = []
        if taken + cell_len(title) + cell_len(right) + 2 <= width:
            left.append((title, self.style("steps--total")))
            taken += cell_len(title)
        if taken + cell_len(right) + 2 > width:
            right = right.replace("licenses", "lic.")
        right = clip(right, max(0, width - taken - 2))
        gap = max(1, width - taken - cell_len(right))
        style = self.style("steps--total") if quote.lines else self.style("steps--muted")
        return [*left, *steps, (" " * gap, self.rich_style), (right, style)]

    def _steps(self, step: WizardStep) -> list[tuple[str, Style]]:
        parts: list[tuple[str, Style]] = []
        for one in WizardStep:
            if parts:
                parts.append(("›", self.style("steps--muted")))
            current = one is step
            parts.append(
                (f"[{one.value}]", self.style("steps--current"))
                if current
                else (f" {one.value} ", self.style("steps--muted"))
            )
        return parts


class SizeTabs(Line):
    """The sizes in which something is sold, the present one reversed; a size with a selection shows how many."""

    COMPONENT_CLASSES = {"sizes--current", "sizes--muted"}
    DEFAULT_CSS = """
    SizeTabs {
        padding: 0 1;
        & > .sizes--current { text-style: bold reverse; color: $primary; }
        & > .sizes--muted { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[tuple[int, int], ...], int] = (((1, 0),), 1)

    def show_sizes(self, sizes: Sequence[tuple[int, int]], current: int) -> None:
        """Show sizes, each with how many of it are selected."""
        if (tuple(sizes), current) != self._shown:
            self._shown = (tuple(sizes), current)
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the sizes in the longest form that fits."""
        for form in range(2):
            parts = self._form(form)
            if sum(cell_len(text) for text, _ in parts) <= width:
                return parts
        return self._form(2)

    def _form(self, form: int) -> list[tuple[str, Style]]:
        sizes, current = self._shown
        parts: list[tuple[str, Style]] = []
        for size, count in sizes:
            if size == 1:
                words = ("Single license", "Single", "1")[form]
            else:
                words = (f"{size} licenses", f"{size} licenses" if size == current else f"{size}", f"{size}")[
                    form
                ]
            figure = f" ✓{count}" if count else ""
            style = self.style("sizes--current") if size == current else self.rich_style
            parts.append((f" {words}{figure} ", style))
        return parts


class ProductHeadings(Line):
    """The names of the columns above the products."""

    DEFAULT_CSS = "ProductHeadings { color: $text-muted; text-style: bold; }"

    def __init__(self) -> None:
        super().__init__()
        self._width, self._in_size = 0, 1

    def fit(self, width: int, size: int) -> None:
        """Name the columns for rows of `width` cells, marker included, in a size."""
        if (width, size) != (self._width, self._in_size):
            self._width, self._in_size = width, size
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the names at the places of their columns."""
        # before the list is laid out: it keeps a cell for its scroll bar
        column = columns((self._width or width - 1) - MARKER_WIDTH)
        what = "Product" if self._in_size == 1 else f"Product, bundle of {self._in_size}"
        last = "In bundles of" if self._in_size == 1 else "Saves a month"
        text = " " * (MARKER_WIDTH + column.count) + pad(what, column.name)
        text += ("Per day".rjust(column.day) if column.day else "") + "Per month".rjust(column.month)
        if column.last:
            text += "  " + pad(last, column.last)
        return [(text, self.rich_style)]


class About(Widget):
    """Two muted lines about what is under the cursor: a plan names all that it contains."""

    DEFAULT_CSS = "About { height: 2; width: 1fr; color: $text-muted; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.words = ""

    def tell(self, words: str) -> None:
        """Show other words."""
        if words != self.words:
            self.words = words
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the painted line (Textual's line API)."""
        width = self.content_size.width
        first, *rest = wrap(self.words, max(1, width)) or [""]
        line = (first, clip(" ".join(rest), width))[y]
        return strip_of([(line, self.rich_style)], width, self.rich_style)
