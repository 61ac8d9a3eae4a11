from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jpmanage_tui.services.browser import (
    desktop_command,
    is_web_url,
    open_url,
    qr,
    user_commands,
    with_address,
)


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


async def test_over_ssh_or_without_display_the_page_is_to_be_shown() -> None:
    env = {"DISPLAY": ":0", "PATH": os.environ["PATH"], "SSH_CONNECTION": "1 2 3 4"}
    assert not await open_url("https://example.test", env)
    assert desktop_command({**env, "SSH_CONNECTION": "", "DISPLAY": ""}, "linux") is None


async def test_the_users_browser_is_run_over_ssh_too(tmp_path: Path) -> None:
    env = {**browser(tmp_path), "SSH_CONNECTION": "1 2 3 4", "DISPLAY": ""}
    address = "https://example.test/?a=1&b=$(touch${IFS}x);c='%s'"
    assert await open_url(address, env)
    assert (tmp_path / "opened").read_text().strip() == address, "no shell has seen it"


async def test_the_next_browser_of_the_list_is_tried_where_one_fails(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    failing, good = browser(tmp_path / "a", "exit 3"), browser(tmp_path)
    env = {**good, "BROWSER": f"no-such-browser:{failing['BROWSER']}:{good['BROWSER']} --new %s &"}
    assert await open_url("https://example.test", env)
    assert (tmp_path / "a" / "opened").exists()
    assert (tmp_path / "opened").read_text().strip() == "--new https://example.test"


async def test_a_browser_that_fails_leaves_the_page_to_be_shown(tmp_path: Path) -> None:
    assert not await open_url("https://example.test", browser(tmp_path, "exit 3"))


def test_what_of_browser_cannot_be_run_or_draws_in_the_terminal_is_left_out(tmp_path: Path) -> None:
    command = str(tmp_path / "browse")
    env = browser(tmp_path)
    (tmp_path / "w3m").write_text("#!/bin/sh\n")
    (tmp_path / "w3m").chmod(0o755)
    assert user_commands({**env, "BROWSER": f"':{tmp_path}/w3m::{command} -x"}) == [[command, "-x"]]
    assert user_commands({**env, "BROWSER": ""}) == []
    script = f"sh -c '{command} %s':{command} \"a %s &\":{command} --url=%s 100%%"
    kept = [command, "--url=%s", "100%%"]
    assert user_commands({**env, "BROWSER": script}) == [kept], "a shell would read the address"


def test_percent_s_is_the_address_else_it_stands_at_the_end() -> None:
    assert with_address(["b", "--url=%s", "100%%"], "https://x") == ["b", "--url=https://x", "100%"]
    assert with_address(["b", "%%s"], "https://x") == ["b", "%s", "https://x"]


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
