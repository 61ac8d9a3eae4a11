"""The status of an invoice as it is shown."""

from __future__ import annotations

from datetime import datetime

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import Badge, badge
from jpmanage_tui.services.fields.invoices import status_word

SIGNS = {Badge.PAST_DUE: "! ", Badge.UNCOLLECTIBLE: "✗ ", Badge.PAID: "✓ "}
"""Signs before the words that must be told apart without color."""


def signed_status(invoice: Invoice, now: datetime) -> str:
    """Return the status at `now` (aware), behind its sign or the room for one."""
    state = badge(invoice, now)
    return SIGNS.get(state, "  ") + status_word(invoice, state, state.value)
