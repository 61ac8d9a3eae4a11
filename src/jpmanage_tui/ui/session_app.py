"""The part of the app that has a session: it opens one after the first frame, hears its queue, and closes it."""

from __future__ import annotations

import gc
import os
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from textual import on

from jpmanage_tui.ui.commands.keymap import Keymap, KeymapError
from jpmanage_tui.ui.commands.keys import key_of, use
from jpmanage_tui.ui.defects import Defects
from jpmanage_tui.ui.loading import load
from jpmanage_tui.ui.main_screen import MainScreen
from jpmanage_tui.ui.note import Note
from jpmanage_tui.ui.session import Door, NeedsKey, NeedsPartner, NeedsTerms, NoAccount, Session
from jpmanage_tui.ui.terminal.app import TerminalApp
from jpmanage_tui.ui.terminal.signals import Twice
from jpmanage_tui.ui.themes import THEMES, pick_theme, theme_reason
from jpmanage_tui.ui.widgets.status import StatusLine, Tone
from jpmanage_tui.ui.working import Working

if TYPE_CHECKING:
    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.operations.outcome import OperationEvent, Outcome

NEXT = ("jpmanage_tui.ui.licenses.flows", "jpmanage_tui.ui.dialogs.log")
"""What is asked for next by a key, and loaded before that."""
INTERRUPTED = 130
OPENING_SECONDS = 0.25
"""How long the first frame stands as it is: what opens by then need not say that it does."""
QUITTING = "quit"


class Opened(Note):
    """A session is open."""

    session: Session


class NotOpened(Note):
    """No session could be opened; `sentence` says why, `error` is what the API answered, if it was that.

    `again` are the words for trying the same account once more, None where that can change nothing.
    """

    sentence: str
    error: ApiError | None = None
    again: str | None = None


class Happened(Note):
    """Something happened to an operation of the queue."""

    event: OperationEvent


