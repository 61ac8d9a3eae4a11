"""One matcher finds commands by a few letters, best first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from jpmanage_tui.ui.common.fuzzy import Kind, best_first, match

NAMES = [
    "Issue New License", "Unassign License", "Assign License", "New credit card", "Update Details", "Invoices",
    "Open Prices", "Look into bundles", "Set as primary card", "Refresh", "Sort",
]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "text", "kind"),
    [
        ("open prices", "Open Prices", Kind.SAME),
        ("open-prices", "Open Prices", Kind.SAME),
        ("open", "Open Prices", Kind.BEGINS),
        ("pri", "Open Prices", Kind.WORD_STARTS),
        ("bun look", "Look into bundles", Kind.WORD_STARTS),
        ("ncc", "New credit card", Kind.ABBREVIATION),
        ("updet", "Update Details", Kind.ABBREVIATION),
        ("inl", "Issue New License", Kind.ABBREVIATION),
        ("rices", "Open Prices", Kind.HOLDS),
        ("invocies", "Invoices", Kind.TYPO),
        ("invices", "Invoices", Kind.TYPO),
        ("invvoices", "Invoices", Kind.TYPO),
        ("imvoices", "Invoices", Kind.TYPO),
        ("opn prces", "Open Prices", Kind.TYPO),
        ("rfs", "Refresh", Kind.LETTERS),
    ],
)
def test_how_a_text_matches(typed: str, text: str, kind: Kind) -> None:
    found = match(text, typed)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize("typed", ["zz", "refreshed", "xort", "so", "invxxces"])
def test_what_does_not_match(typed: str) -> None:
    assert match("Refresh", typed) is None
    assert typed in ("xort", "so") or match("Sort", typed) is None


@pytest.mark.parametrize(
    ("typed", "first"),
    [("assign", "Assign License"), ("new", "New credit card"), ("card", "New credit card"), ("srot", "Sort")],
)
def test_the_best_comes_first_and_those_alike_in_their_order(typed: str, first: str) -> None:
    assert best_first(NAMES, typed, lambda name: [name])[0] == first


def test_nothing_typed_is_everything() -> None:
    assert best_first(NAMES, " ", lambda name: [name]) == NAMES


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_every_name_is_found_with_one_letter_missing(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    assert match(name, name[:at] + name[at + 1 :]) is not None
    assert match(name, name) == (Kind.SAME, 0)
