"""The log of operations: what was changed, how it ended; what is unknown can be looked up again from here."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog, Question
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.virtual_list import VirtualList
from jpmanage_tui.ui.words import moment

WORDS = {
    EntryState.QUEUED: "queued",
    EntryState.SENT: "on its way",
    EntryState.DONE: "✓ done",
    EntryState.REFUSED: "✗ refused",
    EntryState.NOT_SENT: "✗ not sent",
    EntryState.UNKNOWN: "? unknown",
    EntryState.FOUND_DONE: "✓ found done",
    EntryState.FOUND_NOT_DONE: "✗ found not done",
}


class LogList(VirtualList):
    """Entries, the newest first."""

    DEFAULT_CSS = "LogList { height: 14; background: $surface; }"

    def __init__(self) -> None:
        super().__init__(id="log")
        self.entries: tuple[Entry, ...] = ()

    def line_count(self) -> int:
        """Return the number of entries."""
        return len(self.entries)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return time, state and what was asked."""
        entry = self.entries[line]
        muted = self.get_component_rich_style("list--muted")
        return [
            (f"{moment(entry.created_at)}  ", muted),
            (f"{WORDS[entry.state]:<17}", self.get_component_rich_style("list--strong")),
            (entry.change.sentence(), self.rich_style),
        ]


class LogDialog(Dialog[None]):
    """Shows the log. Where a fate is unknown, `l` looks it up again, `d` and `n` settle it by the user's word.

    Only the user can settle what looking cannot: several licences of a kind issued at once, say.
    """

    DEFAULT_CSS = "LogDialog > .dialog--box { width: 110; }"
    first_focus: ClassVar[str | None] = "#log"

    class Read(Message):
        """The entries came."""

        def __init__(self, entries: tuple[Entry, ...], words: str) -> None:
            super().__init__()
            self.entries = entries
            self.words = words

    def __init__(self, queue: OperationsQueue) -> None:
        super().__init__("Log of operations")
        self._queue = queue
        self._words = ""

    def body(self) -> ComposeResult:
        """Compose the list and the text about the entry under the cursor."""
        yield LogList()
        yield self.text("", id="entry")

    def on_mount(self) -> None:
        """Read the journal."""
        self._start("")

    def _start(self, words: str) -> None:
        self.run_worker(self._read(words), group="log", exclusive=True, exit_on_error=False)

    async def _read(self, words: str) -> None:
        try:
            entries = await self._queue.entries(limit=500)
        except OperationError as error:
            self.post_message(self.Read((), error.sentence))
        else:
            self.post_message(self.Read(entries, words))

    @on(Read)
    def _came(self, message: Read) -> None:
        shown = self.query_one(LogList)
        shown.entries = message.entries
        shown.note = ["Nothing was changed yet."]
        self._words = message.words
        shown.changed()

    @on(VirtualList.Moved)
    def _about(self) -> None:
        shown = self.query_one(LogList)
        lines = [self._words] if self._words else []
        if shown.entries:
            entry = shown.entries[shown.cursor]
            lines.append(f"{WORDS[entry.state]}: {entry.change.sentence()}. {entry.message}".strip())
            lines += [f"Code: {key}" for key in entry.result]
            if entry.request_id:
                lines.append(f"Request id: {entry.request_id}")
            if entry.state is EntryState.UNKNOWN:
                lines.append("l looks it up again; d it was done, n it was not (you have looked yourself)")
        self.query_one("#entry", Static).update("\n".join(lines))

    def press(self, event: events.Key) -> None:
        """Move; look up again."""
        shown = self.query_one(LogList)
        moves = {"up": -1, "down": 1, "k": -1, "j": 1}
        pages = {"pageup": -1.0, "pagedown": 1.0}
        if event.key in moves:
            shown.move(moves[event.key])
        elif event.key in pages:
            shown.page(pages[event.key])
        elif event.character in ("q", "0"):
            self.dismiss(None)
        elif event.character == "l" and shown.entries:
            entry = shown.entries[shown.cursor]
            if entry.state is EntryState.UNKNOWN:
                self.query_one("#entry", Static).update("Looking…")
                self.run_worker(self._look(entry.id), group="look", exclusive=True, exit_on_error=False)
        elif event.character in ("d", "n") and shown.entries:
            self._settle(shown.entries[shown.cursor], done=event.character == "d")
        else:
            super().press(event)
            return
        event.stop()

    def _settle(self, entry: Entry, *, done: bool) -> None:
        if entry.state is EntryState.UNKNOWN:
            self.run_worker(self._accept(entry, done), group="accept", exclusive=True, exit_on_error=False)

    async def _accept(self, entry: Entry, done: bool) -> None:
        word = "was done" if done else "was not done"
        question = Question(
            f"It {word}?",
            [
                f"{entry.change.sentence()}.",
                f"jpmanage could not find out. If you say that it {word}, the like can be sent again: "
                "look first, here and on the vendor's page.",
            ],
            f"It {word}",
            danger=True,
        )
        if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
            return
        try:
            outcome = await self._queue.accept(entry.id, done=done)
        except (OperationError, KeyError) as error:
            await self._read(str(error))
        else:
            await self._read(outcome.sentence)

    async def _look(self, entry_id: int) -> None:
        try:
            outcome = await self._queue.look_again(entry_id)
        except (OperationError, KeyError) as error:
            await self._read(str(error))
        else:
            await self._read(outcome.sentence)
