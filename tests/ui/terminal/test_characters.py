"""ASCII in the place of all else, and cells for a screen reader."""

from __future__ import annotations

import ast
import html
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from rich.segment import Segment
from textual.color import Color

import jpmanage_tui
from jpmanage_tui.ui.terminal.ascii import ascii_cells, input_encoding, locale_is_ascii
from jpmanage_tui.ui.terminal.cells import split_cells
from jpmanage_tui.ui.terminal.characters import CharacterFilter, splitter, spoken_cells
from tests.ui.terminal.apps.gallery import Gallery
from tests.ui.terminal.harness import CapturingDriver

SOURCE = Path(jpmanage_tui.__file__).parent
PICTURES = Path(__file__).parents[3] / "screenshots"
SIGNS = re.compile("[─-▟❯■⌄⌃▾›≡↗✓✗]")


@lru_cache
def drawn_by_the_program() -> frozenset[str]:
    """Return every character beyond ASCII in a string of the program, docstrings left out."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if text.isascii() or path.is_relative_to(SOURCE / "sandbox"):
            continue
        tree = ast.parse(text)
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                found.update(sign for sign in node.value if not sign.isascii() and sign.isprintable())
    return frozenset(found - set("渋谷漢ケ"))


def test_every_sign_that_the_program_draws_has_a_form_in_ascii() -> None:
    signs = drawn_by_the_program()
    assert {"❯", "…", "─"} <= signs
    assert [sign for sign in signs if ascii_cells(sign) == ("?",)] == []


def test_on_the_picture_of_every_screen_nothing_but_letters_of_the_apis_own_texts_has_no_form_in_ascii() -> (
    None
):
    shown: set[str] = set()
    for picture in PICTURES.glob("*.svg"):
        shown.update(
            *re.findall(r"<text[^>]*>([^<]*)</text>", html.unescape(picture.read_text(encoding="utf-8")))
        )
    assert "─" in shown
    formless = {sign for sign in shown if not sign.isascii() and "?" in ascii_cells(sign)}
    assert {sign for sign in formless if unicodedata.category(sign)[0] not in "LM"} == set()


@settings(max_examples=60)
@given(st.text(st.one_of(st.characters(), st.sampled_from("❯…─é漢한☕\u0301")), max_size=12))
def test_as_many_cells_are_drawn_whatever_the_characters(text: str) -> None:
    for ascii_only in (False, True):
        cells = splitter(ascii_only=ascii_only, accessible=True)(text)
        assert len(cells) == len(split_cells(text))
        assert not SIGNS.search("".join(cells))
    drawn = ascii_cells(text)
    assert len(drawn) == len(split_cells(text))
    assert all(len(cell) == 1 and cell.isascii() and cell.isprintable() for cell in drawn)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("❯ café…", "> cafe~"), ("Ca\u0301fe", "Cafe"), ("≈ €12.50 × 2", "~ E12.50 x 2"), ("├─┤", "+-+"), ("漢字", "????"),
     ("“Łódź”", '"Lodz"'), ("▏█▄", "-##"), ("①½", "1?")],
)  # fmt: skip
def test_what_a_terminal_without_utf_8_gets(text: str, drawn: str) -> None:
    assert "".join(ascii_cells(text)) == drawn


def test_what_a_screen_reader_would_read_for_nothing_is_blank_and_words_stay() -> None:
    assert "".join(spoken_cells("┌─ ✓ done · 漢 ❯")) == "     done · 漢  "
    assert "".join(spoken_cells("    · · ·")) == "    wait…", "what is on its way"


def test_stock_rendering_has_the_same_characters() -> None:
    one = CharacterFilter(ascii_cells).apply([Segment("a"), Segment("né…")], Color(0, 0, 0))
    assert [segment.text for segment in one] == ["a", "ne~"]


@pytest.mark.parametrize(
    ("variables", "is_ascii"),
    [
        ({}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({"LANG": "C.utf8"}, False),
        ({"LANG": "en_US"}, False),
        ({"LANG": "de_DE.ISO-8859-1@euro"}, True),
        ({"LC_ALL": "C"}, True),
        ({"LC_ALL": "", "LC_CTYPE": "POSIX", "LANG": "de_DE.UTF-8"}, True),
        ({"LC_ALL": "C.UTF-8", "LANG": "C"}, False),
    ],
)
def test_the_locale_says_whether_a_terminal_takes_utf_8(variables: dict[str, str], is_ascii: bool) -> None:
    assert locale_is_ascii(variables) is is_ascii


@pytest.mark.parametrize(
    ("variables", "encoding"),
    [
        ({}, "utf-8"),
        ({"LANG": "de_DE.UTF-8"}, "utf-8"),
        ({"LANG": "de_DE.ISO-8859-1@euro"}, "iso8859-1"),
        ({"LANG": "ru_RU.KOI8-R"}, "koi8-r"),
        ({"LC_ALL": "C"}, "utf-8"),
        ({"LC_ALL": "C.ANSI_X3.4-1968"}, "utf-8"),
        ({"LANG": "xx_XX.no-such-set"}, "utf-8"),
    ],
)
def test_the_keyboard_is_read_in_the_encoding_of_the_locale(variables: dict[str, str], encoding: str) -> None:
    assert input_encoding(variables) == encoding


class AsciiGallery(Gallery):
    """The gallery on a terminal without UTF-8."""

    def __init__(self) -> None:
        super().__init__(driver_class=CapturingDriver, ascii_only=True)


async def test_no_byte_beyond_ascii_is_sent_in_the_ascii_mode() -> None:
    app = AsciiGallery()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("down", "ctrl+d", "é")
        await pilot.pause()
        driver = app._driver
        assert isinstance(driver, CapturingDriver)
        sent = "".join(driver.written)
    assert len(sent) > 1000
    assert sent.isascii()
