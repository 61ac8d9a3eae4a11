"""The commands of the Prices screen."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

PRICES: CommandSet = CommandSet(
    "Prices",
    (
        Command(
            "toggle",
            "Bundles",
            "Show or hide the sizes in which the product is sold as a bundle, and what one license costs in each.",
            action="toggle_bundles",
        ),
        Command(
            "expand",
            "Open",
            "Show the bundles of the product.",
            action="show_bundles",
            footer=False,
            palette=False,
        ),
        Command(
            "collapse",
            "Close",
            "Hide the bundles of the product.",
            action="hide_bundles",
            footer=False,
            palette=False,
        ),
        Command("all-bundles", "All bundles", "Show or hide every bundle."),
        Command(
            "search",
            "Search",
            "Search products as you type, also by what a plan contains; enter goes to the list.",
        ),
        Command("sort", "Sort", "Choose the order."),
        Command(
            "export",
            "Export",
            "Write the products that the search matches, with all their bundles, to a CSV or JSON file.",
            footer=False,
        ),
    ),
)
