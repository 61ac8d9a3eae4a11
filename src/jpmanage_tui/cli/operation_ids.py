"""What names an operation on the command line: `12` is a run, `e34` a single change, or one of a run."""

from __future__ import annotations

import argparse
import re
from typing import NamedTuple

_ID = re.compile(r"(e?)([0-9]{1,18})", re.IGNORECASE | re.ASCII)


class OperationId(NamedTuple):
    """What names an operation: a run's number, or that of a change in the journal."""

    number: int
    is_change: bool = False

    def __str__(self) -> str:
        return f"e{self.number}" if self.is_change else f"{self.number}"


def operation_id(text: str) -> OperationId:
    """Return the id that a text names: `12` a run, `e34` a change, one of a run too.

    Raises ArgumentTypeError for anything else.
    """
    found = _ID.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an id: 12 is a run, e34 a single change; `jpmanage operations list` shows them"
        )
    return OperationId(int(found[2]), bool(found[1]))


def run_id(text: str) -> OperationId:
    """Return the id of a run. Raises ArgumentTypeError for anything else."""
    found = operation_id(text)
    if found.is_change:
        raise argparse.ArgumentTypeError(f"{text} is a single change: this takes a run, such as 12")
    return found


def change_id(text: str) -> OperationId:
    """Return the id of a change. Raises ArgumentTypeError for anything else."""
    found = operation_id(text)
    if not found.is_change:
        raise argparse.ArgumentTypeError(
            f"{text} is a run: this takes a change, such as e34; `operations show {text}` has the entry_id of each"
        )
    return found
