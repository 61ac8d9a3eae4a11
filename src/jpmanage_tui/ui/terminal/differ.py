"""The cell differ: Textual composes the screen, and only the cells that changed go to the terminal.

Stock Textual sends each widget again that says it changed; over a slow line that is most of what is sent.
Here its updates go into a grid, the grid is compared with what the terminal shows, the difference is sent.

Everything private of Textual that this needs is named in `_SEAM` and `_ATTRIBUTES` (see also `seams`) and checked
before the first frame. Where a part is missing or behaves in another way, the app renders as stock Textual does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol, TypeGuard, TypeVar, runtime_checkable

from rich.console import RenderableType
from textual import _compositor, events
from textual.app import App
from textual.driver import Driver
from textual.errors import NoWidget
from textual.filter import Monochrome, NoColor
from textual.geometry import Offset, Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from jpmanage_tui.ui.terminal.ascii import locale_is_ascii
from jpmanage_tui.ui.terminal.cells import split_cells
from jpmanage_tui.ui.terminal.characters import CharacterFilter, splitter
from jpmanage_tui.ui.terminal.colors import ColorDepth, color_depth
from jpmanage_tui.ui.terminal.dirty_region import narrow
from jpmanage_tui.ui.terminal.painter import ATOMIC, Painter
from jpmanage_tui.ui.terminal.screen_buffer import ScreenBuffer
from jpmanage_tui.ui.terminal.style_table import StyleTable
from jpmanage_tui.ui.terminal.terminfo import erases_with_background, is_old, writes_faint

if TYPE_CHECKING:
    from textual._compositor import ChopsUpdate, LayoutUpdate

ReturnType = TypeVar("ReturnType")

_SEAM: tuple[tuple[object, tuple[str, ...]], ...] = (
    (App, ("_display", "_on_resize", "post_display_hook")),
    (_compositor, ("ChopsUpdate", "LayoutUpdate", "Compositor")),
    (_compositor.Compositor, ("cuts", "visible_widgets", "render_partial_update")),
    (Strip, ("crop",)),
    (Screen, ("_on_idle", "_on_timer_update", "_compositor_refresh")),
)
"""What must be there of Textual's modules and classes."""
_ATTRIBUTES = (
    "_batch_count",
    "_running",
    "_closed",
    "_driver",
    "_sync_available",
    "_filters",
    "_background_screens",
)
"""What an app must have; besides, screens `_compositor.render_update`, updates strips, spans and chops."""
_SURPRISES = (AttributeError, TypeError, ValueError, KeyError, IndexError)
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


@runtime_checkable
class PatientDriver(Protocol):
    """A driver that knows when the terminal is slower than the app, and puts the pen down when it leaves."""

    @property
    def behind(self) -> bool:
        """Whether something written before has not reached the terminal yet."""

    def when_drained(self, callback: Callable[[], None]) -> None:
        """Call `callback` once, on the event loop, as soon as all that was written has gone out."""


@runtime_checkable
class HasCursor(Protocol):
    """A widget that says where in it the terminal's cursor stands while it has the focus, as Textual's `Input` does."""

    @property
    def cursor_screen_offset(self) -> Offset:
        """The cell, counted from the upper left corner of the screen."""


def seam_available(app: App[ReturnType]) -> str | None:
    """Return None where all that the differ needs of Textual is there, else the first part missing."""
    for owner, names in _SEAM:
        for name in names:
            if not hasattr(owner, name):
                return f"{getattr(owner, '__name__', owner)}.{name}"
    return next((f"App.{name}" for name in _ATTRIBUTES if not hasattr(app, name)), None)


def _is_layout(update: object) -> TypeGuard[LayoutUpdate]:
    return isinstance(update, _compositor.LayoutUpdate)


def _is_chops(update: object) -> TypeGuard[ChopsUpdate]:
    return isinstance(update, _compositor.ChopsUpdate)


