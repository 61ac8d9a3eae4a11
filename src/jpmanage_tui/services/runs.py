"""Going on with a run, and trying again what failed of it: only at prices that the user has confirmed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.products import Product, ProductFamily
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import Outdated
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.run import ItemState, Run, RunItem
from jpmanage_tui.operations.run_store import CANCELED
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.rules.prices import Price, bundle_price, cost_of, unit_price
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.license_change_text import NEVER, NOT_UNDONE, email_remark
from jpmanage_tui.services.price_text import cost_words, interval_words, unknown_words

ReadFamilies = Callable[[], Awaitable[Iterable[ProductFamily]]]
"""Reads the product families with the partner's own prices. Raises ApiError."""
MOST_NAMED = 3
"""How many changes that are not of licenses a question names one by one."""
_NEVER_DONE = (EntryState.NOT_SENT, EntryState.CONFIRMED_NOT_DONE)


@dataclass(frozen=True)
class PriceChange:
    """A product, or a bundle of it, whose price is not what was confirmed; None where one of them is not known.

    `positions` are those of the items of the run that it concerns.
    """

    name: str
    confirmed: Price | None
    today: Price | None
    positions: tuple[int, ...]

    @property
    def words(self) -> str:
        """The confirmed price and today's: "$5.00/month → $6.00/month"."""
        prices = (self.confirmed, self.today)
        return " → ".join(interval_words(price) if price is not None else "unknown" for price in prices)

    @property
    def asks(self) -> bool:
        """Whether the user must be asked: it is higher, unknown, or cannot be compared. A lower one is told only."""
        old, new = self.confirmed, self.today
        if old is None or new is None or (old.currency, old.interval) != (new.currency, new.interval):
            return True
        return new.amount > old.amount


@dataclass(frozen=True)
class RunReview:
    """What going on with a run would begin, or trying again what failed of it (`retry`).

    `items` are begun, `unknown` further ones if they turn out not to be done. `prices` are today's of everything that may
    be issued, None for one that is not known; `changes` are those that are not what was confirmed.
    """

    run: Run
    items: tuple[RunItem, ...]
    unknown: int
    prices: tuple[Price | None, ...]
    changes: tuple[PriceChange, ...]
    retry: bool = False

    @property
    def issued(self) -> int:
        """How many licenses and bundles may be issued."""
        return len(self.prices)

    @property
    def revoked(self) -> int:
        """How many licenses and bundles are revoked."""
        return _count(self, RevokeLicense)

    @property
    def irreversible(self) -> int:
        """How many of the changes cost money or cannot be undone: what is issued, and what is revoked."""
        return self.issued + self.revoked

    @property
    def asks(self) -> bool:
        """Whether a price must be confirmed anew."""
        return any(change.asks for change in self.changes)


Confirm = Callable[[RunReview], Awaitable[bool]]
"""Shows the user what would be begun at which prices, and returns whether that is wanted."""


def begun_again(items: Iterable[RunItem], *, retry: bool) -> tuple[RunItem, ...]:
    """Return the items that are begun when a run goes on: what was not begun, and what never left or is known not to be
    done; with `retry` also what was refused. What is canceled is not.
    """
    return tuple(item for item in items if _is_begun(item, retry=retry))


def _is_begun(item: RunItem, *, retry: bool) -> bool:
    if item.note == CANCELED:
        return False
    if item.entry is None:
        return True
    return item.entry.state in _NEVER_DONE or (retry and item.entry.state is EntryState.REFUSED)


def price_today(change: IssueLicense, products: Iterable[Product]) -> Price | None:
    """Return what a license or a bundle costs by these products, None where that is not known."""
    product = next((product for product in products if product.slug == change.product), None)
    if product is None:
        return None
    size = change.quantity or 1
    return bundle_price(product, size) if size > 1 else unit_price(product)


def price_changes(items: Iterable[RunItem], families: Iterable[ProductFamily]) -> tuple[PriceChange, ...]:
    """Return where today's price is not what was confirmed, for the items that issue something and are not done.

    What concerns the same product, size and prices is one change.
    """
    products = [product for family in families for product in family.products]
    found: dict[tuple[ProductSlug, int, Price | None, Price | None], list[RunItem]] = {}
    for item in items:
        change = item.mutation
        if not isinstance(change, IssueLicense) or item.state is ItemState.DONE:
            continue
        today = price_today(change, products)
        if today is None or today != item.price:
            found.setdefault((change.product, change.quantity or 1, item.price, today), []).append(item)
    return tuple(
        PriceChange(_name_of(some[0]), confirmed, today, tuple(item.position for item in some))
        for (_, _, confirmed, today), some in found.items()
    )


def _name_of(item: RunItem) -> str:
    change = item.mutation
    if not isinstance(change, IssueLicense):
        return change.summary()
    name = change.product_name or change.product
    return f"{name}, bundle of {change.quantity}" if (change.quantity or 1) > 1 else name


