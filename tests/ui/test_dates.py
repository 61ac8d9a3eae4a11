"""Dates of the API at the edges of the calendar: read, shown, compared and sorted without an exception."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.partner import PartnerKey
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.cards import expiry_of, expiry_words
from jpmanage_tui.rules.invoices import Badge, badge, unpaid_to_warn_of
from jpmanage_tui.rules.search.index import LicenseIndex
from jpmanage_tui.rules.text import format_date, format_datetime
from jpmanage_tui.rules.unassigned import unassigned_report
from jpmanage_tui.ui.sections.billing import text as billing_text
from jpmanage_tui.ui.sections.billing.overview import room_for
from jpmanage_tui.ui.sections.sites.detail import site_facts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EDGES = [
    "9999-12-31 23:59:59",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01 00:00:00",
    "0000-00-00 00:00:00",
    "10000-01-01 00:00:00",
    "2026-02-30",
    "253402300799",
    "253402300800",
    "-62135596800",
    "-62135596801",
    "9" * 40,
    "1e400",
    "-1",
]
_parts = st.tuples(st.integers(0, 10000), st.integers(0, 13), st.integers(0, 32), st.integers(0, 25))
_zones = st.sampled_from(["", "Z", "+14:00", "-14:00", "+23:59", "-23:59", "+24:00", " UTC"])
DATES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(EDGES),
    st.builds(lambda parts, zone: "{:04d}-{:02d}-{:02d} {:02d}:00:00".format(*parts) + zone, _parts, _zones),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.none(),
)
WORDS_OF_A_DAY = ("—", "-")


def all_shown(raw: Any) -> None:
    """Take a date through every model that has one, and through what is made of it."""
    license = License.model_validate(
        {"license_key": "jpscan_x", "license_id": 5, "issued_at": raw, "attached_at": None, "revoked_at": raw}
    )
    fresh = license.model_copy(update={"revoked_at": None, "was_revoked": False})
    assert all(
        any(mark in format_date(one) for mark in WORDS_OF_A_DAY)
        for one in (license.issued_at, license.revoked_at)
    )
    assert format_datetime(license.issued_at)
    for item in unassigned_report([fresh], [], {}).items:
        days = item.days(NOW)
        assert days is None or days >= 0
    index = LicenseIndex()
    (row,) = index.put([license])
    assert index.license(row).issued_at == license.issued_at
    assert index.license(row).revoked_at == license.revoked_at

    invoice = Invoice.model_validate(
        {"id": "in_1", "status": "open", "due_date": raw, "created": raw, "effective_at": raw}
    )
    assert badge(invoice, NOW) in Badge
    key = PartnerKey.model_validate({"id": 1, "oauth2_token": "x", "latest_invoice": invoice.model_dump()})
    assert unpaid_to_warn_of([key], NOW) is None or key.latest_invoice is not None

    bill = BillingEstimate.model_validate({"costs": {}, "date": raw})
    assert billing_text.estimate_lead(bill, "USD", room_for(80, 20), 98)
    site = Site.model_validate({"blog_id": 1, "monitor_active": True, "monitor_last_status_change": raw})
    assert site_facts(site, "—")
    method = PaymentMethod.model_validate(
        {"id": "pm_1", "created": raw, "card": {"exp_month": raw, "exp_year": raw}}
    )
    assert expiry_of(method.card, NOW.date()) is not None
    assert expiry_words(method.card)


@given(DATES)
@example("9999-12-31T23:59:59-14:00")
@example("0001-01-01T00:00:00+14:00")
def test_no_date_of_the_api_breaks_what_is_shown(raw: Any) -> None:
    all_shown(raw)


@pytest.mark.parametrize("raw", EDGES)
@pytest.mark.parametrize("today", [date.min, date.max - timedelta(days=1), NOW.date()])
def test_no_date_at_the_edge_breaks_what_is_shown(raw: str, today: date) -> None:
    all_shown(raw)
    for month, year in ((12, 9998), (12, 9999), (1, 1), (12, 1), (0, 0), (13, 2026)):
        card = PaymentMethod.model_validate(
            {"id": "pm_1", "card": {"exp_month": month, "exp_year": year}}
        ).card
        assert expiry_of(card, today) is not None
