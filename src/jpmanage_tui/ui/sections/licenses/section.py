"""The Licenses screen: tabs with counts, search, the virtual list, and what its messages do to the book."""

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
from jpmanage_tui.api.models.license import License, LicenseCounts, LicenseFilter, LicenseSort, SortDirection
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.ui.common.commands import ActiveCommand
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.sections.licenses import empty
from jpmanage_tui.ui.sections.licenses.changed import Changed
from jpmanage_tui.ui.sections.licenses.commands import LICENSES, offers
from jpmanage_tui.ui.sections.licenses.data import (
    COUNTING,
    ChildrenCame,
    CountsCame,
    CountsFailed,
    PageCame,
    PageKey,
    Reader,
    ReadFailed,
    TailCame,
)
from jpmanage_tui.ui.sections.licenses.headings import Headings
from jpmanage_tui.ui.sections.licenses.list import LicenseList, Ref
from jpmanage_tui.ui.sections.licenses.list_state import FoundRows, LicenseListState
from jpmanage_tui.ui.sections.licenses.marking_view import MarkingView
from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController
from jpmanage_tui.ui.sections.licenses.search_view import FilterLine
from jpmanage_tui.ui.sections.licenses.tabs import FILTERS, Tabs
from jpmanage_tui.ui.sections.licenses.text import hint, index_progress
from jpmanage_tui.ui.sections.licenses.told import summary
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.licenses.actions import Host

LIST_CHANGED = "Marking was stopped, since another list is shown: nothing was marked."
NEW_FIRST = (LicenseQuery(), LicenseQuery(tab=LicenseFilter.DETACHED))
"""The lists that begin with what was just issued."""
SETTLE = 0.05
"""Seconds the view must stand still before its pages are asked for: what is only scrolled past costs nothing."""


