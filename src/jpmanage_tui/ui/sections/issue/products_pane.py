"""The first step: sizes, search, and the products."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.rules import catalog as catalog
from jpmanage_tui.services.issuing.order import Order
from jpmanage_tui.services.issuing.quote import about
from jpmanage_tui.services.issuing.selection import Pick
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.issue.header import About, ProductHeadings, SizeTabs
from jpmanage_tui.ui.sections.issue.page_rows import status_text
from jpmanage_tui.ui.sections.issue.product_list import ProductList
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


class ProductsPane(Vertical):
    """Shows the catalog of an order in one size at a time; it changes nothing in the order."""

    DEFAULT_CSS = """
    ProductsPane { height: 1fr; }
    #issue-status { height: auto; padding: 0 1; color: $warning; text-style: bold; display: none; }
    #issue-status.-shown { display: block; }
    """

    class Changed(Message):
        """Other products are shown, or the cursor stands on another one."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self._order = order
        self.in_size = 1

    def compose(self) -> ComposeResult:
        """Compose what keeps from issuing, the sizes, the search, the list and the line about its product."""
        yield Static("", markup=False, id="issue-status")
        yield SizeTabs()
        yield SearchBar("a product, or what a plan contains", field_id="issue-search", pause=0)
        yield ProductHeadings()
        yield ProductList(id="issue-products")
        yield About()

    @property
    def products(self) -> ProductList:
        """The list."""
        return self.query_one(ProductList)

    @property
    def pick(self) -> Pick:
        """The product under the cursor in the size that is shown."""
        product = self.products.current
        return Pick(product.slug if product is not None else ProductSlug(""), self.in_size)

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
        self.products.placeholder = self._note()
        self.products.show_products(found, self.in_size, order.selection)
        self._fit()

    def _note(self) -> list[str]:
        order = self._order
        if order.answered_at is None:
            return (
                ["    · · ·"] * 100
                if order.error is None
                else ["", error_text(order.error, "Loading products")]
            )
        if not order.sold:
            return ["", "The API lists no product that can be issued."]
        what = "No product" if self.in_size == 1 else f"No product sold in bundles of {self.in_size}"
        sizes = key_line("the other sizes", "issue-size-before", "issue-next-size")
        return ["", f"{what} matches “{self.text}”.", "", sizes, "esc    clear the search"]

    @on(VirtualList.VisibleRangeChanged)
    def _fit(self) -> None:
        self.query_one(ProductHeadings).fit(self.products.scrollable_content_region.width, self.in_size)

    @on(VirtualList.Highlighted)
    def _moved(self) -> None:
        product = self.products.current
        inside = (
            []
            if product is None
            else [one for one in self._order.sold if catalog.contains(product.slug, one.slug)]
        )
        self.query_one(About).tell(about(product, self.in_size, inside))

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
        row = self.query_one(SearchBar)
        if row.typing and row.text:
            self.products.focus()
        elif row.typing or row.text:
            self.clear_search()
        else:
            return False
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
