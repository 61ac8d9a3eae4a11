from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import sshd
from tests.e2e.harness import Place
from tests.e2e.sshd import Host
from tests.sandbox.harness import options, running_sandbox


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with running_sandbox(options()) as url:
        yield Place(url, tmp_path)


@pytest.fixture
def demo(tmp_path: Path) -> Place:
    """A place for the demo, which needs no server."""
    return Place("", tmp_path)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """A host to log in to; `sshd.missing()` says whether there can be one."""
    folder = tmp_path / "ssh"
    folder.mkdir()
    with sshd.sshd(folder) as running:
        yield running
