"""The list of saved cards, painted by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.rules.cards import Expiry, brand_name, expiry_of, expiry_words
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.ui.sections.payment_methods.data import CardListState
from jpmanage_tui.ui.widgets.line import Line, pad
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

GAP = 2
WIDE_FROM = 92
"""Cells from which the dots of a number and the day on which a card was added have room."""
LEAST_NAME = 8
SHORT = {Expiry.SOON: "soon", Expiry.PAST: "expired"}
HEADINGS = ("Card", "Name on card", "Expires", "", "Added")


def cells(method: PaymentMethod, role: str, today: date, wide: bool) -> tuple[str, str, str, str, str]:
    """Return what stands in the columns for one card; `wide` says that there is room."""
    card = method.card
    state = expiry_of(card, today)
    number = f"{'••••' if wide else '…'}{' ' if wide else ''}{card.last4 or '????'}"
    word = (state.value if wide else SHORT[state]) if state in SHORT else ""
    return (
        f"{brand_name(card.brand)} {number}",
        method.name or "—",
        f"{expiry_words(card)} {word}".rstrip(),
        role,
        format_date(method.created) if wide else "",
    )


def widths(rows: list[tuple[str, ...]], room: int) -> list[int]:
    """Return the columns' widths: each as wide as its cells need, the name takes what is left (at least 8 cells)."""
    needs = [max((cell_len(row[column]) for row in [HEADINGS, *rows]), default=0) for column in range(5)]
    if not any(row[4] for row in rows):
        needs[4] = 0
    gaps = GAP * (sum(1 for need in needs if need) - 1)
    needs[1] = max(LEAST_NAME, min(needs[1], room - gaps - sum(needs) + needs[1]))
    return needs


class CardHeadings(Line):
    """The words above the columns."""

    DEFAULT_CSS = "CardHeadings { color: $text-muted; padding: 0 0 0 2; }"

    def __init__(self) -> None:
        super().__init__()
        self._widths: list[int] = []

    def fit(self, columns: list[int]) -> None:
        """Take over the widths of the columns."""
        if columns != self._widths:
            self._widths = list(columns)
            self.refresh()

    def parts(self, width: int) -> list[tuple[str, Style]]:
        """Return the words."""
        columns = zip(HEADINGS, self._widths, strict=False)
        words = "".join(pad(word, size) + " " * GAP for word, size in columns if size)
        return [(words.rstrip(), self.rich_style)]


class CardList(VirtualList):
    """A card a line. What is being done to a card stands in place of its role."""

    COMPONENT_CLASSES = {"cards--warning"}
    DEFAULT_CSS = "CardList > .cards--warning { color: $warning; text-style: bold; }"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.state = CardListState()
        self.busy: Mapping[PaymentMethodId, str] = {}
        self.today = datetime.now(UTC).astimezone().date()
        self._widths: list[int] = []
        self._rows: list[tuple[str, ...]] = []

    @property
    def current(self) -> PaymentMethod | None:
        """The card under the cursor."""
        cards = self.state.cards
        return cards[self.cursor] if 0 <= self.cursor < len(cards) else None

    @property
    def columns(self) -> list[int]:
        """The widths of the columns."""
        return self._widths

    def show_cards(self, state: CardListState, busy: Mapping[PaymentMethodId, str], today: date) -> None:
        """Show other cards, by what `today` says of their expiry; the cursor stays on the card on which it stood."""
        before = self.current
        self.state, self.busy, self.today = state, busy, today
        if before is not None and (place := state.find(before.id)) is not None:
            self.cursor = place
        self.changed()

    def changed(self) -> None:
        """Lay the columns out anew."""
        room = self.scrollable_content_region.width - MARKER_WIDTH
        wide, today = room >= WIDE_FROM, self.today
        known = zip(self.state.cards, self.state.roles, strict=True)
        self._rows = [cells(card, self.busy.get(card.id, role), today, wide) for card, role in known]
        self._widths = widths(self._rows, room)
        super().changed()

    def line_count(self) -> int:
        """Return the number of cards, and a line for those still to come."""
        return len(self.state.cards) + (1 if self.state.more and self.state.cards else 0)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the columns of a card; the words of an expiry that warns, and the primary card, stand out."""
        if line >= len(self._rows):
            return [("· · ·", self.get_component_rich_style("list--muted"))]
        card = self.state.cards[line]
        plain, strong = self.rich_style, self.get_component_rich_style("list--strong")
        warned = expiry_of(card.card, self.today) in SHORT
        styles = [
            strong if card.is_default else plain,
            plain,
            self.get_component_rich_style("cards--warning") if warned else plain,
            strong if card.is_default else plain,
            self.get_component_rich_style("list--muted"),
        ]
        parts: list[tuple[str, Style]] = []
        for text, size, style in zip(self._rows[line], self._widths, styles, strict=True):
            if size:
                parts += [(pad(text, size), style), (" " * GAP, plain)]
        return parts
