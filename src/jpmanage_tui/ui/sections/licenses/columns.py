"""The columns of the license list: on the screen and in the sort menu.

A new column is one entry of `COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseSort, LicenseState, SortDirection
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.sites import is_siteless, site_name
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.ui.widgets.item_list import (
    Column,
    Columns,
    SortOrder,
    sort_orders,
)
from jpmanage_tui.ui.widgets.line import pad_address, pad_name
from jpmanage_tui.ui.widgets.states import REVOKED as REVOKED_SIGN, UNASSIGNED as UNASSIGNED_SIGN, state_style

DASH = "—"
DATE_WIDTH = 10
BOTH_DATES = 80
"""Cells of all columns from which on both dates are shown; below, the site has the room of one of them."""
TYPE_FROM = 130
"""Cells of all columns from which on the badge stands in words too."""
SHORT_NAMES = 30
"""Cells of a product's name below which the word that most of them begin with is left out."""
VENDOR = "Jetpack "
BUNDLE_SIGN, ELSEWHERE_SIGN, MEMBER_SIGN = "≡", "↗", "└"
"""The badge of a row in one cell: a bundle, bought elsewhere, of a bundle. Help and details say what they mean."""
NOT_ACTIVATED = "Not activated"
"""What stands for the site of a license that was bought without one and is not activated yet."""


def _site(license: License) -> str:
    return site_name(license.siteurl) if license.siteurl and not is_siteless(license.siteurl) else ""


def site_or_state(license: License) -> str:
    """Return what the site column says: the site, or the state in a word (contract: licenses 2.3)."""
    match license.state:
        case LicenseState.BUNDLE:
            return f"Bundle of {license.quantity}"
        case LicenseState.REVOKED:
            return f"Revoked  {_site(license)}".rstrip()
        case LicenseState.DETACHED:
            return "Unassigned"
        case LicenseState.ATTACHED if is_siteless(license.siteurl):
            return NOT_ACTIVATED
        case LicenseState.ATTACHED:
            return _site(license) or (f"Site {license.blog_id}" if license.blog_id else "Assigned")


def site_of_revoked(license: License) -> str:
    """Return what the site column says where all licenses are revoked: the site has the room of the word."""
    if license.state is LicenseState.REVOKED:
        return _site(license) or DASH
    return site_or_state(license)


def license_type(license: License) -> str:
    """Return the badge of a row (contract: licenses 2.3)."""
    if license.is_bundle:
        return f"{license.quantity} License Bundle"
    if license.is_standard:
        return "Bought elsewhere"
    return "of a bundle" if license.is_child else ""


def type_sign(license: License) -> str:
    """Return the badge of a row in one cell, a space where it has none."""
    if license.is_bundle:
        return BUNDLE_SIGN
    if license.is_standard:
        return ELSEWHERE_SIGN
    return MEMBER_SIGN if license.is_child else " "


def product_name(license: License) -> str:
    """Return what a license is for; its code where the API does not say."""
    return license.product or license.license_key


def fit_product(name: str, width: int, names: Collection[str] = ()) -> str:
    """Return a product's name in exactly `width` cells.

    Where there is little room, the name goes without the word that most of them begin with, unless it is then one of
    the other `names`.
    """
    short = name.removeprefix(VENDOR)
    return pad_name(short if width < SHORT_NAMES and short and short not in names else name, width)


def issued_date(license: License) -> str:
    """Return the day of issue."""
    return format_date(license.issued_at)


def assigned_date(license: License) -> str:
    """Return the day of assigning; a revoked license has none."""
    return DASH if license.state is LicenseState.REVOKED else format_date(license.attached_at)


def revoked_date(license: License) -> str:
    """Return the day of revoking."""
    return format_date(license.revoked_at)


def _revoked_style(license: License) -> str:
    return state_style(REVOKED_SIGN) if license.state is LicenseState.REVOKED else ""


def _state_style(license: License) -> str:
    return state_style(UNASSIGNED_SIGN) if license.state is LicenseState.DETACHED else _revoked_style(license)


