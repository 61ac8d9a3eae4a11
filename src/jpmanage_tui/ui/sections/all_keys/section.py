"""All Keys: the licenses and the month's estimate of every partner key of the account, each with its key.

Nothing is changed from here: enter opens the key of the row, with the license shown there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from textual import on
from textual.app import ComposeResult

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError, RateLimitError
from jpmanage_tui.api.ids import PartnerKeyId
from jpmanage_tui.api.licenses import LicensePage
from jpmanage_tui.api.partner import PartnerKey
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.prices import money
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.rules.text import counted, format_time, matching, not_read, pluralize
from jpmanage_tui.services.all_keys import KeyClients, KeyToRead, keys_to_read
from jpmanage_tui.services.estimate_reading import ReadEstimate, read_estimate, total_of
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.retry import PASSING
from jpmanage_tui.ui.common.text import keyless_error_text, only_key_token
from jpmanage_tui.ui.sections.all_keys.columns import (
    BILL_ORDERS,
    GIVEN,
    license_columns,
    license_orders,
)
from jpmanage_tui.ui.sections.all_keys.data import (
    AllLicensesState,
    KeyAges,
    KeyedEstimate,
    KeyedLicense,
    KeyLicenses,
)
from jpmanage_tui.ui.sections.all_keys.list import AllLicensesList, BillList
from jpmanage_tui.ui.sections.base import SORT, OpenKey, Section
from jpmanage_tui.ui.sections.licenses.columns import in_order, order_of, orders_for
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.licenses.text import FILTERS, TABS
from jpmanage_tui.ui.sections.list_section import ListSection, ListTab
from jpmanage_tui.ui.widgets.item_list import Column, ColumnHeadings, SortOrder
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from jpmanage_tui.services.exports import Export

ALL_KEYS: CommandSet = CommandSet(
    "All Keys",
    (
        Command(
            "toggle",
            "Open in its key",
            "Open the partner key of the row, with the license (or the key's bill) shown there.",
            action="open_key",
        ),
        Command("search", "Search", "Search the licenses of every key; enter goes to the list."),
        Command("previous-filter", "Previous tab", "The previous tab.", footer=False),
        Command("next-filter", "Next tab", "The next tab; the last one is Billing."),
        SORT,
        Command("copy", "Copy code", "Send the license code to the terminal's clipboard.", footer=False),
        Command(
            "export",
            "Export",
            "Write the licenses of every key, or on Billing every key's bill, to a CSV or JSON file.",
            footer=False,
        ),
    ),
)
Answer = TypeVar("Answer")
AT_ONCE = 4
"""So many requests are on their way at the most, over all keys."""


class PageOf(NamedTuple):
    """A page of a key's licenses, by its number."""

    key_id: PartnerKeyId
    number: int


