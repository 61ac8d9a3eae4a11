"""The painter against the strict emulator, on random screens."""

from __future__ import annotations

import random

import pyte
import pytest
from hypothesis import given, settings, strategies as st
from rich.segment import Segment
from rich.style import Style

from jpmanage_tui.ui.terminal.cells import split_cells, sure
from jpmanage_tui.ui.terminal.colors import ColorDepth
from jpmanage_tui.ui.terminal.cursor_moves import move
from jpmanage_tui.ui.terminal.painter import Painter
from jpmanage_tui.ui.terminal.screen_buffer import Row, ScreenBuffer
from jpmanage_tui.ui.terminal.style_table import PLAIN, StyleTable
from tests.ui.terminal.emulator import Cell, Emulator, Pen

WIDTH, HEIGHT = 24, 4
STYLES = [
    Style(),
    Style(bold=True),
    Style(dim=True),
    Style(bold=True, dim=True, color="red"),
    Style(reverse=True, color="cyan"),
    Style(underline=True, strike=True),
    Style(underline2=True, bgcolor="#102030"),
    Style(bgcolor="blue", italic=True),
    Style(color="#a0b0c0", bgcolor="#102030"),
    Style(color="color(200)", overline=True),
    Style(link="https://example.test/1", color="green"),
]
texts = st.text(st.sampled_from("ab    漢字éz─█한"), min_size=0, max_size=14)
pieces = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), texts, st.sampled_from(STYLES))
frames = st.lists(st.lists(pieces, max_size=6), min_size=1, max_size=6)


def expected(grid: ScreenBuffer, styles: dict[int, Pen]) -> list[list[Cell]]:
    return [
        [Cell(char, styles[pen]).seen() for char, pen in zip(row.chars, row.pens, strict=True)]
        for row in grid.rows
    ]


def pens_of(book: StyleTable) -> dict[int, Pen]:
    """What a terminal makes of each pen, when it comes from the reset one."""
    known = {}
    for number in range(len(book.blank)):
        terminal = Emulator(1, 1)
        terminal.feed(book.change(PLAIN, number))
        known[number] = terminal.pen
    return known


cursors = st.one_of(st.none(), st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1)))


@settings(max_examples=150, deadline=None)
@given(frames, st.booleans(), st.booleans(), st.lists(cursors, min_size=6, max_size=6), st.booleans())
def test_the_terminal_shows_the_grid_and_its_cursor_after_every_frame(
    drawn: list[list[tuple[int, int, str, Style]]],
    old_terminal: bool,
    fills: bool,
    cursors: list[tuple[int, int] | None],
    whole_rows: bool,
) -> None:
    book = StyleTable(ColorDepth.TRUECOLOR, only_reset=old_terminal, erases_with_background=fills)
    painter = Painter(book, WIDTH, HEIGHT, erases_cells=not old_terminal, whole_rows=whole_rows)
    grid, terminal = ScreenBuffer(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
    terminal.feed(painter.paint(grid, range(HEIGHT), None))
    for frame, cursor in zip(drawn, cursors, strict=False):
        for row, column, text, style in frame:
            grid.rows[row].put(column, [Segment(text, style)], book)
        terminal.feed(painter.paint(grid, {row for row, *_ in frame}, cursor))
        assert terminal.seen() == expected(grid, pens_of(book))
        assert terminal.shows_cursor == (cursor is not None)
        if cursor is not None:
            assert (terminal.row, terminal.column) == cursor
        assert painter.paint(grid, (), cursor) == ""


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(STYLES), min_size=2, max_size=6), st.booleans())
def test_a_change_of_pens_ends_in_the_same_pen_as_a_reset_and_the_new_one(
    styles: list[Style], old_terminal: bool
) -> None:
    book = StyleTable(ColorDepth.TRUECOLOR, only_reset=old_terminal)
    terminal, now = Emulator(1, 1), PLAIN
    for style in styles:
        terminal.feed(book.change(now, book.of(style)))
        now = book.of(style)
        fresh = Emulator(1, 1)
        fresh.feed(book.change(PLAIN, now))
        assert terminal.pen == fresh.pen


