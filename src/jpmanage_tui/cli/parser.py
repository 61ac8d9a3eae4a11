"""The parser of the command line: no abbreviations, the nearest name for a word it does not know, commands on demand."""

from __future__ import annotations

import argparse
import itertools
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from jpmanage_tui.cli import output
from jpmanage_tui.cli.exit_codes import ExitCode

_LONG = 60
"""Characters of choices that stand no longer beside the name of their option."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""What Python makes of bytes of the command line that are no UTF-8."""
_FILE_OPTIONS = frozenset({"--from", "--log", "--dir", "--demo-dir"})
_NO_CHOICE = re.compile(r"(?:argument (.*?): )?invalid choice: '(.*?)' \(choose from (.*)\)$")


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations and names what is nearest to a word that it does not know.

    `load` adds what it takes when that is first needed: a command loads nothing of the others.
    """

    def __init__(self, *, load: Callable[[Parser], None] | None = None, **about: Any) -> None:
        about.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **about)
        self.names = ["--help"]
        """The options and commands that it shows."""
        self.commands: dict[str, Parser] = {}
        """The parsers of its commands, by name."""
        self.elsewhere: Mapping[str, str] = {}
        """What is no command, though one would look for it here, and the sentence that says where it is done."""
        self.many: str | None = None
        """The name of what takes any number of words, wherever they stand between the options."""
        self._as_json = False
        self._load = load
        self._adding: argparse._SubParsersAction[Parser] | None = None

    def load(self) -> None:
        """Add what it takes, where that was not done yet."""
        load, self._load = self._load, None
        if load is not None:
            load(self)
        if self.usage is None:
            self.usage = self._short_usage().replace("%", "%%")

    def _short_usage(self) -> str:
        """Return how it is called; argparse would name every option, and say it otherwise in each Python."""
        words = [self.prog, "[OPTION]..."]
        for action in self._get_positional_actions():
            if isinstance(action, argparse._SubParsersAction):
                words.append("COMMAND" if " " in self.prog else "[COMMAND]")
                continue
            label = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
            words.append(f"[{label}]" if action.nargs in ("*", "?") else label)
            if action.nargs in ("*", "+"):
                words[-1] += "..."
        return " ".join(words)

    def load_all(self) -> None:
        """Add what it and all of its commands take."""
        self.load()
        for parser in self.commands.values():
            parser.load_all()

    def option(self, *names: str, to: argparse._ActionsContainer | None = None, **about: Any) -> None:
        """Take an option, shown in the help; `to` is a group of them."""
        choices = ", ".join(map(str, about.get("choices") or ()))
        if len(choices) > _LONG and "metavar" not in about:  # argparse breaks no line in front of the help
            about["metavar"] = names[-1].lstrip("-").replace("-", "_").upper()
            if not all(str(one) in about["help"] for one in about["choices"]):
                about["help"] = f"{about['help']}: {choices}"
        self.names += names
        (self if to is None else to).add_argument(*names, **about)

    def words(self, name: str, **about: Any) -> None:
        """Take any number of words, as a list under `name`."""
        self.many = name
        self.add_argument(name, **{"nargs": "*", **about})

    def command(self, name: str, help: str, load: Callable[[Parser], None] | None = None) -> Parser:
        """Take a command, whose parser is loaded when it is meant."""
        if self._adding is None:
            self._adding = self.add_subparsers(metavar="COMMAND", parser_class=Parser, title="commands")
        parser: Parser = self._adding.add_parser(name, help=help, load=load)
        self.commands[name] = parser
        self.names.append(name)
        return parser

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse what it takes, and return the words that it does not, too."""
        self.load()
        args = sys.argv[1:] if args is None else args
        self._refuse_undecodable(args)
        # known before anything is refused
        if self.commands:
            # where it stands before every word it is misplaced itself
            self._as_json = _asks_for_json(itertools.dropwhile(lambda word: word.startswith("-"), args))
            self._refuse_before_command(args)
        elif "--json" in self.names:
            self._as_json = _asks_for_json(args)
        found, rest = super().parse_known_args(args, namespace)
        if not hasattr(found, "parser"):  # the innermost comes first
            found.parser = self
        if self.many is not None and found.parser is self:
            # argparse takes the words of one place only
            dashes = rest.index("--") if "--" in rest else len(rest)
            words = [word for word in rest[:dashes] if not word.startswith("-") or word == "-"]
            words += rest[dashes + 1 :]
            getattr(found, self.many).extend(words)
            rest = [word for word in rest[:dashes] if word.startswith("-") and word != "-"]
        return found, rest

    def _refuse_undecodable(self, words: Sequence[str]) -> None:
        """Refuse words that are no UTF-8: neither the API nor the journal takes them. Names of files are left alone."""
        for before, word in itertools.pairwise(("", *words)):
            name, given, _ = word.partition("=")
            if (
                _SURROGATE.search(word)
                and before not in _FILE_OPTIONS
                and not (given and name in _FILE_OPTIONS)
            ):
                self.error(f"{os.fsencode(word).decode(errors='replace')} is not valid UTF-8.")

    def _refuse_before_command(self, words: Sequence[str]) -> None:
        """Refuse an option that it does not take and that stands before a command.

        argparse would take the value behind it, which may be a secret, for the command, and repeat it.
        """
        left = iter(words)
        for word in left:
            if word == "--" or not word.startswith("-"):
                return
            name, given, _ = word.partition("=")
            action = self._option_string_actions.get(name)
            if action is None:
                self.refuse([word], self.prog.partition(" ")[2])
            if action.nargs != 0 and not given:
                next(left, None)

    def format_help(self) -> str:
        """Return the help."""
        self.load()
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """End with 2 and a sentence, as a line of JSON where the words ask a command for that.

        Raises SystemExit, always.
        """
        unknown = _NO_CHOICE.search(message)
        if unknown is not None and unknown[2] in self.elsewhere:
            message = self.elsewhere[unknown[2]]
        elif unknown is not None and (unknown[1] is None or unknown[1] == "COMMAND"):
            message = f"there is no command {unknown[2]!r}{nearest(unknown[2], self.commands)}"
        elif unknown is not None:
            choices = re.findall(r"'?([^', ]+)'?", unknown[3])
            message = f"{unknown[1]} cannot be {unknown[2]!r}{nearest(unknown[2], choices)}"
        if self._as_json:
            output.write_json_error("usage", f"{self.prog}: {message}", ExitCode.USAGE)
        else:
            output.write_error(f"{self.format_usage()}{self.prog}: error: {message}")
        raise SystemExit(ExitCode.USAGE)

    def print_help(self, file: Any = None) -> None:
        """Write the help to standard output."""
        del file
        output.write(self.format_help())

    def refuse(self, words: Sequence[str], command: str) -> NoReturn:
        """End with 2 for words that nobody took; `command` is what they followed, '' where there is none."""
        dashes = words.index("--") if "--" in words else len(words)
        unknown = next((word for word in words[:dashes] if word.startswith("-") and word != "-"), None)
        of = f" of {command}" if command else ""
        if unknown is None:
            words = [*words[:dashes], *words[dashes + 1 :]]
            near = nearest(words[0], self.names)
            self.error(f"too many words: {' '.join(words)}{near if 'did you mean' in near else ''}")
        name = unknown.partition("=")[0]
        if self.commands and command:
            self.error(f"there is no option {name}{of}; options go after the command")
        if self.commands and name in (
            "--json",
            "--jsonl",
            "--csv",
            "--excel",
            "--fields",
            "--limit",
            "--yes",
        ):
            self.error(f"there is no option {name}; options of a command go after it")
        options = [one for one in self.names if one[0] == "-"]
        self.error(f"there is no option {name}{of}{nearest(name, options)}")


def _asks_for_json(words: Iterable[str]) -> bool:
    return not {"--json", "--jsonl"}.isdisjoint(words)


def near_match(word: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest name is meant, "" where none is near."""
    from difflib import get_close_matches

    names = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), names, n=1, cutoff=0.5)
    return f" Did you mean {names[near[0]]}?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return what to write behind a word that is not known: the nearest that is, else all of them."""
    from difflib import get_close_matches

    # dashes are no likeness: --tken would be near --help
    names = {name.lstrip("-").casefold(): name for name in known}
    near = get_close_matches(word.lstrip("-").casefold(), names, n=1, cutoff=0.5)
    return f"; did you mean {names[near[0]]}?" if near else f"; there are {', '.join(names.values())}"
