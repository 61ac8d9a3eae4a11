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
    from textual.worker import Worker

    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import LicenseKey
    from jpmanage_tui.api.invoices import Invoice
    from jpmanage_tui.api.partner import Partner
    from jpmanage_tui.api.sites import Site
    from jpmanage_tui.operations.operation import OperationEvent
    from jpmanage_tui.operations.run import Run, RunPlan
    from jpmanage_tui.operations.runner import RunEvent
    from jpmanage_tui.ui.dialogs.under_way import Ongoing

SORT = Command("sort", "Sort", "Choose the order.")
UNDO = Command("undo", "Undo", "Undo the last assigning or unassigning, item by item.", footer=False)
"""Commands that several sections have."""


class OpenSection(DataMessage):
    """The section `name` is to be shown; `then` is called with it when it is."""

    name: str
    then: Callable[[Section], object] | None = None


class LeaveSection(Message):
    """The section from which this one was opened is to be shown again."""


class LicensesIssued(DataMessage):
    """Licenses were issued, or what was issued was assigned: every section that shows licenses asks again."""

    keys: Collection[LicenseKey]


class PartnerUpdated(DataMessage):
    """The API gave the partner record anew, after a change."""

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
