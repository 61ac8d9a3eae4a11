"""Text whose width terminals do not agree upon: whatever a terminal makes of it, no cell shows what stood there before.

The proof: after any frames a terminal shows what it shows when the last one is painted on an empty screen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from hashlib import md5

import pyte
import pytest
from hypothesis import given, settings, strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from wcwidth import wcwidth

from jpmanage_tui.ui.terminal.cells import split_cells, sure, unsure_spans
from jpmanage_tui.ui.terminal.colors import ColorDepth
from jpmanage_tui.ui.terminal.painter import Painter
from jpmanage_tui.ui.terminal.screen_buffer import ScreenBuffer
from jpmanage_tui.ui.terminal.style_table import StyleTable
from tests.ui.terminal.emulator import Cell, WidthEmulator

HEIGHT = 2
KEYCAPS, HINDI, FAMILY, FLAG = "1️⃣2️⃣3️⃣", "हिन्दी", "👨‍👩‍👧", "🇩🇪"
PIECES = (
    "a", "b", " ", "  ", "é", "漢", "─", "│", "…", "❯", " ex", KEYCAPS, HINDI, FAMILY, FLAG, "e\u0301", "漢\u0301",
    "❤", "❤️", "👍🏽", "\U0001fae8", "שלום", "العربية", "ไทย", "ក្រុម", "\u1112\u1161\u11ab", "\U0001fac8",
)  # fmt: skip
"""Sure and unsure text; the last one is newer than the width tables of most terminals."""
STYLES = [
    Style(),
    Style(bold=True),
    Style(reverse=True),
    Style(bgcolor="blue"),
    Style(underline=True, color="red"),
    Style(color="#a0b0c0", bgcolor="#102030"),
]
Frame = list[tuple[int, int, str, Style]]
pieces = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
parts = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, 23), pieces, st.sampled_from(STYLES))
frames = st.lists(st.lists(parts, max_size=4), min_size=1, max_size=6)


def disagreeing(seed: int) -> Callable[[str], int]:
    """Return a terminal's own idea of widths: for every character that is not sure another one, always the same."""

    def width_of(char: str) -> int:
        if sure(char):
            return cell_len(char)
        kind = unicodedata.category(char)
        least = 0 if kind[0] == "M" or kind in ("Cf", "Sk") else 1
        may_be_wide = ord(char) >= 0x2000 and kind not in ("Mn", "Me", "Cf")
        most = 2 if may_be_wide or unicodedata.east_asian_width(char) in "FW" else 1
        return least + md5(f"{char}{seed}".encode()).digest()[0] % (most + 1 - least)

    return width_of


TERMINALS: dict[str, Callable[[str], int]] = {
    "as Textual counts": cell_len,
    "as wcwidth counts": lambda char: max(0, wcwidth(char)),
    "marks take a cell": lambda char: cell_len(char) or 1,
    **{f"another idea of width, {seed}": disagreeing(seed) for seed in range(4)},
}


def ambiguous_in_two(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) == "A" and cell_len(char) else cell_len(char)


def draw(grid: ScreenBuffer, frame: Frame, book: StyleTable) -> set[int]:
    for row, column, text, style in frame:
        grid.rows[row].put(column, [Segment(text, style)], book)
    return {row for row, *_ in frame}


def painter(book: StyleTable, width: int, *, old: bool = False, wide: bool = False) -> Painter:
    return Painter(book, width, HEIGHT, erases_cells=not old, ambiguous_is_wide=wide)


def assert_as_repainted(
    drawn: Sequence[Frame], width: int, width_of: Callable[[str], int], *, old: bool, fills: bool, wide: bool
) -> None:
    book = StyleTable(ColorDepth.TRUECOLOR, only_reset=old, erases_with_background=fills)
    grid, terminal = ScreenBuffer(width, HEIGHT), WidthEmulator(width, HEIGHT, width_of)
    incremental = painter(book, width, old=old, wide=wide)
    terminal.feed(incremental.paint(grid, range(HEIGHT), None))
    for frame in drawn:
        terminal.feed(incremental.paint(grid, draw(grid, frame, book), None))
        fresh = WidthEmulator(width, HEIGHT, width_of)
        fresh.feed(painter(book, width, old=old, wide=wide).paint(grid, range(HEIGHT), None))
        assert terminal.seen() == fresh.seen()


@settings(max_examples=60, deadline=None)
@given(frames, st.sampled_from([12, 24]), st.sampled_from(sorted(TERMINALS)), st.booleans(), st.booleans())
def test_after_any_frames_a_terminal_shows_what_a_repaint_shows(
    drawn: list[Frame], width: int, terminal: str, old: bool, fills: bool
) -> None:
    assert_as_repainted(drawn, width, TERMINALS[terminal], old=old, fills=fills, wide=False)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(frames, st.sampled_from([12, 24]), st.sampled_from(sorted(TERMINALS)), st.booleans(), st.booleans())
def test_after_any_frames_a_terminal_shows_what_a_repaint_shows_at_length(
    drawn: list[Frame], width: int, terminal: str, old: bool, fills: bool
) -> None:
    assert_as_repainted(drawn, width, TERMINALS[terminal], old=old, fills=fills, wide=False)


@settings(max_examples=60, deadline=None)
@given(frames, st.sampled_from([12, 24]), st.booleans())
def test_so_does_one_that_shows_ambiguous_characters_in_two_cells(
    drawn: list[Frame], width: int, fills: bool
) -> None:
    assert_as_repainted(drawn, width, ambiguous_in_two, old=False, fills=fills, wide=True)


