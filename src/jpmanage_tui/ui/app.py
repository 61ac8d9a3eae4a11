"""The application: what every section shares, and the dialogs that open anywhere."""

from __future__ import annotations

import os
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from textual import events

from jpmanage_tui.account.session import Door
from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.common.commands import ActiveCommand
from jpmanage_tui.ui.common.keymap import key_name
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
        self.commands = EVERYWHERE
        self.kept_selection = ""
        """What was picked for issuing: it outlives a session, so that choosing another key does not lose it."""

    async def on_event(self, event: events.Event) -> None:
        """Take an event. While the program is being left, keys only ask for that once more."""
        if not self.leaving or not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, events.Key):
            found = self.keymap.find([ActiveCommand(self.commands, self)], key_name(event))
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

    def nothing_to_refresh(self) -> str | None:
        """Return why there is nothing to ask the API for again."""
        return None if self._reopening else self.no_session()

    def no_key_choice(self) -> str | None:
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

    def open_section(self, name: str) -> None:
        """Open the section of this name."""
        from jpmanage_tui.ui.sections.registry import SECTIONS

        self.main.open_section(next(section for section in SECTIONS if section.name == name))

    def issue_new(self) -> None:
        """Open Issue New License, as it was left."""
        self.main.open_issue()

    def step_back(self) -> None:
        """Take one step back."""
        view = self.main.view
        if view is None or not (view.stop_export() or view.step_back()):
            self.main.status.clear()

    def switch_focus(self, step: int = 1) -> None:
        """Move the focus from the list to the sidebar and back; in a form first through its fields."""
        from jpmanage_tui.ui.widgets.sidebar import Sidebar

        sidebar, view = self.main.query_one(Sidebar), self.main.view
        if view is None or not sidebar.has_focus:
            if view is None or not view.move_focus(step):
                sidebar.focus()
        else:
            view.focus_first()

    async def copy(self, text: str, what: str) -> None:
        """Send text to the clipboard and say which way it went; `what` names it, and stays on screen."""
        self.say(await self.copied(text, what))

    async def copied(self, text: str, what: str) -> str:
        """Send text to the clipboard and return the sentence about it."""
        from jpmanage_tui.ui.terminal.clipboard import copy

        driver = self._driver
        way = await copy(text, driver.write if driver is not None else lambda _text: None, os.environ)
        return f"{what}: {way.sentence}."

    async def open_link(self, title: str, url: str) -> None:
        """Open a web page on a local desktop; over SSH show it as link and QR code."""
        from jpmanage_tui.ui.choosing import open_link

        await open_link(self, title, url)

    # -- dialogs ---------------------------------------------------------------------------

    def _start(self, flow: Coroutine[Any, Any, None]) -> None:
        self.run_worker(flow, group="app-flow", exclusive=False, exit_on_error=False)

    def show_help(self) -> None:
        """Show the help."""
        from jpmanage_tui.ui.dialogs.help import HelpDialog

        request_id = self.session.client.last_request_id if self.session is not None else None
        self.push_screen(HelpDialog(self.main.chain(), self.keymap, request_id))

    def show_support(self) -> None:
        """Open the vendor's support page, or show its address."""
        from jpmanage_tui.ui.dialogs.help import SUPPORT, SUPPORT_WORDS

        self._start(self.open_link(SUPPORT_WORDS, SUPPORT))

    def show_palette(self) -> None:
        """Show the palette: every command, those that work here first."""
        from jpmanage_tui.ui.choosing import choose_command

        self._start(choose_command(self))

    def choose_theme(self) -> None:
        """Let the user choose the colours."""
        from jpmanage_tui.ui.choosing import choose_theme

        self._start(choose_theme(self))

    def choose_key(self) -> None:
        """Let the user choose another partner key."""
        from jpmanage_tui.ui.choosing import choose_key

        self._start(choose_key(self))

    def show_log(self) -> None:
        """Show the log of operations."""
        from jpmanage_tui.ui.dialogs.log import LogDialog

        if self.session is not None:
            keys = self.session.partner.keys if self.session.partner is not None else ()
            self.push_screen(LogDialog(self.session.queue, {str(key.id): key.name for key in keys}))
