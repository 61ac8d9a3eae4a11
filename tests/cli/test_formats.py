"""The formats: TSV of one line a row, JSON with exact figures and times in UTC, CSV as spreadsheets read it."""

from __future__ import annotations

import csv
import io
import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from unicodedata import category

from hypothesis import given, settings, strategies as st

from jpmanage_tui.cli.formats import chosen_fields, row_writer
from jpmanage_tui.services.exports import Cell, Record
from jpmanage_tui.services.fields.field import Field, FieldType
from tests.cli.harness import KEY, Cli

NAMES = ("text", "number", "amount", "time", "day", "flag")
FIELDS = [Field[Any](name, lambda row: row, name, listed=name != "flag") for name in NAMES]
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=12),
    st.integers(-(10**15), 10**15),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    st.datetimes(
        datetime(1970, 1, 1),  # the strategy gives the zone
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=9, minutes=30))]),
    ),
    st.dates(),
)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, CELLS)), max_size=3)


def asked(form: str | None = None, **more: Any) -> Namespace:
    return Namespace(**{"format": form, "excel": False, "fields": None, **more})


def written(rows: Sequence[Record], form: str | None, *, single: bool = False, excel: bool = False) -> str:
    before, sys.stdout = sys.stdout, io.StringIO()
    try:
        writer = row_writer(asked(form, excel=excel), FIELDS, single=single)
        for row in rows:
            writer.row(row)
        writer.end()
        return sys.stdout.getvalue()
    finally:
        sys.stdout = before


def in_json(value: Cell) -> object:
    """Return a value as a reader of JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


@settings(max_examples=50, deadline=None)
@given(rows=ROWS)
def test_lines_of_tabs_hold_a_row_each_and_no_control_character(rows: list[Record]) -> None:
    lines = written(rows, None).split("\n")
    assert len(lines) == len(rows) + 1
    for line in lines[:-1]:
        cells = line.split("\t")
        assert len(cells) == len(NAMES)
        assert not [one for one in "".join(cells) if category(one) in ("Cc", "Zl", "Zp", "Cs")]


@settings(max_examples=50, deadline=None)
@given(rows=ROWS)
def test_json_has_exact_figures_and_times_in_utc(rows: list[Record]) -> None:
    wanted = [{name: in_json(value) for name, value in row.items()} for row in rows]
    assert json.loads(written(rows, "json"), parse_float=Decimal) == wanted
    lines = written(rows, "jsonl").split("\n")  # a text may have other characters that splitlines breaks at
    assert [json.loads(line, parse_float=Decimal) for line in lines if line] == wanted
    for row, one in zip(rows, wanted, strict=True):
        assert json.loads(written([row], "json", single=True), parse_float=Decimal) == one


@settings(max_examples=50, deadline=None)
@given(rows=ROWS, excel=st.booleans())
def test_csv_is_read_as_it_was_written(rows: list[Record], excel: bool) -> None:
    text = written(rows, "csv", excel=excel)
    assert text.startswith("\ufeff") is excel
    read = list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";" if excel else ",")
    )
    assert read[0] == list(NAMES)
    assert len(read) == len(rows) + 1
    assert {len(line) for line in read} == {len(NAMES)}


def test_the_value_of_a_row_in_each_format() -> None:
    time = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    values = ("a\tb\nc", 7, Decimal("0.10"), time, date(2026, 3, 1), True)
    row: Record = dict(zip(NAMES, values, strict=True))
    assert written([row], None) == "a b c\t7\t0.10\t2026-03-01T10:00:00+00:00\t2026-03-01\tyes\n"
    assert written([row], "jsonl") == (
        '{"text": "a\\tb\\nc", "number": 7, "amount": 0.10, "time": "2026-03-01T10:00:00+00:00", '
        '"day": "2026-03-01", "flag": true}\n'
    )
    assert written([row], None, single=True).splitlines()[:2] == ["text\ta b c", "number\t7"]
    assert written([{**row, "text": "=1+1"}], "csv").splitlines()[1].startswith("'=1+1,7,0.10,")
    assert written([], "json") == "[]\n"
    assert written([], "jsonl") == ""
    assert written([], "csv") == ",".join(NAMES) + "\n"


def test_fields_are_those_asked_for_in_their_order_else_the_listed_ones_else_all() -> None:
    def names(arguments: Namespace) -> list[str]:
        return [field.name for field in chosen_fields(arguments, FIELDS)]

    assert names(asked(fields=("flag", "text"))) == ["flag", "text"]
    assert names(asked()) == list(NAMES[:-1])
    assert names(asked("json")) == names(asked("csv")) == list(NAMES)


def test_a_field_that_is_none_is_refused_with_the_nearest_and_excel_without_csv(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    ended = cli("licenses", "list", "--fields", "product,licnse_code")
    assert (ended.code, ended.out) == (2, "")
    assert "There is no field 'licnse_code'" in ended.err
    assert "license_code?" in ended.err
    ended = cli("licenses", "list", "--excel", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert json.loads(ended.err)["message"] == "--excel is for CSV: add --csv."


def test_every_type_has_a_word_that_the_help_shows() -> None:
    assert [kind.value for kind in FieldType] == ["text", "number", "amount", "time", "date", "true/false"]
