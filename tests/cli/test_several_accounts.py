"""Reading several accounts at once: every profile, every partner key, and what happens where one of them fails."""

from __future__ import annotations

import csv
import io
import json

from tests.cli.harness import KEY, SECOND_KEY, USER, USER_TERMS, Cli

LIST = ("licenses", "list", "--json", "--fields")


def test_all_profiles_are_read_and_named(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    cli.keep("bistro", key=SECOND_KEY)
    ended = cli("licenses", "list", "--json", "--all-profiles")
    assert (ended.code, ended.err) == (0, "")
    rows = json.loads(ended.out)
    assert next(iter(rows[0])) == "profile"
    assert {row["profile"] for row in rows} == {"acme", "bistro"}
    alone = json.loads(cli("licenses", "list", "--json", "--profile", "bistro").out)
    assert [{**row, "profile": "bistro"} for row in alone] == [
        row for row in rows if row["profile"] == "bistro"
    ]


def test_all_keys_are_read_and_named(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)
    ended = cli("licenses", "list", "--csv", "--all-keys", "--fields", "key_id,key,license_code")
    assert (ended.code, ended.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    keys = sorted({row["key_id"] for row in rows})
    assert len(keys) == 2
    for key in keys:
        alone = cli("licenses", "list", "--key", key, "--fields", "license_code").out.split()
        assert alone == [row["license_code"] for row in rows if row["key_id"] == key]


def test_where_one_fails_the_others_are_printed_and_it_ends_with_6(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    cli.keep("broken", key="no-such-token")
    cli.keep("terms", user=USER_TERMS)
    ended = cli(*LIST, "profile", "--all-profiles")
    assert ended.code == 6
    assert {row["profile"] for row in json.loads(ended.out)} == {"acme"}
    lines = [json.loads(line) for line in ended.err.splitlines()]
    assert [line["exit"] for line in lines] == [3, 2]
    assert lines[0]["message"].startswith("profile broken: token rejected (401)")
    assert lines[1]["message"].startswith("profile terms: ")


def test_where_all_fail_the_first_failure_is_the_exit_code(cli: Cli) -> None:
    cli.keep("broken", key="no-such-token")
    cli.keep("broken2", key="no-such-token")
    ended = cli("licenses", "list", "--all-profiles")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.count("token rejected (401)") == 2


def test_the_limit_is_of_the_whole(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    cli.keep("bistro", key=SECOND_KEY)
    rows = json.loads(cli(*LIST, "profile", "--all-profiles", "--limit", "2").out)
    assert [row["profile"] for row in rows] == ["acme", "acme"]


def test_what_contradicts_itself_is_refused(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    for arguments, words in (
        (("--all-profiles",), "--all-profiles cannot be used together with JPMANAGE_TOKEN"),
        (("--all-keys", "--key", "1"), "--key and --all-keys contradict each other"),
        (("--all-keys",), "not known without a user token"),
        (("--demo", "--all-profiles"), "--demo and --all-profiles contradict each other"),
    ):
        ended = cli("licenses", "list", *arguments)
        assert ended.code in (2, 3), ended
        assert words in ended.err
    cli.env(TOKEN=None)
    assert "No profile is stored" in cli("licenses", "list", "--all-profiles").err


def test_a_key_is_named_by_its_id_and_not_remembered(cli: Cli) -> None:
    cli.keep("acme", user=USER)
    rows = json.loads(cli("whoami", "--json").out)
    first, second = (row["key_id"] for row in rows)
    ended = cli("licenses", "list", "--limit", "1")
    assert ended.code == 2
    assert f"Choose one with --key ID: {first} (" in ended.err
    assert cli("licenses", "list", "--limit", "1", "--key", str(second)).code == 0
    assert cli("licenses", "list", "--limit", "1").code == 2
    ended = cli("licenses", "list", "--key", "7")
    assert ended.code == 3
    assert f"has no usable partner key 7; there are: {first} (" in ended.err
