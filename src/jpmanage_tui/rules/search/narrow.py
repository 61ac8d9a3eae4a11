"""What narrows a search down, beside its words and the tab."""

from __future__ import annotations

from typing import NamedTuple


class Filters(NamedTuple):
    """Filters on top of a search: a site (its address as the API gives it), a product (its name), an age in days.

    `older_than` means issued more than so many days ago; a licence whose date is not known is left out.
    """

    site: str | None = None
    product: str | None = None
    older_than: int | None = None

    def without_last(self) -> Filters:
        """Return the filters without the one of age, else of product, else of site."""
        if self.older_than is not None:
            return self._replace(older_than=None)
        return self._replace(product=None) if self.product is not None else NO_FILTER

    def __bool__(self) -> bool:
        return self != NO_FILTER


NO_FILTER = Filters()
"""Nothing is left out."""
