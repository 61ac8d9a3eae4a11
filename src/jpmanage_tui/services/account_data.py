"""All that an account has, read at once for work on many sites: connected sites, products, active licenses."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from jpmanage_tui.api.errors import UNKNOWN_LICENSE
from jpmanage_tui.api.ids import BlogId, LicenseId, ProductId
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.licenses import product_of
from jpmanage_tui.rules.search.index import NEVER, NO_NUMBER, STANDARD, STATE_BITS, STATES, LicenseIndex
from jpmanage_tui.rules.site_matching import ProductMatcher, SiteMatcher
from jpmanage_tui.rules.sites import is_siteless
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.all_licenses import REPORT_EVERY, LicenseSource, ReportProgress

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

Result = TypeVar("Result")

AT_ONCE = 4
"""So many bundles are read at a time."""
_ATTACHED, _DETACHED, _BUNDLE = (
    STATES.index(state) for state in (LicenseState.ATTACHED, LicenseState.DETACHED, LicenseState.BUNDLE)
)


class Holding(NamedTuple):
    """A license that a site has: whether it was bought elsewhere, and whether it is in a bundle."""

    standard: bool
    in_bundle: bool


@dataclass(frozen=True, eq=False)
class AccountData:
    """What an account had when it was read; made by `account_data` or `read_account`.

    `products` is the whole catalog with the partner's prices, also what is not sold any more. `incomplete` says what
    could not be read, as a sentence; empty where nothing is missing. The licenses are kept in columns: 100,000 of them
    as they come would take 160 MB.
    """

    sites: tuple[Site, ...]
    products: tuple[Product, ...]
    incomplete: str = ""
    _index: LicenseIndex = field(default_factory=LicenseIndex, repr=False)
    _rows_on: Mapping[BlogId, Sequence[int]] = field(default_factory=dict, repr=False)
    _unassigned: Sequence[int] = field(default=(), repr=False)
    _bundles: Sequence[int] = field(default=(), repr=False)

    def licenses_on(self, site: BlogId) -> list[License]:
        """Return the licenses that are assigned to a site, whoever bought them, bundles' members too."""
        return [self._index.license(row) for row in self._rows_on.get(site, ())]

    def owned(self, site: Site) -> frozenset[ProductId]:
        """Return the products that a site has: by its licenses, and by its own plan and products.

        (Contract: licenses 3.2.)
        """
        rows = self._rows_on.get(site.blog_id, ())
        if not rows and site.plan_product_id is None:
            return frozenset(site.product_ids)
        found = {*site.product_ids, *(self._product_id(row) for row in rows), site.plan_product_id}
        return frozenset(number for number in found if number is not None)

    def _product_id(self, row: int) -> ProductId | None:
        number = self._index.product_id[row]
        if number != NO_NUMBER:
            return ProductId(number)
        product = product_of(self._index.code(row), self.products)
        return product.product_id if product is not None else None

    def holding(self, site: BlogId, product: ProductId) -> Holding | None:
        """Return what is to be known of the license by which a site has a product, None where none is assigned to it."""
        row = next((row for row in self._rows_on.get(site, ()) if self._product_id(row) == product), None)
        if row is None:
            return None
        return Holding(bool(self._index.flags[row] & STANDARD), self._index.parent[row] != NO_NUMBER)

    @cached_property
    def unassigned(self) -> tuple[License, ...]:
        """The partner's own licenses on no site, oldest first; bundles' members too, never a bundle itself."""
        return tuple(self._index.license(row) for row in self._unassigned)

    @cached_property
    def bundles(self) -> tuple[License, ...]:
        """The bundles, oldest first."""
        return tuple(self._index.license(row) for row in self._bundles)

    def unassigned_of(self, bundle: LicenseId) -> list[License]:
        """Return the members of a bundle that are on no site, by their license id."""
        members = [license for license in self.unassigned if license.parent_license_id == bundle]
        return sorted(members, key=lambda license: license.license_id or 0)

    # -- looking for sites and products ----------------------------------------------------

    @cached_property
    def site_matcher(self) -> SiteMatcher:
        """Finds connected sites."""
        return SiteMatcher(self.sites)

    @cached_property
    def site_matcher_with_former(self) -> SiteMatcher:
        """Finds connected sites, and those that are not connected any more but have licenses, which are billed."""
        connected = {site.blog_id for site in self.sites}
        former = []
        for blog_id, rows in self._rows_on.items():
            url = next((url for row in rows if (url := self._index.sites.raw[self._index.site[row]])), "")
            if blog_id not in connected and url and not is_siteless(url):
                former.append(Site(blog_id=blog_id, url=url))
        return SiteMatcher((*self.sites, *former))

    @cached_property
    def product_matcher(self) -> ProductMatcher:
        """Finds products of the catalog."""
        return ProductMatcher(self.products)


def account_data(
    sites: Iterable[Site], products: Iterable[Product], licenses: Iterable[License], incomplete: str = ""
) -> AccountData:
    """Return the data of an account; `licenses` are the active ones, those inside bundles too."""
    index = LicenseIndex()
    index.put(licenses)
    return _arranged(tuple(sites), tuple(products), index, incomplete)


