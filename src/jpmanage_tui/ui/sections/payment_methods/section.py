"""The Payment Methods screen: the saved cards, primary first, and what its messages do to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from textwrap import wrap

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.paging import CursorPaginator
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.rules.text import format_time, not_read, pluralize
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text, error_text
from jpmanage_tui.ui.sections.base import PartnerUpdated
from jpmanage_tui.ui.sections.payment_methods import text
from jpmanage_tui.ui.sections.payment_methods.actions import (
    CardBusy,
    CardsChanged,
    PartnerLoaded,
    PaymentMethodsActions,
)
from jpmanage_tui.ui.sections.payment_methods.commands import PAYMENT_METHODS
from jpmanage_tui.ui.sections.payment_methods.data import CardListState
from jpmanage_tui.ui.sections.payment_methods.list import CardHeadings, CardList
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

AHEAD = 5
"""Lines before the end of the list from which on further cards are asked for."""
DOTS = ["    · · ·"] * 3


class CardsLoaded(DataMessage):
    """Cards came: all that were read so far, in the API's order. `done`: no further page is on its way."""

    cards: Sequence[PaymentMethod]
    more: bool
    unreadable: int
    done: bool


class CardsFailed(DataMessage):
    """The cards could not be read."""

    error: ApiError


class PaymentMethodsSection(PaymentMethodsActions):
    """The cards of the partner key."""

    COMMAND_SET = PAYMENT_METHODS
    DEFAULT_CSS = """
    PaymentMethodsSection {
        layout: vertical;
        & #cards-title { text-style: bold; height: 1; padding: 0 0 0 2; }
        & #cards-about { color: $text-muted; height: auto; padding: 0 0 0 2; margin: 0 0 1 0; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.error: ApiError | None = None
        self.loading_cards = False
        self._listing = session.client.payment_methods.list_all()
        self._so_far: list[PaymentMethod] = []
        """What came of it, in the API's order."""
        self._show_next: PaymentMethodId | None = None
        self._retry = Retry(self, self._load)

    def compose(self) -> ComposeResult:
        """Compose title, a sentence, headings and list."""
        yield Static("Payment Methods", id="cards-title")
        yield Static(text.ABOUT, markup=False, id="cards-about")
        yield CardHeadings()
        yield CardList(id="cards")

    def on_mount(self) -> None:
        """Ask for the cards."""
        self._show()
        self._load()

    # -- parts ---------------------------------------------------------------------------

    def focus_first(self) -> None:
        """The list has the focus."""
        self.card_list.focus()

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask for the cards again; those that are there stay until then."""
        self._retry.answered()
        self._load()

    def _load(self) -> None:
        """Read from the first page on, until the primary card is known and as many as are shown now."""
        self._listing, self._so_far = self.session.client.payment_methods.list_all(), []
        self._load_pages(max(len(self.saved_cards.cards), 1))

    def _load_pages(self, wanted: int) -> None:
        self.loading_cards = True
        work = self._pages(self._listing, self._so_far, wanted)
        self.run_worker(work, group="cards-read", exclusive=True, exit_on_error=False)
        self._tell()

    async def _pages(
        self, listing: CursorPaginator[PaymentMethod], cards: list[PaymentMethod], wanted: int
    ) -> None:
        """Read on behind `cards` and tell of each page; the primary card may stand on any (contract: account 4)."""
        try:
            done = False
            while not done:
                cards += await listing.next_page()
                enough = len(cards) >= wanted and any(card.is_default for card in cards)
                done = enough or listing.done
                more = not listing.done or listing.cut_short
                self.post_message(CardsLoaded(tuple(cards), more, listing.unreadable, done))
        except ApiError as error:
            self.post_message(CardsFailed(error))

    @on(CardsLoaded)
    def _cards_loaded(self, message: CardsLoaded) -> None:
        self.clear_load_error()
        self.error = None
        self._retry.answered()
        self.loading_cards = not message.done
        if message.done or len(message.cards) >= len(self.saved_cards.cards):
            self.saved_cards = CardListState.of(
                message.cards, message.more, message.unreadable, datetime.now(UTC)
            )
        self._show()
        if message.done and self._show_next is not None:
            place = self.saved_cards.find(self._show_next)
            self._show_next = None
            if place is not None:
                self.card_list.move_cursor(place)

    @on(CardsFailed)
    def _cards_failed(self, message: CardsFailed) -> None:
        self.error = message.error
        self.loading_cards = False
        words = aged_error_text(message.error, "Loading the payment methods", self.saved_cards.answered_at)
        self.report_load_error(words)
        self._retry.failed(message.error)
        self._show()

    @on(VirtualList.VisibleRangeChanged)
    @on(VirtualList.Highlighted)
    def _near_the_end(self) -> None:
        """Read on when the end of what is known comes into view."""
        cards, shown = self.saved_cards.cards, self.card_list
        bottom = max(shown.cursor, shown.scroll_offset.y + shown.view_height - 1)
        left = not self._listing.done and not self.loading_cards and self.error is None
        if left and bottom >= len(cards) - AHEAD:
            self._load_pages(len(cards) + 1)

    # -- showing -------------------------------------------------------------------------

    def _show(self) -> None:
        shown = self.card_list
        shown.placeholder = self._note()
        shown.show_cards(self.saved_cards, self.busy, self.today())
        self._fit_headings()
        self._tell()

    def on_resize(self) -> None:
        """Lay out headings and note as the list is."""
        self.call_after_refresh(self._show)

    def _fit_headings(self) -> None:
        headings = self.query_one(CardHeadings)
        headings.visible = bool(self.saved_cards.cards)
        headings.fit(self.card_list.columns)

    def _note(self) -> list[str]:
        if self.saved_cards.empty:
            lines = text.empty_note()
        elif self.saved_cards.known:
            lines = ["", "No payment method could be read."]
        elif self.error is not None:
            lines = ["", error_text(self.error, "Loading the payment methods")]
        else:
            return DOTS
        room = max(20, self.card_list.scrollable_content_region.width - MARKER_WIDTH)
        return [piece for line in lines for piece in wrap(line, room) or [""]]

    def _tell(self) -> None:
        self.post_message(self.StatusChanged())

    # -- after a change --------------------------------------------------------------------

    @on(CardBusy)
    def _card_busy(self, message: CardBusy) -> None:
        if message.words is None:
            self.busy.pop(message.method, None)
        else:
            self.busy[message.method] = message.words
        self._show()

    @on(CardsChanged)
    def _changed(self, message: CardsChanged) -> None:
        self._show_next = message.show
        self.reload()

    @on(PartnerLoaded)
    def _partner_loaded(self, message: PartnerLoaded) -> None:
        self.post_message(PartnerUpdated(message.partner))

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return how many cards there are, and how old the list is when it could not be refreshed."""
        state = self.saved_cards
        if state.answered_at is None or state.empty:
            return ""
        words = [f"{pluralize(len(state.cards), 'card')}{' and more' if state.more else ''}"]
        if state.unreadable:
            words.append(not_read(state.unreadable))
        if self.error is not None:
            words.append(f"— as of {format_time(state.answered_at)}, could not be refreshed")
        return " ".join(words)

    def progress(self) -> str | None:
        """Return that the cards are being loaded, where nothing of them is known yet."""
        return "Loading payment methods…" if self.loading_cards and not self.saved_cards.known else None

    def counter(self) -> str:
        """Return where the cursor is."""
        cards = self.saved_cards.cards
        if not cards or not self.is_mounted:
            return ""
        place = min(self.card_list.cursor + 1, len(cards))
        return f"{place}/{len(cards)}{'+' if self.saved_cards.more else ''}"
