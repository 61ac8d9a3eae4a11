"""The Billing screen: the month's estimate with the last invoices, the licenses that are billed though no site uses
them, and what was issued and revoked this month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.billing import BillingEstimate, NotYetAvailable
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.invoices import Invoice, InvoicePage
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.license_query import Filters, LicenseQuery
from jpmanage_tui.rules.prices import currency_of
from jpmanage_tui.rules.text import format_time, not_read, pluralize, short
from jpmanage_tui.services.all_licenses import BundleSearch
from jpmanage_tui.services.billing_chart import chart
from jpmanage_tui.services.billing_estimate import ESTIMATE_ORDERS, SUBTOTAL
from jpmanage_tui.services.license_activity import (
    COUNTED,
    REPLACED,
    ReadActivity,
    indexed_activity,
    this_month,
)
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.services.unassigned_licenses import (
    PAGE,
    UnassignedListState,
    UnassignedPage,
    UnassignedPaginator,
)
from jpmanage_tui.ui.common.accessibility import is_accessible
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import aged_error_text, error_text, keyless_error_text
from jpmanage_tui.ui.dialogs import export as exporting
from jpmanage_tui.ui.dialogs.choice import choose_order
from jpmanage_tui.ui.sections.base import DetailSection, InvoicesSeen, OpenSection, Section
from jpmanage_tui.ui.sections.billing import text
from jpmanage_tui.ui.sections.billing.actions import BILLING, BillingActions, Tab
from jpmanage_tui.ui.sections.billing.data import (
    FirstPages,
    Part,
    activity_export,
    estimate_export,
    first_pages,
    first_pages_with_bundles,
    unassigned_export,
)
from jpmanage_tui.ui.sections.billing.list import ActivityList, EstimateList, UnassignedList
from jpmanage_tui.ui.sections.billing.overview import (
    MOST_INVOICES,
    Room,
    chart_lines,
    chart_width,
    overview,
    room_for,
)
from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.licenses.text import index_progress
from jpmanage_tui.ui.widgets.item_list import ColumnHeadings, HeadingChosen
from jpmanage_tui.ui.widgets.marks import marks_text
from jpmanage_tui.ui.widgets.text_line import TextLine, TextLines, Tone, Words
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from jpmanage_tui.ui.widgets.detail_pane import Detail

SETTLE = 0.05
"""Seconds the view must stand still before further licenses are asked for."""

PARTS = {Tab.ESTIMATE: Part.ESTIMATE, Tab.UNASSIGNED: Part.UNASSIGNED, Tab.ACTIVITY: Part.ACTIVITY}
"""What each tab lists."""

PRODUCT_ACTIONS, LICENSE_ACTIONS = ("toggle", "issue"), ("toggle", "assign", "revoke", "copy")
"""The commands of a product, and of an unassigned license."""
INVOICES_EVERY = 5
"""Of so many refreshes by itself one reads the invoices of the chart too, the first among them."""
LEAST_TO_AGE = 3
"""Lines of the chart from which one of them says how old it is; else the status line alone does."""
LOW = 15
"""Lines below which the footnote gives its place to the rows."""


class BillingSection(BillingActions, DetailSection):
    """The estimate of this month's bill, the unassigned licenses with what each costs, and the month's changes."""

    COMMAND_SET = BILLING
    SHOWS_LICENSES = True
    DEFAULT_CSS = """
    BillingSection { layout: vertical; }
    #bill-footnote { height: auto; padding: 0 1; color: $text-muted; text-style: $muted-style; display: none; }
    #bill-footnote.-shown { display: block; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.currency: str | None = None
        self.order = SUBTOTAL
        self.loader: Loader[Part] = Loader(
            self, "billing", failed=self._load_failed, again=self._load_what_failed
        )
        self.invoices: tuple[Invoice, ...] | None = None
        """The newest invoices, as the API lists them; None before they came."""
        self.activity: ReadActivity | None = None
        """What was issued and revoked this month; None until all licenses are read and counted."""
        self._watched: SearchIndexController | None = None
        self._refreshes = 0
        """How often the estimate with its chart was refreshed by itself."""
        self._unreadable_prices = 0
        self._paginator = UnassignedPaginator(session.client)
        self._searches_bundles = False
        self._listed_with: BillingEstimate | NotYetAvailable | None = None
        """The estimate by which the unassigned licenses were read last: where it is another one they may be others."""

    def compose(self) -> ComposeResult:
        """Compose tabs, figures, the lists with their headings, and the footnote."""
        estimate_list = EstimateList(id="estimate")
        unassigned_list = UnassignedList(self.marked, self._server_now, id="unassigned")
        yield TextLine(id="bill-tabs")
        yield TextLines(id="bill-overview")
        yield ColumnHeadings(estimate_list)
        yield estimate_list
        yield ColumnHeadings(unassigned_list)
        yield unassigned_list
        activity_list = ActivityList(id="activity")
        yield ColumnHeadings(activity_list)
        yield activity_list
        yield Static("", markup=False, id="bill-footnote")

    def on_mount(self) -> None:
        """Ask for estimate, prices and the oldest unassigned licenses."""
        self._show_tab()
        self._show_estimate()
        self._show_unassigned()
        self._load(1)

    def _server_now(self) -> datetime:
        return self.session.client.server_now() or datetime.now(UTC)

    # -- parts ---------------------------------------------------------------------------

    @property
    def estimate_list(self) -> EstimateList:
        """The products of the estimate."""
        return self.query_one(EstimateList)

    @property
    def activity_list(self) -> ActivityList:
        """The products of which licenses were issued or revoked."""
        return self.query_one(ActivityList)

    @property
    def _lists(self) -> dict[Tab, EstimateList | UnassignedList | ActivityList]:
        return {
            Tab.ESTIMATE: self.estimate_list,
            Tab.UNASSIGNED: self.unassigned_list,
            Tab.ACTIVITY: self.activity_list,
        }

    @property
    def has_row(self) -> bool:
        """Whether the cursor stands on a row."""
        return self.is_mounted and self._lists[self.tab].current is not None

    def focus_first(self) -> None:
        """The list that is shown has the focus."""
        self._lists[self.tab].focus()

    # -- what to show --------------------------------------------------------------------

    def action_next_filter(self) -> None:
        """Show the next tab."""
        self._go_to(1)

    def action_previous_filter(self) -> None:
        """Show the tab before."""
        self._go_to(-1)

    def _go_to(self, step: int) -> None:
        tabs = tuple(Tab)
        self.show_tab(tabs[(tabs.index(self.tab) + step) % len(tabs)])

    def show_tab(self, tab: Tab) -> None:
        """Show a tab."""
        self.marking.stop()
        self.tab = tab
        self._show_tab()
        self.focus_first()
        self._index_changed()

    def on_click(self, event: events.Click) -> None:
        """Show the tab under the mouse."""
        tabs = self.query_one("#bill-tabs", TextLine)
        if tabs.region.contains(event.screen_x, event.screen_y):
            index = tabs.word_at(event.screen_x - tabs.region.x)
            if index is not None:
                self.show_tab(tuple(Tab)[index])

    @on(HeadingChosen)
    def _heading_chosen(self, event: HeadingChosen) -> None:
        if event.list is self.estimate_list and not self.sort_disabled_reason():
            self.order = event.next_after(self.order)
            self._show_estimate()

    def sort_disabled_reason(self) -> str | None:
        """Return why the rows have the order that they have."""
        if self.shows_unassigned:
            return "The unassigned licenses are listed oldest first."
        if self.tab is Tab.ACTIVITY:
            return "The products with the most changes are listed first."
        return None if self.has_row else "There is nothing to sort yet."

    def sort_values(self) -> Sequence[str]:
        """Return the orders as they are typed in the command line."""
        return [order.label for order in ESTIMATE_ORDERS]

    def action_sort(self, label: str = "") -> None:
        """Take the order of this label, else let the user choose one."""
        named = next((order for order in ESTIMATE_ORDERS if order.label == label), None)
        if named is None:
            self.start_action(self._choose_order())
        else:
            self.order = named
            self._show_estimate()

    async def _choose_order(self) -> None:
        orders = {order.name: order for order in ESTIMATE_ORDERS}
        labels = {name: order.menu_label for name, order in orders.items()}
        chosen = await choose_order(self, labels, self.order.name)
        if chosen is not None:
            self.order = orders[chosen]
            self._show_estimate()

    def export_disabled_reason(self) -> str | None:
        """Return that there is no row."""
        return None if self.has_row else "There is no row."

    show_in_licenses_disabled_reason = export_disabled_reason

    def action_export(self) -> None:
        """Write what the tab that is shown lists to a file."""
        if self.shows_unassigned:
            progress = partial(exporting.tell_progress, self)
            client = self.session.client
            what = unassigned_export(client, self.state, self.marked, self.not_listed, progress)
        elif self.tab is Tab.ACTIVITY and self.activity is not None:
            what = activity_export(self.activity.activity)
        else:
            what = estimate_export(self.estimate_list.rows)
        self.start_action(exporting.export(self, what))

    def action_show_in_licenses(self) -> None:
        """Go to Licenses: to the product's licenses, or to the unassigned one (in its bundle where it has one)."""
        row = self.estimate_list.current if self.tab is Tab.ESTIMATE else None
        changed = self.activity_list.current if self.tab is Tab.ACTIVITY else None
        license = self.current
        if changed is not None:
            filters = Filters(product=changed.product, issued=self._month)
            query, key = LicenseQuery(tab=None, filters=filters), None
        elif row is not None:
            query, key = LicenseQuery(search=row.product.product_name), None
        elif license is not None:
            bundle = self.state.parents.get(license.parent_license_id) if license.parent_license_id else None
            key = (bundle or license).license_key
            query = LicenseQuery(tab=None, search=key)
        else:
            return

        def search(section: Section) -> None:
            if isinstance(section, LicensesSection):
                section.show_licenses(query, key)
            if row is not None:
                counted = f"{row.product.counts.total:,} {row.product.product_name}"
                self.notify(f"Billing counts {counted}: each in a bundle, none bought elsewhere.")

        self.post_message(OpenSection("licenses", search))

    # -- details beside the lists ------------------------------------------------------------

    def detail_key(self) -> str | None:
        """Return the code of the unassigned license, or the name of the product, under the cursor."""
        if not self.is_mounted:
            return None
        if self.tab is Tab.ACTIVITY:
            changed = self.activity_list.current
            return changed.product if changed is not None else None
        license, row = self.current, self.estimate_list.current
        if self.shows_unassigned:
            return license.license_key if license is not None else None
        return row.product.product_slug if row is not None else None

    def details(self) -> Sequence[Detail]:
        """Return what is known of the row under the cursor."""
        from jpmanage_tui.ui.sections.billing.pane import (
            activity_details,
            product_details,
            unassigned_details,
        )

        row, item = self.estimate_list.current, self.unassigned_list.current
        changed = self.activity_list.current
        if self.tab is Tab.ACTIVITY:
            changed = self.activity_list.current
            if changed is None:
                return ()
            return activity_details(changed, self._month, self.actions_of(("toggle", "export")))
        if not self.shows_unassigned:
            return () if row is None else product_details(row, self.actions_of(PRODUCT_ACTIONS))
        if item is None:
            return ()
        known, actions = self.state.products is not None, self.actions_of(LICENSE_ACTIONS)
        return unassigned_details(item, self._server_now(), known, actions)

    def details_shown(self) -> None:
        """Show the overview as wide as it is now."""
        if self.is_mounted:
            self._show_frame()

    def _show_tab(self) -> None:
        for tab, shown in self._lists.items():
            shown.display = tab is self.tab
            if shown.headings is not None:
                shown.headings.display = shown.display

    def _show_estimate(self) -> None:
        """Show the products of the estimate; what it says of the unassigned licenses stands at their list."""
        estimate = self.estimate if isinstance(self.estimate, BillingEstimate) else None
        self.estimate_list.show_estimate(estimate, self.currency, self.order)
        self._show_frame()

    def _show_unassigned(self) -> None:
        """Show the unassigned licenses that are known."""
        self.unassigned_list.show_state(self.state)
        self._show_frame()

    def _show_frame(self) -> None:
        """Show what stands around the rows, and in their place."""
        estimate_error, unassigned_error = map(self._error_text, (Part.ESTIMATE, Part.UNASSIGNED))
        self._show_placeholder(self.estimate_list, text.estimate_placeholder(self.estimate, estimate_error))
        self._show_placeholder(
            self.unassigned_list, text.unassigned_placeholder(self.estimate, self.state, unassigned_error)
        )
        self._show_placeholder(self.activity_list, self._activity_placeholder())
        unassigned = self.unassigned_total()
        counts = {Tab.UNASSIGNED: f" {short(unassigned)}"} if unassigned is not None else {}
        self.query_one("#bill-tabs", TextLine).show_words(
            [
                (f" {tab.value}{counts.get(tab, '')} ", Tone.CURRENT if tab is self.tab else Tone.PLAIN)
                for tab in Tab
            ]
        )
        if self.shows_unassigned:
            lines = text.unassigned_lead(self.estimate, self.state, self.currency)
            words = text.unassigned_footnote(self.estimate, self.state)
        elif self.tab is Tab.ACTIVITY:
            is_behind = self._watched is not None and self._watched.is_behind
            lines = text.activity_lead(self.activity, self._month, is_behind=is_behind)
            words = f"{COUNTED} {REPLACED}" if self.activity is not None else ""
        else:
            lines = self._overview()
            words = text.estimate_footnote(self.estimate)
        self.query_one("#bill-overview", TextLines).show_lines(lines)
        footnote = self.query_one("#bill-footnote", Static)
        if str(footnote.content) != words:
            footnote.update(words)
        footnote.set_class(bool(words) and self._space.height >= LOW, "-shown")
        self.post_message(self.StatusChanged())

    @property
    def _space(self) -> Size:
        """The cells and lines beside the details; before the section's own are known, those of what it is in."""
        parent = self.parent
        width, height = self.size or (parent.size if isinstance(parent, Widget) else self.app.size)
        pane = self.detail_pane.styles.width if self.detail_pane is not None and self.has_details else None
        return Size(width - int(pane.value) if pane is not None else width, height)

    @property
    def _room(self) -> Room:
        """What there is room for above the products; the footnote's lines are kept free before it is there."""
        width, height = self._space
        notes = (text.FOOTNOTE, text.COUNTED) if height >= LOW else ()
        footnote = sum(len(wrap(note, max(1, width - 2))) for note in notes)
        lines = height - len(("tabs", "headings")) - footnote
        invoices = MOST_INVOICES if self.invoices is None else len(self.invoices)
        return room_for(width - 2, lines, invoices, one_thing_a_line=is_accessible(self))

    def _overview(self) -> list[Words]:
        """Return the month's sum and the chart of the last invoices, as much of them as fits."""
        room, estimate = self._room, self.estimate
        width = self._space.width - 2
        lead = text.estimate_lead(estimate, self.currency, room, width)
        width = chart_width(room, width, lead)
        known = estimate if isinstance(estimate, BillingEstimate) else None
        scales = chart(known, self.currency, self.invoices or (), self._server_now(), room.chart)
        lines = text.chart_with_state(
            chart_lines(scales, width),
            self.invoices,
            self._invoices_error(),
            self.loader.answered.get(Part.INVOICES) if room.chart >= LEAST_TO_AGE else None,
            width,
        )
        return overview(room, lead, lines[: room.chart])

    def on_resize(self) -> None:
        """Show as much above the products as there is room for; ask for the invoices where they have room now."""
        self._show_frame()
        if self.invoices is None and not self.loader.waits_for(Part.INVOICES):
            self._load_invoices()

    def _invoices_error(self) -> str | None:
        """Return why there are no invoices; where nothing came at all, that is told in the place of the products."""
        error = self.loader.errors.get(Part.INVOICES)
        if error is None or Part.ESTIMATE not in self.loader.errors:
            return keyless_error_text(error, Part.INVOICES.value) if error is not None else None
        return text.NOR_INVOICES

    def _error_text(self, part: Part) -> str | None:
        error = self.loader.errors.get(part)
        return error_text(error, part.value) if error is not None else None

    def _show_placeholder(self, where: VirtualList, lines: list[str]) -> None:
        if where.placeholder != lines:
            where.placeholder = lines
            where.refresh()

    # -- what was issued and revoked ------------------------------------------------------

    @property
    def _month(self) -> DayRange:
        """The month, by UTC and the server's clock."""
        return this_month(self._server_now())

    @property
    def _licenses(self) -> LicensesSection | None:
        """The Licenses screen, which has the index of all licenses."""
        return next(iter(self.screen.query(LicensesSection)), None)

    def action_index(self) -> None:
        """Begin to read all licenses, or stop it."""
        licenses = self._licenses
        if licenses is not None:
            licenses.action_index()

    def index_disabled_reason(self) -> str | None:
        """Return why all licenses cannot be read from here."""
        if self.tab is not Tab.ACTIVITY:
            return f"It counts what was issued and revoked: {key_for('next-filter')} shows that."
        licenses = self._licenses
        return licenses.index_disabled_reason() if licenses is not None else "Licenses is not open."

    def index_label(self) -> str:
        """Return the label: that of stopping while all licenses are read."""
        index = self._watched
        return (
            "Stop reading" if index is not None and index.state is IndexState.READING else "Read all licenses"
        )

    def _index_changed(self) -> None:
        """Count again where all licenses are read, and show how far the reading is."""
        licenses = self._licenses if self.tab is Tab.ACTIVITY else None
        if licenses is not None and self._watched is not licenses.search_index:
            self._watched = licenses.search_index
            self._watched.watch(partial(self.call_later, self._index_changed))
        self._load_activity()
        self._show_frame()

    def _load_activity(self) -> None:
        index = self._watched
        if self.tab is Tab.ACTIVITY and index is not None and index.as_of is not None:
            count = partial(
                indexed_activity, index.index, self._month, index.as_of, index.left_out, index.cut_short
            )
            self.loader.load(Part.ACTIVITY, count, self._activity_loaded)

    def _activity_loaded(self, found: ReadActivity) -> None:
        self.activity = found
        self.activity_list.show_items(found.activity.products)
        self._show_frame()

    def _activity_placeholder(self) -> list[str]:
        index, licenses = self._watched, self._licenses
        if index is None:
            return []
        counts = licenses.counts if licenses is not None else None
        error = (
            error_text(index.build_error, "Reading all licenses") if index.build_error is not None else None
        )
        of = counts.all if counts is not None else None
        return text.activity_placeholder(self.activity, index.state, error, of)

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again for everything; what is on the screen stays until the answers come."""
        self._searches_bundles = False
        self.loader.reset_retries()
        self._load(max(1, len(self.state.items)))
        if self.tab is Tab.ACTIVITY and self._watched is not None:
            self._watched.refresh()
        self._load_activity()
        self.post_message(self.StatusChanged())

    def _load(self, least: int) -> None:
        self._load_estimate()
        self._load_prices()
        self._load_unassigned(least, self.state.parents)
        self._load_invoices()

    @property
    def retries(self) -> bool:
        """Whether what could not be read is asked for again by itself."""
        return self.loader.retries

    async def refresh_quietly(self) -> Callable[[], None] | None:
        """Read the estimate once more, and where they are shown the last invoices or the unassigned licenses.

        Where these are more than a page, only when the estimate is another one by now: it counts them too. The invoices,
        of which a month brings one, not every time.
        """
        known, state, begun, client = self.estimate, self.state, self.loader.begun, self.quiet_client
        if known is None:
            return None
        estimate, first = await client.billing.estimate(), None
        few = len(state.items) <= PAGE and not state.parents
        if self.shows_unassigned and (few or estimate != self._listed_with):
            first = await first_pages(client, max(1, len(state.items)), state.parents)
        charted = self.tab is Tab.ESTIMATE and self._room.chart
        asks = charted and (self.invoices is None or self._refreshes % INVOICES_EVERY == 0)
        self._refreshes += bool(charted)
        invoices = (await client.invoices.list()).items if asks else None

        def show() -> None:
            if self.state is state and self.loader.begun == begun:
                self._show_again(estimate, first, invoices)

        return show

    def _show_again(
        self,
        estimate: BillingEstimate | NotYetAvailable,
        first: FirstPages | None,
        invoices: tuple[Invoice, ...] | None,
    ) -> None:
        read = {Part.ESTIMATE: estimate, Part.UNASSIGNED: first, Part.INVOICES: invoices}
        self.loader.read_beside(part for part, answer in read.items() if answer is not None)
        self.invoices = invoices if invoices is not None else self.invoices
        listed = [license for page in first.pages for license in page.licenses] if first is not None else []
        if first is not None:
            self._listed_with = estimate
        if first is not None and listed != [item.license for item in self.state.items]:
            self._first_pages_loaded(first)
        if estimate != self.estimate:
            self.estimate = estimate
            self._show_estimate()
        self._answered()
        self._show_frame()
        if invoices is not None:
            self.post_message(InvoicesSeen(self.session, invoices))

    def _load_what_failed(self) -> None:
        if Part.ESTIMATE in self.loader.errors:
            self._load_estimate()
        if Part.PRICES in self.loader.errors:
            self._load_prices()
        if Part.UNASSIGNED in self.loader.errors:
            self._load_unassigned(max(1, len(self.state.items)), self.state.parents)
        if Part.INVOICES in self.loader.errors:
            self._load_invoices()

    def _load_estimate(self) -> None:
        self.loader.load(Part.ESTIMATE, self.session.client.billing.estimate, self._estimate_loaded)

    def _load_prices(self) -> None:
        self.loader.load(Part.PRICES, self.session.client.products.partner_families, self._prices_loaded)

    def _load_unassigned(self, least: int, bundles: Mapping[LicenseId, License]) -> None:
        read = partial(first_pages, self.session.client, least, bundles)
        self.loader.load(Part.UNASSIGNED, read, self._first_pages_loaded)

    def _load_invoices(self) -> None:
        """Ask for the newest invoices, where the chart has room: one page has more than are shown."""
        if self._room.chart:
            self.loader.load(Part.INVOICES, self.session.client.invoices.list, self._invoices_loaded)

    def _load_next_page(self) -> None:
        """Ask for the next unassigned licenses where they come into view, unless some are on their way."""
        waits = self.loader.waits_for(Part.UNASSIGNED) or Part.UNASSIGNED in self.loader.errors
        if not self.is_mounted or not self.shows_unassigned or waits or self._paginator.done:
            return
        if self.state.items and self.unassigned_list.wants_more:
            self.loader.load(Part.UNASSIGNED, self._paginator.next_page, self._next_page_loaded)

    def _estimate_loaded(self, estimate: BillingEstimate | NotYetAvailable) -> None:
        self.estimate = estimate
        self._listed_with = self._listed_with or estimate
        self._answered()
        self._show_estimate()

    def _prices_loaded(self, families: ReadRows[ProductFamily]) -> None:
        self.currency, self._unreadable_prices = currency_of(families), families.unreadable
        self.state.set_products([product for family in families for product in family.products])
        self._answered()
        self._show_estimate()
        self._show_unassigned()

    def _invoices_loaded(self, page: InvoicePage) -> None:
        self.invoices = page.items
        self._answered()
        self._show_frame()
        self.post_message(InvoicesSeen(self.session, page.items))

    def _first_pages_loaded(self, first: FirstPages) -> None:
        self._paginator = first.paginator
        self.state = UnassignedListState(products=self.state.products, parents=dict(first.paginator.parents))
        for page in first.pages:
            self.state.add(page)
        self._unassigned_loaded()

    def _next_page_loaded(self, page: UnassignedPage) -> None:
        self.state.add(page)
        self._unassigned_loaded()

    def _unassigned_loaded(self) -> None:
        self._answered()
        self._show_unassigned()
        self._load_next_page()

    def _answered(self) -> None:
        if not self.loader.errors:
            self.clear_load_error()

    def _load_failed(self, part: Part, error: ApiError) -> None:
        self._searches_bundles = self._searches_bundles and part is not Part.UNASSIGNED
        if part is self._part_in_status():
            self.report_load_error(aged_error_text(error, part.value, self._as_of(part)))
        self._show_frame()

    def _part_in_status(self) -> Part:
        """Return which of the parts that failed the status line tells: what the tab shows, else its prices."""
        shown = PARTS[self.tab]
        return shown if shown in self.loader.errors else Part.PRICES

    def _as_of(self, part: Part) -> datetime | None:
        """Return when what is shown was answered: the prices stand beside the estimate."""
        return self.loader.answered.get(Part.UNASSIGNED if part is Part.UNASSIGNED else Part.ESTIMATE)

    def bundles_disabled_reason(self) -> str | None:
        """Return why the bundles cannot be looked into now."""
        if not self.shows_unassigned:
            return self.row_disabled_reason()
        waits = self.loader.waits_for(Part.UNASSIGNED)
        return "The unassigned licenses are being loaded." if waits else None

    def action_bundles(self) -> None:
        """Find the bundles in the list of all licenses, and list their unassigned licenses too."""

        def progress(found: BundleSearch, done: bool) -> None:
            self.call_later(self._show_bundle_search, found, done)

        self._searches_bundles = True
        read = partial(first_pages_with_bundles, self.session.client, len(self.state.items), progress)
        self.loader.load(Part.UNASSIGNED, read, self._first_pages_loaded)
        self.notify("Looking into the bundles…")

    def _show_bundle_search(self, found: BundleSearch, done: bool) -> None:
        if not self._searches_bundles:
            return  # it was stopped meanwhile
        self._searches_bundles = not done
        words = f"Looking into the bundles: {pluralize(found.looked_at, 'license')} looked at"
        end = f", {pluralize(len(found.parents), 'bundle')} found." if done else "… (esc stops)"
        self.notify_if_shown(f"{words}{end} {not_read(found.left_out if done else 0)}".rstrip())

    @on(VirtualList.VisibleRangeChanged)
    def _viewed(self) -> None:
        self._show_frame()
        if self.shows_unassigned:
            self.set_timer(SETTLE, self._load_next_page)

    def step_back(self) -> bool:
        """Stop looking into the bundles; clear the marks; from another tab go back to the estimate."""
        if self._searches_bundles:
            self.reload()
            self.notify("Stopped looking into the bundles.")
        elif self.marking.running:
            self.marking.stop()
        elif self.shows_unassigned and self.marked:
            self.start_action(self.clear_marks())
        elif self.tab is not Tab.ESTIMATE:
            self.show_tab(Tab.ESTIMATE)
        else:
            return False
        return True

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return how many rows there are, and how old they are when they could not be refreshed."""
        if self.shows_unassigned:
            rows = text.unassigned_summary(self.estimate, self.state)
            part = Part.UNASSIGNED
        elif self.tab is Tab.ACTIVITY:
            return pluralize(len(self.activity_list.items), "product") if self.activity is not None else ""
        else:
            known = (
                self.is_mounted
                and isinstance(self.estimate, BillingEstimate)
                and self.estimate.products is not None
            )
            rows = pluralize(len(self.estimate_list.rows), "product") if known else ""
            part = Part.ESTIMATE
        words, at = [rows], self._as_of(part)
        if (part in self.loader.errors or self.overdue) and at is not None:
            words.append(f"— as of {format_time(at)}, could not be refreshed")
        elif Part.PRICES in self.loader.errors:
            words.append("— your prices could not be loaded")
        elif self._unreadable_prices:
            words.append(f"— {self._unreadable_prices:,} of your prices could not be read")
        return " ".join(word for word in words if word)

    def progress(self) -> str | None:
        """Return what is being waited for, where nothing of it is known yet."""
        if self.tab is Tab.ACTIVITY:
            return index_progress(self._watched) if self._watched is not None else None
        part = PARTS[self.tab]
        known = bool(self.state.items) if self.shows_unassigned else self.estimate is not None
        return f"{part.value}…" if self.loader.waits_for(part) and not known else None

    def counter(self) -> str:
        """Return where the cursor is; a + says that more can be asked for."""
        if self.shows_unassigned:
            marks = self.marking.progress or marks_text(self.marked, len(self.unlisted()))
            more = "" if self.state.done else "+"
            place = (
                f"{self.unassigned_list.cursor + 1:,}/{len(self.state.items):,}{more}" if self.has_row else ""
            )
            return f"{marks}  {place}".strip()
        if not self.has_row:
            return ""
        shown = self._lists[self.tab]
        return f"{shown.cursor + 1}/{len(shown.items)}"