@given(st.tuples(*[st.integers(0, 30)] * 4))
def test_every_move_arrives_and_none_is_longer_than_the_plain_address(spots: tuple[int, ...]) -> None:
    row, column, to_row, to_column = spots
    for known_row, known_column in ((row, column), (row, None), (None, None)):
        terminal = Emulator(31, 31)
        terminal.row, terminal.column = row, column
        way = move(known_row, known_column, to_row, to_column)
        terminal.feed(way)
        assert (terminal.row, terminal.column) == (to_row, to_column)
        assert len(way) <= len(f"\x1b[{to_row + 1};{to_column + 1}H")


def test_nothing_changed_is_nothing_sent() -> None:
    book = StyleTable(ColorDepth.SIXTEEN)
    painter, grid = Painter(book, WIDTH, HEIGHT), ScreenBuffer(WIDTH, HEIGHT)
    grid.rows[0].put(0, [Segment("text", Style(bold=True))], book)
    assert painter.paint(grid, range(HEIGHT), None)
    grid.rows[0].put(0, [Segment("text", Style(bold=True))], book)
    assert painter.paint(grid, range(HEIGHT), None) == ""


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_rows_that_moved_are_moved_by_the_terminal_and_shown_right(data: st.DataObject) -> None:
    """A list that moves by a row beside a sidebar that does not."""
    book = StyleTable(ColorDepth.TRUECOLOR, erases_with_background=data.draw(st.booleans()))
    painter, grid, terminal = Painter(book, 40, 12), ScreenBuffer(40, 12), Emulator(40, 12)
    lines = [Segment(f"{number} " + "license " * 4, STYLES[number % len(STYLES)]) for number in range(40)]
    top = 10
    for _ in range(5):
        top += data.draw(st.sampled_from([-2, -1, 1, 1, 3]))
        first, last = data.draw(st.integers(0, 4)), data.draw(st.integers(8, 12))
        for row in range(first, last):
            grid.rows[row].put(0, [Segment("side"), lines[top + row], Segment(" " * 40)], book)
        terminal.feed(painter.paint(grid, range(12), None))
        assert terminal.seen() == expected(grid, pens_of(book))


def test_a_list_that_moves_by_a_row_costs_little_more_than_the_row_that_comes_in() -> None:
    book = StyleTable(ColorDepth.SIXTEEN)
    painter, grid = Painter(book, 80, 24), ScreenBuffer(80, 24)
    sent = ""
    for top in (0, 1, 0):
        for row in range(2, 22):
            text = f"{top + row} license of shop {(top + row) * 37 % 999}"
            grid.rows[row].put(0, [Segment(text.ljust(80))], book)
        sent = painter.paint(grid, range(2, 22), None)
        if top == 1:
            assert "\x1b[M" in sent
            assert len(sent) < 80
    assert "\x1b[L" in sent
    assert len(sent) < 80


HINTS = (
    "e Open  / Search  u Unassign License  x Revoke License  o View Site",
    "e Open  / Search  a Assign License  x Revoke License  y Copy code",
    "e Open  / Search  x Revoke License  y Copy code  o View Site",
    "e Open  / Search  zz Search 漢字 License  x Revoke 漢字 License",
)


