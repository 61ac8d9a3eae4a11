"""The commands that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.sections.registry import SECTIONS, SectionInfo

if TYPE_CHECKING:
    from jpmanage_tui.ui.app import JpmanageApp


def _open(section: SectionInfo) -> Command[JpmanageApp]:
    return Command(
        f"open-{section.name}",
        (section.key,),
        section.words,
        f"Open {section.words}.",
        lambda app: app.main.open_section(section),
        footer=False,
    )


EVERYWHERE: CommandSet[JpmanageApp] = CommandSet(
    "Everywhere",
    (
        Command(
            "palette",
            ("ctrl+p",),
            "Palette",
            "Find every command by name.",
            lambda app: app.show_palette(),
            palette=False,
            footer=False,
        ),
        *(_open(section) for section in SECTIONS),
        Command(
            "issue",
            ("i",),
            "Issue New License",
            "Pick products, choose a site now or later, review, and issue.",
            lambda app: app.issue_new(),
            lambda app: app.no_session(),
            footer=False,
        ),
        Command(
            "focus",
            ("tab",),
            "Sidebar",
            "Go from the list to the sidebar and back; in a form to the next field.",
            lambda app: app.switch_focus(),
            footer=False,
            palette=False,
            remappable=False,
        ),
        Command(
            "focus-back",
            ("shift+tab",),
            "Sidebar",
            "Go back through the parts of the screen.",
            lambda app: app.switch_focus(-1),
            footer=False,
            palette=False,
            remappable=False,
        ),
        Command(
            "key",
            ("K",),
            "Partner key",
            "Choose another partner key of this account.",
            lambda app: app.choose_key(),
            lambda app: app.no_key_choice(),
            footer=False,
        ),
        Command(
            "log",
            ("0",),
            "Log",
            "Show what was changed, and how it ended.",
            lambda app: app.show_log(),
            lambda app: app.no_session(),
            footer=False,
        ),
        Command(
            "refresh",
            ("r",),
            "Refresh",
            "Ask the API again for what is on the screen.",
            lambda app: app.refresh_view(),
            lambda app: app.nothing_to_refresh(),
            footer=False,
        ),
        Command(
            "repaint",
            ("ctrl+l",),
            "Repaint",
            "Paint the whole screen again.",
            lambda app: app.repaint_all(),
            footer=False,
        ),
        Command("theme", ("t",), "Theme", "Choose the colors.", lambda app: app.choose_theme(), footer=False),
        Command(
            "back",
            ("escape",),
            "Back",
            "Go one step back: leave the field, collapse, clear the search, clear the marks.",
            lambda app: app.step_back(),
            footer=False,
            palette=False,
            remappable=False,
        ),
        Command(
            "quit",
            ("q",),
            "Quit",
            "Leave; asks when something is running or a form is changed.",
            lambda app: app.ask_quit(),
            footer=False,
        ),
        Command(
            "interrupt",
            ("ctrl+c",),
            "Quit",
            "The same; twice within 2 seconds leaves without asking: what is on its way is finished first.",
            lambda app: app.interrupt(),
            footer=False,
            palette=False,
            remappable=False,
        ),
        Command(
            "support",
            (),
            "Contact support",
            "Open the vendor's support page, or show its address as a link and a QR code.",
            lambda app: app.show_support(),
            footer=False,
        ),
        Command("help", ("?",), "Help", "Show the keys that work here.", lambda app: app.show_help()),
    ),
)
