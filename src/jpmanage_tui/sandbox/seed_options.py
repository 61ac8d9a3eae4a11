"""What every step of the seed is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

DAY = 86_400
"""Seconds."""


@dataclass(frozen=True)
class SeedPlan:
    """The size asked for, the seed of all random values, and the time at which the data is made."""

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

    def random(self, area: str) -> Random:
        """Return a random generator for one area, so that areas do not disturb each other's data."""
        return Random(f"{self.seed}/{area}")  # noqa: S311 - made-up data, no secret
