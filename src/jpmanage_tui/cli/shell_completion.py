"""Completion for bash, zsh and fish, written from the tree of commands.

The scripts know what the parser knows: words stand between options, options before a command, `--option=value`, a list of
fields goes on behind its comma. What cannot be known beforehand, the names of profiles, is asked when it is completed.
It is a generator of its own, not a library's, for the fields behind a comma and the names of profiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from jpmanage_tui.cli.command_tree import CommandNode, Taken, Values

MADE = "Made from the parser of the command line by `make completions`: do not edit."
_PROFILES = "profiles list --fields name"

_BASH_ENGINE = r"""
_jpmanage_offer() {  # the names that go on with what is typed
    local name
    for name in $names; do
        [[ $name == "$cur"* ]] && COMPREPLY+=("$name")
    done
}

_jpmanage() {
    local IFS=$' \t\n' cur=${COMP_WORDS[COMP_CWORD]} at= option= count=0 dashes= helping= kind= names= word prefix i
    COMPREPLY=()
    for (( i = 1; i < COMP_CWORD; i++ )); do
        word=${COMP_WORDS[i]}
        if [[ -n $option ]]; then  # its value; bash makes three words of --option=value
            [[ $word == '=' ]] || option=
            continue
        fi
        if [[ -z $dashes && $word == -?* ]]; then
            if [[ $word == -- ]]; then
                dashes=1
            else
                _jpmanage_value "$at $word"
                [[ -n $kind ]] && option=$word
            fi
            continue
        fi
        _jpmanage_commands "$at"
        if [[ -z $names ]]; then
            count=$(( count + 1 ))
        elif [[ " $names " != *" $word "* ]]; then
            return
        elif [[ -z $at && -z $helping && $word == help ]]; then
            helping=1
        else
            at=${at:+$at }$word
        fi
    done
    kind= names=
    if [[ -n $option ]]; then
        [[ $cur == '=' ]] && cur=
        _jpmanage_value "$at $option"
    elif [[ -z $dashes && $cur == -* ]]; then
        [[ -n $helping ]] && at=help
        _jpmanage_options "$at"
        kind=choice
    else
        _jpmanage_commands "$at"
        if [[ -n $names ]]; then
            kind=choice
        elif [[ -z $helping ]]; then
            _jpmanage_word "$at $count"
            if [[ -z $kind && -z $cur && -z $dashes ]]; then
                _jpmanage_options "$at"
                kind=choice
            fi
        fi
    fi
    case $kind in
        choice)
            _jpmanage_offer
            ;;
        list)
            prefix=
            [[ $cur == *,* ]] && prefix=${cur%,*},
            for word in $names; do
                [[ ,$prefix == *",$word,"* || $prefix$word != "$cur"* ]] || COMPREPLY+=("$prefix$word")
            done
            compopt -o nospace 2>/dev/null
            ;;
        profile)
            names=$("$1" @PROFILES@ 2>/dev/null </dev/null)
            _jpmanage_offer
            ;;
        file | directory)
            compopt -o filenames 2>/dev/null
            [[ $kind == file ]] && option=-f || option=-d
            while IFS= read -r word; do
                COMPREPLY+=("$word")
            done < <(compgen "$option" -- "$cur")
            ;;
    esac
}

