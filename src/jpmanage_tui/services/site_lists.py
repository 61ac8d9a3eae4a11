"""A list of sites matched with an account: what each line means, what is wrong with it, and how that is put right."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.assigning import ON_MULTISITE, ONE_EACH
from jpmanage_tui.rules.catalog import EXCLUDED, Section, clash, fits_site, section_of
from jpmanage_tui.rules.licenses import ADD_ON_FAMILY, NotAllowed, multisites_hidden
from jpmanage_tui.rules.site_list import SiteLine
from jpmanage_tui.rules.site_matching import SiteFinding, SiteMatch, address_key
from jpmanage_tui.rules.sites import site_name
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
    QUANTITY = "quantity"
    """It asks for several licenses of a product, of which a site takes one, or for a number that cannot be read."""
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
    get. A line is READY where it gets one at least. `reason` says in sentences what is wrong, '' where nothing is (of a
    line that is ready in part: why the rest is refused). `near` are the sites it might mean. `fixed`: the user has
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

    @property
    def name(self) -> str:
        """How it is named: its site, else what the text says, else its number."""
        return (
            site_name(self.site.address) if self.site is not None else self.line.site or f"Line {self.number}"
        )


class _Change(NamedTuple):
    """What the user has said of a line."""

    site: Site | None = None
    product: Product | None = None
    quantity: int | None = None
    left_out: bool = False


_UNCHANGED = _Change()


class _Given(NamedTuple):
    """A product that a line gives its site, and the number of that line."""

    product: Product
    by: int


@dataclass(frozen=True, eq=False)
class SiteList:
    """A list of sites matched with an account; made by `match_list`. It never changes: each change returns a new one.

    What one line gets depends on the earlier lines of the same site alone, so a change of a line costs no more than a
    look at the lines of its site.
    """

    account: AccountData
    use: ListUse
    lines: tuple[ListLine, ...]
    products: tuple[Product, ...] = ()
    """Those that the user has chosen for all lines."""
    beside_file: bool = False
    """Whether they come beside what the lines say, not instead of it."""
    _matches: tuple[SiteMatch, ...] = field(default=(), repr=False)
    _changes: Mapping[int, _Change] = field(default_factory=dict, repr=False)
    """By place in `lines`."""
    _groups: Mapping[Hashable, tuple[int, ...]] = field(default_factory=dict, repr=False)
    """The places of the lines of each site, in order."""
    _places: Mapping[int, int] = field(default_factory=dict, repr=False)
    """The place of each line by its number."""

    # -- what there is ---------------------------------------------------------------------

    def line(self, number: int) -> ListLine:
        """Return the line of this number. Raises KeyError."""
        return self.lines[self._places[number]]

    @cached_property
    def counts(self) -> Mapping[LineStatus, int]:
        """How many lines stand how; every status is there."""
        counts = dict.fromkeys(LineStatus, 0)
        for line in self.lines:
            counts[line.status] += 1
        return counts

    @cached_property
    def ready(self) -> tuple[ListLine, ...]:
        """The lines that go into a plan, in their order."""
        return tuple(line for line in self.lines if line.status is LineStatus.READY)

    @cached_property
    def problems(self) -> tuple[ListLine, ...]:
        """The lines that are neither ready nor left out by the user, in their order."""
        fine = (LineStatus.READY, LineStatus.LEFT_OUT)
        return tuple(line for line in self.lines if line.status not in fine)

    @cached_property
    def names_products(self) -> bool:
        """Whether any line says a product of its own."""
        return any(line.line.product for line in self.lines)

    # -- changing it -----------------------------------------------------------------------

    def with_site(self, number: int, site: Site) -> SiteList:
        """Return the list with the site that a line means. Raises KeyError for no such line."""
        place = self._places[number]
        return self._changed({place: self._change(place)._replace(site=site, left_out=False)})

    def with_product(self, number: int, product: Product) -> SiteList:
        """Return the list with the one product that a line means, whatever is chosen for all. Raises KeyError."""
        place = self._places[number]
        return self._changed({place: self._change(place)._replace(product=product, left_out=False)})

    def with_quantity(self, number: int, quantity: int) -> SiteList:
        """Return the list with how many licenses a line asks for, at least one. Raises KeyError."""
        place = self._places[number]
        changed = self._change(place)._replace(quantity=max(1, quantity), left_out=False)
        return self._changed({place: changed})

    def with_one_each(self) -> SiteList:
        """Return the list with one license for each line that asks for several, or for a number that cannot be read."""
        return self._changed(
            {
                place: self._change(place)._replace(quantity=1)
                for place, line in enumerate(self.lines)
                if line.status is LineStatus.QUANTITY
            }
        )

    def left_out(self, *numbers: int) -> SiteList:
        """Return the list with these lines left out. Raises KeyError."""
        places = [self._places[number] for number in numbers]
        return self._changed({place: self._change(place)._replace(left_out=True) for place in places})

    def restored(self, *numbers: int) -> SiteList:
        """Return the list with these lines as the text says, without what the user changed. Raises KeyError."""
        return self._changed({self._places[number]: _UNCHANGED for number in numbers})

    def with_products(self, products: Iterable[Product], *, beside_file: bool = False) -> SiteList:
        """Return the list with the products that every line's site is to get.

        They come instead of what the lines say, or beside it; none and not beside: what the lines say alone.
        """
        chosen = tuple({product.slug: product for product in products}.values())
        return replace(self, products=chosen, beside_file=beside_file)._evaluated()

    def with_use(self, use: ListUse) -> SiteList:
        """Return the list for another use."""
        return replace(self, use=use)._matched()

    # -- matching --------------------------------------------------------------------------

    def _change(self, place: int) -> _Change:
        return self._changes.get(place, _UNCHANGED)

    def _matched(self) -> SiteList:
        """Look for the site of every line."""
        former = self.use is ListUse.SITES
        matcher = self.account.site_matcher_with_former if former else self.account.site_matcher
        matches = tuple(matcher.match(line.line.site) for line in self.lines)
        groups: dict[Hashable, list[int]] = {}
        listed = replace(self, _matches=matches)
        for place in range(len(matches)):
            groups.setdefault(listed._group(place, self._changes), []).append(place)
        return replace(listed, _groups={key: tuple(places) for key, places in groups.items()})._evaluated()

    def _evaluated(self) -> SiteList:
        """Look anew at what every line gets."""
        lines = list(self.lines)
        for places in self._groups.values():
            self._evaluate(places, lines)
        return replace(self, lines=tuple(lines))

    def _changed(self, changes: Mapping[int, _Change]) -> SiteList:
        """Take over changes of lines, and look anew at the lines of the sites that they concern."""
        merged = {**self._changes, **changes}
        groups = dict(self._groups)
        concerned: dict[Hashable, None] = {}
        for place in changes:
            before, after = self._group(place, self._changes), self._group(place, merged)
            concerned |= {before: None, after: None}
            if before != after:
                groups[before] = tuple(one for one in groups[before] if one != place)
                groups[after] = tuple(sorted((*groups.get(after, ()), place)))
        listed = replace(self, _changes=merged, _groups=groups)
        lines = list(self.lines)
        for key in concerned:
            listed._evaluate(groups[key], lines)
        return replace(listed, lines=tuple(lines))

    def _group(self, place: int, changes: Mapping[int, _Change]) -> Hashable:
        """Return what the lines share that may give one site the same: the site, else the address."""
        site = changes.get(place, _UNCHANGED).site or self._matches[place].site
        return site.blog_id if site is not None else address_key(self.lines[place].line.site)

    def _evaluate(self, places: Iterable[int], lines: list[ListLine]) -> None:
        """Put into `lines` what the lines of one site get; an earlier line goes before a later one."""
        given: dict[ProductSlug, _Given] = {}
        named_by = 0
        for place in places:
            line = self._own_status(place)
            # a line that awaits the product chosen for all would get what an earlier one of its site gets
            alike = line.status is LineStatus.NO_PRODUCT and self.use is ListUse.ASSIGN
            if alike or (line.status is LineStatus.READY and self.use is ListUse.SITES):
                if named_by:
                    reason = f"The same site as line {named_by}."
                    line = replace(line, status=LineStatus.DUPLICATE, reason=reason)
                named_by = named_by or line.number
            elif line.status is LineStatus.READY:
                line = self._with_products_given(line, given)
                given.update({product.slug: _Given(product, line.number) for product in line.products})
            lines[place] = line

    def _own_status(self, place: int) -> ListLine:
        """Return what a line means by itself; READY where only the products of its site can be in the way."""
        written, change, match = self.lines[place].line, self._change(place), self._matches[place]
        site = change.site or match.site
        quantity = change.quantity or written.quantity
        line = ListLine(
            written,
            LineStatus.READY,
            site,
            near=match.near if site is None else (),
            quantity=quantity,
            fixed=change != _UNCHANGED,
        )
        if change.left_out:
            return replace(line, status=LineStatus.LEFT_OUT, reason="You left it out.")
        if written.problem and written.quantity and change.site is None:
            return replace(line, status=LineStatus.UNREADABLE, reason=written.problem)
        if site is None and self.use is not ListUse.ISSUE:
            return replace(line, status=_NOT_FOUND[match.finding], reason=match.problem)
        if self.use is ListUse.SITES:
            return line
        wanted = self._wanted(written, change)
        if isinstance(wanted, str):
            unknown = bool(written.product) and not change.product
            status = LineStatus.UNKNOWN_PRODUCT if unknown else LineStatus.NO_PRODUCT
            return replace(line, status=status, reason=wanted)
        if not quantity:
            return replace(line, status=LineStatus.QUANTITY, reason=written.problem)
        if quantity > 1 and self.use is ListUse.ASSIGN:
            reason = f"It asks for {quantity:,} licenses; {ONE_EACH}."
            return replace(line, status=LineStatus.QUANTITY, reason=reason)
        return replace(line, products=wanted)

    def _wanted(self, written: SiteLine, change: _Change) -> tuple[Product, ...] | str:
        """Return the products that a line asks for, each once, or a sentence that says why that is not known."""
        if change.product is not None:
            return (change.product,)
        if self.products and not (self.beside_file and written.product):
            return self.products
        if not written.product:
            return "It names no product, and none is chosen for all lines."
        found = self.account.product_matcher.match(written.product)
        if isinstance(found, str):
            return found
        if found.slug in EXCLUDED:
            return f"{found.name or found.slug} is not sold any more."
        return (found, *(product for product in self.products if product.slug != found.slug))

    def _with_products_given(self, line: ListLine, given: Mapping[ProductSlug, _Given]) -> ListLine:
        """Return a line with which of its products its site gets, beside those that earlier lines give it."""
        taken: list[Product] = []
        refused: list[Refusal] = []
        for product in sorted(line.products, key=_plans_first):
            refusal = self._refusal(line.site, product, taken, given)
            if refusal is None:
                taken.append(product)
            else:
                refused.append(refusal)
        reason = " ".join(one.reason for one in refused)
        status = LineStatus.READY if taken else refused[0].status
        products = tuple(sorted(taken, key=assign_rank))
        return replace(line, status=status, products=products, refused=tuple(refused), reason=reason)

    def _refusal(
        self,
        site: Site | None,
        product: Product,
        taken: Iterable[Product],
        given: Mapping[ProductSlug, _Given],
    ) -> Refusal | None:
        """Return why a site does not get a product beside `taken` and `given`, None where it does."""
        if product.slug in given:
            reason = f"Line {given[product.slug].by} asks for {product.name} for the same site."
            return Refusal(product, LineStatus.DUPLICATE, reason)
        if site is None or self.use is not ListUse.ASSIGN:
            return None  # it stays unassigned: what the site has does not matter
        if site.is_multisite and multisites_hidden([LicenseKey(product.slug)]):
            reason = f"{product.name} {ON_MULTISITE}, which {site_name(site.address)} is."
            return Refusal(product, LineStatus.MULTISITE, reason)
        owned = self.account.owned(site)
        if product.product_id in owned:
            return Refusal(product, LineStatus.HAS_PRODUCT, self._has_already(site, product))
        for other, number in given.values():
            if why := clash(product, other):
                return Refusal(product, LineStatus.CONFLICT, f"Line {number} gives it {other.name}, {why}")
        answer = fits_site(product, owned, taken, self.account.products if owned else ())
        if isinstance(answer, NotAllowed):
            return Refusal(product, LineStatus.CONFLICT, answer.reason)
        return None

    def _has_already(self, site: Site, product: Product) -> str:
        held = self.account.holding(site.blog_id, product.product_id)
        words = []
        if held is not None and held.standard:
            words.append("bought elsewhere")
        if held is not None and held.in_bundle:
            words.append("in a bundle")
        which = f" ({', '.join(words)})" if words else ""
        return f"The site has {product.name} already{which}, and {ONE_EACH}."


_NOT_FOUND = {
    SiteFinding.UNCLEAR: LineStatus.UNCLEAR,
    SiteFinding.NOT_CONNECTED: LineStatus.NOT_CONNECTED,
    SiteFinding.NO_ADDRESS: LineStatus.UNREADABLE,
}
_SECTIONS = tuple(Section)


def _plans_first(product: Product) -> int:
    """Return the rank by which one of two products that exclude each other is taken: the plan before the product."""
    return _SECTIONS.index(section_of(product))


def assign_rank(product: Product) -> tuple[bool, int]:
    """Return the rank in which the products of one site are assigned: add-ons last, then by product id.

    (Contract: licenses 3.7.)
    """
    return product.family_slug == ADD_ON_FAMILY, product.product_id


def match_list(lines: Iterable[SiteLine], account: AccountData, use: ListUse = ListUse.ASSIGN) -> SiteList:
    """Return what each line of a list means, in their order. Nothing that is unclear is guessed."""
    listed = tuple(ListLine(line, LineStatus.UNREADABLE) for line in lines)
    places = {line.number: place for place, line in enumerate(listed)}
    return SiteList(account, use, listed, _places=places)._matched()
