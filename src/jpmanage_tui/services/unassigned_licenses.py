"""The licenses that are unassigned but billed, oldest first: read as they are looked at, and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import UNKNOWN_LICENSE
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.prices import Price, Total, totals
from jpmanage_tui.rules.text import lacking
from jpmanage_tui.rules.unassigned import UnassignedLicense, is_unassigned, unassigned_report
from jpmanage_tui.services.all_licenses import BundleSearch, find_bundles
from jpmanage_tui.services.price_text import total_words

PAGE = 50
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class UnassignedPage:
    """The next unassigned licenses in order, and the bundles that were named beside them.

    `left_out` is how many unassigned licenses could not be read so far; that is sure once it is `done`.
    """

    licenses: tuple[License, ...]
    parents: dict[LicenseId, License] = field(default_factory=dict)
    done: bool = False
    left_out: int = 0


class UnassignedPaginator:
    """The unassigned licenses of the partner key, oldest first: page by page, or all of them with `async for`.

    A bundle's parent is never unassigned; where the list names one, its unassigned licenses are asked for and stand at
    their place by date. Each license comes once, whatever the pages do meanwhile. A page that fails changes nothing,
    so that it can be tried again. `parents` are bundles known beforehand: an API that lists a bundle's licenses only
    under the bundle names them nowhere in this list.
    """

    def __init__(self, client: LicensingClient, parents: Mapping[LicenseId, License] | None = None) -> None:
        self._client = client
        self._pages = client.licenses.list_all(LicenseFilter.DETACHED, per_page=PAGE)
        self.parents = dict(parents or {})
        self._unread: dict[LicenseId, License] = dict(self.parents)
        """Bundles that were not looked into yet."""
        self._listed: set[LicenseId] = set()
        """Bundles that this list named: the server must know them."""
        self._page: list[License] | None = None
        self._found: list[License] = []
        self._given: set[LicenseKey] = set()
        self._held: list[License] = []
        self._reached: datetime | None = None
        self._members_left_out = 0
        self._members_cut_short = False
        self.done = False

    @property
    def left_out(self) -> int:
        """How many unassigned licenses could not be read; sure once it is `done`."""
        return self._pages.left_out + self._members_left_out

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""
        return self._pages.cut_short or self._members_cut_short

    async def next_page(self) -> UnassignedPage:
        """Fetch the next page and return what is unassigned on it. Raises ApiError."""
        if self._page is None:
            self._page = await self._pages.next_page()
            self._add(self._page)
        for license_id, parent in list(self._unread.items()):
            self._found += await self._members(license_id, parent)
            del self._unread[license_id]
        page, self._page = self._page, None
        self.done = self._pages.done
        if page:
            self._reached = page[-1].issued_at
        found, self._found = self._found, []
        parents = {one.license_id: one for one in page if one.is_bundle and one.license_id is not None}
        return UnassignedPage(self._released(found), parents, self.done, self.left_out)

    def _add(self, page: list[License]) -> None:
        self._found += [item for item in page if is_unassigned(item)]
        for item in page:
            if item.is_bundle and item.license_id is not None:
                self.parents[item.license_id] = self._unread[item.license_id] = item
                self._listed.add(item.license_id)
            elif item.is_bundle:
                self._members_left_out += item.quantity or 0

    async def _members(self, license_id: LicenseId, parent: License) -> list[License]:
        """Return a bundle's unassigned licenses; none where the bundle itself is gone."""
        members = self._client.licenses.list_all_children(license_id)
        try:
            found = [item async for item in members if is_unassigned(item)]
        except UNKNOWN_LICENSE:
            if license_id in self._listed:
                self._members_left_out += parent.quantity or 0
            return []
        self._members_left_out += members.left_out
        self._members_cut_short = self._members_cut_short or members.cut_short
        return found

    def _released(self, found: list[License]) -> tuple[License, ...]:
        """Return, in order, what is not younger than the date reached; a replaced license of a bundle may be."""
        listed = {item.license_key: item for item in [*self._held, *found]}
        waiting = sorted(listed.values(), key=lambda item: item.issued_at or _LAST)
        reached = self._reached
        if self.done or reached is None:
            ready, self._held = waiting, []
        else:
            ready = [item for item in waiting if item.issued_at is not None and item.issued_at <= reached]
            self._held = [item for item in waiting if item.issued_at is None or item.issued_at > reached]
        fresh = [item for item in ready if item.license_key not in self._given]
        self._given.update(item.license_key for item in fresh)
        return tuple(fresh)

    async def __aiter__(self) -> AsyncIterator[License]:
        """Yield every license that has not come yet. Raises ApiError."""
        while not self.done:
            for license in (await self.next_page()).licenses:
                yield license


def priced(
    licenses: Sequence[License], products: Sequence[Product], parents: Mapping[LicenseId, License]
) -> list[UnassignedLicense]:
    """Return licenses with what each costs by the partner's whole catalog; `parents` are the bundles that are known."""
    sizes = {parent_id: parent.quantity or 0 for parent_id, parent in parents.items()}
    return list(unassigned_report(licenses, products, sizes).items)


