"""Writing what a screen lists to a file: as CSV or JSON, the whole of it, readable by the user alone."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category, normalize

from jpmanage_tui.services.downloads import save_new

if TYPE_CHECKING:
    from _csv import Writer as _CsvWriter

Cell = str | int | Decimal | datetime | date | None
"""One value: a bool is yes or no, a datetime aware; None where nothing is known."""
Record = Mapping[str, Cell]
"""One row by the names of its columns."""

ENDINGS = {"csv": "csv", "excel": "csv", "json": "json"}
"""The endings of the files, by format."""
VISIBLE = 4
"""Characters of a masked code's end that stay readable."""
_RUNS = frozenset("=+-@")
"""What a spreadsheet takes for the beginning of a formula, in full width too."""
_BREAKS = ("\t", "\n")
BOM = "\ufeff"
_FIGURE = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Export:
    """What a screen writes: `title` names it in the question, `noun` one row of it, `stem` the file.

    `rows` yields every row, those not loaded yet too, and raises ApiError; it is told whether license codes are
    wanted in full. `codes` says whether there are any. `lacks` says, once all rows came, what the file does not have, ""
    where it has everything. `many` is the noun of several rows, where an s does not make it.
    """

    title: str
    noun: str
    stem: str
    columns: tuple[str, ...]
    rows: Callable[[bool], AsyncIterator[Record]]
    codes: bool = False
    lacks: Callable[[], str] = str
    many: str | None = None


def masked(code: str) -> str:
    """Return a license code of which only the product and the last characters can be read."""
    product, underscore, secret = code.rpartition("_")
    return f"{product}{underscore}{'*' * max(0, len(secret) - VISIBLE)}{secret[-VISIBLE:]}"


def amount(value: Decimal | None, currency: str | None) -> Decimal | None:
    """Return an amount in the digits of its currency, None where it is unknown."""
    from jpmanage_tui.rules.prices import digits_of, rounded

    return None if value is None else rounded(value, digits_of(currency))


def as_text(value: Cell) -> str:
    """Return a value as CSV has it: "" for None, figures without sign of currency, commas or powers, times in UTC."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def as_csv(columns: Sequence[str], rows: Sequence[Record], lacks: str = "", *, excel: bool = False) -> bytes:
    """Return rows as CSV in UTF-8 with a head line; a text that a spreadsheet would run gets a quote before it.

    What the file `lacks` stands in its last line, behind "# ", which is how readers of CSV are told of a comment.
    `excel`: with the mark by which Excel knows UTF-8, and with semicolons, which it expects where commas stand in
    figures.
    """
    out = io.StringIO()
    writer = _csv_writer(out, excel=excel)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_in_csv(row.get(name)) for name in columns])
    if lacks:
        writer.writerow([f"# Not complete: {lacks}.", *[""] * (len(columns) - 1)])
    return ((BOM if excel else "") + out.getvalue()).encode()


def csv_line(columns: Sequence[str], row: Record, *, excel: bool = False) -> str:
    """Return one row as `as_csv` writes it, with the end of its line."""
    out = io.StringIO()
    _csv_writer(out, excel=excel).writerow([_in_csv(row.get(name)) for name in columns])
    return out.getvalue()


def _csv_writer(out: io.StringIO, *, excel: bool) -> _CsvWriter:
    import csv

    return csv.writer(out, delimiter=";" if excel else ",", lineterminator="\r\n" if excel else "\n")


def _in_csv(value: Cell) -> str:
    return _harmless(value) if isinstance(value, str) else as_text(value)


def _harmless(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")  # a lone one would end a line unquoted
    if _FIGURE.fullmatch(value):
        return value
    # what cannot be seen in front of a sign does not keep a spreadsheet from taking it for a formula
    first = next((one for one in value if not one.isspace() and category(one) not in ("Cf", "Cc")), "")
    runs = value.startswith(_BREAKS) or normalize("NFKC", first) in _RUNS
    return f"'{value}" if runs else value


def as_json(rows: Sequence[Record], lacks: str = "") -> bytes:
    """Return rows as a JSON array of objects: figures are numbers, written out exactly; what is not known is null.

    What the file `lacks` is the field "not_complete" of a last object.
    """
    written = [*rows, {"not_complete": lacks}] if lacks else rows
    if not written:
        return b"[]\n"
    members = (
        ",\n".join(f"  {json.dumps(name)}: {_in_json(value)}" for name, value in row.items())
        for row in written
    )
    return ("[\n" + ",\n".join(f" {{\n{one}\n }}" for one in members) + "\n]\n").encode()


def json_object(row: Record) -> str:
    """Return a row as one line of JSON."""
    return "{" + ", ".join(f"{json.dumps(name)}: {_in_json(value)}" for name, value in row.items()) + "}"


def _in_json(value: Cell) -> str:
    """Return a value as JSON; a Decimal has its own digits, which a float might not have."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, str | int):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(as_text(value))


async def write_export(
    what: Export, rows: Sequence[Record], form: str, folder: Path, lacks: str = ""
) -> Path:
    """Write rows to a new file in `folder`, complete or not at all, and return its path. Raises OSError.

    `form` is one of `ENDINGS`; `lacks` says what the file does not have, "" where it has everything.
    """
    # much is written slowly: never on the event loop
    make = as_json if form == "json" else partial(as_csv, what.columns, excel=form == "excel")
    data = await asyncio.to_thread(make, rows, lacks)
    stem = f"{what.stem}-{datetime.now():%Y-%m-%d}"
    return await asyncio.to_thread(save_new, folder, stem, ENDINGS[form], data)
