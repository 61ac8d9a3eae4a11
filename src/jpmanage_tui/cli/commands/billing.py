"""`jpmanage billing`: what this month will cost, and what is billed though no site uses it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from jpmanage_tui.cli.arguments import count
from jpmanage_tui.cli.command import CommandGroup, Example, Invocation
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, each, read_command

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jpmanage_tui.account.session import Session
    from jpmanage_tui.services.billing_estimate import EstimateRow, EstimateSummary
    from jpmanage_tui.services.fields.billing import ActivityRow, UnassignedRow
    from jpmanage_tui.services.fields.field import AnyFields, Fields

NOT_AVAILABLE = "no_billing_invoice_available"
"""The API's code for an estimate that is being prepared, which `billing show` gives in JSON."""


# -- show ------------------------------------------------------------------------------------


def _estimate_fields() -> Fields[EstimateRow]:
    from jpmanage_tui.services.fields.billing import ESTIMATE_FIELDS

    return ESTIMATE_FIELDS


def _summary_fields() -> Fields[EstimateSummary]:
    from jpmanage_tui.services.fields.billing import SUMMARY_FIELDS

    return SUMMARY_FIELDS


def _show_fields() -> AnyFields:
    """Return the fields of the products, and those that the summary has besides."""
    products = _estimate_fields()
    names = {field.name for field in products}
    return (*products, *(field for field in _summary_fields() if field.name not in names))


def _show_arguments(parser: Parser) -> None:
    from jpmanage_tui.services.billing_estimate import ESTIMATE_ORDERS

    orders = [order.name.lower() for order in ESTIMATE_ORDERS]
    parser.option(
        "--summary",
        action="store_true",
        help="the estimate as a whole, as one thing, in place of its products",
    )
    parser.option(
        "--sort",
        choices=orders,
        default=orders[0],
        help="the order of the products: by a figure, highest first; by name; or as the API gives them",
    )


async def _read_summary(session: Session, progress: Progress) -> tuple[EstimateSummary, str]:
    """Return the estimate with the currency of the prices, and what is not known of that, "" for nothing.

    Raises CommandError where the estimate is being prepared.
    """
    from jpmanage_tui.cli.errors import api_sentence
    from jpmanage_tui.services.billing_estimate import PREPARED, PREPARED_NORMAL
    from jpmanage_tui.services.estimate_reading import read_estimate

    progress("Reading the billing details…")
    read = await read_estimate(session.client)
    if read.summary is None:
        raise CommandError(f"{PREPARED} {PREPARED_NORMAL}", ExitCode.REFUSED, NOT_AVAILABLE)
    if read.prices_error is not None:
        error = api_sentence(read.prices_error)
        return read.summary, f"the currency is not known, your prices could not be read ({error})"
    lacks = f"{read.unread_prices:,} of your prices could not be read, which may be in another currency"
    return read.summary, lacks if read.unread_prices else ""


async def _show_products(
    session: Session, arguments: argparse.Namespace, progress: Progress
) -> Listing[EstimateRow]:
    from jpmanage_tui.services.billing_estimate import (
        ESTIMATE_ORDERS,
        NOTHING_BILLED,
        PRODUCTS_NOT_SAID,
        cost_line,
        estimate_rows,
        licenses_parts,
        share_text,
    )

    summary, lacks = await _read_summary(session, progress)
    order = next(one for one in ESTIMATE_ORDERS if one.name.lower() == arguments.sort)
    rows = order.sort(estimate_rows(*summary))
    if summary.estimate.products is None:
        unsaid = PRODUCTS_NOT_SAID[0].lower() + PRODUCTS_NOT_SAID[1:].rstrip(".")
        lacks = "; ".join(part for part in (unsaid, lacks) if part)

    def about() -> list[str]:
        line = cost_line(summary)
        words = [f"{line.label}: {line.amount} ({line.of})", licenses_parts(summary).line]
        if share := share_text(summary.estimate):
            words.append(f"Unassigned but billed: {share}")
        return [NOTHING_BILLED, *words] if summary.estimate.products == () else words

    return Listing(each(rows), lambda: lacks, about=about)


async def _show_summary(
    session: Session, arguments: argparse.Namespace, progress: Progress
) -> Listing[EstimateSummary]:
    del arguments
    summary, lacks = await _read_summary(session, progress)
    return Listing(each([summary]), lambda: lacks)


_EXAMPLES = (
    Example("jpmanage billing show", "What each product costs this month, and all of them together."),
    Example(
        "jpmanage billing show --summary --json",
        "The cost of the month and the licenses billed, as one object.",
    ),
)
_PRODUCTS = read_command(
    "show",
    "what this month will cost, by product",
    _show_products,
    _estimate_fields,
    arguments=_show_arguments,
    examples=_EXAMPLES,
    description="What this month will cost, by product: the estimate as the API gives it.\n"
    "Text has the sums on standard error; --summary prints them as data.",
)
_SUMMARY = read_command(
    "show", _PRODUCTS.help, _show_summary, _summary_fields, examples=_EXAMPLES, single=True
)


async def _show(invocation: Invocation) -> int:
    command = _SUMMARY if invocation.arguments.summary else _PRODUCTS
    return await command.run(invocation) if command.run is not None else ExitCode.INTERNAL


# -- idle ------------------------------------------------------------------------------------


def _unassigned_fields() -> Fields[UnassignedRow]:
    from jpmanage_tui.services.fields.billing import UNASSIGNED_FIELDS

    return UNASSIGNED_FIELDS


