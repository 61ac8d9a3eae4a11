"""What the search of the index finds, by properties against a plain search and by examples."""

from array import array
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseSort
from jpmanage_tui.rules.license_query import ProductChoice
from jpmanage_tui.rules.search.fold import fold, site_text, words_of
from jpmanage_tui.rules.search.index import SLICE, LicenseIndex
from jpmanage_tui.rules.search.match import FEW
from jpmanage_tui.rules.search.search import SearchQuery, SearchResult, products_of, search, sites_of
from tests.rules.search.support import (
    CHOICES,
    MOMENTS,
    PARENTS,
    PRODUCTS,
    SITES,
    WORDS,
    is_on_a_site,
    many,
    naive,
)


def index_of(*licenses: License) -> LicenseIndex:
    index = LicenseIndex()
    index.put(licenses)
    return index


def license(code: str, **members: object) -> License:
    return License.model_validate({"license_key": code, **members})


def codes(index: LicenseIndex, found: SearchResult) -> list[str]:
    return [index.code(row) for row in found.rows]


def find(index: LicenseIndex, text: str) -> list[str]:
    return codes(index, search(index, SearchQuery(words_of(text))))


@given(many(), st.data())
def test_the_index_finds_exactly_what_a_look_at_every_license_finds(
    items: list[License], data: st.DataObject
) -> None:
    wanted = SearchQuery(
        words_of(" ".join(data.draw(st.lists(WORDS, max_size=3)))),
        data.draw(st.sampled_from([None, *LicenseFilter])),
        data.draw(st.none() | st.sampled_from([one for one in SITES if one])),
        data.draw(st.none() | st.sampled_from([one for one in PRODUCTS if one])),
        issued_from=data.draw(MOMENTS),
        issued_before=data.draw(MOMENTS),
        unassigned=data.draw(st.booleans()),
        parent=data.draw(st.sampled_from(PARENTS)),
    )
    index = index_of(*items)
    found = search(index, wanted)
    plain = naive(items, wanted)
    exact = len(found.rows) - found.nearly
    assert set(codes(index, found)[:exact]) == plain, "what matches exactly comes first, all of it"
    assert found.near == (bool(found.rows) and not exact)
    if found.nearly and plain:
        assert any(is_chance(items, word) for word in wanted.words)
    assert len(set(found.rows)) == len(found.rows), "none twice"


@given(many(), st.sampled_from(CHOICES), st.sampled_from(CHOICES), st.sampled_from([None, *LicenseFilter]))
def test_sites_that_have_or_lack_a_product_are_those_that_a_look_at_every_license_finds(
    items: list[License],
    has: ProductChoice | None,
    lacks: ProductChoice | None,
    tab: LicenseFilter | None,
) -> None:
    wanted = SearchQuery(filter=tab, has=has, lacks=lacks)
    index = index_of(*items)
    assert set(codes(index, search(index, wanted))) == naive(items, wanted)


@given(many(), st.sampled_from([one for one in CHOICES if one]))
def test_a_site_has_a_product_or_lacks_it(items: list[License], choice: ProductChoice) -> None:
    index = index_of(*items)
    has = set(search(index, SearchQuery(has=choice)).rows)
    lacks = set(search(index, SearchQuery(lacks=choice)).rows)
    assert not has & lacks
    assert {index.code(row) for row in has | lacks} == {one.license_key for one in items if is_on_a_site(one)}


@given(many())
def test_a_license_comes_out_of_the_index_as_it_was_put_in(items: list[License]) -> None:
    index = LicenseIndex()
    rows = index.put(items)
    assert index.count == len(items)
    for row, item in zip(rows, items, strict=True):
        assert index.license(row).model_dump() == item.model_dump()
        assert index.license(row).state is item.state
        assert index.row_of(item.license_key) == row


@given(many(), many())
def test_what_is_put_in_again_replaces_what_was_known(items: list[License], later: list[License]) -> None:
    index = index_of(*items)
    index.put(later)
    truth = {one.license_key: one for one in [*items, *later]}
    assert index.count == len(truth)
    for key, one in truth.items():
        row = index.row_of(key)
        assert row is not None
        assert index.license(row).model_dump() == one.model_dump()


@given(many(), st.sampled_from([LicenseSort.ISSUED_AT, LicenseSort.ATTACHED_AT]), st.booleans())
def test_without_words_the_order_is_the_lists_and_what_has_no_date_stands_last(
    items: list[License], sort: LicenseSort, descending: bool
) -> None:
    index = index_of(*items)
    found = search(index, SearchQuery(sort=sort, descending=descending))
    dates = [getattr(index.license(row), sort.value) for row in found.rows]
    dated = [date for date in dates if date is not None]
    assert dates == dated + [None] * (len(dates) - len(dated))
    assert dated == sorted(dated, reverse=descending)


