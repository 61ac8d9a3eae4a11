"""The table: it fits every terminal, with signs of any width, and loses nothing that was asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from unicodedata import category

import pytest
from hypothesis import given, settings, strategies as st
from wcwidth import wcswidth

from jpmanage_tui.cli import output
from jpmanage_tui.cli.formats import TabWriter
from jpmanage_tui.cli.table import MEASURED, TableWriter, clipped, fitted, terminal_width, uses_color
from jpmanage_tui.services.exports import Cell, Record, as_text
from jpmanage_tui.services.fields.field import Field, FieldType

NAMES = ("license_code", "product", "site", "issued_at", "amount", "state")
TYPES = (
    FieldType.TEXT,
    FieldType.TEXT,
    FieldType.TEXT,
    FieldType.TIME,
    FieldType.AMOUNT,
    FieldType.TEXT,
)
FIELDS = [
    Field[Record](name, lambda row, name=name: row[name], name, kind, whole=name == "license_code")  # type: ignore[misc]
    for name, kind in zip(NAMES, TYPES, strict=True)
]
SIGNS = st.sampled_from(
    [*"aZ9.-/ ", "北", "京", "é", "e\u0301", "👩\u200d💻", "🚀", "\u200d", "☀\ufe0f", "ｱ", "한", "\n", "\x1b"]
)
TEXTS = st.one_of(st.lists(SIGNS, max_size=4), st.lists(SIGNS, min_size=20, max_size=40)).map("".join)
ROWS = st.lists(
    st.tuples(TEXTS, TEXTS, TEXTS, st.booleans(), st.integers(-(10**9), 10**9)), min_size=1, max_size=4
)


def written(
    rows: Sequence[Record], width: int, *, color: bool = False, asked_for: bool = False, fields: int = 6
) -> list[str]:
    """Return the lines of a table."""
    before, sys.stdout = sys.stdout, StringIO()
    try:
        writer = TableWriter(FIELDS[:fields], width, color=color, asked_for=asked_for)
        for row in rows:
            writer.row(row)
        writer.end()
        return sys.stdout.getvalue().split("\n")[:-1]
    finally:
        sys.stdout = before


def record(code: str, product: str, site: str, known: bool, cents: int) -> dict[str, Cell]:
    when = datetime(2026, 3, 1, 12, 30, tzinfo=UTC) if known else None
    amount = Decimal(cents) / 100
    values = (code, product, site, when, amount, "revoked" if known else "attached")
    return dict(zip(NAMES, values, strict=True))


@settings(max_examples=60, deadline=None)
@given(
    rows=ROWS,
    width=st.one_of(st.integers(20, 100), st.integers(100, 300)),
    color=st.booleans(),
    fields=st.integers(1, 6),
)
def test_it_fits_any_width_and_any_signs(
    rows: list[tuple[str, str, str, bool, int]], width: int, color: bool, fields: int
) -> None:
    lines = written([record(*row) for row in rows], width, color=color, fields=fields)
    if lines[0].startswith("license_code\t"):  # no room for so many columns: a field a line
        assert width < fields * 10
        assert len(lines) == len(rows) * (len(NAMES) + 1) - 1
        return
    plain = [re.sub(r"\x1b\[\d*m", "", line) for line in lines]
    assert len(lines) == len(rows) + 1
    for line in plain:
        assert not [one for one in line if category(one) in ("Cc", "Zl", "Zp")]
        assert 0 <= wcswidth(line) <= width
    if not color:
        assert plain == lines


@settings(max_examples=40, deadline=None)
@given(text=TEXTS, width=st.integers(0, 12))
def test_a_text_is_cut_to_its_cells_and_marked(text: str, width: int) -> None:
    text = output.one_line(text)
    cut = clipped(text, width)
    assert wcswidth(cut) <= width
    if wcswidth(text) <= width:
        assert cut == text
    elif width:
        assert cut.endswith("…")
        assert text.startswith(cut[:-1])


def test_a_long_text_is_cut_in_no_time() -> None:
    assert clipped("x" * 1_000_000, 10) == "x" * 9 + "…"


def test_nothing_that_was_asked_for_is_left_out_where_it_does_not_fit() -> None:
    row = record("jetpack-backup_0123456789abcdef", "Jetpack Backup", "example.com", True, 1234)
    lines = written([row, row], 30, asked_for=True)
    assert lines[: len(NAMES)] == [f"{name}\t{as_text(row[name])}" for name in NAMES]
    assert lines[len(NAMES)] == ""
    assert len(lines) == 2 * len(NAMES) + 1


def test_a_code_that_was_asked_for_is_not_cut() -> None:
    row = record("jetpack-backup_0123456789abcdef", "Jetpack Backup", "a" * 60, True, 1234)
    assert f"license_code\t{row['license_code']}" in written([row], 70, asked_for=True)
    assert written([row], 100, asked_for=True)[0].startswith("LICENSE CODE")


def test_the_columns_that_stay_are_whole_where_they_can_be() -> None:
    row = record("jetpack-backup_0123456789abcdef", "Jetpack Backup", "a" * 60, True, 1234)
    heading, line = written([row], 120)
    assert heading.split()[:2] == ["LICENSE", "CODE"]
    assert "jetpack-backup_0123456789abcdef" in line
    assert "12.34" in line
    assert "…" in line


def test_a_row_that_comes_late_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    now = [0.0]
    writer = TableWriter(FIELDS, 200, color=False, clock=lambda: now[0])
    row = record("code", "product", "site", True, 1)
    writer.row(row)
    writer.row(row)
    assert out.getvalue() == ""
    now[0] = 0.6
    writer.row(row)
    assert out.getvalue().count("\n") == 4
    writer.row(row)
    assert out.getvalue().count("\n") == 5
    writer.end()
    assert out.getvalue().count("\n") == 5


def test_no_more_than_the_first_rows_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    writer = TableWriter(FIELDS, 200, color=False, clock=lambda: 0.0)
    for _ in range(MEASURED):
        writer.row(record("code", "product", "site", True, 1))
    assert out.getvalue().count("\n") == MEASURED + 1


def test_without_a_row_there_is_no_heading() -> None:
    assert written([], 80) == []


@pytest.mark.parametrize(
    ("env", "color"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": ""}, False),
        ({}, False),
    ],
)
def test_color_is_for_terminals_that_want_it(env: dict[str, str], color: bool) -> None:
    assert uses_color(env) is color


def test_a_color_stands_beside_a_word_and_ends_with_it() -> None:
    _, line = written([record("code", "product", "site", True, 1)], 200, color=True)
    assert "\x1b[2mrevoked\x1b[0m" in line
    assert line.count("\x1b") == 2


@pytest.mark.parametrize(("columns", "width"), [("100", 100), ("0", 80), ("", 80), ("wide", 80)])
def test_the_width_is_that_of_columns_or_80_without_a_terminal(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_terminal(_: int) -> None:
        raise OSError

    monkeypatch.setattr("os.get_terminal_size", no_terminal)
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    assert terminal_width({"COLUMNS": columns}) == width


@given(widths=st.lists(st.integers(1, 60), min_size=1, max_size=8), room=st.integers(1, 300), data=st.data())
@settings(max_examples=50, deadline=None)
def test_widths_have_room_together_and_none_is_below_eight_that_was_not(
    widths: list[int], room: int, data: st.DataObject
) -> None:
    whole = data.draw(st.lists(st.booleans(), min_size=len(widths), max_size=len(widths)))
    found = fitted(widths, room, whole)
    assert sum(found) <= max(room, sum(min(width, 8) for width in widths))
    for before, after in zip(widths, found, strict=True):
        assert min(before, 8) <= after <= before
    if sum(widths) <= room:
        assert found == widths


def test_a_table_says_the_words_of_the_screens_and_a_pipe_the_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = Field[str]("state", lambda value: value, "", words={"detached": "unassigned"})
    for writer in (TableWriter([state], 40, color=False), TabWriter()):
        writer.row({"state": "detached"})
        writer.row({"state": "revoked"})
        writer.end()
    assert capsys.readouterr().out.split() == ["STATE", "unassigned", "revoked", "detached", "revoked"]
