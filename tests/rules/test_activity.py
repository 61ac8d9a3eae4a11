"""What was issued and revoked in a month, by UTC: each license once, bundles by what is in them."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, strategies as st

from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.activity import ProductActivity, activity_of
from jpmanage_tui.rules.day_range import DayRange, month_of
from jpmanage_tui.rules.search.index import LicenseIndex
from jpmanage_tui.rules.search.search import dated_in
from jpmanage_tui.services.license_activity import activity_text, days_text, this_month
from tests.rules.support import license_of

MARCH = month_of(date(2026, 3, 15))
FIRST, LAST = "2026-03-01 00:00:00", "2026-03-31 23:59:59"
BEFORE, AFTER = "2026-02-28 23:59:59", "2026-04-01 00:00:00"


def license(number: int, issued: str | None, revoked: str | None = None, **more: Any) -> License:
    dates = {"issued_at": issued, "revoked_at": revoked, "product": "Scan"}
    return license_of(dates | more, key=f"scan_{number}")


def test_the_month_begins_and_ends_at_midnight_by_utc() -> None:
    found = activity_of(
        [license(number, day) for number, day in enumerate((FIRST, LAST, BEFORE, AFTER, None))], MARCH
    )
    assert found.products == (ProductActivity("Scan", 2, 0),)
    assert found.undated == 1
    west = timezone(timedelta(hours=-8))
    assert this_month(datetime(2026, 2, 28, 18, tzinfo=west)) == MARCH
    assert this_month(datetime(2026, 3, 31, 18, tzinfo=west)) == month_of(date(2026, 4, 1))


def test_what_was_issued_and_revoked_in_the_month_is_both() -> None:
    found = activity_of([license(1, FIRST, LAST), license(2, BEFORE, FIRST), license(3, FIRST, AFTER)], MARCH)
    assert (found.issued, found.revoked) == (2, 2)
    assert activity_text(found) == "2 licenses issued and 2 revoked in March 2026 (UTC)"


def test_a_license_in_a_bundle_counts_and_neither_does_the_bundle_nor_what_was_bought_elsewhere() -> None:
    rows = [
        license(1, FIRST, quantity=5),
        license(2, FIRST, parent_license_id=12),
        license(3, FIRST, owner_type="user"),
    ]
    assert activity_of(rows, MARCH).issued == 1


def test_the_products_with_the_most_changes_come_first() -> None:
    rows = [license(1, FIRST, product="b"), license(2, FIRST, product="A"), license(3, FIRST, FIRST)]
    assert [one.product for one in activity_of(rows, MARCH).products] == ["Scan", "A", "b"]


def test_other_days_are_named_by_their_first_and_last() -> None:
    assert days_text(DayRange(date(2026, 1, 1), date(2026, 3, 31))) == "2026-01-01 to 2026-03-31 (UTC)"
    assert days_text(DayRange()) == "on any day (UTC)"


MOMENTS = st.none() | st.datetimes(datetime(2026, 2, 27), datetime(2026, 4, 2)).map(
    lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S")
)
ROWS = st.lists(st.tuples(MOMENTS, MOMENTS, st.booleans(), st.sampled_from(["a", "b"])), max_size=8)


@given(ROWS)
def test_by_the_index_it_is_the_same(rows: list[tuple[str | None, str | None, bool, str]]) -> None:
    licenses = [
        license(number, issued, revoked, product=product, quantity=5 if bundle else None)
        for number, (issued, revoked, bundle, product) in enumerate(rows)
    ]
    index = LicenseIndex()
    index.put(licenses)
    found = [index.license(row) for row in dated_in(index, MARCH, lambda: None)]
    assert activity_of(found, MARCH) == activity_of(licenses, MARCH)
    index.remove(range(len(rows)))
    assert not dated_in(index, MARCH, lambda: None)


def test_an_unreadable_date_of_revoking_counts_as_undated() -> None:
    index = LicenseIndex()
    index.put([license(1, BEFORE, "soon")])
    (row,) = dated_in(index, MARCH, lambda: None)
    assert activity_of([index.license(row)], MARCH).undated == 1


def test_march_is_march() -> None:
    assert MARCH.start == datetime(2026, 3, 1, tzinfo=UTC)
