"""Web pages: opened on a local desktop, shown as link and QR code anywhere else."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

_QUIET_ZONE = 2  # modules of white around the code; phones read it with two


def is_web_url(url: str) -> bool:
    """Say whether it is an http or https address with a host and without control characters or spaces."""
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def browser_command(env: Mapping[str, str], platform: str = sys.platform) -> list[str] | None:
    """Return the command that opens a page on this desktop, or None where there is none to see it.

    Over SSH there is none, whatever the host has. On Linux a display is needed. `BROWSER` wins.
    """
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        return None
    if platform != "darwin" and not (env.get("DISPLAY") or env.get("WAYLAND_DISPLAY")):
        return None
    first = env.get("BROWSER", "").split(":")[0]
    try:
        wanted = shlex.split(first)
    except ValueError:
        wanted = []
    for command in (wanted, ["open"] if platform == "darwin" else ["xdg-open"]):
        if command and shutil.which(command[0], path=env.get("PATH")):
            return command
    return None


async def open_url(url: str, env: Mapping[str, str] | None = None) -> bool:
    """Open a page in the desktop's browser; False says that the page is to be shown instead.

    `env` is the environment to go by (None: that of the process). Raises ValueError where the
    address is not of the web.
    """
    if not is_web_url(url):
        raise ValueError("not an http or https address")
    env = os.environ if env is None else env
    command = browser_command(env)
    if command is None:
        return False
    words = [word.replace("%s", url) for word in command]
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *(words if words != command else [*command, url]),
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,
            env=dict(env),
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(2.0):
            return await process.wait() == 0
    except TimeoutError:  # a browser in the foreground: it is open
        return True


class QrCode(NamedTuple):
    """A QR code in half blocks: its lines and what room they need."""

    lines: tuple[str, ...]
    columns: int
    rows: int


def qr(url: str) -> QrCode:
    """Draw an address as a QR code, two modules in a cell, with its quiet zone.

    A filled cell is a light module: draw the lines in white on black (without colors on a dark terminal).
    Raises ValueError where the address is not of the web or too long for a code.
    """
    if not is_web_url(url):
        raise ValueError("not an http or https address")
    import segno  # loaded when one is drawn

    matrix = [list(row) for row in segno.make_qr(url, error="l").matrix_iter(border=_QUIET_ZONE)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    pairs = zip(matrix[::2], matrix[1::2], strict=True)
    lines = tuple("".join(map(_half_block, upper, lower)) for upper, lower in pairs)
    return QrCode(lines, len(lines[0]), len(lines))


def _half_block(upper: int, lower: int) -> str:
    """Draw two modules, dark ones left open."""
    return {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}[bool(upper), bool(lower)]
