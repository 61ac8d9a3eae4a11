"""What the soak does to the program: random keys, weighted by what a person does, from a seed or from a file.

The next step hangs on what the screen shows: a question is sometimes answered, so that changes happen. So a seed gives
the same steps as long as the screen does; the steps that were done are written down, and can be done again from there.
"""

from __future__ import annotations

import json
import random
import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

MOST_AT_ONCE = 12
"""So many licenses a question may concern for a yes: a run of all 100,000 would be a test of its own."""
PATIENCE = 14
"""Steps in one dialog after which only esc is pressed."""
LONGEST_STAY = 15
"""Steps in one section other than Licenses after which another is opened."""
STAYING = ("Cancel", "Keep", "Stay")
"""How the button begins that changes nothing; a question has one."""
READS_ONLY = "Read all"
"""How the question begins that concerns every license and changes none."""
TAKEN_FOR_A_PASTE = "is no answer (a paste?)"
"""What the program says when it drops all keys until the next silence."""
SMALLEST, LARGEST, USUAL = (40, 10), (140, 45), (120, 36)

Kind = Literal["keys", "paste", "resize", "kill", "hang-up", "terminate", "drop-server"]


@dataclass(frozen=True)
class Step:
    """One thing that is done. `keys` are Textual's names, or characters; `text` is pasted; `size` is columns and rows.

    `together`: the keys come without a pause. `deliberate`: each comes after a silence and has one after it, as it must
    be where it decides something.
    """

    kind: Kind = "keys"
    keys: tuple[str, ...] = ()
    text: str = ""
    size: tuple[int, int] = USUAL
    together: bool = False
    deliberate: bool = False

    def to_json(self) -> str:
        """Return it as a line of the file of steps."""
        return json.dumps(
            {name: value for name, value in asdict(self).items() if value != getattr(_PLAIN, name)}
        )

    @staticmethod
    def from_json(line: str) -> Step:
        """Read it from a line of that file."""
        fields = json.loads(line)
        for name in ("keys", "size"):
            if name in fields:
                fields[name] = tuple(fields[name])
        return Step(**fields)

    def __str__(self) -> str:
        if self.kind == "keys":
            return ("+" if self.together else " ").join(self.keys)
        return f"<{self.kind} {self.text or (self.size if self.kind == 'resize' else '')}>".replace(" >", ">")


_PLAIN = Step()


@dataclass(frozen=True)
class Shown:
    """What the screen shows: its text, and the words of the button that has the focus ("" where none has)."""

    text: str
    focused: str = ""

    @property
    def dialog(self) -> str:
        """The title of the uppermost dialog, "" where none is open."""
        titles = re.findall(r"╭─ (.+?) ─*╮", self.text)
        return str(titles[-1]) if titles else ""


class RecordedSteps:
    """The steps of an earlier run, in their order, whatever the screen shows."""

    def __init__(self, file: Path) -> None:
        self._steps: Iterator[Step] = map(Step.from_json, file.read_text().splitlines())

    def next(self, shown: Shown) -> Step | None:
        """Return the next one."""
        del shown
        return next(self._steps, None)


def _keys(*keys: str, together: bool = False, deliberate: bool = False) -> Step:
    return Step(keys=keys, together=together, deliberate=deliberate)


MOVING = (
    "j", "j", "j", "k", "k", "down", "up", "pagedown", "pageup", "ctrl+d", "ctrl+u", "g", "G", "home", "end",
)  # fmt: skip
SECTIONS = ("1", "1", "1", "2", "3", "4", "5", "6", "S", "L", "0", "i", "tab", "tab")
FILTERS = ("right_square_bracket", "right_square_bracket", "left_square_bracket", "s", "f")
MARKING = ("space", "space", "space", "V", "escape")
CHANGING = ("a", "u", "u", "x", "x", "z", "m", "n", "p")
OPENING = (
    "enter",
    "enter",
    "right",
    "left",
    "full_stop",
    "e",
    "y",
    "o",
    "d",
    "w",
    "D",
    "b",
    "E",
    "l",
    "R",
    "C",
    "Y",
)
OTHER = (
    "question_mark",
    "0",
    "0",
    "t",
    "K",
    "ctrl+p",
    "ctrl+l",
    "r",
    "r",
    "r",
    "escape",
    "escape",
    "escape",
    "F",
)
WANDERING = (
    "j",
    "k",
    "down",
    "up",
    "tab",
    "tab",
    "space",
    "enter",
    "pagedown",
    "end",
    "home",
    "y",
    "slash",
    "left",
)
SEARCHED = (
    "b",
    "com",
    "garden",
    "yoga",
    "jetpack-backup",
    "müller",
    "北京",
    "scan",
    "x" * 12,
    "[bold]",
    "1009",
    " ",
)
PASTED = ("bistro", "a\nb\nc", "jetpack-scan_Abc", "x" * 3000, "q\tq\r", "\x1b[201~x")
LEAVING = ("q", "ctrl+c")

_GROUPS: tuple[tuple[int, Sequence[str]], ...] = (
    (36, MOVING),
    (11, SECTIONS),
    (8, FILTERS),
    (10, MARKING),
    (12, CHANGING),
    (8, OPENING),
    (7, OTHER),
)
_WEIGHTS = [weight for weight, _ in _GROUPS]


