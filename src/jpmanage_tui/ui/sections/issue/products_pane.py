"""The first step: the sizes, the search, the products, and what the one under the cursor contains."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from textwrap import wrap

from rich.cells import cell_len
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules import catalog
from jpmanage_tui.rules.search.fold import fold
from jpmanage_tui.services.issuing.order import Order
from jpmanage_tui.services.issuing.quote import per_day, product_description
from jpmanage_tui.services.issuing.selection import Pick, Selection
from jpmanage_tui.ui.common.accessibility import CURRENT, is_accessible
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.issue.columns import ProductRow, product_columns
from jpmanage_tui.ui.sections.issue.data import Part
from jpmanage_tui.ui.sections.issue.pages import status_text
from jpmanage_tui.ui.widgets.item_list import ColumnHeadings, Heading, ItemList, Span
from jpmanage_tui.ui.widgets.line import clip, strip_of
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.tab_bar import ClickableTabs, TabChosen
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


class SizeTabs(ClickableTabs):
    """The sizes in which something is sold, the present one reversed; a size with a selection shows how many."""

    COMPONENT_CLASSES = {"sizes--current", "sizes--muted"}
    DEFAULT_CSS = """
    SizeTabs {
        padding: 0 1;
        & > .sizes--current { text-style: bold reverse; color: $primary; }
        & > .sizes--muted { color: $text-muted; text-style: $muted-style; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[tuple[int, int], ...], int] = (((1, 0),), 1)

    def show_sizes(self, sizes: Sequence[tuple[int, int]], current: int) -> None:
        """Show sizes, each with how many of it are selected."""
        if (tuple(sizes), current) != self._shown:
            self._shown = (tuple(sizes), current)
            self.refresh()

    def tab_ends(self, width: int) -> Sequence[int]:
        """Return behind which cell each size ends."""
        return list(accumulate(cell_len(text) for text, _ in self.parts(width)))

    @property
    def shown_tab(self) -> int:
        """The present size, counted from 0."""
        sizes, current = self._shown
        return next((index for index, (size, _) in enumerate(sizes) if size == current), 0)

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the sizes in the longest form that fits."""
        for form in range(2):
            parts = self._form(form)
            if sum(cell_len(text) for text, _ in parts) <= width:
                return parts
        return self._form(2)

    def _form(self, form: int) -> list[tuple[str, Style]]:
        sizes, current = self._shown
        parts: list[tuple[str, Style]] = []
        for size, count in sizes:
            if size == 1:
                words = ("Single license", "Single", "1")[form]
            else:
                words = (f"{size} licenses", f"{size} licenses" if size == current else f"{size}", f"{size}")[
                    form
                ]
            accessible = is_accessible(self)
            figure = (f", {count} selected" if accessible else f" ✓{count}") if count else ""
            style = self.style("sizes--current") if size == current else self.rich_style
            said = CURRENT if accessible and size == current else ""
            parts.append((f" {words}{figure}{said} ", style))
        return parts


class ProductList(ItemList[ProductRow]):
    """One product a line under the headings of the vendor's sections, with prices and how many are selected."""

    def __init__(self, *, id: str) -> None:
        super().__init__(product_columns(1), id=id)
        self._in_size = 1

    def show_products(self, products: Sequence[Product], size: int, selection: Selection) -> None:
        """Show these products in a size; the cursor stays on the product it is on, where that is still there."""
        if size != self._in_size:
            self._in_size = size
            self.show_columns(product_columns(size))
        rows: list[ProductRow | Heading] = []
        for section, members in catalog.sections(products):
            rows.append(Heading(section.value))
            rows += (ProductRow(one, size, selection.count(Pick(one.slug, size))) for one in members)
        self.show_items(rows)

    def identity(self, item: ProductRow) -> ProductSlug:
        """Return the slug: the cursor stays on its product."""
        return item.product.slug

    def point_at(self, text: str) -> None:
        """Put the cursor on the first product whose name has `text` in it, where there is one."""
        needle = fold(text)
        for line in self.selectable_lines():
            row = self.item_at(line)
            if row is not None and needle in fold(row.product.name):
                self.move_cursor(line)
                return

    def row_prefix(self, line: int) -> str:
        """Return a tick beside what is selected in this size."""
        row = self.item_at(line)
        return "✓" if row is not None and row.count else " "

    def row_style(self, item: ProductRow) -> Style:
        """Return the style of a row: what is selected stands out."""
        return self.get_component_rich_style("list--strong") if item.count else self.rich_style

    def span(self, item: ProductRow) -> Span | None:
        """Return a price by its own interval, in the place of both figures."""
        return Span("Per day", "Per month", per_day(item.price)) if item.has_unknown_interval else None


class ProductDescription(Widget):
    """Two muted lines about what is under the cursor: a plan names all that it contains."""

    DEFAULT_CSS = """
    ProductDescription { height: 2; width: 1fr; color: $text-muted; text-style: $muted-style; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def show_text(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.text = text
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the painted line (Textual's line API)."""
        width = self.content_size.width
        first, *rest = wrap(self.text, max(1, width)) or [""]
        line = (first, clip(" ".join(rest), width))[y]
        return strip_of([(line, self.rich_style)], width, self.rich_style)


class ProductsPane(Vertical):
    """Shows the catalog of an order in one size at a time; it changes nothing in the order."""

    DEFAULT_CSS = """
    ProductsPane { height: 1fr; }
    #issue-status { height: auto; padding: 0 1; color: $warning; text-style: bold; display: none; }
    #issue-status.-shown { display: block; }
    """

    class Changed(Message):
        """Other products are shown, or the cursor stands on another one."""

    def __init__(self, order: Order, loader: Loader[Part]) -> None:
        """`loader` knows why the catalog could not be read."""
        super().__init__()
        self._order = order
        self._loader = loader
        self.in_size = 1

    def compose(self) -> ComposeResult:
        """Compose what keeps from issuing, the sizes, the search, the list and the line about its product."""
        yield Static("", markup=False, id="issue-status")
        yield SizeTabs()
        yield SearchBar("a product, or what a plan contains", field_id="issue-search", pause=0)
        products = ProductList(id="issue-products")
        yield ColumnHeadings(products)
        yield products
        yield ProductDescription()

    @property
    def products(self) -> ProductList:
        """The list."""
        return self.query_one(ProductList)

    @property
    def pick(self) -> Pick:
        """The product under the cursor in the size that is shown."""
        row = self.products.current
        return Pick(row.product.slug if row is not None else ProductSlug(""), self.in_size)

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.query_one(SearchBar).text

    # -- showing -------------------------------------------------------------------------

    def show(self) -> None:
        """Show what the order knows now."""
        order = self._order
        words = status_text(order.status)
        status = self.query_one("#issue-status", Static)
        status.update(words)
        status.set_class(bool(words), "-shown")
        shown = [(size, order.selection.count_of_size(size)) for size in order.sizes]
        self.query_one(SizeTabs).show_sizes(shown, self.in_size)
        found = catalog.at_size(catalog.search(order.sold, self.text), self.in_size)
        self.products.placeholder = self._placeholder()
        self.products.show_products(found, self.in_size, order.selection)

    def _placeholder(self) -> list[str]:
        order = self._order
        if not order.has_catalog:
            error = self._loader.errors.get(Part.CATALOG)
            return ["    · · ·"] * 100 if error is None else ["", error_text(error, Part.CATALOG.value)]
        if not order.sold:
            return ["", "The API lists no product that can be issued."]
        what = "No product" if self.in_size == 1 else f"No product sold in bundles of {self.in_size}"
        sizes = key_line("the other sizes", "issue-size-before", "issue-next-size")
        return ["", f"{what} matches “{self.text}”.", "", sizes, "esc    clear the search"]

    @on(VirtualList.Highlighted)
    def _moved(self) -> None:
        row, words = self.products.current, ""
        if row is not None:
            inside = [one for one in self._order.sold if catalog.contains(row.product.slug, one.slug)]
            words = product_description(row.product, self.in_size, inside)
        self.query_one(ProductDescription).show_text(words)

    @on(TabChosen)
    def _size_clicked(self, event: TabChosen) -> None:
        event.stop()
        self.step_size(event.step)

    def step_size(self, step: int) -> None:
        """Show the next size (1) or the one before (-1), round and round."""
        sizes = self._order.sizes
        index = sizes.index(self.in_size) if self.in_size in sizes else 0
        self.in_size = sizes[(index + step) % len(sizes)]
        self._changed()

    # -- searching -----------------------------------------------------------------------

    def open_search(self) -> None:
        """Show the search field and put the focus there."""
        self.query_one(SearchBar).open()

    def clear_search(self) -> None:
        """Clear the search and take its field away."""
        self.query_one(SearchBar).show_text("")
        self.products.focus()
        self._changed()

    def step_back(self) -> bool:
        """Leave the field keeping its text, then clear the search; returns whether there was a step to take."""
        keeps_text = self.query_one(SearchBar).step_back()
        if keeps_text is None:
            return False
        self.products.focus()
        if not keeps_text:
            self._changed()
        return True

    @on(SearchBar.Changed)
    def _search(self, event: SearchBar.Changed) -> None:
        if event.entered:
            self.products.focus()
            return
        self._changed()
        if event.text:
            # plans that contain a product stand before it; what was named is what is meant
            self.products.point_at(event.text)

    def _changed(self) -> None:
        self.show()
        self.post_message(self.Changed())