def _arranged(
    sites: tuple[Site, ...], products: tuple[Product, ...], index: LicenseIndex, incomplete: str
) -> AccountData:
    rows_on: dict[BlogId, list[int]] = {}
    unassigned: list[int] = []
    bundles: list[int] = []
    for row, flags in enumerate(index.flags):
        state = flags & STATE_BITS
        if state == _ATTACHED and index.blog_id[row] != NO_NUMBER:
            rows_on.setdefault(BlogId(index.blog_id[row]), []).append(row)
        elif state == _DETACHED and not flags & STANDARD:
            unassigned.append(row)
        elif state == _BUNDLE:
            bundles.append(row)

    def oldest_first(row: int) -> tuple[bool, int, int]:
        return index.issued[row] == NEVER, index.issued[row], index.license_id[row]

    return AccountData(
        sites,
        products,
        incomplete,
        index,
        rows_on,
        sorted(unassigned, key=oldest_first),
        sorted(bundles, key=oldest_first),
    )


# -- reading -------------------------------------------------------------------------------


async def read_account(
    client: LicensingClient, report: ReportProgress, licenses: LicenseSource | None = None
) -> AccountData:
    """Read an account: all sites, the products, and all active licenses with those inside bundles.

    `report` is told in a few words how far it is. Canceling the task that waits for it ends the reading. `licenses` are
    active licenses that were read before (the search index has them), with those inside bundles: then they are taken
    from there.

    Raises:
        ApiError: something could not be read.

    """
    return await _AccountReader(client, report).read(licenses)


class _AccountReader:
    def __init__(self, client: LicensingClient, report: ReportProgress) -> None:
        self._client = client
        self._report = report
        self._products: tuple[Product, ...] = ()
        self._sites: list[Site] = []
        self._index = LicenseIndex()
        self._lacking: list[str] = []

    async def read(self, licenses: LicenseSource | None) -> AccountData:
        await _together(
            self._read_products(),
            self._read_sites(),
            self._read_licenses() if licenses is None else self._take(licenses),
        )
        incomplete = f"Could not be read: {', '.join(self._lacking)}." if self._lacking else ""
        return _arranged(tuple(self._sites), self._products, self._index, incomplete)

    def _told(self) -> None:
        self._report(f"{pluralize(len(self._sites), 'site')} and {self._index.count:,} licenses read")

    def _note_lacking(self, left_out: int, cut_short: bool, one: str) -> None:
        if left_out:
            self._lacking.append(pluralize(left_out, one))
        elif cut_short:
            self._lacking.append(f"the end of the list of {one}s")

    async def _read_products(self) -> None:
        families = await self._client.products.partner_families()
        self._products = tuple(product for family in families for product in family.products)
        self._note_lacking(families.unreadable, False, "product")

    async def _read_sites(self) -> None:
        pages = self._client.sites.list_all()
        while not pages.done:
            self._sites += await pages.next_page()
            self._told()
        self._note_lacking(pages.left_out, pages.cut_short, "site")

    async def _take(self, licenses: LicenseSource) -> None:
        count = 0
        async for license in licenses:
            self._index.put([license])
            count += 1
            if count % REPORT_EVERY == 0:
                self._told()
                await asyncio.sleep(0)
        self._note_lacking(licenses.left_out, licenses.cut_short, "license")

    async def _read_licenses(self) -> None:
        """Read the active licenses, then the members of the bundles where the list names none."""
        pages = self._client.licenses.list_all()
        bundles: list[License] = []
        members_listed = False
        while not pages.done:
            found = await pages.next_page()
            self._index.put(found)
            bundles += [license for license in found if license.is_bundle]
            members_listed = members_listed or any(license.is_child for license in found)
            self._told()
        left_out, cut_short = pages.left_out, pages.cut_short
        for start in range(0, 0 if members_listed else len(bundles), AT_ONCE):
            self._report(f"{start:,} of {pluralize(len(bundles), 'bundle')} read")
            for lost, short in await _together(
                *(self._read_members(bundle) for bundle in bundles[start : start + AT_ONCE])
            ):
                left_out, cut_short = left_out + lost, cut_short or short
        self._note_lacking(left_out, cut_short, "license")

    async def _read_members(self, bundle: License) -> tuple[int, bool]:
        """Read the licenses of a bundle; returns how many could not be read, and whether more may be missing."""
        if bundle.license_id is None:
            return bundle.quantity or 0, False
        members = self._client.licenses.list_all_children(bundle.license_id)
        try:
            while not members.done:
                found = await members.next_page()
                self._index.put(license for license in found if license.state is not LicenseState.REVOKED)
        except UNKNOWN_LICENSE:
            return bundle.quantity or 0, False  # it was listed, and now the server does not know it
        return members.left_out, members.cut_short


async def _together(*reads: Coroutine[object, None, Result]) -> list[Result]:
    """Wait for several reads; the first error, and a cancellation, ends the others before it is raised."""
    tasks = [asyncio.ensure_future(read) for read in reads]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
