"""The commands of the Licenses screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jpmanage_tui.api.models.license import License
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed
from jpmanage_tui.ui.common.commands import ActiveCommand, Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.licenses.marking import UNDER_WAY
from jpmanage_tui.ui.sections.licenses.search_actions import find_commands
from jpmanage_tui.ui.sections.licenses.selection import acting_words

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.licenses.section import LicensesSection

Reason = Callable[["LicensesSection"], str | None]
READ_ONLY = "The program was started with --read-only."
NO_ROW = "No license is selected."


def _row(view: LicensesSection) -> str | None:
    return None if view.current is not None else NO_ROW


def why_not(view: LicensesSection, license: License, action: LicenseAction) -> str | None:
    """Return why an action cannot be done to a licence, None when it can."""
    if (
        action in (LicenseAction.ASSIGN, LicenseAction.UNASSIGN, LicenseAction.REVOKE)
        and view.session.read_only
    ):
        return READ_ONLY
    answer = allowed(license, action)
    return answer.reason if isinstance(answer, NotAllowed) else None


def _for(action: LicenseAction, *, marked: bool = False) -> Reason:
    """Return the condition of a command for one licence; with `marked`, the marked ones count where there are any."""

    def reason(view: LicensesSection) -> str | None:
        if marked and view.session.read_only:
            return READ_ONLY
        if marked and (view.book.marked or view.marking.running):
            return view.why_not_marked(action)
        license = view.current
        return NO_ROW if license is None else why_not(view, license, action)

    return reason


def _acting(action: LicenseAction, words: str) -> Callable[[LicensesSection], str]:
    """Return the words of a command that works on the marked licences where there are any."""
    return lambda view: acting_words(view.book.marked, action, words)


def _marked_or_row(view: LicensesSection) -> str | None:
    if view.marking.running:
        return UNDER_WAY
    return None if view.book.marked else _row(view)


def _foldable(view: LicensesSection) -> str | None:
    if view.current is None:
        return None if view.book.query.search and not view.book.rows.count else NO_ROW
    return None


def _expandable(view: LicensesSection) -> str | None:
    license = view.current
    if license is None:
        return NO_ROW
    return "It is open." if license.license_key in view.book.expanded else None


def _collapsible(view: LicensesSection) -> str | None:
    license = view.current
    if license is None:
        return NO_ROW
    opened = license.license_key in view.book.expanded or view.license_list.parent_of_current is not None
    return None if opened else "It is not open."


def _undoable(view: LicensesSection) -> str | None:
    if view.session.read_only:
        return READ_ONLY
    return view.undos.why_not


def _markable(view: LicensesSection) -> str | None:
    return UNDER_WAY if view.marking.running else None


def _enter(view: LicensesSection) -> None:
    if view.current is None:
        if view.book.query.search and not view.book.rows.count:
            view.filter_by(None)
        return
    view.toggle()


def _entering(view: LicensesSection) -> str:
    """Return what enter does now."""
    license = view.current
    if license is None:
        return "Search every state"
    return "Close" if license.license_key in view.book.expanded else "Open"


def _mark(view: LicensesSection) -> None:
    license = view.current
    if license is not None:
        view.mark([license], license.license_key not in view.book.marked)
        view.license_list.move(1)


def _assign(view: LicensesSection) -> None:
    flow = view.flows.assign_marked() if view.book.marked else view.flows.assign()
    view.flows.start(flow)


LICENSES: CommandSet[LicensesSection] = CommandSet(
    "Licenses",
    (
        Command(
            "toggle",
            "Open",
            "Open or close the row; a bundle opens to its licenses.",
            _enter,
            _foldable,
            now=_entering,
        ),
        Command(
            "expand",
            "Open",
            "Open the row.",
            lambda v: v.open_row(),
            _expandable,
            footer=False,
            palette=False,
        ),
        Command(
            "collapse",
            "Close",
            "Close the row.",
            lambda v: v.close_row(),
            _collapsible,
            footer=False,
            palette=False,
        ),
        Command(
            "search",
            "Search",
            "Search as you type; enter goes to the list.",
            lambda v: v.open_search(),
        ),
        Command(
            "issue",
            "Issue New License",
            "Pick products, choose a site now or later, review, and issue.",
            lambda v: v.jpmanage.issue_new(),
            palette=False,
        ),
        Command(
            "assign",
            "Assign License",
            "Assign the license (or the marked ones) to a site.",
            _assign,
            _for(LicenseAction.ASSIGN, marked=True),
            now=_acting(LicenseAction.ASSIGN, "Assign License"),
        ),
        Command(
            "unassign",
            "Unassign License",
            "Take the license (or the marked ones) from its site.",
            lambda v: v.flows.start(v.flows.unassign()),
            _for(LicenseAction.UNASSIGN, marked=True),
            now=_acting(LicenseAction.UNASSIGN, "Unassign License"),
        ),
        Command(
            "revoke",
            "Revoke License",
            "Revoke the license, the bundle, or the marked ones. Cannot be undone.",
            lambda v: v.flows.start(v.flows.revoke()),
            _for(LicenseAction.REVOKE, marked=True),
            now=_acting(LicenseAction.REVOKE, "Revoke License"),
        ),
        Command(
            "view-site",
            "View Site",
            "Open the site's home page.",
            lambda v: v.flows.start(v.flows.view_site()),
            _for(LicenseAction.VIEW_SITE),
        ),
        Command(
            "debug-site",
            "Debug Site",
            "Open Jetpack's debug test for the site.",
            lambda v: v.flows.start(v.flows.debug_site()),
            _for(LicenseAction.DEBUG_SITE),
        ),
        Command(
            "copy",
            "Copy code",
            "Send the license code (or the marked ones) to the terminal's clipboard.",
            lambda v: v.flows.start(v.flows.copy()),
            _marked_or_row,
            now=_acting(LicenseAction.COPY, "Copy code"),
        ),
        Command(
            "download",
            "Download",
            "Get the license's download.",
            lambda v: v.flows.start(v.flows.download()),
            _for(LicenseAction.DOWNLOAD),
        ),
        Command(
            "menu",
            "Menu",
            "Show everything that can be done with this license, and why the rest cannot.",
            lambda v: v.flows.start(show_menu(v)),
            _row,
            footer=False,
        ),
        Command(
            "previous-filter",
            "Tab before",
            "The tab before.",
            lambda v: v.step_filter(-1),
            footer=False,
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next tab: All Active, Unassigned, Assigned, Revoked, Bought elsewhere.",
            lambda v: v.step_filter(1),
        ),
        Command("sort", "Sort", "Choose the order.", lambda v: v.flows.start(choose_sort(v))),
        Command("mark", "Mark", "Mark the license, or take its mark away.", _mark, _row, footer=False),
        Command(
            "mark-range",
            "Mark range",
            "Mark every row from the last marked one to here.",
            lambda v: v.mark_range(),
            _row,
            footer=False,
        ),
        Command(
            "mark-all",
            "Mark all",
            "Mark all that match filter and search, also those not loaded yet.",
            lambda v: v.marking.start(),
            _markable,
            footer=False,
        ),
        Command(
            "undo",
            "Undo",
            "Undo the last assigning or unassigning, item by item.",
            lambda v: v.flows.start(v.flows.undo()),
            _undoable,
            footer=False,
        ),
        Command(
            "export",
            "Export",
            "Write what filter and search match, what is inside bundles too, to a CSV or JSON file.",
            lambda v: v.flows.start(export(v)),
            footer=False,
        ),
        *find_commands(),
    ),
)
"""Every command of this screen, in the footer's order."""

