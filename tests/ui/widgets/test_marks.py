"""Marks of a list: what is marked, as it is now, and which rows a range is."""

from hypothesis import given, strategies as st

from jpmanage_tui.ui.widgets.marks import Marks, marks_text, range_to_nearest


def test_a_marked_item_is_known_by_its_key_and_as_it_was_last_seen() -> None:
    marks: Marks[str, tuple[str, int]] = Marks(lambda item: item[0])
    marks.add([("a", 1), ("b", 1)])
    marks.add([("a", 2)])
    marks.refresh([("b", 3), ("c", 3)])
    assert dict(marks) == {"a": ("a", 2), "b": ("b", 3)}
    marks.incomplete_reason = "more may be missing"
    marks.remove(["a", "z"])
    assert list(marks) == ["b"]
    assert marks.incomplete_reason
    marks.remove(["b"])
    assert not marks.incomplete_reason


def test_the_status_line_says_how_many_are_marked_and_how_many_are_not_listed() -> None:
    assert [marks_text(range(count), elsewhere) for count, elsewhere in ((0, 0), (2, 0), (1200, 3))] == [
        "",
        "2 marked",
        "1,200 marked, 3 elsewhere",
    ]


@given(st.sets(st.integers(0, 50)), st.integers(0, 50))
def test_a_range_reaches_to_the_nearest_other_row_and_no_further(marked: set[int], row: int) -> None:
    rows = range_to_nearest(marked, row)
    others = marked - {row}
    assert row in rows
    assert others.intersection(rows) == ({rows.start, rows.stop - 1} - {row})
    assert len(rows) - 1 == min((abs(one - row) for one in others), default=0)
