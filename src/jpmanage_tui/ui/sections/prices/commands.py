"""The commands of the Prices screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.sections.prices.rows import Order

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.prices.section import PricesSection


def _loaded(view: PricesSection) -> str | None:
    return None if view.products else "There are no prices yet."


def _bundles(view: PricesSection) -> str | None:
    product = view.current
    if product is None:
        return "No product is selected."
    return None if product.supported_bundles else "This product is not sold in bundles."


def _openable(view: PricesSection) -> str | None:
    product = view.current
    return "It is open." if product is not None and product.slug in view.opened else _bundles(view)


def _closable(view: PricesSection) -> str | None:
    product = view.current
    return None if product is not None and product.slug in view.opened else "It is not open."


async def choose_sort(view: PricesSection) -> None:
    """Show the sort orders and apply the chosen one."""
    from jpmanage_tui.ui.dialogs.choice import choose_order

    chosen = await choose_order(view, {order.name: order.value for order in Order}, view.order.name)
    if chosen is not None:
        view.sort_by(Order[chosen])


PRICES: CommandSet[PricesSection] = CommandSet(
    "Prices",
    (
        Command(
            "toggle",
            "Bundles",
            "Show or hide the sizes in which the product is sold as a bundle, and what one license costs in each.",
            lambda v: v.toggle(),
            _bundles,
        ),
        Command(
            "expand",
            "Open",
            "Show the bundles of the product.",
            lambda v: v.toggle(),
            _openable,
            footer=False,
            palette=False,
        ),
        Command(
            "collapse",
            "Close",
            "Hide the bundles of the product.",
            lambda v: v.toggle(),
            _closable,
            footer=False,
            palette=False,
        ),
        Command(
            "all-bundles",
            "All bundles",
            "Show or hide every bundle.",
            lambda v: v.toggle_all(),
            _loaded,
        ),
        Command(
            "search",
            "Search",
            "Search products as you type, also by what a plan contains; enter goes to the list.",
            lambda v: v.open_search(),
        ),
        Command("sort", "Sort", "Choose the order.", lambda v: v.start(choose_sort(v)), _loaded),
        Command(
            "export",
            "Export",
            "Write the products that the search matches, with all their bundles, to a CSV or JSON file.",
            lambda v: v.start(export(v)),
            _loaded,
            footer=False,
        ),
    ),
)


async def export(view: PricesSection) -> None:
    """Write what is listed to a file."""
    from jpmanage_tui.ui.dialogs import export as exporting
    from jpmanage_tui.ui.sections.prices.export import of

    await exporting.export(view, of(view))
