"""What Billing reads: its parts, the unassigned licenses, those in bundles too, and the exports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.activity import Activity
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.rules.unassigned import UnassignedLicense
from jpmanage_tui.services.all_licenses import BundleSearch, find_bundles
from jpmanage_tui.services.billing_estimate import EstimateRow
from jpmanage_tui.services.exports import Export, Record, masked
from jpmanage_tui.services.fields.billing import (
    ACTIVITY_FIELDS,
    ESTIMATE_FIELDS,
    UNASSIGNED_FIELDS,
    ActivityRow,
    UnassignedRow,
)
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.unassigned_licenses import (
    UnassignedListState,
    UnassignedPage,
    UnassignedPaginator,
    UnassignedReader,
    priced,
    reading_lacks,
    search_bundles,
)
from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection


class Part(Enum):
    """What the screen reads, in words that say what failed."""

    ESTIMATE = "Loading the billing details"
    PRICES = "Loading your prices"
    UNASSIGNED = "Loading the unassigned licenses"
    INVOICES = "Loading the last invoices"
    ACTIVITY = "Counting what was issued and revoked"


class FirstPages(NamedTuple):
    """The oldest unassigned licenses, and the paginator that gives the next ones."""

    paginator: UnassignedPaginator
    pages: list[UnassignedPage]


async def first_pages(
    client: LicensingClient, least: int, bundles: Mapping[LicenseId, License]
) -> FirstPages:
    """Return the unassigned licenses from the oldest on, those of the `bundles` too: `least`, if there are so many.

    Raises ApiError.
    """
    paginator = UnassignedPaginator(client, bundles)
    pages: list[UnassignedPage] = []
    while not paginator.done and (not pages or sum(len(page.licenses) for page in pages) < least):
        pages.append(await paginator.next_page())
    return FirstPages(paginator, pages)


async def first_pages_with_bundles(
    client: LicensingClient, least: int, progress: Callable[[BundleSearch, bool], object]
) -> FirstPages:
    """Search all licenses for bundles, and return the unassigned licenses with those of the bundles.

    `progress` is told how far the search is, and whether it has ended. Raises ApiError.
    """
    found = BundleSearch(0, {})
    async for found in find_bundles(client):
        progress(found, False)
    progress(found, True)
    return await first_pages(client, least, found.parents)


def estimate_export(listed: Sequence[EstimateRow]) -> Export:
    """Return the export of these products of an estimate."""

    async def rows(_with_codes: bool) -> AsyncIterator[Record]:
        for row in listed:
            yield record_of(ESTIMATE_FIELDS, row)

    return Export(pluralize(len(listed), "product"), "product", "billing", names_of(ESTIMATE_FIELDS), rows)


def activity_export(activity: Activity) -> Export:
    """Return the export of what was issued and revoked."""

    async def rows(_with_codes: bool) -> AsyncIterator[Record]:
        for product in activity.products:
            yield record_of(ACTIVITY_FIELDS, ActivityRow(product, activity.days))

    title = pluralize(len(activity.products), "product")
    return Export(title, "product", "issued-and-revoked", names_of(ACTIVITY_FIELDS), rows)


def unassigned_export(
    client: LicensingClient,
    state: UnassignedListState,
    selection: LicenseSelection,
    not_listed: Callable[[Sequence[License]], str],
    progress: Callable[[str], None],
) -> Export:
    """Return the export of the unassigned licenses: of those that are marked, else of all, not loaded ones included.

    `not_listed` says what billing counts besides what was found; `progress` is told how far the reading is.
    """
    marked = list(selection.values())
    some = f"{len(state.items):,}{'' if state.done else '+'} unassigned licenses and those in bundles"
    title = pluralize(len(marked), "marked license") if marked else some
    now = client.server_now() or datetime.now(UTC)
    lacks = selection.incomplete_reason if marked else ""

    async def rows(with_codes: bool) -> AsyncIterator[Record]:
        nonlocal lacks

        def record(item: UnassignedLicense) -> Record:
            fields = record_of(UNASSIGNED_FIELDS, UnassignedRow(item, item.days(now)))
            return fields if with_codes else {**fields, "license_code": masked(item.license.license_key)}

        products = await _products(client, state)
        if marked:
            for item in priced(marked, products, state.parents):
                yield record(item)
            return
        bundles = None if state.parents else await search_bundles(client, progress)
        reader = UnassignedReader(client, products, bundles.parents if bundles else state.parents)
        listed: list[License] = []
        async for item in reader:
            listed.append(item.license)
            yield record(item)
        lacks = reading_lacks(reader, bundles, not_listed(listed))

    return Export(
        title,
        "unassigned license",
        "idle-licenses",
        names_of(UNASSIGNED_FIELDS),
        rows,
        codes=True,
        lacks=lambda: lacks,
    )


async def _products(client: LicensingClient, state: UnassignedListState) -> list[Product]:
    """Return what the licenses are priced by; asked for where it could not be loaded before. Raises ApiError."""
    if state.products is not None:
        return list(state.products)
    families = await client.products.partner_families()
    return [product for family in families for product in family.products]
