"""The parser of the command line as data, and shells that complete with its scripts."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from jpmanage_tui.cli import registry
from jpmanage_tui.cli.command_tree import CommandNode, command_tree

ROOT = Path(__file__).parents[2]


@cache
def whole_tree() -> CommandNode:
    """Return the tree of all commands."""
    return command_tree(registry.parser())


def run_shell(shell: str, script: str, *, env: dict[str, str] | None = None) -> list[str]:
    """Run a script in a shell without settings, and return the lines that it prints; skip where there is none."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    bare = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [path, *bare, "-c", script], capture_output=True, text=True, timeout=60, check=False, env=env
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()
