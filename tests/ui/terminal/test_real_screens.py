"""The real program through both paths: every section, the dialogs, random keys and resizes, cell by cell."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import ChopsUpdate
from textual.driver import Driver

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.sandbox.app import create_sandbox
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.ui.app import JpmanageApp
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.themes import TERMINAL
from jpmanage_tui.ui.dialogs.browser import BrowserDialog
from jpmanage_tui.ui.sections.registry import SECTIONS
from jpmanage_tui.ui.terminal.colors import ColorDepth
from jpmanage_tui.ui.terminal.keyboard import POSITION_QUERY
from tests.sandbox.harness import NOW
from tests.ui.harness import LARGE, SMALL, AtOnce, Run, key_event
from tests.ui.terminal.harness import CapturingDriver, Mirror, resize

DIALOGS = ("question_mark", "ctrl+p", "0", "s", "full_stop", "a", "u", "x", "e", "t", "K", "S", "n", "o")
KEYS = (
    *(key_for(f"open-{section.name}") for section in SECTIONS), *DIALOGS, "i", "j", "k", "down", "up",
    "pagedown", "pageup", "g", "G", "enter", "enter", "right", "left", "tab", "tab", "shift+tab", "escape",
    "escape", "escape", "space", "V", "asterisk", "slash", "right_square_bracket", "left_square_bracket", "r",
    "ctrl+l", "backspace", "m", "漢", "é", "home", "end", "z", "f2",
)  # fmt: skip
"""No key that ends the program, and none that writes a file."""
PACE = 0.02
"""Seconds between two keys."""
CLIPBOARD = "\x1b]52;"


class QuietDriver(CapturingDriver):
    """A driver whose terminal has a clipboard that nobody looks at, and answers no query."""

    def write(self, data: str) -> None:
        if not data.startswith((CLIPBOARD, POSITION_QUERY)):
            super().write(data)


class MirroredApp(Mirror, JpmanageApp):
    """The program, with every frame shown by two terminals and compared."""

    def get_driver_class(self) -> type[Driver]:
        return QuietDriver

    def _display(self, screen: Any, renderable: RenderableType | None) -> None:
        """Begin with a whole frame, as the differ does: the first one may have come before the app ran."""
        update: object = renderable
        if self._target is None and isinstance(update, ChopsUpdate):
            full = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
            super()._display(screen, full)
        else:
            super()._display(screen, renderable)

    def compare(self) -> None:
        """Compare; without colors only texts and attributes, since stock Textual still sends some colors."""
        if self.color_depth is not ColorDepth.NONE:
            super().compare()
            if self.theme == TERMINAL and not isinstance(
                self.screen, BrowserDialog
            ):  # a QR code is black on white
                self.no_background_but_the_terminals_own()
            return
        assert self.stock is not None
        assert self.differed is not None
        left, right = (
            [[(cell.text, cell.pen.attributes, cell.pen.link) for cell in line] for line in terminal.seen()]
            for terminal in (self.stock, self.differed)
        )
        for row, column in self.ahead:
            left[row][column] = right[row][column]
        for row, (stock, differed) in enumerate(zip(left, right, strict=True)):
            assert stock == differed, f"row {row}, frame {self.frames}"
        assert not any(
            cell.pen.foreground or cell.pen.background for line in self.differed.cells for cell in line
        )

    def no_background_but_the_terminals_own(self) -> None:
        """A black one where the user has chosen another, or black text on it, cannot be read."""
        assert self.differed is not None
        for row, line in enumerate(self.differed.cells):
            black = [column for column, cell in enumerate(line) if cell.pen.background == "0"]
            assert not black, f"row {row}, columns {black[:9]}: {self.differed.display[row]}"


@asynccontextmanager
async def mirrored(
    size: tuple[int, int],
    theme: str,
    downloads: Path,
    *,
    licenses: int = 250,
    faults: Sequence[str] = (),
    app_class: type[MirroredApp] = MirroredApp,
) -> AsyncIterator[tuple[Run, MirroredApp]]:
    sandbox = create_sandbox(SandboxOptions(licenses=licenses, now=NOW, faults=tuple(faults)))
    env = {"JPMANAGE_DOWNLOAD_DIR": str(downloads)}
    account_service = AccountService(AppOptions(demo=True, demo_now=NOW), Settings(), env, sandbox)
    app = app_class(account_service, theme=theme, keyboard=AtOnce())
    account_service.on_operation_event, account_service.ask = app.on_operation_event, app.ask_about_earlier
    account_service.on_run_event = app.on_run_event
    async with app.run_test(headless=False, size=size) as pilot:
        run = Run(app, pilot, sandbox)
        try:
            await run.until(
                lambda: "1/" in app.main.section.counter() if app.main.section else False, "first rows"
            )
            yield run, app
            await run.until(lambda: not app.ahead and not app.unsettled(), "everything is composed")
            app.compare()
            assert app.stock_rendering_because is None
        finally:
            await app.before_end(0)


TRUECOLOR, SIXTEEN, MONO = "truecolor", "16 colors", "no color"


@pytest.fixture
def over_ssh(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Make the environment that of a terminal over SSH with such colors; returns the theme that it gets."""

    def choose(colors: str) -> str:
        for name in ("NO_COLOR", "COLORTERM", "TMUX", "DISPLAY", "WAYLAND_DISPLAY", "COLORFGBG"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
        monkeypatch.setenv("TERM", "xterm")
        if colors == TRUECOLOR:
            monkeypatch.setenv("COLORTERM", "truecolor")
            return "dark"
        if colors == MONO:
            monkeypatch.setenv("NO_COLOR", "1")
        return "terminal"

    return choose


async def press(run: Run, *keys: str) -> None:
    """Press keys at the pace of a fast typist, also when the program is not ready with the one before."""
    driver = run.app._driver
    assert driver is not None
    for key in keys:
        driver.send_message(key_event(key))
        await asyncio.sleep(PACE)


async def back_to_the_list(run: Run) -> None:
    """Close what is open, whatever it asks."""
    for _ in range(20):
        if len(run.app.screen_stack) == 2:
            return
        await press(run, "escape")
        await run.pilot.pause()
    raise AssertionError(f"escape does not close it:\n{run.text()}")


async def tour(run: Run, app: MirroredApp) -> None:
    """Open every section, then every dialog of the Licenses screen."""
    for section in SECTIONS:
        await press(run, key_for(f"open-{section.name}"))
        await run.until(lambda name=section.name: app.main.current == name, section.title)  # type: ignore[misc]
        await press(run, "down", "enter", "pagedown", "tab", "escape", "escape")
        await back_to_the_list(run)
    await press(run, key_for(f"open-{SECTIONS[0].name}"))
    for key in DIALOGS:
        await press(run, key, "down", "tab")
        await back_to_the_list(run)
    assert app.frames > 2 * (len(SECTIONS) + len(DIALOGS))
    assert app.differed_bytes < app.stock_bytes / 3


@pytest.mark.slow
async def test_every_section_and_dialog_shows_the_same_as_stock_textual(
    over_ssh: Callable[[str], str], tmp_path: Path
) -> None:
    async with mirrored(SMALL, over_ssh(SIXTEEN), tmp_path) as (run, app):
        await tour(run, app)


@pytest.mark.long
@pytest.mark.parametrize("colors", [TRUECOLOR, SIXTEEN, MONO])
async def test_at_120_by_36_every_section_and_dialog_shows_the_same_too(
    colors: str, over_ssh: Callable[[str], str], tmp_path: Path
) -> None:
    async with mirrored(LARGE, over_ssh(colors), tmp_path) as (run, app):
        await tour(run, app)


async def play(run: Run, chance: random.Random, keys: int) -> None:
    for _ in range(keys):
        if chance.random() < 0.08:
            await resize(run.pilot, chance.randint(30, 130), chance.randint(8, 40))
        else:
            await press(run, chance.choice(KEYS))


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "colors"), [(1, TRUECOLOR), (2, SIXTEEN), (3, MONO)])
async def test_after_random_keys_and_resizes_every_cell_is_as_stock_textual_paints_it(
    seed: int, colors: str, over_ssh: Callable[[str], str], tmp_path: Path
) -> None:
    async with mirrored(SMALL, over_ssh(colors), tmp_path) as (run, app):
        await play(run, random.Random(seed), 40)
        assert app.frames > 15


@pytest.mark.long
@pytest.mark.parametrize("colors", [TRUECOLOR, SIXTEEN, MONO])
@pytest.mark.parametrize("seed", range(10, 20))
async def test_a_long_evening_of_random_keys_never_shows_a_wrong_cell(
    seed: int, colors: str, over_ssh: Callable[[str], str], tmp_path: Path
) -> None:
    async with mirrored(SMALL if seed % 2 else LARGE, over_ssh(colors), tmp_path) as (run, app):
        await play(run, random.Random(seed), 200)
        assert app.frames > 25
