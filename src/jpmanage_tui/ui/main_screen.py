"""The main screen: header, sidebar, a section, status line and footer; what its commands are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from jpmanage_tui.config.keymap import Keymap, key_label
from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.common.auto_refresh import AutoRefresh, RefreshSchedule
from jpmanage_tui.ui.common.commands import ActiveCommands
from jpmanage_tui.ui.common.guarded_screen import GuardedScreen, PasteRefused
from jpmanage_tui.ui.common.keymap import is_text, key_name, key_press
from jpmanage_tui.ui.common.keys import ANY_LETTER, repaints
from jpmanage_tui.ui.common.workers import ACTION_GROUP, WorkerMixin
from jpmanage_tui.ui.sections.base import (
    InvoicesSeen,
    LeaveSection,
    LicensesIssued,
    OpenSection,
    PartnerUpdated,
    Section,
)
from jpmanage_tui.ui.sections.registry import ALL_SECTIONS, SECTIONS, WIZARDS
from jpmanage_tui.ui.terminal.app import TerminalApp
from jpmanage_tui.ui.terminal.eager_painting import PromptScreen
from jpmanage_tui.ui.widgets.focus import repaint_focus
from jpmanage_tui.ui.widgets.footer import Footer
from jpmanage_tui.ui.widgets.header import Header
from jpmanage_tui.ui.widgets.sidebar import WIDE_FROM, Sidebar
from jpmanage_tui.ui.widgets.status_line import Severity, StatusLine
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import InvoiceId, LicenseKey
    from jpmanage_tui.api.invoices import Invoice, InvoicePage
    from jpmanage_tui.operations.run import Run
    from jpmanage_tui.operations.runner import RunEvent
    from jpmanage_tui.ui.dialogs.under_way import Ongoing
    from jpmanage_tui.ui.onboarding.tour import TourStrip

LOAD_SECONDS = 2.0
"""How long what can wait leaves the line to what is to be shown first."""
RUN_SECONDS = 1.0
"""How often the status line says at the most how a run stands: on a slow line every change of it is bytes."""
TYPING_SECONDS = 2.0
"""Seconds after a key in a field in which what is on the screen stays as it is."""
HOLD_SECONDS = 0.05
"""How long an open session shows nothing new: a near API answers by then, and one frame has it all."""


class MainScreen(WorkerMixin, GuardedScreen, PromptScreen, Screen[None], inherit_bindings=False):
    """Holds the sections of one session and shows one at a time."""

    DEFAULT_CSS = """
    MainScreen { layout: vertical; overflow: hidden; }
    #middle { height: 1fr; }
    #content { width: 1fr; height: 1fr; }
    """

    skips_held_updates = True
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual paints the whole screen anew when the focus moves; here the parts that show it do so themselves."""

    def __init__(self, keymap: Keymap, refresh_seconds: float = 0) -> None:
        """Take the keys, and how often what is on the screen is asked for again; 0 for never."""
        super().__init__()
        self.keymap = keymap
        self.refresher = AutoRefresh(
            self,
            RefreshSchedule(refresh_seconds),
            is_free=self._is_free,
            ask=self._ask_again,
            told=self._tell_overdue,
        )
        self._session: Session | None = None
        self._invoices: dict[InvoiceId, Invoice] = {}
        self._sections: dict[str, Section] = {}
        self.current: str = SECTIONS[0].name
        self._opened_from: dict[str, str] = {}
        """The section from which each of the wizards was opened: leaving it goes back there."""
        self._loaded = asyncio.Event()
        self._told_status = asyncio.Event()
        """What the status line says has been asked for anew."""
        self.runs: dict[int, Run] = {}
        """The runs of many changes that are under way or wait for their turn, of every key, by number."""
        self._wrong: dict[int, str] = {}
        """What went wrong first in a run, as a sentence."""
        self._runs_told: Timer | None = None
        self._tours = False
        self._unknown_told: set[tuple[str, bool, str]] = set()
        """Of which keys it was said that nothing takes them: by section, whether in the sidebar, and key."""

    # -- parts ---------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Compose the frame; the section comes with the session, after the first frame."""
        yield Header()
        with Horizontal(id="middle"):
            yield Sidebar({section.name: section.title for section in SECTIONS})
            yield Vertical(id="content")
        yield StatusLine()
        yield Footer()

    @property
    def status(self) -> StatusLine:
        """The status line."""
        return self.query_one(StatusLine)

    @property
    def section(self) -> Section | None:
        """The section that is shown, None before a session is open."""
        return self._sections.get(self.current)

    # -- the session ---------------------------------------------------------------------

    async def show_session(self, session: Session) -> None:
        """Show `session`: the sections of the one before go, and the present one opens for the new session."""
        self._session = session
        self.refresher.stop()
        self.refresher.schedule.forget()
        self._loaded.clear()
        self.hold(HOLD_SECONDS)
        self._sections.clear()  # first: nothing may ask a section of the old session while its parts are taken away
        await self.query_one("#content").remove_children()
        self._invoices.clear()
        self.show_account(session)
        self.query_one(Header).modes = tuple(
            word for word, is_so in (("DEMO", session.demo), ("READ-ONLY", session.read_only)) if is_so
        )
        await self.show(self.current)
        session.cancel_first_page()
        asking = self._ask_open_invoices(session)
        self.run_worker(asking, group="open-invoices", exclusive=True, exit_on_error=False)

    async def wait_until_loaded(self, seconds: float = LOAD_SECONDS) -> None:
        """Wait until the section that opened shows what it asked for, or why it cannot; so many seconds at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._loaded.wait(), seconds)
        await self.wait_for_refresh()

    def show_account(self, session: Session) -> None:
        """Say in the header whose account and which key this is, and warn of what is past due."""
        header = self.query_one(Header)
        header.account, header.key_name = session.account, session.key_name or ""

    async def _ask_open_invoices(self, session: Session) -> None:
        """Ask for the open invoices: the partner record knows of each key's latest one only, and a key token of none."""
        await self.wait_until_loaded(HOLD_SECONDS)
        self.post_message(InvoicesSeen(session, ()))  # what the record knows does not wait for an answer
        await self.wait_until_loaded()
        from jpmanage_tui.api.errors import ApiError
        from jpmanage_tui.api.invoices import InvoiceStatus

        try:
            page = await session.client.invoices.list(status=InvoiceStatus.OPEN)
        except ApiError:
            return  # nobody asked for this: the section that is shown tells what is wrong with the API
        self.post_message(InvoicesSeen(session, page.items))

    @on(InvoicesSeen)
    def _invoices_seen(self, message: InvoicesSeen) -> None:
        if message.session is self._session:
            self._invoices.update((invoice.id, invoice) for invoice in message.invoices)
            self._show_warning(message.session)

    @property
    def seen_invoices(self) -> Collection[Invoice]:
        """The invoices of the key in use that were read, as they were last."""
        return self._invoices.values()

    # -- asking again by itself --------------------------------------------------------------

    def reload(self) -> None:
        """Ask the API again for everything of the section that is shown (`r`)."""
        if self.section is not None:
            self.refresher.read_by_hand()
            self.section.reload()

    def _is_free(self) -> bool:
        """Whether what is on the screen may be asked for again by itself, or change by that, now.

        Not while a dialog lies above, since what it decides upon is a row below; nor while anything of the section is
        being read or done, a change or a run of the account is on its way, or the user types. A run of one that was
        open before hinders nothing.
        """
        section, session, app = self.section, self._session, self.app
        if section is None or session is None or app.screen is not self or session.busy or session.running:
            return False
        if isinstance(app, TerminalApp) and not app.keys_are_taken:
            return False
        if self._typing and self.refresher.schedule.unused < TYPING_SECONDS:
            return False
        acting = (worker for worker in app.workers if worker.group in (ACTION_GROUP, "section", "session"))
        return not section.busy and not section.retries and all(worker.is_finished for worker in acting)

    async def _ask_again(self) -> Callable[[], None] | None:
        """Read what the section shows, then what the header warns of, where that can be read. Raises ApiError."""
        section, session = self.section, self._session
        if section is None or session is None:
            return None
        show = await section.refresh_quietly()
        warn = await self._ask_of_what_is_due(session, section.quiet_client)

        def show_all() -> None:
            if session is self._session and section is self.section:
                for one in (show, warn):
                    if one is not None:
                        one()

        return show_all

    async def _ask_of_what_is_due(
        self, session: Session, client: LicensingClient
    ) -> Callable[[], None] | None:
        """Read the open invoices, and the partner record where the header warns by it; None where that fails."""
        from jpmanage_tui.api.errors import ApiError, RateLimitError
        from jpmanage_tui.api.invoices import InvoiceStatus

        try:
            invoices = await client.invoices.list(status=InvoiceStatus.OPEN)
            partner = await client.partner.get() if self._warns_by_record(session) else None
        except RateLimitError:
            raise  # of whatever is asked too much, all of it waits
        except ApiError:
            return None  # as when the session was opened: nobody asked for this

        def warn() -> None:
            session.partner = partner or session.partner
            self._take_open_invoices(session, invoices)

        return warn

    def _warns_by_record(self, session: Session) -> bool:
        """Whether the header warns of what the partner record alone says, such as an invoice of another key."""
        warned = bool(self.query_one(Header).warning) and session.partner is not None
        return warned and not self._warning_text(session, by_record=False)

    def _take_open_invoices(self, session: Session, page: InvoicePage) -> None:
        """Take over which invoices are open now: what was open and is not listed any more was settled elsewhere."""
        from jpmanage_tui.rules.invoices import after_open_ones

        whole = not page.has_more and not page.unreadable
        if whole:
            self._invoices = after_open_ones(self._invoices, page.items, session.partner, session.key_id)
        else:
            self._invoices.update((invoice.id, invoice) for invoice in page.items)
        self._show_warning(session)

    @on(Section.RefreshWanted)
    def _refresh_wanted(self) -> None:
        self.refresher.want()

    def _tell_overdue(self, overdue: bool) -> None:
        if self.section is not None:
            self.section.show_overdue(overdue)

    def _show_warning(self, session: Session) -> None:
        """Warn in the header of what is past due, by the partner record and the invoices that were seen."""
        self.query_one(Header).warning = self._warning_text(session)

    def _warning_text(self, session: Session, *, by_record: bool = True) -> str:
        from jpmanage_tui.rules.invoices import warning_text

        now = (session.client.server_now() or datetime.now(UTC)).astimezone()
        partner = session.partner if by_record else None
        return warning_text(partner, self._invoices, now, session.key_id)

    async def show(self, name: str) -> None:
        """Show the section of this name, made when it is shown first."""
        if self._session is None:
            return
        if name not in self._sections:
            self._sections[name] = ALL_SECTIONS[name].load()(self._session)
            await self.query_one("#content").mount(self._sections[name])
        self.current = name
        for other, section in self._sections.items():
            section.display = other == name
        self.query_one(Sidebar).current = name
        self.query_one(Header).section = ALL_SECTIONS[name].title
        self.status.clear()
        self.refresher.show(name)
        shown = self._sections[name]
        self.keymap.scope = shown.COMMAND_SET.scope
        shown.focus_first()
        if shown.outdated:
            shown.outdated = False
            self.refresher.read_by_hand()
            shown.reload()
        shown.show_load_error()
        self.update_status()

    async def wait_for_rows(self, seconds: float = LOAD_SECONDS) -> None:
        """Wait until the section that is shown shows what it asked for; so many seconds at most."""
        section = self.section
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while section is not None and section.progress() is not None:
                    self._told_status.clear()
                    await self._told_status.wait()

    def go_to_row(self, number: int) -> None:
        """Put the cursor of the section's list on a row, counted from 1."""
        shown = (
            next((one for one in self.section.query(VirtualList) if one.is_on_screen), None)
            if self.section
            else None
        )
        if shown is not None:
            shown.go_to_row(number)

    def mark_outdated(self, issued: Collection[LicenseKey] = ()) -> None:
        """Something was changed, or `issued`: the sections that are not shown ask again when they are shown next."""
        for name, section in self._sections.items():
            if name != self.current:
                section.outdated = True
                section.licenses_issued(issued)

    @on(LicensesIssued)
    def _licenses_issued(self, message: LicensesIssued) -> None:
        self.mark_outdated(message.keys)
        if self.section is not None and self.section.SHOWS_LICENSES:
            self.section.reload()

    @on(PartnerUpdated)
    def _partner_updated(self, message: PartnerUpdated) -> None:
        if message.session is self._session:  # else another account was opened meanwhile
            message.session.partner = message.partner
            self.show_account(message.session)
            self._show_warning(message.session)

    @on(OpenSection)
    def _open_section(self, message: OpenSection) -> None:
        self.open_section(message.name, message.then)

    @on(LeaveSection)
    def _leave_section(self) -> None:
        self.open_section(self._opened_from.get(self.current, SECTIONS[0].name))

    def open_section(self, name: str, then: Callable[[Section], object] | None = None) -> None:
        """Show the section of this name, asking first where that would lose changes; `then` is called with it."""
        self.run_worker(self._open(name, then), group="section", exclusive=True, exit_on_error=False)

    async def _open(self, name: str, then: Callable[[Section], object] | None) -> None:
        if await self.go_to(name) and then is not None and self.section is not None:
            then(self.section)

    async def go_to(self, name: str) -> bool:
        """Show the section of this name; asks first where that would lose changes. Returns whether it is shown."""
        if name != self.current and not await self.confirm_leave():
            return False
        goes_back = self._opened_from.get(self.current) == name
        if any(name == wizard.name for wizard in WIZARDS) and not goes_back:
            if self.current != name:
                self._opened_from[name] = self.current
            opened = self._sections.get(name)
            if opened is not None:
                opened.opened_by_command()
        await self.show(name)
        return True

    async def confirm_leave(self) -> bool:
        """Ask before the changes of the section are dropped; returns whether it may be left."""
        section = self.section
        sentence = section.unsaved() if section is not None else None
        if section is None or sentence is None:
            return True
        from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog, discard_question

        question = discard_question("Leave without saving?", sentence)
        if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
            return False
        section.discard()
        return True

    def unfinished(self) -> list[str]:
        """Return what the sections would leave unfinished if the program ended now, a sentence each."""
        return [words for section in self._sections.values() if (words := section.unfinished()) is not None]

    def ongoing(self) -> list[Ongoing]:
        """Return what the sections have going on that ends with the session."""
        return [one for section in self._sections.values() if (one := section.ongoing()) is not None]

    @on(Sidebar.Chosen)
    def _sidebar_chosen(self, event: Sidebar.Chosen) -> None:
        self.open_section(event.name)

    # -- runs of many changes --------------------------------------------------------------

    def heard_run(self, event: RunEvent) -> None:
        """Take over how a run stands: in the status line while it is under way, as a message when it stands still."""
        from jpmanage_tui.operations.run import RunState
        from jpmanage_tui.ui.common.run_text import stopped_text

        run, outcome = event.run, event.outcome
        for section in self._sections.values():
            section.heard_run(event)
        if run.state in (RunState.WAITING, RunState.RUNNING):
            self.runs[run.id] = run
            if outcome is not None and not outcome.happened:
                self._wrong.setdefault(run.id, outcome.detail or outcome.sentence)
            if self._runs_told is None:
                self._tell_runs()
                self._runs_told = self.set_timer(RUN_SECONDS, self._runs_due)
        elif self.runs.pop(run.id, None) is not None:
            self._tell_runs()
            severity: Severity = "warning" if run.state is RunState.PAUSED else "error"
            words = stopped_text(run, self._wrong.pop(run.id, ""))
            if any(section.tells_end_of(run) for section in self._sections.values()):
                return
            self.notify(words, severity="success" if run.complete else severity, outcome=True)

    def _runs_due(self) -> None:
        self._runs_told = None
        self._tell_runs()

    def _tell_runs(self) -> None:
        from jpmanage_tui.ui.common.run_text import progress_text

        for line in self.query(StatusLine):
            line.show_run(progress_text(tuple(self.runs.values())))

    # -- the tour ------------------------------------------------------------------------

    @property
    def tour(self) -> TourStrip | None:
        """The tour that is under way, None where there is none."""
        from jpmanage_tui.ui.onboarding.tour import TourStrip

        return next(iter(self.query(TourStrip)), None)

    def start_tour(self) -> None:
        """Begin the tour, above the status line."""
        from jpmanage_tui.ui.onboarding.tour import TourStrip

        self._tours = True
        self.status.clear()
        self.mount(TourStrip(), before=self.status)

    def end_tour(self, sentence: str = "The tour is in the palette.") -> bool:
        """End the tour and say so; returns whether there was one."""
        tour, self._tours = self.tour, False
        if tour is not None:
            tour.remove()
            self.notify(sentence)
        return tour is not None

    def _look_at_tour(self) -> None:
        """Let the tour see what is on the screen."""
        if not self._tours or (tour := self.tour) is None:
            return
        from jpmanage_tui.ui.onboarding.tour import Seen

        above = self.app.screen if self.app.screen is not self else None
        if tour.look(Seen(self.current, self.section, above)):
            self.end_tour("That was the tour. The palette has every command, and the tour again.")

    def on_screen_suspend(self) -> None:
        """A dialog lies over the screen now."""
        self.call_later(self._look_at_tour)

    # -- size ----------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Narrow the sidebar to a strip where the terminal is narrow."""
        self.query_one(Sidebar).set_class(event.size.width < WIDE_FROM, "-strip")

    # -- keys ----------------------------------------------------------------------------

    def active_commands(self) -> list[ActiveCommands]:
        """Return the command sets that work where the focus is, nearest first."""
        focused = self.focused
        sets: list[ActiveCommands] = []
        if isinstance(focused, Sidebar):
            sets.append(focused.active_commands)
        elif self.section is not None:
            sets.append(self.section.active_commands)
        if isinstance(focused, VirtualList):
            sets.append(focused.active_commands)
        sets.append(ActiveCommands(EVERYWHERE, self.app))
        return sets

    def palette_commands(self) -> list[ActiveCommands]:
        """Return `active_commands`, with the commands of the section also while the focus is in the sidebar."""
        sets = self.active_commands()
        if self.section is not None and isinstance(self.focused, Sidebar):
            sets.insert(-1, self.section.active_commands)
        return sets

    @property
    def _typing(self) -> bool:
        """Whether letters and digits are text where the focus is: in a field, or anywhere in a form."""
        return self.focused is not None and self.focused.check_consume_key(ANY_LETTER, "j")

    def decides(self, event: events.Key) -> bool:
        """Return whether a key would change something: in a part of a form, or as a command that asks nothing first."""
        if super().decides(event):
            return True
        if self._typing and is_text(event):
            return False
        keys, key = self.keymap.keys_of, key_name(event)
        return any(
            command.changes and key in keys(command.name, bound.commands.scope)
            for bound in self.active_commands()
            for command in bound.commands
        )

    def tell_dropped(self, sentence: str) -> None:
        """Say in the status line that a key was dropped."""
        if sentence:
            self.notify(sentence, severity="warning")

    @on(PasteRefused)
    def _paste_refused(self, event: PasteRefused) -> None:
        self.notify(event.sentence, severity="warning")

    def on_key(self, event: events.Key) -> None:
        """Take away what was said before the key. Textual runs its command next, unless it is text where the focus is.

        What is repainted says what it said.
        """
        if not repaints(event):
            self.status.touched(event.time)
        if event.is_printable and self._typing:
            event.stop()  # also where a part takes no text itself: a button in a form
        elif not self._is_bound(event):
            self._tell_unknown(key_name(event))

    def _is_bound(self, event: events.Key) -> bool:
        """Return whether a key starts a command where the focus is, or is one of the part that has it."""
        keys, key = self.keymap.keys_of, key_name(event)
        ours = any(
            key in keys(command.name, bound.commands.scope)
            for bound in self.active_commands()
            for command in bound.commands
        )
        return ours or event.key in self.active_bindings

    def _tell_unknown(self, key: str) -> None:
        """Say that nothing takes a key, and what to do: once for a key and a place, not at every press."""
        place = (self.current, isinstance(self.focused, Sidebar), key)
        if self._session is not None and place not in self._unknown_told:
            from jpmanage_tui.ui.common.unknown_keys import unknown_key_text

            self._unknown_told.add(place)
            self.notify(unknown_key_text(key, self.keymap, self.keymap.scope, in_sidebar=place[1]))

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
        for line in self.query(StatusLine):
            line.say(message, severity, outcome=outcome, lasts=lasts)

    @property
    def message(self) -> str:
        """The message that stands in the status line, "" where there is none."""
        return next((line.message for line in self.query(StatusLine)), "")

    # -- status and footer ---------------------------------------------------------------

    @on(Section.StatusChanged)
    @on(VirtualList.Highlighted)
    def _status_changed(self) -> None:
        if self.refresher.is_asking and self.section is not None and self.section.busy:
            self.refresher.give_way()
        self.update_status()

    def on_descendant_focus(self) -> None:
        """The footer follows the focus."""
        self.call_after_refresh(self.update_status)

    def update_status(self) -> None:
        """Show in status line and footer what is true now."""
        section = self.section
        if not self.is_mounted or not self.query(StatusLine):
            return
        if section is not None:
            progress = section.progress()
            if progress is None and not self._loaded.is_set():
                self._loaded.set()
                self.call_next(self.release)
            self.status.inform(section.summary(), progress, section.counter())
            self._told_status.set()
        self._look_at_tour()
        if self.app.screen is not self:
            return  # the dialog above says what the keys do
        if section is not None and self._typing:
            self.query_one(Footer).show_keys(section.typing_footer_keys(), helped=False)
        else:
            self.query_one(Footer).show_keys(self._footer_keys())

    @on(Footer.KeyChosen)
    async def _footer_clicked(self, event: Footer.KeyChosen) -> None:
        """Run the command whose key was clicked in the footer; what is no command there is pressed."""
        if not self._typing:
            for bound in self.active_commands():
                for command in bound.commands:
                    keys = self.keymap.keys_of(command.name, bound.commands.scope)
                    if (
                        command.footer
                        and keys
                        and key_label(keys[0]) == event.key
                        and not bound.reason(command)
                    ):
                        await self.app.run_action(command.action, bound.target)
                        return
        self.app.post_message(key_press(event.key))

    def on_screen_resume(self) -> None:
        """Take the footer back from the dialog that was above, and show where the focus is."""
        repaint_focus(self)
        self.update_status()

    def _footer_keys(self) -> list[tuple[str, str]]:
        keymap = self.keymap
        shown: list[tuple[str, str]] = []
        first: list[tuple[str, str]] = []
        """What the keys do to the marked rows: it goes before what they do elsewhere."""
        for bound in self.active_commands():
            for command in bound.commands:
                keys = keymap.keys_of(command.name, bound.commands.scope)
                if not command.footer or not keys:
                    continue
                if command.name != "help" and bound.reason(command) is None:
                    words = bound.label(command)
                    (shown if words == command.label else first).append((key_label(keys[0]), words))
        if any(self.current == wizard.name for wizard in WIZARDS):  # no section of the sidebar: esc leads out
            shown.append((keymap.shown("back"), "Back"))
        return first + shown
