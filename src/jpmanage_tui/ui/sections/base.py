"""What every section's view can do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, cast

from textual import on
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from jpmanage_tui.ui.common.commands import ActiveCommand, CommandSet
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.widgets.status_line import Severity, StatusLine
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from textual.worker import Worker

    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.ids import LicenseKey
    from jpmanage_tui.api.invoices import Invoice
    from jpmanage_tui.api.partner import Partner
    from jpmanage_tui.ui.dialogs.under_way import Ongoing

Answer = TypeVar("Answer")


class SectionScreen(Protocol):
    """What a section uses of the screen that shows it and the other sections."""

    current: str
    """The name of the section that is shown."""

    @property
    def status(self) -> StatusLine:
        """The status line."""

    @property
    def view(self) -> Section | None:
        """The section that is shown, None before a session is open."""

    def opened(self, name: str) -> Section | None:
        """Return a section that was shown before, None where it was not."""

    async def show(self, name: str) -> None:
        """Show the section of this name."""

    def open_section(self, name: str) -> None:
        """Show a section beside what goes on; asks first where that would lose changes."""

    def leave_issue(self) -> None:
        """Go back to the section from which Issue New License was opened."""

    def saw_invoices(self, invoices: Iterable[Invoice]) -> None:
        """Take over what the API said of invoices: the header warns of what is past due."""

    def outdate(self, issued: Collection[LicenseKey] = ()) -> None:
        """Let the sections that are not shown ask again when they are shown next."""

    def start(self, name: str, bound: ActiveCommand) -> None:
        """Run a command by name on what it is bound to, or say why it cannot run."""


class SectionApp(Protocol):
    """What a section uses of the app."""

    kept_selection: str
    """What was picked for issuing, as text: it outlives a session."""

    @property
    def main(self) -> SectionScreen:
        """The main screen."""

    def notify(
        self,
        message: str,
        *,
        severity: Severity = "information",
        outcome: bool = False,
        lasts: bool | None = None,
    ) -> None:
        """Say something in the status line; `outcome`: it is how a change ended (`StatusLine.say`)."""

    async def push_screen_wait(self, screen: Screen[Answer]) -> Answer:
        """Show a dialog and wait for its answer; in a worker."""

    async def copy(self, text: str, what: str) -> None:
        """Send text to the clipboard and say which way it went; `what` names it."""

    async def open_link(self, title: str, url: str) -> None:
        """Open a web page on a local desktop; over SSH show it as link and QR code."""

    def take_partner(self, partner: Partner) -> None:
        """Take over the partner record as the API gave it after a change."""

    def issue_new(self) -> None:
        """Open Issue New License, as it was left."""


class Section(WorkerMixin, Widget):
    """The view of one section: made once for a session, kept while the user looks elsewhere.

    Its workers post typed messages and touch no widget; every one is started with `exit_on_error=False` and a group.
    """

    DEFAULT_CSS = "Section { width: 1fr; height: 1fr; }"
    COMMANDS: ClassVar[CommandSet]

    class StatusChanged(Message):
        """What the status line or the footer shows about this view has changed."""

    class Troubled(Message):
        """Something could not be read."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.outdated = False
        """Whether something was changed elsewhere since this view asked: it asks again when it is shown."""
        self.exporting: Worker[Any] | None = None
        """What reads the rows of an export."""
        self.trouble = ""
        """The sentence about what could not be read last, empty where nothing is wrong."""

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
        """Say something in the status line, whichever section is shown (`SectionApp.notify`)."""
        del title, timeout, markup
        self.jpmanage.notify(message, severity=severity, outcome=outcome, lasts=lasts)

    @property
    def shown(self) -> bool:
        """Whether this is the section that is shown."""
        return self.jpmanage.main.view is self

    def notify_if_shown(
        self, message: str, *, severity: Severity = "information", lasts: bool | None = None
    ) -> None:
        """Say something of this section in the status line, unless another one is shown."""
        if self.shown:
            self.notify(message, severity=severity, lasts=lasts)

    def tell_trouble(self, sentence: str) -> None:
        """Say what could not be read; where another section is shown, when this one is shown again."""
        self.trouble = sentence
        self.post_message(self.Troubled())  # after this: the view may come to say it in the place of its rows

    @on(Troubled)
    def remind(self) -> None:
        """Say in the status line what could not be read, unless that stands in the place of the rows."""
        _, _, why = self.trouble.partition(": ")  # whatever was being read when it happened
        if not self.trouble:
            return
        if not any(why in words for words in self.in_place()):
            self.notify_if_shown(self.trouble, severity="error", lasts=True)
        elif self.shown and why in self.jpmanage.main.status.shown:
            self.jpmanage.main.status.clear()  # another part failed first, and said it there

    def in_place(self) -> list[str]:
        """Return what stands on the screen in the place of what could not be read: the notes of lists without rows."""
        empty = (shown for shown in self.query(VirtualList) if shown.display and not shown.line_count())
        return [" ".join(shown.placeholder) for shown in empty]

    def tell_recovered(self) -> None:
        """Say that the API answers again, where something could not be read before."""
        if self.trouble:
            self.trouble = ""
            self.notify_if_shown("The API answers again.", severity="success")

    # -- what a section says of itself -----------------------------------------------------

    def bounds(self) -> list[ActiveCommand]:
        """Return the command sets that work here now, nearest first."""
        return [ActiveCommand(self.COMMANDS, self)]

    def reload(self) -> None:
        """Ask the API again for everything on screen (`r`)."""
        raise NotImplementedError

    def focus_first(self) -> None:
        """Put the focus where the user expects it when the section opens."""
        raise NotImplementedError

    def reopen(self) -> None:
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

    @property
    def typing(self) -> bool:
        """Whether the focus is in a form: there letters and digits are text, whatever part has it."""
        return False

    def arrived(self, keys: Collection[LicenseKey]) -> None:
        """Take note that licenses were issued while another section was shown."""

    def typing_keys(self) -> Sequence[tuple[str, str]]:
        """Return the footer's (key, words) pairs while letters are text: what the keys that are none do there."""
        return [("enter", "To the list"), ("esc", "Leave the field")]

    def move_focus(self, step: int) -> bool:
        """Move the focus to the view's next (1) or previous (-1) part (tab); returns whether there was one."""
        return False
