"""What a section that is a list composes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from textual.app import App, ComposeResult
from textual.widget import Widget

from jpmanage_tui.account.session import Session
from jpmanage_tui.ui.common.commands import CommandSet
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.sections.list_section import ListSection
from jpmanage_tui.ui.widgets.item_list import Column, ColumnHeadings, ItemList
from jpmanage_tui.ui.widgets.text_line import TextLine


class FruitSection(ListSection[str]):
    COMMAND_SET = CommandSet("Fruits", ())
    SEARCH = "fruit"
    NO_ROW = "No fruit is selected."

    def make_list(self) -> ItemList[str]:
        """Return the list."""
        self._loader: Loader[str] = Loader(self, "fruits", failed=self.load_failed)
        self.fruits: ItemList[str] = ItemList((Column("Fruit", str),))
        return self.fruits

    @property
    def loader(self) -> Loader[str]:
        """The loader."""
        return self._loader

    def load(self) -> None:
        """Show what is there."""
        self.fruits.show_items(["Apple", "Fig"])

    def query_changed(self) -> None:
        """Nothing is searched here."""

    def compose_lead(self) -> Iterable[Widget]:
        """Compose a line above the search."""
        yield TextLine(id="above")

    def compose_above_list(self) -> Iterable[Widget]:
        """Compose a line above the headings."""
        yield TextLine(id="between")


class FruitApp(App[None]):
    def compose(self) -> ComposeResult:
        yield FruitSection(cast(Session, None))


async def test_further_lines_stand_above_the_search_and_above_the_headings() -> None:
    async with FruitApp().run_test() as pilot:
        section = pilot.app.query_one(FruitSection)
        section.search_bar.open()
        await pilot.pause()
        lines = [section.query_one("#above"), section.search_bar, section.query_one("#between")]
        shown = [*lines, section.query_one(ColumnHeadings), section.item_list]
        assert [widget.region.y for widget in shown] == [0, 1, 2, 3, 4]
        assert section.current == "Apple"
