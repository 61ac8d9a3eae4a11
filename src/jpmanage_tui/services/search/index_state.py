"""How far the index is, and whether rows come from it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from jpmanage_tui.services.search.found_rows import FoundRows
    from jpmanage_tui.ui.sections.licenses.list_state import Rows

AUTO = 5_000
"""Up to so many licences the index is made by itself with the first search; above, on request."""
PERIOD = 0.25
"""Seconds between two requests of the index's reading: at most four a second."""


class IndexState(Enum):
    """How far the index is."""

    NONE = "none"
    READING = "reading"
    PART = "part"
    WHOLE = "whole"


def is_found(rows: Rows) -> TypeGuard[FoundRows]:
    """Say whether the index answered: its rows, and only they, stand best first."""
    return rows.ranked
