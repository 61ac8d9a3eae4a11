"""The commands of the Licenses screen, in the footer's order; `LicensesSection` has their actions."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

LICENSES: CommandSet = CommandSet(
    "Licenses",
    (
        Command(
            "toggle",
            "Open",
            "Open or close the row; a bundle opens to its licenses.",
            action="toggle_row",
        ),
        Command("expand", "Open", "Open the row.", footer=False, palette=False),
        Command("collapse", "Close", "Close the row.", footer=False, palette=False),
        Command("search", "Search", "Search as you type; enter goes to the list."),
        Command(
            "issue",
            "Issue New License",
            "Pick products, choose a site now or later, review, and issue.",
            palette=False,
        ),
        Command("assign", "Assign License", "Assign the license (or the marked ones) to a site."),
        Command("unassign", "Unassign License", "Take the license (or the marked ones) from its site."),
        Command(
            "revoke",
            "Revoke License",
            "Revoke the license, the bundle, or the marked ones. Cannot be undone.",
        ),
        Command("view-site", "View Site", "Open the site's home page."),
        Command("debug-site", "Debug Site", "Open Jetpack's debug test for the site."),
        Command(
            "copy",
            "Copy code",
            "Send the license code (or the marked ones) to the terminal's clipboard.",
        ),
        Command("download", "Download", "Get the license's download."),
        Command(
            "menu",
            "Menu",
            "Show everything that can be done with this license, and why the rest cannot.",
            footer=False,
        ),
        Command("previous-filter", "Tab before", "The tab before.", action="switch_tab(-1)", footer=False),
        Command(
            "next-filter",
            "Next tab",
            "The next tab: All Active, Unassigned, Assigned, Revoked, Bought elsewhere.",
            action="switch_tab(1)",
        ),
        Command("sort", "Sort", "Choose the order."),
        Command("mark", "Mark", "Mark the license, or take its mark away.", footer=False),
        Command(
            "mark-range",
            "Mark range",
            "Mark every row from the last marked one to here.",
            footer=False,
        ),
        Command(
            "mark-all",
            "Mark all",
            "Mark all that match filter and search, also those not loaded yet.",
            footer=False,
        ),
        Command("undo", "Undo", "Undo the last assigning or unassigning, item by item.", footer=False),
        Command(
            "export",
            "Export",
            "Write what filter and search match, what is inside bundles too, to a CSV or JSON file.",
            footer=False,
        ),
        Command(
            "filter",
            "Filter",
            "Show only a site, a product, or what was issued long ago; esc takes the filters away.",
            footer=False,
        ),
        Command(
            "index",
            "Search index",
            "Read all licenses, so that search and filters cover every one; again stops the reading.",
            footer=False,
        ),
    ),
)
