"""What each section shows in the end: of the old program it must be what a fresh one shows after the same way there."""

from __future__ import annotations

from collections.abc import Sequence

from tests.soak.program import Program
from tests.soak.steps import USUAL, Shown, Step

SECTIONS = ("1", "2", "3", "4", "5", "6", "S", "0")
MOST_TABS, OPEN_ROW = 12, "⌃"


def screens(program: Program) -> dict[str, str]:
    """Return what each section shows, read anew, from its first row, with its first tab and its first order,
    for the first partner key.
    """
    found: dict[str, str] = {}
    program.do(Step(keys=("K", "home", "enter"), deliberate=True))
    program.settle(1.0, 20)
    step_out(program)
    for section in SECTIONS:
        program.do(Step(keys=(section,), deliberate=True))
        program.settle(0.5, 20)
        step_out(program)
        _show_as_at_first(program)
        program.do(Step(keys=("r",), deliberate=True))
        program.settle(1.0, 30)
        program.do(Step(keys=("escape", "g")))
        program.settle(0.5, 10)
        found[section] = program.shown.text
    return found


def _show_as_at_first(program: Program) -> None:
    """Show the first tab in the first order, with every row closed."""
    for _ in range(MOST_TABS):
        if program.on_the_first_tab:
            break
        program.do(Step(keys=("left_square_bracket",)))
        program.settle(0.3, 10)
    program.do(Step(keys=("s",), deliberate=True))
    if program.shown.dialog:
        program.do(Step(keys=("home", "enter"), deliberate=True))
        program.settle(0.5, 10)
    program.do(Step(keys=("g",)))
    for _ in range(program.size[1]):
        if OPEN_ROW not in program.shown.text:
            break
        program.do(Step(keys=("left" if OPEN_ROW in program.cursor_line else "j",)))
        program.settle(0.1, 1)
    if "Indexing" in program.shown.text:
        program.do(Step(keys=("F",)))


def step_out(program: Program) -> None:
    """Leave every dialog, field, mark, search and filter."""
    if program.size != USUAL:
        program.do(Step("resize", size=USUAL))
    quiet = 0
    for _ in range(100):
        before = program.shown
        program.do(_way_out(before))
        program.settle(0.1, 1)
        quiet = quiet + 1 if program.shown == before and not before.dialog else 0
        if quiet == 2:
            return
    raise AssertionError("esc does not lead out of everything")


def _way_out(shown: Shown) -> Step:
    """Return a step that leads out of what is shown: esc, or the word for dropping what was typed or marked."""
    if shown.focused.startswith(("Discard", "Clear")):
        return Step(keys=("enter",), deliberate=True)
    if any(word in shown.text for word in ("[ Discard", "[ Clear")):
        return Step(keys=("tab",), deliberate=True)
    return Step(keys=("escape",), deliberate=bool(shown.dialog))


def difference(old: str, fresh: str) -> str:
    """Return the lines that differ."""
    pairs: Sequence[tuple[str, str]] = list(zip(old.splitlines(), fresh.splitlines(), strict=False))
    return "\n".join(f"old   {one}\nfresh {other}" for one, other in pairs if one != other)
