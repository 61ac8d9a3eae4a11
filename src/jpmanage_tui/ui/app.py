"""The application: what its user is told, the commands that work everywhere, and how it is left."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual import events, on

from jpmanage_tui.account.service import AccountService
from jpmanage_tui.account.session import Session, import_modules
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.keymap import KeyChanges, Keymap
from jpmanage_tui.config.theme_names import BUILT_IN_THEMES
from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.common.commands import ActiveCommands, CommandTarget
from jpmanage_tui.ui.common.keymap import key_name
from jpmanage_tui.ui.common.keys import key_for, set_keymap
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.themes import (
    THEMES,
    VARIABLE_DEFAULTS,
    has_dark_background,
    pick_theme,
    theme_of_file,
    theme_reason,
)
from jpmanage_tui.ui.common.unhandled_errors import UnhandledErrors
from jpmanage_tui.ui.common.workers import ACTION_GROUP, WorkerMixin
from jpmanage_tui.ui.main_screen import MainScreen
from jpmanage_tui.ui.sections.base import OpenKey
from jpmanage_tui.ui.sections.registry import ALL_SECTIONS, ISSUE, SITE_LIST, section_command_sets
from jpmanage_tui.ui.session_controller import LEAVING, QUITTING, SessionController
from jpmanage_tui.ui.terminal.app import TerminalApp
from jpmanage_tui.ui.terminal.signals import Twice
from jpmanage_tui.ui.widgets.status_line import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.worker import Worker

    from jpmanage_tui.config.ui_state import UiState
    from jpmanage_tui.operations.entry import Entry
    from jpmanage_tui.operations.mutation import Mutation
    from jpmanage_tui.operations.operation import OperationEvent
    from jpmanage_tui.operations.runner import RunEvent
    from jpmanage_tui.ui.common.command_index import CommandEntry
    from jpmanage_tui.ui.terminal.keyboard import Keyboard

INTERRUPTED = 130
NO_SESSION = "No account is open yet."
USED = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)
"""The events by which somebody uses the terminal: while they come, screens keep themselves true."""
UNREADABLE = chr(0xFFFD)  # never drawn
"""What a byte is read as that is no character in the terminal's encoding."""
NOT_READ = (
    "That character could not be read: the terminal sends another encoding than the locale (LANG) says."
)
WHILE_LEAVING = ("quit", "interrupt", "repaint")
"""The commands that still run while the program is being left."""


class OperationUpdated(DataMessage):
    """Something happened to an operation of the queue."""

    event: OperationEvent


class RunUpdated(DataMessage):
    """Something happened to a run of many changes."""

    event: RunEvent


