"""The two lists of Operations: of runs and single changes, and of the changes of a run, which come as they are seen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from rich.cells import cell_len

from jpmanage_tui.operations.run import ItemState, RunItem
from jpmanage_tui.services.operation_text import counts_text
from jpmanage_tui.services.operations_list import Operation
from jpmanage_tui.ui.common.accessibility import is_accessible
from jpmanage_tui.ui.sections.operations import text
from jpmanage_tui.ui.sections.operations.columns import (
    ITEM_COLUMNS,
    NARROW,
    PROGRESS,
    STATE,
    operation_columns,
)
from jpmanage_tui.ui.widgets.item_list import Column, ColumnList, ItemList, Parts
from jpmanage_tui.ui.widgets.line import pad

KEPT = 400
"""So many changes of a run are kept: with those that were seen last the rest is read again when it is seen again."""
FROM_WHAT = 3
"""The last parts of a row: what was asked for, a gap, and the counts."""
AHEAD = 50
"""So many changes above and below those in view are read with them."""


class OperationList(ItemList[Operation]):
    """Runs and single changes, newest first."""

    keeps_line = True

    def __init__(self, whose: Callable[[Operation], str]) -> None:
        self.whose = whose
        super().__init__(operation_columns(whose), id="operations")

    def identity(self, item: Operation) -> Hashable:
        """Return the run's or the entry's number, and which of them it is."""
        return item.key

    def what(self, operation: Operation) -> str:
        """Return what was asked for, with the partner key where it is not the present one."""
        name = self.whose(operation)
        return f"[{name}] {operation.title}" if name else operation.title

    def paint_item(self, item: Operation, width: int) -> Parts:
        """Return the row; what a single change does takes the place of the counts, which it has not, too."""
        parts = super().paint_item(item, width)
        if item.run is not None or len(parts) < FROM_WHAT:
            return parts
        room = sum(cell_len(part) for part, _ in parts[-FROM_WHAT:])
        return [*parts[:-FROM_WHAT], (pad(self.what(item), room), self.rich_style)]

    def cell_text(self, column: Column[Operation], item: Operation, width: int) -> str:
        """Return a cell; what is counted, and how it ended, in few words where there is no room for all of them."""
        if column.title == PROGRESS and item.run is not None:
            whole = counts_text(item.run.counts)
            fits = width > NARROW and cell_len(whole) <= width
            short = whole if fits or is_accessible(self) else text.short_count_words(item.run)
            return column.align(short, width)
        if column.title == STATE:
            return column.align(text.fit_words(item.words, width), width)
        return super().cell_text(column, item, width)

    def widest_cells(self) -> Sequence[int] | None:
        """Return that nothing is measured: the columns have widths of their own."""
        return None

    def update_rows(self, operations: Iterable[Operation]) -> None:
        """Show these rows, which are listed, as they are now."""
        changed = {one.key: one for one in operations}
        self.items = tuple(
            changed.get(row.key, row) if isinstance(row, Operation) else row for row in self.items
        )
        if changed:
            self.changed()


class RunItemList(ColumnList[RunItem]):
    """The changes of a run, of all or of some states, in their order.

    It knows how each stands; the changes themselves are read as they come into view: `missing` says which, `store` takes
    them.
    """

    def __init__(self) -> None:
        super().__init__(ITEM_COLUMNS, id="run-items")
        self.states: tuple[ItemState, ...] = ()
        self.positions: Sequence[int] = ()
        self._read: dict[int, RunItem] = {}

    def clear(self) -> None:
        """Forget everything: another run is shown."""
        self._read.clear()
        self.states, self.positions, self.cursor = (), (), 0
        self.changed()

    def show_states(self, states: Sequence[ItemState], wanted: frozenset[ItemState]) -> None:
        """Take over how the changes stand, and list those of the `wanted` states, all where none is named.

        The cursor stays on its change while that is listed.
        """
        at = self.positions[self.cursor] if self.cursor < len(self.positions) else None
        stale = [position for position, item in self._read.items() if states[position] is not item.state]
        for position in stale:
            del self._read[position]
        listed = (
            [position for position, state in enumerate(states) if state in wanted]
            if wanted
            else range(len(states))
        )
        same = len(listed) == len(self.positions) and list(listed) == list(self.positions)
        self.states, self.positions = tuple(states), listed
        if not same:
            self.cursor = listed.index(at) if at is not None and at in listed else 0
            self.changed()
            self.show(self.cursor)
        elif stale:
            self.post_message(self.VisibleRangeChanged(self, self._top, self._bottom))

    @property
    def _top(self) -> int:
        return max(0, self.scroll_offset.y)

    @property
    def _bottom(self) -> int:
        return min(len(self.positions), self._top + self.view_height) - 1

    def missing(self) -> list[int]:
        """Return the positions to read: where one in view is not there, those around it as well."""
        if all(position in self._read for position in self.positions[self._top : self._bottom + 1]):
            return []
        around = self.positions[max(0, self._top - AHEAD) : self._bottom + 1 + AHEAD]
        return [position for position in around if position not in self._read]

    def store(self, items: Iterable[RunItem]) -> None:
        """Take over changes that were read, and show them."""
        for item in items:
            self._read.pop(item.position, None)
            self._read[item.position] = item
        in_view = set(self.positions[max(0, self._top - AHEAD) : self._bottom + 1 + AHEAD])
        for position in [one for one in self._read if one not in in_view][: max(0, len(self._read) - KEPT)]:
            del self._read[position]
        self.refresh()
        self.post_message(self.Highlighted(self))

    # -- lines ---------------------------------------------------------------------------

    def cell_text(self, column: Column[RunItem], item: RunItem, width: int) -> str:
        """Return a cell; how it ended in few words where there is no room for all of them."""
        if column.title == STATE:
            return column.align(text.fit_words(text.item_words(item), width), width)
        return super().cell_text(column, item, width)

    @property
    def current(self) -> RunItem | None:
        """The change under the cursor, None while it is not there."""
        return self._read.get(self.positions[self.cursor]) if self.cursor < len(self.positions) else None

    @property
    def position(self) -> int:
        """The number of the change under the cursor among those listed, from 1; 0 where there is none."""
        return self.cursor + 1 if self.positions else 0

    @property
    def count_words(self) -> str:
        """How many changes are listed."""
        return f"{len(self.positions):,}"

    def line_count(self) -> int:
        """Return the number of changes that are listed."""
        return len(self.positions)

    def paint(self, line: int, width: int) -> Parts:
        """Return a change's row, or dots while it is being read."""
        item = self._read.get(self.positions[line])
        if item is None:
            return [("· · ·", self.get_component_rich_style("list--muted"))]
        return self.paint_item(item, width)
