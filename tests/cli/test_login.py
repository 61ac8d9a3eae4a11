"""`jpmanage login`."""

from __future__ import annotations

import stat

import pytest

from tests.cli.harness import APP_ID, APP_SECRET, KEY, USER, USER_NEW, USER_ONE_KEY, USER_TERMS, Cli, token

PARTNER = "GET /wpcom/v2/jetpack-licensing/partner"


def test_a_user_token_is_kept_once_it_has_served(cli: Cli) -> None:
    ended = cli("login", typed=f"{USER_ONE_KEY}\n\n")
    assert ended.code == 0
    assert "Kept as profile default" in ended.out
    profile = cli.profile()
    assert token(profile.user_token) == USER_ONE_KEY
    assert profile.key_token is None, "the key's token comes from the account each time"
    assert profile.account
    assert profile.key_name


def test_a_key_token_alone_is_kept_and_asked_for_once(cli: Cli) -> None:
    cli.forget_requests()
    assert cli("login", typed=f"\n{KEY}\n").code == 0
    assert token(cli.profile().key_token) == KEY
    assert cli.asked() == ["GET /wpcom/v2/jetpack-licensing/licenses/counts 200"]


def test_a_single_token_may_be_of_either_kind(cli: Cli) -> None:
    assert cli("login", typed=f"{KEY}\n").code == 0
    assert token(cli.profile().key_token) == KEY
    assert cli.profile().user_token is None


def test_both_tokens_are_kept_and_the_key_is_found_at_the_account(cli: Cli) -> None:
    ended = cli("login", typed=f"{USER}\n{KEY}\n")
    assert ended.code == 0
    assert (token(cli.profile().user_token), token(cli.profile().key_token)) == (USER, KEY)
    assert cli.profile().key_id is not None


def test_of_several_keys_one_is_asked_for_and_remembered(cli: Cli) -> None:
    ended = cli("login", typed=f"{USER}\n\nsoon\n9\n2\n")
    assert ended.code == 0
    assert "several partner keys" in ended.out
    assert f"partner key {cli.profile().key_name}" in ended.out
    again = cli("whoami")
    assert f"{cli.profile().key_name} (id {cli.profile().key_id}, in use)" in again.out


def test_without_an_answer_which_key_the_sign_in_is_kept_all_the_same(cli: Cli) -> None:
    ended = cli("login", typed=f"{USER}\n\n")
    assert ended.code == 3
    assert "No partner key was chosen" in ended.err
    assert token(cli.profile().user_token) == USER


def test_a_wrong_token_ends_with_3_and_is_not_kept(cli: Cli) -> None:
    ended = cli("login", typed="wrong-token\n")
    assert ended.code == 3
    assert "401" in ended.err
    assert cli.store.list() == ()


def test_a_wrong_key_token_beside_a_good_user_token_is_not_kept(cli: Cli) -> None:
    assert cli("login", typed=f"{USER}\nwrong-token\n").code == 3
    assert cli.store.list() == ()


def test_no_token_ends_with_3(cli: Cli) -> None:
    ended = cli("login", typed="\n\n")
    assert ended.code == 3
    assert "No token was given" in ended.err


def test_what_cannot_be_a_token_is_refused_and_not_repeated(cli: Cli) -> None:
    ended = cli("login", typed="two words\n\n")
    assert ended.code == 2
    assert "User token is not a token" in ended.err
    assert "two words" not in ended.text


def test_open_terms_are_accepted_on_request_and_through_the_journal(cli: Cli) -> None:
    refused = cli("login", typed=f"{USER_TERMS}\n\nno\n")
    assert refused.code == 3
    assert "jetpack.com/platform-agreement" in refused.out
    cli.forget_requests()
    ended = cli("login", typed=f"{USER_TERMS}\n\naccept\n")
    assert ended.code == 0
    assert "The terms of service are accepted." in ended.out
    assert cli.asked().count(PARTNER.replace("GET", "PUT") + " 200") == 1
    assert (cli.folder / "state" / "journal.sqlite").exists()


def test_an_account_without_partner_record_is_kept_for_the_sign_up_form(cli: Cli) -> None:
    ended = cli("login", typed=f"{USER_NEW}\n\n")
    assert ended.code == 0
    assert "not registered as a partner" in ended.out
    assert token(cli.profile().user_token) == USER_NEW


def test_the_profile_can_be_named_and_the_first_one_is_the_default(cli: Cli) -> None:
    assert cli("login", "--profile", "acme", typed=f"{KEY}\n").code == 0
    assert cli("login", "--profile", "other", typed=f"{USER_ONE_KEY}\n").code == 0
    assert cli.store.list() == ("acme", "other")
    assert cli.store.default() == "acme"


