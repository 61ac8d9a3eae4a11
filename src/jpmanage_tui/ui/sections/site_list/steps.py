"""The steps of a list of sites, and the line that shows them."""

from __future__ import annotations

from enum import Enum

from jpmanage_tui.ui.widgets.text_line import TextLine, Tone, Words


class ListStep(Enum):
    """The steps, in their order."""

    LIST = "List"
    MATCH = "Match"
    DO = "What to do"
    REVIEW = "Review"


def step_words(step: ListStep, about: str) -> Words:
    """Return the steps with the present one reversed and in brackets, and what the list has (`about`)."""
    words: Words = [("List of Sites  ", Tone.STRONG)]
    for one in ListStep:
        if one is not ListStep.LIST:
            words.append(("›", Tone.MUTED))
        words.append(
            (f"[{one.value}]", Tone.CURRENT) if one is step else (f" {one.value} ", Tone.MUTED)
        )
    return [*words, (f"   {about}", Tone.PLAIN)]


class StepLine(TextLine):
    """The steps; where there is little room, the place and the name of the present one."""

    def show_step(self, step: ListStep, about: str) -> None:
        """Show where one is, and what the list has."""
        words = step_words(step, about)
        if sum(len(text) for text, _ in words) > max(1, self.content_size.width):
            place = f"{list(ListStep).index(step) + 1}/{len(ListStep)} "
            words = [(place, Tone.MUTED), (f"[{step.value}]", Tone.CURRENT), (f"  {about}", Tone.PLAIN)]
        self.show_words(words)
