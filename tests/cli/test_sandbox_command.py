"""`jpmanage sandbox`: the sandbox over real HTTP, as scripts use it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.sandbox.plain_http import plain_http


def test_it_prints_what_a_shell_exports_and_ends_with_143_on_sigterm(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "jpmanage_tui",
        "sandbox",
        "--port",
        "0",
        "--licenses",
        "3",
        "--dir",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(4)]
        exported = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        assert list(exported) == [
            "JPMANAGE_API_URL",
            "JPMANAGE_STRIPE_URL",
            "JPMANAGE_TOKEN",
            "JPMANAGE_USER_TOKEN",
        ]
        answer = plain_http.get(
            f"{exported['JPMANAGE_API_URL']}/wpcom/v2/jetpack-licensing/licenses/counts",
            headers={"Authorization": f"Bearer {exported['JPMANAGE_TOKEN']}"},
        )
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
    assert (tmp_path / "sandbox.sqlite").exists()


def test_a_port_that_is_taken_ends_with_a_sentence(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "jpmanage_tui", "sandbox", "--port", port, "--licenses", "3"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode != 0
    assert ended.stderr.startswith("jpmanage sandbox: ")
    assert "Traceback" not in ended.stderr
