"""The soak: the real program in a terminal, on a sandbox that fails and is dropped, under random keys and kills."""

from __future__ import annotations

import random
import re
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.soak import judge
from tests.soak.program import END_CODES, Program, Usage
from tests.soak.screens import difference, screens, step_out
from tests.soak.server import FAULTS, LATENCY, SandboxProcess
from tests.soak.steps import LEAVING, RandomSteps, RecordedSteps, Shown, Step

STARTING = 30.0
CONFIG = "[timeouts]\nconnect = 3\nread = 2\nwrite = 2\npool = 10\ntotal = 6\n"
KEYS_A_DROP = 700
"""So many keys lie on average between two ends of the sandbox."""
KEYS_A_LIFE = (1.3, 3.1)
"""The powers of ten between which the keys of a life lie that is ended: many are short, some long."""
KILLED_IN_A_CHANGE = 0.06
"""How often the program is ended within a second after a question was answered."""
ALIVE_EVERY = 100
"""Keys after which the program must repaint the screen when it is asked to."""
ALIVE_SECONDS = 20.0
PROGRESS_SECONDS = 30.0
LOOKED_UP = 60.0
"""Seconds without a change of the journal after which what is unknown stays so: the program has looked five times."""
SETTLING = 180.0
"""Seconds in which all that is on its way must have ended, and been looked up, once nothing fails any more."""
READ_ALL = 0.1
"""How often, where the licenses are shown and are not being read, the key is pressed that has them read."""
MOST_BUTTONS = 8
MEMORY_GROWTH = 12.0
"""MB (10^6 bytes) by which the last life may grow in its second half, of 1,500 keys in a run of 10,000: pages of the
100,000 licenses that were not looked at before, and the heap's own waste. A leak of one dialog's lines makes 30.
"""
MORE_DESCRIPTORS, MORE_THREADS = 12, 8
"""What the old program may hold beyond a fresh one: connections that stay open for a while, threads of pools."""
LIFE_TO_JUDGE = 400
"""Keys that a life must have had for its memory to be judged."""


@dataclass(frozen=True)
class Phase:
    """A part of the keys, up to `share` of all: how it begins, keys that never come in it, whether the program is ended
    in it, and whether all licenses are read beside it, for the search index.
    """

    share: float
    begins: tuple[Step, ...] = ()
    ends: bool = False
    never: tuple[str, ...] = ()
    reads_all: bool = False


PHASES = (
    Phase(0.45, ends=True),
    Phase(0.7, (Step("kill"),), never=(*LEAVING, "F"), reads_all=True),
    # One long life without an index, which takes tens of MB: its memory is judged.
    Phase(1.0, (Step("kill"),), never=(*LEAVING, "F", "f")),
)


class SoakFailure(Exception):
    """What must not be, was; the message says what."""


@dataclass
class Life:
    """What was seen of one life of the program: how many keys it took, its usage after them, and how many it may take."""

    keys_to_live: float
    keys: int = 0
    usage: list[tuple[int, Usage]] = field(default_factory=list)


