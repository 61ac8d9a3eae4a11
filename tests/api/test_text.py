import unicodedata

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.text import sanitize_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Acme", "Acme"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1$tdcs\x1b\\x", "x"),
        ("a\r\nb\tc", "a b c"),
        ("a\u2028b", "a b"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066isolated\u2069", "isolated"),
        (
            "caf\u00e9 \u65e5\u672c \U0001f468\u200d\U0001f469",
            "caf\u00e9 \u65e5\u672c \U0001f468\u200d\U0001f469",
        ),
        ("half \ud800 pair", "half \ufffd pair"),
        ("\x00\x07\x08\x7f", ""),
        ("[bold]markup is the screen's business[/]", "[bold]markup is the screen's business[/]"),
    ],
)
def test_a_string_loses_what_a_terminal_could_obey_and_keeps_what_it_says(raw: str, shown: str) -> None:
    assert sanitize_text(raw) == shown


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_cleaned_string_holds_a_control_a_half_surrogate_or_a_direction_override(raw: str) -> None:
    shown = sanitize_text(raw)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    shown.encode()


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    assert sanitize_text(sanitize_text(raw)) == sanitize_text(raw)


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=40))
def test_printable_text_of_any_script_is_left_alone(raw: str) -> None:
    assert sanitize_text(raw) == raw
