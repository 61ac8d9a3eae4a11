"""`jpmanage whoami` and `jpmanage logout`."""

from __future__ import annotations

import pytest

from tests.cli.harness import KEY, SECOND_KEY, USER, USER_NEW, USER_ONE_KEY, USER_TERMS, Cli

ME = "GET /rest/v1.1/me 200"
PARTNER = "GET /wpcom/v2/jetpack-licensing/partner 200"
COUNTS = "GET /wpcom/v2/jetpack-licensing/licenses/counts 200"


def test_whoami_asks_once_for_the_user_the_partner_and_the_key(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER_ONE_KEY)
    cli.forget_requests()
    ended = cli("whoami")
    assert ended.code == 0
    assert sorted(cli.asked()) == sorted([ME, PARTNER, COUNTS])
    assert "user token from JPMANAGE_USER_TOKEN" in ended.out
    assert "in use" in ended.out
    assert "from the account" in ended.out


def test_whoami_with_a_key_token_alone_says_that_no_account_is_known(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    cli.forget_requests()
    ended = cli("whoami")
    assert ended.code == 0
    assert cli.asked() == [COUNTS]
    assert "not known" in ended.out
    assert "key from JPMANAGE_TOKEN; it serves" in ended.out


def test_whoami_says_which_of_both_tokens_came_from_where(cli: Cli) -> None:
    cli.env(TOKEN=SECOND_KEY, USER_TOKEN=USER)
    out = cli("whoami").out
    assert "user token from JPMANAGE_USER_TOKEN" in out
    assert "key from JPMANAGE_TOKEN; it serves" in out


def test_whoami_with_a_key_of_another_account_says_so(cli: Cli) -> None:
    cli.env(TOKEN=KEY, USER_TOKEN=USER_ONE_KEY)
    out = cli("whoami").out
    assert "of no key listed above" in out
    assert "in use" not in out


def test_whoami_lists_the_keys_while_none_is_chosen(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)
    ended = cli("whoami")
    assert ended.code == 0
    assert ended.out.count("Partner key:") == 2
    assert "none chosen yet" in ended.out


def test_whoami_tells_open_terms_and_a_missing_partner_record(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER_TERMS)
    assert "terms of service open" in cli("whoami").out
    cli.env(USER_TOKEN=USER_NEW)
    ended = cli("whoami")
    assert ended.code == 3
    assert "not registered as a partner" in ended.out


def test_whoami_says_when_a_sign_in_ends(cli: Cli) -> None:
    cli.browser()
    cli.switch(oauth_user=USER_ONE_KEY)
    cli("login", "--web")
    assert "then renewed" in cli("whoami").out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("GET /*/licenses/counts 401 x9", 3),
        ("GET /*/licenses/counts 429=90 x9", 4),
        ("GET /*/licenses/counts reset-before x9", 5),
        ("GET /*/licenses/counts malformed x9", 5),
    ],
)
def test_whoami_ends_with_the_exit_code_of_what_happened(cli: Cli, fault: str, code: int) -> None:
    cli.env(TOKEN=KEY)
    cli.faults(fault)
    ended = cli("whoami")
    assert ended.code == code, ended.text
    assert ended.err.startswith("jpmanage: ")
    assert ended.err.count("\n") == 1


def test_whoami_without_any_token_ends_with_3(cli: Cli) -> None:
    ended = cli("whoami")
    assert ended.code == 3
    assert "jpmanage login" in ended.err


def test_whoami_with_profiles_but_no_default_one_names_them(cli: Cli) -> None:
    for name in ("one", "two", "three"):
        cli("login", "--profile", name, typed=f"{KEY}\n")
    cli("logout", "--profile", "one")
    ended = cli("whoami")
    assert ended.code == 3
    assert "three, two" in ended.err
    assert cli("whoami", "--profile", "two").code == 0


def test_a_dead_server_ends_with_5(cli: Cli) -> None:
    cli.env(TOKEN=KEY, API_URL="http://127.0.0.1:9")
    assert cli("whoami").code == 5


