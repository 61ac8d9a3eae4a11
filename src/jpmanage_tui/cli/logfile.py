"""The log that `--log` writes: what was asked and how it was answered, never a token, a card or a license code."""

from __future__ import annotations

import logging
import os
import re
import stat
import sys
from copy import copy
from pathlib import Path
from types import TracebackType

from jpmanage_tui.api.redaction import GAP, redacted
from jpmanage_tui.cli.crash import report
from jpmanage_tui.config.errors import ConfigError

LOGGERS = ("jpmanage", "asyncio", "httpx", "httpcore")
"""Whose lines the log takes: ours, and the warnings of what we stand on, which would else go to the terminal."""
_VALUES = re.compile(r"\b(exception|result)=(\w*).*")
"""How asyncio shows what a task ended with: its text, which may be secret, to the end of the line."""


class _Formatter(logging.Formatter):
    """One record as text: of an exception the kind and the places, of a value nothing, and all of it redacted."""

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802 - logging's own name
        return report(ei[1]) if ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        record = copy(record)
        record.exc_text = None  # as another handler may have written it: with the text of the error
        text = super().format(record)
        if not record.name.startswith("jpmanage"):
            text = _VALUES.sub(rf"\1=\2{GAP}", text)
        return redacted(text)


_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _LogHandler(logging.Handler):
    """Writes each line at once; where the disk takes no more it says so once, at the end of the program."""

    def __init__(self, descriptor: int, path: Path) -> None:
        super().__init__()
        self._descriptor: int | None = descriptor
        self._path = path
        self._lost: OSError | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._descriptor is None:
            return
        try:
            os.write(self._descriptor, f"{self.format(record)}\n".encode("utf-8", "replace"))
        except OSError as error:
            self._lost = self._lost or error

    def close(self) -> None:
        super().close()
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None
        lost, self._lost = self._lost, None
        if lost is not None and sys.__stderr__ is not None:  # the terminal belongs to the shell again
            sys.__stderr__.write(f"jpmanage: the log {self._path} is not complete: {lost.strerror}.\n")


def log_to(path: Path) -> None:
    """Write the program's log lines to `path`; a plain file can be read by its owner only.

    Raises ConfigError when the file cannot be opened.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        about = os.fstat(descriptor)
        if stat.S_ISREG(about.st_mode) and about.st_uid == os.geteuid():  # else: /dev/null, a pipe
            os.fchmod(descriptor, 0o600)
    except OSError as error:
        raise ConfigError(f"The log file {path} cannot be written: {error.strerror}.") from error
    handler = _LogHandler(descriptor, path)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in LOGGERS:
        logging.getLogger(name).addHandler(handler)
    logger = logging.getLogger("jpmanage")
    logger.setLevel(logging.INFO)
    logger.propagate = False
