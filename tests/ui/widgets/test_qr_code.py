"""A QR code stands beside the text or below it wherever there is room; where there is none it says how much it needs."""

from __future__ import annotations

import re

import pytest
import segno
from hypothesis import given, settings, strategies as st

from jpmanage_tui.services.browser import qr
from jpmanage_tui.ui.widgets.qr_code import BESIDE, place

BANK = "https://hooks.stripe.example/redirect/authenticate/"


def address(characters: int) -> str:
    return BANK + "a" * (characters - len(BANK))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([60, 100, 150, 260, 400, 1000, 3000]),
    st.integers(20, 240),
    st.integers(8, 120),
    st.integers(1, 9),
    st.integers(0, 30),
    st.booleans(),
)
def test_what_is_shown_fits_and_what_does_not_fit_is_said(
    characters: int, columns: int, rows: int, above: int, text_rows: int, blocks: bool
) -> None:
    placed = place(address(characters), (columns, rows), above, text_rows, blocks=blocks)
    if placed.code:
        lines = placed.text.plain.split("\n")
        taken = above + (0 if placed.tight else 1) + len(lines) + (0 if placed.beside else text_rows)
        assert taken <= rows
        assert len(lines[0]) + (BESIDE if placed.beside else 0) <= columns
    elif needed := re.fullmatch(
        rf"A QR code of this address needs (\d+) rows and (\d+) columns; the terminal has {rows} and {columns}\.",
        placed.text.plain,
    ):
        wanted = int(needed[2]), int(needed[1])
        assert wanted != (columns, rows)
        assert place(address(characters), wanted, above, text_rows, blocks=blocks).code
    else:
        assert placed.text.plain.startswith(
            f"This address of {characters:,} characters is too long for a QR code"
        )
        with pytest.raises(ValueError, match="Data too large"):
            qr(address(characters))


def test_the_blank_row_above_is_given_up_before_the_code_is() -> None:
    rows = qr(address(100)).rows
    assert not place(address(100), (80, 3 + 1 + rows), 3, 20).tight
    assert place(address(100), (80, 3 + rows), 3, 20).tight
    assert not place(address(100), (80, 2 + rows), 3, 20).code


@pytest.mark.parametrize("url", ["javascript:alert(1)", "not an address", "https://", "file:///etc/passwd"])
def test_what_is_no_address_of_the_web_has_no_code_and_no_words(url: str) -> None:
    assert place(url, (80, 24), 3, 3).text.plain == ""


def modules(url: str) -> list[list[bool]]:
    """Whether each module of the code is a dark one."""
    return [[bool(one) for one in row] for row in segno.make_qr(url, error="l").matrix_iter(border=2)]


@pytest.mark.parametrize("light", [True, False])
def test_in_ascii_the_code_is_of_blanks_a_square_for_each_module_and_its_dark_ones_are_dark(
    light: bool,
) -> None:
    text = place(address(60), (200, 60), 3, 3, blocks=False, light=light).text
    assert set(text.plain) == {" ", "\n"}
    cells = "".join(
        "#" if any(span.start <= at < span.end for span in text.spans) else one
        for at, one in enumerate(text.plain)
    )
    bright = "##" if light else "  "
    drawn = [[row[at : at + 2] != bright for at in range(0, len(row), 2)] for row in cells.split("\n")]
    assert drawn == modules(address(60))


def test_on_a_light_terminal_without_colors_the_blocks_are_reversed() -> None:
    placed = [place(address(60), (200, 60), 3, 3, light=light).text for light in (True, False)]
    assert placed[0].plain == placed[1].plain
    assert [str(text.style) for text in placed] == ["", "reverse"]
