"""Tables as CSV and JSON: what is harmless, exact, and complete."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from jpmanage_tui.services.exports import Record, amount, as_csv, as_json, as_text, masked


@pytest.mark.parametrize(
    "value",
    [
        "=1+1", "+49", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tx", "\rx",
        "＝cmd", "＋1", "－x", "＠SUM(A1)", "﹢1", "﹣x", "﹫x", "﹦x",
        " =1+1", "\u00a0=1", "\u3000＝1", "\ufeff=1", "\u200b@x", "\u202a=1", "\u2060 +x", "\x1f=1",
    ],
)  # fmt: skip
def test_a_value_that_a_spreadsheet_would_run_is_text_in_the_csv(value: str) -> None:
    [row] = csv.DictReader(io.StringIO(as_csv(["a"], [{"a": value}]).decode(), newline=""))
    assert row["a"] == f"'{value}".replace("\r", "\n")


@pytest.mark.parametrize(
    "value", ["-3.50", "12", "a=b", "", "x\ny", 'say "hi", twice', "a;b", " x", "北京", "\u200bx", "’=x"]
)
def test_every_other_value_comes_back_as_it_was(value: str) -> None:
    [row] = csv.DictReader(io.StringIO(as_csv(["a", "b"], [{"a": value, "b": "x"}]).decode(), newline=""))
    assert row["a"] == value
    assert json.loads(as_json([{"a": value}])) == [{"a": value}]


def test_amounts_have_the_currencys_digits_and_no_commas() -> None:
    assert as_text(amount(Decimal("1234.565"), "USD")) == "1234.57"
    assert as_text(amount(Decimal("-0.001"), "USD")) == "0.00"
    assert as_text(amount(Decimal("1234.5"), "JPY")) == "1235"
    assert amount(None, "USD") is None
    assert [as_text(value) for value in (None, 3, Decimal("2E+1"), Decimal("0.1600"))] == [
        "",
        "3",
        "20",
        "0.1600",
    ]


BERLIN = timezone(timedelta(hours=1))
TYPED: Record = {
    "text": "=é;",
    "none": None,
    "whole": -7,
    "exact": Decimal("12345678901234567890.10"),
    "power": Decimal("2E+1"),
    "yes": True,
    "time": datetime(2026, 3, 1, 9, 30, tzinfo=BERLIN),
    "day": date(2026, 3, 1),
}


def test_json_has_numbers_nulls_and_times_in_utc() -> None:
    [row] = json.loads(as_json([TYPED]), parse_float=Decimal)
    assert row == {
        "text": "=é;",
        "none": None,
        "whole": -7,
        "exact": Decimal("12345678901234567890.10"),
        "power": 20,
        "yes": True,
        "time": "2026-03-01T08:30:00+00:00",
        "day": "2026-03-01",
    }
    assert str(row["exact"]) == "12345678901234567890.10"
    assert row["yes"] is True
    assert json.loads(as_json([])) == []
    assert len(json.loads(as_json([TYPED, TYPED]))) == 2


@pytest.mark.parametrize("excel", [False, True])
def test_csv_for_excel_has_its_mark_and_semicolons(excel: bool) -> None:
    data = as_csv(list(TYPED), [TYPED], excel=excel)
    assert data.startswith(b"\xef\xbb\xbf") == excel
    text = data.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if excel else ",")
    assert list(row.values()) == [
        "'=é;", "", "-7", "12345678901234567890.10", "20", "yes", "2026-03-01T08:30:00+00:00", "2026-03-01",
    ]  # fmt: skip
    assert text.count("\r\n") == (2 if excel else 0)


def test_a_masked_code_shows_its_product_and_its_end() -> None:
    assert masked("jetpack-scan_abcdefgh") == "jetpack-scan_****efgh"
    assert masked("abc") == "abc"
