"""Man pages, one a command, written from the tree of commands.

It is a generator of its own, not a library's, for a page a command, with its fields and examples.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from jpmanage_tui.cli.command_tree import CommandNode, Taken, Values
from jpmanage_tui.cli.exit_codes import MEANINGS

_GENERAL = "options of every command"


def man_pages(tree: CommandNode) -> dict[str, str]:
    """Return the man pages of a tree of commands, by the names of their files, such as jpmanage-licenses-list.1."""
    return {f"{page_name(node)}.1": _page(node, tree) for node in tree}


def page_name(node: CommandNode) -> str:
    """Return the name of a command's man page, such as jpmanage-licenses-list."""
    return "-".join(("jpmanage", *node.path.split()))


def _page(node: CommandNode, tree: CommandNode) -> str:
    called = f"jpmanage {node.path}".rstrip()
    about = node.help or node.description.partition(".")[0]
    lines = [
        f'.TH "{_roff(page_name(node).upper())}" "1" "" "jpmanage\\-tui" "jpmanage"',
        ".SH NAME",
        f"{_roff(page_name(node))} \\- {_roff(about)}",
        ".SH SYNOPSIS",
        f"\\fB{_roff(called)}\\fR {_synopsis(node)}".rstrip(),
        ".SH DESCRIPTION",
        *_paragraphs(node.description),
    ]
    if node.commands:
        lines.append(".SH COMMANDS")
        for command in node.commands:
            lines += [".TP", f"\\fB{_roff(page_name(command))}\\fR(1)", _text(command.help)]
    if node.words:
        lines.append(".SH ARGUMENTS")
        for word in node.words:
            lines += [".TP", f"\\fI{_roff(word.label)}\\fR", _text(_with_choices(word))]
    for group, options in groupby(node.options, key=lambda one: one.group):
        if group != _GENERAL:
            lines.append(f".SH {_roff(group.upper())}")
            lines += _options(options)
    if node.fields:
        lines.append(".SH FIELDS")
        lines.append(
            "Of the formats for scripts, and of \\-\\-fields. In JSON any of them may be null; "
            "a table has those with a star unless fields are asked for."
        )
        for field in node.fields:
            star = " *" if field.listed else ""
            lines += [
                ".TP",
                f"\\fB{_roff(field.name)}\\fR ({_roff(field.type.value)}){star}",
                _text(_sentence(field.help)),
            ]
    general = [one for one in node.options if one.group == _GENERAL]
    if general:
        lines += [f".SH {_GENERAL.upper()}", *_options(general)]
    if node.command is not None and node.command.examples:
        lines.append(".SH EXAMPLES")
        for example in node.command.examples:
            lines += [_text(example.does), ".PP", ".nf", ".RS 4", _text(example.line), ".RE", ".fi", ".PP"]
    lines.append(".SH EXIT STATUS")
    for code, meaning in MEANINGS.items():
        lines += [".TP", f"\\fB{code}\\fR", _text(_sentence(meaning))]
    if node.epilog:
        lines += [".SH NOTES", *_paragraphs(node.epilog)]
    others = _see_also(node, tree)
    if others:
        lines += [".SH SEE ALSO", ",\n".join(f"\\fB{_roff(page_name(one))}\\fR(1)" for one in others)]
    return "\n".join(lines) + "\n"


def _synopsis(node: CommandNode) -> str:
    parts = ["[\\fIOPTION\\fR]..."] if node.options else []
    for word in node.words:
        label = f"\\fI{_roff(word.label)}\\fR"
        parts.append(f"[{label}]" if word.optional else label)
        if word.many:
            parts[-1] += "..."
    if node.commands:
        parts.append("\\fICOMMAND\\fR" if node.path else "[\\fICOMMAND\\fR]")
    return " ".join(parts)


def _options(options: Iterable[Taken]) -> list[str]:
    lines = []
    for one in options:
        value = f" \\fI{_roff(one.label)}\\fR" if one.label else ""
        names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in one.names)
        lines += [".TP", f"{names}{value}", _text(_with_choices(one))]
    return lines


def _with_choices(taken: Taken) -> str:
    named = taken.label.startswith("{") or all(one in taken.help for one in taken.choices)
    if taken.values is not Values.CHOICE or named:
        return _sentence(taken.help)
    return _sentence(f"{taken.help} (one of {', '.join(taken.choices)})")


def _see_also(node: CommandNode, tree: CommandNode) -> list[CommandNode]:
    """Return the group that a command is of and its neighbors there."""
    if not node.path:
        return []
    above = node.path.rpartition(" ")[0]
    group = next(one for one in tree if one.path == above)
    return [group, *(one for one in group.commands if one.path != node.path)] if above else [tree]


def _sentence(text: str) -> str:
    text = f"{text[:1].upper()}{text[1:]}" if not text.startswith("jpmanage") else text
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += [*([".PP"] if lines else []), _text(" ".join(paragraph.split()))]
    return lines


def _text(text: str) -> str:
    """Return a line of text that no request of roff begins."""
    line = _roff(text)
    return f"\\&{line}" if line.startswith((".", "'")) else line


def _roff(text: str) -> str:
    """Return a text as roff has it, in ASCII: with hyphens that can be copied, and as itself in any locale."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    escaped = escaped.replace("^", "\\(ha").replace("~", "\\(ti").replace('"', "\\(dq")
    return "".join(one if one.isascii() else f"\\[u{ord(one):04X}]" for one in escaped)