def test_without_a_name_the_default_profile_is_signed_in_anew(cli: Cli) -> None:
    cli("login", "--profile", "acme", typed=f"{KEY}\n")
    assert "profile acme" in cli("login", typed=f"{USER_ONE_KEY}\n").out
    assert cli.store.list() == ("acme",)
    assert cli.profile("acme").key_token is None, "nothing of the old sign-in stays"


def test_a_name_that_cannot_be_a_profile_ends_with_2(cli: Cli) -> None:
    ended = cli("login", "--profile", "../x", typed=f"{KEY}\n")
    assert ended.code == 2
    assert "cannot name a profile" in ended.err


def test_the_credentials_file_can_be_read_by_its_owner_only(cli: Cli) -> None:
    cli("login", typed=f"{KEY}\n")
    assert stat.S_IMODE(cli.store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(cli.config.stat().st_mode) == 0o700


def test_a_token_in_the_environment_is_named_because_it_wins(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    assert "JPMANAGE_TOKEN is set and wins" in cli("login", typed=f"{USER_ONE_KEY}\n").out


def test_a_browser_here_signs_in_with_wordpress_com(cli: Cli) -> None:
    cli.browser()
    cli.switch(oauth_user=USER_ONE_KEY)
    cli.forget_requests()
    ended = cli("login", "--web")
    assert ended.code == 0, ended.text
    assert "opened in your browser" in ended.out
    profile = cli.profile()
    assert profile.user_token
    assert profile.refresh_token
    assert profile.expires_at
    assert profile.client_id
    assert profile.client_routes == "oauth2-1"
    assert cli.asked() == [
        "POST /oauth2-1/register 201",
        "GET /oauth2-1/authorize 302",
        "POST /oauth2-1/token 200",
        f"{PARTNER} 200",
    ]


def test_a_registered_app_signs_in_by_the_older_pages_and_nothing_is_assumed_of_its_end(cli: Cli) -> None:
    cli.browser()
    cli.switch(oauth_user=USER_ONE_KEY)
    cli.settings(f'oauth_client_id = "{APP_ID}"\noauth_client_secret = "{APP_SECRET}"\n')
    cli.forget_requests()
    assert cli("login", "--web").code == 0
    profile = cli.profile()
    assert profile.client_routes == "oauth2"
    assert token(profile.client_secret) == APP_SECRET
    assert (profile.refresh_token, profile.expires_at) == (None, None)
    assert "POST /oauth2-1/register 201" not in cli.asked()
    assert cli("whoami").code == 0


def test_a_token_that_the_licensing_api_refuses_is_given_back_and_the_other_ways_are_named(cli: Cli) -> None:
    cli.browser()
    cli.switch(oauth_partner="refused")
    cli.forget_requests()
    ended = cli("login", "--web")
    assert ended.code == 3
    for words in (
        "does not take the token",
        "Paste a user token",
        "developer.wordpress.com/apps",
        "/callback",
    ):
        assert words in ended.err
    assert cli.asked().count("POST /oauth2-1/revoke 200") == 2
    assert cli.asked().count(f"{PARTNER} 403") == 1, "one GET of the partner decides"
    assert cli.store.list() == ()


def test_a_user_who_declines_ends_the_try(cli: Cli) -> None:
    cli.browser()
    cli.switch(oauth_approval="denied")
    ended = cli("login", "--web")
    assert ended.code == 4
    assert "The request was denied" in ended.err


def test_a_server_that_registers_no_loopback_address_leads_to_the_other_ways(cli: Cli) -> None:
    cli.switch(oauth_loopback="refused")
    ended = cli("login", "--web")
    assert ended.code == 4
    assert "did not register this program" in ended.err
    assert "Paste a user token" in ended.err


def test_a_lost_answer_to_the_exchange_is_not_asked_again(cli: Cli) -> None:
    cli.browser()
    cli.faults("POST /oauth2-1/token reset-after")
    cli.forget_requests()
    ended = cli("login", "--web")
    assert ended.code == 7
    assert sum("POST /oauth2-1/token" in one for one in cli.asked()) == 1


def test_a_dead_server_ends_with_5(cli: Cli) -> None:
    cli.env(API_URL="http://127.0.0.1:9")
    for arguments, typed in ((("login",), f"{KEY}\n"), (("login", "--web"), "")):
        ended = cli(*arguments, typed=typed)
        assert ended.code == 5, ended.text
        assert "could not be reached" in ended.err


@pytest.mark.parametrize("way", ["--web", "--paste"])
def test_the_ways_exclude_each_other(cli: Cli, way: str) -> None:
    other = {"--web": "--paste", "--paste": "--web"}[way]
    assert cli("login", way, other).code == 2
