"""`whoami` and `login` where a part of the partner record cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jpmanage_tui.sandbox.partner import routes as account_partner
from tests.cli.harness import USER, USER_ONE_KEY, Cli


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put other values into the records that the sandbox gives."""
    whole = account_partner._partner_json

    def put(**fields: Callable[[Any], Any]) -> None:
        def spoiled(*given: Any) -> dict[str, Any]:
            record: dict[str, Any] = whole(*given)  # type: ignore[assignment]
            return record | {name: change(record[name]) for name, change in fields.items()}

        monkeypatch.setattr(account_partner, "_partner_json", spoiled)

    return put


def first_only(keys: list[Any]) -> list[Any]:
    return [keys[0], None]


def test_whoami_says_which_keys_could_not_be_read_and_takes_no_other_for_the_one(
    cli: Cli, spoil: Callable[..., None]
) -> None:
    spoil(keys=first_only)
    cli.env(USER_TOKEN=USER)
    ended = cli("whoami")
    assert "1 of this account's 2 partner keys could not be read." in ended.out
    assert "none chosen yet" in ended.out
    assert ", in use" not in ended.out


def test_whoami_without_a_readable_list_of_keys_does_not_say_that_there_is_none(
    cli: Cli, spoil: Callable[..., None]
) -> None:
    spoil(keys=lambda _keys: None)
    cli.env(USER_TOKEN=USER_ONE_KEY)
    ended = cli("whoami")
    assert "The list of this account's partner keys could not be read." in ended.out


def test_login_keeps_the_token_and_leaves_the_choice_of_the_key_to_the_user(
    cli: Cli, spoil: Callable[..., None]
) -> None:
    spoil(keys=first_only)
    ended = cli("login", "--paste", typed=f"{USER}\n\n")
    assert "1 of this account's 2 partner keys could not be read." in ended.out
    assert "No partner key was chosen" in ended.err
    assert cli.store.list() == ("default",)


def test_login_says_why_no_key_can_be_had(cli: Cli, spoil: Callable[..., None]) -> None:
    spoil(keys=lambda keys: [None for _ in keys])
    ended = cli("login", "--paste", typed=f"{USER}\n\n")
    assert "None of this account's 2 partner keys could be read. So nothing can be shown." in ended.err
    assert ended.code == 3


def test_all_keys_says_which_of_them_are_not_read(cli: Cli, spoil: Callable[..., None]) -> None:
    cli.env(USER_TOKEN=USER)
    all_keys = ("licenses", "list", "--all-keys", "--fields", "key")
    read = ["Nordlicht Digital"]
    for change, code, words in (
        (first_only, 6, "Nordlicht Digital: 1 of this account's 2 partner keys could not be read."),
        (
            lambda keys: second(keys, oauth2_token=""),
            6,
            "partner key Nordlicht Hosting: The API gave no token",
        ),
        (
            lambda keys: second(keys, disabled_on="2024-01-01"),
            0,
            "Nordlicht Hosting is disabled, and is left",
        ),
    ):
        spoil(keys=change)
        ended = cli(*all_keys)
        assert (ended.code, sorted(set(ended.out.splitlines()))) == (code, read), words
        assert words in ended.err
    spoil(keys=lambda _: [])
    ended = cli(*all_keys)
    assert (ended.code, ended.out) == (3, "")
    assert "has no partner key, so it has no licenses to show." in ended.err


def second(keys: list[Any], **fields: Any) -> list[Any]:
    """Return two keys, the second one with other fields."""
    return [keys[0], keys[1] | fields]