complete -F _jpmanage jpmanage
"""

_ZSH_ENGINE = r"""
_jpmanage() {
    local at= option= dashes= helping= kind= word cur=${words[CURRENT]}
    local -i count=0 i
    local -a lines
    for (( i = 2; i < CURRENT; i++ )); do
        word=${words[i]}
        if [[ -n $option ]]; then
            option=
            continue
        fi
        if [[ -z $dashes && $word == -?* ]]; then
            if [[ $word == -- ]]; then
                dashes=1
            elif [[ $word != *=* ]]; then
                _jpmanage_value "$at $word"
                [[ -n $kind ]] && option=$word
            fi
            continue
        fi
        _jpmanage_commands "$at"
        if (( ! $#lines )); then
            count+=1
        elif [[ -z ${(M)lines:#$word:*} ]]; then
            return 1
        elif [[ -z $at && -z $helping && $word == help ]]; then
            helping=1
        else
            at=${at:+$at }$word
        fi
    done
    kind= lines=()
    if [[ -z $dashes && -z $option && $cur == --*=* ]]; then
        option=${cur%%=*}
        compset -P '*='
    fi
    if [[ -n $option ]]; then
        _jpmanage_value "$at $option"
    elif [[ -z $dashes && $cur == -* ]]; then
        [[ -n $helping ]] && at=help
        _jpmanage_options "$at"
        _describe -o option lines
        return
    else
        _jpmanage_commands "$at"
        if (( $#lines )); then
            _describe command lines
            return
        fi
        [[ -n $helping ]] && return 1
        _jpmanage_word "$at $count"
        if [[ -z $kind && -z $cur && -z $dashes ]]; then
            _jpmanage_options "$at"
            _describe -o option lines
            return
        fi
    fi
    case $kind in
        (choice) _describe value lines ;;
        (list) _values -s , field $lines ;;
        (profile)
            lines=(${(f)"$(_call_program profiles ${(q)words[1]} @PROFILES@ 2>/dev/null </dev/null)"})
            _describe profile lines
            ;;
        (file) _files ;;
        (directory) _files -/ ;;
        (*) return 1 ;;
    esac
}

if [[ $funcstack[1] == _jpmanage ]]; then  # loaded from a folder of $fpath
    _jpmanage "$@"
else
    compdef _jpmanage jpmanage
fi
"""

_FISH_ENGINE = r"""
function __jpmanage_names --description 'The names of lines'
    string replace --regex '\t.*' '' -- $argv
end

function __jpmanage_complete
    set -l at ''
    set -l option ''
    set -l dashes ''
    set -l helping ''
    set -l count 0
    set -l start ''
    set -l cur (commandline -ct)
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    for word in $words
        if test -n "$option"
            set option ''
            continue
        end
        if test -z "$dashes"; and string match --quiet -- '-?*' "$word"
            if test "$word" = --
                set dashes 1
            else if not string match --quiet -- '*=*' "$word"
                set -l value (__jpmanage_value "$at $word")
                test -n "$value[1]"; and set option $word
            end
            continue
        end
        set -l lines (__jpmanage_commands "$at")
        if test (count $lines) -eq 0
            set count (math $count + 1)
        else if not contains -- "$word" (__jpmanage_names $lines)
            return
        else if test -z "$at" -a -z "$helping" -a "$word" = help
            set helping 1
        else
            set at (string trim -- "$at $word")
        end
    end
    if test -z "$dashes" -a -z "$option"; and string match --quiet -- '--*=*' "$cur"
        set option (string replace --regex '=.*' '' -- $cur)
        set start "$option="
        set cur (string replace --regex '^[^=]*=' '' -- $cur)
    end
    set -l value
    if test -n "$option"
        set value (__jpmanage_value "$at $option")
    else if test -z "$dashes"; and string match --quiet -- '-*' "$cur"
        test -n "$helping"; and set at help
        __jpmanage_options "$at"
        return
    else
        set -l lines (__jpmanage_commands "$at")
        if test (count $lines) -gt 0
            string join \n -- $lines
            return
        end
        test -n "$helping"; and return
        set value (__jpmanage_word "$at $count")
        if test -z "$value[1]" -a -z "$cur" -a -z "$dashes"
            __jpmanage_options "$at"
            return
        end
    end
    switch "$value[1]"
        case choice
            printf '%s\n' $start$value[2..-1]
        case list
            set -l prefix ''
            set -l chosen
            if string match --quiet -- '*,*' "$cur"
                set prefix (string replace --regex '[^,]*$' '' -- $cur)
                set chosen (string split , -- $prefix)
            end
            for line in $value[2..-1]
                contains -- (__jpmanage_names $line) $chosen; or printf '%s\n' "$start$prefix$line"
            end
        case profile
            printf "$start%s\n" ($program @PROFILES@ 2>/dev/null </dev/null)
        case file
            for line in (__fish_complete_path $cur)
                printf '%s\n' "$start$line"
            end
        case directory
            for line in (__fish_complete_directories $cur '')
                printf '%s\n' "$start$line"
            end
    end
end

complete --command jpmanage --no-files --arguments '(__jpmanage_complete)'
"""


def completion(shell: str, tree: CommandNode) -> str:
    """Return the script for `shell`, one of `SHELLS`, that completes what a tree of commands takes."""
    return SHELLS[shell](tree)


Case = tuple[str, str]
"""The path of a command, with an option or a place behind it, and what is done there; * stands for anything."""


def _bash(tree: CommandNode) -> str:
    def function(name: str, cases: Iterable[Case]) -> str:
        lines = [f"        {_pattern(path)}) {body} ;;" for path, body in cases]
        return "\n".join(
            (f"_jpmanage_{name}() {{", "    kind= names=", "    case $1 in", *lines, "    esac", "}")
        )

    def value(taken: Taken) -> str:
        names = f" names={_quoted(' '.join(taken.choices))}" if taken.choices else ""
        return f"kind={taken.values}{names}"

    functions = (
        function("commands", _commands(tree, lambda node: f"names={_quoted(' '.join(_names(node)))}")),
        function("options", _options(tree, lambda node: f"names={_quoted(' '.join(_option_names(node)))}")),
        function("value", _option_values(tree, value)),
        function("word", _word_values(tree, value)),
    )
    engine = _BASH_ENGINE.replace("@PROFILES@", _PROFILES)
    return f"# bash completion for jpmanage\n# {MADE}\n\n" + "\n\n".join(functions) + "\n" + engine


def _zsh(tree: CommandNode) -> str:
    def function(name: str, cases: Iterable[Case]) -> str:
        lines = [f"        ({_pattern(path)}) {body} ;;" for path, body in cases]
        return "\n".join(
            (f"_jpmanage_{name}() {{", "    kind= lines=()", "    case $1 in", *lines, "    esac", "}")
        )

    def described(names: Iterable[tuple[str, str]]) -> str:
        return f"lines=({' '.join(_quoted(f'{name}:{help}') for name, help in names)})"

    def value(taken: Taken) -> str:
        return f"kind={taken.values}" + (
            f" lines=({' '.join(map(_quoted, taken.choices))})" if taken.choices else ""
        )

    functions = (
        function(
            "commands", _commands(tree, lambda node: described((one.name, one.help) for one in node.commands))
        ),
        function("options", _options(tree, lambda node: described(_described_options(node)))),
        function("value", _option_values(tree, value)),
        function("word", _word_values(tree, value)),
    )
    engine = _ZSH_ENGINE.replace("@PROFILES@", _PROFILES)
    return f"#compdef jpmanage\n# {MADE}\n\n" + "\n\n".join(functions) + "\n" + engine


def _fish(tree: CommandNode) -> str:
    def function(name: str, cases: Iterable[Case]) -> str:
        lines = [f"        case {_quoted(path)}\n            {body}" for path, body in cases]
        return "\n".join((f"function __jpmanage_{name}", '    switch "$argv[1]"', *lines, "    end", "end"))

    def printed(lines: Iterable[str]) -> str:
        return f"printf '%s\\n' {' '.join(_fish_quoted(line) for line in lines)}"

    def described(names: Iterable[tuple[str, str]]) -> str:
        return printed(f"{name}\t{help}" for name, help in names)

    def value(taken: Taken) -> str:
        return printed((taken.values, *taken.choices))

    functions = (
        function(
            "commands", _commands(tree, lambda node: described((one.name, one.help) for one in node.commands))
        ),
        function("options", _options(tree, lambda node: described(_described_options(node)))),
        function("value", _option_values(tree, value)),
        function("word", _word_values(tree, value)),
    )
    engine = _FISH_ENGINE.replace("@PROFILES@", _PROFILES)
    return f"# fish completion for jpmanage\n# {MADE}\n\n" + "\n\n".join(functions) + "\n" + engine


SHELLS: dict[str, Callable[[CommandNode], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
"""What writes the script of a shell."""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _pattern(path: str) -> str:
    """Return a pattern of bash and zsh, in which a * in quotes is itself."""
    return "*".join(_quoted(part) if part else "" for part in path.split("*")) or "''"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _names(node: CommandNode) -> list[str]:
    return [command.name for command in node.commands]


def _option_names(node: CommandNode) -> list[str]:
    return [name for name, _ in _described_options(node)]


def _described_options(node: CommandNode) -> list[tuple[str, str]]:
    """Return the long names of the options, as they are offered, each with its help."""
    return [(name, one.help) for one in node.options for name in one.names if name.startswith("--")]


def _commands(tree: CommandNode, body: Callable[[CommandNode], str]) -> list[Case]:
    return [(node.path, body(node)) for node in tree if node.commands]


def _options(tree: CommandNode, body: Callable[[CommandNode], str]) -> list[Case]:
    return [(node.path, body(node)) for node in tree if node.options]


def _option_values(tree: CommandNode, body: Callable[[Taken], str]) -> list[Case]:
    """Return what each option takes: once where all commands agree that have it, else by command."""
    taken: dict[str, list[tuple[str, Taken]]] = {}
    for node in tree:
        for one in node.options:
            for name in one.names:
                taken.setdefault(name, []).append((node.path, one))
    cases: list[Case] = []
    for name, places in taken.items():
        bodies = {body(one) for _, one in places if one.values is not Values.NONE}
        flags = any(one.values is Values.NONE for _, one in places)
        if len(bodies) == 1 and not flags:
            cases.append((f"* {name}", bodies.pop()))
            continue
        cases += [(f"{path} {name}", body(one)) for path, one in places if one.values is not Values.NONE]
    return cases


def _word_values(tree: CommandNode, body: Callable[[Taken], str]) -> list[Case]:
    cases = []
    for node in tree:
        words: Sequence[Taken] = node.words
        for place, word in enumerate(words):
            cases.append((f"{node.path} {'*' if word.many else place}", body(word)))
    return cases
