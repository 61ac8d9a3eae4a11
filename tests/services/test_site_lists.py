"""Lists matched with an account: what each line means, and how what is wrong is put right."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.site_list import read_list
from jpmanage_tui.services.site_lists import Fix, LineStatus, ListUse, SiteList, match_list
from tests.services.accounts import ALL_SITES, BOTH, SITES, account, license_for, listed, site
from tests.services.issuing.support import ADD_ON, BACKUP, CATALOG, COMPLETE, FREE_OF_PRICE, SCAN, SECURITY


def statuses(site_list: SiteList) -> list[LineStatus]:
    """How the lines stand."""
    return [line.status for line in site_list.lines]


def gets(site_list: SiteList) -> list[list[str]]:
    """The products that each line's site gets."""
    return [[product.slug for product in line.products] for line in site_list.lines]


# -- what is wrong with a line -----------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "status", "reason", "fix"),
    [
        ("s1.example,scan daily,1", LineStatus.READY, "", None),
        ("both.example,scan daily", LineStatus.UNCLEAR,
         "It may mean http://both.example or https://both.example.", Fix.SITE),
        ("s99.example,scan daily", LineStatus.NOT_CONNECTED, "It is not connected.", Fix.SITE),
        ("ftp://s1.example,scan daily", LineStatus.UNREADABLE,
         "“ftp://s1.example” is no address of a site.", Fix.SITE),
        (",scan daily", LineStatus.UNREADABLE, "It names no site.", Fix.SITE),
        ("s1.example,scan daily,1,x", LineStatus.UNREADABLE,
         "It has more columns than site, product and quantity.", Fix.SITE),
        ("s1.example,", LineStatus.NO_PRODUCT, "It names no product, and none is chosen for all lines.", Fix.PRODUCT),
        ("s1.example,scam", LineStatus.UNKNOWN_PRODUCT, "There is no product “scam”.", Fix.PRODUCT),
        ("s1.example,scan daily,3", LineStatus.QUANTITY,
         "It asks for 3 licenses; a site takes one license of a product.", Fix.QUANTITY),
        ("s1.example,scan daily,x", LineStatus.QUANTITY, "Its quantity 'x' is no number from 1 to 1,000.",
         Fix.QUANTITY),
        ("multi.example,scan daily", LineStatus.MULTISITE,
         "Jetpack Scan Daily does not work on a multisite, which multi.example is.", Fix.PRODUCT),
        ("multi.example,complete", LineStatus.READY, "", None),
        ("plan.example,boost", LineStatus.HAS_PRODUCT,
         "The site has Jetpack Boost already, and a site takes one license of a product.", Fix.PRODUCT),
        ("plan.example,scan daily", LineStatus.CONFLICT,
         "The site has Jetpack Security (10GB), which already includes it.", Fix.PRODUCT),
        ("plan.example,complete", LineStatus.CONFLICT,
         "The site has Jetpack Security (10GB), and a site takes one of these.", Fix.PRODUCT),
    ],
)  # fmt: skip
def test_each_line_says_what_is_wrong_with_it_and_what_puts_it_right(
    row: str, status: LineStatus, reason: str, fix: Fix | None
) -> None:
    site_list = listed(f"site,product,quantity\n{row}\n")
    (line,) = site_list.lines
    assert (line.status, line.reason, line.status.fixed_by) == (status, reason, fix)
    assert site_list.counts[status] == 1 == sum(site_list.counts.values())
    assert (site_list.ready == (line,)) is (status is LineStatus.READY) is (not site_list.problems)
    assert bool(line.products) is (status is LineStatus.READY)


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (license_for(SCAN, 1), "The site has Jetpack Scan Daily already, and"),
        (license_for(SCAN, 1, owner_type="user"), "already (bought elsewhere), and"),
        (license_for(SCAN, 1, parent_license_id=7), "already (in a bundle), and"),
        (license_for(SCAN, 1, product_id=None), "has Jetpack Scan Daily already, and"),
        (license_for(SECURITY, 1), "The site has Jetpack Security (10GB), which already includes it."),
    ],
)
def test_a_site_has_what_its_licenses_say_whoever_bought_them(held: License, words: str) -> None:
    (line,) = listed("s1.example,jetpack-scan", held).lines
    assert words in line.reason
    assert not line.products
    assert listed("s2.example,jetpack-scan", held).lines[0].status is LineStatus.READY


@pytest.mark.parametrize("more", [{"attached_at": None}, {"revoked_at": "2025-02-02 00:00:00"}])
def test_what_is_not_assigned_to_the_site_now_does_not_count(more: dict[str, Any]) -> None:
    assert listed("s1.example,jetpack-scan", license_for(SCAN, 1, **more)).lines[0].status is LineStatus.READY


def test_what_is_not_sold_any_more_is_said() -> None:
    old = Product.model_validate({"slug": "jetpack-backup-daily", "name": "Backup Daily", "product_id": 2100})
    data = account()
    (line,) = match_list(read_list("s1.example,backup daily"), replace(data, products=(*CATALOG, old))).lines
    assert (line.status, line.reason) == (LineStatus.UNKNOWN_PRODUCT, "Backup Daily is not sold any more.")


