"""What an export of licenses holds: what filter and search match, or what is marked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.rules.text import counted, lacking, pluralize
from jpmanage_tui.services.all_licenses import Everything, WithBundles
from jpmanage_tui.services.exports import Export, Record, masked

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState
    from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController
    from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection

COLUMNS = (
    "license_code", "product", "state", "site_id", "site", "owner", "owner_type",
    "issued_at", "assigned_at", "revoked_at", "bundle_size", "part_of_bundle",
)  # fmt: skip


def record(license: License, codes: bool) -> Record:
    """Return a license as the columns of an export; `codes` shows the code in full."""
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
"""What no list of the API that is known has (contract: licenses 2.5)."""


def export_of_marked(marked: LicenseSelection) -> Export:
    """Return the export of the marked licenses."""
    licenses, doubt = list(marked.values()), marked.doubt

    async def rows(codes: bool) -> AsyncIterator[Record]:
        for license in licenses:
            yield record(license, codes)

    title = pluralize(len(licenses), "marked license")
    return Export(title, "license", "licenses", COLUMNS, rows, codes=True, lacks=lambda: doubt)


def export_of_list(
    state: LicenseListState,
    search_index: SearchIndexController,
    client: LicensingClient,
    tell: Callable[[str], None],
) -> Export:
    """Return the export of all that filter and search match; `tell` is told how far it is.

    What is inside bundles is in it too: the API lists that under the bundle alone.
    """
    query = state.query
    everything: Everything | None = None

    async def rows(codes: bool) -> AsyncIterator[Record]:
        nonlocal everything
        if search_index.pending:
            tell("waiting for the search to end")
            await search_index.settled()
        tell("reading licenses")
        everything = search_index.matching()
        if query.search or query.filters:
            for license in search_index.ordered([license async for license in everything]):
                yield record(license, codes)
            return
        everything = WithBundles(client, query, everything, tell)
        async for license in everything:
            yield record(license, codes)

    def lacks() -> str:
        words = [search_index.doubt] if query.search or query.filters else []
        words.append(lacking(everything, "license") if everything is not None else "")
        words.append(REVOKED_INSIDE if query.tab is LicenseFilter.REVOKED and not query.search else "")
        return "; ".join(word for word in words if word)

    return Export(
        f"{counted(state.rows.count_words, 'license')}{_and_more(state, search_index)}",
        "license or bundle",
        "licenses",
        COLUMNS,
        rows,
        codes=True,
        lacks=lacks,
        many="licenses and bundles",
    )


def _and_more(state: LicenseListState, search_index: SearchIndexController) -> str:
    """Return what the export holds beside the rows of the list, or what it may lack."""
    query = state.query
    if query.search or query.filters:
        doubt = "" if search_index.pending else search_index.doubt  # what is searched still is waited for
        return f" ({doubt})" if doubt else ""
    if query.tab is LicenseFilter.STANDARD or state.lists_members:
        return ""
    return " and those in bundles"
