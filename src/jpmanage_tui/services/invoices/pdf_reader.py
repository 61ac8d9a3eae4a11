"""The text of a PDF for the screen: read by a process of its own, cleaned, its tables made to fit."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.services.invoices.pdf_table import fit_tables
from jpmanage_tui.services.invoices.pdf_text import SECONDS

MAX_BYTES = 20 * 1024 * 1024
"""Bytes of a PDF whose text is read here; a larger one is for downloading."""


class UnreadablePdf(Exception):
    """The text cannot be shown; the sentence says why."""


@dataclass(frozen=True)
class PdfContent:
    """What the screen shows: lines without control characters, how many pages they are from, whether there is more."""

    lines: tuple[str, ...]
    pages: int
    cut: bool


async def read_pdf(data: bytes) -> PdfContent:
    """Return the text of a PDF. Raises UnreadablePdf."""
    if len(data) > MAX_BYTES:
        raise UnreadablePdf("This PDF is too large to be read here.")
    answer = await _run_reader(data)
    try:
        body = json.loads(answer)
        lines, pages, cut = (
            [sanitize_text(str(line)) for line in body["lines"]],
            int(body["pages"]),
            bool(body["cut"]),
        )
    except (ValueError, KeyError, TypeError):
        raise UnreadablePdf("The text of this PDF cannot be read.") from None
    if not any(line.strip() for line in lines):
        raise UnreadablePdf("This PDF holds pictures only, no text.")
    return PdfContent(tuple(fit_tables(lines)), pages, cut)


async def _run_reader(data: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "jpmanage_tui.services.invoices.pdf_text",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=without_secrets(os.environ),
        start_new_session=True,  # a key pressed in the terminal is not its signal
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(data), SECONDS)
    except TimeoutError:
        raise UnreadablePdf("Reading the text of this PDF takes too long.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise UnreadablePdf("The text of this PDF cannot be read.")
    return answer


def without_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without this program's own variables: the process that reads needs no token."""
    return {name: value for name, value in env.items() if not name.startswith("JPMANAGE_")}
