"""What the user has picked: products, each in a size, so many times. Pure values; no Textual, no I/O."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple, Self

from jpmanage_tui.api.ids import ProductSlug

MOST = 999
"""So many of one product in one size can be asked for at once; ours, so that a slip of the finger has an end."""


class Pick(NamedTuple):
    """A product in a size: 1 is a single license, more is a bundle of that many (contract: licenses 3.3)."""

    slug: ProductSlug
    size: int


@dataclass(frozen=True)
class Selection:
    """Picks with how many of each, in the order in which they were first picked; every count is 1 or more."""

    picks: tuple[tuple[Pick, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.picks)

    def count(self, pick: Pick) -> int:
        """Return how many of `pick` are selected, 0 for none."""
        return dict(self.picks).get(pick, 0)

    def with_count(self, pick: Pick, count: int) -> Selection:
        """Return the selection with `count` of `pick` (kept between 0 and MOST; 0 takes it out)."""
        counts = dict(self.picks)
        counts[pick] = max(0, min(count, MOST))
        return Selection(tuple((one, number) for one, number in counts.items() if number))

    def toggled(self, pick: Pick) -> Selection:
        """Return the selection with one of `pick`, or without it where it was in (contract: licenses 3.3)."""
        return self.with_count(pick, 0 if self.count(pick) else 1)

    @property
    def licenses(self) -> int:
        """How many licenses come of it: a bundle counts its size."""
        return sum(pick.size * count for pick, count in self.picks)

    def count_of_size(self, size: int) -> int:
        """Return how many licenses, or bundles, of this size are selected."""
        return sum(count for pick, count in self.picks if pick.size == size)

    @property
    def has_singles(self) -> bool:
        """Whether there is a license that is no bundle: only such can go to a site at once."""
        return any(pick.size == 1 for pick, _ in self.picks)

    def encode(self) -> str:
        """Return it in the vendor's form, `slug:size,slug:size`, a pick that is there twice standing twice."""
        return ",".join(f"{pick.slug}:{pick.size}" for pick, count in self.picks for _ in range(count))

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return what `encode` wrote. A missing size is 1; what is no pick is left out (contract: licenses 3.3)."""
        found = Counter(pick for pick in map(_read, text.split(",")) if pick is not None)
        return cls(tuple((pick, min(count, MOST)) for pick, count in found.items()))


def _read(item: str) -> Pick | None:
    slug, _, size = item.strip().partition(":")
    if not slug or (size and not (size.isascii() and size.isdigit())):
        return None
    number = int(size or 1)
    return Pick(ProductSlug(slug), number) if number > 0 else None
