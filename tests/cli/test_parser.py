"""The parser: words between options, near misses, and nothing that might be a secret is repeated."""

from __future__ import annotations

import json
from argparse import Namespace

import pytest

from jpmanage_tui.cli.command_line import parse_arguments
from jpmanage_tui.cli.parser import Parser, nearest
from tests.cli.harness import KEY, Cli

UNASSIGN = ("licenses", "unassign")


def parsed(*words: str) -> Namespace:
    return parse_arguments(words)


@pytest.mark.parametrize(
    ("words", "licenses", "yes"),
    [
        (("A", "B"), ["A", "B"], False),
        (("A", "--yes", "B"), ["A", "B"], True),
        (("--yes", "A", "B"), ["A", "B"], True),
        (("A", "--yes", "--no-email", "B", "--json", "C"), ["A", "B", "C"], True),
        (("--run-name", "n", "A", "--key=3", "B"), ["A", "B"], False),
        (("-",), ["-"], False),
        (("--yes", "-"), ["-"], True),
        (("A", "--yes", "-"), ["A", "-"], True),
        (("--", "--yes"), ["--yes"], False),
        (("A", "--yes", "--", "-B", "--no-email"), ["A", "-B", "--no-email"], True),
        (("--yes", "--", "-"), ["-"], True),
        ((), [], False),
    ],
)
def test_words_stand_between_options(words: tuple[str, ...], licenses: list[str], yes: bool) -> None:
    found = parsed(*UNASSIGN, *words)
    assert (found.licenses, found.yes) == (licenses, yes)


@pytest.mark.parametrize("before", [True, False])
def test_options_of_the_app_serve_before_a_command_and_after_it(before: bool) -> None:
    options, command = ("--demo", "--key", "7"), ("licenses", "list")
    found = parsed(*options, *command) if before else parsed(*command, *options)
    assert (found.demo, found.key) == (True, 7)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("licneses",), "there is no command 'licneses'; did you mean licenses?"),
        (("LICENSES",), "did you mean licenses?"),
        (("licenses", "lst"), "there is no command 'lst'; did you mean list?"),
        (("licenses", "list", "--jsonn"), "no option --jsonn of licenses list; did you mean --json?"),
        (("licenses", "list", "--js"), "no option --js of licenses list; did you mean --json?"),
        (
            ("licenses", "list", "--state", "unasigned"),
            "--state cannot be 'unasigned'; did you mean unassigned?",
        ),
        (("licenses", "list", "--limit", "many"), "argument --limit: 'many' is not a number"),
        (("licenses", "list", "--limit"), "argument --limit: expected one argument"),
        (("--json", "licenses", "list"), "no option --json; options of a command go after it"),
        (("licenses", "list", "extra"), "too many words: extra"),
        (("licenses", "list", "--", "extra"), "too many words: extra"),
        (("licenses", "list", "--fields", ","), "it names no field"),
        (("licenses",), "a command is missing; there are list, show,"),
        (("licenses", "--json", "list"), "no option --json of licenses; options go after the command"),
        (("help", "licenses", "lst"), "there is no command 'licenses lst'; did you mean list?"),
        (("help", "licneses"), "there is no command 'licneses'; did you mean licenses?"),
        (("help", "version", "x"), "version has no commands of its own"),
        (("version", "--nonsens"), "no option --nonsens of version"),
    ],
)
def test_a_near_miss_is_a_sentence_and_a_short_usage(cli: Cli, words: tuple[str, ...], sentence: str) -> None:
    ended = cli(*words)
    assert (ended.code, ended.out) == (2, "")
    usage, error = ended.err.splitlines()
    assert usage.startswith("usage: jpmanage")
    assert len(usage) < 80
    assert sentence in error


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--state", "unasigned", "--json"), "--state cannot be 'unasigned'; did you mean unassigned?"),
        (("--jsonl", "--nonsens"), "there is no option --nonsens of licenses list"),
        (("--json", "--csv"), "argument --csv: not allowed with argument --json"),
        (("--json", "extra"), "too many words: extra"),
    ],
)
def test_a_mistake_is_a_line_of_json_where_json_is_asked_for(
    cli: Cli, words: tuple[str, ...], sentence: str
) -> None:
    ended = cli("licenses", "list", *words)
    assert (ended.code, ended.out) == (2, "")
    error = json.loads(ended.err)
    assert (error["code"], error["exit"], error["status"], error["request_id"]) == ("usage", 2, None, None)
    assert error["message"].startswith(f"jpmanage licenses list: {sentence}")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("licnses", "list", "--json"), "jpmanage: there is no command 'licnses'; did you mean licenses?"),
        (("licenses", "lst", "--jsonl"), "jpmanage licenses: there is no command 'lst'; did you mean list?"),
        (("--nonsens", "licenses", "list", "--json"), "jpmanage: there is no option --nonsens"),
        (("--demo-licenses", "x", "licenses", "list", "--json"), "jpmanage: argument --demo-licenses: 'x'"),
    ],
)
def test_a_mistake_before_the_command_is_known_is_a_line_of_json_too(
    cli: Cli, words: tuple[str, ...], sentence: str
) -> None:
    ended = cli(*words)
    assert (ended.code, ended.out) == (2, "")
    error = json.loads(ended.err)
    assert (error["code"], error["exit"]) == ("usage", 2)
    assert error["message"].startswith(sentence)