# -- lines of one site -------------------------------------------------------------------


def test_an_earlier_line_goes_before_a_later_one_of_the_same_site() -> None:
    site_list = listed(
        "s1.example,scan daily\nhttps://S1.example/wp-admin/,jetpack-scan\ns1.example,complete\n1,boost\n"
        "s2.example,scan daily"
    )
    assert [(line.status, line.reason) for line in site_list.lines] == [
        (LineStatus.READY, ""),
        (LineStatus.DUPLICATE, "Line 1 asks for Jetpack Scan Daily for the same site."),
        (LineStatus.CONFLICT, "Line 1 gives it Jetpack Scan Daily, which Jetpack Complete includes."),
        (LineStatus.READY, ""),
        (LineStatus.READY, ""),
    ]
    without_first = site_list.left_out(1)
    assert statuses(without_first)[:4] == [
        LineStatus.LEFT_OUT,
        LineStatus.READY,
        LineStatus.CONFLICT,
        LineStatus.READY,
    ]
    assert statuses(without_first.left_out(2))[2] is LineStatus.READY
    assert statuses(without_first.restored(1)) == statuses(site_list)


def test_lines_of_one_site_that_await_a_product_are_told_before_it_is_chosen() -> None:
    site_list = listed("s1.example\nhttps://S1.example/wp-admin/\ns1.example,boost\ns2.example")
    assert [(line.status, line.reason) for line in site_list.lines][1] == (
        LineStatus.DUPLICATE,
        "The same site as line 1.",
    )
    assert statuses(site_list.left_out(1))[1] is LineStatus.NO_PRODUCT
    assert statuses(site_list)[2:] == [LineStatus.READY, LineStatus.NO_PRODUCT]


def test_several_products_of_one_line_are_assigned_in_their_order_and_a_plan_goes_before_what_it_has() -> (
    None
):
    site_list = listed("s1.example").with_products([ADD_ON, BACKUP, FREE_OF_PRICE, BACKUP])
    assert gets(site_list) == [[BACKUP.slug, FREE_OF_PRICE.slug, ADD_ON.slug]]
    (line,) = site_list.with_products([SCAN, COMPLETE]).lines
    assert line.products == (COMPLETE,)
    assert [(one.product, one.status) for one in line.refused] == [(SCAN, LineStatus.CONFLICT)]
    assert line.reason == "Jetpack Complete is chosen, which already includes it."
    assert line.status is LineStatus.READY


# -- putting right -----------------------------------------------------------------------


def test_a_site_a_product_and_a_quantity_are_put_right_and_given_back() -> None:
    site_list = listed("both.example,scam,3\ns2.example,jetpack-scan")
    assert site_list.line(1).near == BOTH
    fixed = site_list.with_site(1, BOTH[1])
    assert (fixed.line(1).site, fixed.line(1).near) == (BOTH[1], ())
    assert fixed.line(1).status is LineStatus.UNKNOWN_PRODUCT
    fixed = fixed.with_product(1, SCAN)
    assert fixed.line(1).status is LineStatus.QUANTITY
    assert fixed.with_one_each().line(1).status is LineStatus.READY
    fixed = fixed.with_quantity(1, 1)
    assert (fixed.line(1).status, fixed.line(1).fixed, fixed.line(2).fixed) == (LineStatus.READY, True, False)
    assert statuses(fixed.with_site(1, SITES[1])) == [LineStatus.READY, LineStatus.DUPLICATE]
    assert statuses(fixed.with_site(1, SITES[1]).with_site(1, SITES[2])) == [LineStatus.READY] * 2
    assert statuses(fixed.restored(1)) == statuses(site_list)
    assert statuses(fixed.left_out(1).with_site(1, BOTH[0])) == [LineStatus.READY] * 2
    assert site_list.line(1).status is LineStatus.UNCLEAR, "the first list was changed"
    with pytest.raises(KeyError):
        site_list.with_site(3, BOTH[0])


def test_products_for_all_come_instead_of_what_the_lines_say_or_beside_it() -> None:
    site_list = listed("s1.example,jetpack-scan\ns2.example\ns3.example,scam")
    assert site_list.names_products
    assert gets(site_list.with_products([FREE_OF_PRICE])) == [[FREE_OF_PRICE.slug]] * 3
    beside = site_list.with_products([FREE_OF_PRICE], beside_file=True)
    assert gets(beside) == [[SCAN.slug, FREE_OF_PRICE.slug], [FREE_OF_PRICE.slug], []]
    assert statuses(beside)[2] is LineStatus.UNKNOWN_PRODUCT
    own = site_list.with_product(2, SCAN).with_products([FREE_OF_PRICE])
    assert gets(own) == [[FREE_OF_PRICE.slug], [SCAN.slug], [FREE_OF_PRICE.slug]]
    assert gets(own.with_products([])) == [[SCAN.slug], [SCAN.slug], []]


# -- other uses --------------------------------------------------------------------------


