"""Profiles from the shell: listed without a token, chosen by option, variable, setting, or as the default one."""

from __future__ import annotations

import json
import os

import pytest

from tests.cli.harness import KEY, SECOND_KEY, USER, USER_NEW, USER_ONE_KEY, Cli, token


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


def test_a_user_token_of_several_keys_is_kept_and_the_keys_are_named(cli: Cli) -> None:
    ended = cli("login", "--with-token", "user", "--profile", "cron", typed=f"{USER}\n")
    assert (ended.code, ended.err) == (0, "")
    assert "Kept as profile cron: Nordlicht Digital, no partner key chosen." in ended.out
    first, second = (row["key_id"] for row in json.loads(cli("whoami", "--json").out))
    assert f"Choose one with --key ID: {first} (Nordlicht Digital), {second} (" in ended.out
    assert token(cli.profile("cron").user_token) == USER


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


@pytest.mark.parametrize(("kind", "given"), [("key", KEY), ("user", USER_ONE_KEY)])
def test_a_token_never_takes_the_place_of_one_of_the_other_kind(cli: Cli, kind: str, given: str) -> None:
    cli.keep("acme", **({"user": USER_ONE_KEY} if kind == "key" else {"key": KEY}))
    before = cli.profile("acme")
    cli.forget_requests()
    ended = cli("login", "--with-token", kind, "--profile", "acme", typed=f"{given}\n")
    assert ended.code == 2
    assert "which would be lost" in ended.err
    assert cli.profile("acme") == before
    assert cli.asked() == []


def test_a_token_replaces_one_of_its_kind(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    assert cli("login", "--with-token", "key", "--profile", "acme", typed=f"{SECOND_KEY}\n").code == 0
    assert token(cli.profile("acme").key_token) == SECOND_KEY


def test_a_token_command_serves_in_crons_environment(cli: Cli) -> None:
    cli.settings(f'token_command = "echo {KEY}"')
    for name in list(os.environ):
        if not name.startswith("JPMANAGE_"):
            cli.monkeypatch.delenv(name)
    cli.monkeypatch.setenv("PATH", "/usr/bin:/bin")
    for arguments in (("whoami",), ("licenses", "list", "--limit", "1"), ("prices", "list", "--limit", "1")):
        ended = cli(*arguments)
        assert (ended.code, ended.err) == (0, ""), arguments
    assert origin(cli) == "token_command"


def test_what_wins_over_the_default_profile_is_told_when_it_is_set(two: Cli) -> None:
    two.env(PROFILE="acme")
    ended = two("profiles", "use", "bistro")
    assert "JPMANAGE_PROFILE is set, which wins over the default profile" in ended.err


def test_whoami_has_an_entry_for_a_token_of_no_key_and_for_an_account_that_is_not_registered(
    cli: Cli,
) -> None:
    cli.env(TOKEN=KEY, USER_TOKEN=USER_ONE_KEY)
    rows = json.loads(cli("whoami", "--json").out)
    assert [row["in_use"] for row in rows] == [False, True]
    assert (rows[1]["key_id"], rows[1]["key_token_from"]) == (None, "key from JPMANAGE_TOKEN")
    cli.env(TOKEN=None, USER_TOKEN=USER_NEW)
    ended = cli("whoami", "--json")
    assert ended.code == 3
    [row] = json.loads(ended.out)
    assert (row["account"], row["user_token_from"]) == (None, "user token from JPMANAGE_USER_TOKEN")


def test_whoami_follows_the_key_that_is_asked_for(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)
    second = json.loads(cli("whoami", "--json").out)[1]["key_id"]
    rows = json.loads(cli("whoami", "--json", "--key", str(second)).out)
    assert [row["in_use"] for row in rows] == [False, True]
    assert f"(id {second}, in use)" in cli("whoami", "--key", str(second)).out
    for form in ((), ("--json",)):
        assert "has no usable partner key 7" in cli("whoami", "--key", "7", *form).err
