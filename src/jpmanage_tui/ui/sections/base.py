"""What every section's view can do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast, runtime_checkable

from textual import on
from textual.message import Message
from textual.widget import Widget

from jpmanage_tui.ui.common.clipboard import copy_text
from jpmanage_tui.ui.common.commands import Command, CommandTarget
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.widgets.status_line import Severity, StatusLine
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.worker import Worker

    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import LicenseKey, PartnerKeyId
    from jpmanage_tui.api.invoices import Invoice
    from jpmanage_tui.api.partner import Partner
    from jpmanage_tui.api.sites import Site
    from jpmanage_tui.operations.operation import OperationEvent
    from jpmanage_tui.operations.run import Run, RunPlan
    from jpmanage_tui.operations.runner import RunEvent
    from jpmanage_tui.ui.dialogs.under_way import Ongoing
    from jpmanage_tui.ui.widgets.detail_pane import Detail, DetailPane

DETAIL_PANE = Command(
    "detail-pane",
    "Details",
    "Show or hide the details beside the list, where the terminal has room for both.",
    footer=False,
)
SORT = Command("sort", "Sort", "Choose the order.")
UNDO = Command("undo", "Undo", "Undo the last assigning or unassigning, item by item.", footer=False)
"""Commands that several sections have."""
BESIDE = "All there is of it stands beside the list."
"""Why a row does not open."""
DETAILS_FROM = 140
"""Columns of the terminal from which the details of a row stand beside the list."""


class OpenSection(DataMessage):
    """The section `name` is to be shown; `then` is called with it when it is."""

    name: str
    then: Callable[[Section], object] | None = None


class OpenKey(DataMessage):
    """Another partner key is to be opened, which the user knows as `name`, with its section `section` shown.

    `then` is called with that section. Where the key is the one in use only the section is shown.
    """

    key_id: PartnerKeyId
    key_name: str
    section: str
    then: Callable[[Section], object] | None = None


class LeaveSection(Message):
    """The section from which this one was opened is to be shown again."""


class LicensesIssued(DataMessage):
    """Licenses were issued, or what was issued was assigned: every section that shows licenses asks again."""

    keys: Collection[LicenseKey]


class PartnerUpdated(DataMessage):
    """The API gave the partner record of the session's account anew, after a change."""

    session: Session
    partner: Partner


class InvoicesSeen(DataMessage):
    """The API gave invoices of the session's key: the header warns of what is past due among them."""

    session: Session
    invoices: Sequence[Invoice]


@runtime_checkable
class TakesLeavingClient(Protocol):
    """A section that prepares what becomes of the licenses of a client that leaves."""

    def client_leaves(self, site: Site) -> None:
        """Prepare it for this site; the user decides what, and confirms it."""


class SectionApp(Protocol):
    """What a section asks of the app; what it has to say to it is a message."""

    issue_selection: str
    """What was picked for issuing, as text: it outlives a session."""
    site_list_lines: list[str]
    """The lines of the list of sites that is being prepared: they outlive a session."""
    shows_details: bool
    """Whether details stand beside the lists where there is room for them."""

    def notify(
        self,
        message: str,
        *,
        severity: Severity = "information",
        outcome: bool = False,
        lasts: bool | None = None,
    ) -> None:
        """Say something in the status line (`StatusLine.say`)."""


