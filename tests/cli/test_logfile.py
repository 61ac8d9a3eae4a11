"""The file that `--log` writes."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from jpmanage_tui.cli.logfile import LOGGERS, log_to
from tests.logs import logging_as_before

CODE = "jetpack-scan_xZjtE12WIVwBus4n2wbIrYcIM"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    with logging_as_before():
        log_to(tmp_path / "log.txt")
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield tmp_path / "log.txt"


def test_a_line_of_ours_or_of_httpx_is_redacted(log: Path) -> None:
    for name in LOGGERS:
        logging.getLogger(name).warning(
            "HTTP Request: %s %s %s", "POST", f"https://api.example/license/{CODE}/site?search={CODE}", "200"
        )
    lines = log.read_text().splitlines()
    assert len(lines) == len(LOGGERS)
    for line in lines:
        assert CODE not in line
        assert "/license/…/site" in line


def test_of_an_exception_the_log_has_the_kind_and_the_place(log: Path) -> None:
    try:
        raise KeyError(f"{CODE} hush-token")
    except KeyError:
        logging.getLogger("jpmanage.x").exception("Something broke")
    text = log.read_text()
    assert "KeyError" in text
    assert "test_logfile.py" in text
    assert "hush" not in text
    assert "Traceback" not in text


def test_a_warning_of_asyncio_has_no_value_in_it(log: Path) -> None:
    async def fail(kind: type[Exception]) -> None:
        raise kind(f"{CODE} hush-token")

    async def run() -> None:
        for kind in (KeyError, ValueError):
            asyncio.create_task(fail(kind), name=f"unassign {CODE}")  # noqa: RUF006 - that nobody holds it is the point
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()

    asyncio.run(run())
    text = log.read_text()
    assert text.count("Task exception was never retrieved") == 2
    assert "exception=KeyError…" in text
    assert "hush" not in text
    assert CODE not in text
