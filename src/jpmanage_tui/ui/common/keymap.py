"""What a key press is called, and whether it is text."""

from __future__ import annotations

from contextvars import Context

from textual import events
from textual.keys import key_to_character

from jpmanage_tui.config.keymap import key_of_label


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


def key_press(label: str) -> events.Key:
    """Return the press of a key that is given as footer and help write it, for a click on it."""
    key = key_of_label(label)
    character = key if len(key) == 1 else key_to_character(key)
    # made outside of what is being handled, which Textual would take for its sender, and not let the key bubble up to it
    return Context().run(events.Key, key, character)
