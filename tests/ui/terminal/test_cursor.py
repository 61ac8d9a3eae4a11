"""The terminal's own cursor: it stands where the focus is, and is hidden where nothing has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rich.style import Style
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Static

from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.checkbox import Checkbox
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.virtual_list import MARKER, VirtualList
from tests.ui.terminal.emulator import Cell, Emulator
from tests.ui.terminal.harness import REVERSE, CapturingDriver, Mirror


class Names(VirtualList):
    """A hundred rows."""

    DEFAULT_CSS = "Names { height: 4; }"

    def line_count(self) -> int:
        return 100

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        del width
        return [(f"row {line}", self.rich_style)]


class Parts(Mirror):
    """One of each part that may have the focus."""

    AUTO_FOCUS = None

    def __init__(self, *, accessible: bool = False) -> None:
        super().__init__(driver_class=CapturingDriver, accessible=accessible)

    def compose(self) -> ComposeResult:
        yield Input(id="field")
        yield Checkbox("E-mail", True, id="check")
        yield Button("Go", id="go")
        yield Names(id="names")
        with VerticalScroll(id="text", can_focus=True):
            yield Static("\n".join(f"line {number}" for number in range(30)))

    @property
    def terminal(self) -> Emulator:
        driver, terminal = self._driver, self.differed
        assert isinstance(driver, CapturingDriver)
        assert terminal is not None
        terminal.feed("".join(driver.written))
        driver.written.clear()
        return terminal

    @property
    def under_cursor(self) -> Cell | None:
        """The cell under the cursor, None where that is hidden."""
        terminal = self.terminal
        return terminal.cells[terminal.row][terminal.column] if terminal.shows_cursor else None


@asynccontextmanager
async def parts(*, accessible: bool = False) -> AsyncIterator[tuple[Parts, Pilot[Any]]]:
    app = Parts(accessible=accessible)
    async with app.run_test(headless=False, size=(40, 12)) as pilot:
        await pilot.pause()
        yield app, pilot


async def focus(app: Parts, pilot: Pilot[Any], name: str) -> None:
    app.query_one(name).focus()
    await pilot.pause()
    app.show_focus()


async def test_it_is_hidden_until_something_has_the_focus_and_again_when_nothing_has() -> None:
    async with parts() as (app, pilot):
        shown = [app.terminal.shows_cursor]
        await focus(app, pilot, "#go")
        shown.append(app.terminal.shows_cursor)
        app.set_focus(None)
        await pilot.pause()
        app.show_focus()
        shown.append(app.terminal.shows_cursor)
        assert shown == [False, True, False]


async def test_on_a_control_it_stands_on_the_first_cell_and_on_a_text_too() -> None:
    async with parts() as (app, pilot):
        for name, sign in (("#check", "["), ("#go", "["), ("#text", "l")):
            await focus(app, pilot, name)
            assert app.under_cursor is not None, name
            assert app.under_cursor.text == sign, name


async def test_in_a_field_it_stands_where_text_is_typed_and_no_cursor_is_drawn() -> None:
    async with parts() as (app, pilot):
        await focus(app, pilot, "#field")
        await pilot.press("a", "漢", "b", "left")
        app.show_focus()
        assert app.terminal.column == 3
        assert app.under_cursor is not None
        assert app.under_cursor.text == "b"
        assert REVERSE not in app.under_cursor.pen.attributes
        await pilot.press("end")
        app.show_focus()
        assert app.terminal.column == 4
        assert app.under_cursor == app.terminal.cells[app.terminal.row][5]


async def test_in_a_list_it_stands_right_of_the_reversed_marker_and_goes_out_of_view_with_its_row() -> None:
    async with parts() as (app, pilot):
        await focus(app, pilot, "#names")
        rows = app.query_one(Names)
        for _ in range(7):
            rows.move(1)
            await pilot.pause()
            terminal = app.terminal
            marker = terminal.cells[terminal.row][0:2]
            assert (terminal.column, marker[0].text, rows.cursor) == (2, MARKER, rows.cursor)
            assert all(REVERSE in cell.pen.attributes for cell in marker)
        rows.scroll_to(y=40, animate=False, force=True, immediate=True)
        await pilot.pause()
        app.show_focus()
        assert app.under_cursor is None


async def test_without_the_focus_a_list_keeps_its_marker_and_it_is_not_reversed() -> None:
    async with parts() as (app, pilot):
        await focus(app, pilot, "#names")
        await focus(app, pilot, "#go")
        marker = next(cell for line in app.terminal.cells for cell in line if cell.text == MARKER)
        assert REVERSE not in marker.pen.attributes


async def test_nothing_is_sent_while_nothing_moves() -> None:
    async with parts() as (app, pilot):
        await focus(app, pilot, "#names")
        app.terminal  # noqa: B018 - takes what was sent
        app.show_focus()
        await pilot.pause(0.1)
        driver = app._driver
        assert isinstance(driver, CapturingDriver)
        assert driver.written == []


async def test_where_stock_rendering_runs_a_field_draws_its_cursor() -> None:
    async with Parts().run_test(size=(40, 12)) as pilot:
        field = pilot.app.query_one(Input)
        assert not pilot.app.shows_cursor  # type: ignore[attr-defined]
        assert field.get_component_rich_style("input--cursor") != Style.null()


async def test_in_the_accessible_mode_it_stands_at_the_beginning_of_a_row_and_an_arrow_paints_nothing() -> (
    None
):
    async with parts(accessible=True) as (app, pilot):
        await focus(app, pilot, "#names")
        rows = app.query_one(Names)
        app.terminal  # noqa: B018 - takes what was sent
        before = app.differed_bytes
        rows.move(1)
        await pilot.pause()
        assert app.differed_bytes - before <= 1
        terminal = app.terminal
        assert "".join(cell.text for cell in terminal.cells[terminal.row]).startswith("row 1 ")
        assert terminal.column == 0
