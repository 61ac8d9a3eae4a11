"""Sites whose names terminals measure in different ways, in the installed command inside tmux."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import JPMANAGE, Place, until
from tests.e2e.test_tmux import Tmux
from tests.ui.terminal.test_graphemes import FLAG, HINDI, KEYCAPS

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
NAMES = (KEYCAPS, HINDI, FLAG, "שלום", "北京")


@pytest.fixture
def tmux(demo: Place) -> Iterator[Tmux]:
    folder = demo.folder / "demo"
    command = (
        f"{JPMANAGE} --demo --demo-dir {folder} --demo-licenses 60 --demo-now 2026-03-01T09:00:00Z; exec cat"
    )
    first = Tmux(demo.folder, f"{command}", (100, 30), demo.folders)
    first.shows(" 1/")
    first.keys("q")
    until(lambda: " 1/" not in first.text, "it has ended")
    first("kill-server")
    rename(folder / "sandbox.sqlite")
    server = Tmux(demo.folder, command, (100, 30), demo.folders)
    yield server
    server("kill-server")


def rename(database: Path) -> None:
    """Give names to the sites of the licenses that are listed first."""
    connection = sqlite3.connect(database)
    sites = [
        site
        for (site,) in connection.execute(
            "SELECT blog_id FROM licenses WHERE blog_id IS NOT NULL AND revoked_at IS NULL AND owner_type IS NOT 'user'"
            " AND parent_license_id IS NULL AND key_id = (SELECT min(key_id) FROM licenses)"
            " GROUP BY blog_id ORDER BY max(issued_at) DESC"
        )
    ]
    for site, name in zip(sites, NAMES, strict=False):
        connection.execute("UPDATE sites SET url = ? WHERE blog_id = ?", (f"https://{name}.example", site))
    connection.commit()
    connection.close()


@pytest.mark.slow
def test_names_are_whole_and_no_cell_shows_what_stood_there_before(tmux: Tmux) -> None:
    tmux.shows(" 1/", *(f"{name}.example" for name in NAMES[1:]))
    tmux.keys("G")
    tmux.shows("/54")
    until(lambda: " 1/54" not in tmux.text, "the last row")
    tmux.keys("g")
    tmux.shows(" 1/54", *(f"{name}.example" for name in NAMES[1:]))
    shown = tmux.text
    keycaps = next(line for line in shown.splitlines() if KEYCAPS[:3] in line)
    assert f"{KEYCAPS}.example" in keycaps.replace(" ", "")
    tmux.keys("C-l")
    until(lambda: tmux.text == shown, "a repaint shows the same")