@settings(max_examples=60, deadline=None)
@given(frames, st.sampled_from([12, 24]), st.booleans())
def test_so_does_pyte_which_drops_what_follows_a_variation_selector(
    drawn: list[Frame], width: int, old: bool
) -> None:
    book = StyleTable(ColorDepth.TRUECOLOR, only_reset=old, erases_with_background=True)
    grid, incremental = ScreenBuffer(width, HEIGHT), painter(book, width, old=old)

    def shown(screen: pyte.Screen) -> list[list[str]]:
        return [[screen.buffer[row][column].data for column in range(width)] for row in range(HEIGHT)]

    screen = pyte.Screen(width, HEIGHT)
    stream = pyte.Stream(screen)
    stream.feed(incremental.paint(grid, range(HEIGHT), None))
    for frame in drawn:
        stream.feed(incremental.paint(grid, draw(grid, frame, book), None))
        fresh = pyte.Screen(width, HEIGHT)
        pyte.Stream(fresh).feed(painter(book, width, old=old).paint(grid, range(HEIGHT), None))
        assert shown(screen) == shown(fresh)


def texts(terminal: WidthEmulator) -> list[str]:
    return [cell.text for cell in terminal.cells[0]]


def one_row(width: int, *rows: str, width_of: Callable[[str], int]) -> WidthEmulator:
    """Paint one text after the other into the first row of a terminal."""
    book = StyleTable(ColorDepth.SIXTEEN)
    grid, terminal, incremental = (
        ScreenBuffer(width, HEIGHT),
        WidthEmulator(width, HEIGHT, width_of),
        painter(book, width),
    )
    for row in rows:
        grid.rows[0].put(0, [Segment(row + " " * width)], book)
        terminal.feed(incremental.paint(grid, {0}, None))
    return terminal


def test_keycaps_that_a_terminal_shows_in_one_cell_leave_no_letter_of_the_row_before() -> None:
    narrow = TERMINALS["as wcwidth counts"]
    shown = texts(one_row(20, "siteseven.example", f"{KEYCAPS}.example", width_of=narrow))
    assert shown[:8] == ["1\ufe0f\u20e3", " ", "2\ufe0f\u20e3", " ", "3\ufe0f\u20e3", " ", ".", "e"]


def test_an_emoji_sequence_that_a_terminal_shows_one_by_one_is_cut_off_where_the_next_text_stands() -> None:
    def one_by_one(char: str) -> int:
        return 0 if char == "\u200d" else cell_len(char)

    shown = texts(one_row(20, f"{FAMILY} b", f"{FAMILY}x", width_of=one_by_one))
    assert shown[:8] == ["👨\u200d", "", "x", " ", " ", " ", " ", " "]


def test_a_word_of_a_script_that_needs_more_cells_than_counted_is_shown_whole_with_what_follows_it() -> None:
    def spacing_marks_take_a_cell(char: str) -> int:
        return 1 if unicodedata.category(char) == "Mc" else cell_len(char)

    row = one_row(
        24, "linden-bakery.example", f"{HINDI}.example  3 sites", width_of=spacing_marks_take_a_cell
    )
    shown = "".join(texts(row))
    assert shown.startswith(f"{HINDI}.example")
    assert shown.rstrip().endswith("sites")


@pytest.mark.parametrize("text", [HINDI, FLAG, "العربية", "ไทย", "קפה שלום"])
def test_nothing_is_sent_within_text_that_is_shaped_as_one(text: str) -> None:
    book = StyleTable(ColorDepth.SIXTEEN)
    grid = ScreenBuffer(40, HEIGHT)
    grid.rows[0].put(4, [Segment(f"a {text}.example")], book)
    assert text in painter(book, 40).paint(grid, {0}, None)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("linden.example", []),
        ("漢字 é…─", []),
        (f"{KEYCAPS}.ex", [(0, 2, 4), (2, 4, 6), (4, 6, 8)]),
        (f"{FLAG}.ex", [(0, 2, 4)]),
        ("e\u0301a", [(0, 1, 3)]),
        ("a שלום.ex  b", [(2, 9, 9)]),
        ("שלום │ b", [(0, 4, 4)]),
        ("│שלום│", [(1, 5, 5)]),
    ],
)
def test_what_is_written_at_once_ends_where_a_gap_or_a_box_begins(
    text: str, spans: list[tuple[int, int, int]]
) -> None:
    found = unsure_spans([*split_cells(text), " ", " "])
    assert [(span.start, span.end, span.reach) for span in found] == spans


def test_the_marks_that_every_row_may_have_are_of_sure_width() -> None:
    for char in "❯✓✗…—·│╭─╯└⌄⌃▾█▀▄▌≈≡×•←→↑↓↗“”":
        assert sure(char), char


def test_a_move_of_the_cursor_before_an_unsure_name_repaints_the_marker_alone() -> None:
    book = StyleTable(ColorDepth.SIXTEEN)
    grid, incremental = ScreenBuffer(60, HEIGHT), painter(book, 60)
    grid.rows[0].put(0, [Segment(f"❯   {KEYCAPS}.example  {HINDI}")], book)
    incremental.paint(grid, {0}, None)
    grid.rows[0].put(0, [Segment("  ")], book)
    assert len(incremental.paint(grid, {0}, None)) <= 4


def test_a_blank_is_what_a_cell_shows_that_a_terminal_does_not_fill() -> None:
    book = StyleTable(ColorDepth.SIXTEEN)
    terminal = WidthEmulator(12, HEIGHT, TERMINALS["as wcwidth counts"])
    grid, incremental = ScreenBuffer(12, HEIGHT), painter(book, 12)
    for text in ("abcdef", KEYCAPS):
        grid.rows[0].put(0, [Segment(text, Style(reverse=True))], book)
        terminal.feed(incremental.paint(grid, {0}, None))
    assert terminal.seen()[0][1] == Cell(" ", terminal.cells[0][0].pen)
