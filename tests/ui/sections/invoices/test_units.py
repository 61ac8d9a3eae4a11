"""The columns of the list, and the header's warning."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from jpmanage_tui.api.ids import PartnerKeyId
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.partner import Partner
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.rules.invoices import warning_text
from jpmanage_tui.ui.sections.invoices import text
from jpmanage_tui.ui.sections.invoices.columns import invoice_columns
from jpmanage_tui.ui.widgets.item_list import GAP, fit_columns
from jpmanage_tui.ui.widgets.line import pad_end

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def invoice(id: str, **fields: Any) -> Invoice:
    return Invoice.model_validate({"id": id, "number": id.upper(), "status": "open", **fields})


COLUMNS = invoice_columns(lambda: NOW)


def cell(title: str, invoice: Invoice) -> str:
    """Return what an invoice says in the column of this title."""
    return next(column.cell(invoice) for column in COLUMNS if column.title == title)


def test_an_invoice_is_past_due_on_the_day_after_and_due_on_its_day() -> None:
    due = invoice("a", due_date=NOW.strftime("%Y-%m-%d 00:00:01"))
    assert cell("Status", due) == "  Due today"
    method = PaymentMethod.model_validate({"id": "pm_1", "card": {"brand": "visa", "last4": "4242"}})
    assert "is open and due today." in text.pay(due, method, NOW).text[0]
    assert "past due" not in warning_text(None, {due.id: due}, NOW)
    assert "Past due" in warning_text(None, {due.id: due}, NOW + timedelta(days=1))


@given(st.integers(0, 200), st.text(max_size=40))
def test_a_row_never_needs_more_cells_than_there_are(room: int, number: str) -> None:
    widths = fit_columns(COLUMNS, room, None).widths
    assert sum(widths) + GAP * (sum(map(bool, widths)) - 1) <= max(room, 29)
    one = invoice("in_1", number=number, total=12.5, currency="usd")
    for column, width in zip(COLUMNS, widths, strict=True):
        assert cell_len(column.align(column.cell(one), width)) == width


def test_a_number_that_is_too_long_keeps_its_end() -> None:
    assert pad_end("NLD7A01-0025", 8) == "…01-0025"
    assert pad_end("NLD7A01-0025", 12) == "NLD7A01-0025"


def test_an_unknown_status_is_shown_by_its_own_word() -> None:
    assert cell("Status", invoice("a", status="frozen")).strip() == "frozen"


def test_past_due_uncollectible_and_paid_have_a_sign_beside_their_word() -> None:
    late = invoice("a", due_date="2026-03-01 12:00:00")
    assert cell("Status", late) == "! Past due"
    assert cell("Status", invoice("a", status="uncollectible")) == "✗ Uncollectible"
    assert cell("Status", invoice("a", status="paid")) == "✓ Paid"


def test_the_total_is_in_the_invoices_own_currency_and_digits() -> None:
    assert cell("Total", invoice("a", total=12.345, currency="eur")) == "€12.35"
    assert cell("Total", invoice("a", total=1200, currency="jpy")) == "1,200 JPY"
    assert cell("Total", invoice("a", total=None)) == "—"


def partner(**latest: Any) -> Partner:
    made = str(int((NOW - timedelta(days=9)).timestamp()))
    invoice = {"id": "in_p", "number": "P-1", "created": made, "status": "open", **latest}
    key = {"id": 1, "name": "k", "oauth2_token": "t", "latest_invoice": invoice}
    return Partner.model_validate({"id": 1, "keys": [key]})


def test_the_header_warns_of_one_past_due_invoice_by_number_and_of_several_by_count() -> None:
    late = {"due_date": "2026-03-01 12:00:00"}
    one, two = invoice("a", **late), invoice("b", **late)
    assert warning_text(None, {one.id: one}, NOW) == "! Past due: A"
    assert warning_text(None, {one.id: one, two.id: two}, NOW) == "! 2 invoices past due"
    assert warning_text(partner(**late), {}, NOW) == "! Past due: P-1"


def test_the_header_says_which_key_an_invoice_is_of_where_it_is_another_than_the_one_in_use() -> None:
    late = partner(due_date="2026-03-01 12:00:00")
    assert warning_text(late, {}, NOW, PartnerKeyId(2)) == "! Past due: P-1 of key k"
    assert warning_text(late, {}, NOW, PartnerKeyId(1)) == "! Past due: P-1"


@pytest.mark.parametrize("fields", [{}, {"status": "paid", "due_date": "2026-03-01 12:00:00"}])
def test_the_header_does_not_warn_of_what_is_not_late(fields: dict[str, Any]) -> None:
    one = invoice("a", **fields)
    assert warning_text(None, {one.id: one}, NOW) == ""


def test_the_newest_latest_invoice_of_the_keys_that_is_open_is_warned_of_until_the_list_says_paid() -> None:
    assert warning_text(partner(), {}, NOW) == "! Unpaid: P-1"
    paid = invoice("in_p", status="paid")
    assert warning_text(partner(), {paid.id: paid}, NOW) == ""
    assert warning_text(partner(status="paid"), {}, NOW) == ""
