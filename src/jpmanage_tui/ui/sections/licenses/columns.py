"""The columns of the license list: their widths, titles, and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.style import Style

from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseSort, LicenseState
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.sites import is_siteless, site_name
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState
from jpmanage_tui.ui.widgets.line import Line, pad
from jpmanage_tui.ui.widgets.virtual_list import BAR_WIDTH, MARKER_WIDTH

DATE_WIDTH = 10
GAP = 2
FOLD_WIDTH = 2
KIND_WIDTH = 18


class Columns(NamedTuple):
    """Widths in cells of a license row's columns; 0 leaves one out. The fold sign stands before them."""

    product: int
    site: int
    issued: int
    second: int
    kind: int


@lru_cache(maxsize=64)
def columns(width: int) -> Columns:
    """Return the columns for rows of `width` cells: what is said first goes last when it gets narrow."""
    issued = DATE_WIDTH if width >= 52 else 0
    second = DATE_WIDTH if width >= 66 else 0
    kind = KIND_WIDTH if width >= 92 else 0
    taken = sum(size + GAP for size in (issued, second, kind) if size)
    rest = max(8, width - FOLD_WIDTH - taken - GAP)
    product = min(46, rest * 52 // 100)
    return Columns(product, rest - product, issued, second, kind)


NOT_ACTIVATED = "Not activated"
"""What stands for the site of a license that was bought without one and is not activated yet."""


def place(license: License, query: LicenseQuery | None = None) -> str:
    """Return what the site column says: the site, or the state in a word (contract: licenses 2.3).

    Where `query` lists revoked licenses alone the tab says the state, and the site has the room.
    """
    site = site_name(license.siteurl) if license.siteurl and not is_siteless(license.siteurl) else ""
    match license.state:
        case LicenseState.BUNDLE:
            return f"Bundle of {license.quantity}"
        case LicenseState.REVOKED:
            alone = query is not None and query.tab is LicenseFilter.REVOKED and not query.search
            return (site or "—") if alone else f"Revoked  {site}".rstrip()
        case LicenseState.DETACHED:
            return "Unassigned"
        case LicenseState.ATTACHED if is_siteless(license.siteurl):
            return NOT_ACTIVATED
        case LicenseState.ATTACHED:
            return site or (f"Site {license.blog_id}" if license.blog_id else "Assigned")


def kind(license: License) -> str:
    """Return the badge of a row (contract: licenses 2.3)."""
    if license.is_bundle:
        return f"{license.quantity} License Bundle"
    if license.is_standard:
        return "Bought elsewhere"
    return "of a bundle" if license.is_child else ""


def second_date(license: License, query: LicenseQuery) -> str:
    """Return the second date: revoked on the Revoked tab, else assigned; a revoked row has no assigned date."""
    if query.tab is LicenseFilter.REVOKED:
        return format_date(license.revoked_at)
    return "—" if license.state is LicenseState.REVOKED else format_date(license.attached_at)


def titles(query: LicenseQuery, *, ranked: bool = False) -> tuple[str, str, str, str, str]:
    """Return the words above the columns, the sorted one with an arrow; none is sorted where rows are `ranked`."""
    arrow = "↓" if query.direction.value == "desc" else "↑"
    revoked = query.tab is LicenseFilter.REVOKED

    def mark(words: str, *sorts: LicenseSort) -> str:
        return f"{words} {arrow}" if query.sort in sorts and not ranked else words

    second = mark("Revoked", LicenseSort.REVOKED_AT) if revoked else mark("Assigned", LicenseSort.ATTACHED_AT)
    return "Product", "Site", mark("Issued", LicenseSort.ISSUED_AT), second, "Type"


class ColumnTitles(Line):
    """The names of the columns, as wide as the list below makes them; an arrow marks the sorted one."""

    DEFAULT_CSS = "ColumnTitles { color: $text-muted; text-style: bold; }"

    def __init__(self) -> None:
        super().__init__()
        self._query = LicenseQuery()
        self._ranked = False

    def show(self, state: LicenseListState) -> None:
        """Name the columns of `state`; no date is marked in ranked rows."""
        if (state.query, state.ranked) != (self._query, self._ranked):
            self._query, self._ranked = state.query, state.ranked
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the names at the places of their columns."""
        column = columns(width - BAR_WIDTH - MARKER_WIDTH)
        product, site, issued, second, kind = titles(self._query, ranked=self._ranked)
        text = (
            " " * (MARKER_WIDTH + FOLD_WIDTH)
            + pad(product, column.product)
            + " " * GAP
            + pad(site, column.site)
        )
        for size, words in ((column.issued, issued), (column.second, second), (column.kind, kind)):
            if size:
                text += " " * GAP + pad(words, size)
        return [(text, self.rich_style)]
