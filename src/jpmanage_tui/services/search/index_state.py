"""How far the index is."""

from __future__ import annotations

from enum import Enum

AUTO = 5_000
"""Up to so many licenses the index is made by itself with the first search; above, on request."""
PERIOD = 0.25
"""Seconds between two requests of the index's reading: at most four a second."""


class IndexState(Enum):
    """How far the index is."""

    NONE = "none"
    READING = "reading"
    PART = "part"
    WHOLE = "whole"
