"""The log of operations: what was changed, how it ended; what is unknown can be looked up again from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.queue import OperationsQueue, key_of_account
from jpmanage_tui.ui.commands.keys import key_of
from jpmanage_tui.ui.dialogs.brief import brief
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
    EntryState.FOUND_DONE: "✓ done (confirmed)",
    EntryState.FOUND_NOT_DONE: "✗ not done (confirmed)",
}


class LogList(VirtualList):
    """Entries, the newest first; times in UTC."""

    DEFAULT_CSS = "LogList { height: 45vh; background: $surface; }"

    def __init__(self, account: str, key_names: Mapping[str, str]) -> None:
        super().__init__(id="log")
        self.entries: tuple[Entry, ...] = ()
        self.account = account
        self.key_names = key_names

    def line_count(self) -> int:
        """Return the number of entries."""
        return len(self.entries)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return time, state and what was asked."""
        entry = self.entries[line]
        muted = self.get_component_rich_style("list--muted")
        return [
            (f"{moment(entry.created_at).removesuffix(' UTC')}  ", muted),
            (f"{WORDS[entry.state]:<{self._state_width}}  ", self.get_component_rich_style("list--strong")),
            (self.whose(entry), muted),
            (brief(entry.change), self.rich_style),
        ]

    @property
    def _state_width(self) -> int:
        return max((len(WORDS[state]) for state in {entry.state for entry in self.entries}), default=0)

    def whose(self, entry: Entry) -> str:
        """Return the partner key with which an entry was made, where it is not the present one."""
        if entry.account == self.account:
            return ""
        _, key = key_of_account(entry.account)
        return f"[{self.key_names.get(key) or f'key {key}'}] "


class LogDialog(Dialog[None]):
    """Shows the log. Where a fate is unknown, `l` looks it up again, `d` and `n` settle it by the user's word.

    Only the user can settle what looking cannot: several licences of a kind issued at once, say.
    """

    DEFAULT_CSS = "LogDialog > .dialog--box { width: 110; }"
    first_focus: ClassVar[str | None] = "#log"
    enter_words = ""
    esc_words = "Close"

    class Read(Message):
        """The entries came."""

        def __init__(self, entries: tuple[Entry, ...], words: str) -> None:
            super().__init__()
            self.entries = entries
            self.words = words

    def __init__(self, queue: OperationsQueue, key_names: Mapping[str, str] | None = None) -> None:
        """`key_names` are the names of the account's partner keys by their ids, for what was done with another one."""
        super().__init__("Log of operations (times in UTC)")
        self._queue = queue
        self._key_names = key_names or {}
        self._words = ""

    def body(self) -> ComposeResult:
        """Compose the list and the text about the entry under the cursor."""
        yield LogList(self._queue.account, self._key_names)
        yield self.text("", id="entry")

    def on_mount(self) -> None:
        """Read the journal."""
        self._start("")

    def reread(self) -> None:
        """Read the journal again: something happened to a change."""
        self._start(self._words)

    def _start(self, words: str) -> None:
        self.run_worker(self._read(words), group="log", exclusive=True, exit_on_error=False)

    async def _read(self, words: str) -> None:
        try:
            entries = await self._queue.history(limit=500)
        except OperationError as error:
            self.post_message(self.Read((), error.sentence))
        else:
            self.post_message(self.Read(entries, words))

    @on(Read)
    def _came(self, message: Read) -> None:
        shown = self.query_one(LogList)
        before = self._entry
        shown.entries = message.entries
        shown.note = ["Nothing was changed yet."]
        self._words = message.words
        if before is not None:  # newer ones may have come: the cursor keeps its entry
            ids = [entry.id for entry in message.entries]
            shown.cursor = ids.index(before.id) if before.id in ids else 0
        shown.changed()

    @property
    def _entry(self) -> Entry | None:
        """The entry under the cursor."""
        shown = self.query_one(LogList)
        return shown.entries[shown.cursor] if shown.cursor < len(shown.entries) else None

    @on(VirtualList.Moved)
    def _about(self) -> None:
        lines = [self._words] if self._words else []
        entry = self._entry
        if entry is not None:
            whose = self.query_one(LogList).whose(entry)
            lines.append(f"{whose}{entry.change.sentence()}.")
            lines.append(f"{WORDS[entry.state]}. {entry.message}".strip())
            lines += [f"Code: {key}" for key in entry.result]
            if entry.request_id:
                lines.append(f"Request id: {entry.request_id}")
            if entry.state is EntryState.UNKNOWN and whose:
                lines.append(f"It is looked up when this partner key is chosen ({key_of('key')}).")
            elif entry.state is EntryState.UNKNOWN:
                lines.append("l looks it up again; d it was done, n it was not (you have looked yourself)")
        self.query_one("#entry", Static).update("\n".join(lines))

    @property
    def _unknown(self) -> Entry | None:
        """The entry under the cursor where it is one of this key's whose fate is unknown."""
        entry = self._entry
        ours = entry is not None and entry.account == self._queue.account
        return entry if ours and entry is not None and entry.state is EntryState.UNKNOWN else None

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
        elif event.character == "l" and (entry := self._unknown) is not None:
            self._words = "Looking…"
            self._about()
            self.run_worker(self._look(entry.id), group="look", exclusive=True, exit_on_error=False)
        elif event.character in ("d", "n") and (entry := self._unknown) is not None:
            accepting = self._accept(entry, event.character == "d")
            self.run_worker(accepting, group="accept", exclusive=True, exit_on_error=False)
        else:
            super().press(event)
            return
        event.stop()

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
