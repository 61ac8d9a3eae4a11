"""The Billing screen: the month's estimate, and beside it the licenses that are billed though no site uses them."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.prices import currency_of
from jpmanage_tui.rules.text import format_time, not_read, pluralize, short
from jpmanage_tui.services.unassigned_list import UnassignedListState
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text, error_text
from jpmanage_tui.ui.dialogs import export as exporting
from jpmanage_tui.ui.dialogs.choice import choose_order
from jpmanage_tui.ui.sections.base import OpenSection, Section
from jpmanage_tui.ui.sections.billing import text as facts
from jpmanage_tui.ui.sections.billing.actions import BillingActions
from jpmanage_tui.ui.sections.billing.columns import Order
from jpmanage_tui.ui.sections.billing.commands import BILLING
from jpmanage_tui.ui.sections.billing.data import (
    BundlesSearched,
    EstimateCame,
    FamiliesCame,
    IdleCame,
    Part,
    Reader,
    ReadFailed,
)
from jpmanage_tui.ui.sections.billing.estimate_list import EstimateList
from jpmanage_tui.ui.sections.billing.export import estimate_export, unassigned_export
from jpmanage_tui.ui.sections.billing.unassigned_list import IdleList
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.licenses.selection import marks_text
from jpmanage_tui.ui.widgets.text_line import TextLine, Tone
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

SETTLE = 0.05
"""Seconds the view must stand still before further licenses are asked for."""

LOW = 15
"""Lines below which the footnote gives its place to the rows."""


class BillingSection(BillingActions):
    """The estimate of this month's bill, and the idle licenses with what each costs."""

    COMMAND_SET = BILLING
    SHOWS_LICENSES = True
    DEFAULT_CSS = """
    BillingSection { layout: vertical; }
    #bill-heading { color: $text-muted; text-style: bold; padding: 0; }
    #bill-footnote { height: auto; padding: 0 1; color: $text-muted; display: none; }
    #bill-footnote.-shown { display: block; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.estimate: facts.Estimate = None
        self.currency: str | None = None
        self._prices_unread = 0
        self.order = Order.SUBTOTAL
        self.errors: dict[Part, ApiError] = {}
        self.answered_at: datetime | None = None
        self._reader = Reader(self, session.client)
        self._retry = Retry(self, self._again)
        self._searching = False

    def compose(self) -> ComposeResult:
        """Compose tabs, facts, headings, the two lists and the footnote."""
        yield TextLine(id="bill-tabs")
        yield TextLine(id="bill-first")
        yield TextLine(id="bill-second")
        yield TextLine(id="bill-heading")
        yield EstimateList(id="estimate")
        yield IdleList(self.marked, id="idle")
        yield Static("", markup=False, id="bill-footnote")

    def on_mount(self) -> None:
        """Ask for estimate, prices and the oldest idle licenses."""
        self.idle_list.display = False
        self._show()
        self._ask(1)

    def _ask(self, idle: int) -> None:
        self._reader.want_estimate()
        self._reader.want_families()
        self._reader.want_idle(idle, self.book.parents)

    # -- parts ---------------------------------------------------------------------------

    @property
    def estimate_list(self) -> EstimateList:
        """The products of the estimate."""
        return self.query_one(EstimateList)

    @property
    def has_row(self) -> bool:
        """Whether the cursor stands on a row."""
        if not self.is_mounted:
            return False
        return self.current is not None if self.shows_idle else self.estimate_list.current is not None

    def idle_total(self) -> int | None:
        """Return how many unassigned licenses billing counts, None while that is not known."""
        return self.estimate.licenses.unassigned if isinstance(self.estimate, BillingEstimate) else None

    @property
    def loads_idle(self) -> bool:
        """Whether idle licenses are on their way."""
        return self._reader.busy(Part.IDLE)

    def focus_first(self) -> None:
        """The list that is shown has the focus."""
        (self.idle_list if self.shows_idle else self.estimate_list).focus()

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen."""
        self.run_worker(flow, group="billing-flow", exclusive=False, exit_on_error=False)

    # -- what to show --------------------------------------------------------------------

    def action_next_filter(self) -> None:
        """Show the other tab."""
        self.marking.stop()
        self.shows_idle = not self.shows_idle
        self.estimate_list.display = not self.shows_idle
        self.idle_list.display = self.shows_idle
        self.focus_first()
        self._show()

    action_previous_filter = action_next_filter

    def sort_disabled_reason(self) -> str | None:
        """Return why the rows have the order that they have."""
        if self.shows_idle:
            return "The unassigned licenses are listed oldest first."
        return None if self.has_row else "There is nothing to sort yet."

    def action_sort(self) -> None:
        """Let the user choose the order of the estimate."""
        self.start(self._choose_sort())

    async def _choose_sort(self) -> None:
        chosen = await choose_order(self, {order.name: order.value for order in Order}, self.order.name)
        if chosen is not None:
            self.order = Order[chosen]
            self._show()

    def export_disabled_reason(self) -> str | None:
        """Return that there is no row."""
        return None if self.has_row else "There is no row."

    show_in_licenses_disabled_reason = export_disabled_reason

    def action_export(self) -> None:
        """Write what the tab that is shown lists to a file."""
        if self.shows_idle:
            tell = partial(exporting.tell_progress, self)
            client = self.session.client
            what = unassigned_export(client, self.book, self.marked, self.not_listed, tell)
        else:
            estimate = self.estimate if isinstance(self.estimate, BillingEstimate) else None
            what = estimate_export(estimate, list(self.estimate_list.rows), self.currency)
        self.start(exporting.export(self, what))

    def action_show_in_licenses(self) -> None:
        """Go to Licenses: to the product's licenses, or to the unassigned one (in its bundle where it has one)."""
        row = None if self.shows_idle else self.estimate_list.current
        license = self.current
        if row is not None:
            query, key = LicenseQuery(search=row.product_name), None
        elif license is not None:
            bundle = self.book.parents.get(license.parent_license_id) if license.parent_license_id else None
            key = (bundle or license).license_key
            query = LicenseQuery(tab=None, search=key)
        else:
            return

        def search(section: Section) -> None:
            if isinstance(section, LicensesSection):
                section.look_for(query, key)
            if row is not None:
                self.notify(
                    f"Billing counts {row.counts.total:,} {row.product_name}: each in a bundle, none bought elsewhere."
                )

        self.post_message(OpenSection("licenses", search))

    def _show(self) -> None:
        estimate = self.estimate if isinstance(self.estimate, BillingEstimate) else None
        now = self.session.client.server_now() or datetime.now(UTC)
        self.estimate_list.placeholder = facts.estimate_note(self.estimate, self._words(Part.ESTIMATE))
        self.idle_list.placeholder = facts.idle_note(self.estimate, self.book, self._words(Part.IDLE))
        self.estimate_list.show_estimate(estimate, self.currency, self.order)
        self.idle_list.show_book(self.book, now)
        self._show_frame()

    def _words(self, part: Part) -> str | None:
        return error_text(self.errors[part], part.value) if part in self.errors else None

    def _show_frame(self) -> None:
        """Show what stands around the rows."""
        unassigned = self.estimate.licenses.unassigned if isinstance(self.estimate, BillingEstimate) else None
        count = "" if unassigned is None else f" {short(unassigned)}"
        self.query_one("#bill-tabs", TextLine).show_words(
            [
                (" Estimate ", Tone.PLAIN if self.shows_idle else Tone.CURRENT),
                (f" Unassigned but billed{count} ", Tone.CURRENT if self.shows_idle else Tone.PLAIN),
            ]
        )
        if self.shows_idle:
            first, second = facts.idle_facts(self.estimate, self.book, self.currency)
            heading, note = self.idle_list.heading(), facts.idle_footnote(self.estimate, self.book)
        else:
            first, second = facts.estimate_facts(self.estimate, self.currency)
            heading, note = self.estimate_list.heading(), facts.estimate_footnote(self.estimate)
        self.query_one("#bill-first", TextLine).show_words(first)
        self.query_one("#bill-second", TextLine).show_words(second)
        self.query_one("#bill-heading", TextLine).show_words([(heading, Tone.PLAIN)])
        footnote = self.query_one("#bill-footnote", Static)
        if str(footnote.content) != note:
            footnote.update(note)
        footnote.set_class(bool(note) and self.size.height >= LOW, "-shown")
        self.post_message(self.StatusChanged())

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again for everything; what is on the screen stays until the answers come."""
        self._searching = False
        self._retry.answered()
        self._ask(max(1, len(self.book.items)))
        self.post_message(self.StatusChanged())

    def _again(self) -> None:
        if Part.ESTIMATE in self.errors:
            self._reader.want_estimate()
        if Part.FAMILIES in self.errors:
            self._reader.want_families()
        if Part.IDLE in self.errors:
            self._reader.want_idle(max(1, len(self.book.items)), self.book.parents)

    @on(EstimateCame)
    def _estimate_came(self, message: EstimateCame) -> None:
        self.estimate, self.answered_at = message.estimate, datetime.now(UTC)
        self._answered(Part.ESTIMATE)

    @on(FamiliesCame)
    def _families_came(self, message: FamiliesCame) -> None:
        self.currency, self._prices_unread = currency_of(message.families), message.families.unreadable
        self.book.price([product for family in message.families for product in family.products])
        self._answered(Part.FAMILIES)

    @on(IdleCame)
    def _idle_came(self, message: IdleCame) -> None:
        if message.anew:
            self.book = UnassignedListState(products=self.book.products, parents=dict(message.parents))
        for batch in message.batches:
            self.book.take(batch, datetime.now(UTC))
        self._answered(Part.IDLE)
        self._more()

    def _answered(self, part: Part) -> None:
        self.errors.pop(part, None)
        if not self.errors:
            self.clear_load_error()
            self._retry.answered()
        self._show()

    def bundles_disabled_reason(self) -> str | None:
        """Return why the bundles cannot be looked into now."""
        if not self.shows_idle:
            return self.row_disabled_reason()
        return "The unassigned licenses are being loaded." if self.loads_idle else None

    def action_bundles(self) -> None:
        """Find the bundles in the list of all licenses, and list their unassigned licenses too."""
        self._searching = True
        self._reader.want_bundles(len(self.book.items))
        self.notify("Looking into the bundles…")

    @on(BundlesSearched)
    def _searched(self, message: BundlesSearched) -> None:
        if not self._searching:
            return  # it was stopped meanwhile
        self._searching = not message.done
        words = f"Looking into the bundles: {pluralize(message.looked_at, 'license')} looked at"
        end = f", {pluralize(message.bundles, 'bundle')} found." if message.done else "… (esc stops)"
        self.notify_if_shown(f"{words}{end} {not_read(message.left_out)}".rstrip())

    @on(ReadFailed)
    def _read_failed(self, message: ReadFailed) -> None:
        self.errors[message.part] = message.error
        self._searching = self._searching and message.part is not Part.IDLE
        if message.part is self._told_part():
            self.report_load_error(
                aged_error_text(message.error, message.part.value, self._answered_at(message.part))
            )
        self._retry.failed(message.error)
        self._show()

    def _told_part(self) -> Part:
        """Return which of the parts that failed the status line tells: what the tab shows, else its prices."""
        shown = Part.IDLE if self.shows_idle else Part.ESTIMATE
        return shown if shown in self.errors else Part.FAMILIES

    def _answered_at(self, part: Part) -> datetime | None:
        return self.book.answered_at if part is Part.IDLE else self.answered_at

    @on(VirtualList.VisibleRangeChanged)
    def _viewed(self) -> None:
        self._show_frame()
        if self.shows_idle:
            self.set_timer(SETTLE, self._more)

    def _more(self) -> None:
        ready = self.is_mounted and self.shows_idle and Part.IDLE not in self.errors
        if ready and self.book.items and self.idle_list.wants_more:
            self._reader.want_more_idle()

    def step_back(self) -> bool:
        """Stop looking into the bundles; clear the marks; from the idle licenses go back to the estimate."""
        if self._searching:
            self.reload()
            self.notify("Stopped looking into the bundles.")
        elif self.marking.running:
            self.marking.stop()
        elif self.shows_idle and self.marked:
            self.run_flow(self.clear_marks())
        elif self.shows_idle:
            self.action_next_filter()
        else:
            return False
        return True

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return how many rows there are, and how old they are when they could not be refreshed."""
        if self.shows_idle:
            rows = facts.idle_summary(self.estimate, self.book)
            part = Part.IDLE
        else:
            known = (
                self.is_mounted
                and isinstance(self.estimate, BillingEstimate)
                and self.estimate.products is not None
            )
            rows = pluralize(len(self.estimate_list.rows), "product") if known else ""
            part = Part.ESTIMATE
        words, at = [rows], self._answered_at(part)
        if part in self.errors and at is not None:
            words.append(f"— as of {format_time(at)}, could not be refreshed")
        elif Part.FAMILIES in self.errors:
            words.append("— your prices could not be loaded")
        elif self._prices_unread:
            words.append(f"— {self._prices_unread:,} of your prices could not be read")
        return " ".join(word for word in words if word)

    def progress(self) -> str | None:
        """Return what is being waited for, where nothing of it is known yet."""
        if self.shows_idle:
            waiting = self._reader.busy(Part.IDLE) and not self.book.items
            return f"{Part.IDLE.value}…" if waiting else None
        return (
            f"{Part.ESTIMATE.value}…" if self._reader.busy(Part.ESTIMATE) and self.estimate is None else None
        )

    def counter(self) -> str:
        """Return where the cursor is; a + says that more can be asked for."""
        if self.shows_idle:
            marks = self.marking.progress or marks_text(self.marked, len(self.unlisted()))
            more = "" if self.book.done else "+"
            place = f"{self.idle_list.cursor + 1:,}/{len(self.book.items):,}{more}" if self.has_row else ""
            return f"{marks}  {place}".strip()
        if not self.has_row:
            return ""
        return f"{self.estimate_list.cursor + 1}/{len(self.estimate_list.rows)}"
