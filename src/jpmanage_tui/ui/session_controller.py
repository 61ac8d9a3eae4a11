"""The session of the app: it is opened after the first frame, replaced by that of another key, and closed at the end."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from jpmanage_tui.account.service import AccountService
from jpmanage_tui.account.session import (
    NeedsKey,
    NeedsPartner,
    NeedsTerms,
    NoAccount,
    Session,
    import_modules,
)
from jpmanage_tui.close_once import CloseOnce
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.main_screen import MainScreen
from jpmanage_tui.ui.terminal.app import TerminalApp

if TYPE_CHECKING:
    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.operations.operation import Outcome
    from jpmanage_tui.ui.dialogs.under_way import Ended, Ongoing, OpeningDialog
    from jpmanage_tui.ui.sections.base import OpenKey

LOADED_NEXT = ("jpmanage_tui.ui.sections.licenses.changes", "jpmanage_tui.ui.sections.operations.section")
"""What is asked for next by a key, and loaded before that."""
OPENING_SECONDS = 0.25
"""How long the first frame stands as it is: what opens by then need not say that it does."""
QUITTING = "quit"
"""The group of the worker that leaves the program."""
LEAVING = "Leaving: what is on its way is finished first, which may take some seconds."
LEAVING_SECONDS = 0.3
"""After how long it is said that leaving takes its time, where that was not known before."""


class SessionController:
    """Opens the sessions of one app with `account_service`, shows them on its main screen, and closes them.

    `on_opened` is called when one is shown.
    """

    def __init__(
        self,
        app: TerminalApp[None],
        main: MainScreen,
        account_service: AccountService,
        on_opened: Callable[[], None],
    ) -> None:
        self._app = app
        self._on_opened = on_opened
        self._main = main
        self.account_service = account_service
        self.session: Session | None = None
        self.notices: Sequence[str] = ()
        """What the command line found that hinders nothing, told once something is open."""
        self.offers_tour = False
        """Whether the tour is offered once the demo is open, where it was not offered before."""
        self.start_error: str | None = None
        """Why the app ended before it began: what is stored cannot be used."""
        self.reopening = False
        """Whether the session that could not be opened is opened again after a pause."""
        self._failures = 0
        self.close = CloseOnce(self._close)
        """Closes the session: nothing new is sent, what is on its way finishes, the journal is closed.

        However it is asked for (a key, a signal, a terminal that is gone) and however often, it is closed once, and
        everybody waits for that.
        """
        self._switching: OpeningDialog | None = None
        self._opening_what = ""
        self._opening_key = ""
        """The command by which opening it is tried again."""
        self._then: OpenKey | None = None
        """What is to be shown of the session that is being opened; None: the section that was shown."""
        self._abandoned = False
        """Whether the user does not want any more what is being opened."""
        self._ended: Ended | None = None

    @property
    def leaving(self) -> bool:
        """Whether the program is being left: no request is begun any more."""
        return self.close.begun

    # -- opening ---------------------------------------------------------------------------

    def open_first(self) -> None:
        """Open the session that the command line asked for, or the welcome screen."""
        from jpmanage_tui.config.errors import ConfigError

        try:
            known = self.account_service.has_credentials
        except ConfigError as error:
            self.start_error = error.sentence
            self._app.exit()
            return
        if not known:
            self._enable_collection()
            self._app.call_later(self.show_welcome, self._take_notices())
            return
        self._main.hold(OPENING_SECONDS)
        self._main.notify("Opening the demo…" if self.account_service.demo else "Signing in…")
        self.open_in_worker(self.account_service.open())

    async def show_welcome(self, sentence: str, again: str | None = None) -> None:
        """Show the welcome screen, with a sentence about why no account is open, and the words to try it `again`."""
        from jpmanage_tui.ui.onboarding.welcome import WelcomeDialog

        self._main.status.clear()
        self._app.push_screen(WelcomeDialog(self.account_service, sentence, again), self._welcomed)

    def _welcomed(self, opening: Coroutine[Any, Any, Session] | None) -> None:
        if opening is None:
            self._app.exit()
        else:
            self._main.notify("Opening…")
            self.open_in_worker(opening)

    def open_in_worker(self, opening: Coroutine[Any, Any, Session]) -> None:
        """Open a session beside the screen."""
        self._abandoned = False
        self._app.run_worker(self._open(opening), group="session", exclusive=True, exit_on_error=False)

    async def _open(self, opening: Coroutine[Any, Any, Session]) -> None:
        from jpmanage_tui.api.errors import ApiError
        from jpmanage_tui.config.errors import ConfigError
        from jpmanage_tui.operations.errors import OperationError

        try:
            self._app.call_later(self._opened, await self._meet_requirements(opening))
        except ApiError as error:
            self._app.call_later(self._not_opened, self._failure_text(error), error)
        except (ConfigError, OperationError) as error:
            self._app.call_later(self._not_opened, error.sentence)
        except NoAccount as error:
            self._app.call_later(self._not_opened, str(error), again=error.retry_label)
        finally:
            self._enable_collection()

    def _failure_text(self, error: ApiError) -> str:
        """Return the sentence about an account that could not be opened, with advice for where it will stand."""
        from jpmanage_tui.ui.common.retry import PASSING
        from jpmanage_tui.ui.common.text import Where, error_text

        if self.session is not None:
            return error_text(error, self._opening_what, again=key_for(self._opening_key))
        return error_text(
            error, "Signing in", where=Where.SCREEN if isinstance(error, PASSING) else Where.START
        )

    async def _meet_requirements(self, opening: Coroutine[Any, Any, Session]) -> Session:
        """Open a session, asking for the partner record, the terms and the key where they are missing."""
        while True:
            try:
                return await opening
            except (NeedsPartner, NeedsTerms, NeedsKey) as need:
                # most starts do without these dialogs
                from jpmanage_tui.ui.onboarding.requirements import resolve_requirement

                opening = await resolve_requirement(self._app, self.account_service, need)

    def _enable_collection(self) -> None:
        """Take up garbage collection, which the command line stopped; what the start made stays, and is not looked at."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    async def _opened(self, session: Session) -> None:
        if self.leaving or self._abandoned:
            self._close_session(session)
            return
        self.account_service.keep_new()
        before, self.session = self.session, session
        then, self._then = self._then, None
        if then is not None:
            self._main.current = then.section
        self._end_switching()
        await self._main.show_session(session)  # the views of the one before, and their reads, end here
        if then is not None and then.then is not None and self._main.section is not None:
            then.then(self._main.section)
        if before is not None and before is not session:
            self._close_session(before)
        self._tell_ended()
        if session.note:
            self._main.notify(session.note, severity="warning")
        self._on_opened()
        self._app.run_worker(self._recover(session), group="recover", exclusive=True, exit_on_error=False)

    def _close_session(self, session: Session) -> None:
        """Close a session that is not shown any more, beside the screen: after its runs, which go on meanwhile."""
        self._app.run_worker(
            session.close_after_runs(), group="closing", exclusive=False, exit_on_error=False
        )

    def _not_opened(self, sentence: str, error: ApiError | None = None, again: str | None = None) -> None:
        """Take over that no session could be opened: why, and what the API answered, if it was that.

        `again` are the words for trying the same account once more, None where that can change nothing.
        """
        from jpmanage_tui.ui.common.retry import PASSING, PAUSES

        self._then = None
        if self.session is not None:
            self.account_service.keep_present()
        self._end_switching()
        self._tell_ended()
        if self.session is None and not isinstance(error, PASSING):
            self._app.call_later(self.show_welcome, f"{sentence} {self._take_notices()}".rstrip(), again)
            return
        self._main.notify(sentence, severity="error")
        if self.session is None and error is not None:
            self.reopening = True
            self._app.set_timer(PAUSES[min(self._failures, len(PAUSES) - 1)], self.reopen)
            self._failures += 1

    def refresh(self) -> None:
        """Ask the API again for what is on the screen: for the session, where none could be opened."""
        if self.reopening:
            self.reopen()
        else:
            self._main.reload()

    def reopen(self) -> None:
        """Try to open the session again that could not be opened."""
        if self.reopening:
            self.reopening = False
            self.open_first()

    # -- another session in the place of the present one -------------------------------------

    async def switch_key(self, key_id: PartnerKeyId, name: str, then: OpenKey | None = None) -> None:
        """Open another partner key, which the user knows as `name`, as `switch` does."""
        open_it = partial(self.account_service.open_key, key_id)
        self._opening_what, self._opening_key = "Opening the other partner key", "key"
        await self.switch(open_it, "Partner key", name, then)

    async def switch_profile(self, name: str) -> None:
        """Open the account of another profile, as `switch` does."""
        open_it = partial(self.account_service.open_profile, name)
        self._opening_what, self._opening_key = f"Opening profile {name}", "profile"
        await self.switch(open_it, "Profile", f"profile {name}")

    async def switch(
        self,
        open_it: Callable[[], Coroutine[Any, Any, Session]],
        title: str,
        name: str,
        then: OpenKey | None = None,
    ) -> None:
        """Open another session in the place of the present one; asks first about what is under way in it.

        `open_it` makes the coroutine that opens it; `name` is what the user knows it by, `title` what kind of thing it
        is; `then` says what of it is shown.
        """
        from jpmanage_tui.ui.dialogs.under_way import OpeningDialog, end_ongoing

        ended = await end_ongoing(self._app, title, f"switch to {name}", partial(self._ongoing, self.session))
        if ended is None or self.leaving:
            return
        dialog = self._switching = OpeningDialog(title, f"Opening {name}…")
        self._ended, self._then = ended, then
        self.open_in_worker(open_it())
        if await self._app.push_screen_wait(dialog) is None:
            self._switching, self._abandoned, self._then = None, True, None
            self._app.workers.cancel_group(self._app, "session")
            self.account_service.keep_present()
            self._tell_ended()

    def _ongoing(self, session: Session | None, stopped: bool) -> list[Ongoing]:
        """Return what goes on in `session` as long as it is the one that is open; `stopped`: looks are not waited for."""
        from jpmanage_tui.ui.dialogs.under_way import ChangesUnderWay

        if session is None or session is not self.session:
            return []
        ongoing = self._main.ongoing()
        busy = session.busy or (session.verifying and not stopped)
        if not ongoing and busy and not session.running:  # a run goes on beside the other key
            ongoing.append(ChangesUnderWay(session))
        return ongoing

    def _end_switching(self) -> None:
        dialog, self._switching = self._switching, None
        if dialog is not None:
            dialog.dismiss(True)

    def _tell_ended(self) -> None:
        """Say how that ended which was under way when the user left it."""
        told, self._ended = self._ended, None
        if told is not None and told.sentence:
            self._main.notify(told.sentence, severity="success" if told.complete else "warning", outcome=True)

    async def _recover(self, session: Session) -> None:
        """Look up what an earlier run left behind, and tell it; first what was asked for is shown."""
        await self._main.wait_until_loaded()
        if notices := self._take_notices():
            self._main.notify(notices, severity="warning")
        elif self.offers_tour and session.demo:
            await self._offer_tour()
        queue = await session.prepare_queue()
        await import_modules(LOADED_NEXT)
        from jpmanage_tui.operations.errors import OperationError
        from jpmanage_tui.services.undo import undo_history

        try:
            outcomes = await queue.recover()
            await undo_history(session).refresh()
        except OperationError as error:
            self._main.notify(error.sentence, severity="error")
            return
        if outcomes:
            self._tell_recovered(outcomes)
        try:
            standing = await session.runner.interrupted()
        except OperationError:
            return  # the next use of the journal says so
        if standing:
            from jpmanage_tui.ui.common.run_text import waiting_text

            self._main.notify(waiting_text(standing), severity="warning", outcome=bool(outcomes))

    async def _offer_tour(self) -> None:
        """Offer the tour at the first start, in the status line: any key takes that away.

        Where something is said already, in answer to a key, that stays, and the tour is offered at the next start.
        """
        from jpmanage_tui.ui.onboarding.tour import OFFER

        state = self.account_service.ui_state
        offered = await asyncio.to_thread(lambda: state.tour_offered)
        if not offered and not self._main.message:
            self._main.notify(OFFER.format(tour=key_for("tour"), help=key_for("help")))
            await asyncio.to_thread(setattr, state, "tour_offered", True)
        self.offers_tour = False

    def _take_notices(self) -> str:
        notices, self.notices = self.notices, ()
        return " ".join(notices)

    def _tell_recovered(self, outcomes: tuple[Outcome[Any], ...]) -> None:
        first = outcomes[0]
        words = f"From the last run: {first.sentence}"
        if len(outcomes) > 1:
            words += f" And {len(outcomes) - 1} more: press {key_for('open-operations')}."
        self._main.notify(
            words, severity="success" if all(one.happened for one in outcomes) else "warning", outcome=True
        )
        self.refresh()

    # -- closing, and leaving ------------------------------------------------------------------

    async def _close(self) -> None:
        session, self.session = self.session, None
        for worker in list(self._app.workers):
            if worker.group != QUITTING:
                worker.cancel()  # reads only: what changes something runs in the queue, which is closed below
        slow = self._app.set_timer(LEAVING_SECONDS, lambda: self._main.notify(LEAVING))
        if session is not None and session.busy:
            self._main.notify(LEAVING)
        try:
            if session is not None:
                await session.close()
        finally:
            await self.account_service.close()  # and what else is open: another key's session, a sign-up
            slow.stop()

    def reasons_not_to_leave(self) -> list[str]:
        """Return what leaving now would break off, lose, or wait for, a sentence each."""
        from jpmanage_tui.ui.common.run_text import leaving_text
        from jpmanage_tui.ui.dialogs.dialog import Dialog

        reasons = [leaving_text(run) for run in self._main.runs.values()]
        if self.session is not None and self.session.busy and not reasons:
            reasons.append("A change is on its way. It is finished before the program ends.")
        elif self.session is not None and self.session.verifying and not reasons:
            reasons.append(
                "It is being looked up whether a change was done. What is not found out now is looked up at the next "
                "start."
            )
        reasons += self._main.unfinished()
        for screen in self._app.screen_stack[1:]:
            words = screen.unfinished() if isinstance(screen, Dialog) else None
            reasons += [words] if words is not None else []
        unsaved = self._main.section.unsaved() if self._main.section is not None else None
        return [*reasons, unsaved] if unsaved else reasons
