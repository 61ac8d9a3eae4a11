"""The help of every command: examples that parse, its fields, 80 columns; and the README's table of commands."""

from __future__ import annotations

import re
import shlex

import pytest

from jpmanage_tui.cli import registry
from jpmanage_tui.cli.command_line import parse_arguments
from jpmanage_tui.cli.command_tree import CommandNode
from jpmanage_tui.cli.exit_codes import MEANINGS, ExitCode
from tests.cli.harness import Cli
from tests.cli.shells import ROOT, whole_tree

DESIGN = """
licenses list|show|issue|assign|unassign|move|revoke|leave-site|download
billing show|idle
payment-methods list|set-primary|delete
invoices list|show|download|pay
prices list
company show|update
sites list|connect
operations list|show|resume|retry|cancel|undo|recheck|resolve|discard|export
profiles list|use
config path|show|validate|schema|init
completion version help login logout whoami sandbox
"""
"""Every command there is to be."""
CALLED = re.compile(r"""(?<![/\w])jpmanage ((?:[^|)<>;&"'\n]|"[^"\n]*"|'[^'\n]*')*)""")
"""A call of jpmanage in a line of a shell."""


def designed() -> list[str]:
    paths = []
    for line in DESIGN.split("\n"):
        group, _, names = line.partition(" ")
        paths += (
            [f"{group} {name}" for name in names.split("|")]
            if "|" in names or group == "prices"
            else line.split()
        )
    return paths


def commands() -> list[CommandNode]:
    """Return the commands, without the groups of them."""
    return [node for node in whole_tree() if node.command is not None]


def test_every_command_of_the_design_is_there() -> None:
    there = {node.path for node in whole_tree() if node.command is not None}
    assert [path for path in designed() if path not in there] == []


def test_every_example_parses_and_is_of_its_command() -> None:
    for node in commands():
        assert node.command is not None
        assert len(node.command.examples) >= 2, node.path
        for example in node.command.examples:
            called = [parse_arguments(shlex.split(words)) for words in CALLED.findall(example.line)]
            own = [one for one in called if one.parser.prog == f"jpmanage {node.path}"]
            assert own or example.line.endswith(" jpmanage"), example.line  # the app

            assert example.does.endswith((".", ")")), example.does


def test_every_command_has_a_line_of_help_and_each_field_and_option_words() -> None:
    for node in commands():
        assert node.help, node.path
        assert not node.help.endswith("."), node.path
        for taken in (*node.options, *node.words):
            assert taken.help, (node.path, taken.names)
        for field in node.fields:
            assert field.help, (node.path, field.name)
        if node.fields and len(node.fields) > 1:
            assert any(field.listed for field in node.fields), node.path


def test_every_help_fits_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for node in commands():
        parser = registry.parser()
        for word in node.path.split():
            parser.load()
            parser = parser.commands[word]
        text = parser.format_help()
        examples = {f"  {one.line}" for one in node.command.examples} if node.command else set()
        assert [line for line in text.split("\n") if len(line) > 80 and line not in examples] == [], node.path
        assert text.startswith(f"usage: jpmanage {node.path} [OPTION]...")
        assert "examples:" in text


@pytest.mark.parametrize("words", [("help", "licenses", "list"), ("licenses", "list", "--help")])
def test_help_is_asked_for_in_two_ways(cli: Cli, words: tuple[str, ...]) -> None:
    ended = cli(*words)
    assert (ended.code, ended.err) == (0, "")
    for words_ in (
        "usage: jpmanage licenses list",
        "examples:",
        "fields:",
        "license_code",
        "options of every command",
    ):
        assert words_ in ended.out


def test_the_help_of_all_and_of_a_group_names_its_commands(cli: Cli) -> None:
    top, group = cli("help"), cli("help", "licenses")
    assert (top.code, group.code) == (0, 0)
    for name, words in registry.COMMANDS.items():
        assert name in top.out
        assert words.split(",")[0] in top.out
    assert cli("--help").out == top.out
    assert "usage: jpmanage licenses [OPTION]... COMMAND" in group.out
    assert "unassign" in group.out


README = (ROOT / "README.md").read_text()


def test_the_readme_has_every_command_with_its_screen() -> None:
    rows = re.findall(r"^\| `jpmanage ([a-z -]+)` \| ([^|]+) \|$", README, re.MULTILINE)
    assert sorted(path for path, _ in rows) == sorted(
        node.path for node in whole_tree() if node.command is not None
    )


def test_the_readme_has_every_exit_code() -> None:
    rows = dict(re.findall(r"^\| ([\d, ]+) \| (.+) \|$", README, re.MULTILINE))
    assert {code: rows[code].replace("`", "") for code in MEANINGS} == MEANINGS
    assert {str(int(code)) for code in ExitCode} <= {code for one in MEANINGS for code in one.split(", ")}


def test_the_command_lines_of_the_readme_parse() -> None:
    whole_tree()
    section = README.partition("## From the shell")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = [line.partition("#")[0] for block in blocks for line in block.split("\n")]
    called = [words for line in lines for words in CALLED.findall(line)]
    for words in called:
        parse_arguments(shlex.split(words))
    assert len(called) > 5
