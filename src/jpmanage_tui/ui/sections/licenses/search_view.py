"""The part of the Licenses screen that takes what the index says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from textual import on

from jpmanage_tui.rules.license_query import NO_FILTERS, Filters
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.licenses.search_messages import (
    CaughtUp,
    HitsCame,
    IndexMoved,
    MadeCame,
    ReadAgain,
)
from jpmanage_tui.ui.sections.licenses.text import filter_text
from jpmanage_tui.ui.widgets.line import Line, clip

if TYPE_CHECKING:
    from jpmanage_tui.rules.license_query import LicenseQuery
    from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState
    from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController


class FilterLine(Line):
    """The filters that are on; it takes a line only while there are any."""

    DEFAULT_CSS = """
    FilterLine { padding: 0 1; display: none; text-style: bold; }
    FilterLine.-open { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._filters = NO_FILTERS

    def show_filters(self, filters: Filters) -> None:
        """Show these filters."""
        if filters != self._filters:
            self._filters = filters
            self.set_class(bool(filters), "-open")
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the line; the key that takes a filter away only where it fits in whole."""
        words, hint = filter_text(self._filters), "   esc takes one away"
        room = cell_len(words) + cell_len(hint) <= width
        return [(words + hint if room else clip(words, width), self.rich_style)]


class FindingView(Section):
    """Takes the messages of `SearchIndexController`."""

    find: SearchIndexController
    book: LicenseListState

    def ask(self, query: LicenseQuery) -> None:
        """Show the answer to another question."""
        raise NotImplementedError

    def _show(self) -> None:
        raise NotImplementedError

    def on_unmount(self) -> None:
        """End the index's thread."""
        self.find.close()

    def set_filters(self, filters: Filters) -> None:
        """Show only what passes these filters."""
        self.ask(self.book.query._replace(filters=filters))

    @on(HitsCame)
    def _hits_came(self, message: HitsCame) -> None:
        self.find.hits_came(message)
        self._show()
        self.remind()  # what stood in the place of the rows has no place any more

    @on(MadeCame)
    def _made_came(self, message: MadeCame) -> None:
        message.rows.fill(message.first, message.made)
        self._show()

    @on(ReadAgain)
    def _was_read_again(self, message: ReadAgain) -> None:
        self.find.read_again(message)
        self._show()

    @on(CaughtUp)
    def _index_caught_up(self, message: CaughtUp) -> None:
        self.find.caught_up(message)

    @on(IndexMoved)
    def _index_moved(self, message: IndexMoved) -> None:
        self.find.moved(message)
        if message.error is not None:
            self.say_here(
                error_text(message.error, "Reading all licenses") + f" {key_for('index')} goes on.", "error"
            )
        self.post_message(self.StatusChanged())
