"""Reading several accounts at once: every profile, every partner key, and what happens where one of them fails."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.cli.command import CommandGroup
from jpmanage_tui.cli.commands import prices
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.reading import Listing, Read, each, read_command
from jpmanage_tui.config.credentials import Profile
from jpmanage_tui.services.fields.field import Field
from tests.cli.harness import KEY, SECOND_KEY, USER, USER_ONE_KEY, USER_TERMS, Cli, Ended

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
    assert lines[0]["message"].startswith("profile broken: Token rejected (401)")
    assert lines[1]["message"].startswith("profile terms: ")


def test_where_all_fail_the_first_failure_is_the_exit_code(cli: Cli) -> None:
    cli.keep("broken", key="no-such-token")
    cli.keep("broken2", key="no-such-token")
    ended = cli("licenses", "list", "--all-profiles")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.count("Token rejected (401)") == 2


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


def test_every_key_of_every_profile_is_read_and_a_profile_without_user_token_is_told(cli: Cli) -> None:
    cli.keep("agency", user=USER)
    cli.keep("key", key=KEY)
    cli.keep("small", user=USER_ONE_KEY)
    ended = cli(*LIST, "profile,key_id,license_code", "--all-profiles", "--all-keys")
    assert ended.code == 6
    rows = json.loads(ended.out)
    assert {row["profile"] for row in rows} == {"agency", "small"}
    assert len({row["key_id"] for row in rows if row["profile"] == "agency"}) == 2
    assert len({row["key_id"] for row in rows if row["profile"] == "small"}) == 1
    [line] = [json.loads(line) for line in ended.err.splitlines()]
    assert line["message"].startswith("profile key: Which partner keys there are is not known")


def test_a_profile_of_another_api_is_told_and_gets_no_request(cli: Cli) -> None:
    elsewhere = "https://elsewhere.example"
    cli.store.save(Profile(name="other", key_token=SecretStr(SECOND_KEY), api_url=elsewhere))
    cli.keep("acme", key=KEY)
    ended = cli(*LIST, "profile", "--all-profiles")
    assert ended.code == 6
    assert {row["profile"] for row in json.loads(ended.out)} == {"acme"}
    assert "profile other: " in ended.err
    assert elsewhere in ended.err


def test_an_account_that_fails_behind_its_first_row_leaves_a_whole_document(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    cli.keep("broken", key="no-such-token")

    async def rows() -> AsyncIterator[str]:
        yield "first"
        raise ApiConnectionError("no answer")

    async def read(*_: object) -> Listing[str]:
        return Listing(rows())

    ended = run_reading(cli, read, "--json", "--all-profiles")
    assert ended.code == 6
    assert json.loads(ended.out) == [
        {"profile": "acme", "name": "first"},
        {"profile": "broken", "name": "first"},
    ]
    assert [json.loads(line)["exit"] for line in ended.err.splitlines()] == [5, 5]


def test_what_is_missing_everywhere_is_refused_and_in_one_account_alone_is_partly_done(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    cli.keep("bistro", key=SECOND_KEY)
    have: list[list[str]] = []

    async def read(*_: object) -> Listing[str]:
        found = have.pop(0)
        return Listing(each(found), missed=() if found else ("There is no such thing.",))

    for these, code in (([[], []], 4), ([["x"], []], 6), ([[], ["x"]], 6), ([["x"], ["y"]], 0)):
        have[:] = these
        ended = run_reading(cli, read, "--all-profiles")
        assert (ended.code, len(ended.out.splitlines())) == (code, sum(map(len, these))), these
        assert [
            one for one in ("acme", "bistro") if f"profile {one}: There is no such thing." in ended.err
        ] == [name for name, found in zip(("acme", "bistro"), these, strict=True) if not found]


def test_what_one_account_cannot_give_is_told_and_what_no_account_can_is_told_once(cli: Cli) -> None:
    for name in ("acme", "bistro", "cafe"):
        cli.keep(name, key=KEY)
    ends: list[ExitCode] = []

    async def read(*_: object) -> Listing[str]:
        code = ends.pop(0)
        if code is not ExitCode.OK:
            raise CommandError("It cannot be done.", code)
        return Listing(each(["x"]))

    ok, usage, no_token = ExitCode.OK, ExitCode.USAGE, ExitCode.NOT_SIGNED_IN
    for these, code, told in (
        ([no_token, ok, usage], 6, 2),
        ([ok, usage, ok], 6, 1),
        ([no_token, usage, no_token], 3, 3),
        ([usage], 2, 1),
    ):
        ends[:] = these
        ended = run_reading(cli, read, "--json", "--all-profiles")
        assert (ended.code, ended.err.count("It cannot be done.")) == (code, told), these
        assert len(json.loads(ended.out or "[]")) == these.count(ok)


def run_reading(cli: Cli, read: Read[str], *arguments: str) -> Ended:
    """Run a reading command of its own, in the place of `prices list`."""
    fields = (Field[str]("name", str, "its name"),)
    command = read_command("list", "things", read, lambda: fields, examples=())
    cli.monkeypatch.setattr(prices, "COMMAND", CommandGroup("prices", (command,)))
    return cli("prices", "list", *arguments)


def test_the_demo_has_all_keys_too(cli: Cli) -> None:
    ended = cli("--demo", "--demo-licenses", "20", "licenses", "list", "--all-keys", "--fields", "key")
    assert ended.code == 0
    assert set(ended.out.splitlines()) == {"Nordlicht Digital", "Nordlicht Hosting"}


def test_csv_has_the_columns_before_the_others_and_one_line_of_names(cli: Cli) -> None:
    cli.keep("acme", user=USER)
    cli.keep("bistro", user=USER_ONE_KEY)
    lines = cli("licenses", "list", "--csv", "--all-profiles", "--all-keys").out.splitlines()
    assert lines[0].startswith("profile,key_id,key,")
    assert [line for line in lines if line.startswith("profile,")] == lines[:1]


def test_reading_opens_no_journal(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    cli.keep("bistro", user=USER_ONE_KEY)
    assert cli("licenses", "list", "--all-profiles").code == 0
    assert list((cli.folder / "state").rglob("*.sqlite*")) == []


def test_nothing_more_is_asked_once_the_limit_is_reached(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    cli.keep("broken", key="no-such-token")
    ended = cli("licenses", "list", "--all-profiles", "--limit", "1", "--fields", "profile")
    assert (ended.code, ended.out, ended.err) == (0, "acme\n", "")


@pytest.mark.parametrize("option", ["--all-profiles", "--all-keys"])
def test_a_field_that_names_the_account_is_there_only_with_its_option(cli: Cli, option: str) -> None:
    cli.env(TOKEN=KEY)
    ended = cli(*LIST, "profile" if option == "--all-profiles" else "key_id")
    assert ended.code == 2
    assert "There is no field" in ended.err
