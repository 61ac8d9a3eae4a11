"""What an export of licences holds: what filter and search match, or what is marked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jpmanage_tui.api.models.license import License, LicenseFilter
from jpmanage_tui.rules.text import counted, lacking, pluralize
from jpmanage_tui.services.all_licenses import Everything, WithBundles
from jpmanage_tui.services.exporting import Export, Record, masked, tell_progress
from jpmanage_tui.ui.sections.licenses.told import lists_members

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.licenses.section import LicensesSection

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


REVOKED_INSIDE = "licenses that were revoked inside a bundle which goes on are not in it"
"""What no list of the API that is known has (contract: licences 2.5)."""


def of(view: LicensesSection) -> Export:
    """Return the export of the marked licences, or without marks of all that filter and search match.

    What is inside bundles is in it too: the API lists that under the bundle alone.
    """
    marked = list(view.book.marked.values())
    if marked:
        return _marked(view, marked)
    query = view.book.query
    everything: Everything | None = None

    async def rows(codes: bool) -> AsyncIterator[Record]:
        nonlocal everything
        if view.find.pending:
            tell_progress(view, "waiting for the search to end")
            await view.find.settled()
        tell_progress(view, "reading licenses")
        everything = view.matching()
        if query.search or query.filters:
            for license in view.ordered([license async for license in everything]):
                yield record(license, codes)
            return
        client = view.session.client
        everything = WithBundles(client, query, everything, lambda words: tell_progress(view, words))
        async for license in everything:
            yield record(license, codes)

    def lacks() -> str:
        words = [view.find.doubt] if query.search or query.filters else []
        words.append(lacking(everything, "license") if everything is not None else "")
        words.append(REVOKED_INSIDE if query.tab is LicenseFilter.REVOKED and not query.search else "")
        return "; ".join(word for word in words if word)

    title = f"{counted(view.book.rows.count_words, 'license')}{_and_more(view)}"
    return Export(
        title,
        "license or bundle",
        "licenses",
        COLUMNS,
        rows,
        codes=True,
        lacks=lacks,
        many="licenses and bundles",
    )


def _marked(view: LicensesSection, marked: list[License]) -> Export:
    async def rows(codes: bool) -> AsyncIterator[Record]:
        for license in marked:
            yield record(license, codes)

    doubt = view.book.marked.doubt
    title = pluralize(len(marked), "marked license")
    return Export(title, "license", "licenses", COLUMNS, rows, codes=True, lacks=lambda: doubt)


def _and_more(view: LicensesSection) -> str:
    """Return what the export holds beside the rows of the list, or what it may lack."""
    query = view.book.query
    if query.search or query.filters:
        doubt = "" if view.find.pending else view.find.doubt  # what is searched still is waited for
        return f" ({doubt})" if doubt else ""
    if query.tab is LicenseFilter.STANDARD or lists_members(view.book):
        return ""
    return " and those in bundles"