@pytest.mark.parametrize(
    "words",
    [
        ("--token", "hush"),
        ("--token", "hush", "licenses", "list"),
        ("--token=hush", "licenses", "list"),
        ("licenses", "--token", "hush", "list"),
        ("licenses", "list", "--token", "hush"),
        ("licenses", "list", "--token=hush"),
        ("licenses", "unassign", "A", "--token", "hush"),
        ("licenses", "unassign", "--token=hush", "A"),
        ("--demo", "--user-token", "hush", "whoami"),
        ("--demo", "--log", "x", "--user-token", "hush", "whoami"),
        ("help", "--token", "hush"),
        ("version", "-t", "hush"),
    ],
)
def test_what_stands_behind_an_unknown_option_is_not_repeated(cli: Cli, words: tuple[str, ...]) -> None:
    ended = cli(*words)
    assert (ended.code, ended.out) == (2, "")
    assert "there is no option -" in ended.err
    assert "hush" not in ended.err


def test_the_value_of_an_option_may_look_like_a_command(cli: Cli) -> None:
    found = parsed("--profile", "licenses", "licenses", "list", "--search", "list")
    assert (found.profile, found.search) == ("licenses", "list")


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("--tken", ["--help", "--log"], "; there are --help, --log"),
        ("--Profile", ["--help", "--profile"], "; did you mean --profile?"),
        ("statee", ["state", "site"], "; did you mean state?"),
        ("", ["state"], "; there are state"),
    ],
)
def test_the_nearest_is_named_else_all(word: str, known: list[str], said: str) -> None:
    assert nearest(word, known) == said


def test_a_parser_is_loaded_when_it_is_meant() -> None:
    loaded: list[str] = []

    def load(parser: Parser) -> None:
        loaded.append(parser.prog)
        parser.words("words")

    top = Parser(prog="x")
    top.command("one", "the first", load)
    top.command("two", "the second", load)
    assert "the first" in top.format_help()
    assert loaded == []
    assert top.parse_known_args(["two", "a", "b"])[0].words == ["a", "b"]
    assert loaded == ["x two"]
    top.load_all()
    assert loaded == ["x two", "x one"]


@pytest.mark.parametrize("command", [("version",), ("--version",)])
def test_the_version(cli: Cli, command: tuple[str, ...]) -> None:
    cli.env(TOKEN=KEY)
    ended = cli(*command)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("jpmanage ")
