from __future__ import annotations

import random
import re
from typing import Any

import pyte
import pytest
from textual import _compositor, events
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Input

from jpmanage_tui.ui.common.themes import THEMES
from jpmanage_tui.ui.terminal import differ
from jpmanage_tui.ui.terminal.colors import ColorDepth
from jpmanage_tui.ui.terminal.differ import seam_available
from tests.ui.terminal.apps.gallery import Gallery, Rows
from tests.ui.terminal.harness import CapturingDriver, Mirror, resize

KEYS = (
    "down", "up", "pagedown", "pageup", "tab", "shift+tab", "enter", "escape", "a", "漢", "é", "left",
    "right", "backspace", "home", "end", "ctrl+d", "ctrl+t", "ctrl+l", "space",
)  # fmt: skip
COLOR_CODE = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


class MirroredGallery(Mirror, Gallery):
    pass


def gallery(theme: str = "ansi-dark", colors: ColorDepth = ColorDepth.TRUECOLOR) -> MirroredGallery:
    app = MirroredGallery(driver_class=CapturingDriver, colors=colors)
    app.theme = theme
    return app


class Plain(Gallery):
    """The gallery with what it sends kept in its driver."""

    @property
    def sent(self) -> list[str]:
        assert isinstance(self._driver, CapturingDriver)
        return self._driver.written

    def take(self) -> str:
        data = "".join(self.sent)
        self.sent.clear()
        return data


def plain(*, cells: bool = True, colors: ColorDepth = ColorDepth.SIXTEEN) -> Plain:
    app = Plain(driver_class=CapturingDriver, colors=colors, cells=cells)
    app.theme = "ansi-dark"
    return app


async def press_at_random(pilot: Pilot[Any], chance: random.Random, count: int) -> None:
    for _ in range(count):
        if chance.random() < 0.1:
            await resize(pilot, chance.randint(20, 100), chance.randint(5, 30))
        else:
            await pilot.press(chance.choice(KEYS))


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "theme"), [(1, "ansi-dark"), (2, "ansi-dark"), (3, "textual-dark")])
async def test_after_every_frame_of_random_keys_and_resizes_both_terminals_show_the_same(
    seed: int, theme: str
) -> None:
    app = gallery(theme)
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await press_at_random(pilot, random.Random(seed), 25)
        app.compare()
        assert app.frames > 12
        assert app.differed_bytes < app.stock_bytes / 3


@pytest.mark.slow
async def test_dialogs_tables_and_fields_show_the_same_at_120_by_36() -> None:
    app = gallery()
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await pilot.press("pagedown", "pagedown", "down", "up")
        await pilot.press("ctrl+d", "x", "漢", "left", "backspace", "escape")
        await pilot.press("tab", "down", "down", "pagedown")
        await pilot.press("tab", "tab", "a", "é", "left", "tab", "enter", "漢", "up", "b")
        app.compare()
        assert app.frames > 15


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_each_theme_shows_the_same_through_the_differ(theme: Any) -> None:
    app = gallery()
    for one in THEMES:
        app.register_theme(one)
    app.theme = theme.name
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("down", "ctrl+d", "a", "escape", "tab", "down")
        app.compare()


@pytest.mark.slow
async def test_another_emulator_sees_two_apps_alike_one_through_the_differ_and_one_stock() -> None:
    screens: list[list[Any]] = []
    for cells in (True, False):
        app = plain(cells=cells)
        async with app.run_test(headless=False, size=(80, 24)) as pilot:
            await pilot.press("down", "down", "pagedown", "ctrl+d", "a", "b", "escape", "tab", "down")
            await pilot.pause()
            screen = pyte.Screen(80, 24)
            pyte.Stream(screen).feed(app.take())
        screens.append([screen.buffer[row][column] for row in range(24) for column in range(80)])
    unseen = {"fg": "", "bold": False, "italics": False}  # of a blank
    seen = [[cell._replace(**unseen) if cell.data == " " else cell for cell in one] for one in screens]
    for place, (one, other) in enumerate(zip(*seen, strict=True)):
        assert one == other, divmod(place, 80)


