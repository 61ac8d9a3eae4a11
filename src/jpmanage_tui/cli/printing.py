"""Printing rows that are all there, for commands that read nothing of an account."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TypeVar

from jpmanage_tui.cli.formats import chosen_fields, row_writer
from jpmanage_tui.services.fields.field import Fields, record_of

Item = TypeVar("Item")


def print_rows(arguments: argparse.Namespace, fields: Fields[Item], items: Iterable[Item]) -> None:
    """Print items by the fields and in the format that `arguments` ask for. Raises UnknownField."""
    chosen = chosen_fields(arguments, fields)
    writer = row_writer(arguments, chosen)
    for item in items:
        writer.row(record_of(chosen, item))
    writer.end()
