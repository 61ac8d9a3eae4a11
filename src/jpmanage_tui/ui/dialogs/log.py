"""The log of operations: what was changed, how it ended; what is unknown can be looked up again from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.operations.entry import NO_TIME, Entry, EntryState
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.mutation import Mutation, UnreadableMutation
from jpmanage_tui.operations.mutations.cards import DECLINED, ConfirmCard, CreateSetupIntent, SaveCard
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.scopes import Account, Kinship, Scope
from jpmanage_tui.rules.text import format_datetime, pluralize
from jpmanage_tui.ui.common.keymap import key_label, key_name
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from jpmanage_tui.operations.operation import OperationEvent

LONGEST = 400
"""How much of a row that cannot be read is shown."""
CODE_END = 6
"""Characters of a license code that stand in a list."""
NAMED = 3
"""How many earlier changes are named one by one in a question about them."""
WORDS = {
    EntryState.QUEUED: "queued",
    EntryState.SENT: "on its way",
    EntryState.DONE: "✓ done",
    EntryState.REFUSED: "✗ refused",
    EntryState.NOT_SENT: "✗ not sent",
    EntryState.UNKNOWN: "? unknown",
    EntryState.CONFIRMED_DONE: "✓ done (confirmed)",
    EntryState.CONFIRMED_NOT_DONE: "✗ not done (confirmed)",
}
_NOT_SAVED, _ON_ITS_WAY = "✗ not saved", (EntryState.QUEUED, EntryState.SENT)
_SAVED = {
    EntryState.DONE: "✓ saved",
    EntryState.CONFIRMED_DONE: "✓ saved (confirmed)",
    EntryState.REFUSED: _NOT_SAVED,
    EntryState.NOT_SENT: _NOT_SAVED,
    EntryState.CONFIRMED_NOT_DONE: _NOT_SAVED,
}


def end_words(entry: Entry) -> str:
    """Return how an entry of the log ended.

    A card that is added is saved by the last of its three requests only: where the log ends at an earlier one, it is
    not saved, whatever became of that request.
    """
    change, state = entry.change, entry.state
    if isinstance(change, SaveCard):
        return _SAVED.get(state, WORDS[state])
    if not isinstance(change, CreateSetupIntent | ConfirmCard) or state in _ON_ITS_WAY:
        return WORDS[state]
    if isinstance(change, ConfirmCard) and state is EntryState.REFUSED and DECLINED in entry.message.lower():
        return "✗ declined"
    return _NOT_SAVED


def can_be_settled(entry: Entry) -> bool:
    """Return whether it is of any matter what became of an entry of unknown fate: whether it keeps the like from being
    sent. A setup intent, say, does not.
    """
    return entry.state is EntryState.UNKNOWN and bool(entry.change.conflict_key)


def one_a_card(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of the log, newest first as ``entries`` are: of the requests that add one card the last only.

    A setup intent, the card's way to Stripe and its saving follow one another; a saving that is tried again is of the
    same card. Of journals of the first release, which do not name the card, the order tells what belongs together.
    """
    superseded: set[int] = set()
    under_way: dict[tuple[str, str], Entry] = {}
    saving: dict[tuple[str, str], Entry] = {}
    for entry in reversed(entries):
        change = entry.change
        match change:
            case CreateSetupIntent():
                under_way[entry.account, change.card] = entry
            case ConfirmCard():
                before = under_way.get((entry.account, change.card))
                if before is not None and isinstance(before.change, CreateSetupIntent):
                    superseded.add(before.id)
                under_way[entry.account, change.card] = entry
            case SaveCard():
                before = saving.get((entry.account, change.payment_method_id))
                if before is None:
                    before = under_way.pop((entry.account, change.card), None)
                    if before is not None and isinstance(before.change, CreateSetupIntent):
                        before = None  # of a try that never reached Stripe
                if before is not None and not can_be_settled(before):
                    superseded.add(before.id)
                saving[entry.account, change.payment_method_id] = entry
            case _:
                pass
    return tuple(entry for entry in entries if entry.id not in superseded)


def short_summary(change: Mutation[Any]) -> str:
    """Return the sentence of a change with the end of the license code only: in a list, with the whole below it."""
    key = getattr(change, "license_key", None)
    sentence = change.summary()
    return sentence.replace(f"({key})", f"…{key[-CODE_END:]}") if isinstance(key, str) else sentence


