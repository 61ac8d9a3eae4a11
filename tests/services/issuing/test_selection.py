"""The selection: picks in sizes with counts, and its text form."""

from __future__ import annotations

from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.services.issuing.selection import MOST, Pick, Selection
from tests.services.issuing.support import pick, selected

picks = st.builds(
    Pick,
    st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True).map(ProductSlug),
    st.integers(1, 500),
)
selections = st.dictionaries(picks, st.integers(1, 9), max_size=8).map(lambda d: Selection(tuple(d.items())))


@given(selections)
def test_what_is_encoded_is_decoded_to_the_same_selection(selection: Selection) -> None:
    assert Selection.decode(selection.encode()) == selection


@given(st.text(max_size=60))
def test_any_text_is_decoded_to_picks_that_can_be_issued(text: str) -> None:
    for one, count in Selection.decode(text).picks:
        assert one.slug
        assert one.size >= 1
        assert 1 <= count <= MOST


def test_a_missing_size_is_one_and_what_is_no_pick_is_left_out() -> None:
    assert Selection.decode("jetpack-scan,jetpack-scan:5,:3,x:y,z:0,,w:-1").picks == (
        (pick("jetpack-scan"), 1),
        (pick("jetpack-scan", 5), 1),
    )


def test_the_text_form_is_the_vendors_with_a_pick_that_is_there_twice_standing_twice() -> None:
    assert (
        selected(("jetpack-scan", 1, 2), ("jetpack-scan", 5, 1)).encode()
        == "jetpack-scan:1,jetpack-scan:1,jetpack-scan:5"
    )


@given(selections, picks)
def test_choosing_twice_takes_it_out_again(selection: Selection, one: Pick) -> None:
    without = selection.with_count(one, 0)
    assert without.toggled(one).count(one) == 1
    assert without.toggled(one).toggled(one) == without


@given(selections, picks, st.integers(-5, 2000))
def test_a_count_stays_between_none_and_the_most_and_changes_no_other_pick(
    selection: Selection, one: Pick, count: int
) -> None:
    after = selection.with_count(one, count)
    assert after.count(one) == max(0, min(count, MOST))
    assert [each for each in after.picks if each[0] != one] == [
        each for each in selection.picks if each[0] != one
    ]


@given(selections)
def test_the_number_of_licenses_is_the_sum_of_the_sizes(selection: Selection) -> None:
    assert selection.licenses == sum(
        size * selection.count_of_size(size) for size in {p.size for p, _ in selection.picks}
    )


def test_the_same_product_in_several_sizes_is_several_picks() -> None:
    both = Selection().toggled(pick("jetpack-scan")).toggled(pick("jetpack-scan", 5))
    assert both.licenses == 6
    assert both.has_singles
    assert not both.toggled(pick("jetpack-scan")).has_singles
