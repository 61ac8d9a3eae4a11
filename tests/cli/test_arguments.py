"""What the command line takes and refuses."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from signal import SIGTERM
from termios import ECHO

import pytest

from jpmanage_tui import __version__
from tests.cli.harness import KEY, USER_ONE_KEY, Cli
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
        (("--demo-licenses", "many"), "'many' is not a number"),
        (("--demo-licenses", "-1"), "--demo-licenses"),
        (("--demo-licenses", "1000001"), "1000000"),
        (("--demo-now", "yesterday"), "is not an ISO time"),
        (("--demo-now", "0001-01-01"), "is not a time from 1970 to 9000"),
        (("sandbox", "--now", "9999-12-31T23:59:59"), "is not a time from 1970 to 9000"),
        (("--nonsense",), "--nonsense"),
        (("fly",), "fly"),
        (("login", "sandbox-key"), "sandbox-key"),
        (("sandbox", "--port", "70000"), "is not a port"),
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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--dem",), "there is no option --dem; did you mean --demo?"),
        (("--read-onli", "--demo"), "there is no option --read-onli; did you mean --read-only?"),
        (("whoami", "--profil=acme"), "there is no option --profil of whoami; did you mean --profile?"),
        (("login", "--past"), "there is no option --past of login; did you mean --paste?"),
        (("sandbox", "--faul", "x"), "there is no option --faul of sandbox; did you mean --fault?"),
        (("--hepl",), "did you mean --help?"),
        (("whomai",), "there is no command 'whomai'; did you mean whoami?"),
        (("--zzz",), "there is no option --zzz; there are --help, --version, --demo,"),
        (("login", "--demo"), "--demo does not go with login: the demo uses no token"),
        (("--demo", "logout"), "--demo does not go with logout: the demo uses no token"),
        (("--read-only", "login"), "--read-only does not go with login: it changes"),
        (("logout", "--read-only"), "--read-only does not go with logout: it changes"),
        (("--log", "x", "sandbox"), "--log does not go with sandbox"),
        (("sandbox", "--profile", "acme"), "--profile does not go with sandbox"),
        (("--demo", "sandbox"), "--demo does not go with sandbox"),
        (("--demo", "--profile", "acme"), "--profile does not go with --demo"),
        (("--demo", "whoami", "--profile", "acme"), "--profile does not go with --demo"),
        (("whoami", "--demo-licenses", "5"), "--demo-licenses is for the demo: add --demo"),
        (("--demo-dir", "x", "whoami"), "--demo-dir is for the demo: add --demo"),
    ],
)
def test_what_is_not_known_or_does_not_go_together_is_refused_by_name(
    cli: Cli, arguments: tuple[str, ...], words: str
) -> None:
    cli.env(TOKEN=KEY)
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


def test_a_secret_that_follows_an_unknown_option_is_not_repeated(cli: Cli) -> None:
    for arguments in (("--token=hush",), ("whoami", "--token", "hush"), ("login", "--tokens=hush")):
        ended = cli(*arguments)
        assert ended.code == 2
        assert "hush" not in ended.text


@pytest.mark.parametrize("before", [True, False])
def test_an_option_serves_before_a_command_and_after_it(cli: Cli, before: bool) -> None:
    cli.keep("acme", key=KEY)
    log = cli.folder / "log.txt"
    options = ("--profile", "acme", "--log", str(log), "--read-only")
    ended = cli(*options, "whoami") if before else cli("whoami", *options)
    assert (ended.code, ended.err) == (0, "")
    assert "profile acme" in ended.out
    assert "licenses/counts -> 200" in log.read_text()


def test_the_demo_has_an_account_too(cli: Cli, tmp_path: Path) -> None:
    cli.env(TOKEN="wrong", USER_TOKEN="wrong")
    cli.forget_requests()
    ended = cli("--demo", "--demo-licenses", "7", "whoami", "--demo-dir", str(tmp_path / "demo"))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("API:               the demo's sandbox\n")
    assert "in use" in ended.out
    assert (tmp_path / "demo" / "sandbox.sqlite").exists()
    assert not [line for line in cli.asked() if "_sandbox" not in line]


def test_a_variable_that_is_none_of_ours_is_told_with_the_nearest_name(cli: Cli) -> None:
    cli.env(TOKN=KEY, USER_TOKEN=USER_ONE_KEY)
    ended = cli("whoami")
    assert ended.code == 0
    assert ended.err == (
        "jpmanage: The variable JPMANAGE_TOKN is not known and has no effect; did you mean JPMANAGE_TOKEN?\n"
    )
    assert KEY not in ended.err


def shows(session: PtySession, words: str) -> bool:
    return words in " ".join(session.text.replace("│", " ").split())


@pytest.mark.pty
def test_in_the_app_a_variable_that_is_none_of_ours_is_told_where_it_matters(cli: Cli) -> None:
    words = "The variable JPMANAGE_TOKN is not known and has no effect; did you mean JPMANAGE_TOKEN?"
    for given in ({"JPMANAGE_TOKN": KEY}, {"JPMANAGE_TOKN": KEY, "JPMANAGE_TOKEN": KEY}):
        with PtySession(["jpmanage_tui"], size=(140, 30), env=given) as session:
            session.until(partial(shows, session, words))
            session.leave()


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
