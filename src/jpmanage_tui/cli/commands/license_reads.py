"""The commands of `jpmanage licenses` that read."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

from jpmanage_tui.cli.arguments import count, number
from jpmanage_tui.cli.command import Example
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, each, read_command

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.licenses import License
    from jpmanage_tui.rules.license_query import LicenseQuery
    from jpmanage_tui.services.fields.field import Fields
    from jpmanage_tui.services.fields.licenses import LicenseDownload
    from jpmanage_tui.services.license_lists import AllLicenses

STATES = {
    "active": "not_revoked",
    "assigned": "attached",
    "unassigned": "detached",
    "revoked": "revoked",
    "standard": "standard",
    "all": "all",
}
"""The tabs of the app, and the API's filters."""
SORTED_BY_SERVER = {"issued_at": "issued_at", "assigned_at": "attached_at", "revoked_at": "revoked_at"}
"""Fields by which the API sorts (contract: licenses 1.8)."""
WHOLE = 100
"""Licenses a page where many are read."""


def _fields() -> Fields[License]:
    from jpmanage_tui.services.fields.licenses import LICENSE_FIELDS

    return LICENSE_FIELDS


def _list_options(parser: Parser) -> None:
    group = parser.add_argument_group("which licenses")
    parser.option(
        "--state",
        to=group,
        choices=tuple(STATES),
        default="active",
        help="the tab of the app: active (all that are not revoked; the default), assigned, unassigned, revoked, "
        "standard (bought elsewhere), all",
    )
    parser.option("--search", to=group, metavar="WORDS", default="", help="words that must all match")
    parser.option(
        "--site", to=group, metavar="ADDRESS", help="on this site: an address in any form, or its Site ID"
    )
    parser.option("--product", to=group, metavar="PRODUCT", help="of this product: its name or slug")
    parser.option("--has", to=group, metavar="PRODUCT", help="on sites that have a product, or 'any FAMILY'")
    parser.option(
        "--lacks", to=group, metavar="PRODUCT", help="on sites that lack a product, or 'any FAMILY'"
    )
    parser.option(
        "--older-than", to=group, type=count, metavar="DAYS", help="issued more than so many days ago"
    )
    parser.option(
        "--unassigned-for",
        to=group,
        type=count,
        metavar="DAYS",
        help="unassigned, and issued more than so many days ago",
    )
    parser.option("--bundle", to=group, type=number, metavar="ID", help="in the bundle with this license id")
    parser.option(
        "--issued",
        to=group,
        metavar="DAYS",
        help="issued on these days (UTC): 2026-03-31, 2026-03, 2026-01..2026-03",
    )
    order = parser.add_argument_group("order")
    parser.option(
        "--sort",
        to=order,
        metavar="FIELD",
        help="by this field: dates newest first, others from A to Z (issued_at); dates are sorted by the server",
    )
    parser.option("--reverse", to=order, action="store_true", help="the other way round")
    parser.option(
        "--members",
        to=order,
        action="store_true",
        help="also the licenses inside bundles, listed after their bundle",
    )


async def _list(session: Session, arguments: argparse.Namespace, progress: Progress) -> Listing[License]:
    from jpmanage_tui.api.licenses import LicenseFilter, LicenseSort, SortDirection
    from jpmanage_tui.rules.license_query import LicenseQuery
    from jpmanage_tui.rules.text import lacking
    from jpmanage_tui.services.fields.field import field_named, sort_items

    field = field_named(_fields(), arguments.sort) if arguments.sort is not None else None
    by_server = field is None or field.name in SORTED_BY_SERVER
    sort = (
        LicenseSort(SORTED_BY_SERVER[field.name])
        if field is not None and by_server
        else LicenseSort.ISSUED_AT
    )
    query = LicenseQuery(
        LicenseFilter(STATES[arguments.state]),
        arguments.search.strip(),
        sort,
        SortDirection.ASC if arguments.reverse else SortDirection.DESC,
    )
    named = (arguments.site, arguments.product, arguments.has, arguments.lacks, arguments.issued)
    numbers = (arguments.older_than, arguments.unassigned_for, arguments.bundle)
    if query.search or any(one is not None for one in (*named, *numbers)):
        listing = await _found(session, arguments, query, progress)
    else:
        size = min(WHOLE, arguments.limit or WHOLE) if by_server else WHOLE
        if arguments.members:
            from jpmanage_tui.services.all_licenses import REVOKED_INSIDE, WithBundles

            whole = WithBundles(session.client, query, session.client.licenses.list_all(query.tab), progress)
            notes = (f"Of what was revoked, {REVOKED_INSIDE}.",) if query.tab is LicenseFilter.REVOKED else ()
            listing = Listing(aiter(whole), lambda: lacking(whole, "license"), notes=notes)
        else:
            listed = session.client.licenses.list_all(query.tab, "", size, query.sort, query.direction)
            listing = Listing(listed, lambda: lacking(listed, "license"))
    if field is not None and not by_server:
        found = []
        async for license in listing.items:
            found.append(license)
            progress(f"{len(found):,} licenses read")
        items = sort_items(found, field, descending=arguments.reverse)
        listing = replace(listing, items=each(items))
    return listing


