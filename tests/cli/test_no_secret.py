"""No token is in anything that the program wrote, but in the credentials file."""

from __future__ import annotations

import io
import stat
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from jpmanage_tui.cli import crash
from jpmanage_tui.cli.logfile import log_to
from tests.cli.harness import APP_ID, APP_SECRET, KEY, SECOND_KEY, USER, USER_ONE_KEY, Cli, token
from tests.logs import logging_as_before
from tests.ui.terminal.pty_session import PtySession


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The file that `--log` writes, for this test."""
    path = tmp_path / "log.txt"
    with logging_as_before():
        log_to(path)
        yield path


def shows(session: PtySession, words: str) -> bool:
    return words.lower() in session.text.lower()


def everything_but_credentials(cli: Cli) -> dict[str, bytes]:
    """Every file that the program wrote, without the credentials file and the settings."""
    kept = ("credentials.toml", "config.toml", "browser")
    return {
        str(path): path.read_bytes()
        for path in cli.folder.rglob("*")
        if path.is_file() and path.name not in kept
    }


def test_no_token_is_in_what_a_session_of_commands_wrote(cli: Cli, log: Path) -> None:
    cli.browser()
    cli.switch(oauth_user=USER_ONE_KEY)
    cli.settings(f'oauth_client_id = "{APP_ID}"\noauth_client_secret = "{APP_SECRET}"\n')
    said = [cli("login", "--profile", "app", "--web").text]
    cli.settings("")
    said.append(cli("login", "--profile", "default", "--web").text)
    secrets = {USER, KEY, SECOND_KEY, USER_ONE_KEY, "sandbox-key-nocard", APP_SECRET}
    for name in ("app", "default"):
        profile = cli.profile(name)
        secrets |= {text for text in (token(profile.user_token), token(profile.refresh_token)) if text}
    cli.store.save(cli.profile().model_copy(update={"user_token": SecretStr("gone")}))
    said += [
        cli("whoami", "--profile", "default").text,
        cli("login", "--profile", "pasted", typed=f"{USER}\n{SECOND_KEY}\n").text,
        cli("whoami", "--profile", "app").text,
        cli("login", "--profile", "wrong", typed="a-wrong-token\n").text,
    ]
    profile = cli.profile()
    secrets |= {text for text in (token(profile.user_token), token(profile.refresh_token)) if text}
    said += [cli("logout", "--profile", "default").text, cli("logout", "--profile", "app").text]
    secrets.add("a-wrong-token")
    written = everything_but_credentials(cli)
    assert "POST /oauth2-1/token" in log.read_text()
    assert any(path.endswith("journal.sqlite") for path in written)
    for secret in secrets:
        for path, data in written.items():
            assert secret.encode() not in data, f"a token in {path}"
        assert not any(secret in text.replace("sandbox-key-nocard", "") for text in said), "a token was shown"


@pytest.mark.slow
@pytest.mark.pty
def test_no_token_is_in_what_a_session_of_the_app_wrote_or_showed(cli: Cli) -> None:
    cli.env(TOKEN=SECOND_KEY, USER_TOKEN=USER)
    log = cli.folder / "log.txt"
    with PtySession(["jpmanage_tui", "--log", str(log)], size=(120, 36)) as session:
        session.shows("1/8")
        assert b"sandbox" not in Path(f"/proc/{session.pid}/cmdline").read_bytes()
        for key, words in (
            ("2", "licenses in total"),
            ("6", "Company name"),
            ("K", "Partner key"),
        ):
            session.send(key)
            session.until(partial(shows, session, words))
        session.send("\x1b")
        session.until(lambda: not shows(session, "Partner key ─"))
        session.send("?")
        session.until(lambda: shows(session, "─ Help ─"))
        session.send("G")
        session.until(lambda: shows(session, "Last request id"))
        session.send("\x1b")
        session.quiet()
        session.send("q")
        assert session.exit_code() == 0
        shown = bytes(session.raw)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "GET /wpcom/v2/jetpack-licensing/licenses -> 200" in log.read_text()
    for secret in (USER, KEY, SECOND_KEY):
        assert secret.encode() not in shown
        for path, data in everything_but_credentials(cli).items():
            assert secret.encode() not in data, f"a token in {path}"


def test_a_crash_tells_where_it_was_and_no_value_nor_message(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept(BaseModel):
        number: int

    def fail(secret: str) -> None:
        try:
            Kept.model_validate({"number": secret})
        except ValueError as error:
            raise KeyError(secret) from error

    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    try:
        fail("sandbox-user")
    except KeyError as error:
        crash.show(type(error), error, error.__traceback__)
    text = written.getvalue()
    assert "sandbox-user" not in text
    assert text.startswith("jpmanage: an internal error (KeyError)")
    assert "pydantic_core" in text
    assert "in fail" in text
    assert "test_no_secret.py" in text


def test_an_error_that_nobody_handles_ends_a_command_this_way(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    cli.monkeypatch.setattr("jpmanage_tui.cli.identity.whoami", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli("whoami")
    assert sys.excepthook is crash.show
