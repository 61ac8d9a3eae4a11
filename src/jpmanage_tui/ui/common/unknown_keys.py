"""What is said of a key that nothing takes: where it works, what is pressed here instead, and the way to the help."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jpmanage_tui.config.command_scopes import EVERYWHERE, LISTS, SCOPES
from jpmanage_tui.config.keymap import Keymap, key_label

MOST_SECTIONS = 3
"""So many sections in which a key works are named: the sentence takes two lines of 80 columns at the most."""
HABITS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ctrl+f": ("A page down", "page-down"),
        "ctrl+b": ("A page up", "page-up"),
        "ctrl+e": ("One row down", "down"),
        "ctrl+y": ("One row up", "up"),
        "<": ("The first row", "first"),
        ">": ("The last row", "last"),
        ",": ("A page up", "page-up"),
        "ctrl+o": ("Copy", "copy"),
        "J": ("One row down", "down"),
        "}": ("Half a page down", "half-page-down"),
        "{": ("Half a page up", "half-page-up"),
        "N": ("Only matches are listed; the row before", "up"),
        "n": ("Only matches are listed; the next row", "down"),
        "Z": ("Quit", "quit"),
        "Q": ("Quit", "quit"),
        "ctrl+r": ("Refresh", "refresh"),
        "R": ("Refresh", "refresh"),
        "ctrl+z": ("Undo", "undo"),
        "U": ("Undo", "undo"),
        "ctrl+a": ("Every command", "palette"),
        "ctrl+k": ("Revoke License", "revoke"),
        "c": ("Copy", "copy"),
        "ctrl+s": ("Export", "export"),
        "@": ("What was changed", "open-operations"),
        "C": ("Sort", "sort"),
        "O": ("Sort", "sort"),
        "A": ("Mark all", "mark-all"),
        "ctrl+v": ("Mark a range", "mark-range"),
        "backspace": ("One step back", "back"),
        ";": ("Command line", "command-line"),
        "h": ("To the sidebar", "focus"),
        "l": ("To the sidebar", "focus"),
        "left": ("To the sidebar", "focus"),
    }
)
"""Keys of other programs that do nothing here: what their users look for with them, and the command that does it."""


_OF_A_SEARCH = frozenset("nN")
"""Those that mean something only where one can search."""


def _searches(here: str) -> bool:
    return here in SCOPES and any("search" in name for name in SCOPES[here].commands)


def unknown_key_text(key: str, keymap: Keymap, here: str, *, in_sidebar: bool) -> str:
    """Return the sentence about a key that nothing takes in the section of the scope `here`, or in the sidebar."""
    parts = [f"{key_label(key)} does nothing here."]
    works = keymap.sections_with(key)
    if in_sidebar and here in works:
        parts = [f"{key_label(key)} works in the list: {keymap.shown('focus')} goes there."]
        works = []
    wanted = HABITS.get(key)
    commands = {name for one in (here, LISTS, EVERYWHERE) if one in SCOPES for name in SCOPES[one].commands}
    if wanted is not None and wanted[1] in commands and (key not in _OF_A_SEARCH or _searches(here)):
        parts.append(f"{wanted[0]}: {keymap.shown(wanted[1])}.")
    titles = [SCOPES[scope].title for scope in works if scope != here]
    if titles:
        if len(titles) > MOST_SECTIONS:
            titles = [titles[0], f"{len(titles) - 1} more"]
        *most, last = titles
        parts.append(f"It works in {', '.join(most)} and {last}." if most else f"It works in {last}.")
    return " ".join([*parts, f"{keymap.shown('help')} shows the keys."])
