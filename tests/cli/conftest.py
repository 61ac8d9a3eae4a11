"""Fixtures: the command line in this process, with folders of its own, against a sandbox over real HTTP."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.harness import Cli
from tests.sandbox.harness import options, running_sandbox
from tests.sandbox.plain_http import plain_http


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sandbox over HTTP, one a file."""
    with running_sandbox(options(40)) as url:
        yield url


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt, as in a shell: a run of the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def cli(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    """The command line set to the sandbox, without any token; the sandbox's switches are turned back after it."""
    yield Cli(url, tmp_path, monkeypatch, capfd)
    switches = plain_http.get(f"{url}/_sandbox/switches").json()
    plain_http.put(f"{url}/_sandbox/switches", json=dict.fromkeys(switches))
    plain_http.put(f"{url}/_sandbox/faults", json=[])