def hints(text: str, width: int) -> list[Segment]:
    """A footer: each key in bold before its words."""
    segments = []
    for hint in text.split("  "):
        key, _, words = hint.partition(" ")
        segments += [Segment(key, Style(bold=True)), Segment(f" {words}  ")]
    return [*segments, Segment(" " * width)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(HINTS), min_size=2, max_size=5), st.sampled_from(STYLES), st.integers(20, 80),
    st.booleans(),
)  # fmt: skip
def test_text_that_moved_sideways_is_shown_right(
    texts: list[str], style: Style, width: int, fills: bool
) -> None:
    book = StyleTable(ColorDepth.TRUECOLOR, erases_with_background=fills)
    painter, grid, terminal = Painter(book, width, 2), ScreenBuffer(width, 2), Emulator(width, 2)
    for text in texts:
        segments = [Segment(part.text, style + (part.style or Style())) for part in hints(text, width)]
        grid.rows[1].put(0, segments, book)
        terminal.feed(painter.paint(grid, range(2), None))
        assert terminal.seen() == expected(grid, pens_of(book))


FOOTER_KEYS = (
    "a Assign License", "u Unassign License", "x Revoke License", "u Unassign 31 Licenses", "x Revoke 31 Licenses",
    "/ Search", "o View Site", "y Copy code", "e Open", "s Sort", "space Mark", "i Issue New License",
)  # fmt: skip


def footer(chance: random.Random, width: int) -> list[Segment]:
    """A footer of some keys, as many as fit, and the help."""
    shown: list[str] = []
    for hint in chance.sample(FOOTER_KEYS, chance.randint(2, 8)):
        if len("  ".join([*shown, hint])) + 10 <= width:
            shown.append(hint)
    return [Segment(" "), *hints("  ".join([*shown, "? Help"]), width)]


@pytest.mark.parametrize("background", [None, "#1e2722"])
def test_no_letter_that_a_footer_pushed_over_the_right_edge_comes_back_with_a_later_one(
    background: str | None,
) -> None:
    """pyte keeps what an insertion pushes over the edge, and a deletion brings it back; it fills with no color then."""
    for seed in range(120):
        chance = random.Random(seed)
        width = chance.choice([80, 120])
        book = StyleTable(ColorDepth.TRUECOLOR, erases_with_background=True)
        painter, grid, screen = Painter(book, width, 1), ScreenBuffer(width, 1), pyte.Screen(width, 1)
        stream = pyte.Stream(screen)
        for _ in range(8):
            row = [
                Segment(part.text, Style(bgcolor=background) + (part.style or Style()))
                for part in footer(chance, width)
            ]
            grid.rows[0].put(0, row, book)
            stream.feed(painter.paint(grid, {0}, None))
            assert screen.display[0] == "".join(grid.rows[0].chars), f"seed {seed}"
            grounds = {screen.buffer[0][column].bg for column in range(width)}
            assert grounds == {background.removeprefix("#") if background else "default"}, f"seed {seed}"


def test_text_that_moved_sideways_is_moved_by_the_terminal_unless_it_is_an_old_one() -> None:
    sent = {}
    for old in (False, True):
        book = StyleTable(ColorDepth.SIXTEEN, only_reset=old)
        painter, grid = Painter(book, 80, 1, erases_cells=not old), ScreenBuffer(80, 1)
        for text in HINTS[:2]:
            grid.rows[0].put(0, hints(text, 80), book)
            sent[old] = painter.paint(grid, {0}, None)
    assert "\x1b[2P" in sent[False]
    assert len(sent[False]) < 55
    assert "P" not in sent[True]
    assert len(sent[True]) > 1.5 * len(sent[False])


FOOTERS = (
    "a Assign License  x Revoke License  y Copy code  ] Next tab  s Sort  ? Help",
    "u Unassign License  x Revoke License  o View Site  d Debug Site  y Copy code  ] Next tab  s Sort  ? Help",
    "o View Site  d Debug Site  y Copy code  ] Next tab  s Sort  ? Help",
)
"""The keys of an unassigned license, of an assigned one, and of one bought elsewhere."""


