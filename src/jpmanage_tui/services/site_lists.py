"""A list of sites matched with an account: what each line means, what is wrong with it, and how that is put right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_list import SiteLine
from jpmanage_tui.services.account_data import AccountData


class ListUse(Enum):
    """What a list is for.

    ASSIGN: each site gets its products, one license each. ISSUE: licenses are issued and stay unassigned; the sites
    need not be connected, and a line may ask for several. SITES: the sites alone count, as for a client that leaves; what
    is wrong with products does not matter, and sites that are not connected any more, but have licenses, are found too.
    """

    ASSIGN = "assign"
    ISSUE = "issue"
    SITES = "sites"


class LineStatus(Enum):
    """How a line stands; the value is the word for it in tabs and counts."""

    READY = "ready"
    UNCLEAR = "unclear"
    """It may mean several sites (`near`)."""
    NOT_CONNECTED = "not connected"
    """No connected site has this address; `near` are those at the same host."""
    UNREADABLE = "unreadable"
    """The line itself is wrong: no address, too many columns, a quantity that is no number."""
    DUPLICATE = "duplicate"
    """An earlier line gives the site the same product (or names the same site)."""
    NO_PRODUCT = "no product"
    """Neither the line nor the user says which product."""
    UNKNOWN_PRODUCT = "unknown product"
    """The catalog has no such product, has several, or does not sell it any more."""
    QUANTITY = "more than one"
    """It asks for several licenses of a product, of which a site takes one."""
    HAS_PRODUCT = "has it already"
    CONFLICT = "conflict"
    """The site has, or an earlier line gives it, a product that excludes this one."""
    MULTISITE = "multisite"
    """The product does not work on a multisite."""
    LEFT_OUT = "left out"
    """The user left it out."""

    @property
    def fixed_by(self) -> Fix | None:
        """How the user may put it right beside leaving it out; None where only that is left."""
        return _FIXES.get(self)


class Fix(Enum):
    """What puts a line right."""

    SITE = "choose a site"
    PRODUCT = "choose a product"
    QUANTITY = "take one"


_FIXES = {
    LineStatus.UNCLEAR: Fix.SITE,
    LineStatus.NOT_CONNECTED: Fix.SITE,
    LineStatus.UNREADABLE: Fix.SITE,
    LineStatus.NO_PRODUCT: Fix.PRODUCT,
    LineStatus.UNKNOWN_PRODUCT: Fix.PRODUCT,
    LineStatus.HAS_PRODUCT: Fix.PRODUCT,
    LineStatus.CONFLICT: Fix.PRODUCT,
    LineStatus.MULTISITE: Fix.PRODUCT,
    LineStatus.QUANTITY: Fix.QUANTITY,
}


class Refusal(NamedTuple):
    """A product that a line asks for and that its site does not get, and why: a status and a sentence."""

    product: Product
    status: LineStatus
    reason: str


@dataclass(frozen=True, slots=True)
class ListLine:
    """What a line means.

    `products` are those that its site gets, in the order in which they are assigned; `refused` those that it does not
    get. A line is READY where it gets one at least. `reason` is a sentence that says what is wrong, '' where nothing is
    (of a line that is ready in part: why the rest is refused). `near` are the sites it might mean. `fixed`: the user has
    changed what the text says.
    """

    line: SiteLine
    status: LineStatus
    site: Site | None = None
    products: tuple[Product, ...] = ()
    refused: tuple[Refusal, ...] = ()
    reason: str = ""
    near: tuple[Site, ...] = ()
    quantity: int = 1
    fixed: bool = False

    @property
    def number(self) -> int:
        """Its number in the text, from 1."""
        return self.line.number


@dataclass(frozen=True, eq=False)
class SiteList:
    """A list of sites matched with an account; made by `match_list`. It never changes: each change returns a new one."""

    account: AccountData
    use: ListUse
    lines: tuple[ListLine, ...]
    products: tuple[Product, ...] = ()
    """Those that the user has chosen for all lines."""
    beside_file: bool = False
    """Whether they come beside what the lines say, not instead of it."""

    def line(self, number: int) -> ListLine:
        """Return the line of this number. Raises KeyError."""
        raise NotImplementedError

    @property
    def counts(self) -> Mapping[LineStatus, int]:
        """How many lines stand how; every status is there."""
        raise NotImplementedError

    @property
    def ready(self) -> tuple[ListLine, ...]:
        """The lines that go into a plan, in their order."""
        raise NotImplementedError

    @property
    def problems(self) -> tuple[ListLine, ...]:
        """The lines that are neither ready nor left out by the user, in their order."""
        raise NotImplementedError

    @property
    def names_products(self) -> bool:
        """Whether any line says a product of its own."""
        raise NotImplementedError

    def with_site(self, number: int, site: Site) -> SiteList:
        """Return the list with the site that a line means. Raises KeyError for no such line."""
        raise NotImplementedError

    def with_product(self, number: int, product: Product) -> SiteList:
        """Return the list with the one product that a line means, whatever is chosen for all. Raises KeyError."""
        raise NotImplementedError

    def with_quantity(self, number: int, quantity: int) -> SiteList:
        """Return the list with how many licenses a line asks for. Raises KeyError."""
        raise NotImplementedError

    def left_out(self, *numbers: int) -> SiteList:
        """Return the list with these lines left out. Raises KeyError."""
        raise NotImplementedError

    def restored(self, *numbers: int) -> SiteList:
        """Return the list with these lines as the text says, without what the user changed. Raises KeyError."""
        raise NotImplementedError

    def with_products(self, products: Iterable[Product], *, beside_file: bool = False) -> SiteList:
        """Return the list with the products that every line's site is to get.

        They come instead of what the lines say, or beside it; none and not beside: what the lines say alone.
        """
        raise NotImplementedError

    def with_use(self, use: ListUse) -> SiteList:
        """Return the list for another use."""
        raise NotImplementedError


def match_list(lines: Iterable[SiteLine], account: AccountData, use: ListUse = ListUse.ASSIGN) -> SiteList:
    """Return what each line of a list means, in their order. Nothing that is unclear is guessed."""
    raise NotImplementedError
