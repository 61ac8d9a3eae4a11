from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from jpmanage_tui.config.credentials import CredentialStore, Profile
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.state import StateFile
from jpmanage_tui.config.tokens import checked_token

ACME = Profile(
    name="acme",
    account="Acme GmbH – Größe",
    key_token=SecretStr("key-token"),
    key_id=7,
    key_name="Main",
    user_token=SecretStr("user-token"),
    refresh_token=SecretStr("refresh-token"),
    expires_at=datetime(2026, 12, 1, tzinfo=UTC),
    client_id="99",
    client_routes="oauth2",
)


@pytest.fixture
def store(tmp_path: Path) -> CredentialStore:
    return CredentialStore(tmp_path / "config")


def test_a_profile_comes_back_as_it_was_saved(store: CredentialStore) -> None:
    store.save(ACME)
    assert store.load("acme") == ACME
    assert store.list() == ("acme",)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_a_profile_never_shows_a_token() -> None:
    shown = f"{ACME!r} {ACME}"
    assert "-token" not in shown.replace("key_token", "").replace("user_token", "")
    for secret in ("key-token", "user-token", "refresh-token"):
        assert secret not in shown


def test_the_first_profile_is_the_default_until_another_is_chosen(store: CredentialStore) -> None:
    assert store.default() is None
    store.save(ACME)
    store.save(ACME.model_copy(update={"name": "beta"}))
    assert store.default() == "acme"
    store.save(store.load("beta"), make_default=True)
    assert store.default() == "beta"
    store.save(ACME.model_copy(update={"name": "gamma"}), make_default=True)
    assert store.default() == "gamma"


def test_a_deleted_default_leaves_the_only_other_one_as_default_and_else_none(store: CredentialStore) -> None:
    for name in ("acme", "beta", "gamma"):
        store.save(ACME.model_copy(update={"name": name}))
    assert store.delete("acme")
    assert store.default() is None
    assert store.delete("beta")
    assert store.default() == "gamma"
    assert not store.delete("beta")


def test_a_missing_profile_is_named_with_those_there_are(store: CredentialStore) -> None:
    with pytest.raises(ConfigError, match=r"and no other\. `jpmanage login` adds one"):
        store.load("acme")
    store.save(ACME)
    with pytest.raises(ConfigError, match="'acne'; there are: acme"):
        store.load("acne")


@pytest.mark.parametrize("name", ["", "a b", "../a", ".hidden", "x" * 65, "ä", "a\n"])
def test_a_name_that_cannot_be_one_is_refused(store: CredentialStore, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot name a profile"):
        store.save(ACME.model_copy(update={"name": name}))
    assert not store.path.exists()


def test_credentials_that_others_may_read_are_refused(store: CredentialStore) -> None:
    store.save(ACME)
    store.path.chmod(0o604)
    with pytest.raises(ConfigError, match="chmod 600"):
        store.list()


@pytest.mark.parametrize(
    "text",
    [
        "profiles = 3",
        "profiles.acme = 3",
        '[profiles.acme]\nkey_id = "hush"',
        '[profiles.acme]\nkey_token = "hush hush"',
        '[profiles.acme]\nhush = "x"',
        '[profiles.acme]\nexpires_at = "hush"',
        "[[",
    ],
)
def test_a_damaged_file_is_named_without_what_it_holds(store: CredentialStore, text: str) -> None:
    store.save(ACME)
    store.path.write_text(text)
    with pytest.raises(ConfigError, match=r"credentials\.toml") as caught:
        store.list()
    assert "hush hush" not in caught.value.sentence
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("token", ["", "  ", "a b", "a\nb", "a\x1bb", "ä", "x" * 5000])
def test_what_cannot_stand_in_a_header_is_no_token(token: str) -> None:
    with pytest.raises(ConfigError, match="Pasted text is not a token") as caught:
        checked_token(token, "Pasted text")
    assert not token.strip() or token not in caught.value.sentence


def test_white_space_around_a_pasted_token_is_dropped() -> None:
    assert checked_token(" abc\n", "it").get_secret_value() == "abc"


def test_the_chosen_key_is_remembered_by_profile_and_holds_no_secret(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state")
    assert state.key_id("profile acme") is None
    state.remember_key("profile acme", 7)
    state.remember_key("profile beta", 8)
    state.set("ui", "theme", "dark")
    assert (state.key_id("profile acme"), state.key_id("profile beta"), state.get("ui", "theme")) == (
        7,
        8,
        "dark",
    )
    state.remember_key("profile acme", None)
    assert state.key_id("profile acme") is None
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o600


def test_a_damaged_state_file_is_put_aside_and_forgotten(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state")
    state.remember_key("profile acme", 7)
    state.path.write_text("][")
    assert state.key_id("profile acme") is None
    assert state.path.with_name("state.toml.broken").read_text() == "]["
    state.remember_key("profile acme", 9)
    assert state.key_id("profile acme") == 9