def _signed(cell: Callable[[License], str]) -> Callable[[License], str]:
    """Return the cell of a column with the sign of the state before its word."""

    def signed(license: License) -> str:
        words = cell(license)
        if license.state is LicenseState.DETACHED:
            return f"{UNASSIGNED_SIGN} {words}"
        return f"{REVOKED_SIGN} {words}" if words.startswith("Revoked") else words

    return signed


def _muted_dash(cell: Callable[[License], str]) -> Callable[[License], str]:
    """Return the style of a column in which a dash stands back."""
    return lambda license: "list--muted" if cell(license) == DASH else ""


def _orders(sort: LicenseSort, label: str) -> tuple[SortOrder[License], ...]:
    """Return both orders by a date; the API sorts (contract: licenses 2.1)."""
    return (
        SortOrder(f"{sort.value} {SortDirection.DESC.value}", f"{label}, newest first", "↓"),
        SortOrder(f"{sort.value} {SortDirection.ASC.value}", f"{label}, oldest first", "↑"),
    )


PRODUCT: Column[License] = Column(
    "Product",
    product_name,
    style=_revoked_style,
    fit=fit_product,
    share=42,
    most=38,
)
SITE: Column[License] = Column(
    "Site",
    _signed(site_or_state),
    style=_state_style,
    fit=pad_address,
    fill=True,
    least=8,
)
ISSUED: Column[License] = Column(
    "Issued",
    issued_date,
    style=_muted_dash(issued_date),
    width=DATE_WIDTH,
    from_room=50,
    sorts=_orders(LicenseSort.ISSUED_AT, "Issued on"),
)
ASSIGNED: Column[License] = Column(
    "Assigned",
    assigned_date,
    style=_muted_dash(assigned_date),
    width=DATE_WIDTH,
    from_room=BOTH_DATES,
    sorts=_orders(LicenseSort.ATTACHED_AT, "Assigned on"),
)
REVOKED: Column[License] = Column(
    "Revoked",
    revoked_date,
    style=_muted_dash(revoked_date),
    width=DATE_WIDTH,
    from_room=BOTH_DATES,
    sorts=_orders(LicenseSort.REVOKED_AT, "Revoked on"),
)
COLUMNS: Columns[License] = (
    PRODUCT,
    SITE,
    ISSUED,
    ASSIGNED,
    REVOKED,
    Column(
        "Type",
        license_type,
        width=18,
        from_room=TYPE_FROM,
    ),
)


def columns_for(query: LicenseQuery) -> Sequence[Column[License]]:
    """Return the columns of the list that `query` shows.

    On the Revoked tab the day of revoking takes the place of that of assigning, and without a search the site needs no
    word about the state. Where there is room for one date only, it is the one that the list is sorted by.
    """
    revoked = query.tab is LicenseFilter.REVOKED
    hidden = ASSIGNED if revoked else REVOKED
    shown = [column for column in COLUMNS if column is not hidden]
    if query.sort is not LicenseSort.ISSUED_AT and (order := order_of(query)) is not None:
        shown = [_first_date(column, order) for column in shown]
    if revoked and not query.search:
        return [
            replace(SITE, cell=_signed(site_of_revoked)) if column is SITE else column for column in shown
        ]
    return shown


def _first_date(column: Column[License], order: SortOrder[License]) -> Column[License]:
    """Return a column as it is where the list is sorted by another date than that of issue."""
    if order in column.sorts:
        return replace(column, from_room=ISSUED.from_room)
    return replace(column, from_room=BOTH_DATES) if column is ISSUED else column


def orders_for(query: LicenseQuery) -> tuple[SortOrder[License], ...]:
    """Return the orders of the list that `query` shows (contract: licenses 2.1)."""
    return sort_orders(columns_for(query))


def order_of(query: LicenseQuery) -> SortOrder[License] | None:
    """Return the order of the list that `query` shows, as its column has it."""
    name = f"{query.sort.value} {query.direction.value}"
    return next((order for order in sort_orders(COLUMNS) if order.name == name), None)


def in_order(query: LicenseQuery, order: SortOrder[License]) -> LicenseQuery:
    """Return `query` with another order of a column."""
    sort, direction = order.name.split(" ")
    return query._replace(sort=LicenseSort(sort), direction=SortDirection(direction))
