"""The whole matrix: its tables, every cell of them by name, and how one is run."""

from __future__ import annotations

import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from tests.matrix import changes, commands, kills, reads, runs
from tests.matrix.beside import BESIDE as BESIDE_APP, beside_app
from tests.matrix.changes import Mode
from tests.matrix.commands import COMMANDS, SIGNALS, ExpectedCommand, expect_command
from tests.matrix.faults import FAULTS, Answer
from tests.matrix.judge import Expected, Result, expect
from tests.matrix.kills import HANGS, KILLS
from tests.matrix.orders import ROWS
from tests.matrix.reads import READS, Library
from tests.matrix.runs import ISSUES, RUNS, ExpectedRun, expect_run

EACH_STEP = "each step"
"""The column in which a program is killed at each statement and request, one after another."""
AGAIN = "killed, and the next one at each step"
"""The column in which the next program is killed likewise, while it looks what became of it or has the run go on."""
GOES_ON = "Changes: the same program looks up what became of it"
LINE_CUT = "Changes: the line is cut after the request, the next program looks"
LEFT = "Changes: the program is left while the request hangs"
KILLED = "Changes: the program is killed"
BESIDE = "Changes: another program beside it, or the next one with another token"
UNCLEAR = "Changes: the answer is lost, and somebody else does the like before anybody looks"
PASSES = "Reads: the fault passes"
LASTS = "Reads: the fault lasts"
RUN_FAULTS = "Runs: a fault at each request"
RUN_LEFT = "Runs: the program is left while a request hangs"
RUN_KILLED = "Runs: the program is killed at each of its changes"
RUN_BESIDE = "Runs: another program beside it, or the next one with another token"
RUN_TWICE = "Runs: two programs issue the same product, one is killed at a step"
COMMAND_KILLED = "Commands: killed, the same again, resumed"
COMMAND_NAMED = "Commands: with --run-name, run till it ends with 0"
COMMAND_SIGNAL = "Commands: a signal while a request hangs"
COMMAND_FAULTS = "Commands: a fault at each request, resumed"
COMMAND_TWICE = "Commands: the same twice at the same moment"
COMMAND_BESIDE = "Commands: while a run of the app is under way"
COMMAND_TABLES = (
    COMMAND_KILLED,
    COMMAND_NAMED,
    COMMAND_SIGNAL,
    COMMAND_FAULTS,
    COMMAND_TWICE,
    COMMAND_BESIDE,
)
TABLES = (
    GOES_ON,
    LINE_CUT,
    LEFT,
    KILLED,
    BESIDE,
    UNCLEAR,
    PASSES,
    LASTS,
    RUN_FAULTS,
    RUN_LEFT,
    RUN_KILLED,
    RUN_BESIDE,
    RUN_TWICE,
    *COMMAND_TABLES,
)
EVERY_ROW = frozenset({GOES_ON, KILLED, PASSES, RUN_FAULTS, RUN_KILLED})
"""The tables of which a sample has every row."""
MODES = {GOES_ON: Mode.GOES_ON, LINE_CUT: Mode.LINE_CUT, LEFT: Mode.QUITS}
TWICE_STEPS = range(1, 150, 2)
"""The steps at which one of two programs is killed that issue the same product."""
BESIDE_COMMANDS = {"two commands": False, "the app and a command": True}
"""The columns of what asks for the same at once, and whether the first is the app."""
TRIES = range(1, 11)
"""How often two programs are started at the same moment: who comes first is chance."""
SAMPLE_OF_COMMANDS = 1
"""So many cells of each table of commands are in a sample: each is three processes or more."""
_FAULTS = {fault.name: fault for fault in FAULTS}
_KILLS = {kill.name: kill for kill in KILLS}
_BESIDE_APP = {beside.name: beside for beside in BESIDE_APP}
_SIGNALS = {which.name: which for which in SIGNALS}
PROGRAMS, TOKENS = "two programs", "two tokens"
_BESIDE = {f"{what}, {kill}": (what, kill) for what in (PROGRAMS, TOKENS) for kill in HANGS}


class Cell(NamedTuple):
    """One cell by its place: the table, the row, the column, and which of several there (from 1; 0: all, or the only)."""

    table: str
    row: str
    column: str
    number: int = 0

    def __str__(self) -> str:
        """Return what runs it again."""
        words = [f"--table '{self.table}'", f"--row '{self.row}'", f"--column '{self.column}'"]
        return " ".join(words + [f"--number {self.number}"] * bool(self.number))


class Ended(NamedTuple):
    """How a cell ended that did not fail, and as how many it counts."""

    result: Result
    cells: int = 1


