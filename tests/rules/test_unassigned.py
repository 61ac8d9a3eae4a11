from datetime import UTC, datetime
from decimal import Decimal

import pytest

from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.rules.unassigned import is_unassigned, unassigned_report
from tests.rules.support import ATTACHED, BUNDLE, CHILD, REVOKED, STANDARD, license_of, product_of_slug

SCAN = product_of_slug("jpscan", amount="12", bundles={5: "50"})
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_only_unassigned_licenses_of_the_partner_are_unassigned_and_never_a_bundles_parent() -> None:
    assert is_unassigned(license_of())
    assert is_unassigned(license_of(CHILD))
    for trait in (ATTACHED, REVOKED, STANDARD, BUNDLE):
        assert not is_unassigned(license_of(trait))


def test_the_oldest_come_first_and_those_without_a_date_last() -> None:
    items = [
        license_of(key="jpscan_new", issued_at="2024-02-01 00:00:00"),
        license_of(key="jpscan_undated"),
        license_of(key="jpscan_old", issued_at="2023-02-01 00:00:00"),
    ]
    report = unassigned_report(items, [SCAN], {})
    assert [item.license.license_key for item in report.items] == [
        "jpscan_old",
        "jpscan_new",
        "jpscan_undated",
    ]
    assert [item.days(NOW) for item in report.items] == [394, 29, None]


@pytest.mark.parametrize(
    ("issued_at", "days"),
    [
        ("2024-03-01 12:00:00", 0),
        ("2024-02-29 12:00:01", 0),
        ("2024-02-29 12:00:00", 1),
        ("2024-03-05 00:00:00", 0),  # the server's clock is ahead
        ("9999-12-31 23:59:59", 0),
        ("0001-01-01 00:00:00", 738945),
    ],
)
def test_full_days_are_counted_and_never_fewer_than_none(issued_at: str, days: int) -> None:
    (item,) = unassigned_report([license_of(key="jpscan_x", issued_at=issued_at)], [SCAN], {}).items
    assert item.days(NOW) == days


def test_unassigned_licenses_cost_what_the_partner_pays_for_them() -> None:
    report = unassigned_report([license_of(), license_of(key="jpscan_y")], [SCAN], {})
    (total,) = report.totals
    assert (total.currency, total.per_month) == ("USD", Decimal(24))
    assert round(total.per_day, 4) == Decimal("0.7890")
    assert report.unpriced == 0


def test_a_bundles_license_costs_its_share_and_without_the_size_it_has_no_figure() -> None:
    known = unassigned_report([license_of(CHILD)], [SCAN], {LicenseId(12): 5})
    assert known.totals[0].per_month == Decimal(10)
    for sizes in ({}, {LicenseId(12): 7}, {LicenseId(12): 0}):
        report = unassigned_report([license_of(CHILD)], [SCAN], sizes)
        assert (report.totals, report.unpriced, report.items[0].price) == ((), 1, None)


def test_what_the_catalog_does_not_price_is_counted_apart() -> None:
    yearly = product_of_slug("jpyear", interval="year")
    items = [license_of(), license_of(key="legacy_x"), license_of(key="jpyear_x")]
    report = unassigned_report(items, [SCAN, yearly], {})
    assert len(report.items) == 3
    assert report.unpriced == 2
    assert report.totals[0].per_month == Decimal(12)
