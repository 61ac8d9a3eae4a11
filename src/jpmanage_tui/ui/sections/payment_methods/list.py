"""The list of saved cards, the primary one first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from rich.cells import cell_len

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.rules.cards import primary_first, roles
from jpmanage_tui.ui.sections.payment_methods.columns import LEAST_NAME, NAME, WIDE_FROM, card_columns
from jpmanage_tui.ui.widgets.cursor_list import CursorItemList
from jpmanage_tui.ui.widgets.item_list import Column, Layout
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH


class CardList(CursorItemList[PaymentMethod]):
    """A card a line. What is being done to a card stands in place of its role.

    The primary card may stand on any page (contract: account 4): the list reads on until it is there.
    """

    look_ahead = 5

    def __init__(self, today: Callable[[], date], again: Callable[[], None]) -> None:
        self._today = today
        self._wide = False
        self._roles: dict[PaymentMethodId, str] = {}
        self.busy: dict[PaymentMethodId, str] = {}
        """What is being done to cards, in words."""
        super().__init__(self._columns(), id="cards", again=again)

    @property
    def primary(self) -> PaymentMethod | None:
        """The primary card, None where it is not among those that are there."""
        return next((card for card in self.loaded_items if card.is_default), None)

    def role(self, card: PaymentMethod) -> str:
        """Return a card's role, or what is being done to it."""
        return self.busy.get(card.id) or self._roles.get(card.id, "")

    def show_busy(self, card: PaymentMethod, words: str | None) -> None:
        """Show what is being done to a card, None when that has ended."""
        if words is None:
            self.busy.pop(card.id, None)
        else:
            self.busy[card.id] = words
        self.show_items(self.loaded_items)

    def identity(self, item: PaymentMethod) -> PaymentMethodId:
        """Return the id."""
        return item.id

    def in_display_order(self, items: Sequence[PaymentMethod]) -> Sequence[PaymentMethod]:
        """Return the primary card first."""
        return primary_first(items)

    def is_enough(self, items: Sequence[PaymentMethod]) -> bool:
        """Return whether the primary card is there."""
        return any(card.is_default for card in items)

    # -- columns -------------------------------------------------------------------------

    def _columns(self) -> Sequence[Column[PaymentMethod]]:
        return card_columns(self._today, self.role, wide=self._wide)

    def changed(self) -> None:
        """Number the roles anew, and take the columns for which there is room."""
        cards = self.loaded_items
        self._roles = {card.id: role for card, role in zip(cards, roles(cards), strict=True)}
        wide = self.scrollable_content_region.width - MARKER_WIDTH >= WIDE_FROM
        if wide != self._wide:
            self._wide = wide
            self.show_columns(self._columns())
        super().changed()

    def widest_cells(self) -> Sequence[int] | None:
        """Return the widest text of each column; a short name takes the cells of its title."""
        widest = super().widest_cells()
        if widest is None:
            return None
        return [max(cell_len(column.title), size) for column, size in zip(self.columns, widest, strict=True)]

    def layout_for(self, width: int) -> Layout:
        """Return the columns; the name keeps some cells where not all have room, and the last ones are cut off."""
        layout = super().layout_for(width)
        widths = list(layout.widths)
        widths[NAME] = max(LEAST_NAME, widths[NAME])
        return layout._replace(widths=tuple(widths))
