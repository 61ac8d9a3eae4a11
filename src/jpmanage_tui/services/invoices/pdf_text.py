"""Reads the text of a PDF on standard input, as a process of its own (`python -m` and the name of this module).

A PDF comes from outside, and pypdf is slow Python: in the program's own process a broken file could hold the screen
for minutes, and its memory would never come back. Here it has limits, and can be ended.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
from dataclasses import asdict, dataclass

MOST_PAGES = 30
MOST_LINES = 4_000
MOST_CELLS = 500
"""Characters of a line."""
SECONDS = 20
MEMORY = 1024 * 1024 * 1024


@dataclass(frozen=True)
class PdfText:
    """The text of a PDF: lines as they stand on the page, blanks keeping columns apart; `cut` where there is more."""

    lines: tuple[str, ...]
    pages: int
    cut: bool


def read(data: bytes) -> PdfText:
    """Return the text of a PDF. Raises what pypdf raises for a broken one."""
    import pypdf

    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    lines: list[str] = []
    for page in pages[:MOST_PAGES]:
        lines += [line.rstrip()[:MOST_CELLS] for line in _text_of(page).splitlines()]
        lines.append("")
        if len(lines) > MOST_LINES:
            break
    cut = len(pages) > MOST_PAGES or len(lines) > MOST_LINES
    return PdfText(tuple(lines[:MOST_LINES]), len(pages), cut)


def _text_of(page: object) -> str:
    from pypdf import PageObject
    from pypdf.errors import PyPdfError

    if not isinstance(page, PageObject):
        return ""
    try:
        return page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
    except (PyPdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # fonts that the layout mode cannot measure: the plain order of the text does without measures
        return page.extract_text()


def main() -> None:
    """Read standard input, write the text as JSON; a file that cannot be read ends the process with an error."""
    _limit(resource.RLIMIT_CPU, SECONDS)
    _limit(resource.RLIMIT_AS, MEMORY)
    logging.disable()
    text = read(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(asdict(text)))


def _limit(what: int, most: int) -> None:
    _, ceiling = resource.getrlimit(what)
    if ceiling == resource.RLIM_INFINITY or ceiling > most:
        resource.setrlimit(what, (most, ceiling))


if __name__ == "__main__":
    main()
