"""What is typed behind `:` means: commands by name, what follows them, rows, habits of other programs, near misses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jpmanage_tui.config.command_keys import DEFAULT_KEYS
from jpmanage_tui.config.keymap import Keymap
from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.common.command_index import CommandEntry, entries_here, entries_of_section
from jpmanage_tui.ui.common.command_line import (
    ALIASES,
    SENTENCES,
    Resolved,
    RowNumber,
    completions,
    resolve,
)
from jpmanage_tui.ui.common.commands import ActiveCommands, Command, CommandSet
from jpmanage_tui.ui.common.history import History

HERE = CommandSet(
    "Licenses",
    (
        Command("search", "Search", "Search."),
        Command("sort", "Sort", "Sort."),
        Command("undo", "Undo", "Undo."),
        Command("export", "Export", "Export."),
        Command("mark-all", "Mark all", "Mark.", changes=True),
    ),
)
ELSEWHERE = CommandSet("Invoices", (Command("pay", "Pay", "Pay."), Command("export", "Export", "Export.")))


class Target:
    """A section with two orders, and an app with three themes."""

    def __getattr__(self, name: str) -> object:
        raise AttributeError(name)

    def sort_values(self) -> Sequence[str]:
        return ["Issued, newest first", "Issued, oldest first", "Assigned, newest first"]

    def choose_theme_values(self) -> Sequence[str]:
        return ["terminal", "dark", "light"]

    def help_values(self) -> Sequence[str]:
        return ()

    def search_values(self) -> Sequence[str]:
        return ()


def entries() -> list[CommandEntry]:
    keymap, target = Keymap(), Target()
    here = entries_here([ActiveCommands(HERE, target), ActiveCommands(EVERYWHERE, target)], keymap)
    return [*here, *entries_of_section("invoices", ELSEWHERE, keymap, None)]


def run(line: str) -> tuple[str, str] | int | str:
    """The command of a line and what follows it, the row, or the sentence."""
    meant = resolve(line, entries())
    return (meant.entry.command.name, meant.argument) if isinstance(meant, Resolved) else meant


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("q", "quit"), (":q!", "quit"), ("wq", "quit"), ("x", "quit"), ("ZZ", None), ("invoices", "open-invoices"),
        ("open-invoices", "open-invoices"), ("inv", "open-invoices"), ("cards", "open-payment-methods"),
        ("pay", "pay"), ("license", "open-licenses"),
        ("pod", "open-licenses"), ("e", "refresh"), ("u", "undo"), ("noh", "back"), ("ctx", "key"), ("colo", "theme"),
        ("exp", "export"), ("issue new license", "issue"), ("inl", "issue"), ("bn", None),
        ("undolist", "open-operations"), ("$", None), ("mark", None),
    ],
)  # fmt: skip
def test_a_name_an_alias_or_its_beginning_is_the_command(line: str, command: str | None) -> None:
    found = run(line)
    if command is None:
        assert isinstance(found, str), "it is not here, or changes something and is not typed whole"
    else:
        assert found == (command, "")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("theme dark", ("theme", "dark")),
        ("colorscheme da", ("theme", "dark")),
        ("sort issued oldest", ("sort", "Issued, oldest first")),
        ("search győr bistro", ("search", "győr bistro")),
        ("/győr", ("search", "győr")),
        ("help assign", ("help", "assign")),
        ("theme", ("theme", "")),
        ("mark-all", ("mark-all", "")),
    ],
)
def test_what_follows_a_command_is_given_to_it(line: str, found: tuple[str, str]) -> None:
    assert run(line) == found


def test_a_number_is_a_row() -> None:
    assert (run("12"), type(resolve(":12", entries()))) == (12, RowNumber)
    assert type(resolve("1" * 5000, entries())) is RowNumber, "Python reads no number of so many digits"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("invocies", "There is no command “invocies”. Did you mean “invoices”? tab completes it."),
        ("mark", "There is no command “mark”. Did you mean “mark-all”? tab completes it."),
        ("qqzz", "There is no command “qqzz”. tab shows them all."),
        ("theme drak", "There is no “drak”: terminal, dark, light. Did you mean “dark”?"),
        ("theme blue", "There is no “blue”: terminal, dark, light."),
        ("quit now", "“quit” takes nothing after it."),
        ("w", "Nothing is left to save: a change is sent when you confirm it. F2 saves a form, e writes the list to a "
         "file."),
        ("!ls", "No shell is run from here: leave with q. Most actions are commands of `jpmanage` too."),
        ("%s/a/b/", "That has no meaning here. ctrl+p shows every command."),
        ("set number", "Settings stand in config.toml: `jpmanage config path` says where, `jpmanage config init` writes "
         "one."),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(line: str, sentence: str) -> None:
    assert run(line) == sentence


def test_a_line_is_completed_by_names_then_by_what_may_follow() -> None:
    assert completions("inv", entries())[0].line == "invoices"
    assert completions("ctx", entries())[0].line == "key"
    assert [one.line for one in completions("theme ", entries())] == [
        "theme terminal", "theme dark", "theme light"
    ]  # fmt: skip
    assert [one.line for one in completions("sort assi", entries())] == ["sort Assigned, newest first"]
    assert completions("pay", entries())[0].words == "Invoices: Pay"
    lines = [one.line for one in completions("", entries())]
    assert len(lines) == len(set(lines))
    assert lines[:2] == ["palette", "licenses"]


def test_every_alias_means_a_command_that_there_is_and_no_sentence_hides_one() -> None:
    sections = {name.removeprefix("open-") for name in DEFAULT_KEYS}
    assert set(ALIASES.values()) <= DEFAULT_KEYS.keys() | sections
    assert not SENTENCES.keys() & {*ALIASES, *DEFAULT_KEYS}
    for line in SENTENCES:
        assert "{" not in str(run(line)), line


def test_what_was_typed_is_brought_back_and_what_stood_in_the_field_last() -> None:
    history = History()
    assert (history.older("x"), history.newer()) == (None, None)
    for line in ("q", "invoices", "q", ""):
        history.add(line)
    assert history.texts == ["invoices", "q"]
    assert (history.older("dra"), history.older("q"), history.older("invoices")) == ("q", "invoices", None)
    assert (history.newer(), history.newer(), history.newer()) == ("q", "dra", None)
    assert history.older("q") == "invoices", "what stands in the field already is not brought back"