class CellDiffer(App[ReturnType]):
    """An App whose screen goes to the terminal cell by cell.

    Use it in the place of `App`. Headless and inline apps are not touched. `TERM`, `COLORTERM` and `NO_COLOR`
    are read when the app is made.
    """

    def __init__(
        self,
        *,
        driver_class: type[Driver] | None = None,
        colors: ColorDepth | None = None,
        cells: bool = True,
        ascii_only: bool | None = None,
        accessible: bool = False,
    ) -> None:
        """Make the app; a driver class, colors and `ascii_only` of None are those of the platform and the environment.

        With `cells=False` it renders as stock Textual does. `accessible`: a line of which anything changes is written
        anew as a whole, so that a screen reader reads it as one; widgets ask for it, and draw no signs then.
        """
        super().__init__(driver_class=driver_class)
        term = os.environ.get("TERM", "")
        self.color_depth = color_depth(os.environ) if colors is None else colors
        self.dark_background: bool | None = None
        """Whether the terminal's background is dark; None where that is not known."""
        if self.color_depth.rich is not None:
            self.console._color_system = self.color_depth.rich  # so that stock rendering has as many
        self._old_terminal = is_old(term)
        self._pens = StyleTable(
            self.color_depth,
            only_reset=self._old_terminal,
            faint=writes_faint(term),
            erases_with_background=erases_with_background(term),
        )
        self._target: ScreenBuffer | None = None
        self._painter: Painter | None = None
        self._stale_rows: set[int] = set()
        self._ambiguous_is_wide = False
        self.accessible = accessible
        self.ascii_only = locale_is_ascii(os.environ) if ascii_only is None else ascii_only
        """Whether nothing but ASCII is drawn."""
        self._split_cells = splitter(ascii_only=self.ascii_only, accessible=accessible)
        self._application_mode: object = None
        self.stock_rendering_because: str | None = seam_available(self) if cells else "switched off"
        """Why frames are rendered as stock Textual does; None while the differ runs."""
        # The differ drops colors itself and needs to see where they were.
        self._filters = [one for one in self._filters if not isinstance(one, (NoColor, Monochrome))]
        if self.stock_rendering_because is not None:
            self._filter_as_stock()

    @property
    def paints_promptly(self) -> bool:
        """Whether screens paint at once what changed; where stock Textual renders, its clock says when."""
        return self.stock_rendering_because is None

    def _filter_as_stock(self) -> None:
        """Leave to Textual's own filters what the differ does itself: no colors, nothing but ASCII."""
        if self.color_depth is ColorDepth.NONE:
            self._filters.append(NoColor())
        if self._split_cells is not split_cells:
            self._filters.append(CharacterFilter(self._split_cells))

    def repaint_all(self) -> None:
        """Paint the whole terminal anew, whatever it shows (a message of another program, a garbled line)."""
        self._forget_terminal()
        self.refresh()

    def take_ambiguous_width(self, cells: int) -> None:
        """Take over in how many cells (1 or 2) the terminal shows characters of ambiguous width, such as `…`.

        One that shows it in more takes no UTF-8: nothing but ASCII is drawn from now on.
        """
        if cells > 2 and not self.ascii_only:
            self.ascii_only = True
            self._split_cells = splitter(ascii_only=True, accessible=self.accessible)
            if self.stock_rendering_because is not None:
                self._filters = [one for one in self._filters if not isinstance(one, CharacterFilter)]
                self._filters.append(CharacterFilter(self._split_cells))
            self.repaint_all()
        elif self._ambiguous_is_wide != (cells == 2):
            self._ambiguous_is_wide = cells == 2
            self.repaint_all()

    def write_to_terminal(self, data: str) -> None:
        """Send a sequence that neither draws nor moves the cursor, such as OSC 52; dropped while headless."""
        if self._driver is not None and not self._driver.is_headless:
            self._driver.write(data)

    def _forget_terminal(self) -> None:
        self._target = self._painter = None
        self._stale_rows.clear()

    def _on_resize(self, event: events.Resize) -> None:  # type: ignore[override]
        """After any resize, also one back to the same size, what the terminal kept is not known."""
        if self._target is not None:
            self._forget_terminal()
            if event.size == self.size:
                self.refresh()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Bring an update of the compositor to the terminal."""
        if self._runs() and (_is_layout(renderable) or _is_chops(renderable)):
            try:
                self._absorb(screen, renderable)
                self._emit()
                narrow(screen)
            except _SURPRISES as error:
                self._render_as_stock(error)
            else:
                self.post_display_hook()
                return
        super()._display(screen, renderable)

    def _runs(self) -> bool:
        """Say whether a frame can go to the terminal now, and through the differ."""
        driver = self._driver
        if (
            self.stock_rendering_because is not None
            or driver is None
            or driver.is_headless
            or driver.is_inline
        ):
            return False
        return self._running and not self._closed and not self._batch_count

    def _render_as_stock(self, error: Exception) -> None:
        """Leave the rendering to Textual from now on: it is not the one this module was tested with."""
        self.stock_rendering_because = f"{type(error).__name__}: {error}"
        self.log.error(f"cell differ: {self.stock_rendering_because}; stock rendering from now on")
        self._forget_terminal()
        self._filter_as_stock()
        if self._driver is not None:
            self._driver.write("\x1b]8;;\x1b\\\x1b[m")
        self.call_later(self.refresh)

    def _absorb(self, screen: Screen[object], update: LayoutUpdate | ChopsUpdate) -> None:
        """Put an update into the grid of what shall be shown."""
        writer = getattr(self._driver, "_writer_thread", None)
        if writer is not self._application_mode:  # the driver began anew, on an empty terminal
            self._application_mode = writer
            self._forget_terminal()
        if _is_chops(update):
            if self._target is not None:
                self._absorb_chops(self._target, update)
                return
            full = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
            if not _is_layout(full):
                raise TypeError(f"a full update is a {type(full).__name__}")
            self._absorb_layout(full)
        elif _is_layout(update):
            self._absorb_layout(update)

    def _absorb_layout(self, update: LayoutUpdate) -> None:
        x, y, width, height = update.region
        if (width, height) != self.size:
            return  # composed before a resize: one of the new size follows
        target = self._target
        if target is None or (target.width, target.height) != (width, height):
            target = self._target = ScreenBuffer(width, height)
            self._painter = Painter(
                self._pens, width, height,
                erases_cells=not self._old_terminal, ambiguous_is_wide=self._ambiguous_is_wide,
                whole_rows=self.accessible,
            )  # fmt: skip
        for row, strips in enumerate(update.strips, y):
            self._put(target, row, ((x, strips),))

    def _absorb_chops(self, target: ScreenBuffer, update: ChopsUpdate) -> None:
        """Take the same strips, cropped in the same way, as `ChopsUpdate.render_segments` writes."""
        for row, start, end in update.spans:
            for chop_end, (x, strip) in zip(update.chop_ends[row], update.chops[row].items(), strict=False):
                if strip is None or x > end or chop_end <= start:
                    continue
                whole = end > x >= start and chop_end <= end
                self._put(target, row, ((x, (strip if whole else strip.crop(0, min(chop_end, end) - x),)),))

    def _put(self, target: ScreenBuffer, row: int, parts: Iterable[tuple[int, Iterable[Strip]]]) -> None:
        if not 0 <= row < target.height:
            return
        line, split = target.rows[row], self._split_cells
        for x, strips in parts:
            line.put(x, (segment for strip in strips for segment in strip), self._pens, split)
        self._stale_rows.add(row)

    def _emit(self) -> None:
        """Write what differs; while the line is slower than the app wait, then write the newest state."""
        driver, target, painter = self._driver, self._target, self._painter
        if driver is None or target is None or painter is None:
            return
        patient = isinstance(driver, PatientDriver)
        if isinstance(driver, PatientDriver) and driver.behind:
            driver.when_drained(self._emit_late)
            return
        synchronized = self._sync_available
        data = painter.paint(target, self._stale_rows, self._focused_cell(), synchronized=synchronized)
        self._stale_rows.clear()
        if not data:
            return
        if not patient:
            data += painter.rest()
        if synchronized and len(data) > ATOMIC:  # the wrapping is 16 bytes more
            data = f"{_SYNC_START}{data}{_SYNC_END}"
        driver.write(data)
        driver.flush()

    def paint_ahead(self, widget: Widget, regions: Iterable[Region]) -> None:
        """Send parts of a widget now, which it has been told to refresh: the compositor comes later, and finds them sent.

        `regions` are in the widget's own cells. Nothing is sent where another frame must come before this one.
        """
        target, screen = self._target, widget.screen
        if target is None or not self._runs() or screen is not self.screen or screen._layout_required:
            return
        try:
            place = screen.find_widget(widget)
            for region in regions:
                seen = region.translate(place.region.offset).intersection(place.clip)
                if seen.size == region.size:
                    for row, strip in enumerate(widget.render_lines(region), seen.y):
                        self._put(target, row, ((seen.x, (strip,)),))
            self._emit()
        except NoWidget:
            return  # it is not on the screen yet
        except _SURPRISES as error:
            self._render_as_stock(error)

    def _emit_late(self) -> None:
        if self._runs():  # the app may have ended, and the terminal belong to the shell again
            self._emit()

    @property
    def shows_cursor(self) -> bool:
        """Whether the terminal's own cursor stands where the focus is, so that no widget needs to draw one."""
        driver = self._driver
        if self.stock_rendering_because is not None or driver is None:
            return False
        return not (driver.is_headless or driver.is_inline)

    def show_focus(self) -> None:
        """Bring the terminal's cursor to where the focus is now, or hide it, where no frame is on its way that does."""
        if self._runs() and not self._stale_rows:
            self._emit()

    def _focused_cell(self) -> tuple[int, int] | None:
        """Return (row, column) of the cell where the focus is; None where nothing has it, or it is out of view.

        A widget that does not say where its cursor is (`HasCursor`) has it in the first cell of its content.
        """
        screen = self.screen
        focused = screen.focused
        if focused is None:
            return None
        try:
            place = screen.find_widget(focused)
        except NoWidget:
            return None  # it is not laid out yet
        at = focused.cursor_screen_offset if isinstance(focused, HasCursor) else focused.content_region.offset
        seen = place.region.intersection(place.clip)
        return (at.y, at.x) if seen.contains_point(at) else None
