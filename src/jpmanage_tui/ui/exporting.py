"""Writing what a screen lists to a file: as CSV or JSON, the whole of it, readable by the user alone."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.prices import digits_of, rounded
from jpmanage_tui.ui.commands.keys import key_of
from jpmanage_tui.ui.downloads import disk_words, save_new
from jpmanage_tui.ui.words import explain, number

if TYPE_CHECKING:
    from jpmanage_tui.ui.section import SectionView

Record = Mapping[str, str]
"""One row by the names of its columns; "" where nothing is known."""

TOLD = 500
"""After so many rows the status line says how far it is."""
VISIBLE = 4
"""Characters of a masked code's end that stay readable."""
STOPPED = "The export was stopped: no file was written."
UNDER_WAY = "An export is on its way; esc stops it."
_RUNS = ("=", "+", "-", "@", "\t", "\n")
_FIGURE = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Export:
    """What a screen writes: `title` names it in the question, `noun` one row of it, `stem` the file.

    `rows` yields every row, those not loaded yet too, and raises ApiError; it is told whether licence codes are
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
    """Return a licence code of which only the product and the last characters can be read."""
    product, underscore, secret = code.rpartition("_")
    return f"{product}{underscore}{'*' * max(0, len(secret) - VISIBLE)}{secret[-VISIBLE:]}"


def time(moment: datetime | None) -> str:
    """Return a time as an export writes it: ISO 8601 in UTC, "" where it is unknown."""
    return moment.isoformat() if moment is not None else ""


def amount(value: Decimal | None, currency: str | None) -> str:
    """Return an amount as an export writes it: in the currency's digits, without sign, code or thousands commas."""
    return "" if value is None else f"{rounded(value, digits_of(currency)):f}"


def given(value: object) -> str:
    """Return a value as the API gave it, "" where it gave none; a figure is neither rounded nor written as a power."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def as_csv(columns: Sequence[str], rows: Sequence[Record], lacks: str = "") -> bytes:
    """Return rows as CSV with a head line; a value that a spreadsheet would run gets a quote before it.

    What the file `lacks` stands in its last line, behind "# ", which is how readers of CSV are told of a comment.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    if lacks:
        writer.writerow(dict.fromkeys(columns, "") | {columns[0]: f"# Not complete: {lacks}."})
    return out.getvalue().encode()


def _harmless(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")  # a lone one would end a line unquoted
    return f"'{value}" if value.startswith(_RUNS) and not _FIGURE.fullmatch(value) else value


def as_json(rows: Sequence[Record], lacks: str = "") -> bytes:
    """Return rows as a JSON array of objects; what the file `lacks` is the field "not_complete" of a last object."""
    last = [{"not_complete": lacks}] if lacks else []
    return json.dumps([*map(dict, rows), *last], ensure_ascii=False, indent=1).encode() + b"\n"


async def export(view: SectionView, what: Export) -> None:
    """Ask for the format, load what is not loaded yet, write the file and say where it is."""
    from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog

    if view.exporting is not None:
        view.jpmanage.say(UNDER_WAY, "warning")
        return
    choices = [Choice("csv", "CSV"), Choice("json", "JSON")]
    if what.codes:
        choices = [
            Choice("csv", "CSV, license codes masked"),
            Choice("csv-codes", "CSV with the license codes"),
            Choice("json", "JSON, license codes masked"),
            Choice("json-codes", "JSON with the license codes"),
        ]
    chosen = await view.app.push_screen_wait(ChoiceDialog(f"Export {what.title}", choices))
    if chosen is None:
        return
    form, _, codes = chosen.partition("-")
    try:
        words, whole = await _write(view, what, form, bool(codes))
    except asyncio.CancelledError:
        if view.is_mounted:  # the user stopped it
            view.jpmanage.say(STOPPED, "warning")
        raise
    except ApiError as error:
        told = explain(error, "Export", again=key_of("export"))
        view.jpmanage.say(f"{told} No file was written.", "error")
    except OSError as error:
        view.jpmanage.say(f"Export: {disk_words(error, view.session.download_folder)}", "error")
    else:
        view.jpmanage.say(words, "good" if whole else "warning")


async def _write(view: SectionView, what: Export, form: str, codes: bool) -> tuple[str, bool]:
    """Write the file; return the sentence about it, and whether it has everything."""
    rows: list[Record] = []
    view.exporting = get_current_worker()
    try:
        async for row in what.rows(codes):
            rows.append(row)
            if len(rows) % TOLD == 0:
                tell_progress(view, f"{number(len(rows), what.noun, what.many)} so far")
    finally:
        view.exporting = None
    lacks = what.lacks()
    # much is written slowly: never on the event loop
    make = as_json if form == "json" else partial(as_csv, what.columns)
    data = await asyncio.to_thread(make, rows, lacks)
    stem = f"{what.stem}-{datetime.now():%Y-%m-%d}"
    path = await asyncio.to_thread(save_new, view.session.download_folder, stem, form, data)
    words = f"{number(len(rows), what.noun, what.many)} written to {path}"
    return (f"{words}. Not complete: {lacks}." if lacks else words), not lacks


def tell_progress(view: SectionView, words: str) -> None:
    """Say how far an export is."""
    view.say_here(f"Exporting… {words} (esc stops)")