@pytest.mark.parametrize("old", FOOTERS)
@pytest.mark.parametrize("new", FOOTERS)
def test_a_footer_in_which_two_entries_differ_costs_little_in_any_colors(old: str, new: str) -> None:
    book = StyleTable(ColorDepth.TRUECOLOR, erases_with_background=True)
    painter, grid, terminal = Painter(book, 170, 1), ScreenBuffer(170, 1), Emulator(170, 1)
    plain = Style(color="#e4e8e5", bgcolor="#101512")
    sent = ""
    for words in (old, new):
        grid.rows[0].put(
            0, [Segment(part.text, plain + (part.style or Style())) for part in hints(words, 170)], book
        )
        sent = painter.paint(grid, {0}, None)
        terminal.feed(sent)
        assert terminal.seen() == expected(grid, pens_of(book))
    assert len(sent.encode()) < 100, sent


def test_a_list_in_a_box_from_which_rows_are_searched_out_moves_by_several_rows_at_once() -> None:
    book = StyleTable(ColorDepth.TRUECOLOR, erases_with_background=True)
    painter, grid, terminal = Painter(book, 60, 16), ScreenBuffer(60, 16), Emulator(60, 16)
    plain = Style(color="#e4e8e5", bgcolor="#101512")
    sent = ""
    for rows in (range(16), range(3, 16)):
        for line, number in enumerate([*rows, *[None] * (16 - len(rows))]):
            words = "" if number is None else "".join(chr(97 + number * step % 26) for step in range(1, 41))
            grid.rows[line].put(0, [Segment(f"│ {words:<56} │", plain)], book)
        sent = painter.paint(grid, range(16), None)
        terminal.feed(sent)
        assert terminal.seen() == expected(grid, pens_of(book))
    assert "\x1b[3M" in sent
    assert len(sent.encode()) < 150, sent


def test_a_blank_tail_is_erased_and_a_small_gap_is_written_again() -> None:
    book = StyleTable(ColorDepth.SIXTEEN)
    painter, grid = Painter(book, WIDTH, HEIGHT), ScreenBuffer(WIDTH, HEIGHT)
    grid.rows[0].put(0, [Segment("license of a shop")], book)
    painter.paint(grid, range(HEIGHT), (0, 0))
    grid.rows[0].put(0, [Segment("Lic" + " " * 21)], book)
    assert painter.paint(grid, {0}, (0, 0)) == "Lic\x1b[K\r"
    grid.rows[1].put(0, [Segment("abcdef")], book)
    painter.paint(grid, {1}, (1, 0))
    grid.rows[1].put(0, [Segment("AbcDef")], book)
    assert painter.paint(grid, {1}, None) == "\x1b[?25lAbcD"


@pytest.mark.parametrize(
    ("cells", "synchronized", "hides"), [(120, False, False), (180, False, True), (180, True, False)]
)
def test_a_large_frame_hides_the_cursor_while_it_is_painted_unless_it_is_shown_as_a_whole(
    cells: int, synchronized: bool, hides: bool
) -> None:
    book = StyleTable(ColorDepth.SIXTEEN)
    painter, grid = Painter(book, 200, 1), ScreenBuffer(200, 1)
    assert painter.paint(grid, {0}, (0, 199)).endswith("\x1b[?25h")
    grid.rows[0].put(0, [Segment("x" * cells)], book)
    sent = painter.paint(grid, {0}, (0, 199), synchronized=synchronized)
    assert (sent.startswith("\x1b[?25l") and sent.endswith("\x1b[?25h")) == hides
    assert ("\x1b[?25" in sent) == hides


