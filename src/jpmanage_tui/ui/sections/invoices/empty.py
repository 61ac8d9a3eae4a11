"""What the list says when it has no row to show: truthfully why, and the way on."""

from __future__ import annotations

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.invoices.book import InvoiceListState
from jpmanage_tui.ui.sections.invoices.list import PLACEHOLDER
from jpmanage_tui.ui.sections.invoices.tabs import tab_words

PLACEHOLDERS = 10
"""Rows that stand in for the first page (contract: account 5)."""


def note(book: InvoiceListState, error: ApiError | None) -> list[str]:
    """Return the lines that stand in place of rows, none while there are rows; dots before the first answer."""
    if not book.loaded:
        if error is not None:
            return ["", error_text(error, "Loading invoices")]
        return [PLACEHOLDER] * PLACEHOLDERS
    if book.rows:
        return []
    if book.unreadable:
        return [
            "",
            f"{pluralize(book.unreadable, 'invoice')} came, but none of them could be read. "
            f"{key_for('refresh')} asks again.",
        ]
    if book.status is None:
        return ["", "No invoices yet.", "One comes at the beginning of each month, for the month before."]
    return [
        "",
        f"No invoice is {tab_words(book.status).lower()}.",
        "",
        key_line("the other tabs", "previous-filter", "next-filter"),
    ]
