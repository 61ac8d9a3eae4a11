"""Choosing the invoices of a year, or of a range of days that is typed, among all invoices of the partner key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.day_range import DayRangeError, read_day_range
from jpmanage_tui.rules.invoices import count_by_year, issued_in, issued_on
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceList, SearchDialog, matching
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

READING = "Reading all invoices"
NOTE = "By issue date (UTC); each covers the previous month."


@dataclass(frozen=True)
class InvoiceRange:
    """The invoices of a range of days, the newest first.

    `words` say how many they are and which; `lacks` says why they may not be all, "" where they are.
    """

    invoices: Sequence[Invoice]
    words: str
    lacks: str = ""


class RangeDialog(SearchDialog[InvoiceRange]):
    """Reads every invoice, then lets the user choose a year, or type a range; each says how many invoices it has."""

    pause = 0.0
    placeholder = "or type a range: 2025-03..2026-02"
    esc_words = "Cancel"

    def __init__(self, client: LicensingClient, year: int) -> None:
        """`year` is the present one, by UTC."""
        super().__init__("Download invoices: which year or range?")
        self._year = year
        self._pages = client.invoices.list_all()
        self._invoices: list[Invoice] = []
        self._loader: Loader[str] = Loader(self, "all-invoices", failed=self._load_failed)

    def make_list(self) -> VirtualList:
        """Return the list of years."""
        years = ChoiceList([])
        years.placeholder = []
        return years

    def on_mount(self) -> None:
        """Read the invoices."""
        self._load()

    def _load(self) -> None:
        self._show_keys("")
        so_far = f" {len(self._invoices):,} so far." if self._invoices else ""
        self.about(f"{READING}…{so_far}")
        self._loader.load("page", self._pages.next_page, self._page_loaded)

    def _page_loaded(self, invoices: list[Invoice]) -> None:
        self._invoices += invoices
        if self._pages.done:
            self._show_keys("Choose")
            self.look()
        else:
            self._load()

    def _load_failed(self, _key: str, error: ApiError) -> None:
        self.about(error_text(error, READING, again="enter", where=Where.DIALOG))
        self._show_keys("Try again")

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """There is nothing to choose before every invoice was read."""
        return [pair for pair in super().footer_keys() if pair[1]]

    def _show_keys(self, enter: str) -> None:
        """Show in the footer what enter does now."""
        self.enter_words = enter
        self.tell_keys()

    @property
    def _lacks(self) -> str:
        """Why there may be more invoices than were read, "" where there are none."""
        return lacking(self._pages, "invoice")

    # -- the choices -------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Show the years that match, and the range that is typed; nothing before every invoice was read."""
        if not self._pages.done:
            return
        shown = self.query_one(ChoiceList)
        shown.choices, shown.placeholder = self._years(text), ["No year matches."]
        about = self._about()
        if text and all(choice.name != text for choice in shown.choices):
            try:
                days = read_day_range(text)
            except DayRangeError as error:
                about = about if shown.choices else str(error)
            else:
                shown.choices.insert(0, self._choice(text, f"Issued {days.words}"))
        self.about(about)
        shown.cursor = 0
        shown.refresh(layout=True)
        shown.changed()

    def _years(self, text: str) -> list[Choice]:
        """Return the years that match: those of which there are invoices, this one and the last one in any case."""
        names = {self._year: "This year", self._year - 1: "Last year"}
        years = sorted({*count_by_year(self._invoices), *names}, reverse=True)
        return matching(
            [
                self._choice(f"{year:04}", f"{names[year]} ({year})" if year in names else f"{year:04}")
                for year in years
            ],
            text,
        )

    def _about(self) -> str:
        """Return what there is to choose from."""
        words = [f"{pluralize(len(self._invoices), 'invoice')} of this key.", NOTE]
        undated = sum(issued_on(one) is None for one in self._invoices)
        if undated:
            have, are = ("has", "is") if undated == 1 else ("have", "are")
            words.append(f"{undated:,} {have} no date and {are} in none.")
        if self._lacks:
            words.append(f"! {self._lacks[0].upper()}{self._lacks[1:]}.")
        return " ".join(words)

    def _choice(self, name: str, words: str) -> Choice:
        """Return the choice of a range, which `name` is as it would be typed."""
        count = len(issued_in(self._invoices, read_day_range(name)))
        return Choice(name, words, pluralize(count, "invoice"), None if count else "no invoices")

    def choose(self) -> None:
        """Take the range under the cursor; read on where reading has failed."""
        choice = self.query_one(ChoiceList).current
        if self._loader.error is not None:
            self._load()
        elif choice is not None and choice.reason is None:
            days = read_day_range(choice.name)
            found = issued_in(self._invoices, days)
            issued = f"in {choice.name}" if choice.name.isdigit() else days.words
            all_words = pluralize(len(self._invoices), "invoice")
            words = f"{len(found):,} of this key's {all_words}: issued {issued} (UTC)"
            self.dismiss(InvoiceRange(found, words, self._lacks))
