"""The rows of one licence list as far as they are known: pages that came, pages that are stale, what is expanded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.models.license import (
    License,
    LicenseFilter,
    LicenseSort,
    LicenseState,
    SortDirection,
)
from jpmanage_tui.rules.search.narrow import NO_FILTER, Filters
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.ui.common.pagination import PageCache
from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection

PAGE = 50
"""Rows a page, as the vendor's own client asks (contract: licences 1.8)."""
CHILD_PAGE = 25
"""Licenses of a bundle a page (contract: licences 2.5)."""


_STATES = {
    LicenseFilter.NOT_REVOKED: (LicenseState.ATTACHED, LicenseState.DETACHED, LicenseState.BUNDLE),
    LicenseFilter.ATTACHED: (LicenseState.ATTACHED,),
    LicenseFilter.DETACHED: (LicenseState.DETACHED,),
    LicenseFilter.REVOKED: (LicenseState.REVOKED,),
}
"""The states that a filter lists, of standard licences too."""


class LicenseQuery(NamedTuple):
    """What the list shows: a filter (None: every state), a search text, an order, and what narrows it down."""

    filter: LicenseFilter | None = LicenseFilter.NOT_REVOKED
    search: str = ""
    sort: LicenseSort = LicenseSort.ISSUED_AT
    direction: SortDirection = SortDirection.DESC
    narrow: Filters = NO_FILTER

    @property
    def question(self) -> tuple[LicenseFilter | None, str, Filters]:
        """Which licences are asked for, in whatever order."""
        return self.filter, self.search, self.narrow


class Rows(PageCache[License]):
    """Licences that come in pages: those of the list, or those of one bundle."""

    ranked = False
    """Whether what matches a search best stands first."""

    def row_of(self, key: LicenseKey) -> int | None:
        """Return the row of this licence where it is known."""
        return next((row for row, license in self.known.items() if license.license_key == key), None)


class LicenseListState:
    """What is known of one list: its rows, the rows of the bundles that were opened, what is expanded and marked."""

    def __init__(self, query: LicenseQuery) -> None:
        self.query = query
        self.rows: Rows = Rows(PAGE)
        self.children: dict[LicenseKey, Rows] = {}
        self.expanded: set[LicenseKey] = set()
        self.marked = LicenseSelection()

    def turned_to(self, query: LicenseQuery) -> LicenseListState:
        """Return the book of another question: nothing of it is known, but what was expanded and marked stays so."""
        book = LicenseListState(query)
        book.expanded, book.marked = self.expanded, self.marked
        return book

    def children_of(self, bundle: License) -> Rows:
        """Return the rows of a bundle; their number is the bundle's size until the API has said it."""
        if bundle.license_key not in self.children:
            self.children[bundle.license_key] = Rows(CHILD_PAGE)
        return self.children[bundle.license_key]

    def child_count(self, bundle: License) -> int:
        """Return how many licences to show under a bundle: as listed, or its size before the list came.

        None where they cannot be asked for, since the API gave the bundle no number.
        """
        if bundle.license_id is None:
            return 0
        rows = self.children.get(bundle.license_key)
        return rows.total if rows is not None and rows.total is not None else bundle.quantity or 0

    def licenses(self) -> Iterator[License]:
        """Yield every licence that is known here, those inside bundles too."""
        yield from self.rows.known.values()
        for rows in self.children.values():
            yield from rows.known.values()

    def same_names(self) -> frozenset[str]:
        """Return the names that several of the known sites have: their addresses are the same, their Site IDs are not."""
        owners: dict[str, BlogId] = {}
        shared: set[str] = set()
        for license in self.licenses():
            if license.siteurl and license.blog_id is not None:
                name = site_name(license.siteurl)
                if owners.setdefault(name, license.blog_id) != license.blog_id:
                    shared.add(name)
        return frozenset(shared)

    def find(self, key: LicenseKey) -> License | None:
        """Return what is known of one licence; a marked one need not be in the list any more."""
        listed = (license for license in self.licenses() if license.license_key == key)
        return next(listed, None) or self.marked.get(key)

    def mark(self, licenses: Sequence[License], marked: bool) -> None:
        """Mark licences, or take their marks away."""
        if marked:
            self.marked.add(licenses, self.query.question)
        else:
            self.marked.remove(license.license_key for license in licenses)

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licences that the present filter and search do not list, as far as anybody knows."""
        strangers = self.marked.not_under(self.query.question)
        if not strangers:
            return frozenset()
        shown = {license.license_key for license in self.rows.known.values()}
        for bundle in self.rows.known.values():
            rows = self.children.get(bundle.license_key) if bundle.license_key in self.expanded else None
            shown.update(license.license_key for license in (rows.known.values() if rows else ()))
        return frozenset(
            license.license_key
            for license in strangers
            if license.license_key not in shown and not self._surely_lists(license)
        )

    def _surely_lists(self, license: License) -> bool:
        """Whether the tab lists a licence that did not come yet: no search is on, and its state is the tab's."""
        query = self.query
        if query.search or query.narrow or license.is_child:
            return False
        if query.filter is LicenseFilter.STANDARD:
            return license.is_standard
        return query.filter is None or license.state in _STATES.get(query.filter, ())

    def up_to_mark(self, row: int) -> list[License]:
        """Return the known licences from `row` to the nearest marked row above or below it, both included."""
        known = self.rows.known
        marked = [one for one, license in known.items() if license.license_key in self.marked and one != row]
        other = min(marked, key=lambda one: abs(one - row), default=row)
        first, last = sorted((row, other))
        return [known[one] for one in range(first, last + 1) if one in known]

    def changed(self, keys: Collection[LicenseKey], gone: Collection[LicenseKey]) -> None:
        """Take the marks from what was changed, and collapse what is gone."""
        self.expanded.difference_update(gone)
        self.marked.remove(keys)

    @property
    def ranked(self) -> bool:
        """Whether the rows stand with the best match first, and not in the order that was asked for."""
        return bool(self.query.search) and self.rows.ranked

    def spoil(self) -> None:
        """Mark every page stale, those of bundles too."""
        self.rows.spoil()
        for rows in self.children.values():
            rows.spoil()

    @property
    def ignored_filter(self) -> bool:
        """Whether a row's state shows that the server did not keep to the filter (seen with a search)."""
        if not self.query.search or self.query.filter is None:
            return False
        if self.query.filter is LicenseFilter.STANDARD:
            return any(not license.is_standard for license in self.rows.known.values())
        if self.query.filter is LicenseFilter.NOT_REVOKED:
            return any(license.state is LicenseState.REVOKED for license in self.rows.known.values())
        states = {*_STATES[self.query.filter]}
        if self.query.filter is LicenseFilter.DETACHED:
            states.add(LicenseState.BUNDLE)
        return any(license.state not in states for license in self.rows.known.values())