class LicensesSection(MarkingView):
    """Every licence of the partner key, by filter, search and order."""

    COMMANDS = LICENSES
    DEFAULT_CSS = "LicensesSection { layout: vertical; }"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.book = LicenseListState(LicenseQuery())
        self.counts: LicenseCounts | None = None
        self.error: ApiError | None = None
        """Why the list, or the licences of a bundle, could not be read."""
        self.counts_error: ApiError | None = None
        """Why the counts could not be read; they are those of every tab."""
        self._tab = LicenseFilter.NOT_REVOKED
        """The tab that was shown last: searching every state is not one."""
        self.find: SearchIndexController = SearchIndexController(self)
        self._reader = Reader(self, session)
        self._settling: Timer | None = None
        self._arrived: set[LicenseKey] = set()
        """What was issued since this section was shown last."""
        self._retry = Retry(self, self._again)

    def compose(self) -> ComposeResult:
        """Compose tabs, search, headings and list."""
        yield Tabs()
        yield SearchBar("license code, site, product, owner")
        yield FilterLine()
        yield Headings()
        yield LicenseList(self.book, lambda license: offers(self, license), id="licenses")

    def on_mount(self) -> None:
        """Ask for the first page and the counts."""
        self._show()
        self._reader.want_pages(self.book.query, [1], set())  # first: the rows are what is waited for
        self._reader.want_counts()

    # -- parts ---------------------------------------------------------------------------

    @property
    def current(self) -> License | None:
        """The licence under the cursor."""
        return self.license_list.current if self.is_mounted else None

    @property
    def host(self) -> Host:
        """The view as the flows see it."""
        return self

    def bounds(self) -> list[ActiveCommand]:
        """Return the commands of this screen."""
        return [ActiveCommand(LICENSES, self)]

    def focus_first(self) -> None:
        """The list has the focus."""
        self.license_list.focus()

    # -- what to show --------------------------------------------------------------------

    def ask(self, query: LicenseQuery) -> None:
        """Show the answer to another question; what was expanded and marked stays so.

        Every state is searched only: without search and filter the list goes back to the tab before.
        """
        if query.tab is None and not query.search and not query.filters:
            query = query._replace(tab=self._tab)
        if query == self.book.query:
            return
        self._tab = query.tab or self._tab
        self.marking.stop(LIST_CHANGED)
        self._reader.drop()
        self.book = self.book.turned_to(query)
        self.license_list.forget(self.book)
        self.error = None
        self._show()
        if not query.filters:  # the server knows no such filter
            self._reader.want_pages(query, [1], set())
        self.find.asked(query)

    def filter_by(self, filter: LicenseFilter | None) -> None:
        """Show the tab of `filter` (None: every state)."""
        query = self.book.query._replace(tab=filter)
        if query.sort not in empty.sorts_of(filter):
            query = query._replace(sort=LicenseQuery().sort)
        self.ask(query)

    def sort_by(self, sort: LicenseSort, direction: SortDirection) -> None:
        """Show the list in another order."""
        self.ask(self.book.query._replace(sort=sort, direction=direction))

    def step_filter(self, step: int) -> None:
        """Show the next tab (1) or the previous one (-1), round and round."""
        now = self.book.query.tab
        index = FILTERS.index(now) if now in FILTERS else 0
        self.filter_by(FILTERS[(index + step) % len(FILTERS)])

    def reload(self) -> None:
        """Ask again for what is on the screen, for the counts, and for what the index should know."""
        if self._arrived:
            if self.book.query not in NEW_FIRST:
                self.look_for(LicenseQuery())
            self.license_list.first()
        self._ask_again()
        self.find.refresh()

    def arrived(self, keys: Collection[LicenseKey]) -> None:
        """Take note of new licences: when this section is shown next the cursor stands on the first of them."""
        self._arrived |= set(keys)

    def _ask_again(self) -> None:
        self._retry.answered()
        self.book.spoil()
        self._reader.drop()
        self._reader.want_counts()
        self._fetch()
        self._tell()

    def _show(self) -> None:
        query = self.book.query
        self.count_marks()
        self.query_one(Tabs).show_tabs(query.tab, self.counts)
        self.query_one(Headings).show(self.book)
        self.query_one(FilterLine).show_filters(query.filters)
        self.license_list.note = empty.note(self.book, self.counts, self.error)
        self.license_list.rebuild()
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.StatusChanged())

    # -- fetching ------------------------------------------------------------------------

    @on(VirtualList.Viewed)
    def _viewed(self) -> None:
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE, self._fetch)

    def _fetch(self) -> None:
        if not self.is_mounted:
            return
        first, last = self.license_list.rows_in_view()
        rows = self.book.rows
        wanted = self._wanted(first, last)
        keep = set(range(rows.page_of(first), rows.page_of(last) + 1))
        if not isinstance(rows, FoundRows) or wanted:
            self._reader.want_pages(self.book.query, wanted, keep)
        self.find.want_rows(first, last)
        for bundle, first_child, last_child in self.license_list.children_in_view():
            numbers = self.book.children_of(bundle).wanted(first_child, last_child)
            self._reader.want_children(self.book.query, bundle, numbers)
        self._tell()

    def _wanted(self, first: int, last: int) -> Sequence[PageKey]:
        """Return the pages that the rows in view need, and those a few rows further; for the end one may do."""
        rows = self.book.rows
        wanted = rows.wanted(first, last)
        if len(wanted) > 1 and last + 1 >= rows.count and not self.book.query.search:
            tail = rows.tail(first)
            if tail is not None:
                return [tail]
        ahead = rows.wanted(last, last + 10) if rows.total is not None else []
        return sorted({*wanted, *ahead})

    @on(TailCame)
    def _tail_came(self, message: TailCame) -> None:
        if message.query != self.book.query:
            return
        self.book.rows.take_tail(message.tail, message.page, datetime.now(UTC))
        self._recovered()
        self._show()
        self._learn(message.page.items)
        self._fetch()  # should the server have sent something else

    def _learn(self, licenses: Sequence[License]) -> None:
        self.book.marked.learn(licenses)
        self.find.feed(licenses)

    @on(PageCame)
    def _page_came(self, message: PageCame) -> None:
        if message.query != self.book.query:
            return
        self.book.rows.take(message.number, message.page, datetime.now(UTC))
        self.book.marked.learn(message.page.items)
        self._recovered()
        self._show()
        self.find.page_came(message.query, message.number, message.page)
        if message.number == 1 and self._arrived:
            rows = [row for row, one in self.book.rows.known.items() if one.license_key in self._arrived]
            self.license_list.place(self.license_list.line_of(Ref(min(rows, default=0))))
            self._arrived.clear()

    @on(ChildrenCame)
    def _children_came(self, message: ChildrenCame) -> None:
        if message.query != self.book.query:
            return
        self.book.children_of(message.bundle).take(message.number, message.page, datetime.now(UTC))
        self._learn(message.page.items)
        self._recovered()
        self._show()

    @on(CountsCame)
    def _counts_came(self, message: CountsCame) -> None:
        self.counts, self.counts_error = message.counts, None
        self._answered()
        self._show()
        self.find.counted()

    @on(CountsFailed)
    def _counts_failed(self, message: CountsFailed) -> None:
        self.counts_error = message.error
        if self.error is None:
            self._tell_counts_trouble(message.error)
        self._retry.failed(message.error)
        self._show()

    def _recovered(self) -> None:
        """Note that the list is answered."""
        failed, self.error = self.error, None
        if failed is not None and self.counts_error is not None:
            self._tell_counts_trouble(self.counts_error)
        self._answered()

    def _tell_counts_trouble(self, error: ApiError) -> None:
        self.tell_trouble(aged_error_text(error, COUNTING, self.book.rows.answered_at))

    def _answered(self) -> None:
        if self.error is None and self.counts_error is None:
            self.tell_recovered()
            self._retry.answered()

    @on(ReadFailed)
    def _read_failed(self, message: ReadFailed) -> None:
        if message.query != self.book.query:
            return
        self.error = message.error
        self.tell_trouble(aged_error_text(message.error, message.what, self.book.rows.answered_at))
        self._retry.failed(message.error)
        self._show()
        self.find.failed(message.query)

    def _again(self) -> None:
        if self.counts is None or self.counts_error is not None:
            self._reader.want_counts()
        if self.error is not None:
            self._reader.try_again()
            self._fetch()

    # -- searching -----------------------------------------------------------------------

    @property
    def search_row(self) -> SearchBar:
        """The search."""
        return self.query_one(SearchBar)

    def open_search(self) -> None:
        """Show the search field and put the focus there."""
        self.search_row.open()

    def close_search(self) -> None:
        """Clear the search and take its field away."""
        self.look_for(self.book.query._replace(search=""))

    @on(SearchBar.Typed)
    def _typed(self) -> None:
        self._tell()

    @on(SearchBar.Asked)
    def _search(self, event: SearchBar.Asked) -> None:
        if event.entered and self._offers_every_state and event.text == self.book.query.search:
            self.filter_by(None)
        else:
            self.ask(self.book.query._replace(search=event.text))
        if event.entered:
            self.license_list.focus()

    @property
    def _offers_every_state(self) -> bool:
        """Whether the list stands empty and says that enter searches every state."""
        query = self.book.query
        return (
            bool(query.search) and not query.filters and query.tab is not None and self.book.rows.total == 0
        )

    def typing_keys(self) -> Sequence[tuple[str, str]]:
        """What enter does in the field: what the empty list says, else it goes to the list."""
        enter = "Search every state" if self._offers_every_state else "To the list"
        return [("enter", enter), ("esc", "Leave the field")]

    def look_for(self, query: LicenseQuery, opened: LicenseKey | None = None) -> None:
        """Show what `query` asks for, coming from another section; the row of `opened` is expanded when it comes."""
        self.search_row.show_text(query.search)
        if opened is not None:
            self.book.expanded.add(opened)
        self.ask(query)
        self.license_list.focus()

    def step_back(self) -> bool:
        """Leave the field keeping its text; collapse; clear the search; clear the marks."""
        row, query = self.search_row, self.book.query
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
        elif self.book.marked:
            self.flows.start(self.flows.clear_marks())
        else:
            return False
        self._tell()
        return True

    # -- expanding -------------------------------------------------------------

    def open_row(self) -> None:
        """Expand the row under the cursor."""
        if self.license_list.open_row():
            self._fetch()
            if self.current is not None:
                self.find.opened(self.current)

    def close_row(self) -> None:
        """Collapse the row under the cursor."""
        self.license_list.close_row()

    def toggle(self) -> None:
        """Expand or collapse the row under the cursor."""
        license = self.current
        opened = license is not None and license.license_key in self.book.expanded
        (self.close_row if opened else self.open_row)()

    # -- after a change --------------------------------------------------------------------

    @on(Changed)
    def _changed(self, message: Changed) -> None:
        self.book.changed(message.keys, message.gone)
        self._ask_again()
        self.find.changed((*message.keys, *message.refused))

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return what is shown: how many, of which tab, and what was searched."""
        all_licenses = self.counts.all if self.counts is not None else 0
        return summary(self.book, self.find, hint(self.find, all_licenses), self.error)

    def progress(self) -> str | None:
        """Return that pages are being loaded, where nothing of them is known yet."""
        if self.book.rows.total is not None:
            return None
        return "Loading licenses…" if self._reader.busy else index_progress(self.find)
