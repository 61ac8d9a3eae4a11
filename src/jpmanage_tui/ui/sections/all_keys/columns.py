"""The columns of both lists: those of the Licenses screen and of the month's estimate, with the key before them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial

from rich.cells import cell_len

from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.services.billing_estimate import NONE, EstimateSummary, count_text, money_text
from jpmanage_tui.services.sort_order import SortOrder
from jpmanage_tui.ui.sections.all_keys.data import KeyedEstimate, KeyedLicense
from jpmanage_tui.ui.sections.licenses.columns import columns_for, orders_for
from jpmanage_tui.ui.widgets.item_list import Column
from jpmanage_tui.ui.widgets.line import pad_middle

KEY_MOST, KEY_MOST_WIDE, WIDE_FROM = 16, 32, 90
"""The most cells that the name of a key takes, where there is little room and from so many cells on."""


def key_width(names: Iterable[str], room: int = 0) -> int:
    """Return the cells of the column that names the key, where all columns have `room` cells."""
    most = KEY_MOST_WIDE if room >= WIDE_FROM else KEY_MOST
    return min(most, max((3, *(cell_len(name) for name in names))))


# -- licenses ----------------------------------------------------------------------------------


def license_columns(query: LicenseQuery, names: Sequence[str]) -> tuple[Column[KeyedLicense], ...]:
    """Return the columns of the licenses that `query` shows; `names` are those of the keys."""
    key: Column[KeyedLicense] = Column(
        "Key", lambda item: item.key.name, fit=pad_middle, width=partial(key_width, names)
    )
    return (key, *(column.of_part(lambda item: item.license) for column in columns_for(query)))


def _keyed_order(order: SortOrder[License]) -> SortOrder[KeyedLicense]:
    return SortOrder(order.name, order.label, order.arrow)


def license_orders(query: LicenseQuery) -> tuple[SortOrder[KeyedLicense], ...]:
    """Return the orders of the licenses: the API sorts those of each key."""
    return tuple(map(_keyed_order, orders_for(query)))


# -- billing -----------------------------------------------------------------------------------


def _summary(item: KeyedEstimate) -> EstimateSummary | None:
    return item.read.summary if item.read is not None else None


def _of_summary(text: Callable[[EstimateSummary], str]) -> Callable[[KeyedEstimate], str]:
    def cell(item: KeyedEstimate) -> str:
        summary = _summary(item)
        return NONE if summary is None else text(summary)

    return cell


def _highest_first(
    name: str, label: str, figure: Callable[[EstimateSummary], Decimal | int | None]
) -> SortOrder[KeyedEstimate]:
    """Return an order by a figure; keys without it come last."""

    def key(item: KeyedEstimate) -> tuple[bool, Decimal]:
        summary = _summary(item)
        value = figure(summary) if summary is not None else None
        return value is None, -Decimal(value or 0)

    return SortOrder(name, label, "↓", key)


COST = _highest_first("cost", "Cost, highest first", lambda one: one.estimate.costs.total)
UNASSIGNED = _highest_first(
    "unassigned", "Unassigned, most first", lambda one: one.estimate.licenses.unassigned
)
NAME: SortOrder[KeyedEstimate] = SortOrder(
    "name", "Key, A to Z", "↑", lambda item: item.to_read.name.casefold()
)
GIVEN: SortOrder[KeyedEstimate] = SortOrder("given", "As the account lists them")
BILL_ORDERS = (GIVEN, COST, UNASSIGNED, NAME)


def bill_columns(names: Sequence[str]) -> tuple[Column[KeyedEstimate], ...]:
    """Return the columns of the bill; `names` are those of the keys."""
    key: Column[KeyedEstimate] = Column(
        "Key",
        lambda item: item.to_read.name,
        fit=pad_middle,
        fill=True,
        least=key_width(names),
        sorts=(NAME,),
    )
    return (key, *_FIGURES)


_FIGURES: tuple[Column[KeyedEstimate], ...] = (
    Column(
        "Cost so far",
        _of_summary(lambda one: money_text(one.estimate.costs.total, one.currency)),
        "Cost",
        right=True,
        sorts=(COST,),
    ),
    Column("Licenses", _of_summary(lambda one: count_text(one.estimate.licenses.total)), right=True),
    Column(
        "Assigned",
        _of_summary(lambda one: count_text(one.estimate.licenses.assigned)),
        "Assig.",
        right=True,
        drop=1,
    ),
    Column(
        "Unassigned",
        _of_summary(lambda one: count_text(one.estimate.licenses.unassigned)),
        "Unass.",
        right=True,
        sorts=(UNASSIGNED,),
    ),
    Column(
        "Unassigned cost",
        _of_summary(lambda one: money_text(one.estimate.costs.unassigned, one.currency)),
        "Their cost",
        right=True,
        drop=2,
    ),
    Column(
        "Estimate of",
        _of_summary(lambda one: str(one.estimate.date) if one.estimate.date is not None else NONE),
        right=True,
        drop=3,
    ),
)