@dataclass
class Soak:
    """One run. `folder` gets everything that is written; `steps` None: random ones from the seed."""

    folder: Path
    keys: int
    licenses: int
    seed: int
    replay: Path | None = None
    say: Callable[[str], object] = sys.stdout.write

    def __post_init__(self) -> None:
        self.done = 0
        self.ends: Counter[str] = Counter()
        self.recent: deque[Step] = deque(maxlen=30)
        self.lives: list[Life] = []
        self.journal: list[judge.Noted] = []
        self.changes: list[Mapping[str, object]] = []
        self._items: list[judge.Item] = []
        self.program: Program | None = None
        self.held_by: dict[str, Usage | None] = {}
        """What the old program and a fresh one held after they had shown the same screens."""
        self.server = SandboxProcess(self.folder, self.licenses, self.seed)
        self._chance = random.Random(f"{self.seed}/ends")
        self._began = self._told = time.monotonic()
        self._next_alive = ALIVE_EVERY
        self._record = (self.folder / "steps.jsonl").open("w")

    # -- the run -------------------------------------------------------------------------------

    def run(self) -> None:
        """Do it all. Raises SoakFailure, or AssertionError of what the program is watched with."""
        for name in ("config", "state", "download"):
            (self.folder / name).mkdir()
        (self.folder / "config" / "config.toml").write_text(CONFIG)
        try:
            self.server.start(*FAULTS, LATENCY)
            self._start()
            self._press_keys()
            self._compare_with_a_fresh_one()
            self._let_it_settle()
            self._judge()
            self.check_growth()
        finally:
            self._record.close()
            if self.program is not None:
                self.program.close()
            self.server.stop()
        if self.server.errors():
            raise SoakFailure(f"the sandbox wrote to its standard error:\n{self.server.errors()}")

    def _variables(self) -> dict[str, str]:
        folders = {
            f"JPMANAGE_{name.upper()}_DIR": str(self.folder / name)
            for name in ("config", "state", "download")
        }
        return {**self.server.env, **folders}

    def _start(self) -> Program:
        self.program = Program(self.folder, len(self.lives), self._variables())
        self.lives.append(Life(10 ** self._chance.uniform(*KEYS_A_LIFE)))
        if not self.program.until_it_shows("Jetpack", STARTING):
            raise SoakFailure(f"the program did not start: {self.program.trouble()}")
        self.program.settle(0.3, 5)
        return self.program

    def _press_keys(self) -> None:
        if self.replay is not None:
            recorded = RecordedSteps(self.replay)
            while (step := recorded.next(self._running().shown)) is not None:
                self._do(step)
                self._watch()
            return
        steps = RandomSteps(self.seed)
        for phase in PHASES:
            steps.never = phase.never
            for step in phase.begins:
                self._do(step)
            while self.done < phase.share * self.keys:
                shown = self._running().shown
                step = self._end_step(phase) or (self._read_all(shown) if phase.reads_all else None)
                step = step or steps.next(shown)
                self._do(step)
                if phase.ends and step.deliberate and step.keys == ("enter",):
                    self._maybe_end_in_a_change()
                self._watch()

    def _running(self) -> Program:
        assert self.program is not None
        if self.program.ended():
            self._after_the_end("left")
        return self.program

    def _end_step(self, phase: Phase) -> Step | None:
        """Return the end of the program or the sandbox, where it is time for one."""
        if self._chance.random() < 1 / KEYS_A_DROP:
            return Step("drop-server")
        if phase.ends and self.lives[-1].keys > self.lives[-1].keys_to_live:
            return Step(self._chance.choice(("kill", "kill", "hang-up", "terminate")))
        return None

    def _read_all(self, shown: Shown) -> Step | None:
        """Return the key that has all licenses read, or has it go on, where they are shown and are not being read."""
        counts = (
            re.search(r"^ [\d,]+ licenses, .*$\n.*\Z", shown.text, re.MULTILINE) is not None
        )  # and reads nothing
        if counts and not shown.dialog and self._chance.random() < READ_ALL:
            return Step(keys=("F",))
        return None

    def _maybe_end_in_a_change(self) -> None:
        if self._chance.random() < KILLED_IN_A_CHANGE and self.program is not None:
            self.program.spend(self._chance.random() ** 2)
            self._do(Step(self._chance.choice(("kill", "kill", "hang-up"))))

    def _do(self, step: Step) -> None:
        program = self._running()
        self.recent.append(step)
        self._record.write(f"{step.to_json()}\n")
        self._record.flush()
        self.done += len(step.keys) if step.kind == "keys" else 1
        self.lives[-1].keys += len(step.keys)
        if step.kind == "drop-server":
            self._drop_server()
        elif step.kind in END_CODES:
            self._end(program, step)
        else:
            program.do(step)

    def _end(self, program: Program, step: Step) -> None:
        if program.ended():
            self._after_the_end("left")
            return
        if step.kind == "kill":
            program.signal(signal.SIGKILL)
        elif step.kind == "terminate":
            program.signal(signal.SIGTERM)
        else:
            program.hang_up()
        self._after_the_end(step.kind)

    def _after_the_end(self, kind: str) -> None:
        """See that the program ended as it must, and start it again."""
        program = self.program
        assert program is not None
        code = program.exit_code()
        allowed = END_CODES[kind] if kind == "kill" else (*END_CODES[kind], *END_CODES["left"])
        self._check(program)
        if code not in allowed:
            raise SoakFailure(f"the program ended with {code} after {kind}, not with one of {allowed}")
        self.ends[kind] += 1
        program.close()
        self._see_that_no_item_is_lost()
        self._start()

    def _see_that_no_item_is_lost(self) -> None:
        """See that every item of a run that once stood in the journal still does."""
        path = self.folder / "state" / "journal.sqlite"
        if path.exists():
            items = judge.read_items(path)
            lost = judge.lost_items(self._items, items, judge.read_journal(path))
            if lost:
                raise SoakFailure("\n".join(lost))
            self._items = items

    def _drop_server(self) -> None:
        self.server.drop(self._chance.choice((signal.SIGKILL, signal.SIGTERM)))
        assert self.program is not None
        self.program.spend(self._chance.uniform(0.2, 2.5))
        self.server.start(*FAULTS, LATENCY)

    # -- what is watched all along -----------------------------------------------------------------

    def _watch(self) -> None:
        program = self._running()
        self._check(program)
        usage, life = program.usage(), self.lives[-1]
        if usage is not None and (not life.usage or life.keys - life.usage[-1][0] >= 10):
            life.usage.append((life.keys, usage))
        if self.done >= self._next_alive:
            self._next_alive = self.done + ALIVE_EVERY
            self._see_that_it_lives(program)
        if time.monotonic() - self._told > PROGRESS_SECONDS:
            self._told = time.monotonic()
            self.server.count()
            self.say(f"{self.summary()}\n")

    def _check(self, program: Program) -> None:
        trouble = program.trouble()
        if trouble is not None:
            raise SoakFailure(trouble)

    def _see_that_it_lives(self, program: Program) -> None:
        program.settle(0.2, 2)
        before, end = program.reads, time.monotonic() + ALIVE_SECONDS
        program.do(Step(keys=("ctrl+l",), deliberate=True))  # else it may be dropped as the rest of a paste
        while program.reads == before and not program.ended():
            if time.monotonic() > end:
                raise SoakFailure(f"the program has not repainted the screen in {ALIVE_SECONDS:.0f} s")
            program.read(0.2)

    # -- the end -----------------------------------------------------------------------------------

    def _compare_with_a_fresh_one(self) -> None:
        """See that every section shows what a program shows that has just been started."""
        self.server.set_faults()
        old = self._running()
        step_out(old)
        self._wait_until_settled(old)
        step_out(old)
        before = screens(old)
        self.held_by["old"] = old.usage()
        self._leave(old)
        fresh = self._start()
        self._wait_until_settled(fresh)
        step_out(fresh)
        after = screens(fresh)
        self.held_by["fresh"] = fresh.usage()
        for section in before:
            if before[section] != after[section]:
                (self.folder / f"old-{section}").write_text(before[section])
                (self.folder / f"fresh-{section}").write_text(after[section])
                raise SoakFailure(f"section {section}:\n{difference(before[section], after[section])}")

    def _wait_until_settled(self, program: Program) -> None:
        """Wait until the journal has nothing on its way, and what is unknown has been looked up as long as it is."""
        end = time.monotonic() + SETTLING
        since: tuple[float, object] = (time.monotonic(), None)
        while time.monotonic() < end:
            program.spend(0.5)
            journal = self._read_journal()
            state = (len(journal), judge.unsettled(journal))
            if state != since[1]:
                since = (time.monotonic(), state)
            moving = any(entry.state in ("queued", "sent") for entry in state[1])
            if not moving and time.monotonic() - since[0] > (LOOKED_UP if state[1] else 3):
                return
        raise SoakFailure(f"still not settled: {judge.unsettled(self._read_journal())}")

    def _leave(self, program: Program) -> None:
        program.do(Step(keys=("q",), deliberate=True))
        for _ in range(MOST_BUTTONS):  # it asks where something is chosen or typed
            if program.ended() or not program.shown.dialog:
                break
            program.do(Step(keys=("enter" if program.shown.focused == "Leave" else "tab",), deliberate=True))
        code = program.exit_code()
        self._check(program)
        if code != 0:
            raise SoakFailure(f"the program ended with {code} after q")
        program.close()

    def _let_it_settle(self) -> None:
        program = self._running()
        if any(entry.target for entry in judge.unsettled(self._read_journal())):
            program.do(Step(keys=("0",), deliberate=True))
            if not program.until_it_shows("unknown", 20):
                raise SoakFailure("what is unknown is not shown")
            step_out(program)
        self._leave(program)
        end = time.monotonic() + 20
        while self.server.under_way():
            if time.monotonic() > end:
                raise SoakFailure("the sandbox still works on requests of a program that has ended")
            time.sleep(0.2)

    def _read_journal(self) -> list[judge.Noted]:
        return judge.read_journal(self.folder / "state" / "journal.sqlite")

    def _judge(self) -> None:
        self.server.count()
        self.journal, self.changes = self._read_journal(), list(self.server.changes())
        self._see_that_no_item_is_lost()
        found = judge.disagreements(self.journal, self.changes)
        if found:
            raise SoakFailure("journal and database disagree:\n" + "\n".join(found))

    def check_growth(self) -> None:
        """See that the last life did not grow in its second half, and holds in the end what a fresh program holds.

        What a program grows by at first is what it shows for the first time: modules, the search index, pages of
        licenses. All of it is bounded, and the second half of a life shows what the first half did.
        """
        growth = self.growth()
        if growth is not None and growth > MEMORY_GROWTH:
            raise SoakFailure(f"the program grew by {growth:.1f} MB in the second half of its last life")
        old, fresh = self.held_by.get("old"), self.held_by.get("fresh")
        if old is None or fresh is None:
            raise SoakFailure("what the program holds could not be seen")
        if (
            old.descriptors > fresh.descriptors + MORE_DESCRIPTORS
            or old.threads > fresh.threads + MORE_THREADS
        ):
            raise SoakFailure(f"the program holds {old}, a fresh one {fresh}")

    def _judged_life(self) -> Life:
        """The life before that of the fresh program."""
        return self.lives[-2] if len(self.lives) > 1 else self.lives[-1]

    def growth(self) -> float | None:
        """Return the MB that the last life grew by from its middle to its end; None where it was too short."""
        life = self._judged_life()
        if life.keys < LIFE_TO_JUDGE:
            return None
        middle, end = (
            median(
                usage.memory for keys, usage in life.usage if least * life.keys <= keys <= most * life.keys
            )
            for least, most in ((0.4, 0.6), (0.8, 1.0))
        )
        return end - middle

    # -- what is told --------------------------------------------------------------------------------

    def summary(self) -> str:
        """Return what happened so far, in a line or two."""
        seconds = time.monotonic() - self._began
        faults = sum(self.server.faults.values())
        share = 100 * faults / self.server.requests if self.server.requests else 0
        ends = ", ".join(f"{count} {kind}" for kind, count in sorted(self.ends.items())) or "none"
        usage = [one for _, one in self.lives[-1].usage] if self.lives else []
        held = f"{usage[0].memory:.0f} to {usage[-1]}" if usage else "-"
        return (
            f"{seconds:5.0f} s: {self.done:,} of {self.keys:,} keys, {self.server.requests:,} requests,"
            f" {faults:,} faults ({share:.1f} %), {self.server.drops} drops, {len(self.lives)} lives"
            f" (ended: {ends}); this one: {held}"
        )

    def told_growth(self) -> str:
        """Return what the last life held, from its beginning to its end, and what a fresh program holds."""
        life = self._judged_life()
        tenths = (
            [life.usage[len(life.usage) * number // 10][1].memory for number in range(10)]
            if life.usage
            else []
        )
        growth = self.growth()
        told = "too short to be judged" if growth is None else f"{growth:+.1f} MB in its second half"
        return (
            f"the last life, {life.keys:,} keys: {', '.join(f'{memory:.0f}' for memory in tenths)} MB ({told});"
            f" in the end {self.held_by.get('old')}, a fresh one {self.held_by.get('fresh')}"
        )

    def told_changes(self) -> str:
        """Return how the changes of the journal ended."""
        states = Counter(entry.state for entry in self.journal)
        kinds = Counter(entry.kind for entry in self.journal)
        return (
            f"{len(self.journal):,} changes in the journal ({_counted(states)}): {_counted(kinds)};"
            f" {len(self.changes):,} in the database; {len({item.run_id for item in self._items})} runs of"
            f" {len(self._items):,} items"
        )


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
