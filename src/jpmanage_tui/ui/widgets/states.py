"""How states look: each begins with a sign, and the sign says the color, the same on every screen."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GOOD, WARNING, BAD, MUTED = "state--good", "state--warning", "state--bad", "state--muted"
STATE_CLASSES = frozenset({GOOD, WARNING, BAD, MUTED})
"""The component classes of the states, for every widget that shows some."""
STATE_CSS = f"""
    & > .{GOOD} {{ color: $success; }}
    & > .{WARNING} {{ color: $warning; }}
    & > .{BAD} {{ color: $error; }}
    & > .{MUTED} {{ color: $text-muted; text-style: $muted-style; }}
"""
"""Their rules, to stand within that of the widget."""
UNASSIGNED, REVOKED = "○", "–"
"""The signs of a license that is on no site, and of one that is no more."""
STYLE_OF_SIGN: Mapping[str, str] = MappingProxyType(
    {"✓": GOOD, "!": WARNING, "?": WARNING, UNASSIGNED: WARNING, "✗": BAD, REVOKED: MUTED, "-": MUTED}
)
"""The component class for each sign: done, paid, saved; past due, soon, trouble; unknown; unassigned; failed, refused,
down, expired; revoked, not begun. A state without a sign goes on, or is as it should be: it has the color of the text.
"""


def state_style(words: str) -> str:
    """Return the component class for a state's words, which begin with its sign, '' for the color of the text."""
    return STYLE_OF_SIGN.get(words[:1], "")
