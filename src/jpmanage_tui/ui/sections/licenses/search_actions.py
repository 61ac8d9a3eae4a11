"""The part of the Licenses screen that searches and filters all licenses, by the index."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.rules.license_query import NO_FILTERS, Filters, LicenseQuery
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.search.index_state import PERIOD, IndexState
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.licenses.actions import LicenseActions
from jpmanage_tui.ui.sections.licenses.search_controller import IndexedSection, SearchIndexController
from jpmanage_tui.ui.sections.licenses.text import filter_text
from jpmanage_tui.ui.widgets.line import Line, clip


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
        words, hint = filter_text(self._filters, width), "   esc takes one away"
        room = cell_len(words) + cell_len(hint) <= width
        return [(words + hint if room else clip(words, width), self.rich_style)]


class SearchActions(LicenseActions, IndexedSection):
    """A section whose list is searched by the server and, beside it, by the index of all licenses."""

    search_index: SearchIndexController

    def show_query(self, query: LicenseQuery) -> None:
        """Show the answer to another question."""
        raise NotImplementedError

    def on_unmount(self) -> None:
        """End the index's thread."""
        self.search_index.close()

    # -- the index -------------------------------------------------------------------------

    def action_index(self) -> None:
        """Begin to read all licenses, or stop it."""
        self.start_action(self._build_or_stop())

    def index_disabled_reason(self) -> str | None:
        """Return why there is nothing to read."""
        if self.counts is None:
            return "The licenses are not counted yet."
        return None if self.counts.all else "This account has no licenses yet."

    async def _build_or_stop(self) -> None:
        self.status_line.clear()  # what was said before would hide how far it is
        if self.search_index.state is IndexState.READING:
            self.search_index.stop()
        elif await self._may_build():
            self.search_index.build()

    async def _may_build(self) -> bool:
        """Return whether all licenses may be read: above a number of them the user is asked."""
        from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

        count = self.counts.all if self.counts is not None else 0
        if self.search_index.is_automatic(count) or self.search_index.state is IndexState.PART:
            return True
        question = Confirmation(
            f"Read all {count:,} licenses?",
            [
                "Search and filters then cover every license, also those inside bundles.",
                index_cost_text(count),
                f"The program stays usable meanwhile; {key_for('index')} stops it. The index is kept in memory only.",
            ],
            "Read all licenses",
            changes=False,
            harmless=True,
        )
        return await self.app.push_screen_wait(ConfirmDialog(question)) is not None

    # -- filters ---------------------------------------------------------------------------

    def set_filters(self, filters: Filters) -> None:
        """Show only what passes these filters."""
        self.show_query(self.state.query._replace(filters=filters))

    def action_filter(self) -> None:
        """Ask what to filter by, then by which, and show that."""
        self.start_action(self._choose_filter())

    def filter_disabled_reason(self) -> str | None:
        """Return why there is nothing to filter."""
        return self.index_disabled_reason()

    async def _choose_filter(self) -> None:
        from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
        from jpmanage_tui.ui.sections.licenses.filter_dialog import choose_filter, filter_kinds

        choices = filter_kinds(self.state.query.filters)
        chosen = await self.app.push_screen_wait(ChoiceDialog("Filter by", choices))
        if chosen == "none":
            self.set_filters(NO_FILTERS)
        elif chosen is not None and await self._index_begun():
            filters = await choose_filter(self, self.search_index, chosen)
            if filters is not None:
                self.set_filters(filters)

    async def _index_begun(self) -> bool:
        """Begin the index where it is not there; returns False where the user does not want it."""
        if self.search_index.state in (IndexState.NONE, IndexState.PART):
            if not await self._may_build():
                return False
            self.search_index.build()
        return True


def index_cost_text(licenses: int) -> str:
    """Return what reading so many licenses takes."""
    from jpmanage_tui.services.search.index_builder import index_requests

    requests = index_requests(licenses)
    seconds = requests * PERIOD
    time = (
        pluralize(round(seconds / 60), "minute")
        if seconds >= 90
        else pluralize(max(1, round(seconds)), "second")
    )
    return (
        f"It takes about {pluralize(requests, 'request')}, and one more for each bundle, "
        f"at most {1 / PERIOD:.0f} a second: about {time} or more."
    )
