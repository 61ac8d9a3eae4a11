"""The server as a process: what it prints, how it ends, its two origins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.sandbox.server import serve
from tests.sandbox.harness import API, bearer, options, running_sandbox
from tests.sandbox.plain_http import plain_http

PROGRAM = (
    "import sys; from pathlib import Path; from jpmanage_tui.sandbox.options import SandboxOptions;"
    "from jpmanage_tui.sandbox.server import serve;"
    "sys.exit(serve(SandboxOptions(licenses=20, directory=Path(sys.argv[1])), '127.0.0.1', 0))"
)


@contextmanager
def process(directory: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the server as a process; gives it and what its export lines say. Ends it if the test did not."""
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(60, running.kill)
    guard.start()
    try:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(4)]
        yield running, dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
    finally:
        guard.cancel()
        if running.poll() is None:
            running.kill()
        running.communicate()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_it_prints_where_it_listens_and_ends_by_a_signal(tmp_path: Path, number: int, code: int) -> None:
    with process(tmp_path) as (running, exported):
        assert set(exported) == {
            f"JPMANAGE_{name}" for name in ("API_URL", "STRIPE_URL", "TOKEN", "USER_TOKEN")
        }
        url = exported["JPMANAGE_API_URL"]
        assert url == exported["JPMANAGE_STRIPE_URL"]
        answer = plain_http.post(
            f"{url}{API}/license",
            json={"product": "jetpack-scan"},
            headers=bearer(exported["JPMANAGE_TOKEN"]),
        )
        assert answer.status_code == 200
        me = plain_http.get(f"{url}/rest/v1.1/me", headers=bearer(exported["JPMANAGE_USER_TOKEN"]))
        assert me.status_code == 200
        os.kill(running.pid, number)
        assert running.wait(20) == code
        assert running.stderr is not None
        assert running.stderr.read() == ""
    assert (tmp_path / "sandbox.sqlite").exists()
    assert not (tmp_path / "sandbox.sqlite-wal").exists(), "the database was closed in order"


@pytest.mark.slow
def test_a_signal_while_the_data_is_being_made_ends_it_in_order(tmp_path: Path) -> None:
    program = PROGRAM.replace("licenses=20", "licenses=40_000")
    running = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(60, running.kill)
    guard.start()
    try:
        while not (tmp_path / "sandbox.sqlite").exists():
            assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        said, complained = running.communicate()
    finally:
        guard.cancel()
    assert (running.returncode, said, complained) == (143, "", "")


def test_a_hanging_request_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with process(tmp_path) as (running, exported):
        url = exported["JPMANAGE_API_URL"]
        plain_http.put(f"{url}/_sandbox/faults", json=["* */me hang-before"])
        with httpx.Client(base_url=url) as client:
            with pytest.raises(httpx.ReadTimeout):
                client.get("/rest/v1.1/me", timeout=httpx.Timeout(5, read=0.1))
            os.kill(running.pid, signal.SIGTERM)
            assert running.wait(20) == 143


def test_a_port_that_is_taken_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with running_sandbox(options(1)) as url:
        assert serve(SandboxOptions(licenses=1), "127.0.0.1", httpx.URL(url).port or 0) == 1
    assert "jpmanage sandbox: " in capsys.readouterr().err


def test_a_bad_fault_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve(SandboxOptions(faults=("GET * nonsense",)), "127.0.0.1", 0) == 1
    assert "no known kind 'nonsense'" in capsys.readouterr().err


def test_long_answers_are_packed_for_a_client_that_asks() -> None:
    with running_sandbox(options()) as url:
        answer = plain_http.get(f"{url}{API}/public/manage-pricing")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.json()) > 5
