"""Bars of cells: how long a figure is beside the highest one. A refund, nothing, and no figure have none."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FULL = "█"
PARTS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
"""The eighths of a cell, from none to seven."""
ESTIMATE, DRAFT, VOID = "░", "▒", "─"
"""What bars are made of that stand for no bill: not issued yet, not final, not owed any more."""


def bar(figure: Decimal | None, highest: Decimal, width: int, fill: str = FULL) -> str:
    """Return a bar for `figure` beside the highest one, which takes `width` cells.

    It ends at the eighth of a cell below, of another `fill` than the full cell at the cell below; but above 0 it is an
    eighth, or a cell, at least.
    """
    if figure is None or figure <= 0 or highest <= 0 or width <= 0:
        return ""
    if fill != FULL:
        return fill * min(width, max(1, int(figure * width / highest)))
    eighths = min(width * 8, max(1, int(figure * width * 8 / highest)))
    return FULL * (eighths // 8) + PARTS[eighths % 8]


def share(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """Return a part in percent of the whole, rounded half up to a tenth; None where there is no telling.

    The API's figures need not agree (contract: licenses 4): a part that is no part of the whole has no share.
    """
    if part is None or whole is None or not 0 <= part <= whole or whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent(part: Decimal | int | None, whole: Decimal | int | None) -> str:
    """Return how large a part is in whole percent, rounded half up: "28%"; "" where there is no telling.

    A part that is neither nothing nor all is never told as such: "<1%", ">99%".
    """
    if part is None or whole is None or share(part, whole) is None:
        return ""
    rounded = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1), ROUND_HALF_UP)
    if rounded == 0 and part:
        return "<1%"
    return ">99%" if rounded == 100 and part < whole else f"{rounded}%"