class JpmanageApp(WorkerMixin, CommandTarget, TerminalApp[None], inherit_bindings=False):
    """jpmanage. `account_service` opens its sessions; `keys` are the user's changed keys; `theme` a theme's name.

    `themes_dir` is the folder of the user's own themes, None where there are none.
    """

    COMMAND_SET = EVERYWHERE
    ENABLE_COMMAND_PALETTE = False
    TITLE = "jpmanage"
    CSS = """
    * { scrollbar-color: $foreground 40%; scrollbar-background: $background; }
    .dialog--box, .dialog--box * { scrollbar-background: $surface; }
    *:ansi { scrollbar-color: ansi_bright_black; }
    MainScreen { background: $background; }
    """

    END_SECONDS = 25.0
    """The last resort: two queues in a row, each with its own bound (`Policy.close_seconds`), and the files."""

    def __init__(
        self,
        account_service: AccountService,
        *,
        keys: KeyChanges | None = None,
        theme: str | None = None,
        themes_dir: Path | None = None,
        cells: bool = True,
        keyboard: Keyboard | None = None,
        ascii_only: bool | None = None,
        accessible: bool = False,
    ) -> None:
        super().__init__(cells=cells, keyboard=keyboard, ascii_only=ascii_only, accessible=accessible)
        self.keymap = Keymap(keys)
        self.set_keymap(self.keymap.by_binding())
        set_keymap(self.keymap)
        self.main = MainScreen(self.keymap, account_service.settings.refresh_seconds)
        self.sessions = SessionController(self, self.main, account_service, self._check_theme)
        self.issue_selection = ""
        """What was picked for issuing: it outlives a session, so that choosing another key does not lose it."""
        self.site_list_lines: list[str] = []
        """The lines of the list of sites that is being prepared: they outlive a session too."""
        self.shows_details = not accessible  # what stands beside a row would be read with it
        """Whether details stand beside the lists where there is room for them."""
        self.unhandled_errors = UnhandledErrors()
        self._opens_at_display = True
        self._twice = Twice()
        for one in THEMES:
            self.register_theme(one)
        self._themes_dir = themes_dir
        self._wanted_theme = theme
        """The theme of the settings."""
        self._theme_faults: dict[str, str] = {}
        """Why a theme of the user's cannot be used, by name."""
        wanted = (theme, self.ui_state.theme)
        had = [name if name is not None and self._has_theme(name) else None for name in wanted]
        self.dark_background = has_dark_background(os.environ, self.ui_state.dark_background)
        self.theme = pick_theme(os.environ, had, self.ui_state.dark_background)

    @property
    def account_service(self) -> AccountService:
        """What opens the sessions."""
        return self.sessions.account_service

    @property
    def session(self) -> Session | None:
        """The session that is open."""
        return self.sessions.session

    @property
    def start_error(self) -> str | None:
        """Why the app ended before it began: what is stored cannot be used."""
        return self.sessions.start_error

    # -- start -----------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show the frame; what the first frame does not need is imported and opened after it."""
        self.push_screen(self.main)

    def post_display_hook(self) -> None:
        """Open the session once the frame is on the terminal: not later, at a tick of Textual's clock."""
        if self._opens_at_display and self.main.is_mounted and self.frame_is_shown:
            self._opens_at_display = False
            self.call_next(self.sessions.open_first)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the variables of the app's own in its themes."""
        return VARIABLE_DEFAULTS

    def refresh_css(self, animate: bool = True) -> None:
        """Take over the theme's colors; before there is a screen nothing else: all styles are read after this."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    # -- what became of changes ----------------------------------------------------------------

    def on_operation_event(self, event: OperationEvent) -> None:
        """Take an event of the queue (called on the event loop)."""
        self.post_message(OperationUpdated(event))

    def on_run_event(self, event: RunEvent) -> None:
        """Take an event of a run (called on the event loop)."""
        self.post_message(RunUpdated(event))

    @on(RunUpdated)
    def _run_updated(self, message: RunUpdated) -> None:
        self.main.heard_run(message.event)

    async def ask_about_earlier(self, change: Mutation[Any], earlier: tuple[Entry, ...]) -> bool:
        """Ask whether a change is sent in spite of earlier ones of unknown outcome; for the queue, on the event loop.

        The question goes away when the wait for its answer is canceled.
        """
        from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
        from jpmanage_tui.ui.dialogs.earlier import about_earlier

        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        dialog = ConfirmDialog(about_earlier(change, earlier))

        def take(yes: object | None) -> None:
            if not answer.done():
                answer.set_result(yes is not None)

        def ask() -> None:
            if not answer.done():
                self.push_screen(dialog, take)

        def withdraw() -> None:
            if self.screen is dialog:
                dialog.dismiss(None)

        self.call_later(ask)  # in the app's own task, of which a screen must be made
        try:
            return await answer
        finally:
            if answer.cancelled():
                self.call_later(withdraw)

    @on(OperationUpdated)
    def _operation_updated(self, message: OperationUpdated) -> None:
        from jpmanage_tui.operations.operation import EventKind
        from jpmanage_tui.ui.dialogs.dialog import Dialog

        event = message.event
        if event.outcome is not None and self.session is not None:
            from jpmanage_tui.services.undo import undo_history

            undo_history(self.session).heard(event.outcome)
        for screen in self.screen_stack:
            if isinstance(screen, Dialog):
                screen.heard(event)
        if self.main.section is not None:
            self.main.section.heard(event)
        if event.kind is EventKind.WAITING and event.seconds:
            self._tell_under_way(event, f"Sent again in {event.seconds:.0f} s.")
        elif event.kind is EventKind.UNKNOWN:
            self._tell_under_way(event, "Looking it up…")
        elif event.kind is EventKind.VERIFYING and event.seconds:
            self._tell_under_way(event, f"Next check in {event.seconds:.0f} s.")
        elif event.kind is EventKind.RECOVERED and event.outcome is not None:
            self.notify(
                event.sentence, severity="success" if event.outcome.happened else "warning", outcome=True
            )
        elif event.outcome is not None and not event.outcome.nothing_done:
            self.main.mark_outdated()

    def _tell_under_way(self, event: OperationEvent, words: str) -> None:
        """Say how a change stands that has not ended, as lists name it, and what comes next."""
        from jpmanage_tui.services.operation_text import short_sentence

        sentence = short_sentence(event.sentence, event.change)
        self.notify(f"{sentence} {words}", severity="warning", lasts=True)

    # -- closing, and leaving --------------------------------------------------------------------

    @property
    def leaving(self) -> bool:
        """Whether the program is being left: no request is begun any more."""
        return self.sessions.leaving

    async def before_end(self, code: int) -> None:
        """Close the session, however the program is left."""
        await self.sessions.close()

    def action_ask_quit(self) -> None:
        """Leave; asks when something is running or a form is changed. Asking again changes nothing."""
        if self.leaving:
            self.notify(LEAVING)
        elif all(worker.group != QUITTING or worker.is_finished for worker in self.workers):
            self.run_worker(self._quit(), group=QUITTING, exclusive=False, exit_on_error=False)

    async def _quit(self) -> None:
        reasons = self.sessions.reasons_not_to_leave()
        if reasons:
            from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

            if await self.push_screen_wait(ConfirmDialog(Confirmation("Leave?", reasons, "Leave"))) is None:
                return
        try:
            await self.sessions.close()
        finally:
            if not self._ending:  # a signal or ctrl+c twice came meanwhile: its exit code holds
                self.exit()

    def action_interrupt(self) -> None:
        """Leave as `q` does; pressed twice within 2 seconds it asks nothing, and the exit code says so."""
        if self._twice.pressed():
            self.end_with(INTERRUPTED)
        else:
            self.action_ask_quit()

    async def on_event(self, event: events.Event) -> None:
        """Take an event. While the program is being left, keys only ask for that once more."""
        if isinstance(event, events.Key) and event.is_printable:
            event.key = event.key.removeprefix(
                "alt+"
            )  # that is esc in one piece with the next key, on a slow line
        if isinstance(event, events.Key) and event.character == UNREADABLE:
            self.notify(NOT_READ, severity="warning")
            return
        if isinstance(event, USED):
            self.main.refresher.used()
        if not self.leaving or not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, events.Key):
            for command in map(EVERYWHERE.named, WHILE_LEAVING):
                if key_name(event) in self.keymap.keys_of(command.name):
                    self.active_commands.run(command)
                    return
            self.notify(LEAVING)

    # -- what the user is told ---------------------------------------------------------------------

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Severity = "information",
        timeout: float | None = None,
        markup: bool = False,
        outcome: bool = False,
        lasts: bool | None = None,
    ) -> None:
        """Say something in the status line, in the place of Textual's toast: no title, no markup, no timeout.

        `outcome`: it is how a change ended. `lasts`: it stays when a key is pressed, since it still goes on; None: where
        it ends in `…`.
        """
        del title, timeout, markup
        self.main.notify(message, severity=severity, outcome=outcome, lasts=lasts)

    def handle_worker_state(self, event: Worker.StateChanged) -> None:
        """Say that work beside the screen broke, and keep what is known of it."""
        sentence = self.unhandled_errors.note(event)
        if sentence is not None:
            log = (
                f" Press {key_for('open-operations')} to see what became of changes."
                if self.session is not None
                else ""
            )
            self.notify(f"{sentence}{log}", severity="error")

    @property
    def ui_state(self) -> UiState:
        """What is remembered between two starts; what could not be stored is told by `tell_state_trouble`."""
        return self.account_service.ui_state

    def tell_state_trouble(self) -> None:
        """Say once that what is to be remembered could not be read or stored."""
        trouble = self.ui_state.take_trouble()
        if trouble:
            self.notify(trouble, severity="warning")

    def take_background(self, dark: bool) -> None:
        """Remember for the next start whether the terminal's background is dark, as the terminal has answered."""
        self.dark_background = self.ui_state.dark_background = dark
        self.tell_state_trouble()

    def _has_theme(self, name: str) -> bool:
        """Return whether there is a theme of this name; one of the user's is read, again too, and registered then."""
        if name in BUILT_IN_THEMES or name in self._theme_faults:
            return name not in self._theme_faults
        from jpmanage_tui.config.errors import ConfigError
        from jpmanage_tui.config.theme_files import load_theme_file

        if self._themes_dir is None:
            return False
        try:
            self.register_theme(theme_of_file(load_theme_file(self._themes_dir, name)))
        except ConfigError as error:
            self._theme_faults[name] = error.sentence
            return False
        return True

    def _theme_reason(self, name: str) -> str | None:
        """Return why a theme cannot be had, None where it can."""
        return theme_reason(name, os.environ) or self._theme_faults.get(name)

    def _check_theme(self) -> None:
        """Say that the theme of the settings, or the one that was chosen, cannot be had, and why."""
        wanted = self._wanted_theme or self.ui_state.theme
        fault = self._theme_faults.get(wanted or "")
        reason = theme_reason(wanted, os.environ) if wanted is not None else None
        if fault is not None:
            self.notify(f'{fault} "{self.theme}" is used.', severity="warning")
        elif reason is not None and wanted == self._wanted_theme:
            self.notify(
                f'config.toml: theme = "{wanted}" {reason}. "{self.theme}" is used.', severity="warning"
            )
        else:
            self.tell_state_trouble()

    def is_opening(self, worker: Worker[Any]) -> bool:
        """Whether a worker shows a section, or runs a command that may open a dialog: what is typed next is for that."""
        return worker.group in ("section", ACTION_GROUP)

    # -- commands --------------------------------------------------------------------------------------

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Perform an action as Textual does; say why, where it is that of a command which cannot run now."""
        target = default_namespace if default_namespace is not None else self
        active = target.active_commands if isinstance(target, CommandTarget) else None
        command = active.commands.with_action(action) if active is not None else None
        if active is None or command is None:
            return await super().run_action(action, default_namespace, namespaces)
        reason = active.disabled_text(command)
        if reason is not None:
            self.notify(reason, severity="warning")
            return True
        if command.footer:
            self.main.status.clear()
        handled = await super().run_action(action, default_namespace, namespaces)
        self.main.update_status()
        return handled

    def no_session_reason(self) -> str | None:
        """Return why a command that needs an account cannot run, None when one is open."""
        return None if self.session is not None else NO_SESSION

    def refresh_disabled_reason(self) -> str | None:
        """Return why there is nothing to ask the API for again."""
        return None if self.sessions.reopening else self.no_session_reason()

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

    def action_issue(self) -> None:
        """Open Issue New License, as it was left."""
        self.main.open_section(ISSUE.name)

    issue_disabled_reason = no_session_reason

    def action_site_list(self) -> None:
        """Open the list of sites, as it was left."""
        self.main.open_section(SITE_LIST.name)

    site_list_disabled_reason = no_session_reason

    def action_step_back(self) -> None:
        """Take one step back."""
        view = self.main.section
        if (view is None or not (view.stop_export() or view.step_back())) and not self.main.end_tour():
            self.main.status.clear()

    def switch_mouse_disabled_reason(self) -> str | None:
        """Return why the mouse cannot be switched."""
        return "This terminal's mouse cannot be switched." if self.takes_mouse is None else None

    def switch_mouse_label(self) -> str:
        """Return what the command of the mouse does now."""
        return "Mouse off" if self.takes_mouse else "Mouse on"

    def action_switch_mouse(self) -> None:
        """Take the mouse, or give it back to the terminal, and say so."""
        self.switch_mouse(not self.takes_mouse)
        if self.takes_mouse:
            self.notify(
                f"The mouse works here; {key_for('mouse')} gives it back. With shift most terminals still select text."
            )
        else:
            self.notify("The mouse is the terminal's again: it selects text.")

    tour_disabled_reason = no_session_reason

    def tour_label(self) -> str:
        """Return what the command of the tour does now."""
        return "Leave the tour" if self.main.tour is not None else "Tour"

    def action_tour(self) -> None:
        """Begin the tour, or leave it."""
        if not self.main.end_tour():
            self.main.start_tour()

    def action_switch_focus(self, step: int) -> None:
        """Move the focus from the list to the sidebar and back; in a form first through its fields."""
        from jpmanage_tui.ui.widgets.sidebar import Sidebar

        sidebar, view = self.main.query_one(Sidebar), self.main.section
        if view is None or not sidebar.has_focus:
            if view is None or not view.move_focus(step):
                sidebar.focus()
        else:
            view.focus_first()

    def action_repaint(self) -> None:
        """Paint the whole screen again."""
        self.repaint_all()

    def action_refresh(self) -> None:
        """Ask the API again for what is on the screen."""
        self.sessions.refresh()

    def help_values(self) -> Sequence[str]:
        """Return that any text may follow: it is searched for in the help."""
        return ()

    def action_help(self, typed: str = "") -> None:
        """Show the help, with what is found there of a text; run what is chosen."""
        self.start_action(self._show_help(typed))

    async def _show_help(self, typed: str) -> None:
        from jpmanage_tui.ui.dialogs.help import HelpDialog

        entries = await self.command_entries()
        here = [entry for entry in entries if entry.active is not None]
        elsewhere = [entry for entry in entries if entry.active is None]
        request_id = self.session.client.last_request_id if self.session is not None else None
        await self._run_entry(
            await self.push_screen_wait(HelpDialog(here, elsewhere, request_id, typed=typed))
        )

    def action_support(self) -> None:
        """Open the vendor's support page, or show its address."""
        from jpmanage_tui.ui.dialogs.browser import open_link
        from jpmanage_tui.ui.dialogs.help import SUPPORT, SUPPORT_WORDS

        self.start_action(open_link(self, SUPPORT_WORDS, SUPPORT))

    # -- every command ---------------------------------------------------------------------------------

    async def command_entries(self) -> list[CommandEntry]:
        """Return every command of the program: those that work here first, then what the other sections have."""
        from jpmanage_tui.ui.common.command_index import entries_here, entries_of_section

        await import_modules(section.module for section in ALL_SECTIONS.values())
        entries = list(entries_here(self.main.palette_commands(), self.keymap))
        for section, commands in section_command_sets().items():
            if section.name != self.main.current or self.main.section is None:
                reason = self.no_session_reason()
                entries += entries_of_section(section.name, commands, self.keymap, reason)
        return entries

    async def _run_entry(self, entry: CommandEntry | None, argument: str = "") -> None:
        """Run a command that was chosen, in its section; it says why where it cannot."""
        if entry is None:
            return
        target = entry.active.target if entry.active is not None else None
        if target is None:
            target = self.main.section if await self.main.go_to(entry.section) else None
            await self.main.wait_for_rows()
        if target is not None and argument:
            ActiveCommands(EVERYWHERE, target).run(entry.command, argument)
        elif target is not None:
            await self.run_action(entry.command.action, target)

    def action_palette(self) -> None:
        """Show the palette: every command, those that work here first."""
        self.start_action(self._choose_command())

    async def _choose_command(self) -> None:
        from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, best_matches

        entries: dict[str, CommandEntry] = {}
        for entry in await self.command_entries():
            if entry.command.palette:
                entries.setdefault(entry.id, entry)
        choices = [
            Choice(
                id,
                entry.label,
                "" if entry.active is not None else entry.place,
                entry.reason,
                entry.key,
                changes=entry.command.changes,
            )
            for id, entry in entries.items()
        ]
        dialog = ChoiceDialog("Every command", choices, search=True, match=best_matches)
        chosen = await self.push_screen_wait(dialog)
        await self._run_entry(entries[chosen] if chosen is not None else None)

    def action_command_line(self) -> None:
        """Show the command line, and do what is typed there."""
        self.start_action(self._type_command())

    async def _type_command(self) -> None:
        from jpmanage_tui.ui.common.command_line import RowNumber
        from jpmanage_tui.ui.dialogs.command_line import CommandLineDialog

        dialog = CommandLineDialog(await self.command_entries())
        meant = await self.push_screen_wait(dialog)
        if isinstance(meant, RowNumber):
            self.main.go_to_row(meant)
        elif meant is not None:
            await self._run_entry(meant.entry, meant.argument)

    def _own_themes(self) -> tuple[str, ...]:
        """Return the names of the user's themes; what is wrong with one is found out anew."""
        from jpmanage_tui.config.theme_files import theme_file_names

        self._theme_faults.clear()  # the files may have been mended meanwhile
        own = tuple(theme_file_names(self._themes_dir)) if self._themes_dir is not None else ()
        for name in own:
            self._has_theme(name)
        return own

    def choose_theme_values(self) -> Sequence[str]:
        """Return the names of the themes."""
        return [*(theme.name for theme in THEMES), *self._own_themes()]

    def action_choose_theme(self, name: str = "") -> None:
        """Take the colors of this name, else let the user choose them."""
        reason = self._theme_reason(name)
        if not name:
            self.start_action(self._choose_theme())
        elif reason is not None:
            self.notify(f"Theme {name} {reason}", severity="warning")
        else:
            self.theme = name
            self._keep_theme(name)

    async def _choose_theme(self) -> None:
        """Show the themes, each as the cursor comes to it; the chosen one is remembered for the next start."""
        from jpmanage_tui.ui.dialogs.theme import ThemeDialog

        themes = {theme.name: "" for theme in THEMES} | dict.fromkeys(self._own_themes(), "your own")
        chosen = await self.push_screen_wait(ThemeDialog(themes, self._theme_reason, self.theme))
        if chosen is not None:
            self._keep_theme(chosen)

    def _keep_theme(self, chosen: str) -> None:
        """Remember a theme for the next start."""
        self.ui_state.theme = chosen
        if self._wanted_theme not in (None, chosen):
            self.notify(
                f'Theme {chosen}, until the program ends: config.toml has theme = "{self._wanted_theme}".',
                severity="warning",
            )
        self.tell_state_trouble()

    def action_show_notices(self) -> None:
        """Show the last messages."""
        from jpmanage_tui.ui.dialogs.notices import NoticesDialog

        self.push_screen(NoticesDialog(self.main.status.notices))

    def choose_key_values(self) -> Sequence[str]:
        """Return the names of the account's partner keys."""
        partner = self.session.partner if self.session is not None else None
        return [key.name for key in partner.keys if key.name] if partner is not None else []

    def action_choose_key(self, name: str = "") -> None:
        """Open the partner key of this name, else let the user choose one."""
        self.start_action(self._choose_key(name))

    async def _choose_key(self, name: str) -> None:
        """Show the account's partner keys, open the chosen one; asks first where a form is changed or a run goes on."""
        from jpmanage_tui.ui.onboarding.requirements import ask_key, named_key

        session = self.session
        if session is None or session.partner is None:
            return
        now = (session.client.server_now() or datetime.now(UTC)).astimezone()
        key_id = named_key(session.partner, name)
        if key_id is None:
            key_id = await ask_key(self, session.partner, session.key_id, now, self.main.seen_invoices)
        if key_id is None or key_id == session.key_id or not await self.main.confirm_leave():
            return
        name = next((key.name for key in session.partner.keys if key.id == key_id), "") or f"key {key_id}"
        await self.sessions.switch_key(key_id, name)

    @on(OpenKey)
    def _open_key(self, message: OpenKey) -> None:
        self.start_action(self._show_key(message))

    async def _show_key(self, message: OpenKey) -> None:
        """Open another partner key at one of its sections; the section alone where it is the key in use."""
        if self.session is not None and message.key_id == self.session.key_id:
            self.main.open_section(message.section, message.then)
        elif await self.main.confirm_leave():
            await self.sessions.switch_key(message.key_id, message.key_name, message)

    def choose_profile_disabled_reason(self, _name: str = "") -> str | None:
        """Return why no other profile can be opened."""
        return self.no_session_reason() or self.account_service.switch_profile_reason()

    def choose_profile_values(self) -> Sequence[str]:
        """Return the names of the stored profiles; none where none can be opened or read: choosing one says why."""
        if self.choose_profile_disabled_reason() is not None:
            return ()
        try:
            return self.account_service.profiles.store.list()
        except ConfigError:
            return ()

    def action_choose_profile(self, name: str = "") -> None:
        """Open the account of another profile: of this name, else let the user choose one."""
        self.start_action(self._choose_profile(name))

    async def _choose_profile(self, name: str) -> None:
        from jpmanage_tui.ui.onboarding.profiles import ask_profile

        chosen = await ask_profile(self, self.account_service, name)
        if chosen is not None and await self.main.confirm_leave():
            await self.sessions.switch_profile(chosen)
