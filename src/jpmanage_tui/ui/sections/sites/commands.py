"""The commands of the Sites screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.rules.licenses import web_address
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.services.undo import undo_stack
from jpmanage_tui.ui.common.commands import ActiveCommand, Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.sites.section import SitesSection

READ_ONLY = "The program was started with --read-only."
NO_ROW = "No site is selected."


def _row(view: SitesSection) -> str | None:
    return None if view.current is not None else NO_ROW


def _changing(view: SitesSection) -> str | None:
    return READ_ONLY if view.session.read_only else None


def _assignable(view: SitesSection) -> str | None:
    return _row(view) or _changing(view)


def _has_address(view: SitesSection) -> str | None:
    site = view.current
    if site is None:
        return NO_ROW
    return None if web_address(site.address) else "The API gives no web address for this site."


def _expandable(view: SitesSection) -> str | None:
    return _row(view) or ("It is open." if view.is_open else None)


def _collapsible(view: SitesSection) -> str | None:
    return _row(view) or (None if view.is_open else "It is not open.")


SITES: CommandSet[SitesSection] = CommandSet(
    "Sites",
    (
        Command(
            "toggle-site",
            "Open",
            "Open or close the row: health, products and licenses of the site.",
            lambda v: v.toggle(),
            _row,
        ),
        Command(
            "expand-site",
            "Open",
            "Open the row.",
            lambda v: v.open_row(),
            _expandable,
            footer=False,
            palette=False,
        ),
        Command(
            "collapse-site",
            "Close",
            "Close the row.",
            lambda v: v.close_row(),
            _collapsible,
            footer=False,
            palette=False,
        ),
        Command(
            "search-sites",
            "Search",
            "Search by address as you type; enter goes to the list.",
            lambda v: v.open_search(),
        ),
        Command(
            "previous-filter",
            "Tab before",
            "The filter before.",
            lambda v: v.step_filter(-1),
            footer=False,
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next filter: favorites, any issue, backups, threats, down, disconnected, updates.",
            lambda v: v.step_filter(1),
        ),
        Command("sort", "Sort", "Choose the order.", lambda v: v.flows.start(choose_sort(v))),
        Command(
            "assign-here",
            "Assign License",
            "Choose one of the unassigned licenses and assign it to this site.",
            lambda v: v.flows.start(v.flows.assign()),
            _assignable,
        ),
        Command(
            "connect-site",
            "Connect site",
            "Connect a site that has Jetpack installed.",
            lambda v: v.flows.start(v.flows.connect()),
            _changing,
        ),
        Command(
            "licenses-here",
            "Licenses",
            "Search the licenses of this site on Licenses.",
            lambda v: v.flows.start(v.flows.licenses()),
            _row,
        ),
        Command(
            "view-this-site",
            "View Site",
            "Open the site's home page.",
            lambda v: v.flows.start(v.flows.view_site()),
            _has_address,
        ),
        Command(
            "debug-this-site",
            "Debug Site",
            "Open Jetpack's debug test for the site.",
            lambda v: v.flows.start(v.flows.debug_site()),
            _has_address,
        ),
        Command(
            "copy-address",
            "Copy address",
            "Send the site's address to the terminal's clipboard.",
            lambda v: v.flows.start(v.flows.copy()),
            _row,
            footer=False,
        ),
        Command(
            "site-menu",
            "Menu",
            "Show everything that can be done with this site, and why the rest cannot.",
            lambda v: v.flows.start(show_menu(v)),
            _row,
            footer=False,
        ),
        Command(
            "undo",
            "Undo",
            "Undo the last assigning or unassigning, item by item.",
            lambda v: v.flows.start(v.flows.undo()),
            lambda v: _changing(v) or undo_stack(v.session).why_not,
            footer=False,
        ),
        Command(
            "export",
            "Export",
            "Write every site that filter and search match to a CSV or JSON file.",
            lambda v: v.flows.start(export(v)),
            _row,
            footer=False,
        ),
    ),
)
"""Every command of this screen, in the footer's order."""

_ROW_ACTIONS = (
    "assign-here",
    "licenses-here",
    "view-this-site",
    "debug-this-site",
    "copy-address",
)


def offers(view: SitesSection) -> list[tuple[str, str]]:
    """Return (key, words) of what can be done with a site."""
    return [
        (key_for(name), SITES.named(name).label)
        for name in _ROW_ACTIONS
        if name != "assign-here" or _changing(view) is None
    ]


async def choose_sort(view: SitesSection) -> None:
    """Show the orders and apply the chosen one."""
    from jpmanage_tui.api.models.license import SortDirection
    from jpmanage_tui.ui.dialogs.choice import choose_order
    from jpmanage_tui.ui.sections.sites.query import ORDERS

    orders = {direction.value: words for direction, words in ORDERS.items()}
    chosen = await choose_order(view, orders, view.wanted.direction.value)
    if chosen is not None:
        view.sort_by(SortDirection(chosen))


async def show_menu(view: SitesSection) -> None:
    """Show the menu of the site under the cursor and run what is chosen."""
    from jpmanage_tui.ui.dialogs.choice import choose_row_action

    site = view.current
    if site is not None:
        commands = [SITES.named(name) for name in _ROW_ACTIONS]
        actions = [
            (command.name, command.label, ActiveCommand(SITES, view).reason(command)) for command in commands
        ]
        await choose_row_action(view, site_name(site.address), SITES, actions)


async def export(view: SitesSection) -> None:
    """Write what is listed to a file."""
    from jpmanage_tui.ui.dialogs import export as exporting
    from jpmanage_tui.ui.sections.sites.export import of

    await exporting.export(view, of(view))
