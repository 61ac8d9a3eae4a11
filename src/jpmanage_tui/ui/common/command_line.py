"""What a typed command line means: a command with what follows it, a row's number, or a sentence about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from jpmanage_tui.config.command_scopes import EVERYWHERE, SCOPES
from jpmanage_tui.ui.common.command_index import CommandEntry
from jpmanage_tui.ui.common.fuzzy import Kind, best_first, match
from jpmanage_tui.ui.common.keys import key_for

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        alias: name
        for name, aliases in {
            "quit": "q q! qa qa! qall wq wqa wq! x xa xit exit bd bdelete close",
            "help": "h ? man",
            "palette": "a alias aliases com commands",
            "refresh": "e e! ed edit reload r read",
            "repaint": "redraw redraw! redr redr! clear",
            "undo": "u un",
            "back": "noh nohl nohlsearch",
            "search": "s find f grep vimgrep",
            "next-filter": "n next bn bnext tabn tabnext gt",
            "previous-filter": "prev previous N Next bp bprevious tabp tabprevious gT",
            "first": "top",
            "last": "bottom",
            "copy": "y ya yank cp",
            "revoke": "d del delete rm kill",
            "mark-all": "ma all",
            "theme": "colo color colorscheme colors skin skins",
            "key": "ctx context contexts ns namespace namespaces keys",
            "profile": "profiles account accounts user users switch",
            "issue": "new create add buy issue-license",
            "licenses": "l lic lics license po pod pods ls files",
            "billing": "b bill pulse pulses usage cost costs",
            "payment-methods": "cards card payment payments pm",
            "invoices": "inv invoice",
            "prices": "price products product catalog",
            "company": "details company-details settings",
            "sites": "site svc hosts",
            "operations": "op ops log logs history jobs job events ev undol undolist changes jumps ju",
            "export": "sav saveas dump screendump sd",
            "site-list": "import lists",
            "notices": "mes mess messages notifications",
            "interrupt": "cq cq!",
        }.items()
        for alias in aliases.split()
    }
)
"""Names that users of k9s, vim and lazygit type, and the command each means here."""

SENTENCES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("w", "w!", "write", "wa", "wall", "update", "save", "wn"),
        "Nothing is left to save: a change is sent when you confirm it. {update-details} saves a form, {export} writes "
        "the list to a file.",
    )
    | dict.fromkeys(
        ("set", "se", "setlocal", "setl", "let", "config"),
        "Settings stand in config.toml: `jpmanage config path` says where, `jpmanage config init` writes one.",
    )
    | dict.fromkeys(
        ("map", "nmap", "imap", "vmap", "noremap", "nnoremap", "unmap", "hotkeys", "plugins"),
        "Keys are set under [keys] in config.toml; {help} shows the keys, README the names to use.",
    )
    | dict.fromkeys(("red", "redo"), "There is no redo. {undo} undoes what can be undone.")
    | dict.fromkeys(
        ("sp", "split", "vs", "vsp", "vsplit", "wincmd", "only", "on", "tabnew", "tabe", "tabedit", "vnew"),
        "There are no windows to split. {focus} goes to the sidebar, {next-filter} to the next tab.",
    )
    | dict.fromkeys(
        ("active", "assigned", "unassigned", "revoked", "elsewhere", "paid", "draft", "void", "tab", "tabs"),
        "The tabs of a list are gone through with {previous-filter} and {next-filter}.",
    )
    | dict.fromkeys(
        ("login", "logout", "signin", "signout"),
        "That is done in the shell: `jpmanage login`, `jpmanage logout`. {profile} switches between stored sign-ins.",
    )
    | dict.fromkeys(
        ("!", "sh", "shell", "term", "terminal", "exec", "attach", "r!"),
        "No shell is run from here: leave with {quit}. Most actions are commands of `jpmanage` too.",
    )
    | dict.fromkeys(
        (
            "%s",
            "g",
            "v",
            "norm",
            "normal",
            "sort!",
            "scale",
            "cordon",
            "drain",
            "port-forward",
            "pf",
            "xray",
            "popeye",
        ),
        "That has no meaning here. {palette} shows every command.",
    )
)
"""What is said to names that mean nothing here; `{name}` is the key of that command."""


MOST_DIGITS = 18
"""Digits of a row's number that are read: no list has more rows, and Python refuses to read thousands of them."""


