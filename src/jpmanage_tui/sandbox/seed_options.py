"""What every step of the seed is told."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

DAY = 86_400
"""Seconds."""


@dataclass(frozen=True)
class SeedPlan:
    """The size asked for, the seed of all chance, and the time at which the data is made."""

    size: int
    seed: int
    now: datetime

    @property
    def epoch(self) -> int:
        """The time in Unix seconds."""
        return int(self.now.timestamp())

    @property
    def sites(self) -> int:
        """How many sites the first partner has: about a quarter of its licenses, at least a few."""
        return min(25_000, max(12, self.size // 4))

    def chance(self, area: str) -> random.Random:
        """Return a source of chance for one area, so that areas do not disturb each other's data."""
        return random.Random(f"{self.seed}/{area}")  # noqa: S311 - made-up data, no secret
