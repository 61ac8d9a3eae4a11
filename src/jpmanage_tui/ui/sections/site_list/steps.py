"""The steps of a list of sites, and the line that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.ui.widgets.text_line import TextLine, Tone, Words


class ListStep(Enum):
    """The steps, in their order."""

    LIST = "List"
    MATCH = "Match"
    DO = "What to do"
    REVIEW = "Review"


def _step_words(step: ListStep, *, title: bool) -> Words:
    words: Words = [("List of Sites  ", Tone.STRONG)] if title else []
    for one in ListStep:
        if one is not ListStep.LIST:
            words.append(("›", Tone.MUTED))
        words.append((f"[{one.value}]", Tone.CURRENT) if one is step else (f" {one.value} ", Tone.MUTED))
    return words


class StepLine(TextLine):
    """The steps with the present one reversed and in brackets, and at the right what the list has.

    Where there is little room the title goes, then the other steps.
    """

    def __init__(self) -> None:
        super().__init__()
        self._step, self._about = ListStep.LIST, ""

    def show_step(self, step: ListStep, about: str) -> None:
        """Show where one is, and what the list has."""
        if (step, about) != (self._step, self._about):
            self._step, self._about = step, about
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the longest form that fits."""
        step, about = self._step, self._about
        place = f"{list(ListStep).index(step) + 1}/{len(ListStep)} "
        forms: list[Words] = [
            _step_words(step, title=True),
            _step_words(step, title=False),
            [(place, Tone.MUTED), (f"[{step.value}]", Tone.CURRENT)],
        ]
        sizes = [sum(cell_len(text) for text, _ in form) + 2 + cell_len(about) for form in forms]
        index = next((index for index, size in enumerate(sizes) if size <= width), len(forms) - 1)
        gap = " " * max(2, width - sizes[index] + 2)
        self._words = [*forms[index], (gap, Tone.PLAIN), (about, Tone.PLAIN)]
        return super().parts(width)
