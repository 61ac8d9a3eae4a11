"""A list of any length, painted by line: what is not in view costs nothing."""

from __future__ import annotations

from typing import Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from jpmanage_tui.ui.common.accessibility import is_accessible, words_of
from jpmanage_tui.ui.common.commands import CommandTarget
from jpmanage_tui.ui.common.keymap import key_press
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.terminal.app import TerminalApp
from jpmanage_tui.ui.terminal.key_queue import KeysForScreen
from jpmanage_tui.ui.widgets.line import clip, strip_of
from jpmanage_tui.ui.widgets.list_commands import MOVING
from jpmanage_tui.ui.widgets.states import STATE_CLASSES, STATE_CSS

MARKER = "❯"
MARKER_WIDTH = 2
BAR_WIDTH = 1
"""Cells that a list keeps at its right for the scroll bar, whether there is one or not."""


class VirtualList(KeysForScreen, CommandTarget, ScrollView, can_focus=True, inherit_bindings=False):
    """A scrolling list with a cursor, painted by line. Its keys move the cursor, which those of a ScrollView do not.

    A subclass says how many lines there are (`line_count`), which of them the cursor may stand on (`selectable`)
    and what stands on a line (`paint`). The first two cells of every line are the marker's: moving the cursor
    repaints them and nothing else (design: a cursor move repaints the cursor's cells, not the row). While the list has
    the focus they are reversed, and the terminal's own cursor stands right of them. In the accessible mode there is no
    marker: the terminal's cursor stands at the beginning of the line, and words say what the signs before it say.
    `placeholder` holds lines of text that stand in place of rows while there are none.
    """

    COMMAND_SET = MOVING
    COMPONENT_CLASSES = {
        "list--marker",
        "list--muted",
        "list--strong",
        *STATE_CLASSES,
    }

    DEFAULT_CSS = f"""
    VirtualList {{
        height: 1fr; width: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .list--marker {{ text-style: reverse; color: $block-cursor-background; }}
        & > .list--muted {{ color: $text-muted; text-style: $muted-style; }}
        & > .list--strong {{ text-style: bold; }}
        {STATE_CSS}
    }}
    """

    class Highlighted(DataMessage):
        """The cursor stands on another line, or the line under it changed."""

        list: VirtualList

        @property
        def control(self) -> VirtualList:
            """The list that sent it."""
            return self.list

    class VisibleRangeChanged(DataMessage):
        """Other lines came into view: from `first` to `last`, both counted from 0, `last` included."""

        list: VirtualList
        first: int
        last: int

        @property
        def control(self) -> VirtualList:
            """The list that sent it."""
            return self.list

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self._lines = 0
        self._height = 1
        """How many lines fitted when the list had its last size."""
        self.placeholder: list[str] = []
        self._base: Style | None = None
        self._bodies: dict[tuple[int, int], Strip] = {}
        """What was painted right of the markers, by line and width: a move of the cursor changes nothing in it."""

    # -- what a subclass says ------------------------------------------------------------

    def line_count(self) -> int:
        """Return how many lines the list has now."""
        raise NotImplementedError

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return what stands on `line` right of the marker, as (text, style) parts for `width` cells."""
        raise NotImplementedError

    def selectable(self, line: int) -> bool:
        """Return whether the cursor may stand on `line`."""
        return True

    def row_prefix(self, line: int) -> str:
        """Return the one-cell sign beside the marker (a marked row has one)."""
        return " "

    # -- painting ------------------------------------------------------------------------

    @property
    def view_height(self) -> int:
        """How many lines fit."""
        return max(1, self.scrollable_content_region.height)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor stands while the list has the focus: right of the marker, where painting it ends.

        In the first line of the view where no row has a marker.
        """
        region = self.scrollable_content_region
        marker = 0 if is_accessible(self) else MARKER_WIDTH
        line = self.cursor - self.scroll_offset.y if self._lines and self.cursor >= 0 else 0
        if not 0 <= line < region.height:
            return Offset(-1, -1)  # the row is scrolled out of view
        return region.offset + Offset(marker, line)

    @property
    def rich_style(self) -> Style:
        """The list's own style: found once for all lines of a frame, since Textual looks through all ancestors for it."""
        return self._base if self._base is not None else super().rich_style

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the painted lines of a part of the view (Textual's line API)."""
        self._base = super().rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._base = None

    def render_line(self, y: int) -> Strip:
        """Return the painted line `y` of the view (Textual's line API)."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        line = y + self.scroll_offset.y
        if not self._lines and 0 <= line < len(note := self._placeholder_lines(width - MARKER_WIDTH)):
            text = clip(note[line], width - MARKER_WIDTH)
            return strip_of([(" " * MARKER_WIDTH, base), (text, base)], width, base)
        if not 0 <= line < self._lines:
            return Strip([Segment(" " * width, base)], width)
        if is_accessible(self):
            words = words_of(self.row_prefix(line))
            parts = self.paint(line, max(1, width - cell_len(words)))
            return strip_of([(words, base), *parts] if words else parts, width, base)
        marker = (MARKER if line == self.cursor else " ") + self.row_prefix(line)
        style = self._marker_style() if line == self.cursor else base
        room = width - MARKER_WIDTH
        if room <= 0:
            return strip_of([(marker, style)], width, base)
        body = self._bodies.get((line, room))
        if body is None:
            body = self._bodies[line, room] = strip_of(self.paint(line, room), room, base)
        return Strip([Segment(marker, style), *body], width)

    def _placeholder_lines(self, room: int) -> list[str]:
        """Return the note's lines, those that are too long for `room` cells wrapped at their words."""
        from textwrap import wrap  # only where there are no rows

        lines: list[str] = []
        for line in self.placeholder:
            fits = room < 1 or cell_len(line) <= room
            lines += [line] if fits else wrap(line, room)
        return lines

    def _marker_style(self) -> Style:
        in_use = self.has_focus and self.screen.is_active  # a dialog over it has a marked row of its own
        return self.get_component_rich_style("list--marker" if in_use else "list--muted")

    def _repaint_marker(self, line: int) -> Region | None:
        """Repaint the marker's cells of a line and return where they are, None where the line is out of view."""
        y = line - self.scroll_offset.y
        if not 0 <= y < self.size.height:
            return None
        region = Region(0, y, MARKER_WIDTH, 1)
        super().refresh(region)  # what stands right of it is as it was
        return region

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Repaint the list, or parts of it, as Textual does; its rows are painted anew."""
        self._bodies.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Paint the rows anew in other colors."""
        self._bodies.clear()
        super().notify_style_update()

    def repaint_focus(self) -> None:
        """Repaint the marker, which shows where the focus is."""
        self._repaint_marker(self.cursor)

    def on_focus(self) -> None:
        """Repaint the marker."""
        self.repaint_focus()

    def on_blur(self) -> None:
        """Repaint the marker."""
        self.repaint_focus()

    # -- what changed --------------------------------------------------------------------

    def changed(self) -> None:
        """Take over a changed number of lines or changed contents, and repaint what is in view."""
        self._lines = self.line_count()
        self.virtual_size = Size(max(1, self.scrollable_content_region.width), self._lines)
        self.cursor = max(0, min(self.cursor, self._lines - 1))
        top = max(0, min(self.scroll_offset.y, self._lines - self.view_height))
        if top != self.scroll_offset.y:
            self._scroll(top)
        self.refresh()
        self._tell_view()
        self.post_message(self.Highlighted(self))

    def repaint_line(self, line: int) -> None:
        """Repaint one line where it is in view."""
        y = line - self.scroll_offset.y
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Repaint, and tell which lines are in view now."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_view()

    def on_resize(self, _event: events.Resize) -> None:
        """Take over the new size."""
        self.resized()

    def resized(self) -> None:
        """Keep the cursor in view at the new size, or, where it had been scrolled out of view, the line at the top."""
        top = self.scroll_offset.y
        in_view = top <= self.cursor < top + self._height
        self._height = self.view_height
        self.changed()
        if in_view:
            self.show(self.cursor)

    def _tell_view(self) -> None:
        first = self.scroll_offset.y
        last = min(self._lines, first + self.view_height) - 1
        if last >= first and self.is_mounted:
            self.post_message(self.VisibleRangeChanged(self, first, last))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row under the mouse; where it stands there already, do what enter does."""
        line = event.y + self.scroll_offset.y
        if not (0 <= line < self._lines and self.selectable(line)):
            return
        event.stop()
        if line == self.cursor:
            self.app.post_message(key_press("enter"))
        else:
            self.move_cursor(line)

    # -- moving --------------------------------------------------------------------------

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def show(self, line: int, below: int = 0) -> None:
        """Scroll as little as needed so that `line`, and the `below` lines under it, are in view."""
        top, height = self.scroll_offset.y, self.view_height
        bottom = min(line + below, max(line, line + height - 1))
        if bottom >= top + height:
            top = bottom - height + 1
        if line < top:
            top = line
        if top != self.scroll_offset.y:
            self._scroll(top)

    def show_at(self, line: int, y: int) -> None:
        """Scroll so that `line` stands `y` lines below the top of the view, as far as the ends of the list let it."""
        top = max(0, min(line - y, self._lines - self.view_height))
        if top != self.scroll_offset.y:
            self._scroll(top)

    def move_cursor(self, line: int) -> None:
        """Put the cursor on `line` (or the nearest one there is) and show it."""
        line = max(0, min(line, self._lines - 1))
        if line != self.cursor:
            before, self.cursor = self.cursor, line
            top = self.scroll_offset.y
            moved = [region for one in (before, line) if (region := self._repaint_marker(one)) is not None]
            self.post_message(self.Highlighted(self))
            self.show(line)
            if self.scroll_offset.y == top and self.has_focus and isinstance(self.app, TerminalApp):
                self.app.paint_ahead(self, moved)
            return
        self.show(line)

    def _next(self, line: int, step: int) -> int | None:
        line += step
        while 0 <= line < self._lines:
            if self.selectable(line):
                return line
            line += step
        return None

    def move(self, step: int) -> None:
        """Move the cursor one row down (`step` = 1) or up (-1), scrolling first through a text too tall to jump over."""
        target = self._next(self.cursor, step)
        top, height = self.scroll_offset.y, self.view_height
        if target is None:
            if step < 0:
                self._scroll(0)
            elif top + height < self._lines:
                self._scroll(top + 1)
            return
        if target >= top + height + 1 and target - self.cursor > 1 and top < self.cursor + height - 1:
            self._scroll(min(top + 1, self._lines - height))
            return
        self.move_cursor(target)

    def page(self, pages: float) -> None:
        """Move the cursor by a number of view heights (0.5 = half a page down)."""
        step = int(self.view_height * pages)
        step = step or (1 if pages > 0 else -1)
        top = max(0, min(self.scroll_offset.y + step, self._lines - self.view_height))
        target = max(0, min(self.cursor + step, self._lines - 1))
        if not self.selectable(target):
            direction = 1 if step > 0 else -1
            found = self._next(target, direction)
            target = self._next(target, -direction) if found is None else found  # type: ignore[assignment]
        if top != self.scroll_offset.y:
            self._scroll(top)
        if target is not None:
            self.move_cursor(target)

    def go_to_row(self, number: int) -> None:
        """Move the cursor to a row, counted from 1; to the last one where there are fewer."""
        if self._lines:
            line = max(0, min(number, self._lines) - 1)
            nearest = line if self.selectable(line) else self._next(line, 1)
            self.move_cursor(line if nearest is None else nearest)

    def first(self) -> None:
        """Move the cursor to the first row."""
        if self._lines:
            self.move_cursor(0 if self.selectable(0) else (self._next(0, 1) or 0))
            self._scroll(0)

    def last(self) -> None:
        """Move the cursor to the last row."""
        if self._lines:
            end = self._lines - 1
            self.move_cursor(end if self.selectable(end) else (self._next(end, -1) or 0))
            self.show(end)

    def action_move(self, step: int) -> None:
        """Move the cursor by a row (`j`, `k`)."""
        self.move(step)

    def action_page(self, pages: float) -> None:
        """Move the cursor by a number of view heights (`ctrl+d`, `pgdn`)."""
        self.page(pages)

    def screen_row(self, part: float) -> None:
        """Move the cursor to the row at a part of the view's height: 0 is its first row, 1 its last one."""
        top = self.scroll_offset.y
        in_view = range(top, min(self._lines, top + self.view_height))
        rows = [line for line in in_view if self.selectable(line)]
        if rows:
            wanted = in_view[round((len(in_view) - 1) * part)]
            self.move_cursor(min(rows, key=lambda line: abs(line - wanted)))

    def action_screen_row(self, part: float) -> None:
        """Move the cursor to a row in view (`H`, `M`, `L`)."""
        self.screen_row(part)

    def action_first(self) -> None:
        """Move the cursor to the first row (`g`)."""
        self.first()

    def action_last(self) -> None:
        """Move the cursor to the last row (`G`)."""
        self.last()
