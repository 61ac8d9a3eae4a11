"""Web pages: opened with the user's `BROWSER` or on a local desktop, shown as link and QR code anywhere else."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import urlsplit

TEXT_BROWSERS = frozenset({"browsh", "elinks", "links", "links2", "lynx", "w3m", "www-browser"})
"""Browsers that draw in the terminal: with their output left away they would end well, and nobody would see the page."""
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


def has_desktop(env: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Say whether there is a desktop on this machine that the user sees: not over SSH; on Linux a display is needed."""
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        return False
    return platform == "darwin" or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def desktop_command(env: Mapping[str, str], platform: str = sys.platform) -> list[str] | None:
    """Return the command that opens a page on this desktop, or None where there is none to see it."""
    command = "open" if platform == "darwin" else "xdg-open"
    found = has_desktop(env, platform) and shutil.which(command, path=env.get("PATH"))
    return [command] if found else None


def browsers(env: Mapping[str, str]) -> list[list[str]]:
    """Return the commands that open a page, in the order in which they are tried: `BROWSER`, then the desktop's."""
    desktop = desktop_command(env)
    return [*user_commands(env), *([desktop] if desktop is not None else [])]


def user_commands(env: Mapping[str, str]) -> list[list[str]]:
    """Return the commands of `BROWSER` that can be run, in its order: they are the user's own choice, also over SSH.

    As the convention has it, `:` stands between commands, `%s` for the address and `%%` for a percent sign; one without
    `%s` gets the address at its end. One that draws in the terminal, which this program holds, is left out; so is one
    that has the address in the midst of other words, as `sh -c "firefox %s"`: a shell would read what is in it.
    """
    commands = []
    for entry in env.get("BROWSER", "").split(":"):
        try:
            words = shlex.split(entry.strip().removesuffix("&"))  # each runs beside the program anyway
        except ValueError:
            continue  # a quotation mark without its other one
        if not words or PurePath(words[0]).name in TEXT_BROWSERS:
            continue
        if any(_takes_address(word) and word.split() != [word] for word in words):
            continue
        if shutil.which(words[0], path=env.get("PATH")):
            commands.append(words)
    return commands


def with_address(command: Sequence[str], url: str) -> list[str]:
    """Return the words of a command with the address in the place of `%s`, else at the end."""
    filled = [re.sub("%[%s]", lambda found: url if found[0] == "%s" else "%", word) for word in command]
    return filled if any(map(_takes_address, command)) else [*filled, url]


def _takes_address(word: str) -> bool:
    return "%s" in word.replace("%%", "")


async def open_url(url: str, env: Mapping[str, str] | None = None) -> bool:
    """Open a page with the user's `BROWSER`, else in the desktop's browser; False says that it is to be shown instead.

    No shell sees the address. `env` is the environment to go by (None: that of the process). Raises ValueError where the
    address is not of the web.
    """
    if not is_web_url(url):
        raise ValueError("not an http or https address")
    env = os.environ if env is None else env
    for command in browsers(env):
        if await _run(with_address(command, url), env):
            return True
    return False


async def _run(words: Sequence[str], env: Mapping[str, str]) -> bool:
    """Run a command beside the program; returns whether it goes on after a moment or has ended well."""
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True, env=dict(env)
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(2.0):
            return await process.wait() == 0
    except TimeoutError:  # a browser in the foreground: it is open
        return True


class QrCode(NamedTuple):
    """A QR code in cells: its lines and what room they need."""

    lines: tuple[str, ...]
    columns: int
    rows: int


def qr(url: str, *, blocks: bool = True) -> QrCode:
    """Draw an address as a QR code, two modules in a cell, with its quiet zone.

    A filled cell is a light module: draw the lines in white on black (without colors on a dark terminal). Without
    `blocks` a module is two cells, `##` a light one: draw blanks reversed in their place.
    Raises ValueError where the address is not of the web or too long for a code.
    """
    if not is_web_url(url):
        raise ValueError("not an http or https address")
    import segno  # loaded when one is drawn

    matrix = [list(row) for row in segno.make_qr(url, error="l").matrix_iter(border=_QUIET_ZONE)]
    if not blocks:
        lines = tuple("".join("  " if module else "##" for module in row) for row in matrix)
        return QrCode(lines, len(lines[0]), len(lines))
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    pairs = zip(matrix[::2], matrix[1::2], strict=True)
    lines = tuple("".join(map(_half_block, upper, lower)) for upper, lower in pairs)
    return QrCode(lines, len(lines[0]), len(lines))


def _half_block(upper: int, lower: int) -> str:
    """Draw two modules, dark ones left open."""
    return {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}[bool(upper), bool(lower)]
