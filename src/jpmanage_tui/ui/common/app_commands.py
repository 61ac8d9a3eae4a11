"""The commands that work everywhere: what they are called; the app has their actions."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

SECTION_TITLES = {
    "licenses": "Licenses",
    "billing": "Billing",
    "payment-methods": "Payment Methods",
    "invoices": "Invoices",
    "prices": "Prices",
    "company": "Company Details",
    "sites": "Sites",
    "all-keys": "All Keys",
    "operations": "Operations",
}
"""The title of every section by its name, in the order of the sidebar."""
ISSUE_TITLE = "Issue New License"
SITE_LIST_TITLE = "List of Sites"


def _open(name: str, title: str) -> Command:
    return Command(f"open-{name}", title, f"Open {title}.", footer=False, action=f"open_section({name!r})")


EVERYWHERE: CommandSet = CommandSet(
    "Everywhere",
    (
        Command("palette", "Palette", "Find every command by name.", palette=False, footer=False),
        Command(
            "command-line",
            "Command line",
            "Type a command by its name, as in :invoices, :theme dark or :q.",
            palette=False,
            footer=False,
        ),
        *(_open(name, title) for name, title in SECTION_TITLES.items()),
        Command(
            "issue",
            ISSUE_TITLE,
            "Pick products, choose a site now or later, review, and issue.",
            footer=False,
        ),
        Command(
            "site-list",
            SITE_LIST_TITLE,
            "Paste a list of sites or name its file, check which sites it means, and issue or assign for each of them.",
            footer=False,
        ),
        Command(
            "focus",
            "Sidebar",
            "Go from the list to the sidebar and back; in a form to the next field.",
            footer=False,
            palette=False,
            action="switch_focus(1)",
        ),
        Command(
            "focus-back",
            "Sidebar",
            "Go back through the parts of the screen.",
            footer=False,
            palette=False,
            action="switch_focus(-1)",
        ),
        Command(
            "key",
            "Partner key",
            "Choose another partner key of this account.",
            footer=False,
            action="choose_key",
        ),
        Command(
            "profile",
            "Profile",
            "Switch to another profile, a stored sign-in: its account is opened in the place of this one.",
            footer=False,
            action="choose_profile",
        ),
        Command("refresh", "Refresh", "Ask the API again for what is on the screen.", footer=False),
        Command("repaint", "Repaint", "Paint the whole screen again.", footer=False),
        Command("theme", "Theme", "Choose the colors.", footer=False, action="choose_theme"),
        Command(
            "mouse",
            "Mouse",
            "Take the mouse in the app, or give it back to the terminal, which selects text with it.",
            footer=False,
            action="switch_mouse",
        ),
        Command(
            "notices",
            "Notices",
            "Show the last messages of the status line.",
            footer=False,
            action="show_notices",
        ),
        Command(
            "back",
            "Back",
            "Go one step back: leave the field, collapse, clear the search, clear the marks.",
            footer=False,
            palette=False,
            action="step_back",
        ),
        Command(
            "quit",
            "Quit",
            "Leave; asks when something is running or a form is changed.",
            footer=False,
            action="ask_quit",
        ),
        Command(
            "interrupt",
            "Quit",
            "The same; twice within 2 seconds leaves without asking: what is on its way is finished first.",
            footer=False,
            palette=False,
            priority=True,
        ),
        Command(
            "tour",
            "Tour",
            "Show six steps, one after the other, that point at real keys; again to leave it.",
            footer=False,
        ),
        Command(
            "support",
            "Contact support",
            "Open the vendor's support page, or show its address as a link and a QR code.",
            footer=False,
        ),
        Command("help", "Help", "Show the keys that work here."),
    ),
)
