from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jpmanage_tui.services.browser import browser_command, is_web_url, open_url, qr


def browser(folder: Path, script: str = "") -> dict[str, str]:
    path = folder / "browse"
    path.write_text(f'#!/bin/sh\necho "$@" > {folder}/opened\n{script}\n')
    path.chmod(0o755)
    return {"BROWSER": str(path), "DISPLAY": ":0", "PATH": os.environ["PATH"]}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "//host",
        "-n",
        "https://a b",
        "http://x\x1b]0;",
        "http://[",
    ],
)
async def test_only_addresses_of_the_web_are_opened_or_drawn(url: str, tmp_path: Path) -> None:
    assert not is_web_url(url)
    with pytest.raises(ValueError, match="address"):
        await open_url(url, browser(tmp_path))
    with pytest.raises(ValueError, match="address"):
        qr(url)
    assert not (tmp_path / "opened").exists()


async def test_on_a_local_desktop_the_page_opens(tmp_path: Path) -> None:
    assert await open_url("https://example.test/?a=1&b=2", browser(tmp_path))
    assert (tmp_path / "opened").read_text().strip() == "https://example.test/?a=1&b=2"


async def test_over_ssh_or_without_display_the_page_is_to_be_shown(tmp_path: Path) -> None:
    env = browser(tmp_path)
    assert not await open_url("https://example.test", {**env, "SSH_CONNECTION": "1 2 3 4"})
    assert browser_command({**env, "DISPLAY": ""}, "linux") is None
    assert not (tmp_path / "opened").exists()


async def test_a_browser_that_fails_leaves_the_page_to_be_shown(tmp_path: Path) -> None:
    assert not await open_url("https://example.test", browser(tmp_path, "exit 3"))


def test_the_users_browser_is_taken_before_the_desktops(tmp_path: Path) -> None:
    assert browser_command(browser(tmp_path), "linux") == [str(tmp_path / "browse")]
    assert browser_command({"BROWSER": "'", "DISPLAY": ":0", "PATH": str(tmp_path)}, "linux") is None


def test_a_qr_code_is_the_address_in_half_blocks_with_a_quiet_zone() -> None:
    import segno

    url = "https://example.test/wpcom/checkout?x=1"
    code = qr(url)
    assert code.rows == len(code.lines)
    assert {len(line) for line in code.lines} == {code.columns}
    modules: list[list[int]] = []
    for line in code.lines:
        modules.append([int(char in "▄ ") for char in line])
        modules.append([int(char in "▀ ") for char in line])
    wanted = [
        [int(bool(module)) for module in row] for row in segno.make_qr(url, error="l").matrix_iter(border=2)
    ]
    assert modules[: len(wanted)] == wanted
    assert not any(modules[0] + modules[1])


def test_the_qr_library_is_loaded_when_a_code_is_drawn_only() -> None:
    import subprocess

    program = "import sys, jpmanage_tui.services.browser; print('segno' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