def test_a_marker_that_moves_by_a_row_and_a_counter_far_away_cost_few_bytes_in_any_colors() -> None:
    """Two frames an arrow, as in the app: the markers are sent ahead."""
    book = StyleTable(ColorDepth.TRUECOLOR, erases_with_background=True)
    painter, grid = Painter(book, 200, 50), ScreenBuffer(200, 50)
    row, marker = (
        Style(color="#e4e8e5", bgcolor="#101512"),
        Style(color="#48c774", bgcolor="#101512", reverse=True),
    )
    counter = Style(color="#48c774", bgcolor="#101512")
    for line in range(50):
        grid.rows[line].put(0, [Segment(" " * 200, row)], book)
    grid.rows[9].put(20, [Segment("❯ ", marker)], book)
    painter.paint(grid, range(50), (9, 22))
    for line in (*range(10, 40), *range(38, 20, -1)):
        before = line - 1 if grid.rows[line - 1].chars[20] == "❯" else line + 1
        grid.rows[before].put(20, [Segment("  ", row)], book)
        grid.rows[line].put(20, [Segment("❯ ", marker)], book)
        sent = painter.paint(grid, {before, line}, (line, 22))
        grid.rows[48].put(195, [Segment(f"{line:02d}", counter)], book)
        sent += painter.paint(grid, {48}, (line, 22))
        assert len(sent.encode()) <= 40, sent


def test_without_colors_no_color_code_is_sent_and_a_color_behind_text_becomes_reverse() -> None:
    book = StyleTable(ColorDepth.NONE)
    codes = [book.change(PLAIN, book.of(style)) for style in STYLES]
    terminal = Emulator(1, 1)
    for code in codes:
        terminal.feed("\x1b]8;;\x1b\\\x1b[m" + code)
        assert (terminal.pen.foreground, terminal.pen.background) == ("", "")
    assert book.of(Style(bgcolor="blue")) == book.of(Style(reverse=True))


def test_colors_are_brought_down_to_what_the_terminal_has() -> None:
    style = Style(color="#ff0000")
    deep = {depth: StyleTable(depth) for depth in ColorDepth}
    codes = {depth: book.change(PLAIN, book.of(style)) for depth, book in deep.items()}
    assert codes[ColorDepth.TRUECOLOR] == "\x1b[38;2;255;0;0m"
    assert codes[ColorDepth.EIGHT_BIT] == "\x1b[38;5;196m"
    assert codes[ColorDepth.SIXTEEN] == "\x1b[31m"
    assert codes[ColorDepth.NONE] == ""


def test_faint_is_gray_where_the_terminal_cannot_write_it_and_plain_without_colors() -> None:
    muted = Style(dim=True)
    for depth, code in ((ColorDepth.SIXTEEN, "\x1b[90m"), (ColorDepth.NONE, "")):
        book = StyleTable(depth, faint=False)
        assert book.change(PLAIN, book.of(muted)) == code
        book = StyleTable(depth)
        assert book.change(PLAIN, book.of(muted)) == "\x1b[2m"
        assert book.change(book.of(Style(bold=True)), book.of(muted)) == "\x1b[;2m"
    colored = StyleTable(ColorDepth.SIXTEEN, faint=False)
    assert colored.change(PLAIN, colored.of(Style(dim=True, color="red"))) == "\x1b[31m"


def test_control_characters_never_reach_a_cell() -> None:
    assert split_cells("a\x1b[31mb\x9b1m\u202ec\x07") == tuple("a[31mb1mc")
    row, book = Row.blank(8), StyleTable(ColorDepth.SIXTEEN)
    row.put(0, [Segment("\x1b]0;x\x07")], book)
    assert "".join(row.chars) == "]0;x    "


def test_half_a_wide_character_becomes_a_blank() -> None:
    row, book = Row.blank(6), StyleTable(ColorDepth.SIXTEEN)
    row.put(0, [Segment("漢字漢")], book)
    row.put(1, [Segment("ab")], book)
    assert row.chars == [" ", "a", "b", " ", "漢", ""]
    row.put(5, [Segment("漢")], book)
    assert row.chars == [" ", "a", "b", " ", " ", " "]


def test_marks_join_their_letter_and_make_its_width_unsure() -> None:
    assert split_cells("e\u0301漢x") == ("e\u0301", "漢", "", "x")
    assert split_cells("\u0301x") == ("x",)
    assert not sure("e\u0301")
    assert not sure("🍰")
    assert sure("漢")
    assert sure("─")
