"""The Prices screen: what each product costs this partner."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from textual.widget import Widget

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.products import Product, ProductFamily
from jpmanage_tui.rules.catalog import shape
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.exports import Export, Record
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.prices import PRICE_FIELDS
from jpmanage_tui.services.price_rows import FAMILY, PRICE_ORDERS, PriceRow, bundled, family_names
from jpmanage_tui.services.sort_order import SortOrder
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.sections.base import SORT
from jpmanage_tui.ui.sections.list_section import ListSection
from jpmanage_tui.ui.sections.prices.columns import currencies
from jpmanage_tui.ui.sections.prices.list import PriceList
from jpmanage_tui.ui.sections.prices.rows import price_rows
from jpmanage_tui.ui.widgets.item_list import Heading
from jpmanage_tui.ui.widgets.text_line import TextLine, Tone

PRICES: CommandSet = CommandSet(
    "Prices",
    (
        Command(
            "toggle",
            "Bundles",
            "Show or hide the sizes in which the product is sold as a bundle, and what one license costs in each.",
            action="toggle_bundles",
        ),
        Command(
            "expand",
            "Open",
            "Show the bundles of the product.",
            action="show_bundles",
            footer=False,
            palette=False,
        ),
        Command(
            "collapse",
            "Close",
            "Hide the bundles of the product.",
            action="hide_bundles",
            footer=False,
            palette=False,
        ),
        Command("all-bundles", "All bundles", "Show or hide every bundle."),
        Command(
            "search",
            "Search",
            "Search products as you type, also by what a plan contains; enter goes to the list.",
        ),
        SORT,
        Command(
            "export",
            "Export",
            "Write the products that the search matches, with all their bundles, to a CSV or JSON file.",
            footer=False,
        ),
    ),
)


BILLED = "Billed by the day, invoiced after the month."


class PricesSection(ListSection[PriceRow]):
    """Every product of the partner's families that is sold, with its price per day, month and year."""

    COMMAND_SET = PRICES
    NOUN = "product"
    LOADING = "Loading your prices"
    SEARCH = "product, or what a plan contains"
    SEARCH_ID = "price-search"
    SEARCH_PAUSE = 0
    NO_ROW = "No product is selected."
    PLACEHOLDER = "  · · ·"

    def __init__(self, session: Session) -> None:
        super().__init__(session, FAMILY)
        self.products: tuple[Product, ...] = ()
        self.opened: frozenset[ProductSlug] = frozenset()
        """The products whose bundles are shown."""
        self._families: dict[str, str] = {}
        self._unreadable = 0
        self._loader: Loader[str] = Loader(self, "prices", failed=self.load_failed, again=self.load)

    def make_list(self) -> PriceList:
        """Return the list."""
        self.price_list = PriceList(id="prices")
        return self.price_list

    def compose_lead(self) -> Iterable[Widget]:
        """Compose the line that says what the prices are."""
        yield TextLine(id="price-lead")

    # -- reading -------------------------------------------------------------------------

    @property
    def loader(self) -> Loader[str]:
        """The loader of the prices."""
        return self._loader

    @property
    def unreadable(self) -> int:
        """How many families, products and sizes of bundles could not be read."""
        return self._unreadable

    def load(self) -> None:
        """Ask for the prices."""
        self._loader.load("prices", self.session.client.products.partner_families, self._prices_loaded)

    async def read_view(self) -> Callable[[], bool] | None:
        """Read the prices once more."""
        begun = self._loader.begun
        if self._loader.answered_at is None:
            return None
        families = await self.quiet_client.products.partner_families()

        def show() -> bool:
            if self._loader.begun != begun or self._loader.answered_at is None:
                return False
            before = (self.products, self._families, self._unreadable)
            self._loader.read_beside(["prices"])
            self.products, self._unreadable = shape(families), families.unreadable
            self._families = family_names(families)
            if before == (self.products, self._families, self._unreadable):
                return False
            self.query_changed()
            return True

        return show

    def _prices_loaded(self, families: ReadRows[ProductFamily]) -> None:
        self.products, self._unreadable = shape(families), families.unreadable
        self._families = family_names(families)
        self.query_changed()
        self.answered()

    # -- what is shown -------------------------------------------------------------------

    def _rows(self, opened: frozenset[ProductSlug]) -> Sequence[PriceRow | Heading]:
        order = self.order or FAMILY
        return price_rows(self.products, self._families, self.search_text, order, opened)

    def query_changed(self) -> None:
        """Show the products that match, in their order."""
        self.price_list.show_rows(self._rows(self.opened), self.opened)
        self.show_placeholder()

    def show_placeholder(self) -> None:
        """Show the currency of the prices too."""
        named = currencies(self.products)
        lead = f"Your prices per license{', ' + named if named else ''}. "
        self.query_one("#price-lead", TextLine).show_words([(lead, Tone.STRONG), (BILLED, Tone.MUTED)])
        super().show_placeholder()

    def empty_lines(self) -> list[str]:
        """Return the lines for an account without products."""
        return [
            "The API lists no products for this partner key.",
            "",
            key_line("ask again", "refresh"),
            key_line("another partner key", "key"),
        ]

    def summary_note(self) -> str:
        """Return what the sign of an average month means, where one is listed."""
        rows = self.price_list.items
        return (
            "   ≈ an average month" if any(isinstance(row, PriceRow) and row.is_about for row in rows) else ""
        )

    # -- actions, and why one cannot be done now ---------------------------------------------

    @property
    def sort_orders(self) -> Sequence[SortOrder[PriceRow]]:
        """The orders of the menu."""
        return PRICE_ORDERS

    def export(self) -> Export:
        """Return the export of the products that match, and of every size they are sold in."""
        listed = self._rows(bundled(self.products))
        sold = [row for row in listed if isinstance(row, PriceRow)]

        async def rows(_codes: bool) -> AsyncIterator[Record]:
            for row in sold:
                yield record_of(PRICE_FIELDS, row)

        unreadable = self._unreadable
        return Export(
            f"the prices of {pluralize(sum(row.bundle is None for row in sold), 'product')}",
            "price",
            "prices",
            names_of(PRICE_FIELDS),
            rows,
            lacks=lambda: f"{pluralize(unreadable, 'price')} could not be read" if unreadable else "",
        )

    @property
    def is_open(self) -> bool:
        """Whether the product under the cursor shows its bundles."""
        return self.current is not None and self.current.product.slug in self.opened

    def toggle_bundles_disabled_reason(self) -> str | None:
        """Return why the product under the cursor has no bundles to show or hide."""
        row = self.current
        if row is None:
            return self.NO_ROW
        return None if row.product.supported_bundles else "This product is not sold in bundles."

    def show_bundles_disabled_reason(self) -> str | None:
        """Return why there are no bundles to show."""
        return "It is open." if self.is_open else self.toggle_bundles_disabled_reason()

    def hide_bundles_disabled_reason(self) -> str | None:
        """Return why there are no bundles to hide."""
        return None if self.is_open else "It is not open."

    def all_bundles_disabled_reason(self) -> str | None:
        """Return that there are no prices yet."""
        return None if self.products else "There are no prices yet."

    sort_disabled_reason = export_disabled_reason = all_bundles_disabled_reason

    def action_toggle_bundles(self) -> None:
        """Show or hide the bundles of the product under the cursor."""
        row = self.current
        if row is None:
            return
        self.opened ^= {row.product.slug}
        self.query_changed()
        if self.is_open:
            self.price_list.show(self.price_list.cursor, below=len(row.product.supported_bundles))

    action_show_bundles = action_hide_bundles = action_toggle_bundles

    def action_all_bundles(self) -> None:
        """Show every bundle, or hide them all when all are shown."""
        every = bundled(self.products)
        self.opened = frozenset() if self.opened >= every else every
        self.query_changed()

    def close_row(self) -> bool:
        """Hide the bundles of the product under the cursor."""
        if not self.is_open:
            return False
        self.action_hide_bundles()
        return True
