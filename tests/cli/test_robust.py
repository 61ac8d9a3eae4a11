"""Commands on outputs and in surroundings of all kinds: pipes, full disks, cron, other locales, a terminal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jpmanage_tui.cli.progress import AFTER, EVERY, EVERY_LINE, Progress
from tests.cases import needs_dev_full
from tests.cli.harness import KEY, Cli
from tests.ui.terminal.pty_session import PtySession

LIST = "licenses list"
NAME = "北京 Zürich"


def shell(words: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line of the shell, in which jpmanage stands for the demo with twelve licenses; pipes fail as one."""
    program = f"{sys.executable} -m jpmanage_tui --demo --demo-licenses 12"
    script = f'set -o pipefail; jpmanage() {{ {program} "$@"; }}; {words}'
    return subprocess.run(
        ["bash", "-c", script], env={**os.environ, **env}, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip


def test_json_goes_through_the_tools_that_read_it() -> None:
    tools = "tee >(wc -l >&2) | python3 -m json.tool --json-lines"
    done = shell(f"jpmanage {LIST} --jsonl | {tools} >/dev/null")
    assert (done.returncode, done.stderr.strip()) == (0, b"10")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_reads_the_array() -> None:
    done = shell(f"jpmanage {LIST} --json | jq -r 'length, (.[0] | has(\"license_code\"))'")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"10\ntrue\n", b"")


def test_a_reader_that_has_enough_gets_no_traceback_and_no_word() -> None:
    done = shell(f"jpmanage --demo-licenses 300 {LIST} --jsonl | head -n 1")
    assert done.stdout.count(b"\n") == 1
    json.loads(done.stdout)
    assert done.stderr == b""


@needs_dev_full
def test_a_full_disk_and_a_closed_output_are_sentences() -> None:
    done = shell(f"jpmanage {LIST} >/dev/full; echo $?; jpmanage {LIST} --json >&-; echo $?")
    assert done.stdout == b"1\n1\n"
    assert done.stderr.decode() == (
        "jpmanage: the output cannot be written: No space left on device.\n"
        "jpmanage: the output cannot be written: Bad file descriptor.\n"
    )


@pytest.mark.slow
def test_a_closed_error_output_changes_nothing() -> None:
    done = shell(f"jpmanage {LIST} --fields state 2>&-")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 10
    assert shell(f"jpmanage {LIST} --fields sate 2>&-").returncode == 2


def test_cron_with_an_empty_environment_gets_data(tmp_path: Path) -> None:
    program = f"{sys.executable} -m jpmanage_tui --demo --demo-licenses 12 {LIST}"
    done = subprocess.run(
        ["/usr/bin/env", "-i", "/bin/sh", "-c", program], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=60, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 10
    assert b"\x1b" not in done.stdout
    assert b"\t" in done.stdout


@pytest.mark.parametrize(
    ("locale", "encoding"), [("C", "ascii:strict"), ("POSIX", ""), ("en_US.ISO-8859-1", "iso-8859-1")]
)
def test_data_is_utf_8_in_every_locale(locale: str, encoding: str) -> None:
    program = (
        "from argparse import Namespace; from jpmanage_tui.cli import output; output.prepare_streams()\n"
        "from jpmanage_tui.cli.formats import row_writer\n"
        f"for form in ('jsonl', 'csv'): row_writer(Namespace(format=form, excel=True), FIELDS).row({{'site': {NAME!a}}})"
    ).replace("FIELDS", "[Namespace(name='site')]")
    env = {"LC_ALL": locale, "PYTHONUTF8": "0"} | ({"PYTHONIOENCODING": encoding} if encoding else {})
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **env},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f'{{"site": "{NAME}"}}\n\ufeffsite\r\n{NAME}\r\n'


def test_an_error_is_a_line_of_json_where_json_is_asked_for(cli: Cli) -> None:
    cli.env(TOKEN="wrong")
    ended = cli("licenses", "list", "--json")
    assert (ended.code, ended.out) == (3, "")
    error = json.loads(ended.err)
    assert set(error) == {"code", "message", "status", "request_id", "exit"}
    assert (error["status"], error["exit"]) == (401, 3)
    ended = cli("licenses", "list")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("jpmanage: Token rejected (401)")


def test_rows_are_written_as_they_come(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.env(TOKEN=KEY)
    ended = cli("licenses", "list", "--jsonl", "--limit", "2")
    assert (ended.code, ended.err, ended.out.count("\n")) == (0, "", 2)


@pytest.mark.pty
@pytest.mark.parametrize(
    ("width", "env"), [(80, {}), pytest.param(40, {"NO_COLOR": "1"}, marks=pytest.mark.slow)]
)
def test_a_terminal_gets_a_table_of_its_width(cli: Cli, width: int, env: dict[str, str]) -> None:
    words = ["jpmanage_tui", "--demo", "--demo-licenses", "12", *LIST.split(), "--state", "all"]
    with PtySession(words, size=(width, 30), env=env) as session:
        assert session.exit_code() == 0
        lines = session.raw.decode().split("\r\n")
    assert ("\x1b[1m" in lines[0]) is (not env)
    assert lines[0].removeprefix("\x1b[1m").startswith("LICENSE")
    assert len(lines) == 14


class FakeTerminal:
    """An error output that is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("term", ["xterm", "dumb", ""])
def test_progress_is_for_a_terminal_that_clears_lines_and_goes_with_the_next_row(
    monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    terminal, now = FakeTerminal(), [0.0]
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", term)
    progress = Progress(lambda: now[0])
    progress("Reading…")
    now[0] = AFTER
    progress("100 of 250")
    now[0] += EVERY / 2
    progress("150 of 250")
    progress.clear()
    progress.clear()
    assert terminal.text == ("\r\x1b[K100 of 250\r\x1b[K" if term == "xterm" else "")


@pytest.mark.parametrize(("variable", "setting"), [("1", "false"), ("", "true")])
def test_for_a_screen_reader_progress_is_few_lines_and_none_is_written_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, setting: str
) -> None:
    terminal, now = FakeTerminal(), [0.0]
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    (tmp_path / "config.toml").write_text(f"accessible = {setting}\n")
    monkeypatch.setenv("JPMANAGE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("JPMANAGE_ACCESSIBLE", variable)
    progress = Progress(lambda: now[0])
    for now[0] in (AFTER, AFTER + EVERY, AFTER + EVERY_LINE):
        progress(f"{now[0]:g} of 250")
    progress.clear()
    assert terminal.text == f"{AFTER:g} of 250\n{AFTER + EVERY_LINE:g} of 250\n"
