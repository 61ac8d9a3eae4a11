"""The application: what every section shares, and the dialogs that open anywhere."""

from __future__ import annotations

import os
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from textual import events

from jpmanage_tui.account.import_modules import load
from jpmanage_tui.account.session import Door
from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.common.clipboard import copy_text
from jpmanage_tui.ui.common.commands import ActiveCommand
from jpmanage_tui.ui.common.keymap import key_name
from jpmanage_tui.ui.common.themes import THEMES, theme_reason
from jpmanage_tui.ui.sections.registry import ISSUE, SECTIONS
from jpmanage_tui.ui.session_app import LEAVING, SessionApp

if TYPE_CHECKING:
    from textual.worker import Worker

    from jpmanage_tui.api.models.partner import Partner
    from jpmanage_tui.ui.terminal.keyboard import Keyboard

NO_SESSION = "No account is open yet."
WHILE_LEAVING = ("quit", "interrupt", "repaint")
"""The commands that still run while the program is being left."""


class JpmanageApp(SessionApp, inherit_bindings=False):
    """jpmanage. `door` opens its sessions; `keys` are the user's changed keys; `theme` a theme's name."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "jpmanage"
    CSS = """
    * { scrollbar-color: $foreground 40%; scrollbar-background: $background; }
    *:ansi { scrollbar-color: ansi_bright_black; }
    MainScreen { background: $background; }
    """

    def __init__(
        self,
        door: Door,
        *,
        keys: Mapping[str, str] | None = None,
        theme: str | None = None,
        cells: bool = True,
        keyboard: Keyboard | None = None,
    ) -> None:
        super().__init__(door, keys=keys, theme=theme, cells=cells, keyboard=keyboard)
        self.kept_selection = ""
        """What was picked for issuing: it outlives a session, so that choosing another key does not lose it."""

    async def on_event(self, event: events.Event) -> None:
        """Take an event. While the program is being left, keys only ask for that once more."""
        if not self.leaving or not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, events.Key):
            found = self.keymap.find([ActiveCommand(EVERYWHERE, self)], key_name(event))
            if found is not None and found[0].name in WHILE_LEAVING:
                found[1].run(found[0])
            else:
                self.say(LEAVING)

    def is_opening(self, worker: Worker[Any]) -> bool:
        """Whether a worker shows a section, or runs a command that may open a dialog: what is typed next is for that."""
        return worker.group == "section" or worker.group.endswith("-flow")

    def take_partner(self, partner: Partner) -> None:
        """Take over the partner record as the API gave it after a change; the header follows."""
        if self.session is not None:
            self.session.partner = partner
            self.main.name_account(self.session)
            self.main.saw_invoices(())

    def no_session(self) -> str | None:
        """Return why a command that needs an account cannot run, None when one is open."""
        return None if self.session is not None else NO_SESSION

    def refresh_disabled_reason(self) -> str | None:
        """Return why there is nothing to ask the API for again."""
        return None if self._reopening else self.no_session()

    def choose_key_disabled_reason(self) -> str | None:
        """Return why there is no partner key to choose."""
        from jpmanage_tui.rules.account import unreadable_words

        if self.session is None:
            return NO_SESSION
        if self.session.partner is None:
            return "With a key token alone only that key is known. A user token shows the account's keys."
        partner = self.session.partner
        if len(partner.keys) > 1:
            return None
        return unreadable_words(partner) or "This account has one partner key."

    def action_open_section(self, name: str) -> None:
        """Open the section of this name."""
        self.main.open_section(name)

    def issue_new(self) -> None:
        """Open Issue New License, as it was left."""
        self.main.open_issue()

    action_issue = issue_new
    issue_disabled_reason = no_session

    def action_step_back(self) -> None:
        """Take one step back."""
        view = self.main.view
        if view is None or not (view.stop_export() or view.step_back()):
            self.main.status.clear()

    def action_switch_focus(self, step: int) -> None:
        """Move the focus from the list to the sidebar and back; in a form first through its fields."""
        from jpmanage_tui.ui.widgets.sidebar import Sidebar

        sidebar, view = self.main.query_one(Sidebar), self.main.view
        if view is None or not sidebar.has_focus:
            if view is None or not view.move_focus(step):
                sidebar.focus()
        else:
            view.focus_first()

    def action_repaint(self) -> None:
        """Paint the whole screen again."""
        self.repaint_all()

    async def copy(self, text: str, what: str) -> None:
        """Send text to the clipboard and say which way it went; `what` names it, and stays on screen."""
        self.say(await copy_text(self, text, what))

    async def open_link(self, title: str, url: str) -> None:
        """Open a web page on a local desktop; over SSH show it as link and QR code."""
        from jpmanage_tui.ui.dialogs.link import LinkDialog
        from jpmanage_tui.ui.terminal.browser import is_web_url, open_url

        if not is_web_url(url):
            self.say(f"{title}: the API gave no web address that can be opened.", "warning")
        elif await open_url(url, os.environ):
            self.say(f"{title}: opened {url} in the browser.")
        else:
            await self.push_screen_wait(LinkDialog(title, url))

    # -- dialogs ---------------------------------------------------------------------------

    def _start(self, flow: Coroutine[Any, Any, None]) -> None:
        self.run_worker(flow, group="app-flow", exclusive=False, exit_on_error=False)

    def action_help(self) -> None:
        """Show the help."""
        from jpmanage_tui.ui.dialogs.help import HelpDialog

        request_id = self.session.client.last_request_id if self.session is not None else None
        self.push_screen(HelpDialog(self.main.active_commands(), self.keymap, request_id))

    def action_support(self) -> None:
        """Open the vendor's support page, or show its address."""
        from jpmanage_tui.ui.dialogs.help import SUPPORT, SUPPORT_WORDS

        self._start(self.open_link(SUPPORT_WORDS, SUPPORT))

    def action_palette(self) -> None:
        """Show the palette: every command, those that work here first."""
        self._start(self._choose_command())

    async def _choose_command(self) -> None:
        """Show the palette: what works here, then what every other section can do; run the chosen one there."""
        from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, best_matches
        from jpmanage_tui.ui.sections.registry import section_sets

        await load(section.view.partition(":")[0] for section in (*SECTIONS, ISSUE))
        here: dict[str, ActiveCommand] = {}
        choices = []
        for bound in self.main.palette_commands():
            for command in bound.commands:
                if command.palette and command.name not in here:
                    here[command.name] = bound
                    words, key = bound.label(command), self.keymap.shown(command)
                    choices.append(
                        Choice(command.name, words, "", bound.reason(command), key, changes=command.changes)
                    )
        elsewhere: dict[str, tuple[str, str]] = {}
        for section, commands in section_sets().items():
            if section.name == self.main.current:
                continue
            for command in commands:
                if command.palette:
                    name = f"{section.title}: {command.name}"
                    elsewhere[name] = (section.name, command.name)
                    key = self.keymap.shown(command)
                    reason = self.no_session()
                    choices.append(
                        Choice(name, command.label, section.title, reason, key, changes=command.changes)
                    )
        dialog = ChoiceDialog("Every command", choices, search=True, match=best_matches)
        chosen = await self.push_screen_wait(dialog)
        if chosen in here:
            self.main.start(chosen, here[chosen])
        elif chosen is not None:
            section_name, command_name = elsewhere[chosen]
            view = self.main.view if await self.main.go_to(section_name) else None
            if view is not None:
                self.main.start(command_name, ActiveCommand(view.COMMANDS, view))

    def action_choose_theme(self) -> None:
        """Let the user choose the colors."""
        self._start(self._choose_theme())

    async def _choose_theme(self) -> None:
        from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog

        choices = [
            Choice(theme.name, theme.name, "", theme_reason(theme.name, os.environ)) for theme in THEMES
        ]
        chosen = await self.push_screen_wait(ChoiceDialog("Theme", choices, start=self.theme))
        if chosen is not None:
            self.theme = chosen

    def action_choose_key(self) -> None:
        """Let the user choose another partner key."""
        self._start(self._choose_key())

    async def _choose_key(self) -> None:
        """Show the account's partner keys, open the chosen one; asks first where a form is changed or a run goes on."""
        from jpmanage_tui.ui.onboarding.requirements import ask_key

        session = self.session
        if session is None or session.partner is None:
            return
        key_id = await ask_key(self, session.partner, session.key_id)
        if key_id is None or key_id == session.key_id or not await self.main.may_leave():
            return
        name = next((key.name for key in session.partner.keys if key.id == key_id), "") or f"key {key_id}"
        await self.switch_session(lambda: self.door.open_key(key_id), "Partner key", name)

    log_disabled_reason = no_session

    def action_log(self) -> None:
        """Show the log of operations."""
        from jpmanage_tui.ui.dialogs.log import LogDialog

        if self.session is not None:
            keys = self.session.partner.keys if self.session.partner is not None else ()
            self.push_screen(LogDialog(self.session.queue, {str(key.id): key.name for key in keys}))
