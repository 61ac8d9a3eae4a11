"""Things one after the other, a field a line."""

from __future__ import annotations

import sys

from jpmanage_tui.cli import output
from jpmanage_tui.services.exports import Record, as_text
from jpmanage_tui.services.fields.field import AnyFields, names_of


class DetailWriter:
    """A field a line: its name, a tab (blanks in a terminal) and its value; an empty line between two things."""

    def __init__(self, fields: AnyFields) -> None:
        self._begun = False
        self._width = max(len(name) for name in names_of(fields)) + 2 if sys.stdout.isatty() else 0

    def row(self, record: Record) -> None:
        """Write the fields of a thing."""
        if self._begun:
            output.write("\n")
        self._begun = True
        for name, value in record.items():
            start = name.ljust(self._width) if self._width else f"{name}\t"
            output.write(f"{start}{output.one_line(as_text(value))}\n")

    def end(self) -> None:
        """Do nothing: all is written."""
