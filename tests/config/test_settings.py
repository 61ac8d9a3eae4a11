from __future__ import annotations

from pathlib import Path

import pytest

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.load_settings import load_settings
from jpmanage_tui.config.paths import config_dir, download_dir, state_dir
from jpmanage_tui.config.settings import DEFAULT_API_URL, DEFAULT_STRIPE_URL, Settings, Timeouts, checked_url
from jpmanage_tui.config.settings_file import Table, TimeoutsTable
from jpmanage_tui.loopback import is_loopback


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def fault(file: Path, text: str, env: dict[str, str] | None = None) -> str:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(env or {}, file)
    return caught.value.sentence


def test_without_a_file_the_settings_are_the_vendors(file: Path) -> None:
    settings = load_settings({}, file)
    assert settings == Settings()
    assert settings.api_url == DEFAULT_API_URL
    assert settings.stripe_url == DEFAULT_STRIPE_URL
    assert settings.mouse is False


def test_every_key_is_read(file: Path) -> None:
    file.write_text(
        """
        api_url = "https://api.example/"
        stripe_url = "http://127.0.0.1:8787"
        token_command = "pass show jetpack"
        user_token_command = "pass show wpcom"
        oauth_client_id = "12"
        download_dir = "~/invoices"
        theme = "dark"
        mouse = true
        refresh_seconds = 0
        accessible = true
        ascii = false
        [timeouts]
        connect = 3
        total = 20.5
        [keys]
        issue = "N"
        """
    )
    settings = load_settings({}, file)
    assert settings.api_url == "https://api.example"
    assert settings.stripe_url == "http://127.0.0.1:8787"
    assert settings.token_command == "pass show jetpack"
    assert settings.user_token_command == "pass show wpcom"
    assert settings.oauth_client_id == "12"
    assert settings.download_dir == Path.home() / "invoices"
    assert (settings.theme, settings.mouse, settings.refresh_seconds) == ("dark", True, 0)
    assert (settings.accessible, settings.ascii) == (True, False)
    assert settings.timeouts == Timeouts(connect=3.0, total=20.5)
    assert settings.keys == {"issue": "N"}


def test_the_file_is_found_in_the_settings_folder_and_the_environment_wins_over_it(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'api_url = "https://file.example"\nstripe_url = "https://s.example"'
    )
    env = {"JPMANAGE_CONFIG_DIR": str(tmp_path), "JPMANAGE_API_URL": "http://localhost:1/"}
    settings = load_settings(env)
    assert settings.api_url == "http://localhost:1"
    assert settings.stripe_url == "https://s.example"


@pytest.mark.parametrize(("value", "accessible"), [("1", True), ("Yes", True), ("off", False), ("", True)])
def test_a_variable_switches_the_accessible_mode_on_or_off_whatever_the_file_says(
    value: str, accessible: bool, file: Path
) -> None:
    file.write_text("accessible = true")
    assert load_settings({"JPMANAGE_ACCESSIBLE": value}, file).accessible is accessible


def test_a_variable_that_is_neither_on_nor_off_is_told(file: Path) -> None:
    with pytest.raises(ConfigError, match="JPMANAGE_ACCESSIBLE must be 1 or 0"):
        load_settings({"JPMANAGE_ACCESSIBLE": "perhaps"}, file)


def test_an_unknown_key_is_named_with_its_file_and_the_nearest_valid_key(file: Path) -> None:
    sentence = fault(file, 'tokn_command = "pass"')
    assert str(file) in sentence
    assert "'tokn_command'" in sentence
    assert "did you mean token_command?" in sentence


def test_an_unknown_key_of_a_table_is_named_with_the_table(file: Path) -> None:
    sentence = fault(file, "[timeouts]\nconect = 3")
    assert "in [timeouts]" in sentence
    assert "did you mean connect?" in sentence


def test_an_unknown_key_like_no_other_lists_the_valid_ones(file: Path) -> None:
    assert "valid keys are accessible, api_url, ascii," in fault(file, "zzzz = 1")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("mouse = 1", "mouse"),
        ("accessible = 'yes'", "accessible"),
        ("ascii = 1", "ascii"),
        ("mouse = 'yes'", "mouse"),
        ("refresh_seconds = 9", "refresh_seconds: must be 10 or more, or 0 to switch it off"),
        ("refresh_seconds = -1", "refresh_seconds"),
        ("refresh_seconds = true", "refresh_seconds"),
        ("api_url = 3", "api_url"),
        ("timeouts = 3", "timeouts"),
        ("[timeouts]\nread = 0", "timeouts.read"),
        ("[timeouts]\nread = 'soon'", "timeouts.read"),
        ("[keys]\nissue = 3", "keys.issue"),
        ("theme = ''", "theme"),
        ("theme = 'purple'", "theme: there is no theme 'purple'; there are terminal, dark, light"),
        ("[keys]\nquit = 'q q'", "keys.quit: must be one character"),
        ("[keys]\nassign = ''", "keys.assign: must be one character"),
        ("[keys]\nquit = 'f55'", "keys.quit: must be one character"),
        ("[keys]\nquit = 'ctrl+s'", "keys.quit: must be one character"),
        ("[keys]\nquit = 'alt+q'", "keys.quit: must be one character"),
        ("[keys]\nquit = 'f11'", "keys.quit: must be one character"),
        ("[keys]\nquit = []", "keys.quit: must be a key"),
        ("[keys]\nquit = ['q', 3]", "keys.quit: must be a key"),
        ("[keys]\nquit = ['q', 'zz']", "keys.quit: must be one character"),
        ("[keys.licenses]\nassign = 'zz'", "keys.licenses: assign must be one character"),
        ("[keys]\nquit = 'enter'", "keys.quit: must be one character"),
    ],
)
def test_a_wrong_value_is_named_with_file_and_key(file: Path, text: str, key: str) -> None:
    sentence = fault(file, text)
    assert sentence.startswith(f"{file}: {key}")


