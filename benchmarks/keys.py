"""What each key costs: the same walk through every program, as far as it has what the walk asks for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.programs import BEFORE, EMPTY, JPMANAGE, TABLE, VISIDATA, Program
from benchmarks.samples import Samples, Setting
from benchmarks.server import LIST, SandboxServer
from benchmarks.terminal import Cost, Terminal

ARROW, ARROW_FOOTER, PAGE, PAGE_AGAIN = (
    "arrow",
    "arrow, footer changes",
    "page down",
    "page down, seen before",
)
TAB, TYPE, SEARCH, END = "Tab", "character typed", "search of ten characters", "go to the end"
OPEN, CLOSE, SCREEN, AGAIN = "open: ", "close: ", "screen: ", "screen again: "
EXPAND, COLLAPSE, RESIZE, IDLE, WAITING = "expand a row", "collapse", "resize", "idle", "waiting"
IDLE_FIELD, REPAINTS, AFTER, SLOW = "idle in a field", "resize, repaints", "after all", 8.0
"""SLOW: seconds that the server takes in the measurement of waiting."""
DETAILS, HELD = "details filled after a rest", "ten arrows at once, details shown"
DETAILS_FROM = 140
"""Columns from which jpmanage has details beside its lists, filled when the cursor has rested for 0.15 seconds."""
BEFORE_DETAILS, DETAILS_SECONDS = 0.1, 0.6
"""Seconds in which an arrow is over and the details are not begun; and in which they are filled."""
REFRESHING, REFRESH_EVERY, REFRESHES = "idle, refreshing", 10, 3
"""A screen that keeps itself true while nothing changes: seconds between two refreshes, and how many are waited for."""
UNTIL_FOOTER = 20
"""So many rows further down one of another kind is looked for."""
LIST_REQUESTS, ALL_REQUESTS = "list requests", "requests"
DIALOGS = {"help": "?", "palette": "ctrl+p", "sort": "s", "revoke": "x"}


class Walk:
    """One running program with the samples of what is done to it."""

    def __init__(
        self,
        terminal: Terminal,
        setting: Setting,
        samples: Samples,
        tries: int,
        server: SandboxServer | None = None,
    ) -> None:
        self.terminal = terminal
        self.setting = setting
        self.samples = samples
        self.tries = tries
        self.server = server

    def press(self, what: str, key: str, quiet: float = 0.25) -> Cost:
        """Press a key and take its cost, and the requests it led to."""
        if self.server is not None:
            self.server.forget_requests()
        cost = self.terminal.press(key, quiet)
        self.samples.add_cost(self.setting, what, cost)
        self.count_requests(what)
        return cost

    def count_requests(self, what: str) -> None:
        """Take how many requests were sent since they were forgotten."""
        if self.server is None:
            return
        asked = self.server.requests()
        lists = [one for one in asked if one["path"] == LIST]
        self.samples.add(self.setting, what, ALL_REQUESTS, len(asked))
        self.samples.add(self.setting, what, LIST_REQUESTS, len(lists))

    def quietly(self, *keys: str, quiet: float = 0.4) -> None:
        """Press keys that are not measured."""
        for key in keys:
            self.terminal.press(key, quiet)

    def pages(self) -> None:
        """Page down through rows that are new, and again through the same."""
        for _ in range(self.tries):
            self.press(PAGE, "pagedown", 0.6)
        self.quietly(*["pageup"] * self.tries)
        for _ in range(self.tries):
            self.press(PAGE_AGAIN, "pagedown", 0.6)

    def seconds(self, what: str, seconds: float) -> None:
        """Take the bytes a second while nothing is pressed."""
        self.samples.add(self.setting, what, "bytes/s", self.terminal.spend(seconds) / seconds)

    def resizes(self) -> None:
        """Make the terminal smaller and larger again."""
        width, height = self.setting.size
        for _ in range(max(1, self.tries // 3)):
            for size in ((width - 10, height - 2), (width, height)):
                cost = self.terminal.resize(size)
                self.samples.add_cost(self.setting, RESIZE, cost)
                self.samples.add(self.setting, REPAINTS, "times", cost.raw.count(b"\x1b[2J"))

    def memory(self) -> None:
        """Take the most memory it has had after all that was done."""
        self.samples.add(self.setting, AFTER, "MB at most", self.terminal.peak_memory())


def measure(
    program: Program, setting: Setting, server: SandboxServer, state: Path, tries: int, samples: Samples
) -> None:
    """Walk through one program."""
    with program.start(setting.size, state) as terminal:
        conditions = [condition for condition in (program.frame, program.rows) if condition is not None]
        terminal.times_of({str(number): one for number, one in enumerate(conditions)}, limit=300)
        terminal.settle(1.5, limit=60)
        walk = Walk(terminal, setting, samples, tries, server if program.name in (JPMANAGE, BEFORE) else None)
        walks = {
            JPMANAGE: _jpmanage,
            BEFORE: _jpmanage,
            VISIDATA: _visidata,
            TABLE: _table,
            EMPTY: _empty,
        }
        walks[program.name](walk)
        walk.memory()


def measure_refresh(
    program: Program, setting: Setting, server: SandboxServer, state: Path, samples: Samples
) -> None:
    """Take the bytes a second, and the requests, of a screen that asks again while nothing changes at the vendor."""
    with program.start(setting.size, state, f"refresh_seconds = {REFRESH_EVERY}\n") as terminal:
        terminal.settle(2.0, limit=60)
        walk = Walk(terminal, setting, samples, 1, server)
        walk.quietly("down", "up")
        server.forget_requests()
        walk.seconds(REFRESHING, REFRESHES * (REFRESH_EVERY + 1))
        walk.count_requests(REFRESHING)


def _jpmanage(walk: Walk) -> None:
    _arrows(walk)
    if walk.setting.size[0] >= DETAILS_FROM and walk.setting.program == JPMANAGE:
        _details(walk)
    walk.pages()
    walk.quietly("g")
    for _ in range(walk.tries):
        walk.press(TAB, "tab")
    if walk.tries % 2:
        walk.quietly("tab")
    _rows_that_open(walk)
    _dialogs(walk)
    _screens(walk)
    _searching(walk)
    walk.press(END, "G", 0.8)
    walk.quietly("g")
    walk.resizes()
    walk.seconds(IDLE, 3)
    _slow_server(walk)


def _arrows(walk: Walk) -> None:
    """Move inside the page; where the next row is of another kind the footer changes, which is counted apart."""
    walk.quietly("down", "up")
    for key in ("down",) * walk.tries + ("up",) * walk.tries:
        footer = walk.terminal.line(-1)
        cost = walk.terminal.press(key, BEFORE_DETAILS)
        what = ARROW if walk.terminal.line(-1) == footer else ARROW_FOOTER
        walk.samples.add_cost(walk.setting, what, cost)
        walk.terminal.settle(2 * BEFORE_DETAILS)
    for _ in range(UNTIL_FOOTER):
        if walk.samples.median(walk.setting, ARROW_FOOTER, "bytes") is not None:
            break
        footer = walk.terminal.line(-1)
        cost = walk.terminal.press("down", BEFORE_DETAILS)
        if walk.terminal.line(-1) != footer:
            walk.samples.add_cost(walk.setting, ARROW_FOOTER, cost)
        walk.terminal.settle(2 * BEFORE_DETAILS)
    walk.quietly("g")


def _details(walk: Walk) -> None:
    """Rest on row after row, and count what comes after the arrow itself; then go on without a rest."""
    for _ in range(walk.tries):
        walk.terminal.press("down", BEFORE_DETAILS)
        walk.samples.add(walk.setting, DETAILS, "bytes", walk.terminal.spend(DETAILS_SECONDS))
    for _ in range(max(1, walk.tries // 3)):
        walk.quietly("g", quiet=DETAILS_SECONDS)
        walk.press(HELD, "j" * 10, DETAILS_SECONDS)
    walk.quietly("g")


def _rows_that_open(walk: Walk) -> None:
    """Open rows; without the details beside the list, with which enter shows a row's menu instead."""
    has_details = walk.setting.size[0] >= DETAILS_FROM and walk.setting.program == JPMANAGE
    if has_details:
        walk.quietly("f3")
    for _ in range(max(1, walk.tries // 2)):
        walk.press(EXPAND, "enter")
        walk.press(COLLAPSE, "left")
        walk.quietly("down")
    walk.quietly("g")
    if has_details:
        walk.quietly("f3", quiet=DETAILS_SECONDS)


def _dialogs(walk: Walk) -> None:
    for name, key in DIALOGS.items():
        for _ in range(2):
            cost = walk.press(OPEN + name, key, 0.4)
            if cost.count > 400:  # else nothing opened, and escape would step back in the list
                walk.press(CLOSE + name, "escape", 0.4)


def _screens(walk: Walk) -> None:
    for key in _section_keys(walk):
        walk.press(SCREEN + key, key, 0.8)
        walk.press(AGAIN + "1", "1", 0.5)
        walk.press(AGAIN + key, key, 0.5)
        walk.press(AGAIN + "1", "1", 0.5)


def _section_keys(walk: Walk) -> Sequence[str]:
    """Return the keys of the other sections that stand in the sidebar."""
    lines = walk.terminal.text.splitlines()[1:12]
    return [line.strip()[0] for line in lines if line.strip()[:1] in tuple("23456SA0")]


def _searching(walk: Walk) -> None:
    """Type slower than the search waits, then ten characters as one types them."""
    walk.quietly("/")
    for character in "nordstern"[: walk.tries]:
        walk.press(TYPE, character, 0.2)
    walk.terminal.settle(
        2.5
    )  # up to 5,000 licenses the first search also starts the index, and tells how far it is
    walk.seconds(IDLE_FIELD, 3)
    walk.quietly("escape", "escape", quiet=1.0)
    walk.quietly("/")
    if walk.server is not None:
        walk.server.forget_requests()
    for character in "sunset-pha":
        walk.terminal.send(character)
        walk.terminal.spend(0.15)
    walk.terminal.settle(1.0)
    walk.count_requests(SEARCH)
    walk.quietly("escape", "escape", "escape", quiet=1.0)


def _slow_server(walk: Walk) -> None:
    """Ask a server that takes its time, and count what is sent while nothing comes."""
    if walk.server is None:
        return
    walk.server.faults(f"GET {LIST}* latency={SLOW:.0f}")
    walk.terminal.send("]")
    walk.terminal.spend(0.5)
    walk.seconds(WAITING, SLOW - 2)
    walk.server.faults()
    walk.terminal.settle(SLOW, limit=2 * SLOW)


def _visidata(walk: Walk) -> None:
    walk.quietly("down", "up")
    for key in ("down",) * walk.tries + ("up",) * walk.tries:
        walk.press(ARROW, key, 0.6)
    walk.pages()
    walk.quietly("g", "g")
    for _ in range(3):
        walk.press(EXPAND, "enter", 0.8)
        walk.press(COLLAPSE, "q", 0.8)
        walk.press(SCREEN + "columns", "C", 0.8)
        walk.press(AGAIN + "rows", "q", 0.8)
        walk.press(OPEN + "palette", " ", 0.8)
        walk.press(CLOSE + "palette", "\x03", 0.8)
    walk.quietly("/")
    for character in "nordstern"[: walk.tries]:
        walk.press(TYPE, character, 0.4)
    walk.quietly("\x03", quiet=1.0)
    walk.press(END, "G", 0.8)
    walk.resizes()
    time.sleep(0.5)
    walk.terminal.settle(0.5, limit=10)
    walk.seconds(IDLE, 3)


def _table(walk: Walk) -> None:
    patience = 0.25 if walk.setting.licenses < 50_000 else 1.5
    for key in ("down",) * walk.tries + ("up",) * walk.tries:
        walk.press(ARROW, key, patience)
    walk.pages()
    for _ in range(3):
        walk.press(OPEN + "revoke", "x", 0.6)
        walk.press(CLOSE + "revoke", "escape", 0.6)
        walk.press(SCREEN + "2", "2", 0.6)
        walk.press(AGAIN + "1", "escape", 0.6)
    walk.resizes()
    walk.seconds(IDLE, 3)
    walk.terminal.send("l")
    walk.terminal.spend(0.5)
    walk.seconds(WAITING, 3)
    walk.quietly("l")
    walk.press(TAB, "tab", patience)
    for character in "nordstern"[: walk.tries]:
        walk.press(TYPE, character, patience)
    walk.seconds(IDLE_FIELD, 3)


def _empty(walk: Walk) -> None:
    walk.resizes()
    walk.seconds(IDLE, 3)
