"""The commands of the Billing screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed
from jpmanage_tui.services.undo import undo_stack
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.billing.flows import choose_sort, show_in_licenses
from jpmanage_tui.ui.sections.licenses.actions import READ_ONLY
from jpmanage_tui.ui.sections.licenses.marking import NO_ROW, UNDER_WAY
from jpmanage_tui.ui.sections.licenses.selection import action_label

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.billing.section import BillingSection

OLDEST_FIRST = "The unassigned licenses are listed oldest first."


def _idle_only() -> str:
    return f"It works on the unassigned licenses: {key_for('next-filter')} shows them."


def _listed(view: BillingSection) -> str | None:
    if not view.shows_idle:
        return _idle_only()
    return None if view.current is not None else NO_ROW


def _marked_or_listed(view: BillingSection) -> str | None:
    return None if view.shows_idle and view.marked else _listed(view)


def _may(action: LicenseAction) -> Callable[[BillingSection], str | None]:
    """Return the condition of a change: the marked licences count where there are any, else the one under the cursor."""

    def reason(view: BillingSection) -> str | None:
        if not view.shows_idle:
            return _idle_only()
        if view.session.read_only:
            return READ_ONLY
        if view.marked or view.marking.running:
            return view.change_reason(action)
        if view.current is None:
            return NO_ROW
        answer = allowed(view.current, action)
        return answer.reason if isinstance(answer, NotAllowed) else None

    return reason


def _row(view: BillingSection) -> str | None:
    return None if view.has_row else "There is no row."


def _sortable(view: BillingSection) -> str | None:
    if view.shows_idle:
        return OLDEST_FIRST
    return None if view.has_row else "There is nothing to sort yet."


def _bundles(view: BillingSection) -> str | None:
    if not view.shows_idle:
        return _idle_only()
    return "The unassigned licenses are being loaded." if view.loads_idle else None


def _undoable(view: BillingSection) -> str | None:
    if view.session.read_only:
        return READ_ONLY
    return undo_stack(view.session).why_not


def _acting(action: LicenseAction, words: str) -> Callable[[BillingSection], str]:
    """Return the words of a command that works on the marked licences where there are any."""
    return lambda view: action_label(view.marked, action, words) if view.shows_idle else words


def _markable(view: BillingSection) -> str | None:
    return UNDER_WAY if view.marking.running else _listed(view)


def _assign(view: BillingSection) -> None:
    view.action_assign()


def _mark(view: BillingSection) -> None:
    license = view.current
    if license is not None:
        view.mark([license], license.license_key not in view.marked)
        view.idle_list.move(1)


BILLING: CommandSet[BillingSection] = CommandSet(
    "Billing",
    (
        Command(
            "toggle",
            "Show",
            "Show the licenses of the product, or the unassigned license, on Licenses.",
            lambda v: v.start(show_in_licenses(v)),
            _row,
        ),
        Command(
            "assign",
            "Assign License",
            "Assign the unassigned license (or the marked ones) to a site.",
            _assign,
            _may(LicenseAction.ASSIGN),
            now=_acting(LicenseAction.ASSIGN, "Assign License"),
        ),
        Command(
            "revoke",
            "Revoke License",
            "Revoke the unassigned license (or the marked ones), so that billing stops. Cannot be undone.",
            lambda v: v.action_revoke(),
            _may(LicenseAction.REVOKE),
            now=_acting(LicenseAction.REVOKE, "Revoke License"),
        ),
        Command(
            "issue",
            "Issue New License",
            "Pick products, choose a site now or later, review, and issue.",
            lambda v: v.jpmanage.issue_new(),
            palette=False,
        ),
        Command("sort", "Sort", "Choose the order.", lambda v: v.start(choose_sort(v)), _sortable),
        Command(
            "previous-filter",
            "Tab before",
            "The tab before: estimate, or unassigned but billed.",
            lambda v: v.switch(),
            footer=False,
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next tab: estimate, unassigned but billed.",
            lambda v: v.switch(),
        ),
        Command(
            "bundles",
            "Look into bundles",
            "Find the bundles among all licenses (a request for every 50), and list their unassigned licenses too.",
            lambda v: v.look_into_bundles(),
            _bundles,
            footer=False,
        ),
        Command(
            "copy",
            "Copy code",
            "Send the license code (or the marked ones) to the terminal's clipboard.",
            lambda v: v.action_copy(),
            _marked_or_listed,
            footer=False,
        ),
        Command(
            "mark",
            "Mark",
            "Mark the license, or take its mark away.",
            _mark,
            _listed,
            footer=False,
        ),
        Command(
            "mark-range",
            "Mark range",
            "Mark every row from the nearest marked one to here.",
            lambda v: v.mark_range(),
            _listed,
            footer=False,
        ),
        Command(
            "mark-all",
            "Mark all",
            "Mark all unassigned licenses, also those not loaded yet.",
            lambda v: v.marking.start(),
            _markable,
            footer=False,
        ),
        Command(
            "undo",
            "Undo",
            "Undo the last assigning or unassigning, item by item.",
            lambda v: v.action_undo(),
            _undoable,
            footer=False,
        ),
        Command(
            "export",
            "Export",
            "Write the estimate, or the unassigned licenses (the marked ones, or all), to a CSV or JSON file.",
            lambda v: v.start(export(v)),
            _row,
            footer=False,
        ),
    ),
)


async def export(view: BillingSection) -> None:
    """Write what is listed to a file."""
    from jpmanage_tui.ui.dialogs import export as exporting
    from jpmanage_tui.ui.sections.billing.export import of

    await exporting.export(view, of(view))
