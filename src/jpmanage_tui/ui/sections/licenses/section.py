"""The Licenses screen: tabs with counts, search, filters and the list, and what is done with what was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual import on
from textual.timer import Timer
from textual.widget import Widget

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseCounts, LicenseFilter, LicensePage
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.ui.common.pagination import LastPage
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.sections.base import BESIDE, DetailSection
from jpmanage_tui.ui.sections.licenses.actions import LICENSES, LicensesChanged
from jpmanage_tui.ui.sections.licenses.columns import in_order, order_of, orders_for
from jpmanage_tui.ui.sections.licenses.data import (
    COUNTS,
    ChildPage,
    Difference,
    FoundPages,
    LicenseListState,
    LicenseLoader,
    LicensesInView,
    PageKey,
    compared,
)
from jpmanage_tui.ui.sections.licenses.list import LicenseList, RowIndex
from jpmanage_tui.ui.sections.licenses.search_actions import FilterLine, SearchActions
from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController
from jpmanage_tui.ui.sections.licenses.selection import NO_ROW
from jpmanage_tui.ui.sections.licenses.text import (
    ANY_STATE,
    FILTERS,
    TABS,
    index_hint,
    index_progress,
    placeholder_lines,
    summary,
    tab_counts,
)
from jpmanage_tui.ui.sections.list_section import ListSection
from jpmanage_tui.ui.widgets.item_list import SortOrder
from jpmanage_tui.ui.widgets.marks import marks_text
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from jpmanage_tui.services.all_licenses import LicenseSource
    from jpmanage_tui.services.exports import Export
    from jpmanage_tui.ui.sections.licenses.pane import LicenseFacts
    from jpmanage_tui.ui.widgets.detail_pane import Detail

LIST_CHANGED = "Marking was stopped, since another list is shown: nothing was marked."
NEW_FIRST = (LicenseQuery(), LicenseQuery(tab=LicenseFilter.DETACHED))
"""The lists that begin with what was just issued."""
TOGETHER = 0.5
"""Seconds for which what came of list or counts waits for the other one, so that they change in one frame."""
SETTLE = 0.05
"""Seconds the view must stand still before its pages are asked for: what is only scrolled past costs nothing."""


class LicensesSection(ListSection[License], SearchActions, DetailSection):
    """Every license of the partner key, by filter, search and order.

    What is asked for is `state.query`; `search_text` and `order` of the `ListSection` repeat its search and order. Its
    tabs are not used: these have counts, and with a search none of them may be shown. Neither are its summary and the
    lines in place of rows: what is searched for is found in two places, by the server and in the index.
    """

    COMMAND_SET = LICENSES
    SHOWS_LICENSES = True
    NOUN = "license"
    LOADING = "Loading licenses"
    SEARCH = "license code, site, product, owner"
    NO_ROW = NO_ROW

    def __init__(self, session: Session) -> None:
        super().__init__(session, order_of(LicenseQuery()))
        self.counts: LicenseCounts | None = None
        self.error: ApiError | None = None
        """Why the list, or the licenses of a bundle, could not be read."""
        self._tab = LicenseFilter.NOT_REVOKED
        """The tab that was shown last: searching every state is not one."""
        self.search_index = SearchIndexController(self)
        self._loader = LicenseLoader(
            self, self._take_page, self._take_counts, self.load_failed, self._load_missing
        )
        self._unlisted = 0
        """How many of the marked licenses the list does not show."""
        self._settling: Timer | None = None
        self.difference: Difference | None = None
        """How list and counts contradict each other, where they still did when both were asked for again."""
        self._held: dict[PageKey | str, LicensePage | LicenseCounts] = {}
        """What came of list or counts, and waits for the other one: both change in one frame."""
        self._releasing: Timer | None = None
        self._asked_about: tuple[int, int] | None = None
        """The totals that contradicted each other, for which both were asked for again."""
        self._arrived: set[LicenseKey] = set()
        """What was issued since this section was shown last."""

    def make_list(self) -> LicenseList:
        """Return the list; it shows the state that is made with it."""
        self.state = LicenseListState(LicenseQuery(), self.marked)
        self.license_list = LicenseList(self.state, self.offers, id="licenses")
        return self.license_list

    @property
    def loader(self) -> LicenseLoader:
        """What reads pages, bundles and counts."""
        return self._loader

    def compose_lead(self) -> Iterable[Widget]:
        """Compose the tabs."""
        yield CountedTabBar([(label, short_label) for _, label, short_label in TABS], ANY_STATE)

    def compose_above_list(self) -> Iterable[Widget]:
        """Compose the line of the filters."""
        yield FilterLine()

    # -- what to show --------------------------------------------------------------------

    def show_query(self, query: LicenseQuery) -> None:
        """Show the answer to another question; what was expanded and marked stays so.

        Every state is searched only: without search and filter the list goes back to the tab before.
        """
        if query.tab is None and not query.search and not query.filters:
            query = query._replace(tab=self._tab)
        self.search_text, self.order = query.search, order_of(query)
        if query == self.state.query:
            return
        self._tab = query.tab or self._tab
        self.marking.stop(LIST_CHANGED)
        self.loader.cancel_pages()
        held, self._held = self._held.get(COUNTS), {}
        if isinstance(held, LicenseCounts):
            self.counts = held  # they are those of every tab
        self._forget_error()
        self.state = self.state.with_query(query)
        self.license_list.show_state(self.state)
        self.show_state()
        if not query.filters:  # the server knows no such filter
            self.loader.load_pages(query, [1], ())
        self.search_index.query_changed(query)

    def query_changed(self) -> None:
        """Show what is searched for now, in the order that is chosen now."""
        query = self.state.query._replace(search=self.search_text)
        self.show_query(in_order(query, self.order) if self.order is not None else query)

    def show_filter(self, tab: LicenseFilter | None) -> None:
        """Show the list of a tab (None: every state); an order that it has not gives way to the usual one."""
        query = self.state.query._replace(tab=tab)
        if order_of(query) not in orders_for(query):
            query = query._replace(sort=LicenseQuery().sort)
        self.show_query(query)

    def action_switch_tab(self, step: int) -> None:
        """Show the next tab (1) or the previous one (-1), round and round."""
        now = self.state.query.tab
        index = FILTERS.index(now) if now in FILTERS else 0
        self.show_filter(FILTERS[(index + step) % len(FILTERS)])

    def _step_tab(self, step: int) -> None:
        self.action_switch_tab(step)

    @property
    def sort_orders(self) -> Sequence[SortOrder[License]]:
        """The orders of the tab."""
        return orders_for(self.state.query)

    def export_disabled_reason(self) -> str | None:
        """Return None: an empty list is written too."""
        return None

    def export(self) -> Export:
        """Return what the marked licenses are in a file, else what filter and search match."""
        from jpmanage_tui.ui.dialogs.export import tell_progress
        from jpmanage_tui.ui.sections.licenses.export import export_of_list, export_of_marked

        if self.marked:
            return export_of_marked(self.marked)
        report = partial(tell_progress, self)
        return export_of_list(self.state, self.search_index, self.session.client, report)

    def reload(self) -> None:
        """Ask again for what is on the screen, for the counts, and for what the index should know."""
        if self._arrived:
            if self.state.query not in NEW_FIRST:
                self.show_licenses(LicenseQuery())
            self.license_list.first()
        super().reload()
        self.search_index.refresh()
        if self.has_details:
            self.license_facts.forget()

    def licenses_issued(self, keys: Collection[LicenseKey]) -> None:
        """Take note of new licenses: when this section is shown next the cursor stands on the first of them."""
        self._arrived |= set(keys)

    def load(self) -> None:
        """Ask for what is in view and for the counts; what stands on the screen stays until the answers come."""
        self.state.invalidate()
        self.loader.cancel_pages()
        self._held.clear()
        if self.state.pages.total is None:
            self.show_state()
            self.loader.load_pages(self.state.query, [1], ())  # first: the rows are what is waited for
        self.loader.load_counts()
        self._load_view()

    def show_state(self) -> None:
        """Show what is known now: tabs, column titles, filters and rows."""
        query = self.state.query
        self._count_unlisted()
        tab = FILTERS.index(query.tab) if query.tab is not None else None
        self.query_one(CountedTabBar).show(tab, tab_counts(self.counts))
        self.query_one(FilterLine).show_filters(query.filters)
        self.license_list.placeholder = placeholder_lines(
            self.state, self.counts, self.error, self.search_index.pending
        )
        self.license_list.rebuild()
        self.update_status()

    # -- fetching ------------------------------------------------------------------------

    @on(VirtualList.VisibleRangeChanged)
    def _viewed(self) -> None:
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE, self._load_view)

    def _load_view(self) -> None:
        if not self.is_mounted:
            return
        first, last = self.license_list.rows_in_view()
        pages = self.state.pages
        missing = self.state.missing_pages(first, last)
        if not isinstance(pages, FoundPages) or missing:
            self.loader.load_pages(
                self.state.query, missing, range(pages.page_of(first), pages.page_of(last) + 1)
            )
        self.search_index.load_rows(first, last)
        for bundle, first_child, last_child in self.license_list.children_in_view():
            self.loader.load_children(
                bundle, self.state.children_of(bundle).missing_pages(first_child, last_child)
            )
        self.update_status()

    async def read_view(self) -> Callable[[], bool] | None:
        """Read the rows in view once more, those of open bundles among them, and the counts of the tabs."""
        state, shown, begun = self.state, self.license_list, self.loader.begun
        if state.pages.total is None:
            return None
        first, last = shown.rows_in_view()
        cursor, children = shown.cursor_index.row, shown.children_in_view()
        view = await self.loader.read_view(
            self.quiet_client, state, range(first, last + 1), cursor, children, self.difference
        )

        def show() -> bool:
            unchanged = self.state is state and self.loader.begun == begun
            return unchanged and self._show_view(view)

        return show

    def _show_view(self, view: LicensesInView) -> bool:
        """Show list, bundles and counts in one frame; returns whether any of it is other than before."""
        before = self._shown_now()
        self.license_list.hold_place()
        self.state.store_again(view)
        self.counts, self.difference, self.error = view.counts, view.difference, None
        self.loader.read_beside([COUNTS, *self.loader.errors])
        self.loader.retry_failed()
        same = self._shown_now() == before and not self.search_index.finds_otherwise(self.state.query, view)
        if same and self.search_index.knows_counts:
            return False
        self.marked.refresh(view.licenses)
        self.search_index.read_again(self.state.query, view)
        self.show_state()
        return True

    def _shown_now(self) -> tuple[object, ...]:
        children = {key: (pages.total, dict(pages.rows)) for key, pages in self.state.children.items()}
        rows = self.state.pages.rows
        return self.state.pages.total, dict(rows), children, self.counts, self.difference

    def _hold(self, key: PageKey | str, answer: LicensePage | LicenseCounts) -> None:
        """Keep an answer until the other one that was asked for with it is there, but not for long."""
        self._held[key] = answer
        if self._releasing is None:
            self._releasing = self.set_timer(TOGETHER, self._release)

    def _release(self) -> None:
        """Take over what was kept."""
        held, self._held, releasing = self._held, {}, self._releasing
        self._releasing = None
        if releasing is not None:
            releasing.stop()
        counts = held.pop(COUNTS, None)
        if isinstance(counts, LicenseCounts):
            self.counts = counts  # first: the tabs are shown with the rows
        for key, answer in held.items():
            if isinstance(answer, LicensePage) and not isinstance(key, str):
                self._show_page(key, answer)
        if isinstance(counts, LicenseCounts):
            self._show_counts(counts)

    def _take_page(self, key: PageKey, page: LicensePage) -> None:
        """Show a page; where the number of rows is another one by now, with the counts that were asked for beside it."""
        moved = not isinstance(key, ChildPage) and page.total_items != self.state.pages.total
        if moved and self.state.pages.total is not None and self.loader.waits_for(COUNTS):
            self._hold(key, page)
            return
        self._held[key] = page
        self._release()

    def _show_page(self, key: PageKey, page: LicensePage) -> None:
        self.license_list.hold_place()
        self.state.store(key, page)
        self.marked.refresh(page.items)
        failed = self._forget_error()
        if failed and self.counts_error is not None:
            self._tell_counts_trouble(self.counts_error)
        self._answered()
        self.show_state()
        if isinstance(key, int):
            self.search_index.page_loaded(self.state.query, key, page)
        else:
            self.search_index.put(page.items)
        if key == 1 and self._arrived:
            rows = [row for row, one in self.state.pages.rows.items() if one.license_key in self._arrived]
            self.license_list.move_cursor(self.license_list.line_of(RowIndex(min(rows, default=0))))
            self._arrived.clear()
        if isinstance(key, LastPage):
            self._load_view()  # should the server have sent something else
        self._ask_if_contradicted()

    def _take_counts(self, counts: LicenseCounts) -> None:
        """Show the counts; where the tab counts another number of rows, with the page that was asked for beside them."""
        totals = compared(self.state.query, self.state.pages.total, counts)
        if totals is not None and totals[0] != totals[1] and self.loader.loads_pages:
            self._hold(COUNTS, counts)
            return
        self._held[COUNTS] = counts
        self._release()

    def _show_counts(self, counts: LicenseCounts) -> None:
        self.counts = counts
        self._answered()
        self.show_state()
        self.search_index.counts_loaded()
        self._ask_if_contradicted()

    def _ask_if_contradicted(self) -> None:
        """Have list and counts asked for once more where they disagree, since one of them came before a change."""
        totals = compared(self.state.query, self.state.pages.total, self.counts)
        if totals is None or totals[0] == totals[1]:
            self.difference = None
        elif not self.loader.busy and not self._held and totals != self._asked_about:
            self._asked_about = totals
            self.post_message(self.RefreshWanted())

    @property
    def counts_error(self) -> ApiError | None:
        """Why the counts could not be read, None when they were since; they are those of every tab."""
        return self.loader.errors.get(COUNTS)

    def load_failed(self, key: object, error: ApiError) -> None:
        """Tell what could not be read: the counts, which are those of every tab, or the list that is shown."""
        self._release()
        if key == COUNTS:
            if self.error is None:
                self._tell_counts_trouble(error)
            self.show_state()
            return
        self.error = error
        what = "Loading the bundle's licenses" if isinstance(key, ChildPage) else "Loading licenses"
        self.report_load_error(aged_error_text(error, what, self.state.pages.answered_at))
        self.show_state()
        self.search_index.load_failed(self.state.query)

    def _forget_error(self) -> bool:
        """Take the list for answered; returns whether it could not be read before."""
        failed, self.error = self.error is not None, None
        self.loader.forget_errors_of([key for key in self.loader.errors if key != COUNTS])
        return failed

    def _tell_counts_trouble(self, error: ApiError) -> None:
        self.report_load_error(aged_error_text(error, "Counting licenses", self.state.pages.answered_at))

    def _answered(self) -> None:
        if self.error is None and self.counts_error is None:
            self.clear_load_error()

    def _load_missing(self) -> None:
        """Ask again by itself for what could not be read."""
        if self.counts is None or self.counts_error is not None:
            self.loader.load_counts()
        if self.error is not None:
            self.loader.retry_failed()
            self._load_view()

    # -- searching -----------------------------------------------------------------------

    @on(SearchBar.Typed)
    def _typed(self) -> None:
        self.update_status()

    @on(SearchBar.Changed)
    def _search_every_state(self, event: SearchBar.Changed) -> None:
        """Do what the empty list says of enter; what else is asked for is searched by the `ListSection`."""
        if event.entered and self._offers_every_state and event.text == self.state.query.search:
            self.show_filter(None)

    @property
    def _offers_every_state(self) -> bool:
        """Whether the list stands empty and says that enter searches every state."""
        query = self.state.query
        return bool(query.search) and query.tab is not None and self.state.pages.total == 0

    def typing_footer_keys(self) -> Sequence[tuple[str, str]]:
        """What enter does in the field: what the empty list says, else it goes to the list."""
        enter = "Search every state" if self._offers_every_state else "To the list"
        return [("enter", enter), ("esc", "Leave the field")]

    def show_licenses(self, query: LicenseQuery, opened: LicenseKey | None = None) -> None:
        """Show what `query` asks for, coming from another section; the row of `opened` is expanded when it comes."""
        self.search_bar.show_text(query.search)
        if opened is not None:
            self.state.expanded.add(opened)
        self.show_query(query)
        self.license_list.focus()

    def close_row(self) -> bool:
        """Close the row under the cursor, or the bundle it is in; returns whether it was open."""
        return self.license_list.close_row()

    def step_back(self) -> bool:
        """Leave the field keeping its text; stop marking; close the row; clear the search, a filter, the marks."""
        if self.marking.running and not self.search_bar.typing:
            self.marking.stop()
        elif super().step_back():
            return True
        elif self.state.query.filters:
            self.set_filters(self.state.query.filters.without_last())
        elif self.marked:
            self.start_action(self.clear_marks())
        else:
            return False
        self.update_status()
        return True

    # -- marking ---------------------------------------------------------------------------

    def mark(self, licenses: list[License], marked: bool) -> None:
        """Mark licenses, or take their marks away."""
        self.state.mark(licenses, marked)
        self._count_unlisted()
        self.license_list.rebuild()  # what an open row offers follows the marks
        self.update_status()

    def _count_unlisted(self) -> None:
        """Count the marked licenses that the list does not show: once for a change, not for each key."""
        self._unlisted = len(self.state.unlisted())

    def mark_range(self) -> None:
        """Mark the known rows between the nearest marked row above or below and the cursor."""
        self.mark(self.state.rows_to_mark(self.license_list.cursor_index.row), True)

    def move_cursor_down(self) -> None:
        """Go to the next row."""
        self.license_list.move(1)

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licenses that are not in the list that is shown."""
        return self.state.unlisted()

    def match_count(self) -> tuple[int | None, bool]:
        """Return how many licenses filter and search match, and whether they are known without a request."""
        rows = self.state.pages
        return (rows.total if rows.exact else None), isinstance(rows, FoundPages)

    async def settled(self) -> None:
        """Wait until the search that is shown finds nothing more by itself."""
        await self.search_index.settled()

    def incomplete_reason(self) -> str:
        """Return why more may match than is found, in a few words; empty where it cannot."""
        return self.search_index.incomplete_reason

    def matching(self) -> LicenseSource:
        """Return what yields every license that filter and search match."""
        return self.search_index.matching()

    def ordered(self, licenses: Sequence[License]) -> list[License]:
        """Return what `matching` yielded in the order of the list."""
        return self.search_index.ordered(licenses)

    # -- opening rows ----------------------------------------------------------------------

    def action_expand(self) -> None:
        """Open the row under the cursor."""
        if self.license_list.open_row():
            self._load_view()
            if not self.has_details and self.current is not None:
                self.search_index.row_opened(self.current)

    def expand_disabled_reason(self) -> str | None:
        """Return why the row cannot be opened."""
        license = self.current
        if license is None:
            return NO_ROW
        if not self.license_list.opens(license):
            return BESIDE
        return "It is open." if self.license_list.is_open(license) else None

    def action_collapse(self) -> None:
        """Close the row under the cursor."""
        self.license_list.close_row()

    def collapse_disabled_reason(self) -> str | None:
        """Return why nothing can be closed."""
        license = self.current
        if license is None:
            return NO_ROW
        inside = self.license_list.parent_of_current is not None
        return None if inside or self.license_list.is_open(license) else "It is not open."

    @property
    def _found_nothing(self) -> bool:
        """Whether a search or filters stand on a tab without a row: then enter searches every state."""
        query = self.state.query
        asked = bool(query.search) or bool(query.filters)
        return asked and query.tab is not None and not self.state.pages.count

    def action_toggle_row(self) -> None:
        """Open or close the row under the cursor; where nothing was found search every state.

        Where all that would open stands beside the list, show what can be done.
        """
        license = self.current
        if license is None:
            if self._found_nothing:
                self.show_filter(None)
        elif not self.license_list.opens(license):
            self.action_menu()
        elif self.license_list.is_open(license):
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
        if not self.license_list.opens(license):
            return "Menu"
        return "Close" if self.license_list.is_open(license) else "Open"

    # -- details beside the list -------------------------------------------------------------

    @cached_property
    def license_facts(self) -> LicenseFacts:
        """What is known of licenses beside what the list says; made when the cursor first rests on a wide screen."""
        from jpmanage_tui.ui.sections.licenses.pane import LicenseFacts

        return LicenseFacts(self, self.show_details)

    def detail_key(self) -> LicenseKey | None:
        """Return the code of the license under the cursor."""
        license = self.current
        return license.license_key if license is not None else None

    def details(self) -> Sequence[Detail]:
        """Return what is known of the license under the cursor."""
        from jpmanage_tui.ui.sections.licenses.pane import license_details, price_details

        license = self.current
        if license is None:
            return ()
        facts = self.license_facts
        price = price_details(license, facts.prices, self.state.bundle_sizes())
        return license_details(license, facts.health_of(license), price, self.row_actions_of(license))

    def load_details(self) -> None:
        """Ask for prices and site; and, where the row came from the index, for what is true of it now."""
        license = self.current
        if license is not None:
            self.license_facts.load(license)
            if self.license_facts.begins_row(license):
                self.search_index.row_opened(license)

    def cancel_details(self, key: Hashable) -> None:
        """Drop what is on its way for the license on which the cursor stood."""
        if "license_facts" in self.__dict__:
            self.license_facts.cancel()
            if self.search_index.row_left():
                self.license_facts.forget_row(key)

    def details_shown(self) -> None:
        """Show below an open row only what does not stand beside the list."""
        self.license_list.show_facts(elsewhere=self.has_details)

    # -- after a change --------------------------------------------------------------------

    @on(LicensesChanged)
    def _changed(self, message: LicensesChanged) -> None:
        self.state.licenses_changed(message.keys, message.gone)
        self.loader.reset_retries()
        self.load()
        self.search_index.licenses_changed((*message.keys, *message.refused))

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return what is shown: how many, of which tab, and what was searched."""
        all_licenses = self.counts.all if self.counts is not None else 0
        hint, is_old = index_hint(self.search_index, all_licenses), self.error is not None or self.overdue
        return summary(self.state, self.search_index, hint, is_old, self.difference)

    def progress(self) -> str | None:
        """Return that pages are being loaded, where nothing of them is known yet."""
        if self.state.pages.total is not None:
            return None
        return "Loading licenses…" if self.loader.loads_pages else index_progress(self.search_index)

    def counter(self) -> str:
        """Return how many are marked, and where the cursor is: row of all rows."""
        marks = self.marking.progress or marks_text(self.marked, self._unlisted)
        if not self.is_mounted or not self.state.pages.count:
            return marks
        index = self.license_list.cursor_index
        child = "" if index.child is None else f".{index.child + 1}"
        place = f"{index.row + 1:,}{child}/{self.state.pages.count_words}"
        return f"{marks}  {place}" if marks else place
