"""The commands that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.ui.common.commands import Command, CommandSet

if TYPE_CHECKING:
    from jpmanage_tui.ui.app import JpmanageApp


SECTIONS = (
    ("licenses", "Licenses"),
    ("billing", "Billing"),
    ("payment-methods", "Payment Methods"),
    ("invoices", "Invoices"),
    ("prices", "Prices"),
    ("company", "Company Details"),
    ("sites", "Sites"),
)
"""Name and title of every section, in the order of the sidebar."""


def _open(name: str, title: str) -> Command[JpmanageApp]:
    return Command(f"open-{name}", title, f"Open {title}.", lambda app: app.open_section(name), footer=False)


EVERYWHERE: CommandSet[JpmanageApp] = CommandSet(
    "Everywhere",
    (
        Command(
            "palette",
            "Palette",
            "Find every command by name.",
            lambda app: app.show_palette(),
            palette=False,
            footer=False,
        ),
        *(_open(name, title) for name, title in SECTIONS),
        Command(
            "issue",
            "Issue New License",
            "Pick products, choose a site now or later, review, and issue.",
            lambda app: app.issue_new(),
            lambda app: app.no_session(),
            footer=False,
        ),
        Command(
            "focus",
            "Sidebar",
            "Go from the list to the sidebar and back; in a form to the next field.",
            lambda app: app.switch_focus(),
            footer=False,
            palette=False,
        ),
        Command(
            "focus-back",
            "Sidebar",
            "Go back through the parts of the screen.",
            lambda app: app.switch_focus(-1),
            footer=False,
            palette=False,
        ),
        Command(
            "key",
            "Partner key",
            "Choose another partner key of this account.",
            lambda app: app.choose_key(),
            lambda app: app.no_key_choice(),
            footer=False,
        ),
        Command(
            "log",
            "Log",
            "Show what was changed, and how it ended.",
            lambda app: app.show_log(),
            lambda app: app.no_session(),
            footer=False,
        ),
        Command(
            "refresh",
            "Refresh",
            "Ask the API again for what is on the screen.",
            lambda app: app.refresh_view(),
            lambda app: app.nothing_to_refresh(),
            footer=False,
        ),
        Command(
            "repaint",
            "Repaint",
            "Paint the whole screen again.",
            lambda app: app.repaint_all(),
            footer=False,
        ),
        Command("theme", "Theme", "Choose the colors.", lambda app: app.choose_theme(), footer=False),
        Command(
            "back",
            "Back",
            "Go one step back: leave the field, collapse, clear the search, clear the marks.",
            lambda app: app.step_back(),
            footer=False,
            palette=False,
        ),
        Command(
            "quit",
            "Quit",
            "Leave; asks when something is running or a form is changed.",
            lambda app: app.ask_quit(),
            footer=False,
        ),
        Command(
            "interrupt",
            "Quit",
            "The same; twice within 2 seconds leaves without asking: what is on its way is finished first.",
            lambda app: app.interrupt(),
            footer=False,
            palette=False,
        ),
        Command(
            "support",
            "Contact support",
            "Open the vendor's support page, or show its address as a link and a QR code.",
            lambda app: app.show_support(),
            footer=False,
        ),
        Command("help", "Help", "Show the keys that work here.", lambda app: app.show_help()),
    ),
)