def test_a_profile_beside_a_token_of_the_environment_ends_with_2(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    for arguments in (("--profile", "acme", "whoami"), ("whoami", "--profile", "acme")):
        ended = cli(*arguments)
        assert ended.code == 2
        assert "JPMANAGE_TOKEN" in ended.err


def test_a_profile_of_another_api_is_not_used(cli: Cli) -> None:
    cli("login", typed=f"{KEY}\n")
    cli.forget_requests()
    cli.env(API_URL=None)
    ended = cli("whoami")
    assert ended.code == 2
    assert "belongs to the API at" in ended.err
    assert cli.asked() == []


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("config.toml", "tokn_command = 'x'\n", "did you mean token_command"),
        ("config.toml", "api_url = 'http://example.com'\n", "api_url"),
        ("credentials.toml", "profiles = 3\n", "profiles must be a table"),
        ("credentials.toml", "[profiles.default]\nkey_token = 'a b'\n", "profiles.default.key_token"),
    ],
)
def test_a_bad_file_ends_with_2_and_is_named(cli: Cli, file: str, text: str, words: str) -> None:
    cli.settings("")
    path = cli.config / file
    path.write_text(text)
    path.chmod(0o600)
    cli.env(API_URL=None)
    ended = cli("whoami")
    assert ended.code == 2
    assert file in ended.err
    assert words in ended.err


def test_a_credentials_file_that_others_may_open_ends_with_2(cli: Cli) -> None:
    cli("login", typed=f"{KEY}\n")
    cli.store.path.chmod(0o644)
    ended = cli("whoami")
    assert ended.code == 2
    assert "chmod 600" in ended.err


def test_logout_forgets_a_pasted_token_and_says_that_it_stays_valid(cli: Cli) -> None:
    cli("login", typed=f"{USER_ONE_KEY}\n")
    cli.forget_requests()
    ended = cli("logout")
    assert ended.code == 0
    assert cli.store.list() == ()
    assert cli.asked() == []
    assert "user token itself stays valid" in ended.out
    assert "partner keys' tokens stay valid" in ended.out
    assert USER_ONE_KEY not in cli.store.path.read_text()


def test_logout_revokes_a_sign_in(cli: Cli) -> None:
    cli.browser()
    cli.switch(oauth_user=USER_ONE_KEY)
    cli("login", "--web")
    given = cli.profile().user_token
    assert given is not None
    ended = cli("logout")
    assert ended.code == 0
    assert "was revoked at WordPress.com" in ended.out
    assert "partner keys' tokens stay valid" in ended.out
    cli.env(USER_TOKEN=given.get_secret_value())
    assert cli("whoami").code == 3, "the server does not take the token any more"


def test_logout_forgets_also_when_the_server_cannot_be_reached_and_says_so(cli: Cli) -> None:
    cli.browser()
    cli.switch(oauth_user=USER_ONE_KEY)
    cli("login", "--web")
    cli.faults("POST /oauth2-1/revoke reset-before x9")
    ended = cli("logout")
    assert ended.code == 6
    assert "could not be revoked" in ended.out
    assert cli.store.list() == ()


def test_logout_of_what_is_not_there_ends_with_3(cli: Cli) -> None:
    assert cli("logout").code == 3
    ended = cli("logout", "--profile", "acme")
    assert ended.code == 3
    assert "acme" in ended.err


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"USER_TOKEN": "wrong"}, "Token rejected (401): JPMANAGE_USER_TOKEN is invalid or expired"),
        ({"TOKEN": "wrong"}, "Token rejected (401): JPMANAGE_TOKEN is invalid or expired"),
        (
            {"TOKEN": "wrong", "USER_TOKEN": USER_ONE_KEY},
            "Token rejected (401): JPMANAGE_TOKEN is invalid or expired",
        ),
    ],
)
def test_a_rejected_token_is_named_and_no_key_is_advised(
    cli: Cli, variables: dict[str, str], words: str
) -> None:
    cli.env(**variables)
    ended = cli("whoami")
    assert ended.code == 3
    assert words in ended.err
    assert "Set another one and start again." in ended.err
    assert "ress K" not in ended.text


def test_a_rejected_token_of_a_profile_is_named_with_the_way_to_another_one(cli: Cli) -> None:
    cli.keep("acme", user="wrong")
    ended = cli("whoami", "--profile", "acme")
    assert "Token rejected (401): the user token of profile acme is invalid or expired" in ended.err
    assert "`jpmanage login --profile acme` gets another one." in ended.err


def test_a_rejected_token_of_a_command_is_named_by_its_setting(cli: Cli) -> None:
    cli.settings('user_token_command = "echo wrong"\n')
    ended = cli("whoami")
    assert "Token rejected (401): what user_token_command printed is invalid or expired" in ended.err
