"""The part of the app that has a session: it opens one after the first frame, hears its queue, and closes it."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on

from jpmanage_tui.account.import_modules import load
from jpmanage_tui.account.session import Door, NeedsKey, NeedsPartner, NeedsTerms, NoAccount, Session
from jpmanage_tui.api.closing import CloseOnce
from jpmanage_tui.ui.common.keymap import Keymap
from jpmanage_tui.ui.common.keys import key_for, set_keymap
from jpmanage_tui.ui.common.messages import Note
from jpmanage_tui.ui.common.themes import THEMES, pick_theme, theme_reason
from jpmanage_tui.ui.common.unhandled_errors import UnhandledErrors
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.main_screen import MainScreen
from jpmanage_tui.ui.terminal.app import TerminalApp
from jpmanage_tui.ui.terminal.signals import Twice
from jpmanage_tui.ui.widgets.status_line import TONES, Severity, StatusLine

if TYPE_CHECKING:
    from textual.worker import Worker

    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.operations.entry import Entry
    from jpmanage_tui.operations.mutation import Mutation
    from jpmanage_tui.operations.outcome import OperationEvent, Outcome
    from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
    from jpmanage_tui.ui.dialogs.opening import OpeningDialog
    from jpmanage_tui.ui.dialogs.under_way import Ended, Ongoing
    from jpmanage_tui.ui.terminal.keyboard import Keyboard

NEXT = ("jpmanage_tui.ui.sections.licenses.flows", "jpmanage_tui.ui.dialogs.log")
"""What is asked for next by a key, and loaded before that."""
INTERRUPTED = 130
OPENING_SECONDS = 0.25
"""How long the first frame stands as it is: what opens by then need not say that it does."""
QUITTING = "quit"
LEAVING = "Leaving: what is on its way is finished first, which may take some seconds."


LEAVING_SECONDS = 0.3
"""After how long it is said that leaving takes its time, where that was not known before."""


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


class EarlierFound(Note):
    """The user has to be asked about earlier changes of unknown fate; `answer` takes what he says."""

    dialog: ConfirmDialog
    answer: asyncio.Future[bool]


class SessionApp(WorkerMixin, TerminalApp[None], inherit_bindings=False):
    """An app on a session. `door` opens it; `keys` are the user's changed keys; `theme` a theme's name."""

    END_SECONDS = 25.0
    """The last resort: two queues in a row, each with its own bound (`Policy.close_seconds`), and the files."""

    def __init__(
        self,
        door: Door,
        *,
        keys: Mapping[str, str] | None = None,
        theme: str | None = None,
        cells: bool = True,
        keyboard: Keyboard | None = None,
    ) -> None:
        super().__init__(cells=cells, keyboard=keyboard)
        self.door = door
        self.keymap = Keymap(keys)
        set_keymap(self.keymap)
        self.session: Session | None = None
        self.main = MainScreen(self.keymap)
        self.notices: Sequence[str] = ()
        """What the command line found that hinders nothing, told once something is open."""
        self.refusal: str | None = None
        """Why the app ended before it began: what is stored cannot be used."""
        self.defects = UnhandledErrors()
        self._opens_at_display = True
        self._reopening = False
        self._failures = 0
        self._twice = Twice()
        self._session_end = CloseOnce(self._close_session)
        self._switching: OpeningDialog | None = None
        self._given_up = False
        """Whether the user does not want any more what is being opened."""
        self._to_tell: Ended | None = None
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
            self.call_later(self.welcome, self._take_notices())
            return
        self.main.hold(OPENING_SECONDS)
        self.say("Opening the demo…" if self.door.demo else "Signing in…")
        self.begin(self.door.open())

    def begin(self, opening: Coroutine[Any, Any, Session]) -> None:
        """Open a session beside the screen."""
        self._given_up = False
        self.run_worker(self._open(opening), group="session", exclusive=True, exit_on_error=False)

    async def _open(self, opening: Coroutine[Any, Any, Session]) -> None:
        from jpmanage_tui.api.errors import ApiError
        from jpmanage_tui.config.errors import ConfigError
        from jpmanage_tui.operations.errors import OperationError

        try:
            self.post_message(Opened(await self._through_gates(opening)))
        except ApiError as error:
            self.post_message(NotOpened(self._why_not_opened(error), error))
        except (ConfigError, OperationError) as error:
            self.post_message(NotOpened(error.sentence))
        except NoAccount as error:
            self.post_message(NotOpened(str(error), again=error.again))
        finally:
            self._collect_again()

    def _why_not_opened(self, error: ApiError) -> str:
        """Return the sentence about an account that could not be opened, with advice for where it will stand."""
        from jpmanage_tui.ui.common.retry import PASSING
        from jpmanage_tui.ui.common.text import Where, error_text

        if self.session is not None:
            return error_text(error, "Opening the other partner key", again=key_for("key"))
        return error_text(
            error, "Signing in", where=Where.SCREEN if isinstance(error, PASSING) else Where.START
        )

    async def _through_gates(self, opening: Coroutine[Any, Any, Session]) -> Session:
        """Open a session, asking for the partner record, the terms and the key where they are missing."""
        while True:
            try:
                return await opening
            except (NeedsPartner, NeedsTerms, NeedsKey) as need:
                from jpmanage_tui.ui.onboarding.requirements import (
                    pass_gate,  # dialogs that most starts do without
                )

                opening = await pass_gate(self, self.door, need)

    def _collect_again(self) -> None:
        """Take up garbage collection, which the command line stopped; what the start made stays, and is not looked at."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    async def switch_session(
        self, open_it: Callable[[], Coroutine[Any, Any, Session]], title: str, name: str
    ) -> None:
        """Open another session in the place of the present one; asks first about what is under way in it.

        `open_it` makes the coroutine that opens it; `name` is what the user knows it by, `title` what kind of thing it
        is.
        """
        from jpmanage_tui.ui.dialogs.opening import OpeningDialog

        ended = await self._nothing_under_way(title, f"switch to {name}")
        if ended is None or self.leaving:
            return
        dialog = self._switching = OpeningDialog(title, f"Opening {name}…")
        self._to_tell = ended
        self.begin(open_it())
        if await self.push_screen_wait(dialog) is None:
            self._switching, self._given_up = None, True
            self.workers.cancel_group(self, "session")
            self._tell_ended()

    async def _nothing_under_way(self, title: str, then: str) -> Ended | None:
        """Ask what is to become of what is under way in the session, and wait for that; None where the user stays."""
        from jpmanage_tui.ui.dialogs.under_way import ChangesUnderWay, Ended, UnderWayDialog

        session, so_far = self.session, Ended()
        while session is not None and session is self.session:
            ongoing: list[Ongoing] = list(self.main.ongoing())
            if not ongoing and (session.busy or (session.looking and not so_far.stopped)):
                ongoing.append(ChangesUnderWay(session))
            if not ongoing:
                break
            ended = await self.push_screen_wait(UnderWayDialog(title, then, ongoing))
            if ended is None:
                return None
            words = f"{so_far.sentence} {ended.sentence}".strip()
            so_far = Ended(words, so_far.complete and ended.complete, so_far.stopped or ended.stopped)
        return so_far

    def _end_switching(self) -> None:
        dialog, self._switching = self._switching, None
        if dialog is not None:
            dialog.dismiss(True)

    def _tell_ended(self) -> None:
        """Say how that ended which was under way when the user left it."""
        told, self._to_tell = self._to_tell, None
        if told is not None and told.sentence:
            self.say(told.sentence, "good" if told.complete else "warning", outcome=True)

    @on(Opened)
    async def _opened(self, message: Opened) -> None:
        if self.leaving or self._given_up:
            self._retire(message.session)
            return
        before, self.session = self.session, message.session
        self._end_switching()
        await self.main.take_session(
            message.session
        )  # the views of the one before, and their reads, end here
        if before is not None and before is not message.session:
            self._retire(before)
        self._tell_ended()
        if message.session.note:
            self.say(message.session.note, "warning")
        self._check_theme()
        self.run_worker(self._settle(message.session), group="settle", exclusive=True, exit_on_error=False)

    def _retire(self, session: Session) -> None:
        """Close a session that is not shown any more: beside the screen, since it waits for what is on its way."""
        self.run_worker(session.close(), group="retire", exclusive=False, exit_on_error=False)

    @on(NotOpened)
    def _not_opened(self, message: NotOpened) -> None:
        from jpmanage_tui.ui.common.retry import PASSING, PAUSES

        self._end_switching()
        self._tell_ended()
        if self.session is None and not isinstance(message.error, PASSING):
            self.call_later(
                self.welcome, f"{message.sentence} {self._take_notices()}".rstrip(), message.again
            )
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

    async def _settle(self, session: Session) -> None:
        """Look up what an earlier run left behind, and tell it; first what was asked for is shown."""
        await self.main.answered()
        if notices := self._take_notices():
            self.say(notices, "warning")
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

    def _take_notices(self) -> str:
        notices, self.notices = self.notices, ()
        return " ".join(notices)

    def _tell_settled(self, outcomes: tuple[Outcome[Any], ...]) -> None:
        first = outcomes[0]
        words = f"From the last run: {first.sentence}"
        if len(outcomes) > 1:
            words += f" And {len(outcomes) - 1} more: press {key_for('log')}."
        self.say(words, "good" if all(one.happened for one in outcomes) else "warning", outcome=True)
        self.action_refresh()

    def hear(self, event: OperationEvent) -> None:
        """Take an event of the queue (called on the event loop)."""
        self.post_message(Happened(event))

    async def ask_about_earlier(self, change: Mutation[Any], earlier: tuple[Entry, ...]) -> bool:
        """Ask whether a change is sent in spite of earlier ones of unknown fate; for the queue, on the event loop.

        The question goes away when the wait for its answer is cancelled.
        """
        from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
        from jpmanage_tui.ui.dialogs.earlier import about_earlier

        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        dialog = ConfirmDialog(about_earlier(change, earlier))
        self.post_message(EarlierFound(dialog, answer))
        try:
            return await answer
        finally:
            if answer.cancelled():
                self.call_later(self._withdraw, dialog)

    def _withdraw(self, dialog: ConfirmDialog) -> None:
        """Take a question away that needs no answer any more."""
        if self.screen is dialog:
            dialog.dismiss(None)

    @on(EarlierFound)
    def _ask_about_earlier(self, message: EarlierFound) -> None:
        answer = message.answer

        def take(yes: object | None) -> None:
            if not answer.done():
                answer.set_result(yes is not None)

        if not answer.done():
            self.push_screen(message.dialog, take)

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        from jpmanage_tui.operations.outcome import EventKind
        from jpmanage_tui.ui.dialogs.dialog import Dialog

        event = message.event
        for screen in self.screen_stack:
            if isinstance(screen, Dialog):
                screen.heard(event)
        if event.kind is EventKind.WAITING and event.seconds:
            self.say(f"{event.sentence} Sent again in {event.seconds:.0f} s.", "warning", lasts=True)
        elif event.kind is EventKind.UNKNOWN:
            self.say(f"{event.sentence} Looking it up…", "warning", lasts=True)
        elif event.kind is EventKind.LOOKING and event.seconds:
            self.say(f"{event.sentence} The next look is in {event.seconds:.0f} s.", "warning", lasts=True)
        elif event.kind is EventKind.RECOVERED and event.outcome is not None:
            self.say(event.sentence, "good" if event.outcome.happened else "warning", outcome=True)
        elif event.outcome is not None and not event.outcome.nothing_done:
            self.main.outdate()

    async def before_end(self, code: int) -> None:
        """Close the session: nothing new is sent, what is on its way finishes, the journal is closed.

        However it is asked for (a key, a signal, a terminal that is gone) and however often, it is closed once, and
        everybody waits for that.
        """
        await self._session_end()

    async def _close_session(self) -> None:
        session, self.session = self.session, None
        for worker in list(self.workers):
            if worker.group != QUITTING:
                worker.cancel()  # reads only: what changes something runs in the queue, which is closed below
        slow = self.set_timer(LEAVING_SECONDS, lambda: self.say(LEAVING))
        if session is not None and session.busy:
            self.say(LEAVING)
        try:
            if session is not None:
                await session.close()
        finally:
            await self.door.close()  # and with it whatever else is open: another key's session, a sign-up
            slow.stop()

    @property
    def leaving(self) -> bool:
        """Whether the program is being left: no request is begun any more."""
        return self._session_end.begun

    def action_ask_quit(self) -> None:
        """Leave; asks when something is running or a form is changed. Asking again changes nothing."""
        if self.leaving:
            self.say(LEAVING)
        elif all(worker.group != QUITTING or worker.is_finished for worker in self.workers):
            self.run_worker(self._quit(), group=QUITTING, exclusive=False, exit_on_error=False)

    async def _quit(self) -> None:
        from jpmanage_tui.ui.dialogs.dialog import Dialog

        reasons = []
        if self.session is not None and self.session.busy:
            reasons.append("A change is on its way. It is finished before the program ends.")
        elif self.session is not None and self.session.looking:
            reasons.append(
                "It is being looked up whether a change was done. What is not found out now is looked up at the next "
                "start."
            )
        reasons += self.main.unfinished()
        for screen in self.screen_stack[1:]:
            words = screen.unfinished() if isinstance(screen, Dialog) else None
            reasons += [words] if words is not None else []
        unsaved = self.main.view.unsaved() if self.main.view is not None else None
        if unsaved:
            reasons.append(unsaved)
        if reasons:
            from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

            if await self.push_screen_wait(ConfirmDialog(Confirmation("Leave?", reasons, "Leave"))) is None:
                return
        try:
            await self._session_end()
        finally:
            if not self._ending:  # a signal or ctrl+c twice came meanwhile: its exit code holds
                self.exit()

    def action_interrupt(self) -> None:
        """Leave as `q` does; pressed twice within 2 seconds it asks nothing, and the exit code says so."""
        if self._twice.pressed():
            self.end_with(INTERRUPTED)
        else:
            self.action_ask_quit()

    # -- what the session's state is told with ---------------------------------------------

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
        # there is none before the frame is there, and none once it is taken away
        for line in self.main.query(StatusLine):
            line.say(message, TONES[severity], outcome=outcome, lasts=lasts)

    def note_worker(self, event: Worker.StateChanged) -> None:
        """Say that work beside the screen broke, and keep what is known of it."""
        sentence = self.defects.note(event)
        if sentence is not None:
            log = (
                f" Press {key_for('log')} to see what became of changes." if self.session is not None else ""
            )
            self.notify(f"{sentence}{log}", severity="error")

    def say(
        self, message: str, tone: str = "info", *, outcome: bool = False, lasts: bool | None = None
    ) -> None:
        """Say something in the status line; `tone` is info, good, warning or error, `outcome` how a change ended.

        `lasts`: it stays when a key is pressed, since it still goes on; None: where it ends in `…`.
        """
        severity = next(severity for severity, one in TONES.items() if one == tone)
        self.notify(message, severity=severity, outcome=outcome, lasts=lasts)

    def action_refresh(self) -> None:
        """Ask the API again for what is on the screen."""
        if self._reopening:
            self.reopen()
        elif self.main.view is not None:
            self.main.view.reload()

    async def welcome(self, sentence: str, again: str | None = None) -> None:
        """Show the welcome screen, with a sentence about why no account is open, and the words to try it `again`."""
        from jpmanage_tui.ui.onboarding.welcome import WelcomeDialog

        self.main.status.clear()
        self.push_screen(WelcomeDialog(self.door, sentence, again), self._welcomed)

    def _welcomed(self, opening: Coroutine[Any, Any, Session] | None) -> None:
        if opening is None:
            self.exit()
        else:
            self.say("Opening…")
            self.begin(opening)
