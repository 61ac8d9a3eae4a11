"""What a command is given that it cannot use: a sentence, a code that scripts can rely on, and nothing is changed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.paths import config_dir, download_dir, state_dir
from jpmanage_tui.config.settings_template import write_template
from tests.cli import vendor
from tests.cli.harness import KEY, USER, Cli


@pytest.fixture
def key(cli: Cli) -> Cli:
    """The command line with a key token."""
    cli.env(TOKEN=KEY)
    return cli


@pytest.mark.parametrize(
    "command", ["assign --site x.example", "unassign", "move --site x.example", "revoke"]
)
def test_an_empty_variable_names_no_license(key: Cli, command: str) -> None:
    name, *options = command.split()
    ended = key("licenses", name, "", *options, "--yes")
    assert (ended.code, "No license is named" in ended.err) == (2, True)
    assert vendor.changes(key) == []


@pytest.mark.parametrize(
    "words",
    [
        ("sites", "connect", "http://\udcff.example", "--yes"),
        ("company", "update", "--name", "M\udcfcller", "--yes"),
        ("company", "update", "--name=M\udcfcller", "--yes"),
    ],
)
def test_words_that_are_no_utf_8_are_refused(cli: Cli, words: Sequence[str]) -> None:
    cli.env(USER_TOKEN=USER)
    ended = cli(*words)
    assert (ended.code, "is not valid UTF-8." in ended.err) == (2, True)
    assert vendor.changes(cli) == []


def test_the_name_of_a_file_may_be_anything(key: Cli) -> None:
    ended = key("licenses", "revoke", "--from", "list\udcff.txt", "--dry-run")
    assert "is not valid UTF-8" not in ended.err
    assert ended.code == 2


@pytest.mark.parametrize("text", ["x" * 200_000, '"never closed\n' + "y" * 200_000])
def test_a_list_that_is_no_table_is_a_sentence(key: Cli, text: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(text)
    ended = key("licenses", "revoke", "--from", str(tmp_path / "list.txt"), "--dry-run")
    assert (ended.code, "The list cannot be read: " in ended.err) == (2, True)


def test_a_line_without_a_site_is_named_once(key: Cli, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("site,product\nmistral-studio-10.example,jetpack-ai\n,jetpack-ai\n")
    ended = key("licenses", "issue", "--from", str(tmp_path / "list.csv"), "--dry-run")
    assert "Line 3: (jetpack-ai): It names no site." in ended.err


def test_a_search_that_is_too_long_for_a_request_is_a_sentence(key: Cli) -> None:
    ended = key("licenses", "list", "--search", "x" * 120_000)
    assert "internal error" not in ended.err
    assert ended.code in (2, 4, 5)


@pytest.mark.parametrize("name", ["CONFIG_DIR", "STATE_DIR"])
def test_a_user_who_is_not_there_has_no_folder(key: Cli, name: str) -> None:
    key.env(**{name: "~nosuch/x"})
    ended = key("operations", "list")
    assert f"JPMANAGE_{name}: there is no home folder that ~nosuch stands for." in ended.err
    assert ended.code == 2


def test_a_download_folder_of_nobody_is_named(key: Cli) -> None:
    key.settings('download_dir = "~nosuch/x"\n')
    ended = key("config", "validate")
    assert "download_dir: there is no home folder that ~nosuch stands for." in ended.err
    assert ended.code == 2


def test_without_a_home_the_folders_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as where nobody knows the user
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="There is no home folder here: set JPMANAGE_CONFIG_DIR"):
        config_dir({})
    with pytest.raises(ConfigError, match="There is no home folder here: set JPMANAGE_STATE_DIR"):
        state_dir({})
    assert download_dir(env={}) == tmp_path


def test_a_template_that_finds_no_room_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config" / "config.toml"
    monkeypatch.setattr("jpmanage_tui.config.settings_template.template", lambda: "x" * 100_000)
    script = (
        "import resource, sys; from pathlib import Path;"
        "import jpmanage_tui.config.settings_template as one; one.template = lambda: 'x' * 100_000;"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); one.write_template(Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ConfigError.__name__ in done.stderr
    assert not path.exists()
    write_template(path)


def test_a_sign_in_with_standard_input_closed_is_a_sentence(cli: Cli) -> None:
    for method in (["--paste"], ["--with-token", "key"]):
        done = subprocess.run(
            ["sh", "-c", '"$@" <&-', "sh", sys.executable, "-m", "jpmanage_tui", "login", *method],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, "No token" in done.stderr) == (3, True), done.stderr


def test_a_pasted_user_token_is_said_to_be_kept_where_nobody_chooses_a_key(cli: Cli) -> None:
    ended = cli("login", "--paste", typed=f"{USER}\n\n")
    assert (ended.code, "The sign-in is kept: start jpmanage to choose one." in ended.err) == (3, True)


@pytest.mark.slow
def test_a_signal_does_not_wait_for_the_command_that_prints_the_token(cli: Cli) -> None:
    cli.settings('token_command = "sleep 300"\n')
    program = subprocess.Popen(
        [sys.executable, "-m", "jpmanage_tui", "licenses", "list"], stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + 30
    while not children(program.pid):
        assert time.monotonic() < end, "the command is started"
        time.sleep(0.02)
    [sleeping] = children(program.pid)
    program.terminate()
    assert program.wait(30) == 143
    while is_running(sleeping):
        assert time.monotonic() < end, "it ends too"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in path.read_text().split()]
    return found


def is_running(pid: int) -> bool:
    """Return whether a process is there, and no zombie that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
