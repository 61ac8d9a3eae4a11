"""Bars and shares: never longer than their room, in order, and never told as nothing or all where they are not."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.rules.bars import ESTIMATE, FULL, PARTS, bar, percent, share

AMOUNTS = st.decimals(0, 10**12, places=2)
FILLS = st.sampled_from([FULL, ESTIMATE])


def eighths(drawn: str) -> int:
    return sum(PARTS.index(cell) if cell in PARTS else 8 for cell in drawn)


@given(AMOUNTS, AMOUNTS, st.integers(0, 40), FILLS)
def test_a_bar_fits_its_width_and_anything_above_nothing_shows_one(
    amount: Decimal, other: Decimal, width: int, fill: str
) -> None:
    highest = max(amount, other)
    drawn = bar(amount, highest, width, fill)
    assert len(drawn) <= width
    assert bool(drawn) == (amount > 0 and width > 0)
    assert bar(highest, highest, width, fill) == (fill * width if highest > 0 else "")


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(1, 40))
def test_the_higher_figure_never_has_the_shorter_bar(
    one: Decimal, two: Decimal, three: Decimal, width: int
) -> None:
    low, middle, highest = sorted((one, two, three))
    assert eighths(bar(low, highest, width)) <= eighths(bar(middle, highest, width))


@pytest.mark.parametrize(
    ("figure", "drawn"), [("8", "████"), ("4", "██"), ("3", "█▌"), ("0.25", "▏"), ("0.01", "▏")]
)
def test_a_bar_ends_at_an_eighth_of_a_cell(figure: str, drawn: str) -> None:
    assert bar(Decimal(figure), Decimal(8), 4) == drawn


def test_no_amount_and_a_refund_have_no_bar() -> None:
    assert (
        bar(None, Decimal(5), 10) == bar(Decimal(-1), Decimal(5), 10) == bar(Decimal(0), Decimal(5), 10) == ""
    )
    assert bar(Decimal(1), Decimal(0), 10) == ""


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (70, 246, "28%"),
        (1, 200, "1%"),
        (1, 1000, "<1%"),
        (999, 1000, ">99%"),
        (0, 5, "0%"),
        (5, 5, "100%"),
        (Decimal("817.96"), Decimal("2565.84"), "32%"),
        (6, 3, ""),
        (-1, 3, ""),
        (0, 0, ""),
        (None, 3, ""),
        (3, None, ""),
    ],
)
def test_shares(part: Decimal | int | None, whole: Decimal | int | None, words: str) -> None:
    assert percent(part, whole) == words
    assert (share(part, whole) is None) == (words == "")


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_only_nothing_is_nothing_and_only_all_is_all(figures: tuple[int, int]) -> None:
    part, whole = figures
    assert (percent(part, whole) == "0%") == (part == 0)
    assert (percent(part, whole) == "100%") == (part == whole)
