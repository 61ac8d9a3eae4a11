"""What the command line takes and refuses."""

from __future__ import annotations

from signal import SIGTERM
from termios import ECHO

import pytest

from jpmanage_tui import __version__
from tests.cli.harness import KEY, Cli
from tests.ui.terminal.pty_session import PtySession


def test_the_version_is_told(cli: Cli) -> None:
    ended = cli("--version")
    assert (ended.code, ended.out) == (0, f"jpmanage {__version__}\n")


def test_the_help_names_every_option_and_command(cli: Cli) -> None:
    ended = cli("--help")
    assert ended.code == 0
    for word in (
        "--demo",
        "--demo-licenses",
        "--demo-dir",
        "--demo-now",
        "--profile",
        "--read-only",
        "--log",
        "--version",
        "login",
        "logout",
        "whoami",
        "sandbox",
        "never taken as arguments",
    ):
        assert word in ended.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--demo-licenses", "many"), "'many' is no number"),
        (("--demo-licenses", "-1"), "--demo-licenses"),
        (("--demo-licenses", "1000001"), "1000000"),
        (("--demo-now", "yesterday"), "is no ISO time"),
        (("--nonsense",), "--nonsense"),
        (("fly",), "fly"),
        (("login", "sandbox-key"), "sandbox-key"),
        (("sandbox", "--port", "70000"), "is no port"),
        (("sandbox", "--fault", "GET nonsense"), "fault"),
    ],
)
def test_what_cannot_be_meant_ends_with_2_and_a_sentence(
    cli: Cli, arguments: tuple[str, ...], words: str
) -> None:
    ended = cli(*arguments)
    assert ended.code == 2
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_without_a_terminal_the_app_ends_with_2(cli: Cli) -> None:
    ended = cli("--demo")
    assert ended.code == 2
    assert ended.err == "jpmanage: the app needs a terminal for both input and output.\n"


def test_an_option_of_the_demo_without_the_demo_is_told(cli: Cli) -> None:
    ended = cli("--demo-licenses", "5")
    assert ended.code == 2
    assert "--demo-licenses is for the demo: add --demo" in ended.err


@pytest.mark.pty
def test_a_dumb_terminal_ends_with_2_and_a_sentence() -> None:
    with PtySession(["jpmanage_tui", "--demo"], env={"TERM": "dumb"}) as session:
        assert session.exit_code() == 2
        assert "jpmanage: " in session.text
        assert "dumb" in session.text


@pytest.mark.pty
@pytest.mark.parametrize(
    ("variables", "arguments", "words"),
    [
        ({"JPMANAGE_TOKEN": KEY}, ["--profile", "acme"], "cannot be used together with JPMANAGE_TOKEN"),
        ({}, ["--profile", "acme"], "There is no profile 'acme'"),
        ({"JPMANAGE_API_URL": "http://example.com"}, [], "JPMANAGE_API_URL must be https"),
    ],
)
def test_what_the_app_cannot_start_with_ends_with_2_before_it_takes_the_terminal(
    cli: Cli, variables: dict[str, str], arguments: list[str], words: str
) -> None:
    with PtySession(["jpmanage_tui", *arguments], size=(200, 24), env=variables) as session:
        assert session.exit_code() == 2
        assert words in session.text
        assert b"\x1b[?1049h" not in session.raw


@pytest.mark.pty
def test_a_bad_credentials_file_ends_with_2_and_a_sentence(cli: Cli) -> None:
    cli.settings("")
    cli.store.path.write_text("profiles = 3\n")
    cli.store.path.chmod(0o600)
    with PtySession(["jpmanage_tui"], size=(200, 24)) as session:
        assert session.exit_code() == 2
        assert "profiles must be a table" in session.text


@pytest.mark.pty
def test_a_token_that_is_typed_is_not_shown_and_the_terminal_shows_again_afterwards(cli: Cli) -> None:
    with PtySession(["jpmanage_tui", "login"], size=(100, 24)) as session:
        session.shows("1 or 2 [1]:")
        session.send("2\r")
        session.shows("User token:")
        session.until(lambda: not session.local_flags() & ECHO)
        session.send("secret-word\r")
        session.shows("Partner key token:")
        assert "secret-word" not in session.text
        session.send("\x03")
        assert session.exit_code() == 130
        assert session.local_flags() & ECHO


@pytest.mark.pty
def test_a_hangup_at_a_hidden_question_leaves_the_terminal_as_it_was(cli: Cli) -> None:
    with PtySession(["jpmanage_tui", "login", "--paste"], size=(100, 24)) as session:
        session.until(lambda: "User token:" in session.text and not session.local_flags() & ECHO)
        session.signal(SIGTERM)
        assert session.exit_code() == 143
        assert session.local_flags() & ECHO