@given(st.sampled_from(["bakery", "northbakery", "drhassan", "bookings"]), st.data())
def test_a_word_with_one_slip_still_finds_its_license(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(word) - 2))
    slip = data.draw(st.sampled_from(["missing", "doubled", "wrong", "swapped"]))
    typed = {
        "missing": word[:place] + word[place + 1 :],
        "doubled": word[:place] + word[place] + word[place:],
        "wrong": word[:place] + "0" + word[place + 1 :],
        "swapped": word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    }[slip]
    index = index_of(license("scan_1", siteurl=f"https://{word}.example"), license("scan_2"))
    assert find(index, typed)[:1] == ["scan_1"]


def is_chance(items: list[License], word: str) -> bool:
    """Say whether a word stands in a few codes and nowhere else, and is short enough for that to be chance."""
    named = [fold(f"{one.product}\n{one.username or ''}\n{site_text(one.siteurl or '')}") for one in items]
    in_codes = sum(word in fold(one.license_key) for one in items)
    return 5 <= len(word) <= 8 and not any(word in text for text in named) and 0 < in_codes <= 10


BY_CHANCE = license("scan_xxBakreyxxxxxxxxxxxxxxxx", siteurl="https://other.example")
"""In its random part stands, by chance, what is typed for a bakery with a slip."""


def test_a_slip_that_stands_in_a_code_by_chance_still_finds_the_site_behind_that_code() -> None:
    index = index_of(
        BY_CHANCE,
        *(license(f"ai_{number}", siteurl=f"https://bakery-{number}.example") for number in range(3)),
        license("ai_none", siteurl="https://unlike.example"),
    )
    found = search(index, SearchQuery(("bakrey",)))
    assert codes(index, found)[0] == BY_CHANCE.license_key
    assert set(codes(index, found)[1:]) == {"ai_0", "ai_1", "ai_2"}
    assert (found.nearly, found.near) == (3, False)


def test_with_a_second_word_the_chance_hit_does_not_hide_what_nearly_matches_both() -> None:
    index = index_of(
        BY_CHANCE,
        license("backup_1", product="Backup", siteurl="https://bakery.example"),
        license("boost_1", product="Boost", siteurl="https://bakery.example"),
        license("backup_2", product="Backup", siteurl="https://other.example"),
    )
    assert find(index, "bakrey backup") == ["backup_1"]
    exact_too = index_of(
        license("backup_xxbakreyxx", product="Boost"), license("backup_1", siteurl="bakery.example")
    )
    assert find(exact_too, "backup bakrey") == ["backup_xxbakreyxx", "backup_1"], (
        "exact before near, word by word"
    )


def test_what_stands_in_many_codes_or_is_a_long_part_of_one_is_no_chance() -> None:
    site = license("ai_1", siteurl="https://bakery.example")
    many_codes = [license(f"scan_bakrey{number:05}") for number in range(FEW + 1)]
    assert len(search(index_of(site, *many_codes), SearchQuery(("bakrey",))).rows) == FEW + 1
    assert len(search(index_of(site, *many_codes[:FEW]), SearchQuery(("bakrey",))).rows) == FEW + 1
    long = license("scan_xxbakrey-shopxx")
    shop = license("ai_2", siteurl="https://bakery-shop.example")
    assert find(index_of(long, shop), "bakrey-shop") == [long.license_key]


def test_a_word_of_four_characters_in_a_code_brings_nothing_else() -> None:
    index = index_of(license("scan_xxbokexx"), license("ai_1", siteurl="https://book.example"))
    assert find(index, "boke") == ["scan_xxbokexx"]


@pytest.mark.parametrize("rare", [1, 40, 3000])
def test_few_and_many_hits_stand_in_the_same_order(rare: int) -> None:
    """Few hits are sorted, many are picked out of the order of all: nobody may see which."""
    some = [
        license(
            f"scan_{number:05}",
            product="Backup" if number < rare else "Scan",
            siteurl=f"https://{'bakery' if number % 3 else 'shop-bakery'}-{number}.example",
            issued_at=f"20{10 + number % 15}-01-0{1 + number % 7} 00:00:00" if number % 11 else None,
        )
        for number in range(4000)
    ]
    index = index_of(*some)
    found = search(index, SearchQuery(("backup", "bakery")))
    assert len(found.rows) == rare

    def place(row: int) -> tuple[int, bool, float, int]:
        one = index.license(row)
        begins = 0 if (one.siteurl or "").startswith("https://bakery") else 1
        issued = one.issued_at.timestamp() if one.issued_at is not None else 0.0
        return begins, one.issued_at is None, -issued, row

    assert list(found.rows) == sorted(found.rows, key=place)


