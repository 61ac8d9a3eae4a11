"""The two lists of All Keys: the licenses of every key, read as they come into view, and a line a key of the bill."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.widget import Widget

from jpmanage_tui.api.ids import PartnerKeyId
from jpmanage_tui.rules.text import NOT_READ
from jpmanage_tui.services.billing_estimate import PREPARED
from jpmanage_tui.ui.common.accessibility import is_accessible
from jpmanage_tui.ui.common.text import keyless_error_text
from jpmanage_tui.ui.sections.all_keys.columns import bill_columns
from jpmanage_tui.ui.sections.all_keys.data import (
    AllLicensesState,
    KeyedEstimate,
    KeyedLicense,
    KeyLicenses,
    Place,
)
from jpmanage_tui.ui.sections.licenses.columns import type_sign
from jpmanage_tui.ui.sections.licenses.list import LicenseList
from jpmanage_tui.ui.widgets.item_list import Column, ColumnList, ItemList, Parts, Span
from jpmanage_tui.ui.widgets.line import clip
from jpmanage_tui.ui.widgets.states import BAD

WAITING = "· · ·"


def failed_text(shown: Widget, sentence: str) -> str:
    """Return what stands on the line of a key that could not be read."""
    return f"Error: {sentence}" if is_accessible(shown) else f"✗ {sentence}"


class AllLicensesList(ColumnList[KeyedLicense]):
    """The licenses of all keys, one key after the other; a key that is not read yet, or cannot be, has a line of its own.

    The count has a `+` while a key has not answered.
    """

    prefix_width = 2
    COMPONENT_CLASSES = LicenseList.COMPONENT_CLASSES
    DEFAULT_CSS = LicenseList.DEFAULT_CSS.replace("LicenseList", "AllLicensesList")

    def __init__(
        self, columns: tuple[Column[KeyedLicense], ...], state: AllLicensesState, *, id: str
    ) -> None:
        super().__init__(columns, id=id)
        self.state = state
        self._moved = False
        """Whether the cursor was moved from the first row: then what comes above it does not move it."""

    # -- what is shown -------------------------------------------------------------------

    def show_state(self, state: AllLicensesState) -> None:
        """Show another list, from its first row."""
        self.state, self.cursor, self._moved = state, 0, False
        self.rebuild(None)

    def kept_place(self) -> Place | None:
        """Return where the cursor stands, before something is stored; for `rebuild`."""
        return self.state.place(self.cursor) if self.moved else None

    @property
    def moved(self) -> bool:
        """Whether the cursor was moved from the first row, or the list was scrolled."""
        return self._moved or self.scroll_offset.y > 0

    def rebuild(self, anchor: Place | None) -> None:
        """Take over what was stored; the cursor stays on the row of `anchor`, and that where it is in the view."""
        top = self.cursor - self.scroll_offset.y
        if anchor is not None:
            self.cursor = self.state.line_of(anchor)
        self.changed()
        if anchor is not None and self.cursor - self.scroll_offset.y != top:
            self._scroll(max(0, self.cursor - top))
        elif anchor is None:
            self.first()

    def rows_in_view(self, part: KeyLicenses) -> range:
        """Return the rows of a key's licenses that are in view."""
        start = self.state.line_of(Place(part, 0))
        first = max(0, self.scroll_offset.y - start)
        return range(first, max(first, min(part.lines, self.scroll_offset.y + self.view_height - start)))

    def move_cursor(self, line: int) -> None:
        """Put the cursor on a line."""
        super().move_cursor(line)
        self._moved = self.cursor != 0

    def prefix(self, item: KeyedLicense) -> str:
        """Return the badge of a license in one cell, as in Licenses."""
        return f"{type_sign(item.license)} "

    # -- lines ---------------------------------------------------------------------------

    @property
    def current(self) -> KeyedLicense | None:
        """The license under the cursor, None where there is none."""
        return self.state.license_at(self.cursor)

    @property
    def position(self) -> int:
        """The number of the license under the cursor, from 1; 0 where there is none."""
        place = self.state.place(self.cursor)
        if place is None or not place.part.is_known:
            return 0
        before = self.state.parts[: self.state.parts.index(place.part)]
        return sum(part.pages.count for part in before) + place.row + 1

    @property
    def count_words(self) -> str:
        """How many licenses there are, as far as the keys have answered."""
        return f"{self.state.count:,}{'' if self.state.is_whole else '+'}"

    def line_count(self) -> int:
        """Return the number of lines; none where every key has answered that it has none."""
        return self.state.lines

    def selectable(self, line: int) -> bool:
        """The cursor stands on licenses."""
        place = self.state.place(line)
        return place is not None and place.part.is_known

    def paint(self, line: int, width: int) -> Parts:
        """Return the row; dots while it is on its way; or why a key cannot be read."""
        place = self.state.place(line)
        muted = self.get_component_rich_style("list--muted")
        if place is None:
            return []
        part, item = place.part, self.state.license_at(line)
        if item is not None:
            return self.paint_item(item, width)
        indent = " " * self.prefix_width
        if not part.is_known:
            name, failed = clip(f"{indent}{part.to_read.name}  ", width), part.to_read.lack or part.error
            style = self.get_component_rich_style(BAD) if failed else muted
            return [(name, muted), (clip(self.note(part), width - cell_len(name)), style)]
        return [(indent + (NOT_READ if part.pages.is_loaded(place.row) else WAITING), muted)]

    def note(self, part: KeyLicenses) -> str:
        """Return why nothing of a key is listed yet."""
        if part.to_read.lack:
            return failed_text(self, part.to_read.lack)
        if part.error is not None:
            return failed_text(self, keyless_error_text(part.error, "Loading its licenses"))
        return WAITING


class BillList(ItemList[KeyedEstimate]):
    """A key a line, with what its month costs so far."""

    keeps_line = True

    def __init__(self, names: Sequence[str], *, id: str) -> None:
        """`names` are those of the keys."""
        super().__init__(bill_columns(names), id=id)

    def identity(self, item: KeyedEstimate) -> PartnerKeyId | None:
        """Return the key's id: the cursor stays on its key."""
        return item.to_read.key.id if item.to_read.key is not None else None

    def span(self, item: KeyedEstimate) -> Span | None:
        """Return why a key has no figures, in the place of all of them."""
        if item.reason:
            return Span("Cost so far", "Estimate of", failed_text(self, item.reason), BAD)
        if item.read is None:
            return Span("Cost so far", "Estimate of", WAITING)
        return Span("Cost so far", "Estimate of", PREPARED) if item.read.summary is None else None