async def review_run(runner: Runner, run_id: int, read_families: ReadFamilies, *, retry: bool) -> RunReview:
    """Return what going on with a run would begin, at today's prices; they are read where it would issue something.

    Raises:
        ApiError: the prices, or what a change is about, could not be read.
        Outdated: a change would not do any more what was confirmed.
        KeyError: there is no such run.
        JournalUnavailable: the journal cannot be read.

    """
    run, items = await runner.run(run_id), await runner.items(run_id)
    begun = begun_again(items, retry=retry)
    # also when retrying: it may turn out meanwhile that one was not done
    open_ones = tuple(item for item in items if item.state in (ItemState.UNKNOWN, ItemState.ACTIVE))
    for item in (*begun, *open_ones):
        why = await item.mutation.outdated(runner.client)
        if why:
            rest = "Ask for it anew." if run.state.settled else "Discard it, and ask for it anew."
            raise Outdated(f"“{run.title}” does not go on: {why[:1].lower()}{why[1:]} {rest}")
    issues = [item for item in (*begun, *open_ones) if isinstance(item.mutation, IssueLicense)]
    if not issues:
        return RunReview(run, begun, 0 if retry else len(open_ones), (), (), retry)
    families = tuple(await read_families())
    products = [product for family in families for product in family.products]
    prices = tuple(
        price_today(item.mutation, products) for item in issues if isinstance(item.mutation, IssueLicense)
    )
    return RunReview(
        run, begun, 0 if retry else len(open_ones), prices, price_changes(issues, families), retry
    )


async def go_on(
    runner: Runner, run_id: int, read_families: ReadFamilies, confirm: Confirm, *, retry: bool = False
) -> Run | None:
    """Have a run go on, or what failed of it tried again, once `confirm` has returned that this is wanted; None where it
    is not. The prices that were confirmed are noted first.

    Raises:
        ApiError: the prices could not be read: nothing is begun.
        KeyError: there is no such run.
        OperationError: the program changes nothing, another one works on the run, it is another key's, or the journal
            cannot be used.

    """
    review = await review_run(runner, run_id, read_families, retry=retry)
    if not await confirm(review):
        return None
    prices = {position: change.today for change in review.changes for position in change.positions}
    if prices:
        await runner.confirm_prices(run_id, prices)
    return await (runner.retry(run_id) if retry else runner.resume(run_id))


def _licenses_and_bundles(
    review: RunReview, number: int, kind: type[IssueLicense] | type[RevokeLicense]
) -> str:
    """Return the number with what it counts; bundles are named unless it is known that there are none."""
    changes = [item.mutation for item in review.items]
    sizes = [change.quantity or 1 for change in changes if isinstance(change, kind)]
    if len(sizes) == number and max(sizes) == 1:
        return pluralize(number, "license")
    return pluralize(number, "license or bundle", "licenses and bundles")


def review_sentences(review: RunReview) -> list[str]:
    """Return what would be begun and what it costs now, a sentence each; which prices have changed is in `changes`."""
    again = " again" if review.retry else ""
    text = []
    if review.issued:
        cost = cost_of(review.prices)
        known = f": {cost_words(cost)}." if cost.known else "."
        what = _licenses_and_bundles(review, review.issued, IssueLicense)
        text.append(f"Issues {what}{again}{known} {unknown_words(cost, review.issued)}".rstrip())
        text.append(NOT_UNDONE)
    if assigned := _count(review, AssignLicense):
        text.append(f"Assigns {pluralize(assigned, 'license')}{again}.")
    if unassigned := [item.mutation for item in review.items if isinstance(item.mutation, UnassignLicense)]:
        loses = "its site loses the product" if len(unassigned) == 1 else "their sites lose these products"
        text.append(f"Unassigns {pluralize(len(unassigned), 'license')}{again}: {loses}.")
        if mailed := sum(change.send_email for change in unassigned):
            text.append(email_remark(mailed))
    if review.revoked:
        what = _licenses_and_bundles(review, review.revoked, RevokeLicense)
        text.append(f"Revokes {what}{again}: the codes cannot be used again. {NEVER}")
    named = (AssignLicense, IssueLicense, RevokeLicense, UnassignLicense)
    others = [item.mutation for item in review.items if not isinstance(item.mutation, named)]
    if len(others) <= MOST_NAMED:
        text += [f"{change.summary()}." for change in others]
    else:
        text.append(f"{pluralize(len(others), 'other change is', 'other changes are')} sent{again}.")
    if review.unknown:
        it = "it was" if review.unknown == 1 else "they were"
        text.append(f"{review.unknown:,} unknown: first it is looked up whether {it} done.")
    return text


def _count(review: RunReview, kind: type[Mutation[Any]]) -> int:
    return sum(isinstance(item.mutation, kind) for item in review.items)
