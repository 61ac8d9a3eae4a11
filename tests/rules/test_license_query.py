"""Filters: in which order they go, how they read, and what they ask the index."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import LicenseFilter, LicenseSort, SortDirection
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.license_query import NO_FILTERS, BundleChoice, Filters, LicenseQuery
from jpmanage_tui.rules.product_choices import of_product
from jpmanage_tui.rules.search.search import SearchQuery, search_query

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SCAN, BOOST = of_product("Jetpack Scan Daily"), of_product("Jetpack Boost")
BUNDLE = BundleChoice(LicenseId(17), "bundle of 5 Jetpack Scan Daily")


def test_the_filter_that_was_added_last_goes_first() -> None:
    filters = replace(replace(Filters(older_than=30), site="https://a.example"), lacks=SCAN)
    assert filters.words == ("older than 30 days", "site https://a.example", "site lacks Jetpack Scan Daily")
    filters = replace(filters, older_than=1)
    assert filters.words[0] == "older than 1 day", "another value keeps its place"
    filters = filters.without_last()
    assert filters == Filters(site="https://a.example", older_than=1)
    filters = filters.without_last()
    assert filters == Filters(older_than=1)
    assert filters.without_last() == NO_FILTERS
    assert not filters.without_last()
    assert NO_FILTERS.without_last() == NO_FILTERS


def test_two_that_differ_in_the_order_of_adding_alone_are_the_same_question() -> None:
    one = LicenseQuery(filters=replace(Filters(site="a"), product="b"))
    other = LicenseQuery(filters=replace(Filters(product="b"), site="a"))
    assert one.question == other.question
    assert hash(one.question) == hash(other.question)


def test_every_filter_says_in_words_what_is_true() -> None:
    filters = Filters(
        "https://a.example",
        "Jetpack Boost",
        SCAN,
        BOOST,
        90,
        BUNDLE,
        DayRange(date(2026, 1, 1), date(2026, 1, 31)),
        7,
    )
    assert filters.words == (
        "site https://a.example",
        "product Jetpack Boost",
        "site has Jetpack Scan Daily",
        "site lacks Jetpack Boost",
        "unassigned, issued more than 90 days ago",
        "in bundle of 5 Jetpack Scan Daily",
        "issued 2026-01-01 to 2026-01-31",
        "older than 7 days",
    )


def test_the_index_is_asked_for_all_of_it_at_once() -> None:
    january = DayRange(date(2026, 1, 1), date(2026, 1, 31))
    filters = Filters("https://a.example", "Jetpack Boost", SCAN, BOOST, 90, BUNDLE, january, 7)
    query = LicenseQuery(
        LicenseFilter.DETACHED, "Two Words", LicenseSort.ATTACHED_AT, SortDirection.ASC, filters
    )
    assert search_query(query, NOW) == SearchQuery(
        words=("two", "words"),
        filter=LicenseFilter.DETACHED,
        site="https://a.example",
        product="Jetpack Boost",
        issued_from=datetime(2026, 1, 1, tzinfo=UTC),
        issued_before=NOW - timedelta(days=90),
        unassigned=True,
        parent=LicenseId(17),
        has=SCAN,
        lacks=BOOST,
        sort=LicenseSort.ATTACHED_AT,
        descending=False,
    )
    assert search_query(LicenseQuery(filters=Filters(issued=january)), NOW).issued_before == datetime(
        2026, 2, 1, tzinfo=UTC
    )
    assert search_query(LicenseQuery(filters=Filters(older_than=7)), NOW) == SearchQuery(
        filter=LicenseFilter.NOT_REVOKED, issued_before=NOW - timedelta(days=7)
    )
    assert search_query(LicenseQuery(), NOW) == SearchQuery(filter=LicenseFilter.NOT_REVOKED)
