"""What does not count when a text is searched for."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import example, given, strategies as st

from jpmanage_tui.rules.search.fold import fold, holds, site_text, words_of

MARKS = "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202e\u2060\u2066\u2069\ufe0f\ufeff"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Åland Islands", "aland islands"),
        ("MÜLLER", "muller"),
        ("Groß & Łódź", "gross & lodz"),
        ("Øresund, Đakovo, Ħamrun", "oresund, dakovo, hamrun"),
        ("Æther Œuvre Þór", "aether oeuvre thor"),
        ("İstanbul ısı", "istanbul isi"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("Ｊｅｔｐａｃｋ　４２", "jetpack 42"),
        ("Côte d’Ivoire", "cote d'ivoire"),
        ("Jean‑Luc – Nöel", "jean-luc - noel"),
        ("a\u00a0b\nc", "a b c"),
        ("북경", normalize("NFKD", "북경")),
        ("日本語", "日本語"),
    ],
)
def test_case_accents_widths_and_kinds_of_signs_do_not_count(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(text=st.text())
@example(text="Müller")
def test_it_does_not_count_whether_accents_are_composed(text: str) -> None:
    assert fold(normalize("NFC", text)) == fold(normalize("NFD", text))


@given(
    text=st.text(st.characters(codec="utf-8"), max_size=20),
    mark=st.sampled_from(MARKS),
    place=st.integers(0, 20),
)
@example(text="müller", mark="\u200b", place=3)
def test_invisible_marks_do_not_count(text: str, mark: str, place: int) -> None:
    assert fold(text[:place] + mark + text[place:]) == fold(text)


@given(text=st.text())
def test_folding_twice_changes_nothing_more_and_leaves_no_line_break(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert "\n" not in fold(text)


@given(text=st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_folded_by_its_case_alone(text: str) -> None:
    assert fold(text) == text.lower().replace("\n", " ")


@pytest.mark.parametrize(
    ("site", "wanted"),
    [
        ("https://xn--wgv71a119e.example/shop/", "日本語"),
        ("https://xn--wgv71a119e.example/shop/", "https://日本語.example/shop/"),
        ("https://xn--wgv71a119e.example", "xn--wgv71a119e"),
        ("https://xn--wgv71a119e.example", "xn--wgv7"),
        ("https://日本語.example", "xn--wgv71a119e.example"),
        ("https://xn--mller-kva.example", "müller"),
        ("https://xn--mller-kva.example", "muller"),
        ("https://xn--mller-kva.example", "mu\u0308ller.example/"),
        ("https://müller.example", "XN--MLLER-KVA.example"),
        ("https://xn--strae-oqa.example", "straße"),
        ("https://xn--strae-oqa.example", "strasse"),
        ("https://shop.xn--mller-kva.example:8443/a", "//shop.müller.example:8443/a"),
        ("https://xn--.example", "xn--"),
        ("https://xn--99999999999.example", "xn--99999999999"),
    ],
)
def test_a_host_is_found_by_its_letters_and_by_its_punycode(site: str, wanted: str) -> None:
    assert all(word in site_text(site) for word in words_of(wanted)), (site_text(site), words_of(wanted))


@given(label=st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_host_is_more_than_can_be_read(label: str) -> None:
    for text in (label, f"https://xn--{label}.example/{label}", f"xn--{label}"):
        site_text(text)
        words_of(text)


def test_every_word_must_be_there() -> None:
    assert holds("Saint Barthélemy BL", "barth saint")
    assert not holds("Saint Barthélemy", "saint martin")
    assert holds("anything", " ")
