"""What is being ordered, and what is known for it: catalogue, selection, site, gate. No Textual, no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, ProductId
from jpmanage_tui.api.models.product import Product, ProductFamily
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.rules import catalogue
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.services.issuing.planned_license import PlannedLicense, placed, unplaced
from jpmanage_tui.services.issuing.quote import Quote, quote
from jpmanage_tui.services.issuing.selection import Pick, Selection
from jpmanage_tui.ui.common.keys import key_for

if TYPE_CHECKING:
    from jpmanage_tui.services.issuing.run import IssueItem

CHECKING = "Checking the payment method…"
READ_ONLY = "The program was started with --read-only."


def no_card() -> str:
    """Return what to do without a valid payment method."""
    return (
        "A valid payment method is needed before licenses can be issued, so nothing has been sent. "
        f"Press {key_for('open-payment-methods')} for Payment Methods and {key_for('new-card')} to add a card, "
        f"then {key_for('issue')} to come back: your selection is kept."
    )


@dataclass(frozen=True)
class Gate:
    """Whether issuing is open: `needs_card`: a payment method must be added first (contract: licences 3.5).

    `paused`: the account may not issue at present. `error` says why nobody knows; then the server decides.
    `read_only`: the program refuses, whatever the account may do.
    """

    needs_card: bool = False
    paused: bool = False
    error: ApiError | None = None
    read_only: bool = False

    @property
    def shut(self) -> bool:
        """Whether nothing can be issued now, and that is known."""
        return self.needs_card or self.read_only


@dataclass(frozen=True)
class Chosen:
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

    `chosen` is the site, None for none; `catalogue` the products as they were, by which assigning is put in order;
    `card_just_added`: a card was missing at first, and the server may not know the new one everywhere yet.
    """

    selection: Selection
    quote: Quote
    slots: tuple[PlannedLicense, ...]
    chosen: Chosen | None
    catalogue: tuple[Product, ...]
    card_just_added: bool


class Order:
    """One order on its way from the products to the review."""

    def __init__(self) -> None:
        self.selection = Selection()
        self.chosen: Chosen | None = None
        self.gate: Gate | None = None
        """None while it is not known."""
        self.was_shut = False
        """Whether a card was missing at first: the server may not know the new one everywhere yet."""
        self.all: tuple[Product, ...] = ()
        self.sold: tuple[Product, ...] = ()
        self.answered_at: datetime | None = None
        self.error: ApiError | None = None

    def take_families(self, families: Iterable[ProductFamily], now: datetime) -> None:
        """Take over the catalogue, which came at `now` (UTC)."""
        families = tuple(families)
        self.all = tuple(product for family in families for product in family.products)
        self.sold = catalogue.shape(families)
        self.answered_at, self.error = now, None

    def take_gate(self, gate: Gate) -> None:
        """Take over whether issuing is open."""
        self.gate = gate
        self.was_shut = self.was_shut or gate.needs_card

    def take_owned(self, blog_id: BlogId, owned: frozenset[ProductId], error: ApiError | None) -> None:
        """Take over what a site has, where it is still the chosen one."""
        if self.chosen is not None and self.chosen.site.blog_id == blog_id:
            self.chosen = Chosen(self.chosen.site, owned, error)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes in which something is sold, ascending."""
        return tuple(sorted(catalogue.sizes(self.sold)))

    @property
    def quote(self) -> Quote:
        """What is selected, with its prices."""
        return quote(self.selection, self.sold)

    @property
    def slots(self) -> tuple[PlannedLicense, ...]:
        """What is issued, each with whether it goes to the chosen site."""
        lines = self.quote.lines
        if self.chosen is None:
            return unplaced(lines)
        return placed(lines, self.chosen.owned or frozenset(), self.all)

    def reviewed(self) -> Reviewed:
        """Return the order as it stands now; what is read or chosen later does not change it."""
        card_just_added = self.was_shut and self.gate is not None and self.gate.error is None
        return Reviewed(self.selection, self.quote, self.slots, self.chosen, self.all, card_just_added)

    def slots_for(
        self, jobs: Iterable[IssueItem], owned: frozenset[ProductId]
    ) -> dict[IssueItem, PlannedLicense]:
        """Return where each of `jobs`, single licences that are issued already, goes on a site that has `owned`."""
        by_pick: dict[Pick, list[IssueItem]] = {}
        for job in jobs:
            by_pick.setdefault(Pick(job.slot.slug, job.slot.size), []).append(job)
        lines = quote(Selection(tuple((pick, len(some)) for pick, some in by_pick.items())), self.all).lines
        slots = placed(lines, owned, self.all)
        return dict(zip((job for some in by_pick.values() for job in some), slots, strict=True))

    def not_issuable(self) -> str | None:
        """Return why what is reviewed cannot be issued now, None when it can."""
        if self.answered_at is None:
            return "The products and their prices are not loaded yet."
        if self.gate is None:
            return CHECKING
        if self.gate.read_only:
            return READ_ONLY
        if self.gate.needs_card:
            return no_card()
        if self.chosen is not None and self.chosen.owned is None:
            return f"Looking up what {self.chosen.name} has…"
        return None
