"""The commands of the Billing screen."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

BILLING: CommandSet = CommandSet(
    "Billing",
    (
        Command(
            "toggle",
            "Show",
            "Show the licenses of the product, or the unassigned license, on Licenses.",
            action="show_in_licenses",
        ),
        Command(
            "assign",
            "Assign License",
            "Assign the unassigned license (or the marked ones) to a site.",
        ),
        Command(
            "revoke",
            "Revoke License",
            "Revoke the unassigned license (or the marked ones), so that billing stops. Cannot be undone.",
        ),
        Command(
            "issue",
            "Issue New License",
            "Pick products, choose a site now or later, review, and issue.",
            palette=False,
        ),
        Command("sort", "Sort", "Choose the order."),
        Command(
            "previous-filter",
            "Tab before",
            "The tab before: estimate, or unassigned but billed.",
            footer=False,
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next tab: estimate, unassigned but billed.",
        ),
        Command(
            "bundles",
            "Look into bundles",
            "Find the bundles among all licenses (a request for every 50), and list their unassigned licenses too.",
            footer=False,
        ),
        Command(
            "copy",
            "Copy code",
            "Send the license code (or the marked ones) to the terminal's clipboard.",
            footer=False,
        ),
        Command(
            "mark",
            "Mark",
            "Mark the license, or take its mark away.",
            footer=False,
        ),
        Command(
            "mark-range",
            "Mark range",
            "Mark every row from the nearest marked one to here.",
            footer=False,
        ),
        Command(
            "mark-all",
            "Mark all",
            "Mark all unassigned licenses, also those not loaded yet.",
            footer=False,
        ),
        Command(
            "undo",
            "Undo",
            "Undo the last assigning or unassigning, item by item.",
            footer=False,
        ),
        Command(
            "export",
            "Export",
            "Write the estimate, or the unassigned licenses (the marked ones, or all), to a CSV or JSON file.",
            footer=False,
        ),
    ),
)