class RandomSteps:
    """Random steps from a seed, without the keys in `never`."""

    def __init__(self, seed: int | str, never: Collection[str] = ()) -> None:
        self._chance = random.Random(seed)
        self.never = never
        self._planned: deque[Step] = deque()
        self._dialog = ""
        self._answer = ""
        self._in_dialog = 0
        self._section = ""
        self._staying = 0

    def next(self, shown: Shown) -> Step:
        """Return what to do next."""
        step = self._next(shown)
        return replace(step, together=False, deliberate=True) if TAKEN_FOR_A_PASTE in shown.text else step

    def _next(self, shown: Shown) -> Step:
        title = shown.dialog
        if not title:
            self._dialog = ""
            if not self._planned and self._stays(shown):
                # A form takes letters and digits as text: it would keep all that comes.
                self._planned += [_keys("escape"), _keys("escape"), self._key(SECTIONS)]
            return self._planned.popleft() if self._planned else self._on_a_screen()
        self._planned.clear()
        if title != self._dialog:
            self._dialog, self._in_dialog = title, 0
            self._answer = self._chance.choices(("yes", "no", "wander"), (60, 20, 20))[0]
            if title.startswith(READS_ONLY):
                self._answer = "yes"
            elif any(
                int(number.replace(",", "")) > MOST_AT_ONCE for number in re.findall(r"\d[\d,]*", title)
            ):
                self._answer = "no"
        self._in_dialog += 1
        return self._in_a_dialog(shown)

    def _stays(self, shown: Shown) -> bool:
        """Whether a section other than Licenses has been shown for long."""
        found = re.search(r"^❯([02-9S])", shown.text, re.MULTILINE)
        section = found[1] if found else ""
        self._staying = self._staying + 1 if section and section == self._section else 0
        self._section = section
        return self._staying % LONGEST_STAY == LONGEST_STAY - 1

    def _in_a_dialog(self, shown: Shown) -> Step:
        chance = self._chance
        if self._in_dialog > PATIENCE:
            # Esc alone closes no question that waits for a form's fate: it keeps the form. Sometimes it is dropped.
            return _keys(chance.choice(("escape", "escape", "tab", "enter")), deliberate=True)
        buttons = re.search(rf"\[ ({'|'.join(STAYING)})", shown.text) is not None
        if self._answer == "no":
            return _keys("escape", deliberate=buttons)
        if self._answer == "wander" or not buttons:
            if chance.random() < (0.2 if buttons else 0.35):
                return _keys("escape", deliberate=buttons)
            return _keys(chance.choice(WANDERING), deliberate=chance.random() < 0.1)
        number = re.search(r"Type (\d+) to confirm: \[ +\]", shown.text)
        if number is not None:
            return _keys(*number[1], deliberate=True)
        yes = bool(shown.focused) and not shown.focused.startswith(STAYING)
        return _keys("enter" if yes else "tab", deliberate=True)

    def _on_a_screen(self) -> Step:
        chance = self._chance
        draw = chance.random()
        if draw < 0.012:
            return Step("resize", size=self._size())
        if draw < 0.024:
            return Step("paste", text=chance.choice(PASTED))
        if draw < 0.06:
            return _keys(*(chance.choice(MOVING) for _ in range(chance.randint(3, 15))), together=True)
        if draw < 0.09:
            self._search()
        elif draw < 0.12:
            self._issue()
        elif draw < 0.18:
            self._change_marked()
        elif draw < 0.1815:
            return self._key(LEAVING, deliberate=True)
        elif draw < 0.1835:
            return _keys("asterisk")
        elif draw < 0.23:
            return _keys("r")
        else:
            return self._key(chance.choices(_GROUPS, _WEIGHTS)[0][1])
        return self._planned.popleft()

    def _key(self, among: Sequence[str], *, deliberate: bool = False) -> Step:
        return _keys(
            self._chance.choice([key for key in among if key not in self.never] or MOVING),
            deliberate=deliberate,
        )

    def _size(self) -> tuple[int, int]:
        if self._chance.random() < 0.5:
            return USUAL
        (least_columns, least_rows), (most_columns, most_rows) = SMALLEST, LARGEST
        return self._chance.randint(least_columns, most_columns), self._chance.randint(least_rows, most_rows)

    def _search(self) -> None:
        self._planned += [
            _keys("slash"),
            _keys(*self._chance.choice(SEARCHED), together=self._chance.random() < 0.5),
            _keys(self._chance.choice(("enter", "enter", "escape"))),
        ]

    def _issue(self) -> None:
        chance = self._chance
        self._planned += [_keys("i"), _keys(*["j"] * chance.randint(0, 9), together=True), _keys("space")]
        self._planned += [_keys("enter", deliberate=True)] * 4

    def _change_marked(self) -> None:
        """Mark some licenses, and ask for a change of them."""
        chance = self._chance
        self._planned += [_keys("escape"), _keys("1"), _keys("g")]
        self._planned += [_keys("right_square_bracket")] * chance.choice((0, 0, 1, 1, 2))
        self._planned += [_keys(*["pagedown"] * chance.randint(0, 6), together=True)]
        for _ in range(chance.randint(0, 5)):
            self._planned += [_keys("space"), _keys(*["j"] * chance.randint(1, 3))]
        self._planned += [_keys(chance.choice(("u", "u", "a", "a", "x")), deliberate=True)]
