"""The virtual list of licenses: it paints what the state knows, row by row, with expanded rows and bundles in place."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import NOT_READ
from jpmanage_tui.ui.sections.licenses import detail
from jpmanage_tui.ui.sections.licenses.columns import (
    PRODUCT,
    SITE,
    columns_for,
    fit_product,
    order_of,
    product_name,
    type_sign,
)
from jpmanage_tui.ui.sections.licenses.data import LicenseListState, LicensePages
from jpmanage_tui.ui.widgets.following import Followed, follow, rows_around
from jpmanage_tui.ui.widgets.item_list import Column, ColumnList, Parts
from jpmanage_tui.ui.widgets.line import pad, pad_address
from jpmanage_tui.ui.widgets.outline import Outline
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH

INDENT = 4


class RowIndex(NamedTuple):
    """A row: its index in the list, and inside an opened bundle also the index of the child."""

    row: int
    child: int | None = None


class Block(NamedTuple):
    """What stands below an expanded row: lines of facts, lines of actions, then the children of a bundle."""

    text: list[list[detail.Field]]
    actions: list[list[tuple[str, str]]]
    children: Outline | None

    @property
    def lines_before_children(self) -> int:
        """Lines before the first child."""
        return len(self.text) + len(self.actions)

    @property
    def height(self) -> int:
        """Lines of the whole block."""
        return self.lines_before_children + (self.children.lines if self.children else 0)


class _HeldRows(NamedTuple):
    """The licenses around the cursor, by their rows, before others come: those of the list, and those of its bundle."""

    rows: dict[int, Hashable]
    children: dict[int, Hashable]


class LicenseList(ColumnList[License]):
    """Licenses in rows of one line; `offers` says, for the line of actions, what can be done with one.

    Not a `PagedItemList`: the rows belong to the state, which is replaced as a whole when another list is shown, may be
    made of what the search index found, and has a second level, the licenses of the bundles that are open.
    """

    prefix_width = 3
    COMPONENT_CLASSES = {"license--unassigned", "license--revoked", "license--label", "license--key"}

    DEFAULT_CSS = """
    LicenseList {
        & > .license--unassigned { color: $warning; }
        & > .license--revoked { color: $text-muted; text-style: $muted-style; }
        & > .license--label { color: $text-muted; text-style: $muted-style; }
        & > .license--key { text-style: bold; color: $primary; }
    }
    """

    def __init__(
        self, state: LicenseListState, offers: Callable[[License], list[tuple[str, str]]], *, id: str
    ) -> None:
        super().__init__(columns_for(state.query), id=id)
        self.state = state
        self._offers = offers
        self._outline = Outline()
        self._blocks: dict[int, Block] = {}
        self._child_blocks: dict[tuple[int, int], Block] = {}
        self._remembered: LicenseKey | None = None
        self._remembered_parent: LicenseKey | None = None
        """The bundle that has the remembered license, where it stands inside one."""
        self._held: _HeldRows | None = None
        self._same_names: frozenset[str] = frozenset()
        """Names of sites beside which the Site ID must stand: more than one site has them."""
        self.facts_elsewhere = False
        """Whether facts and actions stand beside the list: then nothing but a bundle opens, to its licenses."""
        self._product_names: frozenset[str] = frozenset()
        """The products of the rows, as the API names them."""
        self.show_sort_order(order_of(state.query))

    # -- where things are ----------------------------------------------------------------

    def line_count(self) -> int:
        """Return the number of lines, blocks of expanded rows included."""
        return self._outline.lines

    def locate(self, line: int) -> tuple[RowIndex, int]:
        """Return the row that `line` belongs to, and how far below the row's own line it is."""
        row, below = self._outline.at(line)
        block = self._blocks.get(row)
        if below == 0 or block is None or block.children is None or below <= block.lines_before_children:
            return RowIndex(row), below
        child, inside = block.children.at(below - block.lines_before_children - 1)
        return RowIndex(row, child), inside

    def line_of(self, index: RowIndex) -> int:
        """Return the line on which a row stands."""
        line = self._outline.line_of(index.row)
        block = self._blocks.get(index.row)
        if index.child is None or block is None or block.children is None:
            return line
        return line + block.lines_before_children + 1 + block.children.line_of(index.child)

    def go_to_row(self, number: int) -> None:
        """Lines of opened rows are no rows."""
        if self.state.pages.count:
            row = max(0, min(number, self.state.pages.count) - 1)
            self.move_cursor(self.line_of(RowIndex(row)))

    def license_at(self, index: RowIndex) -> License | None:
        """Return the license of a row, None while it is not loaded."""
        parent = self.state.pages.rows.get(index.row)
        if index.child is None or parent is None:
            return parent
        return self.state.children_of(parent).rows.get(index.child)

    def _is_loaded(self, index: RowIndex) -> bool:
        """Whether the API has answered for a row: where no license is known then, it could not be read."""
        if index.child is None:
            return self.state.pages.is_loaded(index.row)
        parent = self.state.pages.rows.get(index.row)
        return parent is not None and self.state.children_of(parent).is_loaded(index.child)

    @property
    def cursor_index(self) -> RowIndex:
        """The row the cursor stands on."""
        return self.locate(self.cursor)[0]

    @property
    def current(self) -> License | None:
        """The license the cursor stands on, None while it is not loaded or there is none."""
        return self.license_at(self.cursor_index) if self._lines else None

    @property
    def parent_of_current(self) -> License | None:
        """The bundle in which the cursor stands, None outside of one."""
        index = self.cursor_index
        return self.state.pages.rows.get(index.row) if index.child is not None else None

    @property
    def position(self) -> int:
        """The number of the row under the cursor, from 1; 0 where there is none."""
        return self.cursor_index.row + 1 if self.state.pages.count else 0

    @property
    def count_words(self) -> str:
        """How many rows there are, as far as the API said."""
        return self.state.pages.count_words

    def selectable(self, line: int) -> bool:
        """The cursor stands on rows, not on the text below them."""
        return self.locate(line)[1] == 0

    def rows_in_view(self) -> tuple[int, int]:
        """Return the first and the last row index in view."""
        top = self.scroll_offset.y
        bottom = max(top, min(self._lines, top + self.view_height) - 1)
        return self.locate(top)[0].row, self.locate(bottom)[0].row

    def children_in_view(self) -> list[tuple[License, int, int]]:
        """Return, for each opened bundle in view, the first and the last of its children in view."""
        top = self.scroll_offset.y
        found: dict[int, tuple[int, int]] = {}
        for line in range(top, min(self._lines, top + self.view_height)):
            index, _ = self.locate(line)
            if index.child is not None:
                first, _ = found.get(index.row, (index.child, index.child))
                found[index.row] = (first, index.child)
        known = self.state.pages.rows
        return [(known[row], first, last) for row, (first, last) in found.items() if row in known]

    # -- what changed --------------------------------------------------------------------

    def hold_place(self) -> None:
        """Remember what stands around the cursor: should its license be gone, the nearest one gets the cursor next."""
        if not self._lines:
            return
        index, parent = self.cursor_index, self.parent_of_current
        rows = self.state.pages.license_keys()
        children = self.state.children_of(parent).license_keys() if parent is not None else {}
        self._held = _HeldRows(rows_around(index.row, rows), rows_around(index.child or 0, children))

    def rebuild(self) -> None:
        """Take over what the state knows now; the cursor keeps its license and its place on the screen."""
        index = self.cursor_index if self._lines else RowIndex(0)
        screen_y = self.cursor - self.scroll_offset.y
        self._build_blocks()
        self._lines = self.line_count()
        self.show_sort_order(None if self.state.ranked else order_of(self.state.query))
        target, above = self._follow(index)
        self.cursor = max(0, min(self.line_of(target), self._lines - 1))
        self.changed()
        self.show_at(self.cursor, screen_y - above)
        self.remember_current()

    def show_state(self, state: LicenseListState) -> None:
        """Show another state, from its first row on."""
        self.state, self._remembered, self.cursor = state, None, 0
        self.show_columns(columns_for(state.query))
        self._scroll(0)

    def remember_current(self) -> None:
        """Remember which license the cursor stands on, to find it again after the rows have moved."""
        license = self.current
        self._remembered = license.license_key if license else None
        parent = self.parent_of_current if license else None
        self._remembered_parent = parent.license_key if parent else None

    def _follow(self, index: RowIndex) -> tuple[RowIndex, int]:
        """Return where the remembered license is now, or the nearest one left, and how much further up that stood."""
        held, self._held = self._held or _HeldRows({}, {}), None
        if self._remembered is None:
            return index, 0
        there = self.license_at(index)
        if there is not None and there.license_key == self._remembered:
            return index, 0
        pages, wanted = self.state.pages, self._remembered
        if index.child is not None:
            wanted = self._remembered_parent or wanted
            row = pages.row_of(wanted)
            children = self.state.children_of(pages.rows[row]) if row is not None else None
            if row is not None and children is not None and children.count:
                followed = _place_in(children, self._remembered, index.child, held.children)
                return RowIndex(row, followed.row), followed.above
        followed = _place_in(pages, wanted, index.row, held.rows)
        return RowIndex(followed.row), followed.above

    def _build_blocks(self) -> None:
        self._blocks.clear()
        self._child_blocks.clear()
        self._same_names = self.state.same_names()
        self._product_names = frozenset(map(product_name, self.state.licenses()))
        if self.state.expanded:
            for row, license in self.state.pages.rows.items():
                if license.license_key in self.state.expanded and self.opens(license):
                    self._blocks[row] = self._block(row, license)
        heights = {row: block.height for row, block in self._blocks.items()}
        self._outline = Outline(self.state.pages.count, heights)

    def _block(self, row: int, license: License) -> Block:
        width = max(20, self.scrollable_content_region.width - MARKER_WIDTH - INDENT)
        shown = not self.facts_elsewhere
        text = detail.lines(license, width) if shown else []
        actions = detail.action_lines(self._offers(license), width) if shown else []
        if not license.is_bundle:
            return Block(text, actions, None)
        heights: dict[int, int] = {}
        for number, child in self.state.children_of(license).rows.items():
            if child.license_key in self.state.expanded and self.opens(child):
                room = width - INDENT
                offered = detail.action_lines(self._offers(child), room)
                block = Block(detail.lines(child, room), offered, None)
                self._child_blocks[row, number] = block
                heights[number] = block.height
        return Block(text, actions, Outline(self.state.child_count(license), heights))

    def move_cursor(self, line: int) -> None:
        """Put the cursor on `line`, and remember the license there."""
        super().move_cursor(line)
        self.remember_current()

    def resized(self) -> None:
        """Lay the facts out again for the new width; the cursor keeps its license."""
        self.rebuild()
        self.show(self.cursor)

    # -- expanding -----------------------------------------------------------------------

    def opens(self, license: License) -> bool:
        """Return whether anything opens below the row of a license."""
        return license.is_bundle or not self.facts_elsewhere

    def is_open(self, license: License) -> bool:
        """Return whether the row of a license is open."""
        return license.license_key in self.state.expanded and self.opens(license)

    def show_facts(self, elsewhere: bool) -> None:
        """Show the facts of open rows below them, or leave them to what stands beside the list (`elsewhere`)."""
        if elsewhere != self.facts_elsewhere:
            self.facts_elsewhere = elsewhere
            self.rebuild()

    def open_row(self) -> bool:
        """Expand the row under the cursor and show all of it that fits; returns whether there was anything to do."""
        license = self.current
        if license is None or self.is_open(license) or not self.opens(license):
            return False
        self.state.expanded.add(license.license_key)
        self.rebuild()
        index = self.cursor_index
        block = (
            self._blocks.get(index.row)
            if index.child is None
            else self._child_blocks.get((index.row, index.child))
        )
        self.show(self.cursor, below=block.height if block else 0)
        return True

    def close_row(self) -> bool:
        """Collapse the row under the cursor, or the bundle it is in; returns whether there was anything to do."""
        license, parent = self.current, self.parent_of_current
        if license is not None and self.is_open(license):
            self.state.expanded.discard(license.license_key)
        elif parent is not None:
            self.move_cursor(self.line_of(RowIndex(self.cursor_index.row)))
            self.remember_current()
            self.state.expanded.discard(parent.license_key)
        else:
            return False
        self.rebuild()
        return True

    # -- painting ------------------------------------------------------------------------

    def row_prefix(self, line: int) -> str:
        """Return the sign of a marked row."""
        if not self.state.marked:
            return " "
        index, below = self.locate(line)
        license = self.license_at(index) if below == 0 else None
        return "*" if license is not None and license.license_key in self.state.marked else " "

    def paint(self, line: int, width: int) -> Parts:
        """Return what stands on a line: a row, a fact of an expanded one, or its actions."""
        index, below = self.locate(line)
        license = self.license_at(index)
        base = self.rich_style
        indent = INDENT if index.child is not None else 0
        if license is None:
            words = NOT_READ if self._is_loaded(index) else "· · ·"
            return [
                (" " * (indent + self.prefix_width) + words, self.get_component_rich_style("list--muted"))
            ]
        lead: Parts = [(" " * indent, base)] if indent else []
        if below == 0:
            return lead + self.paint_item(license, width - indent)
        block = self._blocks[index.row] if index.child is None else self._child_blocks[index.row, index.child]
        lead = [(" " * (indent + INDENT), base)]
        if below <= len(block.text):
            return lead + self._facts(block.text[below - 1], width - indent - INDENT)
        return lead + self._actions(block.actions[below - 1 - len(block.text)])

    def prefix(self, item: License) -> str:
        """Return the sign that says whether a row is open, and its badge."""
        fold = ("⌃" if self.is_open(item) else "⌄") if self.opens(item) else " "
        return f"{fold}{type_sign(item)} "

    def cell_text(self, column: Column[License], item: License, width: int) -> str:
        """Return what a cell says; the Site ID stands in full behind a site whose name another one has too."""
        if column.title == PRODUCT.title:
            return fit_product(column.cell(item), width, self._product_names)
        if column.title == SITE.title and (tag := self._tag(item)):
            return pad_address(column.cell(item), width, tag)
        return super().cell_text(column, item, width)

    def _tag(self, license: License) -> str:
        """Return the Site ID where another site of the list has the same name, else nothing."""
        if not self._same_names or not license.siteurl or license.blog_id is None:
            return ""
        shown = license.state in (LicenseState.ATTACHED, LicenseState.REVOKED)
        return f"#{license.blog_id}" if shown and site_name(license.siteurl) in self._same_names else ""

    def _facts(self, facts: list[detail.Field], width: int) -> Parts:
        label_style = self.get_component_rich_style("license--label")
        size = width // 2 if len(facts) > 1 else width
        parts: Parts = []
        for label, value in facts:
            parts.append((label.ljust(detail.LABEL_WIDTH), label_style))
            parts.append(
                (pad(value, size - detail.LABEL_WIDTH) if len(facts) > 1 else value, self.rich_style)
            )
        return parts

    def _actions(self, offers: list[tuple[str, str]]) -> Parts:
        key_style = self.get_component_rich_style("license--key")
        parts: Parts = []
        for key, words in offers:
            if key:
                parts += [(key, key_style), (f" {words}   ", self.rich_style)]
            else:
                parts.append((f"{words} ", self.get_component_rich_style("list--muted")))
        return parts


def _place_in(pages: LicensePages, wanted: LicenseKey, row: int, before: Mapping[int, Hashable]) -> Followed:
    """Return where a license that stood in `row` is now, or what stood nearest to it; else the row itself."""
    now = pages.row_of(wanted)
    if now is not None:
        return Followed(now)
    places = {key: place for place, key in pages.license_keys().items()}
    return follow(row, before, places) or Followed(max(0, min(row, pages.count - 1)))
