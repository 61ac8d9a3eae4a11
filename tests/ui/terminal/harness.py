"""Runs an app through both paths, stock and differ, and compares two terminals after every frame."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from rich.console import RenderableType
from rich.control import Control
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.errors import NoWidget
from textual.geometry import Region, Size
from textual.pilot import Pilot
from textual.widget import Widget

from jpmanage_tui.ui.terminal.differ import CellDiffer
from jpmanage_tui.ui.terminal.screen_buffer import ScreenBuffer
from jpmanage_tui.ui.widgets.virtual_list import MARKER, MARKER_WIDTH, VirtualList
from tests.ui.terminal.emulator import Emulator

REVERSE = 7


_LINK = re.compile("\x1b]8;([^;]*);([^\x1b]*)\x1b")
_OF_URLS = "".join(chr(code) for code in range(33, 127))
"""Links are in ASCII, as OSC 8 asks for it (https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda): stock
Textual sends them as they are.
"""


class CapturingDriver(Driver):
    """A driver on no terminal: what is written is kept."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: Any = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)

    def start_application_mode(self) -> None:
        size = Size(*(self._size or (80, 24)))
        self.send_message(events.Resize(size, size))

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass


class Mirror(CellDiffer[Any]):
    """A mixin over CellDiffer: each update goes through the differ to one terminal, as stock to another."""

    stock: Emulator | None = None
    differed: Emulator | None = None
    stock_bytes = 0
    differed_bytes = 0
    frames = 0
    ahead: frozenset[tuple[int, int]] = frozenset()
    """Cells (row, column) that the differ has sent, and the compositor has not come to yet."""

    def paint_ahead(self, widget: Widget, regions: Iterable[Region]) -> None:
        wanted = list(regions)
        super().paint_ahead(widget, wanted)
        try:
            place = widget.screen.find_widget(widget)
        except NoWidget:
            return  # not on the screen yet: nothing was sent
        for region in wanted:
            there = region.translate(place.region.offset).intersection(place.clip)
            self.ahead |= {(y, x) for y in there.line_range for x in there.column_range}

    def _on_resize(self, event: events.Resize) -> None:  # type: ignore[override]
        self.stock, self.differed = Emulator(*event.size), Emulator(*event.size)
        self.ahead = frozenset()

    def _display(self, screen: Any, renderable: RenderableType | None) -> None:
        driver: Driver | None = self._driver
        update: object = renderable
        current = screen._compositor.size == self.size
        shown = self._runs() and current and isinstance(update, CompositorUpdate)
        if shown and isinstance(update, CompositorUpdate):
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            data = update.render_segments(self.console) + Control.move_to(*cursor).segment.text
            data = _LINK.sub(lambda link: f"\x1b]8;{link[1]};{quote(link[2], safe=_OF_URLS)}\x1b", data)
            assert self.stock is not None
            self.stock.feed(data)
            if isinstance(update, ChopsUpdate):
                spans = update.spans
                self.ahead = frozenset(
                    cell
                    for cell in self.ahead
                    if not any(row == cell[0] and start <= cell[1] < end for row, start, end in spans)
                )
            else:
                self.ahead = frozenset()
            self.stock_bytes += len(data.encode())
        super()._display(screen, renderable)
        if shown and isinstance(driver, CapturingDriver):
            self._compare("".join(driver.written))
            driver.written.clear()

    def _compare(self, data: str) -> None:
        assert self.stock is not None
        assert self.differed is not None
        assert self.stock_rendering_because is None, self.stock_rendering_because
        self.differed.feed(data)
        self.differed_bytes += len(data.encode())
        self.frames += 1
        self.compare()

    def compare(self) -> None:
        """Compare every cell and attribute, and look where the cursor is: shown where the focus is, hidden without."""
        assert self.stock is not None
        assert self.differed is not None
        for row, (left, right) in enumerate(zip(self.stock.seen(), self.differed.seen(), strict=True)):
            for column, (stock, differed) in enumerate(zip(left, right, strict=True)):
                if (row, column) in self.ahead:
                    continue
                assert stock == differed, f"{row}:{column} frame {self.frames}\n{stock}\n{differed}"
        self._compare_cursor(self.differed)

    def _compare_cursor(self, terminal: Emulator) -> None:
        cell, focused, at = self._focused_cell(), self.screen.focused, (terminal.row, terminal.column)
        assert terminal.shows_cursor == (cell is not None), f"frame {self.frames}, {focused}"
        if cell is None:
            return
        assert at == cell, f"frame {self.frames}, {focused}"
        if isinstance(focused, VirtualList) and focused.virtual_size.height and focused.cursor >= 0:
            marker = terminal.cells[at[0]][at[1] - MARKER_WIDTH]
            marked = marker.text == MARKER and REVERSE in marker.pen.attributes
            assert marked or self.unsettled(), f"{at} frame {self.frames}: {terminal.display[at[0]]}"

    def unsettled(self) -> str:
        """Return what waits to be painted, '' where nothing does."""
        screen = self.screen
        for name in ("_dirty_widgets", "_layout_required", "_scroll_required", "_repaint_required"):
            if getattr(screen, name):
                return f"{screen}: {name}"
        for shown in self.screen_stack:
            for part in shown.walk_children(Widget):
                if part.is_on_screen and (part._repaint_required or part._layout_required):
                    return f"{part} in {shown}"
        return ""

    def differs_from_a_repaint(self) -> str:
        """Return where the terminal does not show what painting every part anew would show; '' where it does."""
        grid, screen = self._target, self.screen
        assert grid is not None
        for shown in self.screen_stack:
            for part in (shown, *shown.walk_children(Widget)):
                part._styles_cache.clear()
                part._dirty_regions.add(part.outer_size.region)
                if isinstance(part, VirtualList):
                    part._bodies.clear()
        full = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        assert isinstance(full, LayoutUpdate)
        fresh = ScreenBuffer(grid.width, grid.height)
        for row, strips in enumerate(full.strips):
            fresh.rows[row].put(0, (segment for strip in strips for segment in strip), self._pens)
        for number, (now, wanted) in enumerate(zip(grid.rows, fresh.rows, strict=True)):
            if (now.chars, now.pens) != (wanted.chars, wanted.pens):
                pens = [
                    (column, self._pens.change(0, one), self._pens.change(0, other))
                    for column, (one, other) in enumerate(zip(now.pens, wanted.pens, strict=True))
                    if one != other
                ]
                return f"row {number}:\n{''.join(now.chars)}\n{''.join(wanted.chars)}\n{pens}"
        return ""

    def take_bytes(self) -> tuple[int, int]:
        """Return and reset the bytes sent since: (stock, differ)."""
        both = self.stock_bytes, self.differed_bytes
        self.stock_bytes = self.differed_bytes = 0
        return both


async def resize(pilot: Pilot[Any], width: int, height: int) -> None:
    """Resize the terminal as SIGWINCH does."""
    size = Size(width, height)
    pilot.app.post_message(events.Resize(size, size))
    await pilot.pause()
    await pilot.pause()
