"""Which licenses a list shows: a tab, the words of a search, filters, and an order."""

from __future__ import annotations

from typing import NamedTuple

from jpmanage_tui.api.licenses import LicenseFilter, LicenseSort, LicenseState, SortDirection

LISTED_STATES = {
    LicenseFilter.NOT_REVOKED: (LicenseState.ATTACHED, LicenseState.DETACHED, LicenseState.BUNDLE),
    LicenseFilter.ATTACHED: (LicenseState.ATTACHED,),
    LicenseFilter.DETACHED: (LicenseState.DETACHED,),
    LicenseFilter.REVOKED: (LicenseState.REVOKED,),
}
"""The states that a tab lists, of standard licenses too."""


class Filters(NamedTuple):
    """Filters on top of a search: a site (its address as the API gives it), a product (its name), an age in days.

    `older_than` means issued more than so many days ago; a license whose date is not known is left out.
    """

    site: str | None = None
    product: str | None = None
    older_than: int | None = None

    def without_last(self) -> Filters:
        """Return the filters without the one of age, else of product, else of site."""
        if self.older_than is not None:
            return self._replace(older_than=None)
        return self._replace(product=None) if self.product is not None else NO_FILTERS

    def __bool__(self) -> bool:
        return self != NO_FILTERS


NO_FILTERS = Filters()
"""Nothing is left out."""


class LicenseQuery(NamedTuple):
    """What the list shows: a tab (None: every state), a search text, an order, and filters."""

    tab: LicenseFilter | None = LicenseFilter.NOT_REVOKED
    search: str = ""
    sort: LicenseSort = LicenseSort.ISSUED_AT
    direction: SortDirection = SortDirection.DESC
    filters: Filters = NO_FILTERS

    @property
    def question(self) -> tuple[LicenseFilter | None, str, Filters]:
        """Which licenses are asked for, in whatever order."""
        return self.tab, self.search, self.filters
