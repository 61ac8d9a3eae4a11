"""What the first release stored, and what its users wrote into their settings, is read whatever the code calls it.

`golden/make.py` made the files with the code of that release. They are never made anew.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from jpmanage_tui.config.command_keys import DEFAULT_KEYS, LATER_KEYS, RENAMED
from jpmanage_tui.config.credentials import CredentialStore, Profile
from jpmanage_tui.config.keymap import Keymap, check_keys
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.config.state import StateFile

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with copies that only their owner may open, as the program makes them."""
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    for name in ("credentials.toml", "state.toml"):
        shutil.copyfile(GOLDEN / name, folder / name)
        (folder / name).chmod(0o600)
    return folder


def test_every_field_of_a_profile_is_read(folder: Path) -> None:
    store = CredentialStore(folder)
    assert store.list() == ("agency", "signed-in")
    assert store.default() == "signed-in"
    assert store.load("agency") == Profile(
        name="agency", key_token=SecretStr("a-key-token"), key_id=45, key_name="Acme – Größe"
    )
    assert store.load("signed-in") == Profile(
        name="signed-in",
        account="Acme",
        key_token=SecretStr("another-key-token"),
        key_id=46,
        key_name="Second",
        user_token=SecretStr("a-user-token"),
        refresh_token=SecretStr("a-refresh-token"),
        expires_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        client_id="98765",
        client_secret=SecretStr("a-client-secret"),
        client_routes="oauth2-1",
        api_url="http://127.0.0.1:8787",
    )


def test_a_profile_that_is_stored_again_keeps_its_names(folder: Path) -> None:
    store = CredentialStore(folder)
    for name in store.list():
        store.save(store.load(name))
    assert (folder / "credentials.toml").read_text() == (GOLDEN / "credentials.toml").read_text()


def test_the_chosen_key_is_remembered_by_profile_and_by_account(folder: Path) -> None:
    state = StateFile(folder)
    assert state.key_id("profile signed-in") == 46
    assert state.get("public-api.wordpress.com partner 123", "key_id") == 45


@pytest.mark.parametrize("name", (GOLDEN / "keys.txt").read_text().split())
def test_a_command_that_could_be_moved_has_its_name_in_keys_still(name: str) -> None:
    check_keys({name: "f9"})
    assert Keymap({name: "f9"}).keys_of(RENAMED.get(name, name))[0] == "f9"


@pytest.mark.parametrize(("later", "key"), [(name, key) for name, keys in LATER_KEYS.items() for key in keys])
def test_a_key_that_came_later_gives_way_to_the_users_own(later: str, key: str) -> None:
    check_keys({"index": key})
    keymap = Keymap({"index": key})
    assert keymap.keys_of("index") == (key,)
    assert keymap.keys_of(later) == tuple(one for one in DEFAULT_KEYS[later] if one != key)
    bound = keymap.by_binding()
    assert {tuple(keys.split(",")) for name, keys in bound.items() if name.rpartition(".")[2] == later} == {
        keymap.keys_of(later) or (f"no_key_{later}",)
    }


def test_every_setting_has_its_name_still() -> None:
    assert set((GOLDEN / "settings.txt").read_text().split()) <= set(Settings._fields)
