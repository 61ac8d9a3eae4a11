"""Lists of sites: every form in which one is given, what is wrong with a line, and which site it means."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_list import (
    MOST_LINES,
    LineMatch,
    ListError,
    SiteLine,
    SiteMatcher,
    decode,
    match_list,
    match_product,
    read_list,
)


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
)
PRODUCTS = (
    product("jetpack-backup-t1", "Jetpack VaultPress Backup (10GB)"),
    product("jetpack-backup-t2", "Jetpack VaultPress Backup (1TB)"),
    product("jetpack-scan", "Jetpack Scan"),
)


def matched(text: str) -> LineMatch:
    """What one line means."""
    (line,) = read_list(text)
    return SiteMatcher(SITES).match(line)


# -- reading -----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_that_programs_save_lists_in_is_read(encoding: str) -> None:
    text = "site;product\r\nmüller.example;jetpack-scan\r\n"
    assert decode(text.encode(encoding)) == text
    assert read_list(decode(text.encode(encoding))) == (SiteLine(2, "müller.example", "jetpack-scan"),)


@pytest.mark.parametrize("data", [b"caf\xe9.example", b"\xff\xfe\x00", b"\xfe\xff\xd8\x00"])
def test_what_is_no_such_text_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ListError, match="UTF-8"):
        decode(data)


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: "\0" not in text))
def test_any_text_in_utf_8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode("utf-8-sig")) == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_columns_may_stand_in_any_order_below_their_titles(delimiter: str) -> None:
    rows = ["Quantity,Site URL,Product", "3,https://example.com,jetpack-scan", ",club.example,", ""]
    lines = read_list("\n".join(rows).replace(",", delimiter))
    assert lines == (
        SiteLine(2, "https://example.com", "jetpack-scan", 3),
        SiteLine(3, "club.example"),
    )


def test_without_titles_the_columns_are_site_product_and_quantity() -> None:
    assert read_list("a.example,jetpack-scan,2\nb.example\n\n c.example , jetpack-scan") == (
        SiteLine(1, "a.example", "jetpack-scan", 2),
        SiteLine(2, "b.example"),
        SiteLine(4, "c.example", "jetpack-scan"),
    )


def test_a_cell_may_hold_the_delimiter_and_line_breaks_in_quotes() -> None:
    assert read_list('site,product\na.example,"Backup, big"\n"b.example\n",x\nc.example,y') == (
        SiteLine(2, "a.example", "Backup, big"),
        SiteLine(3, "b.example", "x"),
        SiteLine(5, "c.example", "y"),
    )


def test_unknown_columns_are_left_alone_where_titles_name_the_others() -> None:
    assert read_list("Client,Domain,Notes\nAcme,a.example,call first") == (SiteLine(2, "a.example"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("site,product\n", "no site below"),
        ("product,quantity\njetpack-scan,2", "no column of sites"),
        ("site,url\na.example,b.example", "twice"),
        ("a.example\n" * (MOST_LINES + 1), "10,001 lines; 10,000 are the most"),
    ],
)
def test_a_list_that_cannot_be_read_as_a_whole_is_refused(text: str, words: str) -> None:
    with pytest.raises(ListError, match=words):
        read_list(text)


def test_the_most_lines_are_read() -> None:
    lines = read_list("\n".join(f"s{number}.example" for number in range(MOST_LINES)))
    assert len(lines) == MOST_LINES
    assert not any(line.problem for line in lines)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a.example,jetpack-scan,0", "Its quantity '0' is no number from 1 to 1,000."),
        ("a.example,jetpack-scan,-1", "Its quantity '-1' is no number from 1 to 1,000."),
        ("a.example,jetpack-scan,1001", "Its quantity '1001' is no number from 1 to 1,000."),
        ("a.example,jetpack-scan,two", "Its quantity 'two' is no number from 1 to 1,000."),
        ("a.example,jetpack-scan,٣", "Its quantity '٣' is no number from 1 to 1,000."),
        (",jetpack-scan,1", "It names no site."),
        ("a.example,jetpack-scan,1,more", "It has more columns than site, product and quantity."),
    ],
)
def test_what_is_wrong_with_a_line_is_said_and_the_others_stay(row: str, problem: str) -> None:
    first, second = read_list(f"{row}\nb.example,jetpack-scan,1")
    assert first.problem == problem
    assert second.problem == ""


def test_a_line_like_an_earlier_one_names_it() -> None:
    lines = read_list(
        "https://Example.com/,scan\nexample.com,scan\nexample.com,backup\nEXAMPLE.com/wp-admin/,SCAN"
    )
    assert [line.problem for line in lines] == ["", "", "", "The same as line 2."]


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z]{1,8}\.example(/[a-z]{1,4})?", fullmatch=True),
            st.from_regex(r"[a-z][a-z -]{0,10}[a-z]", fullmatch=True),
            st.integers(1, 1000),
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda row: row[0],
    ),
    st.sampled_from(",;\t"),
)
def test_what_csv_wrote_is_read_again(rows: list[tuple[str, str, int]], delimiter: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(["site", "product", "quantity"])
    writer.writerows(rows)
    lines = read_list(written.getvalue())
    assert [(line.site, line.product, line.quantity) for line in lines] == rows
    assert not any(line.problem for line in lines)


@given(st.text())
def test_no_text_is_too_strange_to_be_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        lines = read_list(text)
    except ListError:
        return  # its sentences are in the tests above
    matches = match_list(lines, SITES, PRODUCTS)
    assert [match.line for match in matches] == list(lines)
    assert all(match.problem or match.site is not None for match in matches)


# -- matching ----------------------------------------------------------------------------


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
    ],
)
def test_an_address_in_any_form_means_its_site(text: str, number: int) -> None:
    match = matched(text)
    assert match.problem == ""
    assert match.site is not None
    assert match.site.blog_id == number


@pytest.mark.parametrize(
    ("text", "problem", "near"),
    [
        ("both.example", "It may mean http://both.example and both.example.", [5, 6]),
        ("case.example/BLOG", "It may mean case.example/Blog and case.example/blog.", [8, 9]),
        ("shop.example", "It is not connected; near it 1 site is: www.shop.example.", [2]),
        ("www.example.com", "It is not connected; near it 1 site is: example.com.", [1]),
        (
            "club.example/other",
            "It is not connected; near it 2 sites are: club.example/team, club.example.",
            [3, 4],
        ),
        ("nowhere.example", "It is not connected.", []),
        ("ftp://example.com", "It is no address of a site.", []),
        ("https://", "It is no address of a site.", []),
    ],
)
def test_what_is_unclear_is_never_guessed(text: str, problem: str, near: list[int]) -> None:
    match = matched(text)
    assert match.site is None
    assert match.problem == problem
    assert [one.blog_id for one in match.near] == near


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
    found = match_product(text, PRODUCTS)
    assert isinstance(found, Product)
    assert found.slug == slug


def test_a_product_that_is_unclear_is_not_guessed() -> None:
    twins = (*PRODUCTS, product("jetpack-scan-new", "Jetpack Scan"))
    assert match_product("Jetpack Scan", twins) == "“Jetpack Scan” may be jetpack-scan or jetpack-scan-new."
    assert match_product("backups", PRODUCTS) == "There is no product “backups”."


def test_every_line_has_its_match_or_its_problem_in_the_order_of_the_list() -> None:
    text = (
        "site,product\nexample.com,scan\nhttp://example.com/wp-login.php,Jetpack Scan\nnowhere.example,scan\n"
        "club.example,nothing\nclub.example,"
    )
    matches = match_list(read_list(text), SITES, PRODUCTS)
    assert [
        (
            match.line.number,
            match.site and match.site.blog_id,
            match.product and match.product.slug,
            match.problem,
        )
        for match in matches
    ] == [
        (2, 1, "jetpack-scan", ""),
        (3, 1, "jetpack-scan", "The same site as line 2."),
        (4, None, None, "It is not connected."),
        (5, 4, None, "There is no product “nothing”."),
        (6, 4, None, ""),
    ]


@given(st.lists(st.sampled_from([one.address for one in SITES]), min_size=1, unique=True))
def test_the_address_that_a_site_is_connected_by_means_that_site(addresses: list[str]) -> None:
    matches = match_list(read_list("\n".join(addresses)), SITES, PRODUCTS)
    assert [match.site and match.site.address for match in matches] == addresses
