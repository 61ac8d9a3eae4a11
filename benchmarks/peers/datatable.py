"""The same licenses in stock Textual: DataTable, Input, Footer, a second screen and a dialog."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, DataTable, Footer, Input, Label

COLUMNS = ("product", "site", "issued", "assigned", "type")


class Other(Screen[None]):
    """A second screen."""

    BINDINGS = [("escape", "dismiss", "Back")]

    def compose(self) -> ComposeResult:
        """A heading and a footer."""
        yield Label("Billing")
        yield Footer()


class Question(ModalScreen[None]):
    """A dialog as Textual's guide has it."""

    BINDINGS = [("escape", "dismiss", "Cancel")]
    CSS = """
    Question { align: center middle; }
    Question Vertical { width: 60; height: 11; border: thick $background 80%; background: $surface; }
    """

    def compose(self) -> ComposeResult:
        """A question and two buttons."""
        with Vertical():
            yield Label("Revoke License?")
            yield Button("Cancel")
            yield Button("Revoke License", variant="error")


class Table(App[None]):
    """Reads the CSV file that it is given."""

    AUTO_FOCUS = "DataTable"
    BINDINGS = [("2", "other", "Billing"), ("x", "ask", "Revoke"), ("l", "load", "Load")]

    def compose(self) -> ComposeResult:
        """A field, the table, the footer."""
        yield Input(placeholder="search")
        yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        with Path(sys.argv[1]).open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                table.add_row(*(row[column] for column in COLUMNS))

    def action_other(self) -> None:
        """Show the second screen."""
        self.push_screen(Other())

    def action_ask(self) -> None:
        """Show the dialog."""
        self.push_screen(Question())

    def action_load(self) -> None:
        """Show, or no more, that the table is being loaded."""
        table = self.query_one(DataTable)
        table.loading = not table.loading


if __name__ == "__main__":
    Table().run(mouse=False)
