"""`jpmanage prices`: what each product costs this partner."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jpmanage_tui.cli.command import CommandGroup, Example
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, each, read_command

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.services.fields.field import Fields
    from jpmanage_tui.services.price_rows import PriceRow


def _fields() -> Fields[PriceRow]:
    from jpmanage_tui.services.fields.prices import PRICE_FIELDS

    return PRICE_FIELDS


def _arguments(parser: Parser) -> None:
    from jpmanage_tui.services.price_rows import PRICE_ORDERS

    parser.option("--search", metavar="TEXT", default="", help="products by name, or by what a plan contains")
    parser.option(
        "--sort",
        choices=[order.name.lower() for order in PRICE_ORDERS],
        default=PRICE_ORDERS[0].name.lower(),
        help="the order: by family (the screen's), name, cheapest or dearest first",
    )
    parser.option(
        "--bundles", action="store_true", help="each size in which a product is sold as a bundle, too"
    )


async def _list(session: Session, arguments: argparse.Namespace, progress: Progress) -> Listing[PriceRow]:
    from jpmanage_tui.rules.catalog import shape
    from jpmanage_tui.rules.text import pluralize
    from jpmanage_tui.services.price_rows import PRICE_ORDERS, bundled, family_names, price_sections

    progress("Reading your prices…")
    families = await session.client.products.partner_families()
    products = shape(families)
    order = next(one for one in PRICE_ORDERS if one.name.lower() == arguments.sort)
    opened = bundled(products) if arguments.bundles else frozenset()
    sections = price_sections(products, family_names(families), arguments.search, order, opened)
    rows = [row for _, members in sections for row in members]

    def about() -> list[str]:
        apart = sum(row.price is not None and not row.price.is_known for row in rows[: arguments.limit])
        if not apart or arguments.fields is not None:
            return []
        have = "has" if apart == 1 else "have"
        return [
            f"{pluralize(apart, 'price')} {have} another interval than day or month: "
            "--fields product,price,interval,currency shows the API's own."
        ]

    unreadable = families.unreadable
    return Listing(
        each(rows),
        lambda: f"{pluralize(unreadable, 'price')} could not be read" if unreadable else "",
        about=about,
    )


COMMAND = CommandGroup(
    "prices",
    (
        read_command(
            "list",
            "what each product costs you per day, month and year",
            _list,
            _fields,
            arguments=_arguments,
            examples=(
                Example(
                    "jpmanage prices list --sort dearest", "Every product that is sold, the dearest first."
                ),
                Example(
                    "jpmanage prices list --search backup --bundles --csv", "Backup in every size, as CSV."
                ),
            ),
        ),
    ),
)