class Section(WorkerMixin, CommandTarget, Widget):
    """The view of one section: made once for a session, kept while the user looks elsewhere.

    Its workers post typed messages and touch no widget; every one is started with `exit_on_error=False` and a group.
    """

    SHOWS_LICENSES: ClassVar[bool] = False
    """Whether it asks again at once when licenses were issued while it is shown."""
    DEFAULT_CSS = "Section { width: 1fr; height: 1fr; }"

    class StatusChanged(Message):
        """What the status line or the footer shows about this view has changed."""

    class RefreshWanted(Message):
        """What this view shows contradicts itself: one part was read before a change, another one after it."""

    class LoadErrorChanged(Message):
        """Something else could not be read (`Section.load_error`)."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.outdated = False
        """Whether something was changed elsewhere since this view asked: it asks again when it is shown."""
        self.exporting: Worker[Any] | None = None
        """What reads the rows of an export."""
        self.load_error = ""
        """The sentence about what could not be read last, empty where nothing is wrong."""
        self.overdue = False
        """Whether what is shown could not be refreshed by itself, or that takes long: the summary says its age then."""

    @property
    def jpmanage(self) -> SectionApp:
        """The app, with what sections use of it."""
        return cast(SectionApp, self.app)

    # -- saying --------------------------------------------------------------------------

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
        """Say something in the status line, whichever section is shown (`StatusLine.say`)."""
        del title, timeout, markup
        self.jpmanage.notify(message, severity=severity, outcome=outcome, lasts=lasts)

    @property
    def shown(self) -> bool:
        """Whether this is the section that is shown."""
        return self.display

    @property
    def status_line(self) -> StatusLine:
        """The status line of the screen."""
        return self.screen.query_one(StatusLine)

    async def copy(self, text: str, what: str) -> None:
        """Send text to the clipboard and say which way it went; `what` names it."""
        self.notify(await copy_text(self.app, text, what))

    async def open_link(self, title: str, url: str) -> None:
        """Open a web page in a browser, else show it as link and QR code. Waits until that is closed."""
        from jpmanage_tui.ui.dialogs.browser import open_link

        await open_link(self.app, title, url)

    def notify_if_shown(
        self, message: str, *, severity: Severity = "information", lasts: bool | None = None
    ) -> None:
        """Say something of this section in the status line, unless another one is shown."""
        if self.shown:
            self.notify(message, severity=severity, lasts=lasts)

    def report_load_error(self, sentence: str) -> None:
        """Say what could not be read; where another section is shown, when this one is shown again."""
        self.load_error = sentence
        self.post_message(self.LoadErrorChanged())  # later: the section may say it in the place of its rows

    @on(LoadErrorChanged)
    def show_load_error(self) -> None:
        """Say in the status line what could not be read, unless that stands in the place of the rows."""
        _, _, why = self.load_error.partition(": ")  # whatever was being read when it happened
        if not self.load_error:
            return
        if not any(why in words for words in self.placeholder_texts()):
            self.notify_if_shown(self.load_error, severity="error", lasts=True)
        elif self.shown and why in self.status_line.shown:
            self.status_line.clear()  # another part failed first, and said it there

    def placeholder_texts(self) -> list[str]:
        """Return what stands on the screen in the place of what could not be read: the notes of lists without rows."""
        empty = (shown for shown in self.query(VirtualList) if shown.display and not shown.line_count())
        return [" ".join(shown.placeholder) for shown in empty]

    def clear_load_error(self) -> None:
        """Say that the API answers again, where something could not be read before."""
        self.show_overdue(False)
        if self.load_error:
            self.load_error = ""
            self.notify_if_shown("The API answers again.", severity="success")

    # -- changing ------------------------------------------------------------------------

    async def start_run(self, plan: RunPlan) -> Run | None:
        """Hand a run that was confirmed to the runner; None, with the reason told, where it could not be written down."""
        from jpmanage_tui.operations.errors import OperationError  # not needed by the first screen

        await self.session.prepare_queue()
        try:
            return await self.session.runner.add(plan)
        except OperationError as error:
            self.notify(error.sentence, severity="error")
            return None

    def heard_run(self, event: RunEvent) -> None:
        """Take over that something happened to a run of many changes, of whichever key."""

    def heard(self, event: OperationEvent) -> None:
        """Take over that something happened to a change while this section is shown."""

    def tells_end_of(self, run: Run) -> bool:
        """Return whether this view itself says how a run ended."""
        del run
        return False

    # -- what a section says of itself -----------------------------------------------------

    def reload(self) -> None:
        """Ask the API again for everything on screen (`r`)."""
        raise NotImplementedError

    async def refresh_quietly(self) -> Callable[[], None] | None:
        """Read again what is in view, with no trace of that on the screen; returns what shows the answer, all at once.

        It begins only where nothing of the section is being read or changed (`busy`), and what it returned is called only
        where that is still so. None where there is nothing to read again, or no answer yet. Raises ApiError.
        """
        return None

    @property
    def quiet_client(self) -> LicensingClient:
        """The client for reading by itself: what fails is not sent again at once, since nobody waits for it."""
        return self.session.client.with_options(max_retries=0)

    @property
    def busy(self) -> bool:
        """Whether anything of this section is being read or done beside the screen."""
        return any(
            not worker.is_finished and self in worker.node.ancestors_with_self for worker in self.app.workers
        )

    @property
    def retries(self) -> bool:
        """Whether what could not be read is asked for again by itself, after a pause that the server may have named."""
        return False

    def show_overdue(self, overdue: bool) -> None:
        """Say how old what is shown is, or no longer (`overdue`)."""
        if overdue != self.overdue:
            self.overdue = overdue
            self.post_message(self.StatusChanged())

    def focus_first(self) -> None:
        """Put the focus where the user expects it when the section opens."""
        raise NotImplementedError

    def opened_by_command(self) -> None:
        """Take note that the section is opened by its command, not by going back to it."""

    def step_back(self) -> bool:
        """Take one step back (esc); returns whether there was one to take."""
        return False

    def summary(self) -> str:
        """Return what the status line says when nothing else is to be said."""
        return ""

    def counter(self) -> str:
        """Return what stands at the right end of the status line (`12/250`)."""
        return ""

    def progress(self) -> str | None:
        """Return what is being waited for, None when nothing is."""
        return None

    def unsaved(self) -> str | None:
        """Return a sentence about changes that leaving would lose, None when there are none."""
        return None

    def discard(self) -> None:
        """Drop those changes: the user has said that he or she leaves without them."""

    def unfinished(self) -> str | None:
        """Return a sentence about what goes on while one looks elsewhere and ends with the program, None if nothing."""
        return (
            "An export is on its way. It would be stopped, and no file written." if self.exporting else None
        )

    def stop_export(self) -> bool:
        """Stop the export that is on its way (esc); returns whether there was one."""
        running, self.exporting = self.exporting, None
        if running is not None:
            running.cancel()
        return running is not None

    def ongoing(self) -> Ongoing | None:
        """Return what goes on while one looks elsewhere and ends with the account's session, None if nothing does."""
        return None

    def licenses_issued(self, keys: Collection[LicenseKey]) -> None:
        """Take note that licenses were issued while another section was shown."""

    def typing_footer_keys(self) -> Sequence[tuple[str, str]]:
        """Return the footer's (key, words) pairs while letters are text: what the keys that are none do there."""
        return [("enter", "To the list"), ("esc", "Leave the field")]

    def move_focus(self, step: int) -> bool:
        """Move the focus to the view's next (1) or previous (-1) part (tab); returns whether there was one."""
        return False


