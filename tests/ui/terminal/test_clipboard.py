from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from jpmanage_tui.ui.terminal.clipboard import OSC52_LIMIT, CopyWay, copy, copy_text


class Tools:
    """Programs of the user's PATH that note what they were given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, script: str = "") -> None:
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho "$@" > {self.folder}/{name}.args\n{script or self.keep(name)}\n')
        path.chmod(0o755)

    def keep(self, name: str) -> str:
        return f"cat > {self.folder}/{name}.input"

    def got(self, name: str) -> tuple[str, str]:
        return (self.folder / f"{name}.args").read_text().strip(), (self.folder / f"{name}.input").read_text()

    def env(self, **more: str) -> dict[str, str]:
        return {"PATH": f"{self.folder}:{os.environ['PATH']}", "TERM": "xterm-256color", **more}


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(tmp_path)


async def test_inside_tmux_the_text_goes_through_tmux_and_not_to_the_terminal(tools: Tools) -> None:
    tools.add("tmux")
    written: list[str] = []
    way = await copy("jetpack-scan_ü", written.append, tools.env(TMUX="/tmp/tmux-1000/default,1,0"))
    assert way is CopyWay.TMUX
    assert tools.got("tmux") == ("load-buffer -w -", "jetpack-scan_ü")
    assert written == []
    assert way.sentence == "sent to the terminal's clipboard"


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 60"])
async def test_a_tmux_that_fails_or_hangs_leaves_the_text_to_the_terminal(
    tools: Tools, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.terminal.clipboard._SECONDS", 0.2)
    tools.add("tmux", script)
    written: list[str] = []
    assert await copy("code", written.append, tools.env(TMUX="x")) is CopyWay.TERMINAL
    assert written == [f"\x1b]52;c;{base64.b64encode(b'code').decode()}\x07"]


async def test_outside_tmux_the_terminal_is_asked_even_where_tools_are_there(tools: Tools) -> None:
    tools.add("xclip")
    written: list[str] = []
    assert await copy("code", written.append, tools.env(DISPLAY=":0")) is CopyWay.TERMINAL
    assert len(written) == 1


async def test_what_is_too_long_for_the_terminal_goes_to_a_local_tool(tools: Tools) -> None:
    tools.add("xclip")
    text = "x" * OSC52_LIMIT
    written: list[str] = []
    assert await copy(text, written.append, tools.env(DISPLAY=":0")) is CopyWay.TOOL
    assert tools.got("xclip") == ("-selection clipboard", text)
    assert written == []


async def test_without_any_way_the_user_is_told_to_select_the_text(tools: Tools) -> None:
    way = await copy("code", lambda _: None, {"PATH": str(tools.folder), "TERM": "linux"})
    assert way is CopyWay.NONE
    assert "select" in way.sentence


class Writing:
    def __init__(self) -> None:
        self.data: list[str] = []

    def write_to_terminal(self, data: str) -> None:
        self.data.append(data)


async def test_the_sentence_names_the_thing_and_keeps_its_text_on_screen(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    app = Writing()
    sentence = await copy_text(app, "jetpack-scan_x", "License code")
    assert sentence == "License code sent to the terminal's clipboard: jetpack-scan_x"
    assert app.data[0].startswith("\x1b]52;")


async def test_over_ssh_the_hosts_own_clipboard_is_not_used(tools: Tools) -> None:
    tools.add("pbcopy")
    env = {"PATH": str(tools.folder), "TERM_PROGRAM": "Apple_Terminal", "SSH_CONNECTION": "1 2 3 4"}
    assert await copy("code", lambda _: None, env) is CopyWay.NONE
