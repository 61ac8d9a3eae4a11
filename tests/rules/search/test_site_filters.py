"""Filters over all licenses by example: sites that lack a product, what is in a bundle, days, the bundles there are."""

from array import array
from datetime import UTC, datetime

from jpmanage_tui.api.ids import LicenseId, ProductSlug
from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.license_query import ProductChoice
from jpmanage_tui.rules.product_choices import of_product
from jpmanage_tui.rules.search.index import LicenseIndex
from jpmanage_tui.rules.search.search import SearchQuery, bundles_of, count_sites, no_checkpoint, search

ASSIGNED = "2026-01-01 00:00:00"
BACKUP = of_product("Backup")
ANY_BACKUP = ProductChoice(
    "any Backup", frozenset({"Backup", "Backup XL"}), frozenset({ProductSlug("jetpack-backup-t1")})
)


def license(code: str, **members: object) -> License:
    return License.model_validate({"license_key": code, **members})


def found(query: SearchQuery, *licenses: License) -> list[str]:
    index = LicenseIndex()
    index.put(licenses)
    return sorted(index.code(row) for row in search(index, query).rows)


def on(blog_id: int | None, code: str, product: str, **members: object) -> License:
    site = members.pop("siteurl", f"https://{blog_id}.example")
    return license(code, product=product, blog_id=blog_id, siteurl=site, attached_at=ASSIGNED, **members)


def test_a_site_lacks_a_product_when_none_of_its_assigned_licenses_is_of_it() -> None:
    account = (
        on(1, "scan_1", "Scan"),
        on(1, "backup_1", "Backup"),
        on(2, "scan_2", "Scan"),
        on(2, "boost_2", "Boost", owner_type="user"),
        on(2, "backup_2", "Backup", revoked_at=ASSIGNED),
        on(3, "scan_3", "Scan"),
        on(3, "backup_3", "Backup", parent_license_id=17, owner_type="user"),
        license("backup_4", product="Backup"),
    )
    assert found(SearchQuery(lacks=BACKUP), *account) == ["boost_2", "scan_2"]
    assert found(SearchQuery(has=BACKUP), *account) == ["backup_1", "backup_3", "scan_1", "scan_3"]
    assert found(SearchQuery(has=of_product("Scan"), lacks=BACKUP, product="Boost"), *account) == ["boost_2"]


def test_a_family_counts_every_product_of_it_and_plans_that_contain_one() -> None:
    account = (
        on(1, "jetpack-backup-t2_1", "Backup XL"),
        on(2, "jetpack-backup-t1_2", "Named otherwise"),
        on(3, "jetpack-complete_3", "Complete"),
        on(4, "jetpack-boost_4", "Boost"),
    )
    assert found(SearchQuery(lacks=ANY_BACKUP), *account) == ["jetpack-boost_4"]
    assert len(found(SearchQuery(lacks=BACKUP), *account)) == 4, "one product is that product alone"


def test_where_the_api_gives_a_site_no_number_its_address_tells_which_it_is() -> None:
    shop = "https://shop.example"
    holder = on(None, "backup_1", "Backup", siteurl=shop)
    beside = on(7, "scan_1", "Scan", siteurl=shop)
    assert found(SearchQuery(has=BACKUP), holder, beside) == ["backup_1", "scan_1"]
    holder = on(7, "backup_1", "Backup", siteurl=shop)
    beside = on(None, "scan_1", "Scan", siteurl=shop)
    assert found(SearchQuery(lacks=BACKUP), holder, beside) == []
    beside = on(8, "scan_1", "Scan", siteurl=shop)
    assert found(SearchQuery(lacks=BACKUP), holder, beside) == ["scan_1"], "two sites of one address"


def test_what_is_assigned_to_no_known_site_neither_has_nor_lacks_anything() -> None:
    nowhere = license("scan_1", product="Scan", attached_at=ASSIGNED)
    stand_in = on(5, "scan_2", "Scan", siteurl="https://siteless.jetpack.com")
    for query in (SearchQuery(lacks=BACKUP), SearchQuery(has=of_product("Scan"))):
        assert found(query, nowhere, stand_in) == []


def test_the_sites_of_licenses_are_counted_once_each_also_where_one_has_no_number() -> None:
    index = LicenseIndex()
    shop, other = "https://shop.example", "https://other.example"
    rows = index.put(
        [
            on(1, "scan_1", "Scan", siteurl=shop),
            on(1, "boost_1", "Boost", siteurl=shop),
            on(2, "scan_2", "Scan", siteurl=other),
            on(None, "scan_3", "Scan", siteurl=shop),
            on(None, "scan_4", "Scan", siteurl="https://third.example"),
            on(None, "boost_4", "Boost", siteurl="https://third.example"),
        ]
    )
    assert count_sites(index, array("I", rows[:3])) == 2
    assert count_sites(index, array("I", rows)) == 3
    assert count_sites(index, array("I")) == 0


def test_days_begin_and_end_at_midnight_in_utc() -> None:
    account = [
        license("a", issued_at="2025-12-31 23:59:59"),
        license("b", issued_at="2026-01-01 00:00:00"),
        license("c", issued_at="2026-01-31 23:59:59"),
        license("d", issued_at="2026-02-01 00:00:00"),
        license("e"),
    ]
    first, after = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert found(SearchQuery(issued_from=first, issued_before=after), *account) == ["b", "c"]
    assert found(SearchQuery(issued_from=first), *account) == ["b", "c", "d"]
    assert found(SearchQuery(issued_before=first), *account) == ["a"]


def test_the_bundles_there_are_come_with_what_is_inside_them() -> None:
    index = LicenseIndex()
    index.put(
        [
            license("old", license_id=1, quantity=5, issued_at="2024-01-01 00:00:00"),
            license(
                "revoked", license_id=2, quantity=5, issued_at="2026-01-01 00:00:00", revoked_at=ASSIGNED
            ),
            license("new", license_id=3, quantity=2, issued_at="2025-01-01 00:00:00"),
            license("no number", quantity=2),
            license("gone", license_id=4, quantity=2),
            license("a", parent_license_id=1, attached_at=ASSIGNED),
            license("b", parent_license_id=1),
            license("c", parent_license_id=1),
            license("d", parent_license_id=3, revoked_at=ASSIGNED),
        ]
    )
    row = index.row_of(license("gone").license_key)
    assert row is not None
    index.remove([row])
    bundles = bundles_of(index, no_checkpoint)
    assert [(index.code(one.row), one.assigned, one.unassigned) for one in bundles] == [
        ("new", 0, 0),
        ("old", 1, 2),
        ("revoked", 0, 0),
    ]
    query = SearchQuery(parent=LicenseId(1), unassigned=True)
    assert sorted(index.code(row) for row in search(index, query).rows) == ["b", "c"]
