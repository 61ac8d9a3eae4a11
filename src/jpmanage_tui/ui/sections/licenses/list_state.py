"""The rows of one license list as far as they are known: pages that came, pages that are stale, what is expanded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseFilter, LicensePage, LicenseState
from jpmanage_tui.rules.license_query import LISTED_STATES, LicenseQuery
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.ui.common.pagination import Page, PageCache
from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection

if TYPE_CHECKING:  # loaded with the first search
    from jpmanage_tui.services.search.search_index import Hits

PAGE = 50
"""Rows a page, as the vendor's own client asks (contract: licenses 1.8)."""
CHILD_PAGE = 25
"""Licenses of a bundle a page (contract: licenses 2.5)."""
AHEAD = 60
"""Rows that are taken from the index beyond those in view."""


class Rows(PageCache[License]):
    """Licenses that come in pages: those of the list, or those of one bundle."""

    ranked = False
    """Whether what matches a search best stands first."""

    def row_of(self, key: LicenseKey) -> int | None:
        """Return the row of this license where it is known."""
        return next((row for row, license in self.known.items() if license.license_key == key), None)


class FoundRows(Rows):
    """The server's first page as it came, then what the index found beside it. No page is ever asked for but that one.

    The rows of the index are made when they come into view: `missing` says which, `fill` takes them.
    """

    ranked = True

    def __init__(self, lead: LicensePage | None, hits: Hits) -> None:
        items: Sequence[License] = lead.items if lead is not None else ()
        super().__init__(PAGE, total=len(items) + len(hits.rows))
        self.known = dict(enumerate(items))
        self.pages = {1} if lead is not None else set()
        self.left_out = {1: lead.unreadable} if lead is not None else {}
        self.answered_at = datetime.now(UTC)
        self.hits = hits
        self.lead = len(items)

    def wanted(self, first: int, last: int) -> list[int]:
        """Return the server's page where it is stale."""
        return sorted(self.stale)

    def take(self, number: int, page: Page[License], now: datetime) -> None:
        """Note that the server's page came; what it leads is put together anew."""
        self.stale.clear()
        self.answered_at = now

    def missing(self, first: int, last: int) -> range:
        """Return the places among the hits that must be made for the rows from `first` to `last` and around them."""
        wanted = [
            row for row in range(max(self.lead, first), min(last + 1, self.count)) if row not in self.known
        ]
        if not wanted:
            return range(0)
        start = max(self.lead, wanted[0] - AHEAD)
        return range(start - self.lead, min(self.count, wanted[-1] + 1 + AHEAD) - self.lead)

    def fill(self, first_hit: int, licenses: Sequence[License]) -> None:
        """Take the licenses of the hits from the place `first_hit` on."""
        self.known.update(enumerate(licenses, self.lead + first_hit))


class LicenseListState:
    """What is known of one list: its rows, the rows of the bundles that were opened, what is expanded and marked."""

    def __init__(self, query: LicenseQuery, marked: LicenseSelection | None = None) -> None:
        self.query = query
        self.rows: Rows = Rows(PAGE)
        self.children: dict[LicenseKey, Rows] = {}
        self.expanded: set[LicenseKey] = set()
        self.marked = marked if marked is not None else LicenseSelection()

    def with_query(self, query: LicenseQuery) -> LicenseListState:
        """Return the state of another question: nothing of it is known, but what was expanded and marked stays so."""
        state = LicenseListState(query, self.marked)
        state.expanded = self.expanded
        return state

    def children_of(self, bundle: License) -> Rows:
        """Return the rows of a bundle; their number is the bundle's size until the API has said it."""
        if bundle.license_key not in self.children:
            self.children[bundle.license_key] = Rows(CHILD_PAGE)
        return self.children[bundle.license_key]

    def child_count(self, bundle: License) -> int:
        """Return how many licenses to show under a bundle: as listed, or its size before the list came.

        None where they cannot be asked for, since the API gave the bundle no number.
        """
        if bundle.license_id is None:
            return 0
        rows = self.children.get(bundle.license_key)
        return rows.total if rows is not None and rows.total is not None else bundle.quantity or 0

    def licenses(self) -> Iterator[License]:
        """Yield every license that is known here, those inside bundles too."""
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
        """Return what is known of one license; a marked one need not be in the list any more."""
        listed = (license for license in self.licenses() if license.license_key == key)
        return next(listed, None) or self.marked.get(key)

    def mark(self, licenses: Sequence[License], marked: bool) -> None:
        """Mark licenses, or take their marks away."""
        if marked:
            self.marked.add(licenses, self.query.question)
        else:
            self.marked.remove(license.license_key for license in licenses)

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licenses that the present filter and search do not list, as far as anybody knows."""
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
        """Whether the tab lists a license that did not come yet: no search is on, and its state is the tab's."""
        query = self.query
        if query.search or query.filters or license.is_child:
            return False
        if query.tab is LicenseFilter.STANDARD:
            return license.is_standard
        return query.tab is None or license.state in LISTED_STATES.get(query.tab, ())

    def rows_to_mark(self, row: int) -> list[License]:
        """Return the known licenses from `row` to the nearest marked row above or below it, both included."""
        known = self.rows.known
        marked = [one for one, license in known.items() if license.license_key in self.marked and one != row]
        other = min(marked, key=lambda one: abs(one - row), default=row)
        first, last = sorted((row, other))
        return [known[one] for one in range(first, last + 1) if one in known]

    def licenses_changed(self, keys: Collection[LicenseKey], gone: Collection[LicenseKey]) -> None:
        """Take the marks from what was changed, and collapse what is gone."""
        self.expanded.difference_update(gone)
        self.marked.remove(keys)

    @property
    def ranked(self) -> bool:
        """Whether the rows stand with the best match first, and not in the order that was asked for."""
        return bool(self.query.search) and self.rows.ranked

    def invalidate(self) -> None:
        """Mark every page stale, those of bundles too."""
        self.rows.spoil()
        for rows in self.children.values():
            rows.spoil()

    @property
    def lists_members(self) -> bool:
        """Whether this server lists what is in bundles among the rows of the list."""
        return any(license.is_child for license in self.rows.known.values())

    @property
    def ignored_filter(self) -> bool:
        """Whether a row's state shows that the server did not keep to the filter (seen with a search)."""
        if not self.query.search or self.query.tab is None:
            return False
        if self.query.tab is LicenseFilter.STANDARD:
            return any(not license.is_standard for license in self.rows.known.values())
        if self.query.tab is LicenseFilter.NOT_REVOKED:
            return any(license.state is LicenseState.REVOKED for license in self.rows.known.values())
        states = {*LISTED_STATES[self.query.tab]}
        if self.query.tab is LicenseFilter.DETACHED:
            states.add(LicenseState.BUNDLE)
        return any(license.state not in states for license in self.rows.known.values())
