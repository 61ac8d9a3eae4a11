"""The one list of commands: footer, help, palette, key map and the README's key table come from it."""

from jpmanage_tui.ui.commands.command import Command, CommandSet, always
from jpmanage_tui.ui.commands.keymap import Keymap, key_name, key_words

__all__ = ["Command", "CommandSet", "Keymap", "always", "key_name", "key_words"]
