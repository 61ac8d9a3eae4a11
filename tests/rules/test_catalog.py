import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import ProductId, ProductSlug
from jpmanage_tui.api.products import Product, ProductFamily
from jpmanage_tui.rules.catalog import (
    EXCLUDED,
    Section,
    at_size,
    contains,
    fits_site,
    search,
    section_of,
    sections,
    shape,
    sizes,
    title,
)
from jpmanage_tui.rules.licenses import ADD_ON_FAMILY, Allowed, NotAllowed
from tests.rules.support import product_of_slug

COMPLETE = product_of_slug("jetpack-complete", 2014, "Jetpack Complete", "jetpack-packs", bundles={5: "90"})
SECURITY = product_of_slug("jetpack-security-t1", 2016, "Jetpack Security (10GB)", "jetpack-packs")
BACKUP = product_of_slug(
    "jetpack-backup-t1", 2112, "Jetpack Backup (10GB)", "jetpack-backup", bundles={10: "1", 5: "1"}
)
SCAN = product_of_slug("jetpack-scan", 2106, "Jetpack Scan Daily", "jetpack-scan")
STORAGE_B = product_of_slug("storage-b", 3002, "A Storage", ADD_ON_FAMILY)
STORAGE_A = product_of_slug("storage-a", 3001, "Z Storage", ADD_ON_FAMILY)
WOO = product_of_slug("woocommerce-bookings", 4000, "Bookings", "woocommerce-bookings")
HOSTING = product_of_slug("wpcom-hosting-business", 5000, "Business", "wpcom-hosting")
ALL = [COMPLETE, SECURITY, BACKUP, SCAN, STORAGE_B, STORAGE_A, WOO, HOSTING]


def family(slug: str, *products: dict[str, str]) -> ProductFamily:
    return ProductFamily.model_validate({"slug": slug, "products": list(products)})


def test_the_catalog_drops_what_is_not_sold_and_sorts_by_name_across_families() -> None:
    families = [
        family("b", {"slug": "x", "name": "alpha"}, {"slug": "y", "name": "Zeta"}),
        family("gone", *({"slug": slug, "name": slug} for slug in EXCLUDED)),
        family("a", {"slug": "z", "name": "Beta"}),
    ]
    assert [product.name for product in shape(families)] == ["Beta", "Zeta", "alpha"]


def test_sections_stand_in_their_order_and_lose_no_product() -> None:
    found = sections(ALL)
    assert [section for section, _ in found] == list(Section)
    assert sorted(product.slug for _, members in found for product in members) == sorted(p.slug for p in ALL)


def test_add_ons_are_sorted_by_product_id_not_by_name() -> None:
    assert dict(sections([STORAGE_B, STORAGE_A]))[Section.ADD_ONS] == (STORAGE_A, STORAGE_B)


@given(st.text(max_size=30))
def test_every_product_has_a_section_whatever_its_family(slug: str) -> None:
    assert section_of(product_of_slug("x", family=slug)) in Section


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Jetpack Security (10GB)", "Security 10GB"),
        ("jetpack\tScan JETPACK Daily", "Scan Daily"),
        ("Jetpack AI", "AI"),
        ("Jetpack AI Assistant", "AI"),
        ("Jetpack Stats (Paid)", "Stats"),
        ("Jetpack Stats (Commercial license)", "Stats"),
        ("Jetpack", "Jetpack"),
        ("Jetpack ", "Jetpack "),
    ],
)
def test_a_title_is_the_name_without_jetpack_and_parentheses(name: str, short: str) -> None:
    assert title(name) == short


def test_sizes_are_one_and_the_bundles_in_the_order_first_seen() -> None:
    assert sizes(ALL) == (1, 5, 10)
    assert sizes([BACKUP]) == (1, 10, 5)
    assert sizes([]) == (1,)


def test_a_size_lists_only_the_products_sold_in_it() -> None:
    assert at_size(ALL, 10) == (BACKUP,)
    assert at_size(ALL, 1) == tuple(ALL)


def test_search_also_finds_the_plans_that_contain_the_product() -> None:
    assert search(ALL, "SCAN") == (COMPLETE, SECURITY, SCAN)
    assert search(ALL, "bookings") == (WOO,)
    assert search(ALL, "nothing like it") == ()
    assert search(ALL, "  ") == tuple(ALL)


@pytest.mark.parametrize(
    ("plan", "product", "inside"),
    [
        ("jetpack-complete", "jetpack-boost", True),
        ("jetpack-security-t2", "jetpack-backup-t1", True),
        ("jetpack-security-t2", "jetpack-boost", False),
        ("jetpack-scan", "jetpack-scan", False),
        ("jetpack-complete", "jetpack-complete", False),
        ("jetpack-security-t1", "jetpack-backup-addon-storage-10gb-monthly", False),
    ],
)
def test_what_a_plan_contains(plan: str, product: str, inside: bool) -> None:
    assert contains(ProductSlug(plan), ProductSlug(product)) is inside


def fit(product: Product, owned: list[int], chosen: list[Product]) -> str | None:
    answer = fits_site(product, {ProductId(number) for number in owned}, chosen, ALL)
    return answer.reason if isinstance(answer, NotAllowed) else None


def test_a_product_the_site_has_is_said_to_be_there() -> None:
    assert fit(SCAN, [2106], []) == "The site has this product already."


@pytest.mark.parametrize("other", [SECURITY, COMPLETE])
def test_a_product_clashes_with_a_plan_that_contains_it_on_the_site_or_chosen(other: Product) -> None:
    assert other.name in (fit(SCAN, [other.product_id], []) or "")
    assert other.name in (fit(SCAN, [], [other]) or "")
    assert SCAN.name in (fit(other, [SCAN.product_id], []) or "")


def test_products_of_one_family_clash() -> None:
    assert SECURITY.name in (fit(COMPLETE, [], [SECURITY]) or "")


def test_without_a_site_and_a_choice_everything_fits() -> None:
    assert all(fits_site(product, set(), [], ALL) == Allowed() for product in ALL)


def test_an_unknown_product_on_the_site_and_the_choice_itself_clash_with_nothing() -> None:
    assert fit(SCAN, [999], [SCAN]) is None
    assert fit(product_of_slug("a"), [], [product_of_slug("b")]) is None
