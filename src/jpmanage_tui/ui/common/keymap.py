"""What a key press is called, and whether it is text."""

from __future__ import annotations

from textual import events


def key_name(event: events.Key) -> str:
    """Return the name under which a key press is looked up: the character itself where it prints, else Textual's name."""
    character = event.character
    if character is not None and character.isprintable() and character != " ":
        return character
    return event.key


FIELD_KEYS = frozenset(
    {"left", "right", "shift+left", "shift+right", "home", "end", "backspace", "delete", "ctrl+u"}
)
"""Keys that edit the text of a field or move the cursor in it."""


def is_text(event: events.Key) -> bool:
    """Return whether a key is text where a field has the focus: a character, or one that edits what stands there."""
    return (event.character is not None and event.character.isprintable()) or event.key in FIELD_KEYS
