"""Invoices: what is past due, what can be paid or downloaded, when to warn (contract: account 5)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum

from jpmanage_tui.api.ids import InvoiceId, PartnerKeyId
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.api.partner import Partner, PartnerKey
from jpmanage_tui.rules.day_range import DayRange


class Badge(Enum):
    """The status as shown."""

    DRAFT = "Draft"
    OPEN = "Open"
    DUE_TODAY = "Due today"
    PAST_DUE = "Past due"
    PAID = "Paid"
    VOID = "Void"
    UNCOLLECTIBLE = "Uncollectible"
    UNKNOWN = "Unknown"


_BADGES = {
    InvoiceStatus.DRAFT: Badge.DRAFT,
    InvoiceStatus.OPEN: Badge.OPEN,
    InvoiceStatus.PAID: Badge.PAID,
    InvoiceStatus.VOID: Badge.VOID,
    InvoiceStatus.UNCOLLECTIBLE: Badge.UNCOLLECTIBLE,
    InvoiceStatus.UNKNOWN: Badge.UNKNOWN,
}


def is_past_due(invoice: Invoice, now: datetime) -> bool:
    """Tell whether the day on which an open invoice was due (UTC) is over at ``now`` (aware); without a due date it
    never is.

    The vendor's page compares with the moment itself (contract: account 5); whoever pays on the day pays in time.
    """
    return _is_open_and_due(invoice) and _due_day(invoice) < now.astimezone(UTC).date()


def is_due_today(invoice: Invoice, now: datetime) -> bool:
    """Tell whether ``now`` (aware) lies in the day, by UTC, on which an open invoice is due."""
    return _is_open_and_due(invoice) and _due_day(invoice) == now.astimezone(UTC).date()


def _is_open_and_due(invoice: Invoice) -> bool:
    return invoice.status is InvoiceStatus.OPEN and invoice.due_date is not None


def _due_day(invoice: Invoice) -> date:
    return invoice.due_date.astimezone(UTC).date() if invoice.due_date is not None else date.max


def badge(invoice: Invoice, now: datetime) -> Badge:
    """Return the status to show at ``now`` (aware); an unknown word is shown as unknown, not as a draft."""
    if is_past_due(invoice, now):
        return Badge.PAST_DUE
    return Badge.DUE_TODAY if is_due_today(invoice, now) else _BADGES[invoice.status]


def invoice_name(invoice: Invoice) -> str:
    """Return how sentences name an invoice: by its number, or by its id where it has none yet."""
    return invoice.number or invoice.id


def can_pay(invoice: Invoice) -> bool:
    """Tell whether an invoice can be paid by hand: when it is open, past due or not."""
    return invoice.status is InvoiceStatus.OPEN


def can_download(invoice: Invoice) -> bool:
    """Tell whether there is a PDF, whatever the status."""
    return invoice.invoice_pdf is not None


def issued_on(invoice: Invoice) -> date | None:
    """Return the day (UTC) on which an invoice was made, its date here and in the list; None where the API gave none.

    It is `created` (contract: account 1.5), which the vendor's page goes by too: what `effective_at` says is not known.
    An invoice is made at the beginning of a month, for the month before (contract: account 5).
    """
    return invoice.created.astimezone(UTC).date() if invoice.created is not None else None


def newest_first(invoices: Iterable[Invoice]) -> list[Invoice]:
    """Return invoices as the API lists them: the newest first, those without a date last."""
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(invoices, key=lambda one: one.created or oldest, reverse=True)


def is_issued_in(invoice: Invoice, days: DayRange) -> bool:
    """Tell whether an invoice's date lies in these days; without a date it lies in none."""
    day = issued_on(invoice)
    return (
        day is not None
        and (days.first is None or days.first <= day)
        and (days.last is None or day <= days.last)
    )


def issued_in(invoices: Iterable[Invoice], days: DayRange) -> list[Invoice]:
    """Return the invoices whose date lies in these days, the newest first."""
    return newest_first(one for one in invoices if is_issued_in(one, days))


def count_by_year(invoices: Iterable[Invoice]) -> dict[int, int]:
    """Return how many invoices each year has, the newest year first; those without a date are in none."""
    years = Counter(day.year for day in map(issued_on, invoices) if day is not None)
    return dict(sorted(years.items(), reverse=True))


def unpaid_to_warn_of(keys: Iterable[PartnerKey], now: datetime) -> Invoice | None:
    """Return the invoice to warn of in the header: over all keys the newest latest one that is open and was
    made before today.

    ``now`` is aware, in the user's own zone: "today" begins at its midnight.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    dated = [
        (invoice.created, invoice)
        for invoice in (key.latest_invoice for key in keys)
        if invoice is not None
        and invoice.status is InvoiceStatus.OPEN
        and invoice.created is not None
        and invoice.created < midnight
    ]
    return max(dated, key=lambda entry: entry[0])[1] if dated else None


def after_open_ones(
    seen: Mapping[InvoiceId, Invoice],
    listed: Iterable[Invoice],
    partner: Partner | None,
    key_id: PartnerKeyId | None,
) -> dict[InvoiceId, Invoice]:
    """Return the invoices that were ``seen``, after the API has listed every open one of the key ``key_id``.

    What was open and is not listed any more was paid or closed elsewhere; as what it ended this list does not say, so its
    status is unknown. That goes for what the partner record says of this key's latest invoice too.
    """
    is_open = {one.id: one for one in listed}
    keys = partner.keys if partner is not None else ()
    latest = [key.latest_invoice for key in keys if key.id == key_id and key.latest_invoice is not None]
    known = {**{one.id: one for one in latest}, **seen}
    ended = {
        one.id: one.model_copy(update={"status": InvoiceStatus.UNKNOWN})
        for one in known.values()
        if one.status is InvoiceStatus.OPEN and one.id not in is_open
    }
    return {**seen, **ended, **is_open}


def warning_text(
    partner: Partner | None,
    seen: Mapping[InvoiceId, Invoice],
    now: datetime,
    key_id: PartnerKeyId | None = None,
) -> str:
    """Return the header's warning, "" where there is nothing to warn of. An invoice of another key than ``key_id``
    says so.

    ``seen`` holds this key's invoices as the list last gave them; it is newer than what the partner record says of the
    same invoice. Past due ones come first; else the vendor's own banner is followed: the newest of the keys' latest
    invoices that is still open and was made before today (contract: account 5). ``now`` is aware, in the user's zone.
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
            return f"{invoice_name(invoice)} of key {key.name}"
    return invoice_name(invoice)
