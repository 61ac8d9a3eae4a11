"""How states look: each begins with a sign, and the sign says the color, the same in every list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GOOD, WARNING, BAD, MUTED = "list--good", "list--warning", "list--bad", "list--muted"
UNASSIGNED, REVOKED = "○", "–"
"""The signs of a license that is on no site, and of one that is no more."""
STYLE_OF_SIGN: Mapping[str, str] = MappingProxyType(
    {"✓": GOOD, "!": WARNING, "?": WARNING, UNASSIGNED: WARNING, "✗": BAD, REVOKED: MUTED, "-": MUTED}
)
"""The component class of a `VirtualList` for each sign: done, paid, saved; past due; unknown; unassigned; failed,
refused; revoked, not begun. A state without a sign goes on, or is as it should be: it has the color of the text.
"""


def state_style(words: str) -> str:
    """Return the component class for a state's words, which begin with its sign, '' for the color of the text."""
    return STYLE_OF_SIGN.get(words[:1], "")
