from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import Theme
from textual.widgets import Input, Label, OptionList

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.config.theme_files import COLORS, ThemeFile
from jpmanage_tui.config.theme_names import BUILT_IN_THEMES
from jpmanage_tui.ui.app import JpmanageApp
from jpmanage_tui.ui.common.themes import (
    THEMES,
    VARIABLES_OF,
    can_be_had,
    pick_theme,
    theme_of_file,
    theme_reason,
)
from jpmanage_tui.ui.terminal.colors import ColorDepth
from tests.ui.harness import running

XTERM = {"TERM": "xterm-256color"}
STATES = (
    "foreground",
    "block-cursor-background",
    "warning",
    "error",
    "success",
    "primary",
    "accent",
    "secondary",
    "text-muted",
)


def test_a_terminal_with_256_colors_gets_dark_and_one_with_fewer_its_own_colors() -> None:
    for term in ("xterm-256color", "screen-256color", "tmux-256color"):
        assert pick_theme({"TERM": term}, ()) == "dark"
    for term in ("xterm", "linux", "vt100"):
        assert pick_theme({"TERM": term}, (), False) == "terminal"
    assert pick_theme({**XTERM, "NO_COLOR": "1"}, ()) == "terminal"


def test_a_terminal_that_tells_its_background_gets_the_theme_for_it() -> None:
    assert pick_theme({**XTERM, "COLORFGBG": "15;0"}, (), False) == "dark"
    assert pick_theme({**XTERM, "COLORFGBG": "0;default;15"}, (), True) == "light"
    assert pick_theme({**XTERM, "COLORFGBG": "default;default"}, ()) == "dark"


def test_a_background_that_was_told_at_the_last_start_counts_where_the_environment_tells_none() -> None:
    assert pick_theme(XTERM, (), False) == "light"
    assert pick_theme(XTERM, (), True) == "dark"


def test_the_first_wanted_theme_wins_that_the_terminal_has_the_colors_for() -> None:
    assert pick_theme({**XTERM, "COLORFGBG": "15;0"}, ("light", "dark")) == "light"
    assert pick_theme(XTERM, (None, "mine"), True) == "mine"
    assert pick_theme(XTERM, ("terminal", "dark")) == "terminal"
    assert pick_theme({"TERM": "linux"}, ("light", "mine")) == "terminal"
    assert pick_theme({**XTERM, "NO_COLOR": "1"}, ("dark",)) == "terminal"


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
@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "mine"])
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


async def test_a_theme_is_shown_under_the_cursor_put_back_by_esc_and_kept_when_chosen(
    terminal: Callable[[str], None], tmp_path: Path
) -> None:
    terminal("xterm-256color")
    (tmp_path / "sea.toml").write_text('extends = "light"\nprimary = "#005f87"\n')
    (tmp_path / "torn.toml").write_text('extends = "dark"\n\nbackgroud = "#000000"\n')
    async with running() as run:
        run.app._themes_dir = tmp_path
        await run.press("t", "down")
        await run.until(lambda: run.app.theme == "light", "the theme under the cursor")
        await run.press("end")
        fault = f"{tmp_path / 'torn.toml'}, line 3: unknown key 'backgroud'; did you mean background?"
        await run.until(lambda: run.said("#about") == fault, "why the torn one cannot be had")
        assert run.app.theme == "dark"
        await run.press("up")
        await run.until(lambda: run.app.theme == "sea", "the user's own theme")
        assert run.app.theme_variables["primary"].lower() == "#005f87"
        await run.press("escape")
        await run.until(lambda: run.app.theme == "dark", "the theme as before")
        assert run.app.ui_state.theme is None
        await run.press("t", "down", "enter")
        await run.until(lambda: run.app.ui_state.theme == "light", "what was chosen")
        assert run.app.theme == "light"
        await run.sees('until the program ends: config.toml has theme = "dark"')


@pytest.mark.parametrize(("setting", "stored", "used"), [
    (None, "mine", "mine"), ("light", "mine", "light"), (None, "torn", "dark"), (None, "nord", "nord"),
    (None, None, "dark"),
])  # fmt: skip
async def test_the_start_takes_the_setting_then_what_was_chosen(
    terminal: Callable[[str], None], tmp_path: Path, setting: str | None, stored: str | None, used: str
) -> None:
    terminal("xterm-256color")
    (tmp_path / "mine.toml").write_text('background = "#000000"\n')
    (tmp_path / "torn.toml").write_text("background = 3\n")
    (tmp_path / "nord.toml").write_text('primary = "#123456"\n')
    account_service = AccountService(AppOptions(demo=True), Settings(), {})
    if stored is not None:
        account_service.ui_state.theme = stored
    app = JpmanageApp(account_service, theme=setting, themes_dir=tmp_path)
    assert app.theme == used
    if used == "nord":  # Textual has a theme of this name
        assert app.current_theme.primary == "#123456"


def test_what_the_terminal_answers_of_its_background_is_for_the_next_start() -> None:
    account_service = AccountService(AppOptions(demo=True), Settings(), {})
    JpmanageApp(account_service, theme="dark").take_background(False)
    assert account_service.ui_state.dark_background is False


def test_every_theme_can_be_had_where_there_are_256_colors() -> None:
    assert all(can_be_had(theme.name, ColorDepth.EIGHT_BIT) for theme in THEMES)
    assert [theme.name for theme in THEMES if can_be_had(theme.name, ColorDepth.NONE)] == ["terminal"]


def test_a_theme_of_the_users_has_its_own_colors_and_the_rest_of_the_one_it_extends() -> None:
    colors = {key: f"#0000{number:02x}" for number, key in enumerate(COLORS, 16)}
    theme = theme_of_file(ThemeFile("mine", "light", colors))
    made = variables_of(theme)
    for key, color in colors.items():
        for name in VARIABLES_OF.get(key, (key,)):
            assert made[name].lower() == color, name
    plain = variables_of(theme_of_file(ThemeFile("plain", "light", {})))
    assert plain == variables_of(next(one for one in THEMES if one.name == "light"))


def variables_of(theme: Theme) -> dict[str, str]:
    """All variables of a theme, as an app has them."""
    return {**theme.to_color_system().generate(), **theme.variables}


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(color: Color) -> float:
        parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in color.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [theme for theme in THEMES if not theme.ansi], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["background", "surface", "panel", "field"])
def test_words_of_every_state_are_legible_on_every_ground(theme: Theme, ground: str) -> None:
    colors = variables_of(theme)
    least = 7.0 if theme.name == "high-contrast" else 4.5
    for state in STATES if ground != "field" else ("foreground", "text-muted"):
        assert contrast(Color.parse(colors[state]), Color.parse(colors[ground])) >= least, state
    cursor = Color.parse(colors["block-cursor-background"])
    assert contrast(Color.parse(colors["block-cursor-foreground"]), cursor) >= least


class Small(App[None]):
    CSS = "Screen { background: $background; }"

    def compose(self) -> ComposeResult:
        yield Label("[$error]past due[/] [$text-muted]muted[/]")
        yield Input("text")
        yield OptionList("one", "two")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.sample(2)
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
    assert tuple(theme.name for theme in THEMES) == BUILT_IN_THEMES
