"""What every section that is a list has: tabs, search, order, reload, status, export and the menu of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.text import counted, format_time, matching, not_read
from jpmanage_tui.ui.common.commands import ActiveCommands
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import aged_error_text, error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.widgets.cursor_list import CursorItemList
from jpmanage_tui.ui.widgets.item_list import (
    ColumnHeadings,
    ColumnList,
    HeadingChosen,
    PagedItemList,
    SortOrder,
)
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.tab_bar import TabBar, TabChosen

if TYPE_CHECKING:  # dialogs and exports are loaded when somebody asks for one: the first list is waited for
    from jpmanage_tui.services.exports import Export

Item = TypeVar("Item")


@dataclass(frozen=True)
class ListTab:
    """A tab over a list: its label, a short one where there is little room, and the sentence for an empty list."""

    label: str
    short_label: str
    empty: str


class ListSection(Section, Generic[Item]):
    """A section that is one list.

    A subclass declares what it has, and says the rest in a few methods:

    - `NOUN` of an item, and `LOADING`, which is what failed when something could not be read ("Loading sites");
    - `SEARCH`, what the search field asks for; without it there is no search. The tabs, where it has some;
    - `make_list` and `loader`: the list, and the `Loader` whose error and age the status line tells;
    - `load`, which asks for what is shown, at first, by hand and by itself after a failure. The functions that take
      the answers call `answered` or `load_failed`; a `PagedItemList` or `CursorItemList` leads to that by itself;
    - `read_view`, which reads what is in view once more without a trace, so that `refresh_quietly` can show it;
    - `query_changed`, which applies another search text, tab or order;
    - `empty_lines`, `export`, and for a row's menu `ROW_ACTIONS` and `row_title`.

    In its `CommandSet` it names the actions `search`, `previous_filter`, `next_filter`, `sort`, `export` and
    `row_menu` as it needs them: they are here, with the reasons why they cannot run.
    """

    NOUN: ClassVar[str]
    LOADING: ClassVar[str]
    SEARCH: ClassVar[str] = ""
    SEARCH_ID: ClassVar[str] = "search"
    SEARCH_PAUSE: ClassVar[float] = 0.4
    """Seconds without a key before what was typed is searched; 0 where nobody is asked."""
    TABS: ClassVar[Sequence[ListTab]] = ()
    ROW_ACTIONS: ClassVar[Sequence[str]] = ()
    """The commands of a row, by name, in the order of its menu."""
    NO_ROW: ClassVar[str]
    """Why nothing can be done with a row where the cursor stands on none."""
    PLACEHOLDER: ClassVar[str] = "· · ·"
    """What stands in each row before the first answer."""
    PLACEHOLDER_ROWS: ClassVar[int] = 100
    """How many such rows there are at the most."""
    DEFAULT_CSS = "ListSection { layout: vertical; }"

    def __init__(self, session: Session, order: SortOrder[Item] | None = None) -> None:
        super().__init__(session)
        self.search_text = ""
        self.tab_index = 0
        self.order = order
        self.item_list: ColumnList[Item] = self.make_list()

    # -- what a subclass says ------------------------------------------------------------

    def make_list(self) -> ColumnList[Item]:
        """Return the list."""
        raise NotImplementedError

    @property
    def loader(self) -> Loader[Any]:
        """The loader whose error and age the status line tells."""
        raise NotImplementedError

    def load(self) -> None:
        """Ask the API for what is shown; what stands on the screen stays until the answer comes."""
        raise NotImplementedError

    def query_changed(self) -> None:
        """Apply the search text, the tab and the order: ask the API, or show other items."""
        raise NotImplementedError

    async def read_view(self) -> Callable[[], bool] | None:
        """Read what is in view once more; returns what shows it and says whether it differs. Raises ApiError.

        None where there is nothing to read, or it was not read before.
        """
        return None

    def compose_lead(self) -> Iterable[Widget]:
        """Compose what stands above the search field."""
        return ()

    def compose_above_list(self) -> Iterable[Widget]:
        """Compose what stands between the search field and the headings."""
        return ()

    @property
    def current(self) -> Item | None:
        """The item under the cursor, None where there is none."""
        return self.item_list.current if self.is_mounted else None

    @property
    def unreadable(self) -> int:
        """How many items could not be read."""
        return 0

    @property
    def sort_orders(self) -> Sequence[SortOrder[Item]]:
        """The orders of the sort menu."""
        return ()

    def empty_lines(self) -> list[str]:
        """Return the lines that say why nothing is listed, where nothing is searched for."""
        return []

    def no_match_lines(self) -> list[str]:
        """Return the lines below the sentence that nothing matches what is searched for."""
        return [key_line("clear the search", "back")]

    def close_row(self) -> bool:
        """Close the row under the cursor (esc); returns whether it was open."""
        return False

    def export(self) -> Export:
        """Return what an export of the list holds."""
        raise NotImplementedError

    @property
    def row_actions(self) -> Sequence[str]:
        """The commands of the row under the cursor, by name."""
        return self.ROW_ACTIONS

    def row_title(self, item: Item) -> str:
        """Return the title of a row's menu."""
        raise NotImplementedError

    def summary_note(self) -> str:
        """Return what the status line says after the count, where the list is not old; it begins with its own space."""
        return ""

    # -- the screen ----------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Compose tabs, search field, headings and list."""
        yield from self.compose_lead()
        if self.TABS:
            yield TabBar([(tab.label, tab.short_label) for tab in self.TABS])
        if self.SEARCH:
            yield SearchBar(self.SEARCH, field_id=self.SEARCH_ID, pause=self.SEARCH_PAUSE)
        yield from self.compose_above_list()
        yield ColumnHeadings(self.item_list)
        yield self.item_list

    def on_mount(self) -> None:
        """Ask for what is shown first."""
        self.query_changed()
        if not self.loader.busy:
            self.load()
        self.post_message(self.StatusChanged())

    def focus_first(self) -> None:
        """The list has the focus."""
        self.item_list.focus()

    @property
    def tab(self) -> ListTab | None:
        """The tab that is shown; None where there are no tabs, or the first, which holds everything."""
        return self.TABS[self.tab_index] if self.tab_index else None

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again, by hand."""
        self.loader.reset_retries()
        self.load()
        self.post_message(self.StatusChanged())

    @property
    def retries(self) -> bool:
        """Whether what could not be read is asked for again by itself."""
        return self.loader.retries

    async def refresh_quietly(self) -> Callable[[], None] | None:
        """Read what is in view once more (`Section.refresh_quietly`)."""
        show = await self.read_view()
        return None if show is None else partial(self._show_again, show)

    def _show_again(self, show: Callable[[], bool]) -> None:
        if show() or self.load_error:
            self.answered()
        else:
            self.show_overdue(False)

    def answered(self) -> None:
        """Take note that the API answered; a subclass shows what came before or after."""
        self.clear_load_error()
        self.show_placeholder()

    def load_failed(self, _key: object, error: ApiError) -> None:
        """Tell what could not be read; the items on the screen stay."""
        self.report_load_error(aged_error_text(error, self.LOADING, self.loader.answered_at))
        self.show_placeholder()

    @on(PagedItemList.Loaded)
    @on(CursorItemList.Loaded)
    def _page_loaded(self) -> None:
        self.answered()

    @on(PagedItemList.LoadFailed)
    @on(CursorItemList.LoadFailed)
    def _page_failed(self, event: PagedItemList.LoadFailed | CursorItemList.LoadFailed) -> None:
        self.load_failed(None, event.error)

    def show_placeholder(self) -> None:
        """Show what stands in the place of rows while there are none: dots, an error, or why the list is empty."""
        self.item_list.placeholder = self._placeholder_lines()
        self.item_list.refresh()
        self.post_message(self.StatusChanged())

    def _placeholder_lines(self) -> list[str]:
        if self.loader.answered_at is None:
            if self.loader.error is not None:
                return ["", error_text(self.loader.error, self.LOADING)]
            return [self.PLACEHOLDER] * self.PLACEHOLDER_ROWS
        if not self.search_text:
            return ["", *self.empty_lines()]
        where = f" in {self.tab.label}" if self.tab is not None else ""
        nothing = f"No {self.NOUN}{where} matches “{self.search_text}”."
        return ["", nothing, "", *self.no_match_lines()]

    # -- actions, and why one cannot be done now -----------------------------------------------

    def row_disabled_reason(self) -> str | None:
        """Return that the cursor stands on no row."""
        return self.NO_ROW if self.current is None else None

    export_disabled_reason = row_menu_disabled_reason = row_disabled_reason

    def action_search(self, text: str = "") -> None:
        """Search for a text, else show the search field and put the focus there."""
        if text:
            self.look_for(text)
        else:
            self.search_bar.open()

    def action_previous_filter(self) -> None:
        """Show the tab before; before the first comes the last."""
        self._step_tab(-1)

    def action_next_filter(self) -> None:
        """Show the next tab; after the last comes the first."""
        self._step_tab(1)

    def _step_tab(self, step: int) -> None:
        self.show_tab((self.tab_index + step) % len(self.TABS))
        self.query_changed()

    @on(TabChosen)
    def _tab_chosen(self, event: TabChosen) -> None:
        self._step_tab(event.step)

    @on(HeadingChosen)
    def _heading_chosen(self, event: HeadingChosen) -> None:
        if event.list is self.item_list:
            order = event.next_after(self.order)
            if order in self.sort_orders:
                self.order = order
                self.query_changed()

    def show_tab(self, index: int) -> None:
        """Show which tab is on, from 0; `query_changed` is left to who calls."""
        self.tab_index = index
        self.query_one(TabBar).show(index)

    def sort_values(self) -> Sequence[str]:
        """Return the orders as they are typed in the command line."""
        return [order.label for order in self.sort_orders]

    def action_sort(self, label: str = "") -> None:
        """Take the order of this label, else let the user choose one."""
        named = next((order for order in self.sort_orders if order.label == label), None)
        if named is None:
            self.start_action(self._choose_order())
        elif named != self.order:
            self.order = named
            self.query_changed()

    def search_values(self) -> Sequence[str]:
        """Return that any text may follow: it is searched for."""
        return ()

    async def _choose_order(self) -> None:
        from jpmanage_tui.ui.dialogs.choice import choose_order

        orders = {order.name: order for order in self.sort_orders}
        present = self.order.name if self.order is not None else ""
        labels = {name: order.menu_label for name, order in orders.items()}
        chosen = await choose_order(self, labels, present)
        if chosen is not None and chosen != present:
            self.order = orders[chosen]
            self.query_changed()

    def action_export(self) -> None:
        """Write what is listed to a file."""
        from jpmanage_tui.ui.dialogs import export as exporting

        self.start_action(exporting.export(self, self.export()))

    def action_row_menu(self) -> None:
        """Show the menu of the row under the cursor, and do what is chosen."""
        self.start_action(self._show_row_menu())

    async def _show_row_menu(self) -> None:
        from jpmanage_tui.ui.dialogs.choice import choose_row_action

        item = self.current
        if item is not None:
            active, commands = (
                ActiveCommands(self.COMMAND_SET, self),
                map(self.COMMAND_SET.named, self.row_actions),
            )
            actions = [(command.name, command.label, active.reason(command)) for command in commands]
            await choose_row_action(self, self.row_title(item), self.COMMAND_SET, actions)

    # -- searching -----------------------------------------------------------------------

    @property
    def search_bar(self) -> SearchBar:
        """The line of the search."""
        return self.query_one(SearchBar)

    def look_for(self, text: str) -> None:
        """Search for `text`, and show it in the field; "" clears the search and takes the field away."""
        self.search_bar.show_text(text)
        if self.shown:
            self.item_list.focus()
        self.search_text = text.strip()
        self.query_changed()

    @on(SearchBar.Changed)
    def _search_asked(self, event: SearchBar.Changed) -> None:
        if event.text != self.search_text:
            self.search_text = event.text
            self.query_changed()
        if event.entered:
            self.item_list.focus()

    def step_back(self) -> bool:
        """Leave the search field keeping its text; close the row; clear the search."""
        if self.SEARCH and self.search_bar.typing:
            self.look_for(self.search_bar.text)
        elif self.close_row():
            pass
        elif self.search_text:
            self.look_for("")
        else:
            return False
        self.post_message(self.StatusChanged())
        return True

    # -- status --------------------------------------------------------------------------

    def count_text(self) -> str:
        """Return how many items are listed, and of which search and tab."""
        count = self.item_list.count_words
        words = counted(count, self.NOUN)
        if self.search_text:
            words = matching(count, self.NOUN, self.search_text)
        return f"{words} ({self.tab.label})" if self.tab is not None else words

    def summary(self) -> str:
        """Return how many items are listed, and how old that is where it is not fresh; nothing before an answer."""
        if not self.is_mounted or self.loader.answered_at is None:
            return ""
        words = self.count_text()
        if self.unreadable:
            words += f" {not_read(self.unreadable)}"
        if self.loader.error is not None or self.overdue:
            return f"{words} — as of {format_time(self.loader.answered_at)}, could not be refreshed"
        return words + self.summary_note()

    def progress(self) -> str | None:
        """Return that items are being loaded, where nothing of them is known yet."""
        return f"{self.LOADING}…" if self.loader.busy and self.loader.answered_at is None else None

    def counter(self) -> str:
        """Return where the cursor is: the item's number of all of them."""
        if not self.is_mounted or not self.item_list.position:
            return ""
        return f"{self.item_list.position:,}/{self.item_list.count_words}"