class UnassignedReader:
    """Every unassigned license with its price, oldest first, as it is read; `parents` are bundles known beforehand."""

    def __init__(
        self,
        client: LicensingClient,
        products: Sequence[Product],
        parents: Mapping[LicenseId, License] | None = None,
    ) -> None:
        self._products = products
        self._pages = UnassignedPaginator(client, parents)
        self.count = 0
        """How many came so far."""

    @property
    def parents(self) -> Mapping[LicenseId, License]:
        """The bundles that are known."""
        return self._pages.parents

    @property
    def left_out(self) -> int:
        """How many unassigned licenses could not be read; sure at the end."""
        return self._pages.left_out

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""
        return self._pages.cut_short

    async def __aiter__(self) -> AsyncIterator[UnassignedLicense]:
        """Yield every license that has not come yet. Raises ApiError."""
        while not self._pages.done:
            page = await self._pages.next_page()
            for item in priced(page.licenses, self._products, self.parents):
                self.count += 1
                yield item


async def search_bundles(client: LicensingClient, progress: Callable[[str], None]) -> BundleSearch:
    """Return the bundles among all active licenses; `progress` is told how far it is. Raises ApiError."""
    found = BundleSearch(0, {})
    async for found in find_bundles(client):
        progress(f"{found.looked_at:,} licenses looked at for bundles")
    return found


def reading_lacks(reader: UnassignedReader, bundles: BundleSearch | None, beyond: str) -> str:
    """Return what is not among the unassigned licenses that were read, in a few words; "" where nothing is missing.

    `bundles` is the search for bundles, where there was one; `beyond` says what billing counts besides.
    """
    words = [
        lacking(reader, "unassigned license"),
        f"{bundles.left_out:,} of all licenses could not be read" if bundles and bundles.left_out else "",
        beyond,
    ]
    return "; ".join(word for word in words if word)


class PriceSums:
    """What licenses cost together, counted as they come; what has no known price is in no sum."""

    def __init__(self) -> None:
        self._counts: Counter[Price | None] = Counter()

    def add(self, price: Price | None) -> None:
        """Count a license of this price, None where it is not known."""
        self._counts[price] += 1

    @property
    def count(self) -> int:
        """How many licenses were counted."""
        return self._counts.total()

    @property
    def totals(self) -> tuple[Total, ...]:
        """A sum for each currency."""
        known = [price.times(count) for price, count in self._counts.items() if price is not None]
        return totals(price for price in known if price.is_known)

    @property
    def unpriced(self) -> int:
        """How many licenses are in no sum."""
        return sum(count for price, count in self._counts.items() if price is None or not price.is_known)


def sums_words(sums: Sequence[Total], unpriced: int) -> str:
    """Return what licenses cost by the partner's prices; `unpriced` of them are in no sum."""
    left = f", {unpriced:,} without a price" if unpriced else ""
    return f"{total_words(sums) or 'no price is known'} by your prices{left}"


@dataclass
class UnassignedListState:
    """The unassigned licenses that came so far, oldest first; `done` when there are no more.

    They have prices once `set_products` was called.
    """

    items: list[UnassignedLicense] = field(default_factory=list)
    parents: dict[LicenseId, License] = field(default_factory=dict)
    done: bool = False
    left_out: int = 0
    """How many unassigned licenses could not be read so far."""
    products: tuple[Product, ...] | None = None
    _sums: tuple[Total, ...] | None = field(default=None, init=False, repr=False)
    _unpriced: int = field(default=0, init=False, repr=False)

    def add(self, page: UnassignedPage) -> None:
        """Add the licenses of the next page."""
        self.parents.update(page.parents)
        self.items += self._priced(page.licenses)
        self._sums = None
        self.done, self.left_out = page.done, page.left_out

    def set_products(self, products: Sequence[Product]) -> None:
        """Price every license by the partner's whole catalog, old products included."""
        self.products = tuple(products)
        self.items = self._priced([item.license for item in self.items])
        self._sums = None

    def _priced(self, licenses: Sequence[License]) -> list[UnassignedLicense]:
        if self.products is None:
            return [UnassignedLicense(license, None) for license in licenses]
        return priced(licenses, self.products, self.parents)

    def sums(self) -> tuple[Total, ...]:
        """Return what the licenses cost together, a sum for each currency."""
        if self._sums is None:
            known = [item.price for item in self.items if item.price is not None and item.price.is_known]
            self._sums, self._unpriced = totals(known), len(self.items) - len(known)
        return self._sums

    @property
    def unpriced(self) -> int:
        """How many licenses are in no sum."""
        self.sums()
        return self._unpriced

    def row_of(self, key: LicenseKey) -> int | None:
        """Return the row of a license."""
        return next((row for row, item in enumerate(self.items) if item.license.license_key == key), None)
