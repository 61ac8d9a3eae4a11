"""The user's own themes: what a file may hold, and what is said of one that cannot be used."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.load_settings import load_settings
from jpmanage_tui.config.theme_files import ThemeFile, load_theme_file, theme_file_names


def test_a_file_gives_its_name_what_it_extends_and_its_colors(tmp_path: Path) -> None:
    (tmp_path / "sea.toml").write_text('extends = "light"\nprimary = "#005f87"\nmuted = "#444"\n')
    assert load_theme_file(tmp_path, "sea") == ThemeFile(
        "sea", "light", {"primary": "#005f87", "muted": "#444"}
    )
    (tmp_path / "plain.toml").write_text("")
    assert load_theme_file(tmp_path, "plain") == ThemeFile("plain", "dark", {})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('\nprimry = "#000"\n', "line 2: unknown key 'primry'; did you mean primary?"),
        ('# x\n"zzz" = 1\n', "line 2: unknown key 'zzz'; valid keys are extends, "),
        ('[colors]\nprimary = "#000"\n', "line 1: unknown key 'colors'; "),
        ('extends = "terminal"\n', "line 1: extends: must be one of dark, light, high-contrast."),
        ('extends = "dark"\npanel = "blue"\n', 'line 2: panel: must be a color such as "#48c774".'),
        ("panel = 7\n", 'line 1: panel: must be a color such as "#48c774".'),
        ('panel = "#12345"\n', 'line 1: panel: must be a color such as "#48c774".'),
    ],
)
def test_what_is_wrong_names_the_file_the_line_and_the_nearest_key(
    tmp_path: Path, text: str, fault: str
) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ConfigError, match="^" + re.escape(f"{tmp_path / 'mine.toml'}, {fault}")):
        load_theme_file(tmp_path, "mine")


def test_a_file_that_is_no_toml_or_not_there_or_of_a_bad_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("][")
    for name, fault in (
        ("mine", "not valid TOML"),
        ("none", "cannot be read"),
        ("My Theme", "a theme's name has"),
    ):
        with pytest.raises(ConfigError, match=fault):
            load_theme_file(tmp_path, name)


def test_the_names_are_those_of_the_files_and_never_a_built_in_one(tmp_path: Path) -> None:
    assert theme_file_names(tmp_path / "nowhere") == ()
    for name in ("sea.toml", "dark.toml", "ash.toml", "notes.txt"):
        (tmp_path / name).write_text("")
    assert theme_file_names(tmp_path) == ("ash", "sea")


def test_the_setting_takes_a_file_that_is_there_and_names_the_nearest_otherwise(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('theme = "sea"\n')
    env = {"JPMANAGE_CONFIG_DIR": str(tmp_path)}
    with pytest.raises(
        ConfigError, match="there is no theme 'sea'; there are terminal, dark, light, high-contrast"
    ):
        load_settings(env)
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "sea.toml").write_text("")
    assert load_settings(env).theme == "sea"
    config.write_text('theme = "lihgt"\n')
    with pytest.raises(ConfigError, match="did you mean light"):
        load_settings(env)


def test_a_name_that_cannot_be_shown_is_left_out(tmp_path: Path) -> None:
    for name in (b"\xff", b"a\x1b]0;title\x07", b"[red]x", b"ok"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name + b".toml")).write_text("")
    assert theme_file_names(tmp_path) == ("[red]x", "ok")
