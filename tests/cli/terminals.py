"""A terminal on which a command asks, and somebody who waits for the question and answers it."""

from __future__ import annotations

import fcntl
import os
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from jpmanage_tui.cli import confirm


@dataclass
class Asked:
    """What a command wrote to the terminal."""

    text: str = ""
    left: int = 0
    """How many bytes that were typed were still to be read when the command had ended."""


@contextmanager
def terminal(
    monkeypatch: pytest.MonkeyPatch, answer: str | Callable[[], None], *, before: str = ""
) -> Iterator[Asked]:
    """Have commands ask on a terminal; what is `answer` is typed, or called, once the question is read.

    `before` is typed before the command begins.
    """
    master, slave = os.openpty()
    monkeypatch.setattr(confirm, "TTY", os.ttyname(slave))
    asked = Asked()
    if before:
        os.write(master, before.encode())

    def look() -> None:
        typed = False
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:  # the test has ended
                return
            if not data:
                return
            asked.text += data.decode()
            if not typed and asked.text.rstrip(" ").endswith(("[y/N]", "to go on:")):
                typed = True
                if isinstance(answer, str):
                    os.write(master, answer.encode())
                else:
                    answer()

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield asked
    finally:
        waiting = fcntl.ioctl(slave, termios.FIONREAD, b"\0" * 4)
        asked.left = int.from_bytes(waiting, sys.byteorder)
        os.close(slave)
        looking.join(5)
        os.close(master)