@pytest.mark.slow
async def test_a_move_in_the_list_costs_its_marker_and_the_counter() -> None:
    app = gallery()
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await pilot.press("down")
        await pilot.pause()
        costs = []
        for key in ("down", "down", "up", "down"):
            app.take_bytes()
            await pilot.press(key)
            await pilot.pause()
            costs.append(app.take_bytes()[1])
        assert max(costs) <= 40, costs


@pytest.mark.slow
async def test_typing_tab_and_dialogs_stay_within_their_bytes() -> None:
    app = gallery()
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        cost: dict[str, int] = {}
        for key in ("tab", "ctrl+d", "x", "y", "escape"):
            await pilot.pause()
            app.take_bytes()
            await pilot.press(key)
            await pilot.pause()
            cost[key] = app.take_bytes()[1]
        assert cost["tab"] <= 1000
        assert cost["ctrl+d"] <= 5000
        assert cost["escape"] <= 5000
        assert max(cost["x"], cost["y"]) <= 200


async def test_a_resize_is_one_repaint_and_the_same_size_again_repaints_too() -> None:
    app = plain()
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await pilot.pause()
        first = len(app.take())
        for size in ((100, 30), (120, 36), (120, 36)):
            await resize(pilot, *size)
            await pilot.pause(0.05)
            sent = app.take()
            assert sent.count("\x1b[2J") == 1, size
            assert len(sent) < 1.3 * first


async def test_a_resize_that_is_taken_back_before_it_was_painted_is_repainted_as_well() -> None:
    app = plain()
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await pilot.pause()
        app.take()
        for size in (Size(110, 30), Size(120, 36)):
            await app._post_message(events.Resize(size, size))
        await pilot.pause(0.1)
        assert app.take().count("\x1b[2J") == 1


async def test_nothing_is_sent_when_widgets_say_they_changed_but_did_not() -> None:
    app = plain()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.pause()
        app.take()
        app.screen.refresh()
        app.query_one(Rows).refresh()
        await pilot.pause(0.05)
        assert app.take() == ""


async def test_repaint_all_paints_everything_again_whatever_the_terminal_shows() -> None:
    app = gallery()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("down")
        assert app.stock is not None
        assert app.differed is not None
        await pilot.pause()
        app.differed.feed("\x1b[2J\x1b[10;10Hconnection lost by a friend")
        app.repaint_all()  # at once: a frame of before in between would rightly differ
        await pilot.pause()
        app.compare()


async def test_where_ambiguous_characters_are_wide_a_line_of_them_is_written_in_one_piece() -> None:
    app = plain()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.pause()
        app.take()
        app.take_ambiguous_width(1)
        await pilot.pause()
        assert app.take() == ""
        app.take_ambiguous_width(2)
        await pilot.pause()
        sent = app.take()
        assert "\x1b[2J" in sent
        line = re.search("┌?─{5,}┐?", sent)
        assert line is not None
        await pilot.press("down")
        await pilot.pause()
        assert app.stock_rendering_because is None


async def test_synchronized_output_wraps_a_frame_where_the_terminal_offers_it_unless_it_is_tiny() -> None:
    app = plain()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.pause()
        assert "\x1b[?2026" not in app.take()
        app._sync_available = True
        await pilot.press("ctrl+d")
        await pilot.pause()
        for frame in app.sent:
            if len(frame) > 90:
                assert frame.startswith("\x1b[?2026h")
                assert frame.endswith("\x1b[?2026l")
        assert any(frame.startswith("\x1b[?2026h") for frame in app.sent)
        await pilot.press("escape")
        await pilot.pause()
        app.take()
        await pilot.press("down")
        await pilot.pause()
        assert "\x1b[?2026" not in app.take()


async def test_without_colors_no_color_code_is_sent_and_the_fields_cursor_is_still_seen() -> None:
    app = plain(colors=ColorDepth.NONE)
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("down", "ctrl+d", "a", "escape", "tab", "down", "tab", "a")
        await pilot.pause()
        sent = app.take()
    assert not COLOR_CODE.search(sent)
    assert re.search(r"\x1b\[[0-9;]*\b7\b", sent)


