"""Completion in real shells, with the scripts that are made from the parser."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from jpmanage_tui.cli.shell_completion import completion
from tests.cli.harness import Cli
from tests.cli.shells import ROOT, run_shell, whole_tree

ASKED: dict[str, tuple[list[str], list[str]]] = {
    "a command": (["jpmanage", "lice"], ["licenses"]),
    "a command of a group": (["jpmanage", "licenses", "una"], ["unassign"]),
    "behind an option without a value": (["jpmanage", "--demo", "licenses", "una"], ["unassign"]),
    "behind an option with a value": (["jpmanage", "--log", "licenses", "licenses", "una"], ["unassign"]),
    "behind an option with its value": (["jpmanage", "--log=x", "licenses", "una"], ["unassign"]),
    "options": (["jpmanage", "licenses", "list", "--json"], ["--json", "--jsonl"]),
    "options between words": (
        ["jpmanage", "licenses", "unassign", "A", "--yes", "B", "--dry"],
        ["--dry-run"],
    ),
    "no option behind --": (["jpmanage", "licenses", "unassign", "--", "--dry"], []),
    "choices": (["jpmanage", "completion", "f"], ["fish"]),
    "choices of an option": (["jpmanage", "licenses", "list", "--state", "una"], ["unassigned"]),
    "a field": (["jpmanage", "licenses", "list", "--fields", "license_c"], ["license_code"]),
    "a field behind a comma": (
        ["jpmanage", "licenses", "list", "--fields", "license_code,licen"],
        ["license_code,license_id"],
    ),
    "a field behind an equals sign": (
        ["jpmanage", "licenses", "list", "--fields=license_id,licen"],
        ["license_id,license_code"],
    ),
    "a field to sort by": (["jpmanage", "licenses", "list", "--sort", "issued"], ["issued_at"]),
    "what help is asked for": (["jpmanage", "help", "licenses", "una"], ["unassign"]),
    "an unknown command": (["jpmanage", "fly", "una"], []),
    "a profile": (["jpmanage", "licenses", "list", "--profile", "ac"], ["acme"]),
    "a file": (["jpmanage", "licenses", "unassign", "--from", "{}/li"], ["{}/list one.txt"]),
    "a folder": (["jpmanage", "operations", "export", "--dir", "{}/"], ["{}/bin"]),
}
PROFILES = "#!/bin/sh\n[ \"$*\" = 'profiles list --fields name' ] && printf 'acme\\nother\\n'\n"

BASH = """
source {script}
ask() {{
    COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 ))
    _jpmanage "$1"
    echo "> $(printf '%s|' "${{COMPREPLY[@]}}")"
}}
{asked}
"""
# what zsh's own functions do with what they are given is zsh's: here they say what that is
ZSH = """
cut=
compdef() {{ }}
compset() {{ cut=1 }}
named() {{ local one; for one in $argv; do one=${{one%%:*}}; [[ $one == $~typed* ]] && found+=($one); done; true }}
_describe() {{ named ${{(P)argv[-1]}} }}
_values() {{
    local prefix= one
    [[ $typed == *,* ]] && prefix=${{typed%,*}},
    for one in $argv[4,-1]; do
        [[ ,$prefix == *,$one,* || $prefix$one != $typed* ]] || found+=($prefix$one)
    done
}}
_call_program() {{ shift; eval $* }}
_files() {{
    local one
    for one in $typed*(N); do [[ -z $1 || -d $one ]] && found+=($one); done
}}
source {script}
ask() {{
    local -a words=("$@") found=()
    local -i CURRENT=$#
    local typed=${{words[-1]}}
    [[ $typed == --*=* ]] && typed=${{typed#*=}}
    _jpmanage
    print -r -- "> ${{(j:|:)found}}|"
}}
{asked}
"""
FISH = """
source {script}
function ask
    set --local found
    for line in (complete --do-complete "$argv[1]")
        set --append found (string replace --regex '\\t.*' '' -- $line)
    end
    set --local joined (string join '|' -- $found)
    echo "> $joined|"
end
{asked}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file whose name has a blank, a folder, and a jpmanage that knows two profiles."""
    folder = tmp_path_factory.mktemp("completed")
    (folder / "bin").mkdir()
    (folder / "list one.txt").touch()
    (folder / "bin" / "jpmanage").write_text(PROFILES)
    (folder / "bin" / "jpmanage").chmod(0o755)
    return folder


def lines_of(shell: str, folder: Path) -> list[str]:
    """Return what is typed, a question a line, as a shell's harness takes it."""
    lines = []
    for typed, _ in ASKED.values():
        words = [word.format(folder) for word in typed]
        if shell == "bash":
            words = [part for word in words for part in bash_words(word)]
        if shell == "fish":
            words = [" ".join(words)]
        lines.append(f"ask {' '.join(shlex.quote(word) for word in words)}")
    return lines


def bash_words(word: str) -> list[str]:
    name, equals, value = word.partition("=")
    return [name, equals, value] if equals else [word]


@pytest.mark.parametrize(
    ("shell", "harness"), [("bash", BASH), ("zsh", ZSH), ("fish", FISH)], ids=["bash", "zsh", "fish"]
)
def test_what_is_typed_is_completed(shell: str, harness: str, folder: Path) -> None:
    script = folder / f"script.{shell}"
    script.write_text(completion(shell, whole_tree()))
    program = harness.format(script=script, asked="\n".join(lines_of(shell, folder)))
    env = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)}
    lines = run_shell(shell, program, env=env)
    answers = [line.removeprefix("> ").strip("|") for line in lines if line.startswith("> ")]
    found = {
        question: sorted(one for one in answer.split("|") if one)
        for question, answer in zip(ASKED, answers, strict=True)
    }
    wanted = {question: [one.format(folder) for one in names] for question, (_, names) in ASKED.items()}
    if (
        shell == "fish"
    ):  # a folder ends with a slash there, and what is behind an equals sign comes with the option
        wanted["a folder"] = [f"{folder}/bin/"]
        wanted["a field behind an equals sign"] = ["--fields=license_id,license_code"]
    assert found == wanted


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_command_prints_the_script(cli: Cli, shell: str) -> None:
    ended = cli("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == completion(shell, whole_tree())


def test_a_shell_that_is_none_is_refused_with_the_nearest(cli: Cli) -> None:
    ended = cli("completion", "bsh")
    assert (ended.code, ended.out) == (2, "")
    assert "SHELL cannot be 'bsh'; did you mean bash?" in ended.err
    assert cli("completion").code == 2


def test_all_options_and_commands_are_in_every_script() -> None:
    tree = whole_tree()
    for shell in ("bash", "zsh", "fish"):
        script = completion(shell, tree)
        for node in tree:
            assert node.name in script
            for option in node.options:
                assert all(name in script for name in option.names if name.startswith("--"))


def test_the_scripts_are_those_of_the_package() -> None:
    from jpmanage_tui.cli.generated_files import COMPLETIONS

    tree = whole_tree()
    for shell, path in COMPLETIONS.items():
        assert (ROOT / path).read_text() == completion(shell, tree), "`make completions` writes them anew"
