"""The Licenses screen: tabs with counts, search, the virtual list, and what its messages do to the state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseCounts, LicenseFilter, LicenseSort, SortDirection
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.sections.licenses.actions import LicensesChanged
from jpmanage_tui.ui.sections.licenses.columns import ColumnTitles
from jpmanage_tui.ui.sections.licenses.commands import LICENSES
from jpmanage_tui.ui.sections.licenses.data import (
    COUNTING,
    ChildrenLoaded,
    CountsFailed,
    CountsLoaded,
    LastPageLoaded,
    LicenseLoader,
    LoadFailed,
    PageKey,
    PageLoaded,
)
from jpmanage_tui.ui.sections.licenses.filters import FilterLine
from jpmanage_tui.ui.sections.licenses.list import LicenseList, Ref
from jpmanage_tui.ui.sections.licenses.list_state import FoundRows, LicenseListState
from jpmanage_tui.ui.sections.licenses.marking import NO_ROW
from jpmanage_tui.ui.sections.licenses.search_actions import SearchActions
from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController
from jpmanage_tui.ui.sections.licenses.selection import marks_text
from jpmanage_tui.ui.sections.licenses.tabs import FILTERS, LicenseTabs
from jpmanage_tui.ui.sections.licenses.text import (
    index_hint,
    index_progress,
    placeholder,
    sorts_of,
    summary,
)
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from jpmanage_tui.services.all_licenses import Everything

LIST_CHANGED = "Marking was stopped, since another list is shown: nothing was marked."
NEW_FIRST = (LicenseQuery(), LicenseQuery(tab=LicenseFilter.DETACHED))
"""The lists that begin with what was just issued."""
SORT_LABELS = {
    LicenseSort.ISSUED_AT: "Issued on",
    LicenseSort.ATTACHED_AT: "Assigned on",
    LicenseSort.REVOKED_AT: "Revoked on",
}
SETTLE = 0.05
"""Seconds the view must stand still before its pages are asked for: what is only scrolled past costs nothing."""


class LicensesSection(SearchActions):
    """Every license of the partner key, by filter, search and order."""

    COMMAND_SET = LICENSES
    SHOWS_LICENSES = True
    DEFAULT_CSS = "LicensesSection { layout: vertical; }"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.state = LicenseListState(LicenseQuery(), self.marked)
        self.counts: LicenseCounts | None = None
        self.error: ApiError | None = None
        """Why the list, or the licenses of a bundle, could not be read."""
        self.counts_error: ApiError | None = None
        """Why the counts could not be read; they are those of every tab."""
        self._tab = LicenseFilter.NOT_REVOKED
        """The tab that was shown last: searching every state is not one."""
        self.search_index = SearchIndexController(self)
        self._loader = LicenseLoader(self)
        self._unlisted = 0
        """How many of the marked licenses the list does not show."""
        self._settling: Timer | None = None
        self._arrived: set[LicenseKey] = set()
        """What was issued since this section was shown last."""
        self._retry = Retry(self, self._again)

    def compose(self) -> ComposeResult:
        """Compose tabs, search, headings and list."""
        yield LicenseTabs()
        yield SearchBar("license code, site, product, owner")
        yield FilterLine()
        yield ColumnTitles()
        yield LicenseList(self.state, self.offers, id="licenses")

    def on_mount(self) -> None:
        """Ask for the first page and the counts."""
        self.show_state()
        self._loader.load_pages(self.state.query, [1], set())  # first: the rows are what is waited for
        self._loader.load_counts()

    # -- parts ---------------------------------------------------------------------------

    @property
    def current(self) -> License | None:
        """The license under the cursor."""
        return self.license_list.current if self.is_mounted else None

    @property
    def license_list(self) -> LicenseList:
        """The list."""
        return self.query_one(LicenseList)

    def focus_first(self) -> None:
        """The list has the focus."""
        self.license_list.focus()

    # -- what to show --------------------------------------------------------------------

    def show_query(self, query: LicenseQuery) -> None:
        """Show the answer to another question; what was expanded and marked stays so.

        Every state is searched only: without search and filter the list goes back to the tab before.
        """
        if query.tab is None and not query.search and not query.filters:
            query = query._replace(tab=self._tab)
        if query == self.state.query:
            return
        self._tab = query.tab or self._tab
        self.marking.stop(LIST_CHANGED)
        self._loader.cancel()
        self.state = self.state.with_query(query)
        self.license_list.show_state(self.state)
        self.error = None
        self.show_state()
        if not query.filters:  # the server knows no such filter
            self._loader.load_pages(query, [1], set())
        self.search_index.query_changed(query)

    def show_tab(self, tab: LicenseFilter | None) -> None:
        """Show a tab (None: every state)."""
        query = self.state.query._replace(tab=tab)
        if query.sort not in sorts_of(tab):
            query = query._replace(sort=LicenseQuery().sort)
        self.show_query(query)

    def sort_by(self, sort: LicenseSort, direction: SortDirection) -> None:
        """Show the list in another order."""
        self.show_query(self.state.query._replace(sort=sort, direction=direction))

    def action_switch_tab(self, step: int) -> None:
        """Show the next tab (1) or the previous one (-1), round and round."""
        now = self.state.query.tab
        index = FILTERS.index(now) if now in FILTERS else 0
        self.show_tab(FILTERS[(index + step) % len(FILTERS)])

    def action_sort(self) -> None:
        """Choose the order."""
        self.run_flow(self._choose_sort())

    async def _choose_sort(self) -> None:
        from jpmanage_tui.ui.dialogs.choice import choose_order

        query = self.state.query
        orders = {
            f"{sort.value} {direction.value}": f"{SORT_LABELS[sort]}, {label}"
            for sort in sorts_of(query.tab)
            for direction, label in (
                (SortDirection.DESC, "newest first ↓"),
                (SortDirection.ASC, "oldest first ↑"),
            )
        }
        chosen = await choose_order(self, orders, f"{query.sort.value} {query.direction.value}")
        if chosen is not None:
            sort, direction = chosen.split(" ")
            self.sort_by(LicenseSort(sort), SortDirection(direction))

    def action_export(self) -> None:
        """Write what filter and search match to a file."""
        self.run_flow(self._export())

    async def _export(self) -> None:
        from jpmanage_tui.ui.dialogs import export as exporting
        from jpmanage_tui.ui.sections.licenses.export import export_of_list, export_of_marked

        if self.marked:
            export = export_of_marked(self.marked)
        else:
            export = export_of_list(
                self.state,
                self.search_index,
                self.session.client,
                lambda text: exporting.tell_progress(self, text),
            )
        await exporting.export(self, export)

    def reload(self) -> None:
        """Ask again for what is on the screen, for the counts, and for what the index should know."""
        if self._arrived:
            if self.state.query not in NEW_FIRST:
                self.look_for(LicenseQuery())
            self.license_list.first()
        self._ask_again()
        self.search_index.refresh()

    def licenses_issued(self, keys: Collection[LicenseKey]) -> None:
        """Take note of new licenses: when this section is shown next the cursor stands on the first of them."""
        self._arrived |= set(keys)

    def _ask_again(self) -> None:
        self._retry.answered()
        self.state.invalidate()
        self._loader.cancel()
        self._loader.load_counts()
        self._fetch()
        self.tell()

    def show_state(self) -> None:
        """Show what is known now: tabs, column titles, filters and rows."""
        query = self.state.query
        self._count_unlisted()
        self.query_one(LicenseTabs).show_tabs(query.tab, self.counts)
        self.query_one(ColumnTitles).show(self.state)
        self.query_one(FilterLine).show_filters(query.filters)
        self.license_list.placeholder = placeholder(self.state, self.counts, self.error)
        self.license_list.rebuild()
        self.tell()

    # -- fetching ------------------------------------------------------------------------

    @on(VirtualList.VisibleRangeChanged)
    def _viewed(self) -> None:
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE, self._fetch)

    def _fetch(self) -> None:
        if not self.is_mounted:
            return
        first, last = self.license_list.rows_in_view()
        rows = self.state.rows
        wanted = self._wanted(first, last)
        keep = set(range(rows.page_of(first), rows.page_of(last) + 1))
        if not isinstance(rows, FoundRows) or wanted:
            self._loader.load_pages(self.state.query, wanted, keep)
        self.search_index.want_rows(first, last)
        for bundle, first_child, last_child in self.license_list.children_in_view():
            numbers = self.state.children_of(bundle).wanted(first_child, last_child)
            self._loader.load_children(self.state.query, bundle, numbers)
        self.tell()

    def _wanted(self, first: int, last: int) -> Sequence[PageKey]:
        """Return the pages that the rows in view need, and those a few rows further; for the end one may do."""
        rows = self.state.rows
        wanted = rows.wanted(first, last)
        if len(wanted) > 1 and last + 1 >= rows.count and not self.state.query.search:
            tail = rows.tail(first)
            if tail is not None:
                return [tail]
        ahead = rows.wanted(last, last + 10) if rows.total is not None else []
        return sorted({*wanted, *ahead})

    @on(LastPageLoaded)
    def _last_page_loaded(self, message: LastPageLoaded) -> None:
        if message.query != self.state.query:
            return
        self.state.rows.take_tail(message.tail, message.page, datetime.now(UTC))
        self._recovered()
        self.show_state()
        self._learn(message.page.items)
        self._fetch()  # should the server have sent something else

    def _learn(self, licenses: Sequence[License]) -> None:
        self.marked.learn(licenses)
        self.search_index.put(licenses)

    @on(PageLoaded)
    def _page_loaded(self, message: PageLoaded) -> None:
        if message.query != self.state.query:
            return
        self.state.rows.take(message.number, message.page, datetime.now(UTC))
        self.marked.learn(message.page.items)
        self._recovered()
        self.show_state()
        self.search_index.page_loaded(message.query, message.number, message.page)
        if message.number == 1 and self._arrived:
            rows = [row for row, one in self.state.rows.known.items() if one.license_key in self._arrived]
            self.license_list.move_cursor(self.license_list.line_of(Ref(min(rows, default=0))))
            self._arrived.clear()

    @on(ChildrenLoaded)
    def _children_loaded(self, message: ChildrenLoaded) -> None:
        if message.query != self.state.query:
            return
        self.state.children_of(message.bundle).take(message.number, message.page, datetime.now(UTC))
        self._learn(message.page.items)
        self._recovered()
        self.show_state()

    @on(CountsLoaded)
    def _counts_loaded(self, message: CountsLoaded) -> None:
        self.counts, self.counts_error = message.counts, None
        self._answered()
        self.show_state()
        self.search_index.counts_loaded()

    @on(CountsFailed)
    def _counts_failed(self, message: CountsFailed) -> None:
        self.counts_error = message.error
        if self.error is None:
            self._tell_counts_trouble(message.error)
        self._retry.failed(message.error)
        self.show_state()

    def _recovered(self) -> None:
        """Note that the list is answered."""
        failed, self.error = self.error, None
        if failed is not None and self.counts_error is not None:
            self._tell_counts_trouble(self.counts_error)
        self._answered()

    def _tell_counts_trouble(self, error: ApiError) -> None:
        self.report_load_error(aged_error_text(error, COUNTING, self.state.rows.answered_at))

    def _answered(self) -> None:
        if self.error is None and self.counts_error is None:
            self.clear_load_error()
            self._retry.answered()

    @on(LoadFailed)
    def _load_failed(self, message: LoadFailed) -> None:
        if message.query != self.state.query:
            return
        self.error = message.error
        self.report_load_error(aged_error_text(message.error, message.what, self.state.rows.answered_at))
        self._retry.failed(message.error)
        self.show_state()
        self.search_index.load_failed(message.query)

    def _again(self) -> None:
        if self.counts is None or self.counts_error is not None:
            self._loader.load_counts()
        if self.error is not None:
            self._loader.try_again()
            self._fetch()

    # -- searching -----------------------------------------------------------------------

    @property
    def search_row(self) -> SearchBar:
        """The search."""
        return self.query_one(SearchBar)

    def action_search(self) -> None:
        """Show the search field and put the focus there."""
        self.search_row.open()

    def close_search(self) -> None:
        """Clear the search and take its field away."""
        self.look_for(self.state.query._replace(search=""))

    @on(SearchBar.Typed)
    def _typed(self) -> None:
        self.tell()

    @on(SearchBar.Changed)
    def _search(self, event: SearchBar.Changed) -> None:
        if event.entered and self._offers_every_state and event.text == self.state.query.search:
            self.show_tab(None)
        else:
            self.show_query(self.state.query._replace(search=event.text))
        if event.entered:
            self.license_list.focus()

    @property
    def _offers_every_state(self) -> bool:
        """Whether the list stands empty and says that enter searches every state."""
        query = self.state.query
        return (
            bool(query.search) and not query.filters and query.tab is not None and self.state.rows.total == 0
        )

    def typing_footer_keys(self) -> Sequence[tuple[str, str]]:
        """What enter does in the field: what the empty list says, else it goes to the list."""
        enter = "Search every state" if self._offers_every_state else "To the list"
        return [("enter", enter), ("esc", "Leave the field")]

    def look_for(self, query: LicenseQuery, opened: LicenseKey | None = None) -> None:
        """Show what `query` asks for, coming from another section; the row of `opened` is expanded when it comes."""
        self.search_row.show_text(query.search)
        if opened is not None:
            self.state.expanded.add(opened)
        self.show_query(query)
        self.license_list.focus()

    def step_back(self) -> bool:
        """Leave the field keeping its text; collapse; clear the search; clear the marks."""
        row, query = self.search_row, self.state.query
        if row.typing:
            self.look_for(query._replace(search=row.text))
        elif self.marking.running:
            self.marking.stop()
        elif self.license_list.close_row():
            pass
        elif query.search:
            self.close_search()
        elif query.filters:
            self.set_filters(query.filters.without_last())
        elif self.marked:
            self.run_flow(self.clear_marks())
        else:
            return False
        self.tell()
        return True

    # -- marking ---------------------------------------------------------------------------

    def mark(self, licenses: list[License], marked: bool) -> None:
        """Mark licenses, or take their marks away."""
        self.state.mark(licenses, marked)
        self._count_unlisted()
        self.license_list.rebuild()  # what an open row offers follows the marks
        self.tell()

    def _count_unlisted(self) -> None:
        """Count the marked licenses that the list does not show: once for a change, not for each key."""
        self._unlisted = len(self.state.unlisted())

    def mark_range(self) -> None:
        """Mark the known rows between the nearest marked row above or below and the cursor."""
        self.mark(self.state.rows_to_mark(self.license_list.ref.row), True)

    def move_cursor_down(self) -> None:
        """Go to the next row."""
        self.license_list.move(1)

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licenses that are not in the list that is shown."""
        return self.state.unlisted()

    def match_count(self) -> tuple[int | None, bool]:
        """Return how many licenses filter and search match, and whether they are known without a request."""
        rows = self.state.rows
        return (rows.total if rows.exact else None), isinstance(rows, FoundRows)

    async def settled(self) -> None:
        """Wait until the search that is shown finds nothing more by itself."""
        await self.search_index.settled()

    def doubt(self) -> str:
        """Return why more may match than is found, in a few words; empty where it cannot."""
        return self.search_index.doubt

    def matching(self) -> Everything:
        """Return what yields every license that filter and search match."""
        return self.search_index.matching()

    def ordered(self, licenses: Sequence[License]) -> list[License]:
        """Return what `matching` yielded in the order of the list."""
        return self.search_index.ordered(licenses)

    # -- opening rows ----------------------------------------------------------------------

    def action_expand(self) -> None:
        """Open the row under the cursor."""
        if self.license_list.open_row():
            self._fetch()
            if self.current is not None:
                self.search_index.row_opened(self.current)

    def expand_disabled_reason(self) -> str | None:
        """Return why the row cannot be opened."""
        license = self.current
        if license is None:
            return NO_ROW
        return "It is open." if license.license_key in self.state.expanded else None

    def action_collapse(self) -> None:
        """Close the row under the cursor."""
        self.license_list.close_row()

    def collapse_disabled_reason(self) -> str | None:
        """Return why nothing can be closed."""
        license = self.current
        if license is None:
            return NO_ROW
        inside = self.license_list.parent_of_current is not None
        return None if inside or license.license_key in self.state.expanded else "It is not open."

    @property
    def _found_nothing(self) -> bool:
        """Whether a search stands without a row: then enter searches every state."""
        return bool(self.state.query.search) and not self.state.rows.count

    def action_toggle_row(self) -> None:
        """Open or close the row under the cursor; where a search found nothing search every state."""
        license = self.current
        if license is None:
            if self._found_nothing:
                self.show_tab(None)
        elif license.license_key in self.state.expanded:
            self.action_collapse()
        else:
            self.action_expand()

    def toggle_row_disabled_reason(self) -> str | None:
        """Return why there is nothing to open."""
        return NO_ROW if self.current is None and not self._found_nothing else None

    def toggle_row_label(self) -> str:
        """Return what enter does now."""
        license = self.current
        if license is None:
            return "Search every state"
        return "Close" if license.license_key in self.state.expanded else "Open"

    # -- after a change --------------------------------------------------------------------

    @on(LicensesChanged)
    def _changed(self, message: LicensesChanged) -> None:
        self.state.licenses_changed(message.keys, message.gone)
        self._ask_again()
        self.search_index.licenses_changed((*message.keys, *message.refused))

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return what is shown: how many, of which tab, and what was searched."""
        all_licenses = self.counts.all if self.counts is not None else 0
        return summary(self.state, self.search_index, index_hint(self.search_index, all_licenses), self.error)

    def progress(self) -> str | None:
        """Return that pages are being loaded, where nothing of them is known yet."""
        if self.state.rows.total is not None:
            return None
        return "Loading licenses…" if self._loader.busy else index_progress(self.search_index)

    def counter(self) -> str:
        """Return how many are marked, and where the cursor is: row of all rows."""
        marks = self.marking.progress or marks_text(self.marked, self._unlisted)
        if not self.is_mounted or not self.state.rows.count:
            return marks
        ref = self.license_list.ref
        child = "" if ref.child is None else f".{ref.child + 1}"
        place = f"{ref.row + 1:,}{child}/{self.state.rows.count_words}"
        return f"{marks}  {place}" if marks else place
