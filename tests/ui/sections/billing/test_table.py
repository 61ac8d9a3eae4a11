"""Columns as wide as what stands in them: nothing that can stay is cut, and a row never leaves its line."""

from hypothesis import given, strategies as st
from rich.cells import cell_len

from jpmanage_tui.ui.widgets.columns import GAP, Column, lay_out, name_in, right

COLUMNS = (Column("Per day", drop=2), Column("Unassigned", "Unass."), Column("Family", drop=3, right=False))
WORDS = st.text(alphabet="abc é山 (10GB)", max_size=30)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=6), st.lists(WORDS, max_size=6), st.integers(1, 160))
def test_name_columns_and_rest_fill_the_room_exactly_wherever_a_name_fits_at_all(
    rows: list[tuple[str, str, str]], names: list[str], room: int
) -> None:
    layout = lay_out(COLUMNS, rows, names, room)
    taken = sum(width + GAP for width in layout.widths if width)
    assert layout.name >= 1
    if taken < room:
        assert layout.name + taken + layout.left == room
    for row in rows:
        assert cell_len(layout.line(COLUMNS, row)) == taken


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6), st.integers(40, 160))
def test_a_cell_of_a_column_that_stays_is_never_cut(rows: list[tuple[str, str, str]], room: int) -> None:
    layout = lay_out(COLUMNS, rows, ["name"], room)
    for row in rows:
        for width, cell in zip(layout.widths, row, strict=True):
            assert not width or cell_len(cell) <= width


def test_where_it_gets_narrow_headings_are_shortened_first_and_then_columns_go() -> None:
    rows = [("$1.64", "12", "Jetpack Packs")]
    wide = lay_out(COLUMNS, rows, ["Jetpack Security (10GB)"], 80)
    assert wide.headings == ("Per day", "Unassigned", "Family")
    assert all(wide.widths)
    brief = lay_out(COLUMNS, rows, ["Jetpack Security (10GB)"], 58)
    assert brief.headings == ("Per day", "Unass.", "Family")
    assert all(brief.widths)
    assert lay_out(COLUMNS, rows, ["Jetpack Security (10GB)"], 40).widths == (7, 6, 0)
    assert lay_out(COLUMNS, rows, ["Jetpack Security (10GB)"], 30).widths == (0, 6, 0)


def test_space_for_a_bar_is_kept_free_beside_the_name() -> None:
    assert lay_out(COLUMNS, [], ["x" * 60], 60, spare=8).left == 8
    assert lay_out(COLUMNS, [], ["x" * 10], 80, spare=8).left > 8


@given(WORDS, st.integers(1, 40))
def test_a_name_takes_exactly_its_width(name: str, width: int) -> None:
    assert cell_len(name_in(name, width)) == width
    assert cell_len(right(name, width)) == width


def test_a_size_at_the_end_of_a_name_stays_when_the_name_is_cut() -> None:
    assert name_in("Jetpack Backup Add-on Storage (100GB)", 24) == "Jetpack Backup… (100GB)".ljust(24)
    assert name_in("WooCommerce Table Rate Shipping", 20) == "WooCommerce Table R…"
