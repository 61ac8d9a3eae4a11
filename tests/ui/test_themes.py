from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import Theme
from textual.widgets import Input, Label, OptionList

from jpmanage_tui.config import settings as config_settings
from jpmanage_tui.ui.common.themes import THEMES, pick_theme, theme_reason, themes_for
from jpmanage_tui.ui.terminal.colors import ColorDepth
from tests.ui.harness import running

XTERM = {"TERM": "xterm-256color"}
STATES = ("foreground", "warning", "error", "success", "primary", "accent", "secondary", "text-muted")


def test_a_terminal_that_says_no_more_gets_its_own_colors_and_background() -> None:
    for term in ("xterm", "xterm-256color", "screen-256color", "tmux-256color", "linux", "vt100"):
        assert pick_theme({"TERM": term}, None) == "terminal"


def test_a_terminal_that_tells_its_background_gets_the_theme_for_it() -> None:
    assert pick_theme({**XTERM, "COLORFGBG": "15;0"}, None) == "dark"
    assert pick_theme({**XTERM, "COLORFGBG": "0;default;15"}, None) == "light"
    assert pick_theme({**XTERM, "COLORFGBG": "default;default"}, None) == "terminal"


def test_the_setting_wins_where_the_terminal_has_the_colors() -> None:
    assert pick_theme({**XTERM, "COLORFGBG": "15;0"}, "light") == "light"
    assert pick_theme({**XTERM, "COLORFGBG": "15;0"}, "terminal") == "terminal"
    assert pick_theme({"TERM": "linux"}, "light") == "terminal"
    assert pick_theme({**XTERM, "NO_COLOR": "1"}, "dark") == "terminal"


def test_an_unknown_setting_is_the_terminals_theme() -> None:
    assert pick_theme(XTERM, "solarized") == "terminal"


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        (XTERM, None),
        ({"TERM": "alacritty"}, None),
        ({"TERM": "linux"}, "needs 256 colors, this terminal (TERM=linux) has 16"),
        ({"TERM": "vt100"}, "needs 256 colors, this terminal (TERM=vt100) has none"),
        ({**XTERM, "NO_COLOR": "1"}, "needs 256 colors, and NO_COLOR is set"),
    ],
)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_why_a_theme_cannot_be_had_is_said(env: dict[str, str], reason: str | None, theme: str) -> None:
    assert theme_reason(theme, env) == reason
    assert theme_reason("terminal", env) is None


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make the environment that of a terminal of this name."""

    def choose(term: str) -> None:
        for name in ("NO_COLOR", "COLORTERM", "COLORFGBG"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("TERM", term)

    return choose


async def test_a_theme_that_the_terminal_has_no_colors_for_is_told_at_the_start_and_where_one_chooses(
    terminal: Callable[[str], None],
) -> None:
    terminal("linux")
    async with running() as run:
        reason = "needs 256 colors, this terminal (TERM=linux) has 16"
        assert f'config.toml: theme = "dark" {reason}. "terminal" is used.' in " ".join(run.status.split())
        await run.press("t", "down", "enter")
        await run.until(lambda: run.said("#about") == reason, "the reason")
        await run.press("escape")
        assert run.app.theme == "terminal"


async def test_a_theme_that_the_terminal_has_the_colors_for_is_used_without_a_word(
    terminal: Callable[[str], None],
) -> None:
    terminal("xterm-256color")
    async with running() as run:
        assert "theme" not in run.status
        assert run.app.theme == "dark"
        await run.press("t", "down", "enter")
        await run.until(lambda: run.app.theme == "light", "the chosen theme")


def test_every_theme_can_be_had_where_there_are_256_colors() -> None:
    assert set(themes_for(ColorDepth.EIGHT_BIT)) == {theme.name for theme in THEMES}
    assert themes_for(ColorDepth.NONE) == ("terminal",)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(color: Color) -> float:
        parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in color.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [theme for theme in THEMES if not theme.ansi], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_words_of_every_state_are_legible_on_every_ground(theme: Theme, ground: str) -> None:
    colors = theme.to_color_system().generate()
    for state in STATES:
        assert contrast(Color.parse(colors[state]), Color.parse(colors[ground])) >= 4.5, state
    cursor = Color.parse(colors["block-cursor-background"])
    assert contrast(Color.parse(colors["block-cursor-foreground"]), cursor) >= 4.5


class Small(App[None]):
    CSS = "Screen { background: $background; }"

    def compose(self) -> ComposeResult:
        yield Label("[$error]past due[/] [$text-muted]muted[/]")
        yield Input("text")
        yield OptionList("one", "two")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_each_theme_draws_and_the_terminals_one_paints_no_background(theme: Theme) -> None:
    app = Small()
    for one in THEMES:
        app.register_theme(one)
    app.theme = theme.name
    async with app.run_test() as pilot:
        await pilot.press("tab")
        await pilot.pause()
        styles = {
            segment.style
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and not segment.style.reverse
        }
        painted = [style.bgcolor for style in styles if style.bgcolor and not style.bgcolor.is_default]
        assert bool(painted) is not theme.ansi, painted


def test_the_settings_know_every_theme() -> None:
    assert tuple(theme.name for theme in THEMES) == config_settings.THEMES