def test_what_is_issued_only_needs_no_site_and_may_be_several() -> None:
    text = "s99.example,jetpack-scan,3\nS99.example/,jetpack-scan\ns1.example,jetpack-scan,2\nmulti.example,scan daily"
    site_list = listed(text, license_for(SCAN, 1)).with_use(ListUse.ISSUE)
    assert statuses(site_list) == [
        LineStatus.READY,
        LineStatus.DUPLICATE,
        LineStatus.READY,
        LineStatus.READY,
    ]
    assert [line.quantity for line in site_list.lines] == [3, 1, 2, 1]
    assert statuses(site_list.with_use(ListUse.ASSIGN)) == [
        LineStatus.NOT_CONNECTED,
        LineStatus.NOT_CONNECTED,
        LineStatus.QUANTITY,
        LineStatus.MULTISITE,
    ]


def test_where_the_sites_alone_count_products_do_not_matter_and_former_sites_are_found() -> None:
    former = license_for(SCAN, 77, siteurl="https://former.example")
    siteless = license_for(SCAN, 78, siteurl="https://siteless.jetpack.com/x")
    text = "s1.example,scam,x\nhttp://s1.example/\nformer.example\nnowhere.example\nsiteless.jetpack.com/x"
    site_list = listed(text, former, siteless, use=ListUse.SITES)
    assert [(line.status, line.site and line.site.blog_id, line.reason) for line in site_list.lines] == [
        (LineStatus.READY, 1, ""),
        (LineStatus.DUPLICATE, 1, "The same site as line 1."),
        (LineStatus.READY, 77, ""),
        (LineStatus.NOT_CONNECTED, None, "It is not connected."),
        (LineStatus.NOT_CONNECTED, None, "It is not connected."),
    ]
    assert statuses(site_list.with_use(ListUse.ASSIGN))[2] is LineStatus.NOT_CONNECTED


# -- what always holds -------------------------------------------------------------------

ADDRESSES = st.sampled_from(
    ["s1.example", "HTTPS://s1.example/", "s2.example", "both.example", "nowhere.example", ""]
)
NAMES = st.sampled_from(["", "jetpack-scan", "scan daily", "complete", "boost", "jetpack-backup-t1", "scam"])
TEXTS = st.lists(
    st.builds("{},{},{}".format, ADDRESSES, NAMES, st.sampled_from(["", "1", "2", "x"])),
    min_size=1,
    max_size=8,
).map(lambda rows: "\n".join(["site,product,quantity", *rows]))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["site", "product", "quantity", "leave", "restore", "products", "use"]),
        st.integers(0, 7),
        st.integers(0, 8),
    ),
    max_size=6,
)


def step(site_list: SiteList, kind: str, which: int, choice: int) -> SiteList:
    """Return the list after one change of the user's."""
    number = site_list.lines[which % len(site_list.lines)].number
    match kind:
        case "site":
            return site_list.with_site(number, ALL_SITES[choice * 3 % len(ALL_SITES)])
        case "product":
            return site_list.with_product(number, CATALOG[choice % len(CATALOG)])
        case "quantity":
            return site_list.with_quantity(number, choice)
        case "leave":
            return site_list.left_out(number)
        case "restore":
            return site_list.restored(number)
        case "products":
            return site_list.with_products(CATALOG[: choice % 4], beside_file=bool(which % 2))
        case _:
            return site_list.with_use(list(ListUse)[choice % 3])


@given(TEXTS, STEPS)
def test_no_line_is_lost_no_site_gets_a_product_twice_and_a_change_is_as_good_as_matching_anew(
    text: str, steps: list[tuple[str, int, int]]
) -> None:
    try:
        lines = read_list(text)
    except ValueError:
        return
    data = account(license_for(SCAN, 2))
    site_list = match_list(lines, data)
    for kind, which, choice in steps:
        site_list = step(site_list, kind, which, choice)
    assert [line.line for line in site_list.lines] == list(lines)
    assert all(bool(line.reason) or line.status is LineStatus.READY for line in site_list.lines)
    if site_list.use is ListUse.ASSIGN:
        given_to = [
            (line.site and line.site.blog_id, product.slug)
            for line in site_list.ready
            for product in line.products
        ]
        assert None not in [blog_id for blog_id, _ in given_to]
        assert len(given_to) == len(set(given_to))
        assert (2, SCAN.slug) not in given_to
    assert (
        site_list.with_products(site_list.products, beside_file=site_list.beside_file).lines
        == site_list.lines
    )


def test_ten_thousand_lines_are_matched_with_ten_thousand_sites_and_one_is_put_right_at_once() -> None:
    number = 10_000
    data = account(sites=[site(one) for one in range(1, number + 1)])
    lines = read_list("\n".join(f"http://S{one}.example/,jetpack-scan" for one in range(number, 0, -1)))
    began = time.process_time()
    site_list = match_list(lines, data)
    assert time.process_time() - began < 5, "it looks through all sites for every line"
    assert site_list.counts[LineStatus.READY] == number
    began = time.process_time()
    fixed = site_list.left_out(7).with_site(7, SITES[0])
    assert time.process_time() - began < 0.5, "it looks at every line for one"
    assert fixed.line(7).site == SITES[0]
