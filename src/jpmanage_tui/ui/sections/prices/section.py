"""The Prices screen: what each product costs this partner."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from textual import on
from textual.app import ComposeResult

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.models.base import ReadRows
from jpmanage_tui.api.models.product import Product, ProductFamily
from jpmanage_tui.rules.catalogue import shape
from jpmanage_tui.rules.text import format_time, matching, not_read, pluralize
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.common.messages import Note
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text, error_text
from jpmanage_tui.ui.dialogs import export as exporting
from jpmanage_tui.ui.dialogs.choice import choose_order
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.prices import rows
from jpmanage_tui.ui.sections.prices.commands import PRICES
from jpmanage_tui.ui.sections.prices.export import export_of
from jpmanage_tui.ui.sections.prices.list import PriceList
from jpmanage_tui.ui.sections.prices.rows import Order
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.text_line import TextLine, Tone
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

LOADING = "Loading your prices"
BILLED = "Billed by the day, invoiced after the month."


class PricesSection(Section):
    """Every product of the partner's families that is sold, with its price per day, month and year."""

    COMMANDS = PRICES
    DEFAULT_CSS = """
    PricesSection { layout: vertical; }
    #price-heading { color: $text-muted; text-style: bold; padding: 0; }
    """

    class Came(Note):
        """The partner's families came."""

        families: ReadRows[ProductFamily]

    class Failed(Note):
        """They could not be read."""

        error: ApiError

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.products: tuple[Product, ...] | None = None
        self.opened: frozenset[ProductSlug] = frozenset()
        self.order = Order.FAMILY
        self.error: ApiError | None = None
        self.answered_at: datetime | None = None
        self.unreadable = 0
        """How many families, products and sizes of bundles could not be read."""
        self._families: dict[str, str] = {}
        self.text = ""
        self._waiting = False
        self._retry = Retry(self, self._ask)

    def compose(self) -> ComposeResult:
        """Compose the lead, the search, the headings and the list."""
        yield TextLine(id="price-lead")
        yield SearchBar("product, or what a plan contains", field_id="price-search", pause=0)
        yield TextLine(id="price-heading")
        yield PriceList(id="prices")

    def on_mount(self) -> None:
        """Ask for the prices."""
        self._show()
        self._ask()

    # -- parts ---------------------------------------------------------------------------

    @property
    def price_list(self) -> PriceList:
        """The list."""
        return self.query_one(PriceList)

    @property
    def current(self) -> Product | None:
        """The product under the cursor."""
        return self.price_list.current if self.is_mounted else None

    def focus_first(self) -> None:
        """The list has the focus."""
        self.price_list.focus()

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen."""
        self.run_worker(flow, group="prices-flow", exclusive=False, exit_on_error=False)

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again; what is on the screen stays until the answer comes."""
        self._retry.answered()
        self._ask()

    def _ask(self) -> None:
        self._waiting = True
        self.run_worker(self._read(), group="prices", exclusive=True, exit_on_error=False)
        self.post_message(self.StatusChanged())

    async def _read(self) -> None:
        try:
            families = await self.session.client.products.partner_families()
        except ApiError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Came(families))

    @on(Came)
    def _came(self, message: Came) -> None:
        self._waiting = False
        self.tell_recovered()
        self.error, self.answered_at = None, datetime.now(UTC)
        self._retry.answered()
        self.products, self.unreadable = shape(message.families), message.families.unreadable
        self._families = {family.slug: family.name or family.slug for family in message.families}
        self._show()

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self._waiting = False
        self.error = message.error
        self.tell_trouble(aged_error_text(message.error, LOADING, self.answered_at))
        self._retry.failed(message.error)
        self._show()

    # -- what to show --------------------------------------------------------------------

    def _show(self) -> None:
        products = self.products or ()
        shown = rows.lines(products, self.text, self.order, self.opened)
        listed = self.price_list
        listed.note = [] if shown else self._note()
        listed.show_lines(shown, self._families, self.opened)
        named = rows.currencies(products)
        money = f"Your prices per license{', ' + named if named else ''}. "
        self.query_one("#price-lead", TextLine).show_words([(money, Tone.STRONG), (BILLED, Tone.MUTED)])
        self._show_heading()

    def _show_heading(self) -> None:
        self.query_one("#price-heading", TextLine).show_words([(self.price_list.heading(), Tone.PLAIN)])
        self.post_message(self.StatusChanged())

    def _note(self) -> list[str]:
        if self.products is None:
            return ["", error_text(self.error, LOADING)] if self.error is not None else ["  · · ·"] * 100
        if self.text:
            return ["", f"No product matches “{self.text}”.", "", "esc    clear the search"]
        return [
            "",
            "The API lists no products for this partner key.",
            "",
            key_line("ask again", "refresh"),
            key_line("another partner key", "key"),
        ]

    @on(VirtualList.Viewed)
    def _viewed(self) -> None:
        self._show_heading()

    # -- actions, and why one cannot be done now ---------------------------------------------

    def toggle_bundles_disabled_reason(self) -> str | None:
        """Return why the product under the cursor has no bundles to show or hide."""
        product = self.current
        if product is None:
            return "No product is selected."
        return None if product.supported_bundles else "This product is not sold in bundles."

    def show_bundles_disabled_reason(self) -> str | None:
        """Return why there are no bundles to show."""
        product = self.current
        if product is not None and product.slug in self.opened:
            return "It is open."
        return self.toggle_bundles_disabled_reason()

    def hide_bundles_disabled_reason(self) -> str | None:
        """Return why there are no bundles to hide."""
        product = self.current
        return None if product is not None and product.slug in self.opened else "It is not open."

    def all_bundles_disabled_reason(self) -> str | None:
        """Return that there are no prices yet."""
        return None if self.products else "There are no prices yet."

    sort_disabled_reason = export_disabled_reason = all_bundles_disabled_reason

    def action_toggle_bundles(self) -> None:
        """Show or hide the bundles of the product under the cursor."""
        product = self.current
        if product is None:
            return
        self.opened ^= {product.slug}
        self._show()
        if product.slug in self.opened:
            self.price_list.show(self.price_list.cursor, below=len(product.supported_bundles))

    action_show_bundles = action_hide_bundles = action_toggle_bundles

    def action_all_bundles(self) -> None:
        """Show every bundle, or hide them all when all are shown."""
        every = frozenset(product.slug for product in self.products or () if product.supported_bundles)
        self.opened = frozenset() if self.opened >= every else every
        self._show()

    def action_sort(self) -> None:
        """Let the user choose the order."""
        self.start(self._choose_sort())

    async def _choose_sort(self) -> None:
        chosen = await choose_order(self, {order.name: order.value for order in Order}, self.order.name)
        if chosen is not None:
            self.order = Order[chosen]
            self._show()

    def action_export(self) -> None:
        """Write what is listed to a file."""
        what = export_of(self.products or (), self.text, self.order, self._families, self.unreadable)
        self.start(exporting.export(self, what))

    # -- searching -----------------------------------------------------------------------

    def action_search(self) -> None:
        """Show the search field and put the focus there."""
        self.query_one(SearchBar).open()

    @on(SearchBar.Asked)
    def _search(self, event: SearchBar.Asked) -> None:
        self._look_for(event.text)
        if event.entered:
            self.price_list.focus()

    def _look_for(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self._show()

    def step_back(self) -> bool:
        """Leave the field keeping its text; hide the bundles; clear the search."""
        row = self.query_one(SearchBar)
        product = self.current
        if row.typing and row.text:
            self.price_list.focus()
        elif product is not None and product.slug in self.opened and not row.typing:
            self.action_toggle_bundles()
        elif row.typing or row.text:
            row.show_text("")
            self._look_for("")
            self.price_list.focus()
        else:
            return False
        return True

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return how many products there are, what the sign means, and how old they are when not refreshed."""
        if self.products is None:
            return ""
        count = sum(isinstance(line, rows.Row) for line in self.price_list.lines) if self.is_mounted else 0
        words = matching(f"{count:,}", "product", self.text) if self.text else pluralize(count, "product")
        words = f"{words} {not_read(self.unreadable)}".rstrip()
        if self.error is not None and self.answered_at is not None:
            return f"{words} — as of {format_time(self.answered_at)}, could not be refreshed"
        about = any(rows.is_about(line) for line in self.price_list.lines) if self.is_mounted else False
        return f"{words}   ≈ an average month" if about else words

    def progress(self) -> str | None:
        """Return that the prices are being loaded, where nothing of them is known yet."""
        return f"{LOADING}…" if self._waiting and self.products is None else None

    def counter(self) -> str:
        """Return which product the cursor stands on."""
        if self.current is None:
            return ""
        products = [n for n, line in enumerate(self.price_list.lines) if isinstance(line, rows.Row)]
        return f"{products.index(self.price_list.cursor) + 1}/{len(products)}"
