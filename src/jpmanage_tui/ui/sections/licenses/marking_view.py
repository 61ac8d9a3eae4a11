"""The part of the Licenses screen that marks: which are marked, what matches, and how both are told."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.models.license import License
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.services.all_licenses import Beside, Everything, Found, in_order
from jpmanage_tui.ui.sections.licenses.acting import ActingView
from jpmanage_tui.ui.sections.licenses.list import LicenseList
from jpmanage_tui.ui.sections.licenses.list_state import FoundRows
from jpmanage_tui.ui.sections.licenses.search_view import FindingView
from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection, counter_words


class MarkingView(ActingView, FindingView):
    """A view whose licences can be marked."""

    _elsewhere = 0

    @property
    def license_list(self) -> LicenseList:
        """The list."""
        return self.query_one(LicenseList)

    def tell(self) -> None:
        """Show in the status line what is true now."""
        self.post_message(self.StatusChanged())

    def count_marks(self) -> None:
        """Count the marked licences that the list does not show: once for a change, not for each key."""
        self._elsewhere = len(self.book.unlisted())

    def mark_range(self) -> None:
        """Mark the known rows between the nearest marked row above or below and the cursor."""
        self.mark(self.book.up_to_mark(self.license_list.ref.row), True)

    def mark(self, licenses: list[License], marked: bool) -> None:
        """Mark licences, or take their marks away."""
        self.book.mark(licenses, marked)
        self.count_marks()
        self.license_list.rebuild()  # what an open row offers follows the marks
        self.tell()

    @property
    def marked(self) -> LicenseSelection:
        """The marked licences."""
        return self.book.marked

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licences that are not in the list that is shown."""
        return self.book.unlisted()

    def match_count(self) -> tuple[int | None, bool]:
        """Return how many licences filter and search match, and whether they are known without a request."""
        rows = self.book.rows
        return (rows.total if rows.exact else None), isinstance(rows, FoundRows)

    async def settled(self) -> None:
        """Wait until the search that is shown finds nothing more by itself."""
        await self.find.settled()

    def doubt(self) -> str:
        """Return why more may match than is found, in a few words; empty where it cannot."""
        return self.find.doubt

    def not_listed(self, found: Sequence[License]) -> str:
        """Return nothing: what the list does not count is said beside its number."""
        return ""

    def matching(self) -> Everything:
        """Return what yields every licence that filter and search match."""
        query, rows = self.book.query, self.book.rows
        if isinstance(rows, FoundRows):
            return Found(lambda: self.find.all_found(rows), rows.unreadable)
        listed = self.session.client.licenses.iterate(query.tab, search=search_text(query.search))
        beside = self.find.beside(query)
        return listed if beside is None else Beside(listed, beside)

    def ordered(self, licenses: Sequence[License]) -> list[License]:
        """Return what `matching` yielded in the order of the list."""
        return (
            list(licenses) if isinstance(self.book.rows, FoundRows) else in_order(licenses, self.book.query)
        )

    def known(self, key: LicenseKey) -> License | None:
        """Return what is known of one licence."""
        return self.book.find(key)

    def counter(self) -> str:
        """Return how many are marked, and where the cursor is: row of all rows."""
        marks = self.marking.words or counter_words(self.book.marked, self._elsewhere)
        if not self.is_mounted or not self.book.rows.count:
            return marks
        ref = self.license_list.ref
        child = "" if ref.child is None else f".{ref.child + 1}"
        place = f"{ref.row + 1:,}{child}/{self.book.rows.count_words}"
        return f"{marks}  {place}" if marks else place
