"""Leaving an account for another: what is under way in it is waited for or stopped, and nothing is begun meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from textual import on
from textual.app import App, ComposeResult
from textual.widgets import Static

from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.button import Button

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.operations.operation import OperationEvent, Outcome

WAITING = "Waiting until it has ended…"
STOPPING = "Stopping: what is on its way is finished first…"
OVER = "It has ended meanwhile."
NO_MORE = "Leaving now begins no more of them."
"""What is said of a run when the program is left."""


class Ongoing(Protocol):
    """Something that goes on while the user looks elsewhere, and ends with the account's session."""

    def words(self) -> str:
        """Return a sentence about how it stands."""

    def stop(self) -> None:
        """Begin nothing more of it; what is on its way is finished."""

    @property
    def over(self) -> bool:
        """Whether it has ended."""

    async def finished(self) -> None:
        """Wait until it has ended; canceling this wait does not stop it."""

    def result(self) -> tuple[str, bool]:
        """Return how it ended, in a sentence ('' where there is nothing to tell), and whether all of it was done."""


class ChangesUnderWay:
    """The changes of a session that are on their way, and the looks at what became of earlier ones."""

    def __init__(self, session: Session) -> None:
        """Only for a session that is busy or looking: its queue is made then."""
        self._session = session
        self._looks = True
        self._ended: list[Outcome[Any]] = []

    def words(self) -> str:
        """Return what is under way."""
        if self._session.busy:
            return "A change is on its way."
        return (
            "It is being looked up whether a change was done. What is not found out now is looked up when this key "
            "is opened again."
        )

    def heard(self, event: OperationEvent) -> None:
        """Hear how a change ended."""
        if event.outcome is not None:
            self._ended.append(event.outcome)

    def stop(self) -> None:
        """Send nothing that waits, and wait for no look."""
        self._looks = False
        self._session.queue.stop()

    @property
    def over(self) -> bool:
        """Whether nothing is on its way, nor looked up where that was not stopped."""
        return not self._session.busy and not (self._looks and self._session.verifying)

    async def finished(self) -> None:
        """Wait until it is over."""
        await self._session.queue.idle(verified=self._looks)

    def result(self) -> tuple[str, bool]:
        """Return how those changes ended that did so meanwhile."""
        sentences = dict.fromkeys(outcome.sentence for outcome in self._ended)
        return " ".join(sentences), all(outcome.happened for outcome in self._ended)


@dataclass(frozen=True)
class Ended:
    """Nothing is under way any more: how it ended, in a sentence that may be empty, and whether all of it was done.

    `stopped`: the user did not want to wait for it.
    """

    sentence: str = ""
    complete: bool = True
    stopped: bool = False


class UnderWayDialog(Dialog[Ended]):
    """Asks what is to become of what is under way, and waits for that. Returns how it ended, None where one stays.

    It stays open while it waits, so that nothing else is begun meanwhile, and staying is possible to the end.
    """

    esc_words = "Stay here"
    first_focus: ClassVar[str | None] = "#stay"

    class Over(DataMessage):
        """Nothing is under way any more."""

    def __init__(self, title: str, then: str, ongoing: Sequence[Ongoing]) -> None:
        """`then` says what comes after ("switch to Second")."""
        super().__init__(title)
        self._then = then
        self._ongoing = tuple(ongoing)
        self._state = ""

    def body(self) -> ComposeResult:
        """Compose how it stands, what can be done, and the buttons."""
        yield self.text("", id="ongoing")
        yield self.text("", id="state", muted=True)
        yield self.buttons(
            Button("Stay here", id="stay"),
            Button(f"Wait, then {self._then}", id="wait"),
            Button(f"Stop it, then {self._then}", id="stop"),
        )

    def on_mount(self) -> None:
        """Say how it stands, and when it has ended."""
        self._show()
        self._watch()

    def heard(self, event: OperationEvent) -> None:
        """Say how it stands now."""
        for one in self._ongoing:
            if isinstance(one, ChangesUnderWay):
                one.heard(event)
        self._show()

    def _show(self) -> None:
        lines = [one.result()[0] or OVER if one.over else one.words() for one in self._ongoing]
        self.query_one("#ongoing", Static).update("\n".join(lines))
        state = self.query_one("#state", Static)
        state.update(self._state)
        state.display = bool(self._state)
        over = all(one.over for one in self._ongoing)
        wait, stop = self.query_one("#wait", Button), self.query_one("#stop", Button)
        wait.display = self._state == ""
        wait.label = f"{self._then[:1].upper()}{self._then[1:]}" if over else f"Wait, then {self._then}"
        stop.display = self._state != STOPPING and not over
        if self.focused is None or not self.focused.display:
            self.query_one("#stay").focus()
        if over and self._state:
            self._end()

    @on(Button.Pressed, "#stay")
    def _stay(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#wait")
    def _wait(self) -> None:
        self._begin(WAITING)

    @on(Button.Pressed, "#stop")
    def _stop(self) -> None:
        for one in self._ongoing:
            one.stop()
        self._begin(STOPPING)

    def _begin(self, state: str) -> None:
        self._state = state
        self._watch()  # what was stopped ends sooner
        self._show()

    def _watch(self) -> None:
        self.run_worker(self._finished(), group="under-way", exclusive=True, exit_on_error=False)

    async def _finished(self) -> None:
        while not all(one.over for one in self._ongoing):
            for one in self._ongoing:
                await one.finished()
        self.post_message(self.Over())

    @on(Over)
    def _over(self) -> None:
        self._show()

    def _end(self) -> None:
        results = [one.result() for one in self._ongoing]
        sentence = " ".join(words for words, _ in results if words)
        complete = all(complete for _, complete in results)
        self.dismiss(Ended(sentence, complete, stopped=self._state == STOPPING))


async def end_ongoing(
    app: App[Any], title: str, then: str, ongoing: Callable[[bool], Sequence[Ongoing]]
) -> Ended | None:
    """Ask what is to become of what goes on, and wait for that, until nothing does; None where the user stays.

    `ongoing` returns what goes on, given whether the user has stopped something; `then` says what comes after.
    """
    so_far = Ended()
    while left := ongoing(so_far.stopped):
        ended = await app.push_screen_wait(UnderWayDialog(title, then, left))
        if ended is None:
            return None
        words = f"{so_far.sentence} {ended.sentence}".strip()
        so_far = Ended(words, so_far.complete and ended.complete, so_far.stopped or ended.stopped)
    return so_far


class OpeningDialog(Dialog[bool]):
    """Shown while another account or key is being opened.

    Returns True when what was opened is there or cannot be had, None when the user does not want it any more.

    What is begun in the old account while the new one is on its way would be cut off when that comes.
    """

    first_focus: ClassVar[str | None] = "#cancel"

    def __init__(self, title: str, words: str) -> None:
        """`words` say what is being opened."""
        super().__init__(title)
        self._words = words

    def body(self) -> ComposeResult:
        """Compose the words and the button."""
        yield self.text(self._words)
        yield self.buttons(Button("Cancel", id="cancel"))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