def all_cells() -> list[Cell]:
    """Return every cell, those of one row together."""
    found = [
        Cell(table, row.name, fault.name)
        for table, mode in MODES.items()
        for row in ROWS
        for fault in FAULTS
        if mode.fits(fault)
    ]
    found += [Cell(KILLED, row.name, name) for row in ROWS for name in (*_KILLS, EACH_STEP)]
    found += [Cell(KILLED, row.name, AGAIN) for row in ROWS if row.guarded]
    found += [
        Cell(UNCLEAR, row.name, fault.name)
        for row in ROWS
        if row.meddle is not None
        for fault in FAULTS
        if fault.answer is Answer.LOST
    ]
    found += [
        Cell(BESIDE, row.name, name)
        for row in ROWS
        if row.guarded
        for name, (what, _) in _BESIDE.items()
        if what == PROGRAMS or row.of_key
    ]
    found += [
        Cell(table, read.name, fault.name)
        for table in (PASSES, LASTS)
        for read in READS
        for fault in FAULTS
        if read.fits(fault, lasting=table == LASTS)
    ]
    for run in RUNS:
        numbers = range(1, run.requests + 1)
        found += [Cell(RUN_FAULTS, run.name, name, number) for name in _FAULTS for number in numbers]
        found += [Cell(RUN_LEFT, run.name, fault.name, n) for fault in FAULTS if fault.hangs for n in numbers]
        found += [Cell(RUN_KILLED, run.name, name, number) for name in _KILLS for number in numbers]
        found += [Cell(RUN_KILLED, run.name, EACH_STEP), Cell(RUN_KILLED, run.name, AGAIN)]
        found += [Cell(RUN_BESIDE, run.name, name, number) for name in _BESIDE for number in numbers]
    found += [Cell(RUN_TWICE, ISSUES.name, EACH_STEP, number) for number in TWICE_STEPS]
    return found + _command_cells()


def _command_cells() -> list[Cell]:
    found: list[Cell] = []
    for row in COMMANDS:
        numbers = range(1, row.requests + 1)
        found += [Cell(COMMAND_KILLED, row.name, name, number) for name in _KILLS for number in numbers]
        found += [Cell(COMMAND_KILLED, row.name, EACH_STEP), Cell(COMMAND_KILLED, row.name, AGAIN)]
        found += [Cell(COMMAND_NAMED, row.name, name, number) for name in _FAULTS for number in numbers]
        found += [Cell(COMMAND_NAMED, row.name, EACH_STEP)]
        found += [Cell(COMMAND_SIGNAL, row.name, name, number) for name in _SIGNALS for number in numbers]
        found += [Cell(COMMAND_FAULTS, row.name, name, number) for name in _FAULTS for number in numbers]
        for name, app in BESIDE_COMMANDS.items():
            if not app or row.app:
                found += [Cell(COMMAND_TWICE, row.name, name, number) for number in TRIES]
        found += [Cell(COMMAND_BESIDE, row.name, one.name, 1) for one in BESIDE_APP if row.name in one.rows]
    return found


def sample(table: str, seed: int = 11) -> list[Cell]:
    """Return some cells of a table, always the same: each column is among them, and in the tables that every row must be
    seen in, each row.
    """
    cells = [cell for cell in all_cells() if cell.table == table]
    chooser = random.Random(seed)
    chooser.shuffle(cells)
    if table in COMMAND_TABLES:
        return [cell for cell in cells if cell.number][:SAMPLE_OF_COMMANDS]
    found: list[Cell] = []
    for place in ("row", "column") if table in EVERY_ROW else ("column",):
        for name in dict.fromkeys(getattr(cell, place) for cell in cells):
            if all(getattr(cell, place) != name for cell in found):
                found.append(min((c for c in cells if getattr(c, place) == name), key=partial(_seen, found)))
    return [
        cell._replace(number=chooser.randint(1, 30)) if cell.column in (EACH_STEP, AGAIN) else cell
        for cell in found
    ]


def _seen(found: Sequence[Cell], cell: Cell) -> int:
    """Return how much of a cell's place others have already."""
    return sum((cell.row == other.row) + (cell.column == other.column) for other in found)


