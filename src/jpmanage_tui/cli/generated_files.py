"""The files that are made from the parser and installed with the package: completion and man pages.

`python -m jpmanage_tui.cli.generated_files` writes them below the current folder; `make completions` runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from jpmanage_tui.cli import output
from jpmanage_tui.cli.command_tree import CommandNode, command_tree
from jpmanage_tui.cli.man_pages import man_pages
from jpmanage_tui.cli.registry import parser
from jpmanage_tui.cli.shell_completion import completion

COMPLETIONS = {
    "bash": "completions/jpmanage",
    "zsh": "completions/_jpmanage",
    "fish": "completions/jpmanage.fish",
}
"""The file of each shell, named as the shells look for them."""


def generated_files(tree: CommandNode) -> dict[str, str]:
    """Return what the files hold that are made from a tree of commands, by their paths."""
    files = {path: completion(shell, tree) for shell, path in COMPLETIONS.items()}
    return files | {f"man/{name}": page for name, page in man_pages(tree).items()}


def main(root: Path) -> int:
    """Write the files below `root`, and take away those of commands that are no more."""
    files = generated_files(command_tree(parser()))
    for folder in {(root / path).parent for path in files}:
        folder.mkdir(exist_ok=True)
        for there in folder.iterdir():
            if str(there.relative_to(root)) not in files:
                there.unlink()
    for path, text in files.items():
        (root / path).write_text(text, encoding="utf-8")
    output.write(f"{len(files)} files written.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path()))
