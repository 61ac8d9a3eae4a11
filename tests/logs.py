"""The log that `--log` begins, within a test."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from jpmanage_tui.cli.logfile import LOGGERS


@contextmanager
def logging_as_before() -> Iterator[None]:
    """Have the loggers afterwards as they are now, whatever is logged to in between."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    try:
        yield
    finally:
        for logger, handlers, level, propagate in before:
            for handler in set(logger.handlers) - set(handlers):
                handler.close()
            logger.handlers, logger.level, logger.propagate = handlers, level, propagate