def test_more_values_than_a_byte_can_number_are_kept_and_found() -> None:
    some = [license(f"p{number}_s", siteurl=f"https://site-{number}.example") for number in range(700)]
    index = index_of(*some)
    assert [index.license(row).siteurl for row in range(700)] == [one.siteurl for one in some]
    assert [index.code(row) for row in range(700)] == [one.license_key for one in some]
    for number in (0, 254, 255, 256, 699):
        assert find(index, f"site-{number}.example") == [f"p{number}_s"]


def test_a_removed_license_is_found_no_more_and_one_that_comes_back_is() -> None:
    index = index_of(license("scan_abc"), license("scan_def"))
    index.remove([0, 0])
    assert (index.count, find(index, "scan")) == (1, ["scan_def"])
    index.put([license("scan_abc")])
    assert (index.count, set(find(index, "scan"))) == (2, {"scan_abc", "scan_def"})


def test_the_better_a_word_matches_the_earlier_the_license_stands() -> None:
    index = index_of(
        license("acme_xyz111"),
        license("scan_2", product="Nacme"),
        license("scan_3", username="Tom Acme"),
        license("scan_4", siteurl="https://acme.example"),
        license("scan_5", siteurl="https://shop.example/macmes"),
    )
    order = ["scan_4", "scan_3", "scan_2", "scan_5", "acme_xyz111"]
    found = find(index, "ACME")
    assert found[:2] == order[:2]
    assert set(found[2:4]) == {"scan_2", "scan_5"}
    assert found[4] == order[4]
    assert find(index, "acme_xyz111") == ["acme_xyz111"]


def test_of_licenses_that_match_equally_the_one_issued_last_stands_first() -> None:
    index = index_of(
        license("scan_old", issued_at="2020-01-01 00:00:00"),
        license("scan_unknown"),
        license("scan_new", issued_at="2026-01-01 00:00:00"),
    )
    assert find(index, "scan") == ["scan_new", "scan_old", "scan_unknown"]


def test_a_code_with_a_slip_finds_the_license_and_says_that_it_is_only_near() -> None:
    code = "jetpack-backup-t1_Ab3dE6gH9jKlMnOpQrStUvWxY"
    index = index_of(license(code), license("jetpack-scan_zzzzzzzzzzzzzzzzzzzzzzzzz"))
    found = search(index, SearchQuery(words_of(code.replace("H9j", "Hj9"))))
    assert (codes(index, found), found.near) == ([code], True)
    assert search(index, SearchQuery(words_of(code))).near is False


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("https://Bakery.example/", "http://bakery.example"),
        ("ecole", "https://ÉCOLE.example"),
        ("STRASSE", "https://straße.example"),
    ],
)
def test_case_accents_and_scheme_do_not_count(typed: str, site: str) -> None:
    assert find(index_of(license("scan_1", siteurl=site)), typed) == ["scan_1"]


def test_a_site_is_found_by_its_number_and_a_license_by_its_own() -> None:
    index = index_of(license("scan_a", license_id=1001), license("scan_b", blog_id=1001), license("scan_c"))
    assert set(find(index, "1001")) == {"scan_a", "scan_b"}


def test_what_there_is_to_filter_by_is_counted_per_tab() -> None:
    index = index_of(
        license("scan_1", product="Scan", siteurl="https://a.example"),
        license("scan_2", product="Scan", revoked_at="2024-01-01 00:00:00"),
        license("ai_1", product="AI"),
    )
    assert products_of(index, LicenseFilter.ALL, lambda: None) == [("Scan", 2), ("AI", 1)]
    assert products_of(index, LicenseFilter.NOT_REVOKED, lambda: None) == [("AI", 1), ("Scan", 1)]
    assert sites_of(index, None, lambda: None) == [("https://a.example", 1)]


def test_a_search_can_be_broken_off_between_two_slices_and_leaves_the_index_usable() -> None:
    index = index_of(*(license(f"scan_{number:06}") for number in range(SLICE + 10)))
    checkpoints = 0

    class Enough(Exception):
        pass

    def checkpoint() -> None:
        nonlocal checkpoints
        checkpoints += 1
        if checkpoints > 3:
            raise Enough

    with pytest.raises(Enough):
        search(index, SearchQuery(words_of("scan")), checkpoint)
    assert len(search(index, SearchQuery(words_of("scan"))).rows) == SLICE + 10
    assert find(index, "000777") == ["scan_000777"]


def test_an_empty_index_finds_nothing() -> None:
    assert search(LicenseIndex(), SearchQuery(words_of("bakery"))).rows == array("I")
    assert search(LicenseIndex(), SearchQuery(issued_before=datetime(2026, 1, 1, tzinfo=UTC))).rows == array(
        "I"
    )
