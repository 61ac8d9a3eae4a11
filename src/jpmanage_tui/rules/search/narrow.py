"""What narrows a search down, beside its words and the tab."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Narrow:
    """Filters on top of a search: a site (its address as the API gives it), a product (its name), an age in days.

    `older_than` means issued more than so many days ago; a licence whose date is not known is left out.
    """

    site: str | None = None
    product: str | None = None
    older_than: int | None = None

    def __bool__(self) -> bool:
        return self != Narrow()
