"""Lists whose items come in pages behind cursors, as Invoices and Payment Methods have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, TypeVar

from textual import on

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.paging import CursorPaginator
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.widgets.item_list import Columns, Heading, ItemList, Parts
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

Item = TypeVar("Item")
LIST = "list"
"""The one key of the loader: a page's cursor is known only when the page before it came."""


class CursorItemList(WorkerMixin, ItemList[Item]):
    """A list that asks for its next page when the end of what is there comes into view, or the user goes to the end.

    How many items there are is known only when the last page came; until then dots stand below the last item. `ask`
    starts over with another way to list; `reload` lists anew from the first page, and what stands on the screen stays
    until as many items as wanted came. The list posts `Loaded` and `LoadFailed`; after a failure nothing further is
    asked for until `reload`.
    """

    look_ahead: ClassVar[int] = 0
    """Lines before the end of what is there from which on the next page is asked for."""

    class Loaded(DataMessage):
        """Items came."""

        list: CursorItemList[Any]

        @property
        def control(self) -> CursorItemList[Any]:
            """The list."""
            return self.list

    class LoadFailed(DataMessage):
        """A page could not be read."""

        list: CursorItemList[Any]
        error: ApiError

        @property
        def control(self) -> CursorItemList[Any]:
            """The list."""
            return self.list

    def __init__(
        self, columns: Columns[Item], *, id: str | None = None, again: Callable[[], None] | None = None
    ) -> None:
        """With `again` a failure that may pass leads to a further try (`Loader`)."""
        super().__init__(columns, id=id)
        self.loader: Loader[str] = Loader(self, f"{id}-pages", failed=self._load_failed, again=again)
        self.to_end = False
        """Whether the cursor goes on to the end as pages come; any other move ends that."""
        self._list_all: Callable[[], CursorPaginator[Item]] | None = None
        self._pages: CursorPaginator[Item] | None = None
        """Where the items came from; it has the further ones."""
        self._read_items: list[Item] = []
        """The items in the API's order."""

    # -- what a subclass says ------------------------------------------------------------

    def in_display_order(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return the items, which are in the API's order, in the order of the screen."""
        return items

    def is_enough(self, items: Sequence[Item]) -> bool:
        """Return whether no further page is needed, wherever the end of the list is."""
        return True

    # -- what is there -------------------------------------------------------------------

    @property
    def loaded_items(self) -> tuple[Item, ...]:
        """The items that came, in the order of the screen."""
        return tuple(self.in_display_order(self._read_items))

    @property
    def has_more(self) -> bool:
        """Whether the API has further items."""
        return self._pages is not None and not self._pages.done

    @property
    def cut_short(self) -> bool:
        """Whether the API says that there are more, and sends none."""
        return self._pages is not None and self._pages.cut_short

    @property
    def unreadable(self) -> int:
        """How many items came that could not be read."""
        return self._pages.unreadable if self._pages is not None else 0

    @property
    def position(self) -> int:
        """The number of the item under the cursor, from 1; 0 where there is none."""
        return self.cursor + 1 if self.items else 0

    @property
    def is_empty(self) -> bool:
        """Whether it is sure that there is no item: the list was read to its end, and nothing was left out."""
        read = self.loader.answered_at is not None
        return read and not self.items and not (self.has_more or self.cut_short or self.unreadable)

    @property
    def count_words(self) -> str:
        """How many there are, as far as it is known: "26", or "10+" before the end came."""
        return f"{len(self.items):,}{'+' if self.has_more or self.cut_short else ''}"

    # -- reading -------------------------------------------------------------------------

    def ask(self, list_all: Callable[[], CursorPaginator[Item]]) -> None:
        """Show what `list_all` lists, from the first page on; what was on its way is dropped."""
        self.loader.clear()
        self._list_all, self._pages, self._read_items = list_all, None, []
        self.cursor, self.to_end = 0, False
        self.show_items(())
        self.reload()

    def reload(self, count: int = 1) -> None:
        """List anew, until so many items came, or all."""
        if self._list_all is not None:
            self._read(self._list_all(), [], max(1, count))

    async def read_view(self, pages: CursorPaginator[Item]) -> Callable[[], bool] | None:
        """Read the items down to the last in view anew from `pages`; returns what shows them at once.

        None before the first answer. What is returned says whether anything is other than before; where something else
        was asked for meanwhile it shows nothing. Items further down stay as they are. Raises ApiError.
        """
        begun, known = self.loader.begun, self._pages
        if known is None:
            return None
        last = max(self.cursor, self.scroll_offset.y + self.view_height - 1)
        read = await _read_on(pages, [], max(1, min(len(self.items), last + 1)))

        def show() -> bool:
            return self._pages is known and self.loader.begun == begun and self._show_again(pages, read)

        return show

    def _show_again(self, pages: CursorPaginator[Item], read: list[Item]) -> bool:
        self.loader.read_beside([LIST])
        seen = {self.identity(item) for item in read}
        known = [number for number, item in enumerate(self._read_items) if self.identity(item) in seen]
        below = [] if pages.done else self._read_items[known[-1] + 1 if known else len(self._read_items) :]
        items, had_more = [*read, *below], self.has_more
        if not below:
            self._pages = pages
        if items == self._read_items and self.has_more == had_more:
            return False
        self._read_items = items
        self.show_items(self.loaded_items)
        return True

    def _read(self, pages: CursorPaginator[Item], items: list[Item], count: int) -> None:
        self.loader.load(LIST, partial(_read_on, pages, items, count), partial(self._items_loaded, pages))

    def _items_loaded(self, pages: CursorPaginator[Item], items: list[Item]) -> None:
        self._pages, self._read_items = pages, items
        self.show_items(self.loaded_items)
        self.post_message(self.Loaded(self))
        if not pages.done and not self.is_enough(items):
            self._read(pages, items, len(items) + 1)

    def _load_failed(self, _key: str, error: ApiError) -> None:
        self.to_end = False
        self.post_message(self.LoadFailed(self, error))

    @on(VirtualList.VisibleRangeChanged)
    @on(VirtualList.Highlighted)
    def _load_more(self) -> None:
        pages = self._pages
        if pages is None or pages.done or self.loader.busy or self.loader.error is not None:
            return
        bottom = max(self.cursor, self.scroll_offset.y + self.view_height - 1)
        if self.to_end or bottom >= len(self.items) - self.look_ahead:
            self._read(pages, self._read_items, len(self._read_items) + 1)

    # -- lines ---------------------------------------------------------------------------

    def show_items(self, items: Sequence[Item | Heading]) -> None:
        """Show these items; the cursor stays on its item, and that on its line of the view.

        Where the item is gone, the cursor goes to the nearest one that is left.
        """
        y, followed = self.cursor - self.scroll_offset.y, self.take_items(items)
        if followed is not None:
            self.cursor = followed.row
        self.lay_out()
        self.changed()
        if followed is not None:
            self.show_at(self.cursor, y - followed.above)
        if self.to_end and self.items:
            self.move_cursor(len(self.items) - 1)

    def line_of(self, item: Item, default: int) -> int:
        """Return the line of an item, known by its identity; `default` where it is not listed."""
        identity = self.identity(item)
        lines = (line for line in range(len(self.items)) if self._is(line, identity))
        return next(lines, default)

    def replace(self, item: Item) -> None:
        """Show an item in the place of the one that has its identity."""
        identity = self.identity(item)
        self._read_items = [item if self.identity(one) == identity else one for one in self._read_items]
        self.show_items(self.loaded_items)

    def line_count(self) -> int:
        """Return the number of items, and a line for those that are still to come."""
        return len(self.items) + self.has_more

    def paint(self, line: int, width: int) -> Parts:
        """Return an item's row, or dots below the last one."""
        if line >= len(self.items):
            return [("· · ·", self.get_component_rich_style("list--muted"))]
        return super().paint(line, width)

    # -- moving --------------------------------------------------------------------------

    def move(self, step: int) -> None:
        """Move by a row; no longer to the end."""
        self.to_end = False
        super().move(step)

    def page(self, pages: float) -> None:
        """Move by pages; no longer to the end."""
        self.to_end = False
        super().page(pages)

    def first(self) -> None:
        """Move to the first row; no longer to the end."""
        self.to_end = False
        super().first()

    def last(self) -> None:
        """Move to the last row that is there, and on to the end of all."""
        super().last()
        self.to_end = self.has_more
        self._load_more()


async def _read_on(pages: CursorPaginator[Item], items: Sequence[Item], count: int) -> list[Item]:
    """Return `items` with those that follow, until there are `count` or no more. Raises ApiError."""
    read = list(items)
    while len(read) < count and not pages.done:
        read += await pages.next_page()
    return read
