"""Which licenses a list shows: a tab, the words of a search, filters, and an order."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

from jpmanage_tui.api.ids import LicenseId, ProductSlug
from jpmanage_tui.api.licenses import LicenseFilter, LicenseSort, LicenseState, SortDirection
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.text import pluralize

LISTED_STATES = {
    LicenseFilter.NOT_REVOKED: (LicenseState.ATTACHED, LicenseState.DETACHED, LicenseState.BUNDLE),
    LicenseFilter.ATTACHED: (LicenseState.ATTACHED,),
    LicenseFilter.DETACHED: (LicenseState.DETACHED,),
    LicenseFilter.REVOKED: (LicenseState.REVOKED,),
}
"""The states that a tab lists, of standard licenses too."""


MOST_DAYS = 36_500
"""A filter looks back no further."""


class ProductChoice(NamedTuple):
    """A product, or several that count as one, by which sites are filtered; see `product_choices`.

    `label` is what the user chose. A license is of it when its product has one of the `names`, or when its code's
    product has one of the `slugs` or is a plan that contains one of them.
    """

    label: str
    names: frozenset[str]
    slugs: frozenset[ProductSlug] = frozenset()


class BundleChoice(NamedTuple):
    """A bundle, by the number of its parent, and how it is called on the screen."""

    license_id: LicenseId
    label: str


@dataclass(frozen=True)
class Filters:
    """Filters on top of a search; None where there is no such filter. A license passes when it passes each of them.

    `added` names those that are set in the order in which they were added; two that differ only in it are equal.
    """

    site: str | None = None
    """The address of a site, as the API gives it."""
    product: str | None = None
    """The name of a product."""
    has: ProductChoice | None = None
    """Assigned to a site that has a license of this."""
    lacks: ProductChoice | None = None
    """Assigned to a site that has no license of this."""
    unassigned_for: int | None = None
    """Unassigned now, and issued more than so many days ago.

    The API does not say since when a license is unassigned: unassigning clears the date of assigning, and nothing takes
    its place (contract: licenses 1.8).
    """
    bundle: BundleChoice | None = None
    """One of the licenses inside this bundle."""
    issued: DayRange | None = None
    """Issued on one of these days."""
    older_than: int | None = None
    """Issued more than so many days ago."""
    added: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Bring `added` up to date."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "added"}
        names = (*self.added, *(name for name in values if name not in self.added))
        object.__setattr__(self, "added", tuple(name for name in names if values[name] is not None))

    def without_last(self) -> Filters:
        """Return the filters without the one that was added last."""
        return replace(self, added=self.added[:-1], **dict.fromkeys(self.added[-1:]))

    @property
    def words(self) -> tuple[str, ...]:
        """Each filter in words, in the order in which they were added."""
        said = {
            "site": f"site {self.site}",
            "product": f"product {self.product}",
            "has": f"site has {self.has.label}" if self.has is not None else "",
            "lacks": f"site lacks {self.lacks.label}" if self.lacks is not None else "",
            "unassigned_for": f"unassigned, {issued_before_text(self.unassigned_for or 0)}",
            "bundle": f"in {self.bundle.label}" if self.bundle is not None else "",
            "issued": f"issued {self.issued.words}" if self.issued is not None else "",
            "older_than": f"older than {pluralize(self.older_than or 0, 'day')}",
        }
        return tuple(said[name] for name in self.added)

    def __bool__(self) -> bool:
        return bool(self.added)


NO_FILTERS = Filters()
"""Nothing is left out."""


def issued_before_text(days: int) -> str:
    """Return what is known of how long a license is unassigned: how long ago it was issued at least."""
    return f"issued more than {pluralize(days, 'day')} ago"


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
