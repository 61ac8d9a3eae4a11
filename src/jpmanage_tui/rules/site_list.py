"""Lists of sites that the user gives: how a paste or a file is read into lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from jpmanage_tui.api.text import sanitize_text, typed
from jpmanage_tui.rules.search.fold import fold

MOST_LINES = 10_000
"""Lines of a list; more are refused as a whole, so that none is left out unseen."""
MOST_QUANTITY = 1_000
"""Licenses that one line may ask for."""
_COLUMNS: Mapping[str, str] = {
    "site": "site",
    "url": "site",
    "address": "site",
    "domain": "site",
    "siteurl": "site",
    "site url": "site",
    "site address": "site",
    "site id": "site",
    "blog id": "site",
    "website": "site",
    "host": "site",
    "hostname": "site",
    "product": "product",
    "product name": "product",
    "slug": "product",
    "product slug": "product",
    "quantity": "quantity",
    "qty": "quantity",
}
"""The titles that a column may have, folded, and the column it is."""
_DELIMITERS = ("\t", ";", ",")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_SEPARATOR = re.compile(r"\s*sep=([\t;,])\s*", re.IGNORECASE)
"""The line with which Excel begins a file to say how its cells are separated."""


class ListError(ValueError):
    """A list that cannot be read as a whole; its text is a sentence for the user."""


class SiteLine(NamedTuple):
    """A line of a list: its number in the text (from 1), the address (or Site ID) and the product as they were written
    ('' for none), how many licenses (0 where that cannot be read), and the sentence of what is wrong with the line
    itself ('' for nothing).
    """

    number: int
    site: str
    product: str = ""
    quantity: int = 1
    problem: str = ""


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8 with or without byte order mark, or UTF-16.

    Raises ListError where it is neither.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif (
        b"\0" in data[:200]
    ):  # no text in UTF-8 has one: UTF-16 without its mark, told apart by where they stand
        encoding = "utf-16-le" if data[1::2][:100].count(0) >= data[::2][:100].count(0) else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ListError("The list is no text in UTF-8 or UTF-16; save it as UTF-8.") from None


def read_list(text: str) -> tuple[SiteLine, ...]:
    """Return the lines of a list in which something stands, each once for every time it stands there.

    A line is an address, or a row of CSV with site, product and quantity, separated by commas, semicolons or tabs; a
    first row with the titles of the columns says their order.

    Raises ListError for a list without a line, with more than MOST_LINES, with titles that name no site, or with a quote
    that swallows what follows.
    """
    rows = _rows(text)
    if not rows:
        raise ListError("The list is empty: it has no address of a site.")
    order = _titles(rows[0][1])
    if order is not None:
        rows = rows[1:]
        if not rows:
            raise ListError("The list has titles and no site below them.")
    if len(rows) > MOST_LINES:
        raise ListError(f"The list has {len(rows):,} lines; {MOST_LINES:,} are the most. Split it.")
    return tuple(_line(number, cells, order or ("site", "product", "quantity")) for number, cells in rows)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, each with the number of the line it begins in.

    Raises ListError.
    """
    lines = _LINE_BREAK.split(text.removeprefix("\ufeff"))
    said = _SEPARATOR.fullmatch(lines[0])
    if said is not None:
        lines[0] = ""
        delimiter = said[1]
    else:
        counts = {delimiter: sum(delimiter in line for line in lines) for delimiter in _DELIMITERS}
        delimiter = max(_DELIMITERS, key=lambda one: counts[one])
        if not counts[delimiter]:
            return [(number, [cell]) for number, line in enumerate(lines, 1) if (cell := _cell(line))]
    # blanks behind a closing quote are no part of a cell, and the reader would refuse them
    written = re.sub(f'" +(?={delimiter}|$)', '"', "\n".join(lines), flags=re.MULTILINE)
    reader = csv.reader(io.StringIO(written), delimiter=delimiter, skipinitialspace=True, strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for row in reader:
            cells = [_cell(cell) for cell in row]
            if any(cells):
                rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            raise ListError(f"A cell in line {begins} is too long.") from None
        # not strict, a quote that is left open would make one cell of all lines below it
        raise ListError(f"A quote in line {begins} is not closed where its cell ends.") from None
    return rows


def _cell(text: str) -> str:
    return typed(sanitize_text(text)).strip("\"' ")


def _titles(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Return the columns by a row of titles, None where the row is none.

    Raises ListError where titles name no site, or one twice.
    """
    known = [_COLUMNS.get(fold(cell).replace("_", " ").strip(), "") for cell in cells]
    if not any(known):
        return None
    named = [name for name in known if name]
    if "site" not in named:
        raise ListError("The titles of the list name no column of sites: call one “site”.")
    if len(named) != len(set(named)):
        raise ListError("The titles of the list name a column twice.")
    return tuple(known)


def _line(number: int, cells: Sequence[str], order: Sequence[str]) -> SiteLine:
    values = dict(zip(order, cells, strict=False))
    site, product, quantity = (values.get(name, "") for name in ("site", "product", "quantity"))
    if any(cells[len(order) :]):
        return SiteLine(number, site, product, problem="It has more columns than site, product and quantity.")
    if not site:
        return SiteLine(number, site, product, problem="It names no site.")
    if not quantity:
        return SiteLine(number, site, product)
    if not re.fullmatch(r"[0-9]{1,6}", quantity) or not 1 <= int(quantity) <= MOST_QUANTITY:
        return SiteLine(
            number,
            site,
            product,
            0,
            f"Its quantity {quantity!r} is no number from 1 to {MOST_QUANTITY:,}.",
        )
    return SiteLine(number, site, product, int(quantity))
