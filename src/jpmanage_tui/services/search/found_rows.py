"""The rows of a search that the index answered: a fixed set, the server's hits first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from jpmanage_tui.api.models.license import License, LicensePage
from jpmanage_tui.services.search.search_index import Hits
from jpmanage_tui.ui.common.pagination import Page
from jpmanage_tui.ui.sections.licenses.list_state import PAGE, Rows

AHEAD = 60
"""Rows that are taken from the index beyond those in view."""


class FoundRows(Rows):
    """The server's first page as it came, then what the index found beside it. No page is ever asked for but that one.

    The rows of the index are made when they come into view: `missing` says which, `fill` takes them.
    """

    ranked = True

    def __init__(self, lead: LicensePage | None, hits: Hits) -> None:
        items: Sequence[License] = lead.items if lead is not None else ()
        super().__init__(PAGE, total=len(items) + len(hits.rows))
        self.known = dict(enumerate(items))
        self.pages = {1} if lead is not None else set()
        self.left_out = {1: lead.unreadable} if lead is not None else {}
        self.answered_at = datetime.now(UTC)
        self.hits = hits
        self.lead = len(items)

    def wanted(self, first: int, last: int) -> list[int]:
        """Return the server's page where it is stale."""
        return sorted(self.stale)

    def take(self, number: int, page: Page[License], now: datetime) -> None:
        """Note that the server's page came; what it leads is put together anew."""
        self.stale.clear()
        self.answered_at = now

    def missing(self, first: int, last: int) -> range:
        """Return the places among the hits that must be made for the rows from `first` to `last` and around them."""
        wanted = [
            row for row in range(max(self.lead, first), min(last + 1, self.count)) if row not in self.known
        ]
        if not wanted:
            return range(0)
        start = max(self.lead, wanted[0] - AHEAD)
        return range(start - self.lead, min(self.count, wanted[-1] + 1 + AHEAD) - self.lead)

    def fill(self, first_hit: int, licenses: Sequence[License]) -> None:
        """Take the licences of the hits from the place `first_hit` on."""
        self.known.update(enumerate(licenses, self.lead + first_hit))
