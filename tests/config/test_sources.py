from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from jpmanage_tui.config.credentials import CredentialStore, Profile
from jpmanage_tui.config.errors import ConfigError, UsageError
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.config.sources import ResolvedTokens, resolve_tokens
from jpmanage_tui.config.tokens import run_token_command

COMMANDS = Settings(token_command="pass show key", user_token_command="pass show user")


@pytest.fixture
def store(tmp_path: Path) -> CredentialStore:
    return CredentialStore(tmp_path)


def run(command: str, setting: str) -> SecretStr:
    return SecretStr(f"{setting}:{command.rpartition(' ')[2]}")


def told(tokens: ResolvedTokens) -> tuple[str | None, str | None, str, str]:
    key = tokens.key.get_secret_value() if tokens.key else None
    user = tokens.user.get_secret_value() if tokens.user else None
    return key, user, tokens.key_origin, tokens.user_origin


def test_nothing_gives_nothing(store: CredentialStore) -> None:
    tokens = resolve_tokens(Settings(), store, {}, run=run)
    assert told(tokens) == (None, None, "none", "none")
    assert not tokens.signed_in


def test_the_environment_wins_over_profile_and_commands(store: CredentialStore) -> None:
    store.save(Profile(name="acme", key_token=SecretStr("p"), user_token=SecretStr("q")))
    tokens = resolve_tokens(COMMANDS, store, {"JPMANAGE_TOKEN": "k"}, run=run)
    assert told(tokens) == ("k", None, "key from JPMANAGE_TOKEN", "none")
    tokens = resolve_tokens(COMMANDS, store, {"JPMANAGE_USER_TOKEN": "u"}, run=run)
    assert told(tokens) == (None, "u", "none", "user token from JPMANAGE_USER_TOKEN")


def test_an_empty_variable_is_none(store: CredentialStore) -> None:
    assert not resolve_tokens(Settings(), store, {"JPMANAGE_TOKEN": ""}, run=run).signed_in


def test_the_default_profile_wins_over_commands(store: CredentialStore) -> None:
    store.save(Profile(name="acme", key_token=SecretStr("p")))
    tokens = resolve_tokens(COMMANDS, store, {}, run=run)
    assert told(tokens) == ("p", None, "profile acme", "none")
    assert tokens.profile == "acme"


def test_commands_serve_where_no_profile_has_a_token(store: CredentialStore) -> None:
    store.save(Profile(name="empty"))
    tokens = resolve_tokens(COMMANDS, store, {}, run=run)
    assert told(tokens) == (
        "token_command:key",
        "user_token_command:user",
        "token_command",
        "user_token_command",
    )
    assert tokens.profile is None


def test_a_named_profile_is_used_and_only_it(store: CredentialStore) -> None:
    store.save(Profile(name="acme", key_token=SecretStr("p")))
    store.save(Profile(name="beta", user_token=SecretStr("b")))
    assert told(resolve_tokens(COMMANDS, store, {}, "beta", run)) == (None, "b", "none", "profile beta")
    with pytest.raises(ConfigError, match="no profile 'gamma'"):
        resolve_tokens(COMMANDS, store, {}, "gamma", run)


@pytest.mark.parametrize("variable", ["JPMANAGE_TOKEN", "JPMANAGE_USER_TOKEN"])
def test_a_named_profile_beside_a_token_of_the_environment_is_a_usage_error(
    store: CredentialStore, variable: str
) -> None:
    store.save(Profile(name="acme", key_token=SecretStr("p")))
    with pytest.raises(UsageError, match=f"--profile acme cannot be used together with {variable}") as caught:
        resolve_tokens(Settings(), store, {variable: "hush"}, "acme", run)
    assert "hush" not in caught.value.sentence


def test_a_malformed_token_of_the_environment_is_named_without_being_shown(store: CredentialStore) -> None:
    with pytest.raises(ConfigError, match="JPMANAGE_TOKEN is not a token") as caught:
        resolve_tokens(Settings(), store, {"JPMANAGE_TOKEN": "hush\x00hush"}, run=run)
    assert "hush" not in caught.value.sentence


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def test_a_command_gives_the_first_line_it_prints() -> None:
    token = run_token_command(python("print('abc'); print('login: me')"), "token_command")
    assert token.get_secret_value() == "abc"


def test_a_command_runs_without_a_shell() -> None:
    code = "import sys; print(sys.argv[1])"
    token = run_token_command(f"{python(code)} '$HOME;x'", "token_command")
    assert token.get_secret_value() == "$HOME;x"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (python("print('hush'); raise SystemExit(3)"), "failed with exit code 3"),
        (python("import sys; sys.stderr.write('hush'); raise SystemExit(1)"), "failed with exit code 1"),
        (python(""), "is not a token"),
        (python("print('hush hush')"), "is not a token"),
        (python("import time; print('hush', flush=True); time.sleep(60)"), "within 0.3 seconds"),
        ("/nowhere/to/be/found", "cannot run /nowhere/to/be/found"),
        ("'unbalanced", "cannot be read as a command"),
        ("  ", "is empty"),
    ],
)
def test_a_command_that_gives_no_token_is_named_without_what_it_printed(command: str, sentence: str) -> None:
    seconds = 0.3 if "time" in command else 30
    with pytest.raises(ConfigError, match=sentence) as caught:
        run_token_command(command, "token_command", seconds)
    assert "token_command" in caught.value.sentence
    assert "hush" not in caught.value.sentence
    assert caught.value.__cause__ is None


HELPER = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
"""Leaves a program behind that keeps the output open."""


@pytest.mark.parametrize("end", [r"\n", "", r"\nlogin: me\n"])
def test_a_command_may_leave_a_helper_behind_that_keeps_its_output_open(end: str) -> None:
    command = python(f"{HELPER}print('abc{end}', end='', flush=True)")
    assert run_token_command(command, "token_command", 20).get_secret_value() == "abc"


def test_a_command_that_left_a_helper_behind_and_failed_has_failed() -> None:
    with pytest.raises(ConfigError, match="failed with exit code 3"):
        run_token_command(python(f"{HELPER}print('hush', flush=True); sys.exit(3)"), "token_command", 20)


def test_a_command_that_closes_its_output_is_waited_for_no_longer_than_allowed() -> None:
    with pytest.raises(ConfigError, match=r"within 0\.5 seconds"):
        run_token_command(python("import os, time; os.close(1); time.sleep(60)"), "token_command", 0.5)


def test_a_command_may_print_much_after_its_first_line() -> None:
    command = python("print('abc'); print('notes ' * 100_000)")
    assert run_token_command(command, "token_command", 20).get_secret_value() == "abc"


def test_a_command_that_prints_without_end_is_stopped() -> None:
    command = python("import sys\nwhile True: sys.stdout.write('x' * 4096)")
    with pytest.raises(ConfigError, match="token_command"):
        run_token_command(command, "token_command", 1)


def test_a_named_profile_without_a_token_does_not_fall_back_to_another_account(
    store: CredentialStore,
) -> None:
    store.save(Profile(name="empty"))
    tokens = resolve_tokens(COMMANDS, store, {}, "empty", run)
    assert not tokens.signed_in
    assert tokens.profile == "empty"
