"""Profiles from the shell: listed without a token, chosen by option, variable, setting, or as the default one."""

from __future__ import annotations

import json

import pytest

from tests.cli.harness import KEY, SECOND_KEY, USER_ONE_KEY, Cli, token


@pytest.fixture
def two(cli: Cli) -> Cli:
    """The command line with two profiles; the first one stored is the default one."""
    cli.keep("acme", key=KEY)
    cli.keep("bistro", key=SECOND_KEY)
    return cli


def origin(cli: Cli, *arguments: str) -> str:
    """Return where the key's token comes from."""
    return str(json.loads(cli("whoami", "--json", *arguments).out)[0]["key_token_from"])


def test_profiles_are_listed_without_a_token(two: Cli) -> None:
    ended = two("profiles", "list", "--json")
    rows = json.loads(ended.out)
    assert [(row["name"], row["default"], row["key_token"], row["user_token"]) for row in rows] == [
        ("acme", True, True, False),
        ("bistro", False, True, False),
    ]
    assert rows[0]["api_url"] == two.url
    assert KEY not in ended.text
    assert two("profiles", "list", "--fields", "name").out == "acme\nbistro\n"


def test_a_profile_is_made_the_default_one(two: Cli) -> None:
    assert origin(two) == "profile acme"
    assert two("profiles", "use", "bistro").code == 0
    assert origin(two) == "profile bistro"
    ended = two("profiles", "use", "bistr")
    assert (ended.code, ended.out) == (2, "")
    assert "There is no profile 'bistr'; there are: acme, bistro. Did you mean bistro?" in ended.err


def test_an_option_wins_over_the_variable_that_over_the_setting_and_that_over_the_default(two: Cli) -> None:
    two.settings('profile = "bistro"')
    assert origin(two) == "profile bistro"
    assert "config.toml says profile = bistro" in two("profiles", "use", "acme").err
    two.env(PROFILE="acme")
    assert origin(two) == "profile acme"
    assert origin(two, "--profile", "bistro") == "profile bistro"


def test_a_variable_that_names_a_profile_contradicts_a_token(two: Cli) -> None:
    two.env(PROFILE="acme", TOKEN=KEY)
    ended = two("whoami")
    assert ended.code == 2
    assert "JPMANAGE_PROFILE cannot be used together with JPMANAGE_TOKEN" in ended.err
    two.env(PROFILE=None)
    two.settings('profile = "acme"')
    assert origin(two) == "key from JPMANAGE_TOKEN"  # a setting gives way


@pytest.mark.parametrize(("kind", "given"), [("key", KEY), ("user", USER_ONE_KEY)])
def test_a_token_is_read_from_standard_input_and_kept(cli: Cli, kind: str, given: str) -> None:
    ended = cli("login", "--with-token", kind, "--profile", "cron", typed=f"{given}\n")
    assert ended.code == 0, ended.err
    assert "Kept as profile cron" in ended.out
    assert given not in ended.text
    kept = cli.profile("cron")
    assert token(kept.key_token if kind == "key" else kept.user_token) == given


def test_a_token_is_tried_as_what_it_is_said_to_be_and_as_nothing_else(cli: Cli) -> None:
    ended = cli("login", "--with-token", "user", typed=f"{KEY}\n")
    assert ended.code in (3, 4)
    assert cli.store.list() == ()
    ended = cli("login", "--with-token", "key", typed="\n")
    assert ended.code == 3
    assert "No token came from standard input. Nothing was kept." in ended.err


def test_what_the_settings_refuse_is_refused_as_by_the_option(two: Cli) -> None:
    two.settings("read_only = true")
    two.forget_requests()
    ended = two("licenses", "unassign", "jetpack-scan_x", "--yes")
    assert ended.code == 2
    assert "read" in ended.err
    assert two.asked() == []


def test_agencies_are_refused_in_words(two: Cli) -> None:
    ended = two("licenses", "list", "--agency", "101")
    assert ended.code == 2
    assert "--agency is for accounts of Automattic for Agencies" in ended.err
