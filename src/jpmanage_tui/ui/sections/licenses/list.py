"""The virtual list of licenses: it paints what the state knows, row by row, with expanded rows and bundles in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rich.style import Style

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import NOT_READ, format_date
from jpmanage_tui.ui.sections.licenses import detail
from jpmanage_tui.ui.sections.licenses.columns import FOLD_WIDTH, GAP, columns, kind, place, second_date
from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState
from jpmanage_tui.ui.widgets.line import pad, pad_address
from jpmanage_tui.ui.widgets.outline import Outline
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

INDENT = 4
Parts = list[tuple[str, Style]]


class Ref(NamedTuple):
    """A row: its index in the list, and inside an opened bundle also the index of the child."""

    row: int
    child: int | None = None


class Block(NamedTuple):
    """What stands below an expanded row: lines of facts, lines of actions, then the children of a bundle."""

    text: list[list[detail.Field]]
    actions: list[list[tuple[str, str]]]
    children: Outline | None

    @property
    def lead(self) -> int:
        """Lines before the first child."""
        return len(self.text) + len(self.actions)

    @property
    def height(self) -> int:
        """Lines of the whole block."""
        return self.lead + (self.children.lines if self.children else 0)


class LicenseList(VirtualList):
    """Licenses in rows of one line; `offers` says, for the line of actions, what can be done with one."""

    COMPONENT_CLASSES = {"license--unassigned", "license--revoked", "license--label", "license--key"}

    DEFAULT_CSS = """
    LicenseList {
        & > .license--unassigned { color: $warning; }
        & > .license--revoked { color: $text-muted; }
        & > .license--label { color: $text-muted; }
        & > .license--key { text-style: bold; color: $primary; }
    }
    """

    def __init__(
        self, state: LicenseListState, offers: Callable[[License], list[tuple[str, str]]], *, id: str
    ) -> None:
        super().__init__(id=id)
        self.state = state
        self._offers = offers
        self._outline = Outline()
        self._blocks: dict[int, Block] = {}
        self._child_blocks: dict[tuple[int, int], Block] = {}
        self._anchor: LicenseKey | None = None
        self._same_names: frozenset[str] = frozenset()
        """Names of sites beside which the Site ID must stand: more than one site has them."""

    # -- where things are ----------------------------------------------------------------

    def line_count(self) -> int:
        """Return the number of lines, blocks of expanded rows included."""
        return self._outline.lines

    def spot(self, line: int) -> tuple[Ref, int]:
        """Return the row that `line` belongs to, and how far below the row's own line it is."""
        row, below = self._outline.at(line)
        block = self._blocks.get(row)
        if below == 0 or block is None or block.children is None or below <= block.lead:
            return Ref(row), below
        child, inside = block.children.at(below - block.lead - 1)
        return Ref(row, child), inside

    def line_of(self, ref: Ref) -> int:
        """Return the line on which a row stands."""
        line = self._outline.line_of(ref.row)
        block = self._blocks.get(ref.row)
        if ref.child is None or block is None or block.children is None:
            return line
        return line + block.lead + 1 + block.children.line_of(ref.child)

    def license_of(self, ref: Ref) -> License | None:
        """Return the license of a row, None while it is not loaded."""
        parent = self.state.rows.known.get(ref.row)
        if ref.child is None or parent is None:
            return parent
        return self.state.children_of(parent).known.get(ref.child)

    def _came(self, ref: Ref) -> bool:
        """Whether the API has answered for a row: where no license is known then, it could not be read."""
        if ref.child is None:
            return self.state.rows.came(ref.row)
        parent = self.state.rows.known.get(ref.row)
        return parent is not None and self.state.children_of(parent).came(ref.child)

    @property
    def ref(self) -> Ref:
        """The row the cursor stands on."""
        return self.spot(self.cursor)[0]

    @property
    def current(self) -> License | None:
        """The license the cursor stands on, None while it is not loaded or there is none."""
        return self.license_of(self.ref) if self._lines else None

    @property
    def parent_of_current(self) -> License | None:
        """The bundle in which the cursor stands, None outside of one."""
        ref = self.ref
        return self.state.rows.known.get(ref.row) if ref.child is not None else None

    def selectable(self, line: int) -> bool:
        """The cursor stands on rows, not on the text below them."""
        return self.spot(line)[1] == 0

    def rows_in_view(self) -> tuple[int, int]:
        """Return the first and the last row index in view."""
        top = self.scroll_offset.y
        bottom = max(top, min(self._lines, top + self.view_height) - 1)
        return self.spot(top)[0].row, self.spot(bottom)[0].row

    def children_in_view(self) -> list[tuple[License, int, int]]:
        """Return, for each opened bundle in view, the first and the last of its children in view."""
        top = self.scroll_offset.y
        found: dict[int, tuple[int, int]] = {}
        for line in range(top, min(self._lines, top + self.view_height)):
            ref, _ = self.spot(line)
            if ref.child is not None:
                first, _ = found.get(ref.row, (ref.child, ref.child))
                found[ref.row] = (first, ref.child)
        known = self.state.rows.known
        return [(known[row], first, last) for row, (first, last) in found.items() if row in known]

    # -- what changed --------------------------------------------------------------------

    def rebuild(self) -> None:
        """Take over what the state knows now; the cursor keeps its license and its place on the screen."""
        ref, screen_y = self.ref if self._lines else Ref(0), self.cursor - self.scroll_offset.y
        self._lay_out()
        self._lines = self.line_count()
        target = self._follow(ref)
        self.cursor = max(0, min(self.line_of(target), self._lines - 1))
        self.changed()
        top = max(0, min(self.cursor - screen_y, self._lines - self.view_height))
        if top != self.scroll_offset.y:
            self._scroll(top)
        self.note_anchor()

    def show_state(self, state: LicenseListState) -> None:
        """Show another state, from its first row on."""
        self.state, self._anchor, self.cursor = state, None, 0
        self._scroll(0)

    def note_anchor(self) -> None:
        """Remember which license the cursor stands on, to find it again after the rows have moved."""
        license = self.current
        self._anchor = license.license_key if license else None

    def _follow(self, ref: Ref) -> Ref:
        if self._anchor is None:
            return ref
        there = self.license_of(ref)
        if there is not None and there.license_key == self._anchor:
            return ref
        if ref.child is not None:
            parent = self.state.rows.known.get(ref.row)
            row = self.state.children_of(parent).row_of(self._anchor) if parent else None
            return Ref(ref.row, row if row is not None else ref.child)
        row = self.state.rows.row_of(self._anchor)
        return Ref(min(ref.row, max(0, self.state.rows.count - 1)) if row is None else row)

    def _lay_out(self) -> None:
        self._blocks.clear()
        self._child_blocks.clear()
        self._same_names = self.state.same_names()
        if self.state.expanded:
            for row, license in self.state.rows.known.items():
                if license.license_key in self.state.expanded:
                    self._blocks[row] = self._block(row, license)
        heights = {row: block.height for row, block in self._blocks.items()}
        self._outline = Outline(self.state.rows.count, heights)

    def _block(self, row: int, license: License) -> Block:
        width = max(20, self.scrollable_content_region.width - MARKER_WIDTH - INDENT)
        text = detail.lines(license, width)
        actions = detail.action_lines(self._offers(license), width)
        if not license.is_bundle:
            return Block(text, actions, None)
        heights: dict[int, int] = {}
        for number, child in self.state.children_of(license).known.items():
            if child.license_key in self.state.expanded:
                room = width - INDENT
                offered = detail.action_lines(self._offers(child), room)
                block = Block(detail.lines(child, room), offered, None)
                self._child_blocks[row, number] = block
                heights[number] = block.height
        return Block(text, actions, Outline(self.state.child_count(license), heights))

    def move_cursor(self, line: int) -> None:
        """Put the cursor on `line`, and remember the license there."""
        super().move_cursor(line)
        self.note_anchor()

    def resized(self) -> None:
        """Lay the facts out again for the new width; the cursor keeps its license."""
        self.rebuild()
        self.show(self.cursor)

    # -- expanding -----------------------------------------------------------------------

    def open_row(self) -> bool:
        """Expand the row under the cursor and show all of it that fits; returns whether there was anything to do."""
        license = self.current
        if license is None or license.license_key in self.state.expanded:
            return False
        self.state.expanded.add(license.license_key)
        self.rebuild()
        ref = self.ref
        block = (
            self._blocks.get(ref.row) if ref.child is None else self._child_blocks.get((ref.row, ref.child))
        )
        self.show(self.cursor, below=block.height if block else 0)
        return True

    def close_row(self) -> bool:
        """Collapse the row under the cursor, or the bundle it is in; returns whether there was anything to do."""
        license, parent = self.current, self.parent_of_current
        if license is not None and license.license_key in self.state.expanded:
            self.state.expanded.discard(license.license_key)
        elif parent is not None:
            self.move_cursor(self.line_of(Ref(self.ref.row)))
            self.note_anchor()
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
        ref, below = self.spot(line)
        license = self.license_of(ref) if below == 0 else None
        return "*" if license is not None and license.license_key in self.state.marked else " "

    def paint(self, line: int, width: int) -> Parts:
        """Return what stands on a line: a row, a fact of an expanded one, or its actions."""
        ref, below = self.spot(line)
        license = self.license_of(ref)
        base = self.rich_style
        indent = INDENT if ref.child is not None else 0
        if license is None:
            words = NOT_READ if self._came(ref) else "· · ·"
            return [(" " * (indent + FOLD_WIDTH) + words, self.get_component_rich_style("list--muted"))]
        lead: Parts = [(" " * indent, base)] if indent else []
        if below == 0:
            return lead + self._row(license, width - indent, self.state.query)
        block = self._blocks[ref.row] if ref.child is None else self._child_blocks[ref.row, ref.child]
        lead = [(" " * (indent + INDENT), base)]
        if below <= len(block.text):
            return lead + self._facts(block.text[below - 1], width - indent - INDENT)
        return lead + self._actions(block.actions[below - 1 - len(block.text)])

    def _row(self, license: License, width: int, query: LicenseQuery) -> Parts:
        base = self.rich_style
        column = columns(width)
        fold = "⌃ " if license.license_key in self.state.expanded else "⌄ "
        color = {
            LicenseState.REVOKED: "license--revoked",
            LicenseState.DETACHED: "license--unassigned",
        }.get(license.state)
        style = self.get_component_rich_style(color) if color else base
        muted = self.get_component_rich_style("list--muted")
        name = (
            self.get_component_rich_style("license--revoked")
            if license.state is LicenseState.REVOKED
            else base
        )
        cells: Parts = [
            (fold, muted),
            (pad(license.product or license.license_key, column.product), name),
            (" " * GAP, base),
            (pad_address(place(license, query), column.site, self._tag(license)), style),
        ]
        for size, text in (
            (column.issued, format_date(license.issued_at)),
            (column.second, second_date(license, query)),
            (column.kind, kind(license)),
        ):
            if size:
                cells += [(" " * GAP, base), (pad(text, size), muted if text == "—" else base)]
        return cells

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
