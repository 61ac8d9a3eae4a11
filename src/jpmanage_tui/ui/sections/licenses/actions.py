"""What is done to licenses, on Licenses and among the unassigned ones on Billing: to the marked ones, else to one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed, debug_url, web_address
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.undo import undo_history
from jpmanage_tui.ui.common.commands import ActiveCommands, Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.base import DETAIL_PANE, SORT, UNDO, OpenSection
from jpmanage_tui.ui.sections.licenses.selection import (
    NO_ROW,
    UNDER_WAY,
    ActionTargets,
    SelectionActions,
    action_label,
)

if TYPE_CHECKING:
    from jpmanage_tui.operations.mutation import Mutation
    from jpmanage_tui.operations.operation import Outcome
    from jpmanage_tui.operations.runner import RunEvent
    from jpmanage_tui.ui.sections.licenses.changes import LicenseChanger

LICENSES: CommandSet = CommandSet(
    "Licenses",
    (
        Command(
            "toggle",
            "Open",
            "Open or close the row; a bundle (≡) opens to its licenses (└). Beside details it shows the menu.",
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
            "move",
            "Move License",
            "Take the license (or the marked ones) from its site and assign it to another one, in one go.",
            footer=False,
        ),
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
        Command(
            "previous-filter", "Previous tab", "The previous tab.", action="switch_tab(-1)", footer=False
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next tab: All Active, Unassigned, Assigned, Revoked, Bought elsewhere (↗).",
            action="switch_tab(1)",
        ),
        SORT,
        DETAIL_PANE,
        Command("mark", "Mark", "Mark the license, or take its mark away.", footer=False),
        Command(
            "mark-range",
            "Mark range",
            "Mark every row from the nearest marked one to here.",
            footer=False,
        ),
        Command(
            "mark-all",
            "Mark all",
            "Mark all that match filter and search, also those not loaded yet.",
            footer=False,
        ),
        UNDO,
        Command(
            "export",
            "Export",
            "Write what filter and search match, what is inside bundles too, to a CSV or JSON file.",
            footer=False,
        ),
        Command(
            "filter",
            "Filter",
            "Show only a site, product or bundle, sites that have or lack a product, what is long unassigned, or some "
            "days of issue; esc takes the last filter away.",
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


RUN_SECONDS = 5.0
"""How often the licenses are asked for again that a run has changed."""
_CHANGES = (LicenseAction.ASSIGN, LicenseAction.UNASSIGN, LicenseAction.REVOKE)
_OF_MARKED = (LicenseAction.COPY, *_CHANGES)
"""What is done to the marked licenses where there are any, whatever row the cursor is on."""
_OF_ROW = (
    ("view-site", LicenseAction.VIEW_SITE),
    ("debug-site", LicenseAction.DEBUG_SITE),
    ("copy", LicenseAction.COPY),
    ("assign", LicenseAction.ASSIGN),
    ("unassign", LicenseAction.UNASSIGN),
    ("move", LicenseAction.UNASSIGN),
    ("revoke", LicenseAction.REVOKE),
    ("download", LicenseAction.DOWNLOAD),
)
"""The commands of a license, in the order of its menu."""


class LicensesChanged(DataMessage):
    """A change of licenses has ended: their rows and the counts must be asked for again.

    `keys` were changed, or may have been; of them `gone` are known to be revoked. `refused` are known to be as they were
    before; what is known of them may be old, since the API refused what it seemed to allow.
    """

    keys: tuple[LicenseKey, ...]
    gone: tuple[LicenseKey, ...] = ()
    refused: tuple[LicenseKey, ...] = ()


class LicenseActions(SelectionActions):
    """A section whose licenses can be changed. What its commands name is here, with the reasons why not."""

    _run_outcomes: Sequence[Outcome[Any]] = ()
    _run_told = 0.0

    @cached_property
    def changer(self) -> LicenseChanger:
        """What asks, sends the changes and says how they ended; loaded with the first of them."""
        from jpmanage_tui.ui.sections.licenses.changes import LicenseChanger

        return LicenseChanger(self, self._changes_ended)

    def targets(self, action: LicenseAction) -> ActionTargets:
        """Return what an action would touch: the marked licenses that allow it, else the one under the cursor."""
        if self.marked:
            return self.marked.targets(action)
        current = self.current
        return ActionTargets((current,)) if current is not None else ActionTargets()

    def _changes_ended(self, outcomes: Sequence[Outcome[Any]], unverified: Sequence[Mutation[Any]]) -> None:
        """Say which licenses were changed or may have been, which are gone, and which are as they were."""
        from jpmanage_tui.operations.mutations.licenses import RevokeLicense
        from jpmanage_tui.ui.sections.licenses.changes import LicenseChange

        keys = [change.license_key for change in unverified if isinstance(change, LicenseChange)]
        gone: list[LicenseKey] = []
        refused: list[LicenseKey] = []
        for outcome in outcomes:
            change = outcome.change
            if not isinstance(change, LicenseChange):
                continue
            (refused if outcome.nothing_done else keys).append(change.license_key)
            if outcome.happened and isinstance(change, RevokeLicense):
                gone.append(change.license_key)
        self.post_message(LicensesChanged(tuple(keys), tuple(gone), tuple(refused)))

    def heard_run(self, event: RunEvent) -> None:
        """Ask again for the licenses that a run has changed: every few seconds, and when it stands still."""
        from jpmanage_tui.operations.run import RunState

        super().heard_run(event)
        if event.run.account != self.session.queue.account:
            return  # a run of the account that was open before: its licenses are none of these
        if event.outcome is not None:
            self._run_outcomes = (*self._run_outcomes, event.outcome)
        now = monotonic()
        under_way = event.run.state in (RunState.WAITING, RunState.RUNNING)
        if self._run_outcomes and (not under_way or now - self._run_told >= RUN_SECONDS):
            outcomes, self._run_outcomes = self._run_outcomes, ()
            self._run_told = now
            self._changes_ended(outcomes, ())

    # -- why not ---------------------------------------------------------------------------

    def license_reason(self, license: License, action: LicenseAction) -> str | None:
        """Return why an action cannot be done to one license, None when it can."""
        if action in _CHANGES and self.session.read_only:
            return READ_ONLY
        answer = allowed(license, action)
        return answer.reason if isinstance(answer, NotAllowed) else None

    def row_reason(self, action: LicenseAction) -> str | None:
        """Return why an action cannot be done to the license under the cursor, None when it can."""
        license = self.current
        return NO_ROW if license is None else self.license_reason(license, action)

    def change_reason(self, action: LicenseAction) -> str | None:
        """Return why a change cannot be made now; the marked licenses count where there are any."""
        if self.session.read_only:
            return READ_ONLY
        if self.marking.running:
            return UNDER_WAY
        return self.marked.targets(action).why_none if self.marked else self.row_reason(action)

    # -- changes ---------------------------------------------------------------------------

    def action_issue(self) -> None:
        """Open Issue New License."""
        self.post_message(OpenSection("issue"))

    def action_assign(self) -> None:
        """Choose a site, ask, and assign the licenses to it."""
        self.start_action(self.changer.assign(self.targets(LicenseAction.ASSIGN), self.unlisted()))

    def assign_disabled_reason(self) -> str | None:
        """Return why nothing can be assigned now."""
        return self.change_reason(LicenseAction.ASSIGN)

    def assign_label(self) -> str:
        """Return the label with the number of marked licenses."""
        return action_label(self.marked, LicenseAction.ASSIGN, "Assign License")

    def action_unassign(self) -> None:
        """Ask, and take the licenses from their sites."""
        self.start_action(self.changer.unassign(self.targets(LicenseAction.UNASSIGN), self.unlisted()))

    def unassign_disabled_reason(self) -> str | None:
        """Return why nothing can be unassigned now."""
        return self.change_reason(LicenseAction.UNASSIGN)

    def unassign_label(self) -> str:
        """Return the label with the number of marked licenses."""
        return action_label(self.marked, LicenseAction.UNASSIGN, "Unassign License")

    def action_move(self) -> None:
        """Choose another site, ask, and have the licenses moved there."""
        self.start_action(self.changer.move(self.targets(LicenseAction.UNASSIGN), self.unlisted()))

    move_disabled_reason = unassign_disabled_reason

    def move_label(self) -> str:
        """Return the label with the number of marked licenses."""
        return action_label(self.marked, LicenseAction.UNASSIGN, "Move License")

    def action_revoke(self) -> None:
        """Ask, and revoke the licenses."""
        self.start_action(self.changer.revoke(self.targets(LicenseAction.REVOKE), self.unlisted()))

    def revoke_disabled_reason(self) -> str | None:
        """Return why nothing can be revoked now."""
        return self.change_reason(LicenseAction.REVOKE)

    def revoke_label(self) -> str:
        """Return the label with the number of marked licenses."""
        return action_label(self.marked, LicenseAction.REVOKE, "Revoke License")

    def action_undo(self) -> None:
        """Ask, and undo what was done last, on whichever screen."""
        self.start_action(self.changer.undo())

    def undo_disabled_reason(self) -> str | None:
        """Return why nothing can be undone now."""
        return READ_ONLY if self.session.read_only else undo_history(self.session).why_not

    # -- looking elsewhere -----------------------------------------------------------------

    def action_copy(self) -> None:
        """Send the license codes to the clipboard."""
        licenses = list(self.marked.values()) or [one for one in [self.current] if one]
        if licenses:
            codes = "\n".join(license.license_key for license in licenses)
            what = licenses[0].license_key if len(licenses) == 1 else pluralize(len(licenses), "license code")
            self.start_action(self.copy(codes, what))

    def copy_disabled_reason(self) -> str | None:
        """Return why no code can be copied now."""
        if self.marking.running:
            return UNDER_WAY
        return NO_ROW if not self.marked and self.current is None else None

    def copy_label(self) -> str:
        """Return the label with the number of marked licenses."""
        return action_label(self.marked, LicenseAction.COPY, "Copy code")

    def action_view_site(self) -> None:
        """Show or open the site's home page."""
        license = self.current
        url = web_address(license.siteurl) if license is not None else None
        if url is not None:
            self.start_action(self.open_link("View Site", url))

    def view_site_disabled_reason(self) -> str | None:
        """Return why there is no home page to open."""
        return self.row_reason(LicenseAction.VIEW_SITE)

    def action_debug_site(self) -> None:
        """Show or open Jetpack's debug test for the site."""
        license = self.current
        if license is not None and license.siteurl:
            self.start_action(self.open_link("Debug Site", debug_url(license.siteurl)))

    def debug_site_disabled_reason(self) -> str | None:
        """Return why there is no site to test."""
        return self.row_reason(LicenseAction.DEBUG_SITE)

    def action_download(self) -> None:
        """Ask the API where the license's download is, and show or open it."""
        license = self.current
        if license is not None:
            self.start_action(self._download(license))

    async def _download(self, license: License) -> None:
        try:
            url = await self.session.client.licenses.download_url(license.license_key)
        except ApiError as error:
            self.notify(error_text(error, f"Download of {license.product}"), severity="error")
            return
        await self.open_link(f"Download {license.product}", url)

    def download_disabled_reason(self) -> str | None:
        """Return why there is nothing to download."""
        return self.row_reason(LicenseAction.DOWNLOAD)

    # -- the menu of a row -----------------------------------------------------------------

    def row_actions_of(self, license: License) -> list[tuple[str, str, str | None]]:
        """Return (name, label, why not) of what the keys would do now with a license, or with the marked ones."""
        active, actions = ActiveCommands(self.COMMAND_SET, self), []
        for name, action in _OF_ROW:
            command = self.COMMAND_SET.named(name)
            if action in _OF_MARKED and self.marked:
                actions.append((name, active.label(command), active.reason(command)))
            else:
                whole = name == "revoke" and license.is_bundle
                label = "Revoke bundle" if whole else command.label
                actions.append((name, label, self.license_reason(license, action)))
        return actions

    def offers(self, license: License) -> list[tuple[str, str]]:
        """Return (key, label) of what the keys do now; a pair without key says why something usual cannot be done."""
        shown = [
            (key_for(name), label) for name, label, reason in self.row_actions_of(license) if reason is None
        ]
        if license.is_standard:
            shown.append(("", self.license_reason(license, LicenseAction.UNASSIGN) or ""))
        return shown

    def action_menu(self) -> None:
        """Show the menu of the license under the cursor and run what is chosen."""
        from jpmanage_tui.ui.dialogs.choice import choose_row_action

        license = self.current
        if license is not None:
            title = license.product or license.license_key
            self.start_action(choose_row_action(self, title, self.COMMAND_SET, self.row_actions_of(license)))

    def menu_disabled_reason(self) -> str | None:
        """Return why there is no menu."""
        return NO_ROW if self.current is None else None