async def test_no_color_of_the_environment_reaches_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Plain(driver_class=CapturingDriver)
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("down", "tab", "down")
        await pilot.pause()
        sent = app.take()
    assert sent
    assert not COLOR_CODE.search(sent)


async def test_stock_rendering_without_colors_sends_the_terminals_own_ones_only() -> None:
    app = plain(colors=ColorDepth.NONE, cells=False)
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("down", "tab", "down")
        await pilot.pause()
        sent = app.take()
    assert app.stock_rendering_because == "switched off"
    assert not COLOR_CODE.search(re.sub(r"(?<=[;[])[34]9(?=[;m])", "", sent))


@pytest.mark.parametrize("name", ["ChopsUpdate", "LayoutUpdate"])
async def test_where_a_part_of_textual_is_missing_the_app_renders_as_stock(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differ, "_SEAM", ((_compositor, (f"{name}Renamed",)),))
    app = plain()
    assert app.stock_rendering_because == f"textual._compositor.{name}Renamed"
    assert seam_available(app) == f"textual._compositor.{name}Renamed"
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("down")
        await pilot.pause()
        screen = pyte.Screen(80, 24)
        pyte.Stream(screen).feed(app.take())
        assert any("2 of 500" in line for line in screen.display)


async def test_where_textual_behaves_in_another_way_the_app_falls_back_and_shows_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = plain()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("down")
        assert app.stock_rendering_because is None

        app.take()

        def renamed(_: object) -> object:
            raise AttributeError("region is no more")

        monkeypatch.setattr(LayoutUpdate, "region", property(renamed, lambda *_: None), raising=False)
        monkeypatch.setattr(LayoutUpdate, "render_segments", lambda *_: "stock was asked")
        app.screen.refresh()
        await pilot.pause()
        monkeypatch.undo()
        app.screen.refresh()
        await pilot.press("down")
        await pilot.pause()
        reason: str | None = app.stock_rendering_because
        assert reason == "AttributeError: region is no more"
        assert "stock was asked" in "".join(app.sent)
        screen = pyte.Screen(80, 24)
        pyte.Stream(screen).feed(app.take())
        assert any("3 of 500" in line for line in screen.display)


class Slow(CapturingDriver):
    """A driver on a line that takes nothing until it is told."""

    behind = False

    def when_drained(self, callback: Any) -> None:
        self.callback = callback


async def test_on_a_slow_line_frames_are_not_queued_but_the_newest_state_is_sent_at_last() -> None:
    app = Plain(driver_class=Slow, colors=ColorDepth.SIXTEEN)
    app.theme = "ansi-dark"
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.pause()
        screen = pyte.Screen(80, 24)
        stream = pyte.Stream(screen)
        stream.feed(app.take())
        driver = app._driver
        assert isinstance(driver, Slow)
        driver.behind = True
        await pilot.press(*["down"] * 8)
        await pilot.pause()
        assert app.take() == ""
        driver.behind = False
        driver.callback()
        sent = app.take()
        assert len(sent) < 150
        stream.feed(sent)
        assert any("9 of 500" in line for line in screen.display)
        driver.behind = True
        await pilot.press("up")
        late = driver.callback
    driver.behind = False
    driver.written.clear()
    late()
    assert driver.written == []  # the terminal is the shell's again


async def test_a_headless_app_is_left_alone() -> None:
    app = Gallery()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down")
        assert app._target is None


async def test_the_cursor_stands_where_text_is_typed() -> None:
    app = gallery()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("ctrl+d", "a", "漢", "left")
        await pilot.pause()
        app.compare()
        field = app.screen.query_one(Input)
        assert app.differed is not None
        at = app.differed.column, app.differed.row
        assert at == tuple(field.cursor_screen_offset)


async def test_a_resize_between_two_frames_paints_nothing_of_the_old_size() -> None:
    app = plain()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.pause()
        app.take()
        await pilot.app._post_message(events.Resize(Size(40, 10), Size(40, 10)))
        await pilot.press("down")
        await pilot.pause(0.05)
        rows = [int(row) for row in re.findall(r"\x1b\[(\d+)(?:;\d+)?H", app.take())]
        assert max(rows) <= 10


def test_the_differ_is_an_app_that_needs_nothing_else() -> None:
    assert seam_available(App()) is None
