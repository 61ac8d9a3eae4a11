"""The README's key table, made from the one list of commands."""

from __future__ import annotations

from jpmanage_tui.config.keymap import key_label
from jpmanage_tui.ui.sections.registry import all_command_sets


def key_table() -> str:
    """Return the commands of every place as Markdown: key, name for `[keys]`, what it does."""
    lines: list[str] = []
    for commands in all_command_sets():
        lines += [
            f"**{commands.title}**",
            "",
            "| key | `[keys]` name | what it does |",
            "| --- | --- | --- |",
        ]
        for command in commands:
            keys = " ".join(f"`{key_label(key).replace('|', chr(92) + '|')}`" for key in command.keys)
            name = f"`{command.name}`" if command.remappable else ""
            lines.append(f"| {keys} | {name} | {command.help_line} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
