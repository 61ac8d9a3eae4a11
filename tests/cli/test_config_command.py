"""The settings file from the shell: its path, what is in force, whether it can be used, its schema, a first one."""

from __future__ import annotations

import json
import re
import stat
import tomllib

from jpmanage_tui.config.keymap import check_keys
from jpmanage_tui.config.settings import SETTINGS_HELP, Settings
from jpmanage_tui.config.settings_file import KEYS, Table
from tests.cli.harness import KEY, Cli


def test_the_path_is_told_whether_the_file_is_there_or_not(cli: Cli) -> None:
    assert cli("config", "path").out == f"{cli.config / 'config.toml'}\n"


def test_what_is_in_force_is_shown_with_where_it_comes_from_and_secrets_are_masked(cli: Cli) -> None:
    cli.settings(
        'theme = "dark"\noauth_client_secret = "hush"\nmouse = false\n[timeouts]\nread = 5.5\n[keys]\nrefresh = "R"'
    )
    cli.env(PROFILE="acme")
    ended = cli("config", "show", "--json")
    rows = {row["name"]: (row["value"], row["source"]) for row in json.loads(ended.out)}
    file = str(cli.config / "config.toml")
    assert rows["theme"] == ("dark", file)
    assert rows["mouse"] == (False, file)  # though it says what holds without it
    assert rows["read_only"] == (False, "default")
    assert rows["timeouts.read"] == (5.5, file)
    assert rows["timeouts.total"] == (90, "default")
    assert rows["keys.refresh"] == ("R", file)
    assert rows["api_url"] == (cli.url, "JPMANAGE_API_URL")
    assert rows["profile"] == ("acme", "JPMANAGE_PROFILE")
    assert rows["oauth_client_secret"] == ("********", file)
    assert "hush" not in ended.text


def test_a_file_that_cannot_be_used_is_told_and_ends_with_2(cli: Cli) -> None:
    cli.settings('them = "dark"')
    ended = cli("config", "validate")
    assert (ended.code, ended.out) == (2, "")
    assert "unknown key 'them'; did you mean theme?" in ended.err
    cli.settings('theme = "dark"')
    assert cli("config", "validate").code == 0


def test_the_first_file_holds_every_setting_can_be_used_and_is_written_once(cli: Cli) -> None:
    path = cli.config / "config.toml"
    assert cli("config", "init").out == f"{path}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert cli("config", "validate").code == 0
    text = path.read_text()
    taken = [line.removeprefix("# ") for line in text.splitlines() if " = " in line or "# [" in line]
    settings = tomllib.loads("\n".join(taken))
    assert set(settings) == set(SETTINGS_HELP)
    check_keys(settings["keys"])
    ended = cli("config", "init")
    assert ended.code == 2
    assert path.read_text() == text


def test_the_schema_names_every_setting(cli: Cli) -> None:
    schema = json.loads(cli("config", "schema").out)
    assert (
        set(schema["properties"]) == set(Settings._fields) == set(Table.__annotations__) == set(SETTINGS_HELP)
    )
    assert schema["additionalProperties"] is False
    assert all(one["description"] for one in schema["properties"].values())
    assert (schema["title"], "``" in json.dumps(schema)) == ("jpmanage config.toml", False)
    timeouts = schema["$defs"]["TimeoutsTable"]["properties"]
    assert {part: one["default"] for part, one in timeouts.items()} == Settings().timeouts._asdict()
    keys = schema["properties"]["keys"]
    assert keys["additionalProperties"] is False
    one, several = keys["properties"]["refresh"]["anyOf"]
    assert (several["type"], several["items"]) == ("array", one)
    assert keys["properties"]["licenses"]["properties"]["assign"]["anyOf"] == [one, several]
    assert not {"back", "interrupt"} & keys["properties"].keys()
    pattern = re.compile(one["pattern"])
    assert all(pattern.search(key) for key in (*KEYS, "N", "*", "ü"))
    assert not any(pattern.search(key) for key in ("f11", "ctrl+q", "ab", " ", ""))


def test_a_profile_in_the_settings_that_is_not_stored_is_told(cli: Cli) -> None:
    cli.settings('profile = "acm"')
    ended = cli("config", "validate")
    assert ended.code == 0
    assert "no profile 'acm' is stored on this machine yet" in ended.err
    cli.keep("acme", key=KEY)
    ended = cli("whoami")
    assert ended.code == 2
    assert "The settings say profile = 'acm'. There is no profile 'acm'" in ended.err
    assert "Did you mean acme?" in ended.err


def test_an_option_that_says_nothing_of_the_settings_is_refused(cli: Cli) -> None:
    ended = cli("config", "path", "--profile", "acme")
    assert ended.code == 2
    assert "--profile does not go with config path" in ended.err


def test_keys_that_clash_or_name_no_command_are_named_without_starting_the_app(cli: Cli) -> None:
    cli.settings('[keys]\nundo = ["U", "f6"]\n[keys.licenses]\nassign = "B"')
    assert cli("config", "validate").code == 0
    rows = {row["name"]: row["value"] for row in json.loads(cli("config", "show", "--json").out)}
    assert (rows["keys.undo"], rows["keys.licenses.assign"]) == ("U f6", "B")
    cli.settings('[keys]\nasign = "A"\nrefresh = "q"\n[keys.licenses]\nassign = "x"')
    ended = cli("config", "validate")
    assert ended.code == 2
    assert "names no command called 'asign'. Did you mean 'assign'?" in ended.err
    assert "gives 'q' to both 'refresh' (Everywhere) and 'quit' (Everywhere)" in ended.err
    assert "gives 'x' to both 'assign' (Licenses) and 'revoke' (Licenses)" in ended.err


def test_themes_of_the_users_are_checked_and_named(cli: Cli) -> None:
    cli.settings('theme = "sea"')
    themes = cli.config / "themes"
    themes.mkdir()
    (themes / "sea.toml").write_text('primary = "#005f87"\n')
    ended = cli("config", "validate")
    assert ended.code == 0
    assert f"The themes of {themes} can be used: sea." in ended.err
    (themes / "sea.toml").write_text('\nprimary = "blue"\n')
    ended = cli("config", "validate")
    assert ended.code == 2
    assert f'{themes / "sea.toml"}, line 2: primary: must be a color such as "#48c774".' in ended.err
