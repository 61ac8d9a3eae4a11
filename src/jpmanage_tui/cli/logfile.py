"""The log that `--log` writes: what was asked and how it was answered, never a token or a card."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from jpmanage_tui.config.errors import ConfigError


def log_to(path: Path) -> None:
    """Write the program's log lines to `path`, which only its owner can read.

    Raises ConfigError when the file cannot be opened.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(descriptor, 0o600)
        stream = os.fdopen(descriptor, "a", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"The log file {path} cannot be written: {error.strerror}.") from error
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("jpmanage")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