class AllKeysSection(ListSection[KeyedLicense]):
    """The licenses of every partner key in one list, and on the last tab what each key's month costs so far.

    Its list is that of the licenses; the few keys of the bill are all there, and stand in a list of their own.
    """

    COMMAND_SET = ALL_KEYS
    NOUN = "license"
    LOADING = "Loading the licenses of all keys"
    SEARCH = "license code, site, product, owner, in every key"
    SEARCH_ID = "all-keys-search"
    NO_ROW = "No row is selected."
    TABS = (
        *(ListTab(label, short_label, "") for _, label, short_label in TABS),
        ListTab("Billing", "Billing", ""),
    )

    def __init__(self, session: Session) -> None:
        partner = session.partner
        self.keys = keys_to_read(partner) if partner is not None else ()
        """The keys of the account; none with a key token alone."""
        self.license_query = LicenseQuery()
        self.state = AllLicensesState(self.keys)
        self.bills = {key: KeyedEstimate(key, reason=key.lack) for key in self.keys if not key.disabled}
        self.bill_order = GIVEN
        super().__init__(session)
        self.order = _order_of(self.license_query)
        self.license_list.show_sort_order(self.order)
        self._license_ages, self._bill_ages = KeyAges(), KeyAges()
        self._clients = KeyClients(session)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._pages: Loader[PageOf] = Loader(
            self, "all-keys-pages", failed=self._licenses_failed, again=self._load_missing
        )
        self._bills: Loader[PartnerKeyId] = Loader(
            self, "all-keys-bills", failed=self._bill_failed, again=self._load_bills
        )

    # -- the screen ----------------------------------------------------------------------

    def make_list(self) -> AllLicensesList:
        """Return the list of licenses; that of the bill is made beside it."""
        self.license_list = AllLicensesList(self._columns(), self.state, id="all-licenses")
        self.bill_list = BillList([key.name for key in self.keys], id="all-bills")
        return self.license_list

    def _columns(self) -> tuple[Column[KeyedLicense], ...]:
        return license_columns(self.license_query, [key.name for key in self.keys])

    def compose(self) -> ComposeResult:
        """Compose tabs, search field, and both lists with their headings."""
        yield from super().compose()
        yield ColumnHeadings(self.bill_list)
        yield self.bill_list

    async def on_unmount(self) -> None:
        """Disconnect from the other keys."""
        await self._clients.close()

    @property
    def shows_bill(self) -> bool:
        """Whether the tab Billing is shown."""
        return self.tab_index == len(FILTERS)

    def focus_first(self) -> None:
        """The list that is shown has the focus."""
        (self.bill_list if self.shows_bill else self.license_list).focus()

    # -- what is shown -------------------------------------------------------------------

    @property
    def loader(self) -> Loader[PageOf]:
        """The loader of the licenses."""
        return self._pages

    @property
    def current_bill(self) -> KeyedEstimate | None:
        """The key under the cursor of the bill, None where the bill is not shown."""
        return self.bill_list.current if self.shows_bill else None

    def query_changed(self) -> None:
        """Show another tab, another search or another order."""
        self._show_tab()
        if self.shows_bill:
            self.show_bills()
            self._load_bills()
            return
        query = LicenseQuery(tab=FILTERS[self.tab_index], search=self.search_text)
        order = next((one for one in orders_for(query) if self.order and one.name == self.order.name), None)
        if order is not None:
            query = in_order(query, order)
        if query != self.license_query or not self.license_list.line_count():
            self.license_query, self.order = query, _order_of(query)
            self.state = AllLicensesState(self.keys)
            self._license_ages.failed.clear()
            self._pages.clear()
            self.license_list.show_columns(self._columns(), self.order)
            self.license_list.show_state(self.state)
            self.load()
        self.show_placeholder()

    def _show_tab(self) -> None:
        had_focus = self.license_list.has_focus or self.bill_list.has_focus
        for shown in (self.license_list, self.bill_list):
            shown.display = (shown is self.bill_list) == self.shows_bill
            if shown.headings is not None:
                shown.headings.display = shown.display
        if had_focus:
            self.focus_first()

    def show_bills(self) -> None:
        """Show what is known of every key's bill."""
        self.bill_list.show_sort_order(self.bill_order)
        self.bill_list.show_items(self.bill_order.sort(self.bills.values()))
        self.show_placeholder()

    def show_placeholder(self) -> None:
        """Show what stands in the place of rows: why no key is known, or that nothing is listed."""
        if not self.keys:
            lines = [
                only_key_token(self.session.origin),
                "",
                "A user token shows the account's partner keys.",
            ]
        elif self.search_text:
            lines = [
                f"No license of any key matches “{self.search_text}”.",
                key_line("clear the search", "back"),
            ]
        else:
            lines = ["No license of any key is in this tab.", key_line("the next one", "next-filter")]
        for shown in (self.license_list, self.bill_list):
            shown.placeholder = ["", *lines]
            shown.refresh()
        self.post_message(self.StatusChanged())

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again, by hand."""
        self._ages.failed.clear()
        self._bills.reset_retries()
        super().reload()

    def load(self) -> None:
        """Ask for what is in view of each key, and how many there are; for every key's bill where that is shown."""
        if self.shows_bill:
            self._load_bills(anew=True)
            return
        for part in self.state.parts:
            part.pages.invalidate()
            part.error = None
        self._load_view(known=False)

    def _load_missing(self) -> None:
        """Ask again by itself for what could not be read."""
        for part in self.state.parts:
            part.error = None
        self._load_view(known=False)

    @on(VirtualList.VisibleRangeChanged)
    def _viewed(self, event: VirtualList.VisibleRangeChanged) -> None:
        if event.list is self.license_list:
            self._load_view(known=True)

    def _load_view(self, *, known: bool) -> None:
        """Ask for the pages in view; not `known`: also for the first one of keys of which none is known or in view."""
        for part in self.state.parts:
            key = part.to_read.key
            if key is None or part.to_read.lack or part.error is not None:
                continue
            rows = self.license_list.rows_in_view(part)
            if part.is_known and rows:
                numbers = part.pages.missing_pages(rows[0], rows[-1])
            else:
                numbers = [] if known or (part.is_known and 1 not in part.pages.stale) else [1]
            for number in numbers:
                page = PageOf(key.id, number)
                if not self._pages.waits_for(page):
                    self._pages.load(
                        page,
                        partial(self._read_page, key, self.license_query, number, part.pages.per_page),
                        partial(self._licenses_came, part, number),
                    )

    async def _read_page(
        self, key: PartnerKey, query: LicenseQuery, number: int, per_page: int, *, quiet: bool = False
    ) -> LicensePage:
        """Read a page of a key. `quiet`: nobody waits for it, so that it is not sent again where it fails."""
        async with self._slots:
            client = await self._clients.client(key)
            if quiet:
                client = client.with_options(max_retries=0)
            return await client.licenses.list(
                query.tab, search_text(query.search), number, per_page, query.sort, query.direction
            )

    def _licenses_came(self, part: KeyLicenses, number: int, page: LicensePage) -> None:
        on, anchor = (
            self.license_list.current if self.license_list.moved else None,
            self.license_list.kept_place(),
        )
        part.pages.store(number, page, datetime.now(UTC))
        part.error = None
        self._license_ages.answered(part.to_read)
        rows = self.license_list.rows_in_view(part)
        if rows:
            part.forget_far(rows[0], rows[-1])
        self.license_list.rebuild(self.state.place_of(on) or anchor)
        self.answered()
        self._load_view(known=True)

    def _licenses_failed(self, page: PageOf, error: ApiError) -> None:
        for part in self.state.parts:
            if part.to_read.key is not None and part.to_read.key.id == page.key_id:
                part.error = error
                words = keyless_error_text(error, "Loading its licenses")
                self.report_load_error(f"{part.to_read.name}: {words}")
        self.license_list.refresh()
        self.show_placeholder()

    def _load_bills(self, *, anew: bool = False) -> None:
        """Ask for the bills that are not known; `anew`: for all."""
        for to_read, bill in self.bills.items():
            key = to_read.key
            if key is None or to_read.lack or self._bills.waits_for(key.id):
                continue
            if anew or bill.read is None:
                self._bills.load(key.id, partial(self._read_bill, key), partial(self._bill_came, to_read))

    async def _read_bill(self, key: PartnerKey, *, quiet: bool = False) -> ReadEstimate:
        async with self._slots:
            client = await self._clients.client(key)
            return await read_estimate(client.with_options(max_retries=0) if quiet else client)

    # -- asking again by itself --------------------------------------------------------------

    async def read_view(self) -> Callable[[], bool] | None:
        """Read what is in view once more; returns what shows it and says whether it differs.

        A key that fails does not keep the others from being read: it is told. Raises ApiError where all fail, or where
        too much is asked.
        """
        return await (self._read_bills_again() if self.shows_bill else self._read_pages_again())

    @property
    def _ages(self) -> KeyAges:
        """How old is what is shown of each key."""
        return self._bill_ages if self.shows_bill else self._license_ages

    async def _read_each_again(
        self, keys: Iterable[KeyToRead], read: Callable[[KeyToRead, PartnerKey], Awaitable[Answer]]
    ) -> tuple[dict[KeyToRead, Answer], dict[KeyToRead, ApiError]]:
        """Return what each key answered, and why others did not; what does not pass by itself is not asked again."""
        known, answers, failed = self._ages.failed, dict[KeyToRead, Answer](), dict[KeyToRead, ApiError]()
        for one in keys:
            if one.key is None:
                continue
            if one in known and not isinstance(known[one], PASSING):
                failed[one] = known[one]
                continue
            try:
                answers[one] = await read(one, one.key)
            except RateLimitError:
                raise  # of whatever is asked too much, all of it waits
            except ApiError as error:
                failed[one] = error
        if failed and not answers:
            raise next(iter(failed.values()))
        return answers, failed

    def _take_ages(self, ages: KeyAges, read: Iterable[KeyToRead], failed: dict[KeyToRead, ApiError]) -> None:
        """Take over which keys were read once more and which could not be."""
        before, ages.failed = ages.failed, failed
        for key in read:
            ages.answered(key)
        if before != failed:
            self.post_message(self.StatusChanged())

    async def _read_bills_again(self) -> Callable[[], bool] | None:
        async def read_bill(_: KeyToRead, key: PartnerKey) -> ReadEstimate:
            return await self._read_bill(key, quiet=True)

        known = [one for one, bill in self.bills.items() if bill.read is not None]
        answers, failed = await self._read_each_again(known, read_bill)
        read = {one: KeyedEstimate(one, estimate) for one, estimate in answers.items()}

        def show() -> bool:
            self._take_ages(self._bill_ages, read, failed)
            differs = any(self.bills[one] != bill for one, bill in read.items())
            if differs:
                self.bills.update(read)
                self.show_bills()
            return differs

        return show if read else None

    async def _read_pages_again(self) -> Callable[[], bool] | None:
        """Read the pages in view; of a key that is not in view the first one, which tells how many licenses it has."""
        state = self.state
        parts = {part.to_read: part for part in state.parts if part.is_known}

        async def read_pages(one: KeyToRead, key: PartnerKey) -> list[tuple[KeyLicenses, int, LicensePage]]:
            part, rows = parts[one], self.license_list.rows_in_view(parts[one])
            size, page_of = part.pages.per_page, part.pages.page_of
            numbers = range(page_of(rows[0]), page_of(rows[-1]) + 1) if rows else (1,)
            return [
                (part, number, await self._read_page(key, self.license_query, number, size, quiet=True))
                for number in numbers
            ]

        answers, failed = await self._read_each_again(parts, read_pages)
        read = [one for pages in answers.values() for one in pages]

        def show() -> bool:
            if state is not self.state:
                return False
            self._take_ages(self._license_ages, answers, failed)
            changed = [
                (part, number, page)
                for part, number, page in read
                if (part.differs if self.license_list.rows_in_view(part) else part.counts_other)(number, page)
            ]
            if not changed:
                return False
            on, place = self.license_list.current, self.license_list.kept_place()
            for part, number, page in changed:
                part.pages.store(number, page, datetime.now(UTC))
            self.license_list.rebuild(self.state.place_of(on) or place)
            self._load_view(known=True)
            return True

        return show if read else None

    def answered(self) -> None:
        """Take note that the API answered: that it does so again is said once no key fails any more."""
        self.show_overdue(False)
        if not (self._bills.errors if self.shows_bill else any(part.error for part in self.state.parts)):
            self.clear_load_error()
        self.show_placeholder()

    def _bill_came(self, to_read: KeyToRead, read: ReadEstimate) -> None:
        self.bills[to_read] = KeyedEstimate(to_read, read)
        self._bill_ages.answered(to_read)
        self.show_bills()
        self.answered()

    def _bill_failed(self, key_id: PartnerKeyId, error: ApiError) -> None:
        for to_read, bill in self.bills.items():
            if to_read.key is not None and to_read.key.id == key_id:
                words = keyless_error_text(error, "Loading its bill")
                if bill.read is None:
                    self.bills[to_read] = bill._replace(reason=words)
                self.report_load_error(f"{to_read.name}: {words}")
        self.show_bills()

    def placeholder_texts(self) -> list[str]:
        """Return what stands in the place of rows, that on the lines of keys which could not be read too."""
        notes = [self.license_list.note(part) for part in self.state.parts if not part.is_known]
        bills = [bill.reason for bill in self.bills.values()]
        return [*super().placeholder_texts(), *(bills if self.shows_bill else notes)]

    # -- actions, and why one cannot be done now -------------------------------------------

    def open_key_disabled_reason(self) -> str | None:
        """Return why there is no key to open."""
        if self.shows_bill:
            bill = self.current_bill
            return self.NO_ROW if bill is None else bill.to_read.lack or None
        return self.row_disabled_reason()

    def action_open_key(self) -> None:
        """Open the key of the row: Licenses with the license, or its bill."""
        bill, item = self.current_bill, self.current
        if bill is not None and bill.to_read.key is not None:
            self.post_message(OpenKey(bill.to_read.key.id, bill.to_read.name, "billing"))
        elif item is not None:
            code = item.license.license_key
            query = LicenseQuery(tab=None, search=code)

            def show(section: Section) -> None:
                if isinstance(section, LicensesSection):
                    section.show_licenses(query, code)

            self.post_message(OpenKey(item.key.id, item.key.name, "licenses", show))

    def search_disabled_reason(self) -> str | None:
        """Return why there is nothing to search in."""
        return (
            "Billing has a line a key. The other tabs can be searched."
            if self.shows_bill
            else self._no_keys()
        )

    def _no_keys(self) -> str | None:
        return None if self.keys else "Only one partner key is known."

    sort_disabled_reason = previous_filter_disabled_reason = next_filter_disabled_reason = _no_keys

    def copy_disabled_reason(self) -> str | None:
        """Return why there is no code to copy."""
        return "A bill has no license code." if self.shows_bill else self.row_disabled_reason()

    def action_copy(self) -> None:
        """Copy the license code."""
        item = self.current
        if item is not None:
            self.start_action(self.copy(item.license.license_key, "license code"))

    def export(self) -> Export:
        """Return the export of what tab and search match in every key, or of the bills."""
        from jpmanage_tui.ui.dialogs.export import tell_progress
        from jpmanage_tui.ui.sections.all_keys.export import bills_export, licenses_export

        if self.shows_bill:
            return bills_export(self.bill_order.sort(self.bills.values()))
        count = counted(self.license_list.count_words, self.NOUN)
        report = partial(tell_progress, self)
        return licenses_export(self.keys, self._clients.client, self.license_query, count, report)

    def export_disabled_reason(self) -> str | None:
        """Return why there is nothing to export."""
        if not self.shows_bill:
            return self._no_keys() or (None if self.state.count else "Nothing is listed.")
        known = any(bill.read is not None and bill.read.summary is not None for bill in self.bills.values())
        return None if known else "No bill is known yet."

    @property
    def sort_orders(self) -> Sequence[SortOrder[KeyedLicense]]:
        """The orders of the licenses: the API sorts those of each key."""
        return license_orders(self.license_query)

    def sort_values(self) -> Sequence[str]:
        """Return the orders of the tab as they are typed in the command line."""
        return [order.label for order in BILL_ORDERS] if self.shows_bill else super().sort_values()

    def action_sort(self, label: str = "") -> None:
        """Take the order of this label, else let the user choose that of the tab."""
        named = next((order for order in BILL_ORDERS if order.label == label), None)
        if not self.shows_bill:
            super().action_sort(label)
        elif named is None:
            self.start_action(self._choose_bill_order())
        else:
            self.bill_order = named
            self.show_bills()

    async def _choose_bill_order(self) -> None:
        from jpmanage_tui.ui.dialogs.choice import choose_order

        labels = {order.name: order.menu_label for order in BILL_ORDERS}
        chosen = await choose_order(self, labels, self.bill_order.name)
        if chosen is not None:
            self.bill_order = next(order for order in BILL_ORDERS if order.name == chosen)
            self.show_bills()

    # -- status --------------------------------------------------------------------------

    @property
    def unreadable(self) -> int:
        """How many licenses of what was read could not be read."""
        return self.state.unreadable

    def summary(self) -> str:
        """Return how many licenses of how many keys, or what all of them cost; and which keys could not be read."""
        if not self.keys or not self.is_mounted:
            return ""
        words = self._bill_summary() if self.shows_bill else self._license_summary()
        at = (self._bills if self.shows_bill else self._pages).answered_at
        if words and self.overdue and at is not None:
            return f"{words} — as of {format_time(at)}, could not be refreshed"
        if words and self._ages.failed:
            return f"{words} — {self._ages.words}"
        return words

    def _license_summary(self) -> str:
        if not any(part.is_known for part in self.state.parts):
            return ""
        count = self.license_list.count_words
        words = counted(count, self.NOUN)
        if self.search_text:
            words = matching(count, self.NOUN, self.search_text)
        words += f" of {pluralize(len(self.keys), 'key')}"
        if self.unreadable:
            words += f" {not_read(self.unreadable)}"
        failed = [part for part in self.state.parts if part.error is not None]
        lacking = sum(bool(one.lack) and not one.disabled for one in self.keys)
        if failed or lacking:
            words += f", {pluralize(len(failed) + lacking, 'key')} could not be read"
        return words

    def _bill_summary(self) -> str:
        known = [bill.read.summary for bill in self.bills.values() if bill.read and bill.read.summary]
        if not known:
            return ""
        missing = len(self.bills) - len(known)
        of = pluralize(len(known), "key")
        if missing:
            of += f" ({missing} of {len(self.bills)} not known)"
        total = total_of(known)
        if total is None:
            return f"{of}. No total: a figure is missing, or the currency is not one."
        return f"{of}, {money(total.cost, total.currency)} together so far (estimates)"

    def progress(self) -> str | None:
        """Return what is being loaded, where nothing of it is known yet."""
        if self.shows_bill:
            known = any(bill.read for bill in self.bills.values())
            return "Loading the bills of all keys…" if self._bills.busy and not known else None
        known = any(part.is_known for part in self.state.parts)
        return f"{self.LOADING}…" if self._pages.busy and not known else None

    def counter(self) -> str:
        """Return where the cursor is."""
        if not self.is_mounted:
            return ""
        shown = self.bill_list if self.shows_bill else self.license_list
        return f"{shown.position:,}/{shown.count_words}" if shown.position else ""


def _order_of(query: LicenseQuery) -> SortOrder[KeyedLicense] | None:
    order = order_of(query)
    return next((one for one in license_orders(query) if order is not None and one.name == order.name), None)
