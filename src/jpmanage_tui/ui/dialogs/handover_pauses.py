"""How long to wait between two looks."""

from __future__ import annotations

PAUSES = (2.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)
"""Seconds before each look; the last goes on. A person needs half a minute at the least in a browser."""


def pause(looks: int) -> float:
    """Return the seconds to wait after so many looks without result."""
    return PAUSES[min(looks, len(PAUSES) - 1)]
