"""What an export of All Keys holds: the licenses of every key that a tab and a search match, or every key's bill."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError, RateLimitError
from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.services.all_licenses import REVOKED_INSIDE, LicenseSource, WithBundles
from jpmanage_tui.services.exports import Export, Record
from jpmanage_tui.services.fields.billing import SUMMARY_FIELDS
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.keys import KEY_FIELDS
from jpmanage_tui.services.fields.licenses import LICENSE_FIELDS
from jpmanage_tui.ui.common.text import keyless_error_text
from jpmanage_tui.ui.sections.licenses.export import record

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.partner import PartnerKey
    from jpmanage_tui.rules.license_query import LicenseQuery
    from jpmanage_tui.services.all_keys import KeyToRead
    from jpmanage_tui.ui.sections.all_keys.data import KeyedEstimate


def licenses_export(
    keys: Sequence[KeyToRead],
    client_of: Callable[[PartnerKey], Awaitable[LicensingClient]],
    query: LicenseQuery,
    count: str,
    report: Callable[[str], None],
) -> Export:
    """Return the export of the licenses of all keys, one key after the other; `report` takes how far it is.

    What is inside bundles is in it too where nothing is searched, as in the export of Licenses. A key that cannot be
    read is named in what the file lacks; where none can be, the first one's error is raised.
    """
    lacks: list[str] = []

    async def rows(codes: bool) -> AsyncIterator[Record]:
        first_error, read_any = None, False
        lacks[:] = [f"{one.name}: {one.lack}" for one in keys if one.lack and not one.disabled]
        for one in keys:
            if one.key is None or one.lack:
                continue
            labels = record_of(KEY_FIELDS, one.key)
            report(f"reading {one.name}")
            try:
                source = _source(await client_of(one.key), query, report)
                async for license in source:
                    yield {**labels, **record(license, codes)}
            except RateLimitError:
                raise  # of whatever is asked too much, all of it waits
            except ApiError as error:
                first_error = first_error or error
                lacks.append(f"{one.name}: {keyless_error_text(error, 'Reading its licenses').rstrip('.')}")
                continue
            read_any = True
            if words := lacking(source, "license"):
                lacks.append(f"{one.name}: {words}")
        if first_error is not None and not read_any:
            raise first_error
        if query.tab is LicenseFilter.REVOKED and not query.search:
            lacks.append(REVOKED_INSIDE)

    return Export(
        f"{count} of {pluralize(len(keys), 'key')}",
        "license or bundle",
        "all-keys-licenses",
        (*names_of(KEY_FIELDS), *names_of(LICENSE_FIELDS)),
        rows,
        codes=True,
        lacks=lambda: "; ".join(lacks),
        many="licenses and bundles",
    )


def _source(client: LicensingClient, query: LicenseQuery, report: Callable[[str], None]) -> LicenseSource:
    listed = client.licenses.list_all(
        query.tab, search_text(query.search), sort=query.sort, direction=query.direction
    )
    return listed if query.search else WithBundles(client, query, listed, report)


def bills_export(bills: Sequence[KeyedEstimate]) -> Export:
    """Return the export of every key's bill, as it stands on the screen."""
    known = [
        (bill.to_read.key, bill.read.summary)
        for bill in bills
        if bill.to_read.key is not None and bill.read is not None and bill.read.summary is not None
    ]

    async def rows(_codes: bool) -> AsyncIterator[Record]:
        for key, summary in known:
            yield {**record_of(KEY_FIELDS, key), **record_of(SUMMARY_FIELDS, summary)}

    missing = len(bills) - len(known)
    lacks = f"the bill of {pluralize(missing, 'key')} is not known" if missing else ""
    return Export(
        f"the bills of {pluralize(len(known), 'key')}",
        "bill",
        "all-keys-billing",
        (*names_of(KEY_FIELDS), *names_of(SUMMARY_FIELDS)),
        rows,
        lacks=lambda: lacks,
    )
