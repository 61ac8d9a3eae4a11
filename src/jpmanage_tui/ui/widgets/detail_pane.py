"""The pane beside a list on a wide screen: what is known of the row on which the cursor rests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from time import monotonic
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.widgets.footer import Footer
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.line import clip, strip_of
from jpmanage_tui.ui.widgets.states import STATE_CLASSES, STATE_CSS, state_style

REST_SECONDS = 0.15
"""How long the cursor stands still before the pane is filled: while an arrow is held nothing is sent for it."""
LEAST, MOST, SHARE = 42, 64, 32
"""The least and the most cells of the pane, and its share of the terminal's, in percent."""
NO_KEY = "·"
"""Stands for the key of what cannot be done now."""
EDGE = "│ "
MARGIN = 1
"""Cells kept free at the right."""
BETWEEN = "   "
"""Stands between two offers on one line."""
LABEL_GAP = 2
LABEL_LEAST = 12


class Title(NamedTuple):
    """The line above facts or offers."""

    text: str


NOT_NOW = Title("Not now")
"""The line above the reasons why something cannot be done."""


class Fact(NamedTuple):
    """A fact with its label; `state` where the value begins with the sign of a state, which gives it its
    color, `muted` where it is not known (yet).

    It takes `least` lines at least: what stands below it keeps its place where the value is longer on another row.
    """

    label: str
    value: str
    state: bool = False
    muted: bool = False
    least: int = 1


class Offer(NamedTuple):
    """What a key does with the row; `NO_KEY` where it cannot now."""

    key: str
    words: str


class Refusal(NamedTuple):
    """What cannot be done with the row now, and why, as a sentence."""

    words: Sequence[str]
    reason: str


Detail = Title | Fact | Offer | Refusal
"""What a builder says of a row, from top to bottom."""
Row = tuple[tuple[str, str], ...]
"""A line of the pane: texts, each with the component class of its style ("" for the pane's own)."""

_TITLE, _LABEL, _KEY, _MUTED = "detail--title", "detail--label", "detail--key", "detail--muted"


def action_details(actions: Sequence[tuple[str, str, str | None]]) -> list[Detail]:
    """Return what the keys do, and below it what they do not do now, and why; `actions` are (command, label, why not).

    Every action keeps its line, with a dot for its key where it cannot be done: little changes from row to row. What
    cannot be done for one reason stands together.
    """
    refused: dict[str, list[str]] = {}
    details: list[Detail] = [Title("Actions")] if actions else []
    for name, label, reason in actions:
        details.append(Offer(key_for(name) if reason is None else NO_KEY, label))
        if reason is not None:
            refused.setdefault(reason, []).append(label)
    if refused:
        details += [NOT_NOW, *(Refusal(words, reason) for reason, words in refused.items())]
    return details


