"""Which line belongs to which row."""

from hypothesis import given, strategies as st

from jpmanage_tui.ui.widgets.outline import Outline

LISTS = st.integers(0, 200).flatmap(
    lambda count: st.tuples(
        st.just(count), st.dictionaries(st.integers(0, 250), st.integers(-1, 12), max_size=20)
    )
)


@given(LISTS)
def test_it_agrees_with_writing_every_line_down(given: tuple[int, dict[int, int]]) -> None:
    count, blocks = given
    outline = Outline(count, blocks)
    written = [(row, below) for row in range(count) for below in range(max(0, blocks.get(row, 0)) + 1)]
    assert outline.lines == len(written)
    assert [outline.at(line) for line in range(outline.lines)] == written
    assert [outline.line_of(row) for row in range(count)] == [
        line for line, (_, below) in enumerate(written) if below == 0
    ]
    assert all(outline.height(row) == max(0, blocks.get(row, 0)) for row in range(count))


def test_a_hundred_thousand_rows_cost_what_a_hundred_do() -> None:
    outline = Outline(100_000, {99_999: 9, 3: 5})
    assert outline.lines == 100_014
    assert outline.at(100_013) == (99_999, 9)
    assert outline.line_of(99_999) == 100_004