class DetailSection(Section):
    """A section with the details of the row under the cursor beside its list, where the terminal is wide enough.

    A subclass says in `detail_key` which row that is, and in `details` what is known of it; `load_details` asks for what
    is not, once the cursor rests on the row, and `cancel_details` drops that when the cursor goes on. What comes later is
    shown by `show_details`.
    """

    detail_pane: DetailPane | None = None
    _detail_key: Hashable | None = None
    """The row whose details were asked for last."""

    # -- what a subclass says --------------------------------------------------------------

    def detail_key(self) -> Hashable | None:
        """Return by what the row under the cursor is known again, None where there is none."""
        raise NotImplementedError

    def details(self) -> Sequence[Detail]:
        """Return what is known of the row under the cursor."""
        raise NotImplementedError

    def load_details(self) -> None:
        """Ask for what is not known of the row under the cursor, unless it is on its way."""

    def cancel_details(self, key: Hashable) -> None:
        """Drop what is on its way for the row on which the cursor stood, known by `key`."""

    def details_shown(self) -> None:
        """Take note that the pane has come or gone (`has_details`)."""

    def actions_of(self, names: Sequence[str]) -> list[tuple[str, str, str | None]]:
        """Return (command, label, why not) of these commands as they would work now."""
        active = self.active_commands
        commands = [self.COMMAND_SET.named(name) for name in names]
        return [(command.name, active.label(command), active.reason(command)) for command in commands]

    # -- the pane --------------------------------------------------------------------------

    @property
    def has_details(self) -> bool:
        """Whether the details stand beside the list."""
        return self.detail_pane is not None and self.detail_pane.display

    def action_detail_pane(self) -> None:
        """Show the details beside the list, or hide them; so on every section."""
        self.jpmanage.shows_details = not self.jpmanage.shows_details
        self.fit_details()

    def detail_pane_disabled_reason(self) -> str | None:
        """Return that the terminal is too narrow."""
        if self.app.size.width >= DETAILS_FROM:
            return None
        return (
            f"There is room for it from {DETAILS_FROM} columns on; this terminal has {self.app.size.width}."
        )

    def fit_details(self) -> None:
        """Show the pane where there is room for it and it is wanted; else take it away."""
        width = self.app.size.width
        wanted = self.jpmanage.shows_details and width >= DETAILS_FROM
        if wanted and self.detail_pane is None:
            from jpmanage_tui.ui.widgets.detail_pane import DetailPane  # a narrow screen never needs it

            self.detail_pane = DetailPane(self._rested)
            self.detail_pane.display = False
            self.mount(self.detail_pane)
        pane = self.detail_pane
        if pane is None:
            return
        if wanted:
            from jpmanage_tui.ui.widgets.detail_pane import pane_width

            pane.styles.width = pane_width(width)
        if pane.display != wanted:
            pane.display = wanted
            self.details_shown()
            self.post_message(self.StatusChanged())
            if not wanted:
                self._leave_details()

    def on_mount(self) -> None:
        """Make room for the pane before the first frame."""
        self.fit_details()

    def on_resize(self) -> None:
        """Show or hide the pane at the new size."""
        self.fit_details()

    def on_show(self) -> None:
        """Take over whether details are wanted, which may have been changed on another section."""
        self.fit_details()
        self.follow_cursor()

    @on(VirtualList.Highlighted)
    @on(Section.StatusChanged)
    def follow_cursor(self) -> None:
        """Fill the pane when the cursor rests; what was asked for another row is dropped."""
        if not self.has_details or not self.shown or self.detail_pane is None:
            return
        if self.detail_key() != self._detail_key:
            self._leave_details()
        self.detail_pane.follow()

    def _leave_details(self) -> None:
        key, self._detail_key = self._detail_key, None
        if key is not None:
            self.cancel_details(key)

    def _rested(self) -> None:
        if not self.is_mounted or not self.has_details or not self.shown:
            return
        key = self.detail_key()
        if key is not None:
            self._detail_key = key
            self.load_details()
        self.show_details()

    def show_details(self) -> None:
        """Show what is known now of the row on which the cursor rests; while it moves nothing is painted."""
        if self.has_details and self.detail_pane is not None and not self.detail_pane.waits:
            self.detail_pane.show_details(self.details())