def _idle_arguments(parser: Parser) -> None:
    parser.option("--older-than", type=count, metavar="DAYS", help="those issued more than so many days ago")
    parser.option(
        "--no-bundles",
        dest="bundles",
        action="store_false",
        help="do not look into the bundles, under which alone the API lists their licenses "
        "(saves a request for every 100 of all licenses)",
    )


async def _idle(
    session: Session, arguments: argparse.Namespace, progress: Progress
) -> Listing[UnassignedRow]:
    from datetime import UTC, datetime

    from jpmanage_tui.api.billing import BillingEstimate
    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.cli.errors import api_sentence
    from jpmanage_tui.rules.prices import currency_of
    from jpmanage_tui.rules.text import pluralize
    from jpmanage_tui.services.billing_estimate import EstimateSummary, counted_beyond, unassigned_line
    from jpmanage_tui.services.estimate_reading import read_estimate_and_prices
    from jpmanage_tui.services.fields.billing import UnassignedRow
    from jpmanage_tui.services.unassigned_licenses import (
        PriceSums,
        UnassignedReader,
        reading_lacks,
        search_bundles,
        sums_words,
    )

    client = session.client
    progress("Reading the billing details…")
    read, families = await read_estimate_and_prices(client)
    if isinstance(families, ApiError):
        raise families
    estimate = None if isinstance(read, ApiError) else read
    unread = (
        f"how many billing counts could not be read ({api_sentence(read)})"
        if isinstance(read, ApiError)
        else ""
    )
    bundles = await search_bundles(client, progress) if arguments.bundles else None
    products = [product for family in families for product in family.products]
    reader = UnassignedReader(client, products, bundles.parents if bundles else None)
    now = client.server_now() or datetime.now(UTC)
    least: int | None = arguments.older_than
    sums = PriceSums()

    async def rows() -> AsyncIterator[UnassignedRow]:
        async for item in reader:
            progress(f"{pluralize(reader.count, 'unassigned license')} read")
            days = item.days(now)
            if least is None or (days is not None and days > least):
                sums.add(item.price)
                yield UnassignedRow(item, days)

    def lacks() -> str:
        beyond = counted_beyond(estimate, reader.count, with_bundles=bool(reader.parents))
        if beyond and bundles is None:
            beyond += "; --no-bundles leaves them out"
        unpriced = families.unreadable
        return reading_lacks(
            reader,
            bundles,
            "; ".join(
                part
                for part in (
                    beyond,
                    unread,
                    f"{unpriced:,} of your prices could not be read" if unpriced else "",
                )
                if part
            ),
        )

    def about() -> list[str]:
        older = f" older than {pluralize(least, 'day')}" if least is not None else ""
        listed = f"{pluralize(sums.count, 'unassigned license')}{older}"
        words = [f"{listed}: {sums_words(sums.totals, sums.unpriced)}" if sums.count else f"{listed}"]
        if isinstance(estimate, BillingEstimate):
            words.append(unassigned_line(EstimateSummary(estimate, currency_of(families))))
        return words

    return Listing(rows(), lacks, about=about)


# -- changes ---------------------------------------------------------------------------------


def _activity_fields() -> Fields[ActivityRow]:
    from jpmanage_tui.services.fields.billing import ACTIVITY_FIELDS

    return ACTIVITY_FIELDS


def _changes_arguments(parser: Parser) -> None:
    parser.option(
        "--days",
        metavar="DAYS",
        help="on these days (UTC) in place of this month: 2026-03-31, 2026-03, 2026-01..2026-03",
    )


async def _changes(
    session: Session, arguments: argparse.Namespace, progress: Progress
) -> Listing[ActivityRow]:
    from datetime import UTC, datetime

    from jpmanage_tui.rules.day_range import DayRangeError, read_day_range
    from jpmanage_tui.services.fields.billing import ActivityRow
    from jpmanage_tui.services.license_activity import REPLACED, activity_text, read_activity, this_month

    client = session.client
    try:
        asked = read_day_range(arguments.days) if arguments.days is not None else None
    except DayRangeError as error:
        raise CommandError(str(error)) from None
    progress("Reading all licenses…")
    days = asked or this_month(client.server_now() or datetime.now(UTC))
    found = await read_activity(client, days, progress)
    rows = (ActivityRow(product, days) for product in found.activity.products)
    return Listing(each(rows), lambda: found.lacks, about=lambda: [activity_text(found.activity), REPLACED])


COMMAND = CommandGroup(
    "billing",
    (
        replace(_PRODUCTS, run=_show, fields=_show_fields),
        read_command(
            "idle",
            "licenses that are billed though they are assigned to no site",
            _idle,
            _unassigned_fields,
            arguments=_idle_arguments,
            examples=(
                Example(
                    "jpmanage billing idle --older-than 30",
                    "Those issued over 30 days ago, and what they cost.",
                ),
                Example("jpmanage billing idle --csv", "All of them, those inside bundles too, as CSV."),
            ),
            description="Licenses that are billed though they are assigned to no site, oldest first, with what each "
            "costs\nby your prices. Text has the sums on standard error.",
        ),
        read_command(
            "changes",
            "licenses issued and revoked this month, by product",
            _changes,
            _activity_fields,
            arguments=_changes_arguments,
            examples=(
                Example("jpmanage billing changes", "What was issued and revoked since the month began."),
                Example("jpmanage billing changes --days 2026-02 --csv", "The same of February, as CSV."),
            ),
            description="Licenses issued and revoked this month (UTC), by product, without any money: the API gives "
            "none.\nReads all licenses, those in bundles too: a request for every 100, and one more for each bundle. "
            "Licenses\nrevoked inside a bundle that goes on are in no list of the API, and are missing.",
        ),
    ),
)
