"""Copying from a host that may have no clipboard of its own.

Inside tmux the text goes through tmux, which hands it on to the outer terminal whatever its settings; else to
the terminal by OSC 52; else to a local tool. Nobody can know that it arrived, and the words do not claim it.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Protocol

OSC52_LIMIT = 74_994
"""Terminals that take OSC 52 take at least so many bytes of base64; some drop what is longer."""
_SECONDS = 2.0
_NO_OSC52 = ("linux", "vt100", "vt220", "dumb")


class CopyWay(Enum):
    """Where a text was sent."""

    TMUX = "tmux"
    TERMINAL = "terminal"
    TOOL = "tool"
    NONE = "none"

    @property
    def sentence(self) -> str:
        """What to tell the user."""
        return _SENTENCES[self]


_SENTENCES = {
    CopyWay.TMUX: "sent to the terminal's clipboard",
    CopyWay.TERMINAL: "sent to the terminal's clipboard",
    CopyWay.TOOL: "sent to the desktop's clipboard",
    CopyWay.NONE: "could not be copied from here: select it in the terminal",
}


class Terminal(Protocol):
    """An app that can send a sequence to its terminal."""

    def write_to_terminal(self, data: str) -> None:
        """Send it."""


async def copy_text(app: Terminal, text: str, what: str) -> str:
    """Copy for the user of an app; return the sentence with the name, the way it went and the text."""
    way = await copy(text, app.write_to_terminal, os.environ)
    return f"{what} {way.sentence}: {text}"


async def copy(text: str, write: Callable[[str], object], env: Mapping[str, str]) -> CopyWay:
    """Copy a text and return which way it went.

    `write` sends to the terminal (the driver's write). A tool that does not answer in two seconds is ended,
    and the next way tried.
    """
    data = text.encode()
    if env.get("TMUX") and await _pipe(["tmux", "load-buffer", "-w", "-"], data, env):
        return CopyWay.TMUX
    code = base64.b64encode(data).decode()
    if _takes_osc52(env) and len(code) <= OSC52_LIMIT:
        write(f"\x1b]52;c;{code}\x07")
        return CopyWay.TERMINAL
    for command in _tools(env):
        if await _pipe(command, data, env):
            return CopyWay.TOOL
    return CopyWay.NONE


def _takes_osc52(env: Mapping[str, str]) -> bool:
    """Say whether the terminal may take OSC 52: Apple's does not, nor does a console."""
    return not env.get("TERM", "").startswith(_NO_OSC52) and env.get("TERM_PROGRAM") != "Apple_Terminal"


def _tools(env: Mapping[str, str]) -> list[list[str]]:
    tools: list[list[str]] = []
    if env.get("WAYLAND_DISPLAY"):
        tools.append(["wl-copy"])
    if env.get("DISPLAY"):
        tools += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    if not env.get("SSH_CONNECTION"):  # over SSH it would be the clipboard of another machine
        tools.append(["pbcopy"])
    return tools


async def _pipe(command: Sequence[str], data: bytes, env: Mapping[str, str]) -> bool:
    """Run a program with data on its input; say whether it ended well in time."""
    path = shutil.which(command[0], path=env.get("PATH"))
    if path is None:
        return False
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            path, *command[1:], stdin=asyncio.subprocess.PIPE, stdout=nowhere, stderr=nowhere, env=dict(env)
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(_SECONDS):
            await process.communicate(data)
    except TimeoutError:
        process.kill()
        await process.wait()
    return process.returncode == 0