class Matrix:
    """Runs cells, each in a folder of its own; what the undisturbed change of a row does it finds out once.

    An async context manager, which serves the sandbox of the reads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._expected: dict[str, Expected] = {}
        self._expected_runs: dict[str, ExpectedRun] = {}
        self._expected_commands: dict[str, ExpectedCommand] = {}
        self._library: Library | None = None
        self._stack = AsyncExitStack()
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def run(self, cell: Cell) -> Ended:
        """Run one cell.

        Raises:
            AssertionError: it failed.

        """
        if cell.table in (PASSES, LASTS):
            return await self._read(cell)
        if cell.table.startswith("Runs"):
            return await self._run(cell)
        if cell.table in COMMAND_TABLES:
            return await self._command(cell)
        expected = await self._expect(cell.row)
        folder = self._new_folder()
        if cell.table in MODES:
            fault = _FAULTS[cell.column]
            return Ended(await changes.cell(expected, fault, MODES[cell.table], folder))
        if cell.table == BESIDE:
            what, kill = _BESIDE[cell.column]
            beside = kills.two_programs if what == PROGRAMS else kills.two_tokens
            return Ended(await beside(expected, kill, folder))
        if cell.table == UNCLEAR:
            return Ended(await changes.unclear_cell(expected, _FAULTS[cell.column], folder))
        if cell.column == EACH_STEP:
            return await self._each_step(cell, partial(kills.at_step, expected))
        if cell.column == AGAIN:
            return await self._each_step(cell, partial(kills.again_at_step, expected))
        return Ended(await kills.cell(expected, _KILLS[cell.column], folder))

    async def _read(self, cell: Cell) -> Ended:
        if self._library is None:
            self._library = await self._stack.enter_async_context(reads.library(self._new_folder()))
        read = next(read for read in READS if read.name == cell.row)
        await reads.cell(self._library, read, _FAULTS[cell.column], lasting=cell.table == LASTS)
        return Ended(Result.OK)

    async def _run(self, cell: Cell) -> Ended:
        expected, folder = await self._expect_run(cell.row), self._new_folder()
        if cell.table == RUN_FAULTS:
            await runs.fault_cell(expected, _FAULTS[cell.column], cell.number, folder)
        elif cell.table == RUN_LEFT:
            await runs.left_cell(expected, _FAULTS[cell.column], cell.number, folder)
        elif cell.table == RUN_TWICE:
            await runs.two_issue(expected, cell.number, folder)
        elif cell.table == RUN_BESIDE:
            what, kill = _BESIDE[cell.column]
            beside = runs.two_programs if what == PROGRAMS else runs.two_tokens
            await beside(expected, kill, cell.number, folder)
        elif cell.column == EACH_STEP:
            return await self._each_step(cell, partial(runs.at_step, expected))
        elif cell.column == AGAIN:
            return await self._each_step(cell, partial(runs.again_at_step, expected), stride=3)
        else:
            await runs.kill_cell(expected, _KILLS[cell.column], cell.number, folder)
        return Ended(Result.OK)

    async def _command(self, cell: Cell) -> Ended:
        if cell.row not in self._expected_commands:
            row = next(row for row in COMMANDS if row.name == cell.row)
            self._expected_commands[cell.row] = await expect_command(row, self._new_folder())
        expected, folder = self._expected_commands[cell.row], self._new_folder()
        if cell.column in (EACH_STEP, AGAIN):
            named = cell.table == COMMAND_NAMED
            each = commands.named_at_step if named else commands.at_step
            if cell.column == AGAIN:
                each = commands.again_at_step
            return await self._each_step(cell, partial(each, expected), stride=3)
        if cell.table == COMMAND_KILLED:
            await commands.kill_cell(expected, _KILLS[cell.column], cell.number, folder)
        elif cell.table == COMMAND_NAMED:
            await commands.named_fault_cell(expected, _FAULTS[cell.column], cell.number, folder)
        elif cell.table == COMMAND_SIGNAL:
            await commands.signal_cell(expected, _SIGNALS[cell.column], cell.number, folder)
        elif cell.table == COMMAND_FAULTS:
            await commands.fault_cell(expected, _FAULTS[cell.column], cell.number, folder)
        elif cell.table == COMMAND_BESIDE:
            await beside_app(expected, _BESIDE_APP[cell.column], folder)
        else:
            app = BESIDE_COMMANDS[cell.column]
            await commands.both_at_once(expected, cell.number, folder, app=app)
        return Ended(Result.OK)

    async def _each_step(
        self, cell: Cell, at_step: Callable[[int, Path], Awaitable[Result | None]], stride: int = 1
    ) -> Ended:
        """Kill a program at the step that the cell names, or at every ``stride``-th till it is not killed any more."""
        if cell.number:
            return Ended(await at_step(cell.number, self._new_folder()) or Result.OK)
        worst = Result.OK
        for count, number in enumerate(itertools.count(1, stride)):
            try:
                result = await at_step(number, self._new_folder())
            except AssertionError as error:
                raise AssertionError(f"killed at step {number}: {error}") from error
            if result is None:
                return Ended(worst, count)
            worst = Result.UNKNOWN if result is Result.UNKNOWN else worst
        raise AssertionError("it never ends")

    async def _expect(self, name: str) -> Expected:
        if name not in self._expected:
            row = next(row for row in ROWS if row.name == name)
            self._expected[name] = await expect(row, self._new_folder())
        return self._expected[name]

    async def _expect_run(self, name: str) -> ExpectedRun:
        if name not in self._expected_runs:
            row = next(row for row in (*RUNS, ISSUES) if row.name == name)
            self._expected_runs[name] = await expect_run(row, self._new_folder())
        return self._expected_runs[name]

    def _new_folder(self) -> Path:
        return self._folder / str(next(self._numbers))
