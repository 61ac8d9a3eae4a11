"""The commands of Issue New License."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

ISSUE: CommandSet = CommandSet(
    "Issue New License",
    (
        Command(
            "issue-next",
            "Next",
            "Go on: to the site, to the review, to issuing. With nothing selected it takes the product at the cursor.",
        ),
        Command(
            "issue-choose",
            "Choose",
            "Select the product in this size, or take it out.",
        ),
        Command("issue-more", "More", "One more of it."),
        Command("issue-fewer", "Fewer", "One less of it."),
        Command(
            "issue-quantity",
            "How many",
            "Type how many of it.",
        ),
        Command(
            "issue-search",
            "Search",
            "Search products as you type; it also finds the plans that contain one.",
        ),
        Command(
            "issue-size-before",
            "Size before",
            "The size before.",
            action="step_size(-1)",
            footer=False,
        ),
        Command(
            "issue-next-size",
            "Bundle sizes",
            "The next size: single licenses, then the bundles.",
            action="step_size(1)",
        ),
        Command(
            "issue-clear",
            "Clear selection",
            "Take everything out of the selection.",
            footer=False,
        ),
        Command(
            "issue-site",
            "Choose site",
            "Choose the site to which the licenses are assigned once they are issued; on the result, assign them.",
        ),
        Command(
            "issue-stop",
            "Stop",
            "Begin no further license; what is on its way finishes.",
        ),
        Command(
            "issue-retry",
            "Retry what failed",
            "Send again what failed or was not begun; never what is unknown.",
            changes=True,
        ),
        Command(
            "issue-look",
            "Look up",
            "Look up again what became of a license of unknown fate.",
        ),
        Command(
            "issue-copy",
            "Copy code",
            "Send the license code to the terminal's clipboard.",
        ),
        Command(
            "issue-copy-all",
            "Copy all codes",
            "Send all new license codes to the terminal's clipboard, a line each.",
        ),
        Command(
            "issue-download",
            "Download",
            "Get the download of a WooCommerce extension.",
        ),
        Command(
            "undo",
            "Undo",
            "Undo the last assigning or unassigning, item by item.",
            footer=False,
        ),
        Command(
            "issue-again",
            "Issue more",
            "Begin a new selection.",
        ),
    ),
)
"""Every command of this screen, in the footer's order."""