class Resolved(NamedTuple):
    """A command to run, with what was typed after it."""

    entry: CommandEntry
    argument: str = ""


class RowNumber(int):
    """The number of a row, from 1, to which the cursor shall go."""


class Completion(NamedTuple):
    """What may be typed: a whole line, and the words about it."""

    line: str
    words: str
    key: str = ""
    reason: str | None = None


def _split(line: str) -> tuple[str, str]:
    name, _, rest = line.strip().lstrip(":").strip().partition(" ")
    return name, rest.strip()


def named_entries(entries: Iterable[CommandEntry]) -> dict[str, CommandEntry]:
    """Return the commands by every name that one may type, the first of a name; without the command line itself."""
    named: dict[str, CommandEntry] = {}
    for entry in entries:
        if entry.command.name != "command-line":
            for name in entry.names:
                named.setdefault(name, entry)
    return named


def completions(line: str, entries: Sequence[CommandEntry]) -> list[Completion]:
    """Return what the line may become, best first: commands by their names, or what may follow a command."""
    named = named_entries(entries)
    name, rest = _split(line)
    entry = named.get(ALIASES.get(name, name))
    if entry is not None and entry.values and (rest or line.endswith(" ")):
        return [
            Completion(f"{name} {value}", entry.label)
            for value in best_first(entry.values, rest, lambda one: [one])
        ]
    whole = f"{name} {rest}".strip()
    unique = list({id(one): one for one in named.values()}.values())
    if not whole:
        unique.sort(key=lambda one: one.place != SCOPES[EVERYWHERE].title)  # the sections, theme, quit …
    alias = ALIASES.get(whole, "")
    found = best_first(
        unique, whole, lambda one: (*one.names, one.label, *([whole] if alias in one.names else []))
    )
    return [Completion(one.names[0], _about(one), one.key, one.reason) for one in found]


def _about(entry: CommandEntry) -> str:
    return entry.label if entry.active is not None else f"{entry.place}: {entry.label}"


def resolve(line: str, entries: Sequence[CommandEntry]) -> Resolved | RowNumber | str:
    """Return what a line means; a sentence where it cannot be done, which names the nearest command."""
    name, rest = _split(line)
    if name.isdecimal():
        return RowNumber(name[:MOST_DIGITS])
    if name == "$":
        name = "last"
    if name.startswith("/") and len(name) > 1:
        name, rest = "search", f"{name[1:]} {rest}".strip()
    if name.startswith("!"):
        name = "!"
    if name.startswith(("%s", "s/")):
        name = "%s"
    named = named_entries(entries)
    entry = named.get(name) or named.get(ALIASES.get(name, name))
    if entry is None and name in SENTENCES:
        return _with_keys(SENTENCES[name])
    if entry is None:
        return _nearest(f"{name} {rest}".strip(), entries)
    if rest and entry.values is None:
        if _fits(match(entry.label, f"{name} {rest}")):
            return Resolved(entry)
        if entry.active is None:
            return f"“{name}” works in {entry.place}: open that first."
        return f"“{name}” takes nothing after it."
    return _with_value(entry, rest)


def _with_value(entry: CommandEntry, typed: str) -> Resolved | str:
    if not typed or not entry.values:
        return Resolved(entry, typed)
    found = best_first(entry.values, typed, lambda one: [one])
    if found and _fits(match(found[0], typed)):
        return Resolved(entry, found[0])
    near = f" Did you mean “{found[0]}”?" if found else ""
    return f"There is no “{typed}”: {', '.join(entry.values)}.{near}"


def _nearest(typed: str, entries: Sequence[CommandEntry]) -> Resolved | str:
    """Return the command that begins so; else a sentence that names the nearest one."""
    found = completions(typed, entries)
    if not found:
        return f"There is no command “{typed}”. tab shows them all."
    entry = named_entries(entries)[found[0].line]
    if not entry.command.changes and any(_fits(match(text, typed)) for text in (*entry.names, entry.label)):
        return Resolved(entry)
    return f"There is no command “{typed}”. Did you mean “{found[0].line}”? tab completes it."


def _fits(found: tuple[Kind, int] | None) -> bool:
    return found is not None and found[0] <= Kind.ABBREVIATION


def _with_keys(sentence: str) -> str:
    for part in sentence.split("{")[1:]:
        name = part.partition("}")[0]
        sentence = sentence.replace(f"{{{name}}}", key_for(name))
    return sentence
