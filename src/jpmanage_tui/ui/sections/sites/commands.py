"""The commands of the Sites screen."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

SITES: CommandSet = CommandSet(
    "Sites",
    (
        Command(
            "toggle-site",
            "Open",
            "Open or close the row: health, products and licenses of the site.",
        ),
        Command(
            "expand-site",
            "Open",
            "Open the row.",
            footer=False,
            palette=False,
        ),
        Command(
            "collapse-site",
            "Close",
            "Close the row.",
            footer=False,
            palette=False,
        ),
        Command(
            "search-sites",
            "Search",
            "Search by address as you type; enter goes to the list.",
            action="search",
        ),
        Command(
            "previous-filter",
            "Tab before",
            "The filter before.",
            footer=False,
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next filter: favorites, any issue, backups, threats, down, disconnected, updates.",
        ),
        Command("sort", "Sort", "Choose the order."),
        Command(
            "assign-here",
            "Assign License",
            "Choose one of the unassigned licenses and assign it to this site.",
        ),
        Command(
            "connect-site",
            "Connect site",
            "Connect a site that has Jetpack installed.",
        ),
        Command(
            "licenses-here",
            "Licenses",
            "Search the licenses of this site on Licenses.",
        ),
        Command(
            "view-this-site",
            "View Site",
            "Open the site's home page.",
        ),
        Command(
            "debug-this-site",
            "Debug Site",
            "Open Jetpack's debug test for the site.",
        ),
        Command(
            "copy-address",
            "Copy address",
            "Send the site's address to the terminal's clipboard.",
            footer=False,
        ),
        Command(
            "site-menu",
            "Menu",
            "Show everything that can be done with this site, and why the rest cannot.",
            action="row_menu",
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
            "Write every site that filter and search match to a CSV or JSON file.",
            footer=False,
        ),
    ),
)
"""Every command of this screen, in the footer's order."""

ROW_ACTIONS = (
    "assign-here",
    "licenses-here",
    "view-this-site",
    "debug-this-site",
    "copy-address",
)
"""What can be done with the site under the cursor, in the order of its menu."""
