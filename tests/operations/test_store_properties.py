"""The journal against a model of it, under random steps of two programs."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, invariant, multiple, rule

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError
from jpmanage_tui.operations.mutations.licenses import RevokeLicense
from jpmanage_tui.operations.store import JournalStore, Settled

ENDS = st.sampled_from(
    [
        EntryState.DONE,
        EntryState.REFUSED,
        EntryState.NOT_SENT,
        EntryState.CONFIRMED_DONE,
        EntryState.CONFIRMED_NOT_DONE,
    ]
)
TARGETS = st.sampled_from(["a_1", "a_2"])
PROGRAMS = st.sampled_from([0, 1])


@dataclass
class Known:
    target: str
    owner: str
    state: EntryState


class JournalMachine(RuleBasedStateMachine):
    """Two programs share one file; the model is a dict."""

    entries: Bundle[int] = Bundle("entries")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "journal.sqlite"
        self.stores = [JournalStore(path), JournalStore(path)]
        self.model: dict[int, Known] = {}
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def _rivals(self, target: str, own: int = 0, owner: str = "") -> bool:
        return any(
            known.target == target
            and number != own
            and (
                known.state is EntryState.UNKNOWN or (known.state is EntryState.SENT and known.owner != owner)
            )
            for number, known in self.model.items()
        )

    @rule(target=entries, program=PROGRAMS, what=TARGETS)
    def add(self, program: int, what: str) -> int | MultipleResults[int]:
        owner = f"program {program}"
        expected = self._rivals(what, owner=owner)
        try:
            entry = self.stores[program].add(
                "acme", RevokeLicense(LicenseKey(what), "A"), owner, self._tick()
            )
        except ConflictError:
            assert expected
            return multiple()
        assert not expected
        self.model[entry.id] = Known(what, owner, EntryState.QUEUED)
        return entry.id

    @rule(number=entries, program=PROGRAMS)
    def mark_sent(self, number: int, program: int) -> None:
        if number not in self.model:
            return
        known = self.model[number]
        try:
            sent = self.stores[program].mark_sent(number, self._tick())
        except ConflictError:
            assert self._rivals(known.target, number)
            return
        assert not self._rivals(known.target, number)
        assert sent == (known.state is EntryState.QUEUED)
        if sent:
            known.state = EntryState.SENT

    @rule(number=entries, program=PROGRAMS)
    def mark_queued(self, number: int, program: int) -> None:
        if number not in self.model:
            return
        self.stores[program].mark_queued(number)
        if self.model[number].state is EntryState.SENT:
            self.model[number].state = EntryState.QUEUED

    @rule(number=entries, program=PROGRAMS)
    def lose(self, number: int, program: int) -> None:
        if number not in self.model:
            return
        known = self.model[number]
        news = self.stores[program].settle(number, Settled(EntryState.UNKNOWN, "lost"), self._tick())
        assert news == (not known.state.settled)
        if news:
            known.state = EntryState.UNKNOWN

    @rule(number=entries, program=PROGRAMS, end=ENDS)
    def settle(self, number: int, program: int, end: EntryState) -> None:
        if number not in self.model:
            return
        known = self.model[number]
        assert self.stores[program].settle(number, Settled(end, "end"), self._tick()) == (
            not known.state.settled
        )
        if not known.state.settled:
            known.state = end

    @rule()
    def forget(self) -> None:
        """A settled entry may be pruned, an unsettled one may not."""
        self.stores[0].prune(self._tick())
        self.model = {key: known for key, known in self.model.items() if not known.state.settled}

    @invariant()
    def the_file_is_as_the_model(self) -> None:
        for store in self.stores:
            found = {entry.id: entry.state for entry in store.entries("acme")}
            assert found == {number: known.state for number, known in self.model.items()}

    @invariant()
    def at_most_one_change_of_a_target_is_on_its_way(self) -> None:
        for target in ("a_1", "a_2"):
            states = [known.state for known in self.model.values() if known.target == target]
            assert states.count(EntryState.SENT) <= 1

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        self.folder.cleanup()


TestJournal = JournalMachine.TestCase
TestJournal.settings = settings(max_examples=25, stateful_step_count=20, deadline=None, database=None)
