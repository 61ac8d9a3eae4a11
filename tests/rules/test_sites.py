"""Addresses of sites: read alike wherever they are typed, named so that no two look the same, cut before connecting."""

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.rules.sites import is_siteless, read_address, search_text, site_name, site_url

HOSTS = ("a.example", "b.example", "shop.a.example", "北京茶.example", "xn--mnchen-3ya.example", "[::1]")
PATHS = ("", "/uk", "/us", "/uk/shop")
ADDRESSES = st.builds(
    lambda scheme, host, port, path: f"{scheme}://{host}{port}{path}",
    st.sampled_from(("http", "https")),
    st.sampled_from(HOSTS),
    st.sampled_from(("", ":8080", ":8443")),
    st.sampled_from(PATHS),
)
PAGES = (
    "/wp-admin",
    "/wp-admin/",
    "/wp-admin/plugins.php?page=jetpack",
    "/wp-login.php?redirect_to=https%3A%2F%2Fx",
)


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("https://network.example/", "network.example"),
        ("http://network.example/uk/", "network.example/uk"),
        ("//network.example/uk", "network.example/uk"),
        ("network.example/", "network.example"),
        ("/uk/", "/uk"),
        ("/", "/"),
        ("network.example::uk", "network.example/uk"),
        ("  https://network.example/  ", "network.example"),
        ("https://Network.Example:8443/UK/", "network.example:8443/UK"),
        ("https://network.example:443/", "network.example"),
        ("https://network.example/wp-admin/", "network.example"),
        ("https://network.example/uk/wp-login.php?redirect_to=x#top", "network.example/uk"),
        ("backup https://network.example/", "backup network.example"),
        ("network.example", "network.example"),
        ("harbour", "harbour"),
        ("jetpack-backup-t1_AbC123xYz", "jetpack-backup-t1_AbC123xYz"),
        ("#190000001", "#190000001"),
        ("https://", "https://"),
        ("", ""),
    ],
)
def test_an_address_is_searched_for_without_what_no_stored_address_has(typed: str, searched: str) -> None:
    assert search_text(typed) == searched


@given(ADDRESSES, st.sampled_from(("", "/")), st.sampled_from(("", *PAGES)))
def test_every_way_to_write_a_site_is_searched_for_as_the_same_text(url: str, slash: str, page: str) -> None:
    plain = url.partition("://")[2]
    assert search_text(f"{url}{page or slash}") == plain
    assert search_text(search_text(url)) == search_text(url)


@given(ADDRESSES, ADDRESSES)
def test_two_sites_have_the_same_name_only_where_their_addresses_are_the_same(one: str, other: str) -> None:
    assert (site_name(one) == site_name(other)) == (one == other)
    assert site_name(f"{one}/") == site_name(one)


@pytest.mark.parametrize(
    ("siteurl", "name"),
    [
        ("https://a.example", "a.example"),
        ("a.example", "a.example"),
        ("http://a.example", "http://a.example"),
        ("https://a.example:8443/", "a.example:8443"),
        ("http://a.example:80/x/", "http://a.example/x"),
        ("https://a.example:443", "a.example"),
        ("https://a.example/?p=7", "a.example?p=7"),
        ("not an address: at all", "not an address: at all"),
        ("https://a.example:port", "https://a.example:port"),
        ("", ""),
    ],
)
def test_a_site_is_named_by_what_tells_it_from_others(siteurl: str, name: str) -> None:
    assert site_name(siteurl) == name


@pytest.mark.parametrize(
    ("typed", "url", "cut"),
    [
        ("https://x.example/wp-admin/", "https://x.example", ("/wp-admin/",)),
        ("x.example/blog/wp-login.php", "https://x.example/blog", ("/wp-login.php",)),
        (
            "https://x.example/wp-login.php?redirect_to=y",
            "https://x.example",
            ("/wp-login.php", "what follows the ?"),
        ),
        ("http://x.example/blog/", "http://x.example/blog", ()),
        ("https://x.example/?p=1#top", "https://x.example", ("what follows the ?", "what follows the #")),
        ("https://me:word@x.example/", "https://x.example", ("user name and password",)),
        ("https://x.example/wp-content/uploads/a.png", "https://x.example", ("/wp-content/uploads/a.png",)),
        ("https://x.example/wp-administration", "https://x.example/wp-administration", ()),
        ("https://x.example/news/index.php", "https://x.example/news", ("/index.php",)),
        ("https://x.example:8443/uk", "https://x.example:8443/uk", ()),
    ],
)
def test_what_belongs_to_wordpress_itself_is_cut_from_an_address_and_named(
    typed: str, url: str, cut: tuple[str, ...]
) -> None:
    found = site_url(typed)
    assert found is not None
    assert (found.url, found.cut) == (url, cut)
    again = site_url(found.url)
    assert again is not None
    assert again == (found.url, ())


@pytest.mark.parametrize(
    "typed", ["", "ftp://x.example", "https://", "x y.example", "https://x.example:port", "javascript:x"]
)
def test_what_is_no_web_address_is_no_site(typed: str) -> None:
    assert site_url(typed) is None


@pytest.mark.parametrize(
    ("siteurl", "siteless"),
    [
        ("https://siteless.jetpack.com", True),
        ("siteless.jetpack.com", True),
        ("https://siteless.jetpack.com/abc", True),
        ("siteless.akismet.com", True),
        ("siteless.marketplace.wp.com", True),
        ("https://siteless.jetpack.com.example", False),
        ("https://www.siteless.jetpack.com", False),
        ("https://jetpack.com", False),
        ("", False),
        (None, False),
    ],
)
def test_the_vendors_stand_in_for_a_site_is_no_site(siteurl: str | None, siteless: bool) -> None:
    assert is_siteless(siteurl) is siteless


@given(st.text())
def test_no_text_is_refused_with_anything_but_none(text: str) -> None:
    read_address(text)
    site_name(text)
    site_url(text)
    assert bool(search_text(text)) == bool(text.split())
