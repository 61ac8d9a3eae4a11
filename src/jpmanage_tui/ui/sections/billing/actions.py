"""What can be done with the unassigned licenses on Billing: the current one, the marked ones, all."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from textual import on

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed
from jpmanage_tui.services.billing_estimate import Estimate, counted_beyond, unassigned_count
from jpmanage_tui.services.unassigned_licenses import UnassignedListState, UnassignedPaginator
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.base import DETAIL_PANE, SORT, UNDO
from jpmanage_tui.ui.sections.billing.list import UnassignedList
from jpmanage_tui.ui.sections.licenses.actions import LicenseActions, LicensesChanged
from jpmanage_tui.ui.sections.licenses.selection import NO_ROW, UNDER_WAY
from jpmanage_tui.ui.widgets.marks import range_to_nearest

if TYPE_CHECKING:
    from jpmanage_tui.services.all_licenses import LicenseSource

BILLING: CommandSet = CommandSet(
    "Billing",
    (
        Command(
            "toggle",
            "Show",
            "Show the licenses of the product, those issued this month, or the unassigned license, on Licenses.",
            action="show_in_licenses",
        ),
        Command(
            "assign",
            "Assign License",
            "Assign the unassigned license (or the marked ones) to a site.",
        ),
        Command(
            "revoke",
            "Revoke License",
            "Revoke the unassigned license (or the marked ones), so that billing stops. Cannot be undone.",
        ),
        Command(
            "issue",
            "Issue New License",
            "Pick products, choose a site now or later, review, and issue.",
            palette=False,
        ),
        SORT,
        Command(
            "previous-filter",
            "Previous tab",
            "The previous tab: estimate, unassigned but billed, or issued and revoked this month.",
            footer=False,
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next tab: estimate, unassigned but billed, issued and revoked this month.",
        ),
        Command(
            "index",
            "Read all licenses",
            "Read all licenses, to count those issued and revoked this month; again stops the reading.",
        ),
        DETAIL_PANE,
        Command(
            "bundles",
            "Look into bundles",
            "Find the bundles among all licenses (a request for every 100), and list their unassigned licenses too.",
            footer=False,
        ),
        Command(
            "copy",
            "Copy code",
            "Send the license code (or the marked ones) to the terminal's clipboard.",
            footer=False,
        ),
        Command(
            "mark",
            "Mark",
            "Mark the license, or take its mark away.",
            footer=False,
        ),
        Command(
            "mark-range",
            "Mark range",
            "Mark every row from the nearest marked one to here.",
            footer=False,
        ),
        Command(
            "mark-all",
            "Mark all",
            "Mark all unassigned licenses, also those not loaded yet.",
            footer=False,
        ),
        UNDO,
        Command(
            "export",
            "Export",
            "Write what the tab lists (of the unassigned licenses the marked ones, or all) to a CSV or JSON file.",
            footer=False,
        ),
    ),
)


class Tab(Enum):
    """What the screen lists, in the order of its tabs."""

    ESTIMATE = "Estimate"
    UNASSIGNED = "Unassigned but billed"
    ACTIVITY = "Issued and revoked"


class BillingActions(LicenseActions):
    """The part of the Billing screen with the unassigned licenses, which can be marked, assigned and revoked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.tab = Tab.ESTIMATE
        self.state = UnassignedListState()
        self.estimate: Estimate = None

    @property
    def shows_unassigned(self) -> bool:
        """Whether the unassigned licenses are listed."""
        return self.tab is Tab.UNASSIGNED

    @property
    def unassigned_list(self) -> UnassignedList:
        """The list of the unassigned licenses."""
        return self.query_one(UnassignedList)

    @property
    def current(self) -> License | None:
        """The unassigned license under the cursor; None while another tab is shown."""
        item = self.unassigned_list.current if self.shows_unassigned and self.is_mounted else None
        return item.license if item is not None else None

    def matching(self) -> LicenseSource:
        """Return what yields every unassigned license, those not loaded yet too."""
        return UnassignedPaginator(self.session.client, self.state.parents)

    def not_listed(self, found: Sequence[License]) -> str:
        """Return how many more unassigned licenses billing counts than were found."""
        return counted_beyond(self.estimate, len(found), with_bundles=bool(self.state.parents))

    def match_count(self) -> tuple[int | None, bool]:
        """Return how many unassigned licenses there are, None while that is not known."""
        return len(self.state.items) if self.state.done else self.unassigned_total(), False

    def unassigned_total(self) -> int | None:
        """Return how many unassigned licenses billing counts, None while that is not known."""
        return unassigned_count(self.estimate)

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licenses that are not unassigned any more; while more may come that is not known."""
        if not self.marked or not self.state.done:
            return frozenset()
        listed = {item.license.license_key for item in self.state.items}
        return frozenset(key for key in self.marked if key not in listed)

    def mark(self, licenses: list[License], marked: bool) -> None:
        """Mark licenses, or take their marks away."""
        if marked:
            self.marked.add(licenses)
        else:
            self.marked.remove([license.license_key for license in licenses])
        self.unassigned_list.refresh()
        self.update_status()

    def move_cursor_down(self) -> None:
        """Go to the next row."""
        self.unassigned_list.move(1)

    def mark_range(self) -> None:
        """Mark the rows between the nearest marked row above or below and the cursor."""
        marked = (row for key in self.marked if (row := self.state.row_of(key)) is not None)
        rows = range_to_nearest(marked, self.unassigned_list.cursor)
        self.mark([item.license for item in self.state.items[rows.start : rows.stop]], True)

    # -- why something cannot be done now ----------------------------------------------------

    def row_disabled_reason(self) -> str | None:
        """Return why there is no unassigned license under the cursor."""
        if not self.shows_unassigned:
            return f"It works on the unassigned licenses: {key_for('next-filter')} shows them."
        return None if self.current is not None else NO_ROW

    def change_reason(self, action: LicenseAction) -> str | None:
        """Return why a change cannot be made now; the marked licenses count where there are any."""
        if not self.shows_unassigned:
            return self.row_disabled_reason()
        if self.session.read_only:
            return READ_ONLY
        if self.marked or self.marking.running:
            return super().change_reason(action)
        if self.current is None:
            return NO_ROW
        answer = allowed(self.current, action)
        return answer.reason if isinstance(answer, NotAllowed) else None

    def assign_label(self) -> str:
        """Return the label with the number of marked licenses, where they are shown."""
        return super().assign_label() if self.shows_unassigned else "Assign License"

    def revoke_label(self) -> str:
        """Return the label with the number of marked licenses, where they are shown."""
        return super().revoke_label() if self.shows_unassigned else "Revoke License"

    def copy_label(self) -> str:
        """Return the label, the same for one license and for several."""
        return "Copy code"

    def copy_disabled_reason(self) -> str | None:
        """Return why no license code can be copied now."""
        return None if self.shows_unassigned and self.marked else self.row_disabled_reason()

    def mark_disabled_reason(self) -> str | None:
        """Return why nothing can be marked now."""
        return self.row_disabled_reason()

    def mark_range_disabled_reason(self) -> str | None:
        """Return why no rows can be marked now."""
        return self.row_disabled_reason()

    def mark_all_disabled_reason(self) -> str | None:
        """Return why not all can be marked now."""
        return UNDER_WAY if self.marking.running else self.row_disabled_reason()

    @on(LicensesChanged)
    def _changed(self, message: LicensesChanged) -> None:
        self.marked.remove(message.keys)
        self.reload()
