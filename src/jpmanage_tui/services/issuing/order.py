"""What is being ordered, and what is known for it: catalog, selection, site, whether issuing is open. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, ProductId
from jpmanage_tui.api.products import Product, ProductFamily
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules import catalog
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.services.issuing.planned_license import PlannedLicense, assign_to_site, without_site
from jpmanage_tui.services.issuing.quote import Quote, quote
from jpmanage_tui.services.issuing.run import IssueItem
from jpmanage_tui.services.issuing.selection import Pick, Selection


class Blocker(Enum):
    """What keeps a reviewed order from being issued."""

    CATALOG_UNKNOWN = "the products and their prices are not loaded yet"
    STATUS_UNKNOWN = "whether issuing is open is being asked"
    READ_ONLY = "the program refuses"
    NEEDS_CARD = "there is no valid payment method"
    SITE_UNKNOWN = "what the site has is being looked up"


@dataclass(frozen=True)
class IssuingStatus:
    """Whether issuing is open: `needs_card`: a payment method must be added first (contract: licenses 3.5).

    `paused`: the account may not issue at present. `error` says why nobody knows; then the server decides.
    `read_only`: the program refuses, whatever the account may do.
    """

    needs_card: bool = False
    paused: bool = False
    error: ApiError | None = None
    read_only: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be issued now, and that is known."""
        return self.needs_card or self.read_only


@dataclass(frozen=True)
class ChosenSite:
    """The chosen site; `owned` is None while it is being looked up what it has, `error` says why that failed."""

    site: Site
    owned: frozenset[ProductId] | None = None
    error: ApiError | None = None

    @property
    def name(self) -> str:
        """The site's name: what tells it from others."""
        return site_name(self.site.address)


@dataclass(frozen=True)
class Reviewed:
    """An order as it stood when it was asked about: what is confirmed of it is what is sent.

    `chosen` is the site, None for none; `catalog` the products as they were, by which assigning is put in order;
    `card_just_added`: a card was missing at first, and the server may not know the new one everywhere yet.
    """

    selection: Selection
    quote: Quote
    planned_licenses: tuple[PlannedLicense, ...]
    chosen: ChosenSite | None
    catalog: tuple[Product, ...]
    card_just_added: bool


class Order:
    """One order on its way from the products to the review."""

    def __init__(self) -> None:
        self.selection = Selection()
        self.chosen: ChosenSite | None = None
        self.status: IssuingStatus | None = None
        """None while it is not known."""
        self.card_was_missing = False
        """Whether a card was missing at first: the server may not know the new one everywhere yet."""
        self.all_products: tuple[Product, ...] = ()
        self.sold: tuple[Product, ...] = ()
        self.has_catalog = False

    def set_catalog(self, families: Iterable[ProductFamily]) -> None:
        """Take over the catalog."""
        families = tuple(families)
        self.all_products = tuple(product for family in families for product in family.products)
        self.sold = catalog.shape(families)
        self.has_catalog = True

    def set_status(self, status: IssuingStatus) -> None:
        """Take over whether issuing is open."""
        self.status = status
        self.card_was_missing = self.card_was_missing or status.needs_card

    def set_site_products(self, blog_id: BlogId, owned: frozenset[ProductId], error: ApiError | None) -> None:
        """Take over what a site has, where it is still the chosen one."""
        if self.chosen is not None and self.chosen.site.blog_id == blog_id:
            self.chosen = ChosenSite(self.chosen.site, owned, error)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes in which something is sold, ascending."""
        return tuple(sorted(catalog.sizes(self.sold)))

    @property
    def quote(self) -> Quote:
        """What is selected, with its prices."""
        return quote(self.selection, self.sold)

    @property
    def planned_licenses(self) -> tuple[PlannedLicense, ...]:
        """What is issued, each with whether it goes to the chosen site."""
        lines = self.quote.lines
        if self.chosen is None:
            return without_site(lines)
        return assign_to_site(lines, self.chosen.owned or frozenset(), self.all_products)

    def reviewed(self) -> Reviewed:
        """Return the order as it stands now; what is read or chosen later does not change it."""
        card_just_added = self.card_was_missing and self.status is not None and self.status.error is None
        return Reviewed(
            self.selection, self.quote, self.planned_licenses, self.chosen, self.all_products, card_just_added
        )

    def plan_for_site(
        self, items: Iterable[IssueItem], owned: frozenset[ProductId]
    ) -> dict[IssueItem, PlannedLicense]:
        """Return where each of `items`, single licenses that are issued already, goes on a site that has `owned`."""
        by_pick: dict[Pick, list[IssueItem]] = {}
        for item in items:
            by_pick.setdefault(Pick(item.planned.slug, item.planned.size), []).append(item)
        lines = quote(
            Selection(tuple((pick, len(some)) for pick, some in by_pick.items())), self.all_products
        ).lines
        planned_licenses = assign_to_site(lines, owned, self.all_products)
        return dict(zip((item for some in by_pick.values() for item in some), planned_licenses, strict=True))

    @property
    def blocker(self) -> Blocker | None:
        """What keeps what is reviewed from being issued now, None for nothing."""
        if not self.has_catalog:
            return Blocker.CATALOG_UNKNOWN
        if self.status is None:
            return Blocker.STATUS_UNKNOWN
        if self.status.read_only:
            return Blocker.READ_ONLY
        if self.status.needs_card:
            return Blocker.NEEDS_CARD
        if self.chosen is not None and self.chosen.owned is None:
            return Blocker.SITE_UNKNOWN
        return None
