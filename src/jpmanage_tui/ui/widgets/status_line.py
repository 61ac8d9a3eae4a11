"""The status line: what happened, what is waited for, where the cursor is."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from time import monotonic
from typing import Literal, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from jpmanage_tui.ui.common.accessibility import is_accessible
from jpmanage_tui.ui.widgets.line import clip, strip_of

MOST_LINES = 4
SEEN_SECONDS = 0.2
"""How long the outcome of a change stands at the least: a key that comes sooner was not pressed by who has read it."""


Severity = Literal["information", "success", "warning", "error"]
"""Textual's severities of a notification, and `success`: something ended well."""


SIGNS: dict[Severity, str] = {"information": "", "success": "✓ ", "warning": "! ", "error": "✗ "}
"""How each is meant, by a sign of its own: never by a color alone."""
LEADS: dict[Severity, str] = {
    "information": "",
    "success": "Done: ",
    "warning": "Warning: ",
    "error": "Error: ",
}
"""The same in words, for the accessible mode."""


KEPT = 50
"""How many messages are kept to be read again."""
LEAST_SECONDS, MOST_SECONDS, LETTERS_A_SECOND = 6.0, 20.0, 12.0
"""How long a message stands where no key comes: as long as it takes to read it, and to look there first."""


class Notice(NamedTuple):
    """A message that was shown: when, how it was meant, and its words."""

    time: datetime
    severity: Severity
    words: str


def seconds_shown(message: str) -> float:
    """Return how many seconds a message stands where no key comes."""
    return min(MOST_SECONDS, max(LEAST_SECONDS, len(message) / LETTERS_A_SECOND))