async def _found(
    session: Session, arguments: argparse.Namespace, query: LicenseQuery, progress: Progress
) -> Listing[License]:
    """Return what a search or filters let through: for that all licenses are read."""
    from jpmanage_tui.cli.license_filters import ChosenProducts, NoLicenseThere, filters_of_days, with_names
    from jpmanage_tui.rules.text import lacking
    from jpmanage_tui.services.all_licenses import sort_licenses
    from jpmanage_tui.services.license_lists import AllLicenses

    filters = filters_of_days(arguments)
    products = await ChosenProducts.read(session, arguments)
    licenses = AllLicenses(session.client)
    try:
        await licenses.read(progress)
        query = query._replace(filters=await with_names(filters, arguments, licenses, products))
        found = await licenses.find(query)
    except NoLicenseThere as nothing:
        licenses.close()
        return Listing(each(()), lambda: licenses.incomplete, notes=(str(nothing),))
    except BaseException:
        licenses.close()
        raise
    items = _and_close(licenses, aiter(found))
    if query.search and (arguments.sort is not None or arguments.reverse):
        # what matches best stands first unless an order is asked for
        items = each(sort_licenses([license async for license in items], query))
    notes = ("Nothing matches exactly; these are near.",) if found.near else ()
    return Listing(items, lambda: licenses.incomplete or lacking(found, "license"), notes=notes)


async def _and_close(licenses: AllLicenses, items: AsyncIterator[License]) -> AsyncIterator[License]:
    try:
        async for license in items:
            yield license
    finally:
        licenses.close()


# -- show --------------------------------------------------------------------------------------


def _targets(parser: Parser) -> None:
    parser.words(
        "targets",
        nargs="+",
        metavar="LICENSE",
        help="a license code, a license id, a Site ID, or a site's address",
    )


async def _show(session: Session, arguments: argparse.Namespace, progress: Progress) -> Listing[License]:
    from jpmanage_tui.services.license_targets import find_targets

    found = await find_targets(session.client, arguments.targets, progress)
    return Listing(each(found.licenses), lambda: found.incomplete, missed=tuple(found.missed))


# -- download ----------------------------------------------------------------------------------


def _codes(parser: Parser) -> None:
    parser.words("codes", nargs="+", metavar="CODE", help="a license code")


def _download_fields() -> Fields[LicenseDownload]:
    from jpmanage_tui.services.fields.licenses import DOWNLOAD_FIELDS

    return DOWNLOAD_FIELDS


async def _download(
    session: Session, arguments: argparse.Namespace, progress: Progress
) -> Listing[LicenseDownload]:
    from jpmanage_tui.api.errors import UNKNOWN_LICENSE
    from jpmanage_tui.api.ids import LicenseKey
    from jpmanage_tui.services.fields.licenses import LicenseDownload

    del progress
    found, missed = [], []
    for code in arguments.codes:
        try:
            found.append(LicenseDownload(code, await session.client.licenses.download_url(LicenseKey(code))))
        except UNKNOWN_LICENSE as error:
            missed.append(f"{code}: {error.message}")
    return Listing(each(found), missed=tuple(missed))


READS = (
    read_command(
        "list",
        "list licenses",
        _list,
        _fields,
        arguments=_list_options,
        description="List licenses: every active one, newest first, also those bought elsewhere. Without a search, "
        "a filter, or a field that the server does not sort by, rows come as they are read; else all is read first.",
        examples=(
            Example("jpmanage licenses list --state unassigned --json", "What is paid for and on no site."),
            Example("jpmanage licenses list --jsonl | head -1", "The newest license."),
            Example(
                "jpmanage licenses list --lacks 'any jetpack-backup' --fields site", "Sites without a backup."
            ),
        ),
    ),
    read_command(
        "show",
        "show licenses with all that is known of them",
        _show,
        _fields,
        arguments=_targets,
        details=True,
        examples=(
            Example("jpmanage licenses show jetpack-scan_abc123", "One license, by its code."),
            Example("jpmanage licenses show https://shop.example --json", "All licenses of a site."),
        ),
    ),
    read_command(
        "download",
        "print where the download of a license is",
        _download,
        _download_fields,
        arguments=_codes,
        description="Print the address of the file that belongs to a license, as a WooCommerce extension has one. The "
        "address needs no token, and it does not last: fetch it at once.",
        examples=(
            Example("jpmanage licenses download CODE", "The code and the address."),
            Example('curl -LO "$(jpmanage licenses download CODE --fields url)"', "Fetch the file."),
        ),
    ),
)
