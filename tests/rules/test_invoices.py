from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.partner import PartnerKey
from jpmanage_tui.rules.day_range import read_day_range
from jpmanage_tui.rules.invoices import (
    Badge,
    badge,
    can_download,
    can_pay,
    count_by_year,
    is_past_due,
    issued_in,
    issued_on,
    newest_first,
    unpaid_to_warn_of,
)

NOW = datetime(2022, 5, 2, 9, 0, tzinfo=UTC)


def invoice(status: str = "open", **more: Any) -> Invoice:
    return Invoice.model_validate({"id": "in_1", "status": status} | more)


@pytest.mark.parametrize(
    ("status", "due", "shown"),
    [
        ("draft", None, Badge.DRAFT),
        ("open", None, Badge.OPEN),
        ("open", "2022-05-03 00:00:00", Badge.OPEN),
        ("open", "2022-05-02 23:59:59", Badge.DUE_TODAY),
        ("open", "2022-05-02 08:59:59", Badge.DUE_TODAY),
        ("open", "2022-05-02", Badge.DUE_TODAY),
        ("open", "2022-05-01 23:59:59", Badge.PAST_DUE),
        ("paid", "2022-05-02 23:59:59", Badge.PAID),
        ("paid", "2020-01-01 00:00:00", Badge.PAID),
        ("void", "2020-01-01 00:00:00", Badge.VOID),
        ("uncollectible", "2020-01-01 00:00:00", Badge.UNCOLLECTIBLE),
        ("sleeping", "2020-01-01 00:00:00", Badge.UNKNOWN),
    ],
)
def test_only_an_open_invoice_is_past_due(status: str, due: str | None, shown: Badge) -> None:
    one = invoice(status, due_date=due)
    assert badge(one, NOW) is shown
    assert is_past_due(one, NOW) is (shown is Badge.PAST_DUE)
    assert can_pay(one) is (status == "open")


def test_a_pdf_can_be_downloaded_whatever_the_status() -> None:
    assert can_download(invoice("void", invoice_pdf="https://x"))
    assert not can_download(invoice("paid", invoice_pdf=""))


def made(*moments: str | None) -> list[Invoice]:
    """Return an invoice for each moment at which one was made, named after it."""
    return [invoice(id=str(moment), created=moment) for moment in moments]


def test_an_invoice_is_of_the_day_on_which_it_was_made_in_utc() -> None:
    assert issued_on(invoice(created="1772323199")) == date(2026, 2, 28)
    assert issued_on(invoice(created="1772323200", effective_at="1700000000")) == date(2026, 3, 1)
    assert issued_on(invoice(created=None, effective_at="1772323200")) is None


def test_a_range_has_the_invoices_of_its_first_and_its_last_day_the_newest_first() -> None:
    listed = made(
        "2026-03-01 00:00:00",
        "2026-02-28 23:59:59",
        None,
        "2025-03-01 00:00:00",
        "2025-02-28 23:59:59",
        "2025-11-01 00:10:00",
    )
    found = issued_in(listed, read_day_range("2025-03..2026-02"))
    assert [one.id for one in found] == ["2026-02-28 23:59:59", "2025-11-01 00:10:00", "2025-03-01 00:00:00"]
    assert len(issued_in(listed, read_day_range("2025-03.."))) == 4
    assert len(issued_in(listed, read_day_range("..2026-02"))) == 4
    assert newest_first(listed)[-1].id == "None"


@given(st.lists(st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))))
def test_the_years_have_every_invoice_with_a_date_once(moments: list[datetime | None]) -> None:
    listed = [Invoice.model_construct(created=moment) for moment in moments]
    years = count_by_year(listed)
    assert sum(years.values()) == len(moments) - moments.count(None)
    assert list(years) == sorted(years, reverse=True)
    assert all(len(issued_in(listed, read_day_range(str(year)))) == count for year, count in years.items())


def key(status: str, created: datetime | None, number: int = 1) -> PartnerKey:
    seconds = str(int(created.timestamp())) if created else None
    latest = {"id": f"in_{number}", "status": status, "created": seconds}
    return PartnerKey.model_validate({"id": number, "oauth2_token": "t", "latest_invoice": latest})


def test_the_header_warns_of_the_newest_open_invoice_over_all_keys() -> None:
    keys = [
        key("open", NOW - timedelta(days=40), 1),
        key("open", NOW - timedelta(days=10), 2),
        key("paid", NOW - timedelta(days=3), 3),
        key("uncollectible", NOW - timedelta(days=2), 4),
        key("open", None, 5),
        PartnerKey.model_validate({"id": 6, "oauth2_token": "t"}),
    ]
    warned = unpaid_to_warn_of(keys, NOW)
    assert warned is not None
    assert warned.id == "in_2"


def test_nothing_is_warned_of_on_the_day_it_was_made_by_the_users_own_midnight() -> None:
    keys = [key("open", datetime(2022, 5, 1, 22, 30, tzinfo=UTC))]
    assert unpaid_to_warn_of(keys, NOW) is not None
    assert unpaid_to_warn_of(keys, NOW.astimezone(timezone(timedelta(hours=2)))) is None


def test_without_keys_nothing_is_warned_of() -> None:
    assert unpaid_to_warn_of([], NOW) is None
