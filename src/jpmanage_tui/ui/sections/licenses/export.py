"""What an export of licenses holds: what filter and search match, or what is marked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.rules.text import counted, lacking, pluralize
from jpmanage_tui.services.all_licenses import REVOKED_INSIDE, LicenseSource, WithBundles
from jpmanage_tui.services.exports import Export, Record, masked
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.licenses import LICENSE_FIELDS

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.ui.sections.licenses.data import LicenseListState
    from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController
    from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection


def record(license: License, codes: bool) -> Record:
    """Return a license as a row of the export; `codes` shows the code in full."""
    fields = record_of(LICENSE_FIELDS, license)
    return fields if codes else {**fields, "license_code": masked(license.license_key)}


def export_of_marked(marked: LicenseSelection) -> Export:
    """Return the export of the marked licenses."""
    licenses, reason = list(marked.values()), marked.incomplete_reason

    async def rows(codes: bool) -> AsyncIterator[Record]:
        for license in licenses:
            yield record(license, codes)

    title = pluralize(len(licenses), "marked license")
    return Export(
        title, "license", "licenses", names_of(LICENSE_FIELDS), rows, codes=True, lacks=lambda: reason
    )


def export_of_list(
    state: LicenseListState,
    search_index: SearchIndexController,
    client: LicensingClient,
    report: Callable[[str], None],
) -> Export:
    """Return the export of all that filter and search match; `report` takes how far it is.

    What is inside bundles is in it too: the API lists that under the bundle alone.
    """
    query = state.query
    source: LicenseSource | None = None

    async def rows(codes: bool) -> AsyncIterator[Record]:
        nonlocal source
        if search_index.pending:
            report("waiting for the search to end")
            await search_index.settled()
        report("reading licenses")
        source = search_index.matching()
        if query.search or query.filters:
            for license in search_index.ordered([license async for license in source]):
                yield record(license, codes)
            return
        source = WithBundles(client, query, source, report)
        async for license in source:
            yield record(license, codes)

    def lacks() -> str:
        words = [search_index.incomplete_reason] if query.search or query.filters else []
        words.append(lacking(source, "license") if source is not None else "")
        words.append(REVOKED_INSIDE if query.tab is LicenseFilter.REVOKED and not query.search else "")
        return "; ".join(word for word in words if word)

    return Export(
        f"{counted(state.pages.count_words, 'license')}{_and_more(state, search_index)}",
        "license or bundle",
        "licenses",
        names_of(LICENSE_FIELDS),
        rows,
        codes=True,
        lacks=lacks,
        many="licenses and bundles",
    )


def _and_more(state: LicenseListState, search_index: SearchIndexController) -> str:
    """Return what the export holds beside the rows of the list, or what it may lack."""
    query = state.query
    if query.search or query.filters:
        if search_index.pending or not search_index.incomplete_reason:
            return ""  # what is searched still is waited for
        return f" ({search_index.incomplete_reason})"
    if query.tab is LicenseFilter.STANDARD or state.lists_members:
        return ""
    return " and those in bundles"