class SessionApp(Working, TerminalApp[None], inherit_bindings=False):
    """An app on a session. `door` opens it; `keys` are the user's changed keys; `theme` a theme's name."""

    def __init__(
        self,
        door: Door,
        *,
        keys: Mapping[str, str] | None = None,
        theme: str | None = None,
        cells: bool = True,
    ) -> None:
        super().__init__(cells=cells)
        self.door = door
        self.keymap = Keymap(keys)
        use(self.keymap)
        self.session: Session | None = None
        self.main = MainScreen()
        self.refusal: str | None = None
        """Why the app ended before it began: what is stored cannot be used."""
        self.defects = Defects()
        self._opens_at_display = True
        self._reopening = False
        self._failures = 0
        self._twice = Twice()
        for one in THEMES:
            self.register_theme(one)
        self.theme = pick_theme(os.environ, theme)
        self._wanted_theme = theme

    # -- start and end ---------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show the frame; what the first frame does not need is imported and opened after it."""
        self.push_screen(self.main)

    def post_display_hook(self) -> None:
        """Open the session once the frame is on the terminal: not later, at a tick of Textual's clock."""
        if self._opens_at_display and self._running and self.main.is_mounted and not self._batch_count:
            self._opens_at_display = False
            self.call_next(self.open_first)

    def refresh_css(self, animate: bool = True) -> None:
        """Take over the theme's colours; before there is a screen nothing else: all styles are read after this."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def open_first(self) -> None:
        """Open the session that the command line asked for, or the welcome screen."""
        from jpmanage_tui.config.errors import ConfigError

        try:
            known = self.door.has_credentials
        except ConfigError as error:
            self.refusal = error.sentence
            self.exit()
            return
        if not known:
            self._collect_again()
            self.call_later(self.welcome, "")
            return
        self.main.hold(OPENING_SECONDS)
        self.say("Opening the demo…" if self.door.demo else "Signing in…")
        self.begin(self.door.open())

    def begin(self, opening: Coroutine[Any, Any, Session]) -> None:
        """Open a session beside the screen."""
        self.run_worker(self._open(opening), group="session", exclusive=True, exit_on_error=False)

    async def _open(self, opening: Coroutine[Any, Any, Session]) -> None:
        from jpmanage_tui.api.errors import ApiError, NotSignedIn
        from jpmanage_tui.config.errors import ConfigError
        from jpmanage_tui.operations.errors import OperationError
        from jpmanage_tui.ui.words import explain

        try:
            self.post_message(Opened(await self._through_gates(opening)))
        except ApiError as error:
            again = "" if isinstance(error, NotSignedIn) else None  # the welcome screen has the other ways
            self.post_message(NotOpened(explain(error, "Signing in", again), error))
        except (ConfigError, OperationError) as error:
            self.post_message(NotOpened(error.sentence))
        except NoAccount as error:
            self.post_message(NotOpened(str(error), again=error.again))
        finally:
            self._collect_again()

    async def _through_gates(self, opening: Coroutine[Any, Any, Session]) -> Session:
        """Open a session, asking for the partner record, the terms and the key where they are missing."""
        while True:
            try:
                return await opening
            except (NeedsPartner, NeedsTerms, NeedsKey) as need:
                from jpmanage_tui.ui.gates import pass_gate  # dialogs that most starts do without

                opening = await pass_gate(self, self.door, need)

    def _collect_again(self) -> None:
        """Take up garbage collection, which the command line stopped; what the start made stays, and is not looked at."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    @on(Opened)
    async def _opened(self, message: Opened) -> None:
        before, self.session = self.session, message.session
        await self.main.take_session(
            message.session
        )  # the views of the one before, and their reads, end here
        if before is not None and before is not message.session:
            await before.close()
        self._check_theme()
        self._check_keys()
        self.run_worker(self._settle(message.session), group="settle", exclusive=True, exit_on_error=False)

    @on(NotOpened)
    def _not_opened(self, message: NotOpened) -> None:
        from jpmanage_tui.ui.retry import PASSING, PAUSES

        if self.session is None and not isinstance(message.error, PASSING):
            self.call_later(self.welcome, message.sentence, message.again)
            return
        self.say(message.sentence, "error")
        if self.session is None and message.error is not None:
            self._reopening = True
            self.set_timer(PAUSES[min(self._failures, len(PAUSES) - 1)], self.reopen)
            self._failures += 1

    def reopen(self) -> None:
        """Try to open the session again that could not be opened."""
        if self._reopening:
            self._reopening = False
            self.open_first()

    def _check_theme(self) -> None:
        """Say that the theme of the settings cannot be had in this terminal, and why."""
        wanted = self._wanted_theme
        reason = theme_reason(wanted, os.environ) if wanted is not None else None
        if reason is not None:
            self.say(f'config.toml: theme = "{wanted}" {reason}. "{self.theme}" is used.', "warning")

    def _check_keys(self) -> None:
        if not self.keymap.changes:
            return  # the defaults are held together by a test
        from jpmanage_tui.ui.commands.all import all_sets

        try:
            self.keymap.check(all_sets())
        except KeymapError as error:
            self.say(f"config.toml: {error}", "error")

    async def _settle(self, session: Session) -> None:
        """Look up what an earlier run left behind, and tell it; first what was asked for is shown."""
        await self.main.answered()
        queue = await session.prepare_queue()
        await load(NEXT)
        from jpmanage_tui.operations.errors import OperationError

        try:
            outcomes = await queue.settle_pending()
        except OperationError as error:
            self.say(error.sentence, "error")
            return
        if outcomes:
            self._tell_settled(outcomes)

    def _tell_settled(self, outcomes: tuple[Outcome[Any], ...]) -> None:
        first = outcomes[0]
        words = f"From the last run: {first.sentence}"
        if len(outcomes) > 1:
            words += f" And {len(outcomes) - 1} more: press {key_of('log')}."
        self.say(words, "good" if all(one.happened for one in outcomes) else "warning", outcome=True)
        self.refresh_view()

    def hear(self, event: OperationEvent) -> None:
        """Take an event of the queue (called on the event loop)."""
        self.post_message(Happened(event))

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        from jpmanage_tui.operations.outcome import EventKind
        from jpmanage_tui.ui.dialogs.log import LogDialog

        for screen in self.screen_stack:
            if isinstance(screen, LogDialog):
                screen.reread()
        event = message.event
        if event.kind is EventKind.WAITING and event.seconds:
            self.say(f"{event.sentence} Sent again in {event.seconds:.0f} s.", "warning", lasts=True)
        elif event.kind is EventKind.UNKNOWN:
            self.say(f"{event.sentence} Looking it up…", "warning", lasts=True)
        elif event.kind is EventKind.LOOKING and event.seconds:
            self.say(f"{event.sentence} The next look is in {event.seconds:.0f} s.", "warning", lasts=True)
        elif event.outcome is not None and not event.outcome.nothing_done:
            self.main.outdate()

    async def before_end(self, code: int) -> None:
        """Close the session: nothing new is sent, what is on its way finishes, the journal is closed."""
        await self._close_session()

    async def _close_session(self) -> None:
        session, self.session = self.session, None
        for worker in list(self.workers):
            if worker.group != QUITTING:
                worker.cancel()  # reads only: what changes something runs in the queue, which is closed below
        if session is not None:
            await session.close()
        await self.door.close()

    def ask_quit(self) -> None:
        """Leave; asks when something is running or a form is changed."""
        self.run_worker(self._quit(), group=QUITTING, exclusive=True, exit_on_error=False)

    async def _quit(self) -> None:
        reasons = []
        if self.session is not None and self.session.busy:
            reasons.append("A change is on its way. It is finished before the program ends.")
        elif self.session is not None and self.session.looking:
            reasons.append(
                "It is being looked up whether a change was done. What is not found out now is looked up at the next "
                "start."
            )
        reasons += self.main.unfinished()
        unsaved = self.main.view.unsaved() if self.main.view is not None else None
        if unsaved:
            reasons.append(unsaved)
        if reasons:
            from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog, Question

            if await self.push_screen_wait(ConfirmDialog(Question("Leave?", reasons, "Leave"))) is None:
                return
        await self._close_session()
        if not self._ending:  # ctrl+c came again meanwhile: its exit code holds
            self.exit()

    def interrupt(self) -> None:
        """Leave as `q` does; at once when pressed twice within 2 seconds."""
        if self._twice.pressed():
            self.end_with(INTERRUPTED)
        else:
            self.ask_quit()

    # -- what the session's state is told with ---------------------------------------------

    def say(
        self, message: str, tone: str = "info", *, outcome: bool = False, lasts: bool | None = None
    ) -> None:
        """Say something in the status line; `tone` is info, good, warning or error, `outcome` how a change ended.

        `lasts`: it stays when a key is pressed, since it still goes on; None: where it ends in `…`.
        """
        # there is none before the frame is there, and none once it is taken away
        for line in self.main.query(StatusLine):
            line.say(message, Tone(tone), outcome=outcome, lasts=lasts)

    def refresh_view(self) -> None:
        """Ask the API again for what is on the screen."""
        if self._reopening:
            self.reopen()
        elif self.main.view is not None:
            self.main.view.reload()

    async def welcome(self, sentence: str, again: str | None = None) -> None:
        """Show the welcome screen, with a sentence about why no account is open, and the words to try it `again`."""
        from jpmanage_tui.ui.dialogs.welcome import WelcomeDialog

        self.main.status.clear()
        self.push_screen(WelcomeDialog(self.door, sentence, again), self._welcomed)

    def _welcomed(self, opening: Coroutine[Any, Any, Session] | None) -> None:
        if opening is None:
            self.exit()
        else:
            self.say("Opening…")
            self.begin(opening)