@pytest.mark.parametrize(("given", "nearest"), [("f55", "f5"), ("ctrl-p", "ctrl+p"), ("spcae", "space")])
def test_an_unknown_key_name_is_refused_with_the_nearest_one(file: Path, given: str, nearest: str) -> None:
    assert f"did you mean {nearest}?" in fault(file, f"[keys]\nquit = '{given}'")


@pytest.mark.parametrize(("given", "taken"), [("F5", "f5"), ("f10", "f10"), ("ctrl+p", "ctrl+p"), ("ö", "ö")])
def test_a_key_that_every_terminal_passes_is_taken(file: Path, given: str, taken: str) -> None:
    file.write_text(f"[keys]\nquit = '{given}'")
    assert load_settings({}, file).keys == {"quit": taken}


def test_a_file_that_is_no_toml_is_named_with_the_place(file: Path) -> None:
    sentence = fault(file, "api_url = \nmouse = true")
    assert str(file) in sentence
    assert "line 1" in sentence


def test_a_file_that_is_no_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings({}, file)


def test_a_folder_in_place_of_the_file_is_named(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings({}, file)


@pytest.mark.parametrize(
    "url", ["https://a.example", "http://localhost:80", "http://127.0.0.1", "http://[::1]:9"]
)
def test_a_safe_url_is_accepted(url: str) -> None:
    assert checked_url(f" {url}/ ") == url


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://10.0.0.1",
        "ftp://a.example",
        "a.example",
        "https://",
        "https://user:pass@a.example",
        "https://a.example/?x=1",
        "https://a.example/#x",
        "https://a.example:port",
        "https://a.example:70000",
        "https://a b.example",
        "https://xn--.com",
        "https://[::1",
    ],
)
def test_an_unsafe_or_wrong_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked_url(url)


def test_a_plain_http_url_of_the_environment_is_refused_by_the_variables_name(file: Path) -> None:
    sentence = fault(file, "", {"JPMANAGE_STRIPE_URL": "http://a.example"})
    assert sentence.startswith("JPMANAGE_STRIPE_URL must be https")


def test_a_plain_http_url_of_the_file_is_refused_by_its_key(file: Path) -> None:
    assert "api_url: must be https" in fault(file, 'api_url = "http://a.example"')


@pytest.mark.parametrize(("host", "local"), [("LOCALHOST", True), ("127.8.9.1", True), ("example", False)])
def test_loopback_is_this_machine_only(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_a_client_secret_is_read_from_a_private_file_only_and_never_shown(file: Path) -> None:
    text = 'oauth_client_secret = "hush"'
    file.write_text(text)
    file.chmod(0o600)
    settings = load_settings({}, file)
    assert settings.oauth_client_secret is not None
    assert "hush" not in repr(settings)
    file.chmod(0o644)
    sentence = fault(file, text)
    assert "chmod 600" in sentence
    assert "hush" not in sentence


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().mouse = True  # type: ignore[misc]


@pytest.mark.parametrize(("table", "settings"), [(Table, Settings), (TimeoutsTable, Timeouts)])
def test_the_file_has_a_key_for_every_setting(
    table: type[Table | TimeoutsTable], settings: type[Settings | Timeouts]
) -> None:
    assert list(table.__annotations__) == list(settings._fields)


def test_the_environment_moves_every_folder(tmp_path: Path) -> None:
    env = {f"JPMANAGE_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "STATE", "DOWNLOAD")}
    assert config_dir(env) == tmp_path / "CONFIG"
    assert state_dir(env) == tmp_path / "STATE"
    assert download_dir(Path("/elsewhere"), env) == tmp_path / "DOWNLOAD"


def test_without_the_environment_the_platform_and_the_setting_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert tmp_path in config_dir({}).parents
    assert tmp_path in state_dir({}).parents
    assert download_dir(Path("/set"), {}) == Path("/set")
    assert download_dir(None, {}) == tmp_path
    (tmp_path / "Downloads").mkdir()
    assert download_dir(None, {}) == tmp_path / "Downloads"
