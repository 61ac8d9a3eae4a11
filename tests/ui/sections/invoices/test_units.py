"""Pages behind cursors as one list, its columns, and the header's warning."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from jpmanage_tui.api.ids import InvoiceId, PartnerKeyId
from jpmanage_tui.api.invoices import Invoice, InvoicePage
from jpmanage_tui.api.partner import Partner
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.ui.sections.invoices import text
from jpmanage_tui.ui.sections.invoices.columns import HEADINGS, cells, columns, tail_of
from jpmanage_tui.ui.sections.invoices.data import InvoiceListState
from jpmanage_tui.ui.sections.invoices.header_warning import warning_words
from jpmanage_tui.ui.sections.invoices.list import PLACEHOLDER

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def invoice(id: str, **fields: Any) -> Invoice:
    return Invoice.model_validate({"id": id, "number": id.upper(), "status": "open", **fields})


def page(*ids: str, more: bool = False, unreadable: int = 0) -> InvoicePage:
    return InvoicePage(items=tuple(invoice(id) for id in ids), has_more=more, unreadable=unreadable)


def test_how_many_there_are_is_open_until_the_last_page_came() -> None:
    book = InvoiceListState()
    book.add(page("a", "b", more=True), NOW)
    assert (book.count_words, book.cursor) == ("2+", "b")
    book.add(page("c"), NOW)
    assert book.count_words == "3"


def test_a_server_that_ignores_the_cursor_is_not_asked_for_ever() -> None:
    book = InvoiceListState()
    book.add(page("a", "b", more=True), NOW)
    book.add(page("a", "b", more=True), NOW)
    assert not book.more
    assert [one.id for one in book.rows] == ["a", "b"]


def test_a_page_of_which_nothing_can_be_read_leads_on_to_the_next() -> None:
    book = InvoiceListState()
    unread = InvoicePage(items=(), has_more=True, unreadable=2, last_id=InvoiceId("in_9"))
    book.add(unread, NOW)
    assert (book.more, book.cursor, book.unreadable, book.count_words) == (True, "in_9", 2, "0+")
    book.add(page("c"), NOW)
    assert (book.more, book.cut_short, [one.id for one in book.rows]) == (False, False, ["c"])


def test_a_list_that_does_not_come_to_its_end_says_that_there_are_more() -> None:
    book = InvoiceListState()
    for _ in range(2):
        book.add(page("a", "b", more=True), NOW)
    assert (book.more, book.cut_short, book.count_words) == (False, True, "2+")


def test_an_invoice_is_past_due_on_the_day_after_and_due_on_its_day() -> None:
    due = invoice("a", due_date=NOW.strftime("%Y-%m-%d 00:00:01"))
    assert cells(due, NOW)[3] == "  Due today"
    method = PaymentMethod.model_validate({"id": "pm_1", "card": {"brand": "visa", "last4": "4242"}})
    assert "is open and due today." in text.pay(due, method, NOW).text[0]
    assert "past due" not in warning_words(None, {due.id: due}, NOW)
    assert "Past due" in warning_words(None, {due.id: due}, NOW + timedelta(days=1))


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=5))
def test_every_invoice_stands_once_whatever_the_pages_repeat(pages: list[list[str]]) -> None:
    book = InvoiceListState()
    book.fill([page(*ids, more=True) for ids in pages], NOW)
    ids = [one.id for one in book.rows]
    assert len(ids) == len(set(ids))
    assert set(ids) == {id for ids in pages for id in ids}


def test_an_empty_list_says_truthfully_why() -> None:
    book = InvoiceListState()
    assert set(text.empty_lines(book, None)) == {PLACEHOLDER}
    book.add(page(), NOW)
    assert text.empty_lines(book, None)[1] == "No invoices yet."
    book.add(page(unreadable=2), NOW)
    assert text.empty_lines(book, None)[1].startswith("2 invoices came, but none of them could be read.")
    book.add(page("a"), NOW)
    assert text.empty_lines(book, None) == []


def test_a_paid_invoice_replaces_its_row() -> None:
    book = InvoiceListState()
    book.add(page("a", "b"), NOW)
    book.replace(invoice("b", status="paid"))
    assert [one.status.value for one in book.rows] == ["open", "paid"]
    assert book.row_of(InvoiceId("b")) == 1


@given(st.integers(0, 200), st.text(max_size=40))
def test_a_row_never_needs_more_cells_than_there_are(width: int, number: str) -> None:
    fit = columns(width)
    one = invoice("in_1", number=number, total=12.5, currency="usd")
    for texts in (HEADINGS, cells(one, NOW)):
        assert cell_len(fit.line(texts)) <= max(width, 31)


def test_a_number_that_is_too_long_keeps_its_end() -> None:
    assert tail_of("NLD7A01-0025", 8) == "…01-0025"
    assert tail_of("NLD7A01-0025", 12) == "NLD7A01-0025"


def test_an_unknown_status_is_shown_by_its_own_word() -> None:
    assert cells(invoice("a", status="frozen"), NOW)[3].strip() == "frozen"


def test_past_due_uncollectible_and_paid_have_a_sign_beside_their_word() -> None:
    late = invoice("a", due_date="2026-03-01 12:00:00")
    assert cells(late, NOW)[3] == "! Past due"
    assert cells(invoice("a", status="uncollectible"), NOW)[3] == "✗ Uncollectible"
    assert cells(invoice("a", status="paid"), NOW)[3] == "✓ Paid"


def test_the_total_is_in_the_invoices_own_currency_and_digits() -> None:
    assert cells(invoice("a", total=12.345, currency="eur"), NOW)[4] == "€12.35"
    assert cells(invoice("a", total=1200, currency="jpy"), NOW)[4] == "1,200 JPY"
    assert cells(invoice("a", total=None), NOW)[4] == "—"


def partner(**latest: Any) -> Partner:
    made = str(int((NOW - timedelta(days=9)).timestamp()))
    invoice = {"id": "in_p", "number": "P-1", "created": made, "status": "open", **latest}
    key = {"id": 1, "name": "k", "oauth2_token": "t", "latest_invoice": invoice}
    return Partner.model_validate({"id": 1, "keys": [key]})


def test_the_header_warns_of_one_past_due_invoice_by_number_and_of_several_by_count() -> None:
    late = {"due_date": "2026-03-01 12:00:00"}
    one, two = invoice("a", **late), invoice("b", **late)
    assert warning_words(None, {one.id: one}, NOW) == "! Past due: A"
    assert warning_words(None, {one.id: one, two.id: two}, NOW) == "! 2 invoices past due"
    assert warning_words(partner(**late), {}, NOW) == "! Past due: P-1"


def test_the_header_says_which_key_an_invoice_is_of_where_it_is_another_than_the_one_in_use() -> None:
    late = partner(due_date="2026-03-01 12:00:00")
    assert warning_words(late, {}, NOW, PartnerKeyId(2)) == "! Past due: P-1 of key k"
    assert warning_words(late, {}, NOW, PartnerKeyId(1)) == "! Past due: P-1"


@pytest.mark.parametrize("fields", [{}, {"status": "paid", "due_date": "2026-03-01 12:00:00"}])
def test_the_header_does_not_warn_of_what_is_not_late(fields: dict[str, Any]) -> None:
    one = invoice("a", **fields)
    assert warning_words(None, {one.id: one}, NOW) == ""


def test_the_newest_latest_invoice_of_the_keys_that_is_open_is_warned_of_until_the_list_says_paid() -> None:
    assert warning_words(partner(), {}, NOW) == "! Unpaid: P-1"
    paid = invoice("in_p", status="paid")
    assert warning_words(partner(), {paid.id: paid}, NOW) == ""
    assert warning_words(partner(status="paid"), {}, NOW) == ""
