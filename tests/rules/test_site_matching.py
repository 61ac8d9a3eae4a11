"""Which site an address means, and which product a name: whatever is unclear is not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_matching import ProductMatcher, SiteFinding, SiteMatcher, address_key


def site(number: int, url: str) -> Site:
    """A connected site."""
    return Site.model_validate({"blog_id": number, "url": url.partition("://")[2], "url_with_scheme": url})


def product(slug: str, name: str) -> Product:
    """A product of the catalog."""
    return Product.model_validate({"slug": slug, "name": name, "product_id": len(slug)})


SITES = (
    site(1, "https://example.com"),
    site(2, "https://www.shop.example"),
    site(3, "https://club.example/team"),
    site(4, "https://club.example"),
    site(5, "http://both.example"),
    site(6, "https://both.example"),
    site(7, "https://xn--mller-kva.example"),
    site(8, "https://case.example/Blog"),
    site(9, "https://case.example/blog"),
    site(10, "https://port.example:8443"),
    site(11, "https://xn--caf-dma.example/café"),
    *(site(20 + number, f"https://many.example/{number}") for number in range(7)),
)
PRODUCTS = (
    product("jetpack-backup-t1", "Jetpack VaultPress Backup (10GB)"),
    product("jetpack-backup-t2", "Jetpack VaultPress Backup (1TB)"),
    product("jetpack-scan", "Jetpack Scan"),
)


MATCHER = SiteMatcher(SITES)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("example.com", 1),
        ("HTTPS://EXAMPLE.COM/", 1),
        ("http://example.com", 1),
        ("//example.com", 1),
        ("https://example.com/wp-admin/plugins.php", 1),
        ("club.example/team/", 3),
        ("club.example::team", 3),
        ("club.example", 4),
        ("http://both.example", 5),
        ("https://both.example/", 6),
        ("müller.example", 7),
        ("https://MÜLLER.example/", 7),
        ("xn--mller-kva.example", 7),
        ("case.example/Blog", 8),
        ("case.example/blog", 9),
        ("https://port.example:8443", 10),
        ("example.com.", 1),
        ("café.example/caf%C3%A9", 11),
        ("https://café.example/café/", 11),
        ("7", 7),
    ],
)
def test_an_address_in_any_form_means_its_site(text: str, number: int) -> None:
    match = MATCHER.match(text)
    assert match.problem == ""
    assert match.site is not None
    assert match.site.blog_id == number


@pytest.mark.parametrize(
    ("text", "problem", "near"),
    [
        ("both.example", "It may mean http://both.example or https://both.example.", [5, 6]),
        ("case.example/BLOG", "It may mean case.example/Blog or case.example/blog.", [8, 9]),
        ("shop.example", "It is not connected. Connected at the same host: www.shop.example.", [2]),
        ("www.example.com", "It is not connected. Connected at the same host: example.com.", [1]),
        (
            "club.example/other",
            "It is not connected. Connected at the same host: club.example/team and club.example.",
            [3, 4],
        ),
        ("nowhere.example", "It is not connected.", []),
        (
            "many.example",
            "It is not connected. Connected at the same host: many.example/0, many.example/1, many.example/2, "
            "many.example/3, many.example/4 and 2 more.",
            [20, 21, 22, 23, 24],
        ),
        (
            "port.example",
            "It is not connected. Connected at the same host: port.example:8443.",
            [10],
        ),
        ("99", "No connected site has the Site ID 99.", []),
        ("ftp://example.com", "“ftp://example.com” is no address of a site.", []),
        ("not an address", "“not an address” is no address of a site.", []),
        ("https://", "“https://” is no address of a site.", []),
    ],
)
def test_what_is_unclear_is_never_guessed(text: str, problem: str, near: list[int]) -> None:
    match = MATCHER.match(text)
    assert match.site is None
    assert match.problem == problem
    assert [one.blog_id for one in match.near] == near


def test_sites_with_one_address_are_told_apart_by_their_ids() -> None:
    match = SiteMatcher([site(1, "https://a.example"), site(2, "https://a.example")]).match("a.example")
    assert match.finding is SiteFinding.UNCLEAR
    assert match.problem == "It may mean a.example (Site ID 1) or a.example (Site ID 2)."


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("jetpack-scan", "jetpack-scan"),
        ("JETPACK-SCAN", "jetpack-scan"),
        ("Jetpack Scan", "jetpack-scan"),
        ("scan", "jetpack-scan"),
        ("Jetpack VaultPress Backup (1TB)", "jetpack-backup-t2"),
    ],
)
def test_a_product_is_named_by_its_slug_or_its_name(text: str, slug: str) -> None:
    found = ProductMatcher(PRODUCTS).match(text)
    assert isinstance(found, Product)
    assert found.slug == slug


def test_a_product_that_is_unclear_is_not_guessed() -> None:
    twins = (*PRODUCTS, product("jetpack-scan-new", "Jetpack Scan"))
    assert (
        ProductMatcher(twins).match("Jetpack Scan")
        == "“Jetpack Scan” may be jetpack-scan or jetpack-scan-new."
    )
    assert ProductMatcher(PRODUCTS).match("backups") == "There is no product “backups”."


@given(st.sampled_from(SITES))
def test_the_address_that_a_site_is_connected_by_means_that_site(one: Site) -> None:
    assert MATCHER.match(one.address).site == one
    assert MATCHER.match(str(one.blog_id)).site == one


@given(st.text())
def test_no_text_is_too_strange_to_be_looked_for(text: str) -> None:
    match = MATCHER.match(text)
    assert (match.site is None) == bool(match.problem) == (match.finding is not SiteFinding.FOUND)
    assert isinstance(address_key(text), str)
    assert isinstance(ProductMatcher(PRODUCTS).match(text), str)
