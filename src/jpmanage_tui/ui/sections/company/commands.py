"""The commands of the Company Details screen."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

COMPANY: CommandSet = CommandSet(
    "Company Details",
    (
        Command("edit-details", "Edit", "Go into the form; esc leaves it, keeping what was typed."),
        Command(
            "update-details",
            "Update Details",
            "Send the changed company details; they are applied to all future invoices.",
            changes=True,
        ),
    ),
)
"""Every command of this screen."""
