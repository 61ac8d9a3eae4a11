"""The part of the Licenses screen that searches and filters all licenses, by the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from jpmanage_tui.rules.license_query import NO_FILTERS, Filters, LicenseQuery
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.search.index_state import PERIOD, IndexState
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.licenses.actions import LicenseActions
from jpmanage_tui.ui.sections.licenses.filters import age_choices, age_text
from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState
from jpmanage_tui.ui.sections.licenses.search_controller import (
    HitsFound,
    IndexCaughtUp,
    IndexProgress,
    LicenseReread,
    RowsMade,
    SearchIndexController,
)
from jpmanage_tui.ui.sections.licenses.text import index_progress

if TYPE_CHECKING:
    from jpmanage_tui.api.licenses import LicenseCounts
    from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog


class SearchActions(LicenseActions):
    """A section whose list is searched by the server and, beside it, by the index of all licenses."""

    search_index: SearchIndexController
    state: LicenseListState
    counts: LicenseCounts | None

    def show_query(self, query: LicenseQuery) -> None:
        """Show the answer to another question."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Show what is known now."""
        raise NotImplementedError

    def on_unmount(self) -> None:
        """End the index's thread."""
        self.search_index.close()

    # -- what the index says ---------------------------------------------------------------

    @on(HitsFound)
    def _hits_found(self, message: HitsFound) -> None:
        self.search_index.hits_found(message)
        self.show_state()
        self.show_load_error()  # what stood in the place of the rows has no place any more

    @on(RowsMade)
    def _rows_made(self, message: RowsMade) -> None:
        message.rows.fill(message.first, message.made)
        self.show_state()

    @on(LicenseReread)
    def _license_reread(self, message: LicenseReread) -> None:
        self.search_index.license_reread(message)
        self.show_state()

    @on(IndexCaughtUp)
    def _index_caught_up(self, message: IndexCaughtUp) -> None:
        self.search_index.index_caught_up(message)

    @on(IndexProgress)
    def _index_progressed(self, message: IndexProgress) -> None:
        self.search_index.index_progressed(message)
        if message.error is not None:
            failed = error_text(message.error, "Reading all licenses")
            self.notify_if_shown(f"{failed} {key_for('index')} goes on.", severity="error")
        self.post_message(self.StatusChanged())

    # -- the index -------------------------------------------------------------------------

    def action_index(self) -> None:
        """Begin to read all licenses, or stop it."""
        self.run_flow(self._build_or_stop())

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
        )
        return await self.app.push_screen_wait(ConfirmDialog(question)) is not None

    # -- filters ---------------------------------------------------------------------------

    def set_filters(self, filters: Filters) -> None:
        """Show only what passes these filters."""
        self.show_query(self.state.query._replace(filters=filters))

    def action_filter(self) -> None:
        """Ask what to filter by, then by which, and show that."""
        self.run_flow(self._choose_filter())

    def filter_disabled_reason(self) -> str | None:
        """Return why there is nothing to filter."""
        return self.index_disabled_reason()

    async def _choose_filter(self) -> None:
        from jpmanage_tui.ui.dialogs.choice import ChoiceDialog

        choices = _filter_choices(self.state.query.filters)
        chosen = await self.app.push_screen_wait(ChoiceDialog("Filter by", choices))
        if chosen == "none":
            self.set_filters(NO_FILTERS)
        elif chosen is not None and await self._index_begun():
            value = await self.app.push_screen_wait(self._filter_dialog(chosen))
            if value is not None:
                self.set_filters(_with_filter(self.state.query.filters, chosen, value))

    async def _index_begun(self) -> bool:
        """Begin the index where it is not there; returns False where the user does not want it."""
        if self.search_index.state in (IndexState.NONE, IndexState.PART):
            if not await self._may_build():
                return False
            self.search_index.build()
        return True

    def _filter_dialog(self, by: str) -> ChoiceDialog:
        from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, FoundChoices

        search_index = self.search_index

        def counted(found: list[tuple[str, int]]) -> FoundChoices:
            progress = index_progress(search_index)
            note = progress or f"of {search_index.count:,} licenses and bundles; enter chooses"
            choices = [Choice(name, name, f"{count:,}") for name, count in found]
            return FoundChoices(choices, note, progress is not None)

        async def sites(text: str) -> FoundChoices:
            return counted(await search_index.index.sites(self.state.query.tab, text))

        async def products(text: str) -> FoundChoices:
            return counted(await search_index.index.products(self.state.query.tab, text))

        async def days(text: str) -> FoundChoices:
            return FoundChoices(age_choices(text), "issued before that; another number of days can be typed")

        match by:
            case "site":
                return ChoiceDialog(
                    "Which site?", source=sites, placeholder="type to search the sites with licenses"
                )
            case "product":
                return ChoiceDialog(
                    "Which product?", source=products, placeholder="type to search the products"
                )
            case _:
                return ChoiceDialog("How old?", source=days, placeholder="number of days")


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


def _filter_choices(filters: Filters) -> list[Choice]:
    from jpmanage_tui.ui.dialogs.choice import Choice

    age = age_text(filters.older_than).lower() if filters.older_than is not None else ""
    choices = [
        Choice("site", "Site…", filters.site or ""),
        Choice("product", "Product…", filters.product or ""),
        Choice("age", "Older than…", age),
    ]
    return [*choices, Choice("none", "No filter")] if filters else choices


def _with_filter(filters: Filters, by: str, value: str) -> Filters:
    match by:
        case "site":
            return filters._replace(site=value)
        case "product":
            return filters._replace(product=value)
        case _:
            return filters._replace(older_than=int(value))
