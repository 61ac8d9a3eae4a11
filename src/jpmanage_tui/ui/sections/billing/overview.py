"""What stands above the products of the estimate: the month's sum, and the last invoices beside or below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from jpmanage_tui.services.billing_chart import ChartRow, Scale
from jpmanage_tui.ui.widgets.item_list import GAP
from jpmanage_tui.ui.widgets.line import pad, pad_end
from jpmanage_tui.ui.widgets.text_line import Tone, Words, state_tone

BESIDE_FROM = 92
"""Cells from which the chart has room beside the sum."""
BETWEEN = 3
"""Cells between the sum and the chart."""
LEAD = 3
"""Lines of the sum where the chart stands below it."""
SUM_LINES = 7
"""Lines of the sum, without the empty ones, where the chart stands beside it."""
LEAST_ROWS = 10
"""Products that are seen in any case: the chart takes none of their lines."""
MOST_INVOICES = 10
"""So many invoices are on one page of the API, which is all that is asked for (contract: account 1.5)."""
BAR_LEAST, BAR_MOST = 4, 40
NAME_MOST = 16


class Room(NamedTuple):
    """The lines above the products, and how many of them the chart has; whether it stands beside the sum."""

    lines: int
    chart: int
    beside: bool


def room_for(
    width: int, height: int, invoices: int = MOST_INVOICES, *, one_thing_a_line: bool = False
) -> Room:
    """Return what there is room for in so many cells and lines, which the products share; and for so many invoices.

    `one_thing_a_line`: nothing stands beside the sum, since the lines are read to the user.
    """
    most = min(invoices, MOST_INVOICES) + 1
    spare = height - LEAST_ROWS
    if width >= BESIDE_FROM and spare >= SUM_LINES and not one_thing_a_line:
        lines = min(max(SUM_LINES, most), max(SUM_LINES, height // 3), spare)
        return Room(min(lines + 1, spare), lines, True)
    lead = max(1, min(LEAD, spare))
    chart = min(most, height // 4, spare - lead) if height // 4 > 1 and spare - lead > 1 else 0
    return Room(lead + chart, chart, False)


# -- the chart -------------------------------------------------------------------------------


def chart_lines(scales: Sequence[Scale], width: int) -> list[Words]:
    """Return the chart in lines of so many cells; what does not fit is left out in this order: bars, months, statuses."""
    rows = [row for scale in scales for row in scale.rows]
    if not rows:
        return []
    name = min(NAME_MOST, max(cell_len(row.name) for row in rows))
    month = _widest(row.month for row in rows)
    status = _widest(row.status for row in rows)
    total = _widest(row.total for row in rows)
    left = width - name - GAP - total
    shows_status = left >= status + GAP
    left -= status + GAP if shows_status else 0
    shows_month = shows_status and left >= month + GAP
    left -= month + GAP if shows_month else 0
    bar = min(BAR_MOST, left - GAP) if shows_month else 0

    def line(row: ChartRow, scale: Scale) -> Words:
        tone = Tone.PLAIN if row.is_bill else Tone.MUTED
        words = pad_end(row.name, name) + (" " * GAP + pad(row.month, month) if shows_month else "")
        parts: Words = [(words, tone)]
        if shows_status:
            parts.append((" " * GAP + pad(row.status, status), state_tone(row.status, tone)))
        parts.append((" " * (GAP + total - cell_len(row.total)) + row.total, tone))
        drawn = row.bar(scale.highest, bar) if bar >= BAR_LEAST else ""
        if drawn:
            parts.append((" " * GAP + drawn, Tone.BAR if row.is_bill else tone))
        return parts

    lines: list[Words] = []
    for scale in scales:
        if scale.caption:
            lines.append([(scale.caption, Tone.MUTED)])
        lines += [line(row, scale) for row in scale.rows]
    return lines


def _widest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


# -- both ------------------------------------------------------------------------------------


def overview(room: Room, lead: Sequence[Words], chart: Sequence[Words]) -> list[Words]:
    """Return the lines above the products: those of the sum with the chart beside them, or below.

    `chart` is as wide as `chart_width` says.
    """
    if not room.beside:
        return _filled([*_filled(lead, room.lines - room.chart), *chart], room.lines)
    left, right, width = _filled(lead, room.lines), _filled(chart, room.lines), _width(lead) + BETWEEN
    return [[*_padded(words, width), *beside] for words, beside in zip(left, right, strict=True)]


def chart_width(room: Room, width: int, lead: Sequence[Words]) -> int:
    """Return how many cells the chart has beside or below the sum, where all have `width`."""
    return width - _width(lead) - BETWEEN if room.beside else width


def _width(lines: Sequence[Words]) -> int:
    return max((sum(cell_len(text) for text, _ in words) for words in lines), default=0)


def _filled(lines: Sequence[Words], count: int) -> list[Words]:
    return [*lines[:count], *([] for _ in range(count - len(lines)))]


def _padded(words: Words, width: int) -> Words:
    """Return words with so many spaces behind them that they take `width` cells."""
    return [*words, (" " * (width - _width([words])), Tone.PLAIN)]