class StatusLine(Widget):
    """One line with a message at the left and a counter at the right; a long message gets a few lines.

    It replaces floating toasts: nothing moves, and nothing is repainted but what changed. A message gives way to what
    the view says of itself when the user presses a key, or after a while; one about what still goes on stays until the
    next one. An error and the outcome of a change stay until a key: what is said meanwhile stands below. `notices` has
    the last messages. The counter has the colors of a
    list's marker: from one to the other only an attribute changes, which is half of the bytes of an arrow key.
    """

    COMPONENT_CLASSES = {"status--success", "status--warning", "status--error", "status--counter"}
    DEFAULT_CSS = """
    StatusLine {
        height: 1; padding: 0 1; background: $background; color: $foreground;
        & > .status--success { color: $success; text-style: bold; }
        & > .status--warning { color: $warning; text-style: bold; }
        & > .status--error { color: $error; text-style: bold; }
        & > .status--counter { color: $block-cursor-background; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._message = ""
        self._severity: Severity = "information"
        self._lasts = False
        self._outcome = ""
        self._outcome_severity: Severity = "information"
        self._unread = False
        self._told_at = 0.0
        self._leaving: Timer | None = None
        self.notices: deque[Notice] = deque(maxlen=KEPT)
        """What was said, the newest last, without what only says that something goes on."""
        self._summary = ""
        self._run = ""
        self._progress: str | None = None
        self._counter = ""
        self._lines: list[tuple[str, Severity]] = [("", "information")]

    @property
    def message(self) -> str:
        """What was last said and still stands, without its sign."""
        return self._message or self._outcome

    @property
    def shown(self) -> str:
        """The text at the left: the messages, else what is waited for, else how runs stand, and the summary."""
        said = [words for words, _ in self._said()]
        return "\n".join(said) or self._progress or "  ".join(filter(None, (self._run, self._summary)))

    def _said(self) -> list[tuple[str, Severity]]:
        """Return the messages that stand, behind their signs or what is read aloud for them, with how each is meant."""
        leads = LEADS if is_accessible(self) else SIGNS
        return [
            (leads[severity] + words, severity)
            for words, severity in ((self._outcome, self._outcome_severity), (self._message, self._severity))
            if words
        ]

    def say(
        self,
        message: str,
        severity: Severity = "information",
        *,
        outcome: bool = False,
        lasts: bool | None = None,
    ) -> None:
        """Show a message until the user presses a key, or until it has stood for a while.

        `outcome`: it is how a change ended. What is said before the user has pressed a key stands below it.
        `lasts`: it stays until the next one, or until a command clears it; None: where it ends in `…`, which says that
        something is going on.
        """
        self._stop_timer()
        goes_on = message.endswith("…") if lasts is None else lasts
        if message and (outcome or not goes_on or severity != "information"):
            self.notices.append(Notice(datetime.now().astimezone(), severity, message))
        if outcome:
            self._outcome, self._outcome_severity, self._unread = message, severity, True
            self._told_at = monotonic()
            message = ""
        elif not self._unread:
            self._outcome = ""
        self._message, self._severity = message, severity
        self._lasts = goes_on and bool(message)
        if message and not self._lasts and severity != "error":
            self._leaving = self.set_timer(seconds_shown(message), self._leave)
        self._lay_out()

    def _stop_timer(self) -> None:
        if self._leaving is not None:
            self._leaving.stop()
            self._leaving = None

    def _leave(self) -> None:
        """Take away the message that has stood for a while; what it stood below stays."""
        self._leaving = None
        self._message, self._severity = "", "information"
        self._lay_out()

    def touched(self, pressed: float) -> None:
        """Note that a key was `pressed` (seconds, monotonic): what is shown was seen, and gives way unless it lasts."""
        if self._unread and pressed - self._told_at < SEEN_SECONDS:
            return
        self._unread = False
        if self._outcome or (self._message and not self._lasts):
            self._outcome = ""
            if not self._lasts:
                self._stop_timer()
                self._message, self._severity = "", "information"
            self._lay_out()

    def clear(self) -> None:
        """Take the messages away."""
        if self._message or self._outcome:
            self._unread = False
            self.say("")

    def show_run(self, words: str) -> None:
        """Show how the runs of many changes stand, '' where there is none; repaints only what changed."""
        old = self.shown
        self._run = words
        if self.shown != old:
            self._lay_out()

    def inform(self, summary: str, progress: str | None, counter: str) -> None:
        """Take over what the view says about itself; repaints only what changed."""
        moved, len_before = counter != self._counter, cell_len(self._counter)
        old = self.shown
        self._summary, self._progress, self._counter = summary, progress, counter
        if self.shown != old or (self.message and cell_len(counter) != len_before):
            self._lay_out()
        elif moved:
            self.refresh(Region(0, 0, self.content_size.width, 1))

    def _lay_out(self) -> None:
        room = max(10, self.content_size.width - max(14, cell_len(self._counter) + 1))
        wrapped = self._wrapped(room) or [(self.shown, "information")]
        lines = wrapped[:MOST_LINES]
        if len(wrapped) > MOST_LINES:
            words, severity = lines[-1]
            lines[-1] = (clip(words + " …", room), severity)
        if len(lines) != len(self._lines):
            self.styles.height = len(lines)
        self._lines = lines
        self.refresh()

    def _wrapped(self, room: int) -> list[tuple[str, Severity]]:
        return [
            (line.plain.rstrip(), severity)
            for words, severity in self._said()
            for line in Text(words).wrap(self.app.console, room)
        ]

    def on_resize(self) -> None:
        """Wrap the message for the new width."""
        self._lay_out()

    def _style(self, severity: Severity) -> Style:
        return (
            self.rich_style
            if severity == "information"
            else self.get_component_rich_style(f"status--{severity}")
        )

    def render_line(self, y: int) -> Strip:
        """Return the painted line (Textual's line API)."""
        width = self.content_size.width
        text, severity = self._lines[y] if y < len(self._lines) else ("", "information")
        counter = (
            self._counter if y == 0 and not is_accessible(self) else ""
        )  # an arrow changes one line: the row
        room = width - cell_len(counter) - (1 if counter else 0)
        text = clip(text, room)
        gap = width - cell_len(text) - cell_len(counter)
        parts = [
            (text, self._style(severity)),
            (" " * gap, self.rich_style),
            (counter, self.get_component_rich_style("status--counter")),
        ]
        return strip_of(parts, width, self.rich_style)
