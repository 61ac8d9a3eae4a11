"""What an export of licences holds: what filter and search match, or what is marked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jpmanage_tui.api.models.license import License
from jpmanage_tui.ui.exporting import Export, Record, masked
from jpmanage_tui.ui.words import number

if TYPE_CHECKING:
    from jpmanage_tui.ui.licenses.view import LicensesView

COLUMNS = (
    "license_code", "product", "state", "site_id", "site", "owner", "owner_type",
    "issued_at", "assigned_at", "revoked_at", "bundle_size", "part_of_bundle",
)  # fmt: skip


def record(license: License, codes: bool) -> Record:
    """Return a licence as the columns of an export; `codes` shows the code in full."""
    values = (
        license.license_key if codes else masked(license.license_key),
        license.product,
        license.state.value,
        license.blog_id or None,
        license.siteurl,
        license.username,
        license.owner_type.value if license.owner_type else None,
        license.issued_at,
        license.attached_at,
        license.revoked_at,
        license.quantity or None,
        license.parent_license_id or None,
    )
    return dict(zip(COLUMNS, values, strict=True))


def of(view: LicensesView) -> Export:
    """Return the export of the marked licences, or without marks of all that filter and search match."""
    marked = list(view.book.marked.values())
    title = number(len(marked), "marked license") if marked else number(view.book.rows.count, "license")

    async def rows(codes: bool) -> AsyncIterator[Record]:
        for license in marked:
            yield record(license, codes)
        if not marked:
            async for license in view.matching():
                yield record(license, codes)

    return Export(title, "license", "licenses", COLUMNS, rows, codes=True)
