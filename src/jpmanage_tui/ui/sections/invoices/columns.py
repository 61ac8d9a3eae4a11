"""The columns of the invoice list, by width, and what an invoice says in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import Badge, badge, can_download
from jpmanage_tui.rules.prices import money
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.ui.widgets.line import pad

GAP = 2
LONGEST_NUMBER = 28
NO_NUMBER = "—"
SIGNS = {Badge.PAST_DUE: "! ", Badge.UNCOLLECTIBLE: "✗ ", Badge.PAID: "✓ "}
"""Signs before the words that must be told apart without color."""
HEADINGS = ("Number", "Issued", "Due Date", "Status", "Total", "PDF")
NUMBER, RIGHT = 0, 4
"""The number's column, and the column whose cells stand at the right: the total."""


@dataclass(frozen=True)
class Columns:
    """Widths in cells of number, issued, due date, status, total and PDF; 0 leaves a column out."""

    widths: tuple[int, ...]

    def line(self, cells: tuple[str, ...]) -> str:
        """Return the cells beside each other."""
        return "".join(self.part(index, cell) for index, cell in enumerate(cells))

    def part(self, index: int, cell: str) -> str:
        """Return one cell in its width, with the gap before it; nothing where the column is left out."""
        width = self.widths[index]
        if not width:
            return ""
        text = tail_of(cell, width) if index == NUMBER else cell
        if index == RIGHT:
            text = " " * max(0, width - cell_len(cell)) + cell
        return " " * (GAP if index else 0) + pad(text, width)


def columns(width: int) -> Columns:
    """Return the columns for `width` cells: the number takes what the others leave, up to what any number needs."""
    issued = 10 if width >= 69 else 0
    due = 10 if width >= 57 else 0
    status = 15 if width >= 45 else 10
    total = 14 if width >= 45 else 11
    pdf = 3 if width >= 76 else 0
    others = [size for size in (issued, due, status, total, pdf) if size]
    number = max(4, min(LONGEST_NUMBER, width - sum(others) - GAP * len(others)))
    return Columns((number, issued, due, status, total, pdf))


def tail_of(text: str, width: int) -> str:
    """Return `text`, without its beginning where it is too long: numbers differ at their end."""
    if cell_len(text) <= width:
        return text
    return "…" + next((text[n:] for n in range(1, len(text)) if cell_len(text[n:]) < width), "")


def cells(invoice: Invoice, now: datetime) -> tuple[str, ...]:
    """Return what an invoice says in each column at `now` (aware); dates in UTC, the total in its own currency."""
    state = badge(invoice, now)
    word = invoice.status_word if state is Badge.UNKNOWN and invoice.status_word else state.value
    return (
        invoice.number or NO_NUMBER,
        format_date(invoice.created),
        format_date(invoice.due_date),
        SIGNS.get(state, "  ") + word,
        total_of(invoice),
        "yes" if can_download(invoice) else "no",
    )


def total_of(invoice: Invoice) -> str:
    """Return the total as it is shown, in the invoice's currency; a dash where the API gave none."""
    return money(invoice.total, invoice.currency or None) if invoice.total is not None else "—"


def name_of(invoice: Invoice) -> str:
    """Return how sentences name an invoice: by its number, or by its id where it has none yet."""
    return invoice.number or invoice.id