_ROW_ACTIONS = (
    ("view-site", LicenseAction.VIEW_SITE),
    ("debug-site", LicenseAction.DEBUG_SITE),
    ("copy", LicenseAction.COPY),
    ("assign", LicenseAction.ASSIGN),
    ("unassign", LicenseAction.UNASSIGN),
    ("revoke", LicenseAction.REVOKE),
    ("download", LicenseAction.DOWNLOAD),
)


_ON_MARKED = (LicenseAction.COPY, LicenseAction.ASSIGN, LicenseAction.UNASSIGN, LicenseAction.REVOKE)
"""What is done to the marked licences where there are any, whatever row the cursor is on."""


def _row_actions(view: LicensesSection, license: License) -> list[tuple[str, str, str | None]]:
    """Return (name, words, why not) of what the keys would do now with a licence, or with the marked ones."""
    bound, actions = ActiveCommand(LICENSES, view), []
    for name, action in _ROW_ACTIONS:
        command = LICENSES.named(name)
        if action in _ON_MARKED and view.book.marked:
            actions.append((name, bound.label(command), bound.reason(command)))
        else:
            whole = name == "revoke" and license.is_bundle
            words = "Revoke bundle" if whole else command.label
            actions.append((name, words, why_not(view, license, action)))
    return actions


def offers(view: LicensesSection, license: License) -> list[tuple[str, str]]:
    """Return (key, words) of what the keys do now; a pair without key says why something usual cannot be done."""
    shown = [(key_for(name), words) for name, words, reason in _row_actions(view, license) if reason is None]
    if license.is_standard:
        shown.append(("", why_not(view, license, LicenseAction.UNASSIGN) or ""))
    return shown


async def show_menu(view: LicensesSection) -> None:
    """Show the menu of the licence under the cursor and run what is chosen."""
    from jpmanage_tui.ui.dialogs.choice import choose_row_action

    license = view.current
    if license is None:
        return
    actions = _row_actions(view, license)
    await choose_row_action(view, license.product or license.license_key, LICENSES, actions)


async def choose_sort(view: LicensesSection) -> None:
    """Show the sort orders and apply the chosen one."""
    from jpmanage_tui.api.models.license import LicenseSort, SortDirection
    from jpmanage_tui.ui.dialogs.choice import choose_order
    from jpmanage_tui.ui.sections.licenses.empty import sorts_of

    words = {
        LicenseSort.ISSUED_AT: "Issued on",
        LicenseSort.ATTACHED_AT: "Assigned on",
        LicenseSort.REVOKED_AT: "Revoked on",
    }
    query = view.book.query
    orders = {
        f"{sort.value} {direction.value}": f"{words[sort]}, {order}"
        for sort in sorts_of(query.tab)
        for direction, order in (
            (SortDirection.DESC, "newest first ↓"),
            (SortDirection.ASC, "oldest first ↑"),
        )
    }
    chosen = await choose_order(view, orders, f"{query.sort.value} {query.direction.value}")
    if chosen is not None:
        sort, direction = chosen.split(" ")
        view.sort_by(LicenseSort(sort), SortDirection(direction))


async def export(view: LicensesSection) -> None:
    """Write what the filter and the search match to a file."""
    from jpmanage_tui.services import exporting
    from jpmanage_tui.ui.sections.licenses.export import of

    await exporting.export(view, of(view))