def pane_width(columns: int) -> int:
    """Return the cells of the pane in a terminal of so many columns."""
    return max(LEAST, min(MOST, columns * SHARE // 100))


def rows_of(details: Sequence[Detail], width: int, height: int) -> list[Row]:
    """Return the lines of a pane of this size.

    What is too long goes on below. Where not all of it fits, the reasons why something cannot be done go first; then what
    can be done stands side by side, without empty lines; and a last line says that there is more.
    """
    rows = _rows(details, width)
    if len(rows) > height:
        rows = _rows([one for one in details if not isinstance(one, Refusal) and one != NOT_NOW], width)
    if len(rows) > height:
        rows = _dense_rows(details, width)
    if len(rows) > height > 0:
        rows = [*rows[: height - 1], (("…", _MUTED),)]
    return rows[: max(0, height)]


def _rows(details: Sequence[Detail], width: int) -> list[Row]:
    """Return the lines with an empty one above each title but the first, and a line for each offer."""
    indent = _indent(details)
    keys = max([3, *(cell_len(one.key) for one in details if isinstance(one, Offer))])
    rows: list[Row] = []
    for one in details:
        if isinstance(one, Title):
            rows += [*([()] if rows else []), *_title_rows(one, width)]
        elif isinstance(one, Fact):
            rows += _fact_rows(one, width, indent)
        elif isinstance(one, Offer):
            gap = " " * (keys + 1 - cell_len(one.key))
            style = _MUTED if one.key == NO_KEY else _KEY
            rows.append(((one.key, style), (clip(gap + one.words, width - cell_len(one.key)), "")))
        else:
            rows += [((line, _MUTED),) for line in fold(f"{', '.join(one.words)}: {one.reason}", width)]
    return rows


def _dense_rows(details: Sequence[Detail], width: int) -> list[Row]:
    """Return the lines without an empty one, and of the actions those that can be done, side by side."""
    indent = _indent(details)
    rows: list[Row] = []
    line: Row = ()
    for one in details:
        if line and not isinstance(one, Offer):
            rows.append(line)
            line = ()
        if isinstance(one, Title) and one != NOT_NOW:
            rows += _title_rows(one, width)
        elif isinstance(one, Fact):
            rows += _fact_rows(one, width, indent)
        elif isinstance(one, Offer) and one.key != NO_KEY:
            offer: Row = ((one.key, _KEY), (clip(f" {one.words}", width - cell_len(one.key)), ""))
            if line and _size(line) + cell_len(BETWEEN) + _size(offer) > width:
                rows.append(line)
                line = ()
            line = (*line, (BETWEEN, ""), *offer) if line else offer
    return [*rows, line] if line else rows


def _indent(details: Sequence[Detail]) -> int:
    """Return the cells of the labels, the gap behind them included."""
    labels = [cell_len(one.label) for one in details if isinstance(one, Fact)]
    return max([LABEL_LEAST, *labels]) + LABEL_GAP


def _size(row: Row) -> int:
    return sum(cell_len(text) for text, _ in row)


def _title_rows(title: Title, width: int) -> list[Row]:
    return [((line, _TITLE),) for line in fold(title.text, width)]


def _fact_rows(fact: Fact, width: int, indent: int) -> list[Row]:
    style = _MUTED if fact.muted else state_style(fact.value) if fact.state else ""
    lines = fold(fact.value, width - indent)
    lines += [""] * (fact.least - len(lines))
    heads = [fact.label, *[""] * (len(lines) - 1)]
    return [
        ((head + " " * (indent - cell_len(head)), _LABEL), (line, style))
        for head, line in zip(heads, lines, strict=True)
    ]


def fold(text: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` cells, one line at the least; a word too long for one is broken."""
    if cell_len(text) <= width or width < 2:
        return [clip(text, width)]
    lines: list[str] = []
    for line in wrap(text, width, break_on_hyphens=False):
        while cell_len(line) > width:  # wide characters: `wrap` counts them as one cell
            cut = next(n for n in range(len(line), 0, -1) if cell_len(line[:n]) <= width)
            lines.append(line[:cut])
            line = line[cut:]
        lines.append(line)
    return lines or [""]


class DetailPane(Widget):
    """A pane of lines beside a list. `rested` is called when the cursor has stood still for a while.

    Its owner calls `follow` whenever the cursor or what is known of its row has changed, and `show_details` from
    `rested` or later, when more has come: only the lines that have changed are painted then.
    """

    COMPONENT_CLASSES = {_TITLE, _LABEL, _KEY, _MUTED, *STATE_CLASSES}
    DEFAULT_CSS = f"""
    DetailPane {{
        dock: right; height: 100%;
        & > .detail--title {{ text-style: bold; }}
        & > .detail--label {{ color: $text-muted; text-style: $muted-style; }}
        & > .detail--key {{ text-style: bold; color: $primary; }}
        & > .detail--muted {{ color: $text-muted; text-style: $muted-style; }}
        {STATE_CSS}
    }}
    """

    def __init__(self, rested: Callable[[], None]) -> None:
        super().__init__()
        self._tell_rested = rested
        self._details: Sequence[Detail] = ()
        self._rows: list[Row] = []
        self._moved_at = 0.0
        self._timer: Timer | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """The lines that are shown."""
        return self._rows

    @property
    def waits(self) -> bool:
        """Whether the cursor has moved, and has not stood still long enough since."""
        return self._timer is not None

    def follow(self) -> None:
        """Take note that the cursor has moved: what is shown stays until it rests."""
        self._moved_at = monotonic()
        if self._timer is None:
            self._timer = self.set_timer(REST_SECONDS, self._due)

    def _due(self) -> None:
        left = self._moved_at + REST_SECONDS - monotonic()
        if left > 0:
            self._timer = self.set_timer(left, self._due)
            return
        self._timer = None
        self._tell_rested()

    def show_details(self, details: Sequence[Detail]) -> None:
        """Show this; only the lines that have changed are painted."""
        self._details = details
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = self.size
        before, rows = self._rows, rows_of(self._details, width - cell_len(EDGE) - MARGIN, height)
        self._rows = rows
        for y in range(max(len(before), len(rows))):
            if before[y : y + 1] != rows[y : y + 1]:
                self.refresh(Region(0, y, width, 1))

    def on_resize(self, _event: events.Resize) -> None:
        """Fold the lines for the new size."""
        self._rows = []
        self._lay_out()

    def key_at(self, x: int, y: int) -> str | None:
        """Return the key of what is offered at this cell; None where nothing is."""
        end, key = cell_len(EDGE), ""
        for text, style in self._rows[y] if y < len(self._rows) else ():
            key = text if style == _KEY else "" if text == BETWEEN else key
            end += cell_len(text)
            if x < end:
                return key if key and x >= cell_len(EDGE) else None
        return None

    def on_click(self, event: events.Click) -> None:
        """Press the key of what is offered under the mouse, where it is not text in a field."""
        key = self.key_at(event.x, event.y)
        if key is not None and not isinstance(self.screen.focused, Input):
            self.post_message(Footer.KeyChosen(key))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name) if name else self.rich_style

    def render_line(self, y: int) -> Strip:
        """Return the painted line (Textual's line API)."""
        row = self._rows[y] if y < len(self._rows) else ()
        parts = [(EDGE, self._style(_LABEL)), *((text, self._style(name)) for text, name in row)]
        return strip_of(parts, self.size.width, self.rich_style)
