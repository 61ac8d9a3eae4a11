"""What a command prints: rows as a table, as tab-separated values, JSON, JSON lines or CSV."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from jpmanage_tui.cli import output
from jpmanage_tui.cli.details import DetailWriter
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.services.exports import Record, as_text, csv_line, json_object
from jpmanage_tui.services.fields.field import AnyFields, field_named, names_of

if TYPE_CHECKING:
    from jpmanage_tui.cli.parser import Parser


def field_names(text: str) -> tuple[str, ...]:
    """Return the names in a list such as `license_code,site`. Raises ArgumentTypeError where it names none."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError("it names no field")
    return names


def add_output_options(parser: Parser) -> None:
    """Add the options for what is printed."""
    group = parser.add_argument_group("output")
    either = group.add_mutually_exclusive_group()
    for form, words in (
        ("json", "one JSON array; for one thing, one object"),
        ("jsonl", "a JSON object a line"),
        ("csv", "CSV with a line of names"),
    ):
        parser.option(
            f"--{form}", to=either, dest="format", action="store_const", const=form, default=None, help=words
        )
    parser.option(
        "--excel",
        to=group,
        action="store_true",
        help="with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)",
    )
    parser.option(
        "--fields", to=group, type=field_names, metavar="A,B", help="these fields only, in this order"
    )


def chosen_fields(arguments: argparse.Namespace, fields: AnyFields, *, details: bool = False) -> AnyFields:
    """Return the fields that are printed: those asked for, else all; of a table or lines of tabs those that are listed.

    `details`: it is no table, so all are.

    Raises UnknownField for a name that is none of them.
    """
    if arguments.excel and arguments.format != "csv":
        raise CommandError("--excel is for CSV: add --csv.")
    names: tuple[str, ...] | None = arguments.fields
    if names is None:
        return [one for one in fields if one.listed] if arguments.format is None and not details else fields
    return [field_named(fields, name) for name in names]


class RowWriter(Protocol):
    """Writes rows to standard output as they come; each is told by `record_of` of the fields."""

    def row(self, record: Record) -> None:
        """Write a row."""

    def end(self) -> None:
        """Write what is left."""


def row_writer(
    arguments: argparse.Namespace, fields: AnyFields, *, single: bool = False, details: bool = False
) -> RowWriter:
    """Return what writes rows in the format that is asked for.

    `single`: there is one, and no list. `details`: where no format is asked for, a field a line in the place of a table.
    """
    if arguments.format is not None:
        output.write_utf8()
    match arguments.format:
        case "json":
            return JsonWriter(single=single)
        case "jsonl":
            return JsonLinesWriter()
        case "csv":
            return CsvWriter(names_of(fields), excel=arguments.excel)
    if single or details:
        return DetailWriter(fields)
    if sys.stdout.isatty():
        from jpmanage_tui.cli.table import TableWriter, terminal_width, uses_color

        return TableWriter(
            fields,
            terminal_width(os.environ),
            color=uses_color(os.environ),
            asked_for=arguments.fields is not None,
        )
    return TabWriter()


class TabWriter:
    """Rows of tab-separated values, without a line of names."""

    def row(self, record: Record) -> None:
        """Write a row."""
        output.write("\t".join(output.one_line(as_text(value)) for value in record.values()) + "\n")

    def end(self) -> None:
        """Do nothing: all is written."""


class JsonLinesWriter:
    """A JSON object a line."""

    def row(self, record: Record) -> None:
        """Write a row."""
        output.write(json_object(record) + "\n")

    def end(self) -> None:
        """Do nothing: all is written."""


class JsonWriter:
    """A JSON array with an object a line; one object where it is `single`."""

    def __init__(self, *, single: bool) -> None:
        self._single = single
        self._begun = False

    def row(self, record: Record) -> None:
        """Write a row."""
        if self._single:
            output.write(json_object(record) + "\n")
            return
        output.write((",\n" if self._begun else "[\n") + json_object(record))
        self._begun = True

    def end(self) -> None:
        """End the array."""
        if not self._single:
            output.write("\n]\n" if self._begun else "[]\n")


class CsvWriter:
    """CSV with a line of names; `excel`: with a BOM and semicolons."""

    def __init__(self, names: Sequence[str], *, excel: bool) -> None:
        self._names = names
        self._excel = excel
        self._begun = False

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            names: Mapping[str, str] = dict(zip(self._names, self._names, strict=True))
            output.write(("\ufeff" if self._excel else "") + csv_line(self._names, names, excel=self._excel))

    def row(self, record: Record) -> None:
        """Write a row."""
        self._begin()
        output.write(csv_line(self._names, record, excel=self._excel))

    def end(self) -> None:
        """Write the names where there was no row."""
        self._begin()
