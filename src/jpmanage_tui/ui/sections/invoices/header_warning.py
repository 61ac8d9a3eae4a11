"""What the header warns of: invoices that are past due, as far as the API has said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from jpmanage_tui.api.ids import InvoiceId, PartnerKeyId
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.api.partner import Partner
from jpmanage_tui.rules.invoices import is_past_due, unpaid_to_warn_of
from jpmanage_tui.ui.sections.invoices.columns import name_of


def warning_words(
    partner: Partner | None,
    seen: Mapping[InvoiceId, Invoice],
    now: datetime,
    key_id: PartnerKeyId | None = None,
) -> str:
    """Return the header's warning, "" where there is nothing to warn of. An invoice of another key than `key_id` says so.

    `seen` holds this key's invoices as the list last gave them; it is newer than what the partner record says of the
    same invoice. Past due ones come first; else the vendor's own banner is followed: the newest of the keys' latest
    invoices that is still open and was made before today (contract: account 5). `now` is aware, in the user's zone.
    """
    past = {one.id: one for one in seen.values() if is_past_due(one, now)}
    unpaid = unpaid_to_warn_of(partner.keys, now) if partner is not None else None
    if unpaid is not None and seen.get(unpaid.id, unpaid).status is not InvoiceStatus.OPEN:
        unpaid = None  # paid since the partner record was read
    if unpaid is not None and is_past_due(unpaid, now):
        past[unpaid.id] = unpaid
    if len(past) > 1:
        return f"! {len(past)} invoices past due"
    if past:
        return f"! Past due: {_named(next(iter(past.values())), partner, key_id)}"
    return f"! Unpaid: {_named(unpaid, partner, key_id)}" if unpaid is not None else ""


def _named(invoice: Invoice, partner: Partner | None, key_id: PartnerKeyId | None) -> str:
    for key in partner.keys if partner is not None and key_id is not None else ():
        if key.id != key_id and key.latest_invoice is not None and key.latest_invoice.id == invoice.id:
            return f"{name_of(invoice)} of key {key.name}"
    return name_of(invoice)
