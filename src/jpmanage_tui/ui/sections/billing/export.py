"""What exports of the Billing screen hold: the estimate's products, or the idle licenses with their prices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

from jpmanage_tui.api.billing import BilledProduct, BillingEstimate
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.rules.unassigned import IdleLicense
from jpmanage_tui.services.all_licenses import find_bundles
from jpmanage_tui.services.exports import Export, Record, amount, masked
from jpmanage_tui.services.unassigned_licenses import Batch, IdleWalk
from jpmanage_tui.services.unassigned_list import UnassignedListState
from jpmanage_tui.ui.sections.billing.columns import quantity
from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection

ESTIMATE = (
    "product", "product_slug", "price", "interval", "assigned", "unassigned", "quantity", "quantity_counts",
    "subtotal", "currency", "estimate_of",
)  # fmt: skip
IDLE = (
    "license_code", "product", "issued_at", "days", "per_day", "per_month", "price", "interval", "currency",
    "part_of_bundle",
)  # fmt: skip


def estimate_export(
    estimate: BillingEstimate | None, shown: Sequence[BilledProduct], currency: str | None
) -> Export:
    """Return the export of the products of an estimate that are `shown`, in their order."""

    async def rows(_codes: bool) -> AsyncIterator[Record]:
        if estimate is not None:
            for row in shown:
                yield estimated(row, estimate, currency)

    return Export(pluralize(len(shown), "product"), "product", "billing", ESTIMATE, rows)


def estimated(row: BilledProduct, estimate: BillingEstimate, currency: str | None) -> Record:
    """Return a product of the estimate, every figure as the API gave it (contract: licenses 1.11)."""
    interval, count = estimate.price_interval, quantity(row, estimate.price_interval)
    values = (
        row.product_name,
        row.product_slug,
        row.product_cost,
        interval.value,
        row.counts.assigned,
        row.counts.unassigned,
        count,
        {"day": "days", "month": "licenses"}[interval.value],
        row.product_total_cost,
        currency,
        estimate.date,
    )
    return dict(zip(ESTIMATE, values, strict=True))


def unassigned_export(
    client: LicensingClient,
    state: UnassignedListState,
    selection: LicenseSelection,
    not_listed: Callable[[Sequence[License]], str],
    tell: Callable[[str], None],
) -> Export:
    """Return the export of the unassigned licenses: of those that are marked, else of all, not loaded ones included.

    `not_listed` says what billing counts besides what was found; `tell` is told how far the reading is.
    """
    marked = list(selection.values())
    some = f"{len(state.items):,}{'' if state.done else '+'} unassigned licenses and those in bundles"
    title = pluralize(len(marked), "marked license") if marked else some
    now = client.server_now() or datetime.now(UTC)
    lacks = selection.incomplete_reason if marked else ""

    async def rows(codes: bool) -> AsyncIterator[Record]:
        nonlocal lacks
        book = UnassignedListState(parents=dict(state.parents))
        book.price(await _catalog(client, state))
        if marked:
            book.take(Batch(tuple(marked), done=True), now)
            for item in book.items:
                yield idle(item, now, codes)
            return
        left_out = 0
        if not book.parents:
            async for found in find_bundles(client):
                tell(f"{found.looked_at:,} licenses looked at for bundles")
                book.parents, left_out = dict(found.parents), found.left_out
        walk = IdleWalk(client, book.parents)
        while not walk.done:
            before = len(book.items)
            book.take(await walk.more(), now)
            for item in book.items[before:]:
                yield idle(item, now, codes)
        missing = not_listed([item.license for item in book.items])
        words = [
            lacking(walk, "unassigned license"),
            f"{left_out:,} of all licenses could not be read" if left_out else "",
        ]
        lacks = "; ".join(word for word in [*words, missing] if word)

    return Export(title, "unassigned license", "idle-licenses", IDLE, rows, codes=True, lacks=lambda: lacks)


async def _catalog(client: LicensingClient, state: UnassignedListState) -> list[Product]:
    """Return what the licenses are priced by; asked for where it could not be loaded before. Raises ApiError."""
    if state.products is not None:
        return list(state.products)
    families = await client.products.partner_families()
    return [product for family in families for product in family.products]


def idle(item: IdleLicense, now: datetime, codes: bool) -> Record:
    """Return an idle license; the price as the API gave it (a bundle's share), per day and month by the rules."""
    license, price = item.license, item.price
    days = item.days(now)
    currency = price.currency if price is not None else None
    values = (
        license.license_key if codes else masked(license.license_key),
        license.product,
        license.issued_at,
        days,
        amount(price.per_day if price is not None else None, currency),
        amount(price.per_month if price is not None else None, currency),
        amount(price.amount if price is not None else None, currency),
        price.interval if price is not None else None,
        currency,
        license.parent_license_id,
    )
    return dict(zip(IDLE, values, strict=True))
