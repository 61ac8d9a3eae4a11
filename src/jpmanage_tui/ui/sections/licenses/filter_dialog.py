"""Choosing a site, a product or an age to filter by: a field over choices that the index makes as the user types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual import on
from textual.timer import Timer

from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceList
from jpmanage_tui.ui.dialogs.search_dialog import SearchDialog
from jpmanage_tui.ui.sections.licenses.filters import age_text

LOOK_AGAIN = 1.0
"""Seconds between two looks while the index is still being made."""
AGES = (7, 30, 90, 180, 365, 730)
MOST_DAYS = 36_500


@dataclass(frozen=True)
class FilterChoices:
    """What there is to choose now; `note` says what the choices are of. `growing`: there may be more soon."""

    choices: Sequence[Choice]
    note: str
    growing: bool = False


Source = Callable[[str], Awaitable[FilterChoices]]


def ages(text: str) -> list[Choice]:
    """Return the ages to choose from: the number of days that was typed, else the usual ones."""
    digits = text.strip()
    if digits:
        days = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0
        return [Choice(str(days), age_text(days))] if 0 < days <= MOST_DAYS else []
    return [Choice(str(days), age_text(days)) for days in AGES]


class FilterDialog(SearchDialog[str]):
    """Returns the name of what was chosen. `source` gives the choices for what was typed."""

    DEFAULT_CSS = "FilterDialog ChoiceList { height: 12; }"
    pause = 0.0

    class ChoicesLoaded(DataMessage):
        """Choices came, for the text that was typed when they were asked for."""

        text: str
        found: FilterChoices

    def __init__(self, title: str, source: Source, placeholder: str) -> None:
        super().__init__(title)
        self._source = source
        self._again: Timer | None = None
        self.placeholder = placeholder

    def make_list(self) -> ChoiceList:
        """Return the list of choices."""
        return ChoiceList([])

    def search(self, text: str) -> None:
        """Ask for the choices; what was planned to be asked again is asked now."""
        self._plan(None)
        self.run_worker(self._look(text), group="facets", exclusive=True, exit_on_error=False)

    async def _look(self, text: str) -> None:
        self.post_message(self.ChoicesLoaded(text, await self._source(text)))

    @on(ChoicesLoaded)
    def _choices_loaded(self, message: ChoicesLoaded) -> None:
        shown = self.query_one(ChoiceList)
        if list(message.found.choices) != shown.choices:
            name = shown.choices[shown.cursor].name if shown.choices else None
            names = [choice.name for choice in message.found.choices]
            shown.choices = list(message.found.choices)
            shown.cursor = names.index(name) if name in names else 0
            shown.changed()
        self.about(message.found.note)
        self._plan(LOOK_AGAIN if message.found.growing else None)

    def _plan(self, seconds: float | None) -> None:
        """Look once more in so many seconds, and only then; with None not by itself."""
        if self._again is not None:
            self._again.stop()
        self._again = self.set_timer(seconds, self.look) if seconds is not None else None

    def choose(self) -> None:
        """Take the choice under the cursor."""
        shown = self.query_one(ChoiceList)
        if shown.choices:
            self.dismiss(shown.choices[shown.cursor].name)
