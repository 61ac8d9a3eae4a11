"""What stands above the products: as much as fits, and never so much that ten products have no lines."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.activity import activity_of
from jpmanage_tui.services.billing_chart import chart
from jpmanage_tui.services.license_activity import ReadActivity, this_month
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.common.text import keyless_error_text
from jpmanage_tui.ui.sections.billing import text
from jpmanage_tui.ui.sections.billing.overview import (
    LEAST_ROWS,
    Room,
    chart_lines,
    chart_width,
    overview,
    room_for,
)
from jpmanage_tui.ui.widgets.text_line import Tone, Words
from tests.rules.support import license_of
from tests.services.test_billing_chart import BILL, NOW, invoice

INVOICES = [
    invoice("ABC-0003", status="draft", total=200),
    invoice("ABC-0002", status="uncollectible", total=150),
    invoice("ABC-0001", total=90),
]


def words(lines: list[Words]) -> list[str]:
    return ["".join(part for part, _ in line).rstrip() for line in lines]


@pytest.mark.parametrize(
    ("width", "height", "room"),
    [
        (74, 17, Room(7, 4, False)),
        (98, 29, Room(10, 9, True)),
        (178, 43, Room(12, 11, True)),
        (98, 17, Room(7, 7, True)),
        (74, 12, Room(2, 0, False)),
        (36, 8, Room(1, 0, False)),
    ],
    ids=["80x24", "120x36", "200x50", "120x24", "80x16", "40x12"],
)
def test_how_much_is_shown_at_which_size(width: int, height: int, room: Room) -> None:
    assert room_for(width, height) == room


def test_where_the_lines_are_read_aloud_nothing_stands_beside_the_sum() -> None:
    assert room_for(98, 29, one_thing_a_line=True) == Room(10, 7, False)


@given(st.integers(10, 250), st.integers(1, 70), st.integers(0, 20))
def test_ten_products_have_their_lines_wherever_there_are_so_many(
    width: int, height: int, invoices: int
) -> None:
    room = room_for(width, height, invoices)
    assert room.lines >= 1
    assert room.chart <= room.lines
    assert height - room.lines >= min(LEAST_ROWS, height - 1)


@given(st.integers(1, 120))
def test_the_chart_takes_no_more_cells_than_there_are_and_prints_every_total(width: int) -> None:
    lines = words(chart_lines(chart(BILL, "USD", INVOICES, NOW, 9), width))
    if width >= 18:
        assert all(cell_len(line) <= width for line in lines)
    assert [line.split("$")[1].split()[0] for line in lines] == ["300.00", "200.00", "150.00", "90.00"]


def test_where_it_is_narrow_bars_go_first_then_months_then_statuses() -> None:
    scales = chart(BILL, "USD", INVOICES, NOW, 9)
    assert words(chart_lines(scales, 62))[2] == ("ABC-0002  issued Mar 2026  ✗ Uncollectible  $150.00  ████▌")
    assert words(chart_lines(scales, 56))[2] == "ABC-0002  issued Mar 2026  ✗ Uncollectible  $150.00"
    assert words(chart_lines(scales, 40))[2] == "ABC-0002  ✗ Uncollectible  $150.00"
    assert words(chart_lines(scales, 20))[2] == "ABC-0002  $150.00"


def test_what_is_no_bill_is_muted_with_its_bar() -> None:
    estimate, draft, uncollectible, _ = chart_lines(chart(BILL, "USD", INVOICES, NOW, 9), 80)
    assert {tone for _, tone in estimate} == {tone for _, tone in draft} == {Tone.MUTED}
    assert [tone for _, tone in uncollectible] == [Tone.PLAIN, Tone.BAD, Tone.PLAIN, Tone.BAR]


@pytest.mark.parametrize("room", [Room(7, 4, False), Room(10, 9, True)], ids=["below", "beside"])
def test_the_figure_of_the_month_is_the_same_at_every_size(room: Room) -> None:
    lead = text.estimate_lead(BILL, "USD", room, 98)
    width = chart_width(room, 98, lead)
    lines = overview(room, lead, chart_lines(chart(BILL, "USD", INVOICES, NOW, room.chart), width))
    assert len(lines) == room.lines
    assert all(cell_len(line) <= 98 for line in words(lines))
    assert "\n".join(words(lines)).count("$300.00") == 2, "the sum, and its bar"


def test_what_is_missing_or_old_is_told_in_the_place_of_the_invoices() -> None:
    estimate: list[Words] = [[("Estimate", Tone.MUTED)]]
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    failed = keyless_error_text(ApiConnectionError("the line is gone"), "Loading the last invoices")

    def lines(invoices: list[Invoice] | None, error: str | None, as_of: datetime | None) -> list[str]:
        return words(text.chart_with_state(estimate, invoices, error, as_of, 80))

    assert lines(None, None, None) == ["Estimate", "Last invoices  · · ·"]
    assert lines(None, failed, None)[1].startswith("Loading the last invoices: ")
    assert lines([], None, at) == ["No invoices yet."]
    assert lines(INVOICES, None, at) == ["Estimate"]
    assert "could not be refreshed" in lines(INVOICES, failed, at)[0]


@pytest.mark.parametrize(
    ("state", "error", "of", "told"),
    [
        (IndexState.NONE, None, 250, "None of the 250 licenses are read yet."),
        (IndexState.NONE, None, None, "None of the licenses are read yet."),
        (IndexState.PART, "Reading all licenses: gone.", 3000, "Not all of the 3,000 licenses are read yet."),
        (IndexState.READING, None, 250, "· · ·"),
    ],
)
def test_until_all_licenses_are_read_it_is_told_what_is_missing(
    state: IndexState, error: str | None, of: int | None, told: str
) -> None:
    lines = text.activity_placeholder(None, state, error, of)
    assert told in lines
    assert error is None or error in lines


def test_a_month_without_changes_and_what_could_not_be_read_are_told() -> None:
    found = ReadActivity(activity_of([license_of()], this_month(NOW)), NOW, left_out=2)
    assert text.activity_placeholder(found, IndexState.WHOLE, None, 1) == ["", text.NOTHING_CHANGED]
    assert words(text.activity_lead(found, this_month(NOW))) == [
        "0 licenses issued and 0 revoked in March 2026 (UTC)",
        "All licenses as they were read at 2026-03-20 12:00 UTC; 2 of all licenses could not be read; "
        "1 license without a date",
    ]
    found = found._replace(left_out=0, activity=found.activity._replace(undated=0))
    (_, age) = words(text.activity_lead(found, this_month(NOW), is_behind=True))
    assert age == "All licenses as they were read at 2026-03-20 12:00 UTC; some changed since"