class LogList(VirtualList):
    """Entries, the newest first; times in UTC."""

    DEFAULT_CSS = "LogList { height: 45vh; background: $surface; }"

    def __init__(self, key_names: Mapping[str, str]) -> None:
        super().__init__(id="log")
        self.entries: tuple[Entry, ...] = ()
        self.scope: Scope | None = None
        self.key_names = key_names

    def line_count(self) -> int:
        """Return the number of entries."""
        return len(self.entries)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return time, state and what was asked."""
        entry = self.entries[line]
        muted = self.get_component_rich_style("list--muted")
        return [
            (
                f"{format_datetime(entry.created_at).removesuffix(' UTC') if entry.created_at != NO_TIME else '?':<16}  ",
                muted,
            ),
            (f"{end_words(entry):<{self._state_width}}  ", self.get_component_rich_style("list--strong")),
            (self.whose(entry), muted),
            (short_summary(entry.change), self.rich_style),
        ]

    @property
    def _state_width(self) -> int:
        return max((len(end_words(entry)) for entry in self.entries), default=0)

    def kinship(self, entry: Entry) -> Kinship:
        """Return how an entry stands to the present partner key."""
        return self.scope.kinship(entry.account) if self.scope is not None else Kinship.OTHER

    def whose(self, entry: Entry) -> str:
        """Return the partner key, or the token, with which an entry was made, where it is not the present key."""
        kinship = self.kinship(entry)
        if kinship is Kinship.SAME:
            return ""
        name = made_with(entry)
        if kinship is Kinship.SIBLING:
            name = self.key_names.get(Account.of(entry.account).key) or name
        return f"[{name}] "


def made_with(entry: Entry) -> str:
    """Return the partner key by its id, or the token by its fingerprint, with which an entry was made."""
    account = Account.of(entry.account)
    if account.key:
        return f"key {account.key}"
    return f"key token {account.token}" if account.token else f"user token {account.user}"


class LogDialog(Dialog[None]):
    """Shows the log. Where a fate is unknown, `l` looks it up again, `d` and `n` settle it by the user's word.

    Only the user can settle what looking cannot: several licenses of a kind issued at once, say.
    """

    DEFAULT_CSS = "LogDialog > .dialog--box { width: 110; }"
    first_focus: ClassVar[str | None] = "#log"
    enter_words = ""
    esc_words = "Close"

    class Read(Message):
        """The entries came."""

        def __init__(self, entries: tuple[Entry, ...], scope: Scope | None, words: str) -> None:
            super().__init__()
            self.entries = entries
            self.scope = scope
            self.words = words

    def __init__(self, queue: OperationsQueue, key_names: Mapping[str, str] | None = None) -> None:
        """`key_names` are the names of the account's partner keys by their ids, for what was done with another one."""
        super().__init__("Log of operations (times in UTC)")
        self._queue = queue
        self._key_names = key_names or {}
        self._words = ""

    def body(self) -> ComposeResult:
        """Compose the list and the text about the entry under the cursor."""
        yield LogList(self._key_names)
        yield self.text("", id="entry")

    def on_mount(self) -> None:
        """Read the journal."""
        self._start("")

    def heard(self, event: OperationEvent) -> None:
        """Read the journal again: something happened to a change."""
        del event
        self._start(self._words)

    def _start(self, words: str) -> None:
        self.run_worker(self._read(words), group="log", exclusive=True, exit_on_error=False)

    async def _read(self, words: str) -> None:
        try:
            entries, scope = await self._queue.history(limit=500), await self._queue.scope()
        except OperationError as error:
            self.post_message(self.Read((), None, error.sentence))
        else:
            self.post_message(self.Read(entries, scope, words))

    @on(Read)
    def _came(self, message: Read) -> None:
        shown = self.query_one(LogList)
        before = self._entry
        shown.entries, shown.scope = one_a_card(message.entries), message.scope
        shown.placeholder = ["Nothing was changed yet."]
        self._words = message.words
        if before is not None:  # newer ones may have come: the cursor keeps its entry
            ids = [entry.id for entry in shown.entries]
            shown.cursor = ids.index(before.id) if before.id in ids else 0
        shown.changed()

    @property
    def _entry(self) -> Entry | None:
        """The entry under the cursor."""
        shown = self.query_one(LogList)
        return shown.entries[shown.cursor] if shown.cursor < len(shown.entries) else None

    @on(VirtualList.Highlighted)
    def _about(self) -> None:
        lines = [self._words] if self._words else []
        entry = self._entry
        if entry is not None:
            shown = self.query_one(LogList)
            lines.append(f"{shown.whose(entry)}{entry.change.summary()}.")
            lines.append(f"{end_words(entry)}. {entry.message}".strip())
            if isinstance(entry.change, UnreadableMutation):
                lines.append(f"As it stands in the journal: {sanitize_text(entry.change.payload)[:LONGEST]}")
            lines += [f"Code: {key}" for key in entry.result]
            if entry.request_id:
                lines.append(f"Request id: {entry.request_id}")
            if can_be_settled(entry):
                lines.append(self._way_out(entry, shown.kinship(entry)))
        self.query_one("#entry", Static).update("\n".join(lines))

    @staticmethod
    def _way_out(entry: Entry, kinship: Kinship) -> str:
        """Return what can be done about an entry of unknown fate."""
        word = "d it was done, n it was not (you have looked yourself)"
        if kinship is Kinship.UNCLEAR:
            return f"It was made with another token, perhaps of this partner key. {word}"
        if kinship is not Kinship.SAME:
            return f"It is looked up when this partner key is chosen ({key_for('key')})."
        return f"l looks it up again; {word}" if entry.readable else word

    @property
    def _unknown(self) -> Entry | None:
        """The entry under the cursor where its fate is unknown and it is not known to be of another key."""
        entry = self._entry
        if entry is None or not can_be_settled(entry):
            return None
        return entry if self.query_one(LogList).kinship(entry) in (Kinship.SAME, Kinship.UNCLEAR) else None

    @property
    def _to_look_up(self) -> Entry | None:
        """The entry under the cursor where it can be looked up what became of it."""
        entry = self._unknown
        if entry is None or not entry.readable:
            return None
        return entry if self.query_one(LogList).kinship(entry) is Kinship.SAME else None

    def press(self, event: events.Key) -> None:
        """Look up again, settle by hand, or close."""
        if key_label(key_name(event)) in ("q", key_for("log")):
            self.dismiss(None)
        elif event.character == "l" and (entry := self._to_look_up) is not None:
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
        question = Confirmation(
            f"It {word}?",
            [
                f"{entry.change.summary()}.",
                f"jpmanage could not find out. If you say that it {word}, the like can be sent again: "
                "look first, here and on the vendor's page.",
            ],
            f"It {word}",
            danger=True,
        )
        if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
            return
        try:
            outcome = await self._queue.resolve_manually(entry.id, done=done)
        except (OperationError, KeyError) as error:
            await self._read(str(error))
        else:
            await self._read(outcome.sentence)

    async def _look(self, entry_id: int) -> None:
        try:
            outcome = await self._queue.recheck(entry_id)
        except (OperationError, KeyError) as error:
            await self._read(str(error))
        else:
            await self._read(outcome.sentence)


def about_earlier(change: Mutation[Any], earlier: Sequence[Entry]) -> Confirmation:
    """Return the question whether `change` is sent in spite of `earlier` entries of the journal."""
    lines = []
    for entry in earlier[:NAMED]:
        when = "sent" if entry.sent_at is not None else "noted"
        state = "on its way" if entry.state is EntryState.SENT else "it is not known whether it was done"
        at = format_datetime(entry.sent_at or entry.created_at)
        lines.append(f"{entry.change.summary()}: {when} {at} with {made_with(entry)}; {state}.")
    if len(earlier) > NAMED:
        lines.append(f"And {pluralize(len(earlier) - NAMED, 'more like it', 'more like it')}.")
    return Confirmation(
        "This may have been done already",
        [
            *lines,
            "It is not known whether that token belongs to the partner key in use. If it does, this may be done twice. "
            "Check the list, or the vendor's page, first.",
            f"{change.summary()} now?",
        ],
        "Send anyway",
        danger=True,
    )
