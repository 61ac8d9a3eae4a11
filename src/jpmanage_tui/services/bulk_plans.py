"""Plans for many sites at once: what is issued, assigned, unassigned and revoked, what it costs, what is left out.

Nothing here asks or sends: a plan is what the user confirms, and its run is what is sent then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductId, ProductSlug
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
)
from jpmanage_tui.operations.run import PlannedItem, RunPlan
from jpmanage_tui.rules.bundles import BundleOffer, bundle_offers
from jpmanage_tui.rules.catalog import Section, section_of
from jpmanage_tui.rules.licenses import SLUG_CUT, LicenseAction, NotAllowed, allowed, product_of
from jpmanage_tui.rules.prices import Cost, bundle_price, cost_of, unit_price
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.account_data import AccountData
from jpmanage_tui.services.license_changes import assign_change
from jpmanage_tui.services.site_lists import LineStatus, ListUse, SiteList, assign_rank

MOST_LICENSES = 50_000
"""Licenses that one plan issues or assigns; ours, so that a list of great quantities has an end."""


class PlanError(ValueError):
    """What cannot be planned as a whole; its text is a sentence for the user."""


class LeftOut(NamedTuple):
    """What is not in a plan, and why, as a sentence.

    `what` names it: the site as the list has it, or the license code; `product` is '' where it is about the whole line;
    `number` is the line's, None where there is no list.
    """

    what: str
    reason: str
    product: str = ""
    number: int | None = None

    @property
    def sentence(self) -> str:
        """What it is and why, with its line where there is a list."""
        line = f"Line {self.number}" if self.number is not None else ""
        what = self.what if self.what != line else ""  # a line that names no site
        product = f"({self.product})" if self.product else ""
        named = " ".join(part for part in (what, product) if part)
        return ": ".join(part for part in (line, named, self.reason) if part)


@dataclass(frozen=True)
class BulkPlan:
    """What is to be done to many sites.

    `run` is what is handed to the runner once it is confirmed (empty `run.items`: nothing is left to do); use
    `dataclasses.replace(plan.run, created_by=…, name=…)` to say who asks. The counts are licenses: `issued` counts a
    bundle's size, `reused` are those of `assigned` that were unassigned before and not issued for it, `spare` are issued
    and stay unassigned. `cost` is what is issued, the sum of the prices of the run's items; `saved` is by what the bill
    gets lower through what is revoked. `offers` are cheaper ways that are not taken, `taken_offers` those that are.
    `remarks` are sentences for the review.
    """

    run: RunPlan
    left_out: tuple[LeftOut, ...] = ()
    issued: int = 0
    assigned: int = 0
    reused: int = 0
    spare: int = 0
    unassigned: int = 0
    revoked: int = 0
    sites: int = 0
    """How many sites it changes."""
    cost: Cost = field(default_factory=Cost)
    saved: Cost = field(default_factory=Cost)
    offers: tuple[BundleOffer, ...] = ()
    taken_offers: tuple[BundleOffer, ...] = ()
    remarks: tuple[str, ...] = ()


class _Demand(NamedTuple):
    """One license of a product that a line asks for; `site` is None where it stays unassigned."""

    product: Product
    site: Site | None
    number: int
    name: str

    def left_out(self, reason: str) -> LeftOut:
        """Return it as what is not in a plan."""
        return LeftOut(self.name, reason, self.product.name, self.number)


def _demands(site_list: SiteList) -> list[_Demand]:
    """Return what the lines that are ready ask for, site by site; on a site add-ons come last.

    (Contract: licenses 3.7.) Raises PlanError for more than MOST_LICENSES.
    """
    assigning = site_list.use is ListUse.ASSIGN
    count = sum(len(line.products) * (1 if assigning else line.quantity) for line in site_list.ready)
    if count > MOST_LICENSES:
        raise PlanError(f"The list asks for {count:,} licenses; {MOST_LICENSES:,} are the most. Split it.")
    by_site: dict[BlogId | int, list[_Demand]] = {}
    for line in site_list.ready:
        site = line.site if assigning else None
        # lines of which no site gets anything stay apart; a Site ID is never negative
        there = by_site.setdefault(site.blog_id if site is not None else -line.number, [])
        for product in line.products:
            demand = _Demand(product, site, line.number, line.name)
            there += [demand] * (1 if assigning else line.quantity)
    return [
        one for there in by_site.values() for one in sorted(there, key=lambda one: assign_rank(one.product))
    ]


def not_ready(site_list: SiteList) -> list[LeftOut]:
    """Return the lines, and the products of lines, that go into no plan."""
    found = []
    for line in site_list.lines:
        if line.status is not LineStatus.READY:
            found.append(LeftOut(line.name, line.reason, line.line.product, line.number))
        else:
            found += [LeftOut(line.name, one.reason, one.product.name, line.number) for one in line.refused]
    return found


class _Pool:
    """Unassigned licenses by product; each is taken once, in the order given."""

    def __init__(self, licenses: Iterable[License], products: Sequence[Product]) -> None:
        """Of `licenses` those of `products` count: by the ids, by the codes where the API gave none of one of them."""
        by_id = {product.product_id: product.slug for product in products if product.product_id}
        by_code: dict[str, list[Product]] = {}
        for product in products:
            by_code.setdefault(product.slug[:SLUG_CUT], []).append(product)
        self._free: dict[ProductSlug, deque[License]] = {}
        for license in licenses:
            slug = by_id.get(license.product_id) if license.product_id is not None else None
            if slug is None:
                of_code = by_code.get(license.product_slug or "", [])
                # codes cut the slug, so one may stand for several products
                if len(of_code) == 1 and not (license.product_id and of_code[0].product_id):
                    slug = of_code[0].slug
            if slug is not None:
                self._free.setdefault(slug, deque()).append(license)

    def take(self, product: Product) -> License | None:
        """Return the next license of a product, None where none is left."""
        free = self._free.get(product.slug)
        return free.popleft() if free else None


def assign_item(license: License, site: Site, needs: int | None = None) -> PlannedItem:
    """Return the item that assigns a license to a site; `needs` is the place of the one that must be done before."""
    return PlannedItem(assign_change(license, site), needs=needs)


class _IssuingItems:
    """The items that issue licenses, singly or in bundles, and assign them."""

    def __init__(self, offers: Mapping[ProductSlug, BundleOffer]) -> None:
        self.items: list[PlannedItem] = []
        self.issued = 0
        self._sizes = {slug: list(offer.sizes) for slug, offer in offers.items()}
        self._members: dict[ProductSlug, tuple[int, int]] = {}
        """Of each product the place of the bundle that was issued last, and how many of its licenses are left."""

    def add(self, demand: _Demand) -> None:
        """Issue a license, where no bundle has one left, and assign it where the demand names a site."""
        place = self._place(demand.product)
        if demand.site is not None:
            site = demand.site
            change = AssignLicense(
                LicenseKey(""), site.blog_id, site_name(site.address), _name(demand.product)
            )
            self.items.append(PlannedItem(change, needs=place))

    def _place(self, product: Product) -> int:
        """Return the place of the item that issues the next license of a product."""
        place, left = self._members.get(product.slug, (0, 0))
        if not left:
            sizes = self._sizes.get(product.slug)
            left = sizes.pop(0) if sizes else 1
            place = len(self.items)
            price = bundle_price(product, left) if left > 1 else unit_price(product)
            change = IssueLicense(product.slug, left if left > 1 else None, _name(product))
            self.items.append(PlannedItem(change, price=price))
            self.issued += left
        self._members[product.slug] = (place, left - 1)
        return place


def plan_issuing(
    site_list: SiteList, *, unassigned_first: bool = False, offers: Iterable[BundleOffer] = ()
) -> BulkPlan:
    """Return the plan that issues what the lines of a list ask for and assigns it (ListUse.ASSIGN; .ISSUE: issues only).

    `unassigned_first`: licenses that are unassigned already are assigned first, the oldest first. `offers` are those of
    an earlier plan's `offers` that the user takes; one that is not offered any more, since the list has changed, is
    left.

    Raises:
        PlanError: the list asks for too many licenses.
        ValueError: the list is for its sites alone.

    """
    if site_list.use is ListUse.SITES:
        raise ValueError("a list of sites alone asks for no products")
    assigning = site_list.use is ListUse.ASSIGN
    demands = _demands(site_list)
    products = {demand.product.slug: demand.product for demand in demands}
    free = site_list.account.unassigned if unassigned_first and assigning else ()
    pool = _Pool(free, tuple(products.values()))
    reused = [pool.take(demand.product) for demand in demands]
    needed = dict.fromkeys(products, 0)
    for demand, license in zip(demands, reused, strict=True):
        needed[demand.product.slug] += license is None
    offered = [offer for slug, count in needed.items() for offer in bundle_offers(products[slug], count)]
    wanted = list(offers)
    taken = {offer.product.slug: offer for offer in offered if offer in wanted}
    issuing = _IssuingItems(taken)
    for demand, license in zip(demands, reused, strict=True):
        if license is not None and demand.site is not None:
            issuing.items.append(assign_item(license, demand.site))
        else:
            issuing.add(demand)
    count = len(demands) if assigning else 0
    used = sum(license is not None for license in reused)
    issued = issuing.issued
    title = _issuing_title(tuple(products.values()), issued, count)
    extra = sum(offer.stay_unassigned for offer in taken.values())
    return BulkPlan(
        RunPlan(title, tuple(issuing.items)),
        tuple(not_ready(site_list)),
        issued=issued,
        assigned=count,
        reused=used,
        spare=issued + used - count,
        sites=len({demand.site.blog_id for demand in demands if demand.site is not None}),
        cost=cost_of(item.price for item in issuing.items if isinstance(item.mutation, IssueLicense)),
        offers=tuple(offer for offer in offered if offer.product.slug not in taken),
        taken_offers=tuple(taken.values()),
        remarks=remarks_of(
            site_list.account,
            (extra > 0, f"{pluralize(extra, 'license')} of the bundles will stay unassigned, and billed."),
            (
                used > 0,
                f"{pluralize(used, 'license')} that {'is' if used == 1 else 'are'} unassigned now will be used:"
                " the bill gets no higher for that.",
            ),
            (
                any(section_of(product) is Section.WOO for product in products.values()),
                "WooCommerce extensions still have to be downloaded and installed on their sites.",
            ),
        ),
    )


def _issuing_title(products: Sequence[Product], issued: int, assigned: int) -> str:
    one = f"{_name(products[0])} license" if len(products) == 1 else "license"
    if not assigned:
        return f"Issue {pluralize(issued, one)}"
    if not issued:
        return f"Assign {pluralize(assigned, one)}"
    if issued == assigned:
        return f"Issue and assign {pluralize(issued, one)}"
    return f"Issue {pluralize(issued, one)} and assign {assigned:,}"


def _name(product: Product) -> str:
    return product.name or product.slug


def remarks_of(account: AccountData, *remarks: tuple[bool, str]) -> tuple[str, ...]:
    """Return the remarks that hold, and behind them what could not be read of the account."""
    found = [sentence for holds, sentence in remarks if holds]
    if account.incomplete:
        found.append(f"{account.incomplete} What a site has may be more than is known; the API decides.")
    return tuple(found)


def plan_assigning(site_list: SiteList, licenses: Sequence[License]) -> BulkPlan:
    """Return the plan that assigns these unassigned licenses, in their order, to the sites of a list; nothing is issued.

    Which product a line gets is what the list says: choose that of the licenses with `SiteList.with_products` and
    `product_of_license`. `account.unassigned_of(bundle)` are those of a bundle.

    Raises:
        PlanError: the list asks for too many licenses.
        ValueError: the list is not one of sites that get something.

    """
    if site_list.use is not ListUse.ASSIGN:
        raise ValueError("the lines of the list are not to be assigned anything")
    left_out = not_ready(site_list)
    free: list[License] = []
    for license in licenses:
        answer = allowed(license, LicenseAction.ASSIGN)
        if isinstance(answer, NotAllowed):
            left_out.append(LeftOut(license.license_key, answer.reason, license.product))
        else:
            free.append(license)
    demands = _demands(site_list)
    products = {demand.product.slug: demand.product for demand in demands}
    pool = _Pool(free, tuple(products.values()))
    items: list[PlannedItem] = []
    sites: set[BlogId] = set()
    for demand in demands:
        found = pool.take(demand.product)
        if found is None or demand.site is None:
            left_out.append(demand.left_out(f"No unassigned {_name(demand.product)} license is left for it."))
            continue
        items.append(assign_item(found, demand.site))
        sites.add(demand.site.blog_id)
    rest = len(free) - len(items)
    return BulkPlan(
        RunPlan(_issuing_title(tuple(products.values()), 0, len(items)), tuple(items)),
        tuple(left_out),
        assigned=len(items),
        reused=len(items),
        sites=len(sites),
        remarks=remarks_of(
            site_list.account,
            (rest > 0, f"{pluralize(rest, 'license')} of {len(free):,} will stay unassigned, and billed."),
        ),
    )


def product_of_license(license: License, account: AccountData) -> Product:
    """Return the product of a license, by its own words where the catalog does not know it any more."""
    found = next(
        (one for one in account.products if one.product_id and one.product_id == license.product_id),
        None,
    ) or product_of(license.license_key, account.products)
    if found is not None:
        return found
    slug = license.product_slug or ProductSlug(license.license_key)
    return Product(slug=slug, name=license.product or slug, product_id=license.product_id or ProductId(0))
