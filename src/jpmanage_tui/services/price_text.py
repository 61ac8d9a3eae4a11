"""Prices in words: one form on every screen and in every question ("$0.49 a day, $14.85 a month")."""

from __future__ import annotations

from collections.abc import Iterable

from jpmanage_tui.rules.prices import Cost, Price, Total, money
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.price_list import Prices


def total_words(totals: Iterable[Total]) -> str:
    """Return sums per day and month; currencies stand side by side. A month that is an average is marked with ≈."""
    return " and ".join(_per_day_and_month(total) for total in totals)


def _per_day_and_month(total: Total) -> str:
    monthly = ("≈" if total.about else "") + money(total.per_month, total.currency)
    return f"{money(total.per_day, total.currency)} a day, {monthly} a month"


def interval_words(price: Price) -> str:
    """Return a price by its own interval, as for one that we cannot reckon with: "$300.00/year"."""
    return f"{money(price.amount, price.currency)}/{price.interval or 'unknown interval'}"


def cost_words(cost: Cost) -> str:
    """Return what is known of a cost, nothing where nothing is; what has another interval stands beside the sums."""
    return " and ".join(part for part in (total_words(cost.totals), *map(interval_words, cost.apart)) if part)


def unknown_words(cost: Cost, of: int) -> str:
    """Return the sentence about licenses without a known price, of `of` in all; nothing where all are known."""
    if not cost.unknown:
        return ""
    if of == 1:
        return "Its price is not known."
    if not cost.known:
        return "Their prices are not known."
    return f"The price of {pluralize(cost.unknown, 'license')} is not known and not included."


def less_words(cost: Cost, prices: Prices, of: int) -> tuple[str, str]:
    """Return by what the bill gets lower (": $0.49 a day, $14.85 a month less"), and what is not known of that.

    `of` is how many licenses and bundles it is about. Both are empty where there is nothing to say.
    """
    if prices.products is None:
        return "", f"{prices.why} How much that is, is not known."
    words = cost_words(cost)
    return (f": {words} less" if words else ""), unknown_words(cost, of)
