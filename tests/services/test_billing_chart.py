"""The chart of the estimate and the last invoices: each labeled, no two currencies on one scale, no more than fits."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.bars import DRAFT, ESTIMATE, FULL, VOID
from jpmanage_tui.services.billing_chart import Scale, chart, invoice_row

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
MARCH_FIRST = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
BILL = BillingEstimate.model_validate({"date": "2026-03-20", "costs": {"total": 300}})


def invoice(number: str = "A-1", **fields: Any) -> Invoice:
    return Invoice.model_validate(
        {"id": f"in_{number}", "number": number, "status": "paid", "total": 100, "currency": "usd"}
        | {"created": MARCH_FIRST}
        | fields
    )


def drawn(scales: list[Scale], width: int = 10) -> list[str]:
    """What the rows say with their bars, and the captions."""
    lines = []
    for scale in scales:
        lines += [scale.caption] if scale.caption else []
        lines += [
            f"{row.name} {row.month} {row.status} {row.bar(scale.highest, width)}" for row in scale.rows
        ]
    return lines


def test_every_bar_is_labeled_for_what_it_is() -> None:
    invoices = [
        invoice("", status="draft", total=200),
        invoice("A-3", status="open", total=150, due_date="2026-03-10 00:00:00"),
        invoice("A-2", status="void", total=90),
        invoice("A-1", total=300),
    ]
    assert drawn(chart(BILL, "USD", invoices, NOW, 9)) == [
        f"Estimate Mar 2026 so far not a bill {ESTIMATE * 10}",
        f"no number made Mar 2026   Draft {DRAFT * 6}",
        f"A-3 issued Mar 2026 ! Past due {FULL * 5}",
        f"A-2 issued Mar 2026   Void {VOID * 3}",
        f"A-1 issued Mar 2026 ✓ Paid {FULL * 10}",
    ]
    rows = chart(BILL, "USD", invoices, NOW, 9)[0].rows
    assert [row.is_bill for row in rows] == [False, False, True, False, True]
    assert [row.total for row in rows] == ["$300.00", "$200.00", "$150.00", "$90.00", "$300.00"]


def test_currencies_have_scales_of_their_own() -> None:
    invoices = [invoice("E-1", currency="eur", total=10), invoice("U-1", total=150)]
    assert drawn(chart(BILL, "USD", invoices, NOW, 9)) == [
        "In USD",
        f"Estimate Mar 2026 so far not a bill {ESTIMATE * 10}",
        f"U-1 issued Mar 2026 ✓ Paid {FULL * 5}",
        "In EUR",
        f"E-1 issued Mar 2026 ✓ Paid {FULL * 10}",
    ]


def test_what_has_no_known_currency_has_no_bar() -> None:
    lines = drawn(chart(BILL, None, [invoice()], NOW, 9))
    assert lines[:2] == ["Currency not known", "Estimate Mar 2026 so far not a bill "]
    assert lines[2:] == ["In USD", f"A-1 issued Mar 2026 ✓ Paid {FULL * 10}"]


def test_a_month_that_is_not_known_is_a_dash_by_utc() -> None:
    assert invoice_row(invoice(created=None), NOW).month == "issued —"
    assert invoice_row(invoice(created=MARCH_FIRST - 1), NOW).month == "issued Feb 2026"


@pytest.mark.parametrize(
    ("total", "words"), [(0, "$0.00"), (None, "—"), (-5, "-$5.00"), (10**11, "$100,000,000,000.00")]
)
def test_whatever_the_total_is_it_is_printed(total: int | None, words: str) -> None:
    (scale,) = chart(None, "USD", [invoice(total=total)], NOW, 3)
    assert scale.rows[0].total == words
    assert bool(scale.rows[0].bar(scale.highest, 10)) == (words.startswith("$1"))


def test_without_invoices_and_estimate_there_is_nothing() -> None:
    assert chart(None, "USD", [], NOW, 9) == []
    assert len(chart(BILL, "USD", [], NOW, 9)[0].rows) == 1


CURRENCIES = st.lists(st.sampled_from(["usd", "eur", "jpy", ""]), max_size=8)


@given(CURRENCIES, st.integers(0, 12), st.sampled_from(["USD", "EUR", None]))
def test_no_scale_has_two_currencies_and_no_more_lines_are_taken_than_there_are(
    currencies: list[str], lines: int, currency: str | None
) -> None:
    invoices = [invoice(f"A-{n}", currency=one, total=n) for n, one in enumerate(currencies)]
    found = chart(BILL, currency, invoices, NOW, lines)
    assert all(len({row.currency for row in scale.rows}) == 1 for scale in found)
    assert len({scale.rows[0].currency for scale in found}) == len(found)
    assert sum(len(scale.rows) + bool(scale.caption) for scale in found) <= lines
    assert all(row.figure is None or row.figure <= scale.highest for scale in found for row in scale.rows)
    assert all(isinstance(scale.highest, Decimal) for scale in found)
