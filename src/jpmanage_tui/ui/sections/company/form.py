"""The fields of the company form, for Company Details and for signing up (contract: account 6.1, 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.widget import Widget

from jpmanage_tui.api.countries import Country
from jpmanage_tui.rules.account import FIELD_LABELS, state_after_country
from jpmanage_tui.ui.dialogs.choice import Choice
from jpmanage_tui.ui.dialogs.select import Select
from jpmanage_tui.ui.widgets.form import Form, FormField

ABOUT = ("name", "contact_person", "company_website")
"""The rows about the company itself; the rows of the address come after them."""
STREET = ("line1", "line2", "city")
DOTS = "· · ·"
"""Stands in a field while what belongs there is on its way."""


def _text(name: str) -> FormField:
    return FormField(name, FIELD_LABELS[name])


class CompanyForm(Form):
    """Company and address; the state is shown only where the country has states.

    `between` are rows that stand between the company and the address. Nothing but the user ever changes the state:
    not loading the form, and not loading the countries (the trap of the vendor's own form).
    """

    DEFAULT_CSS = "CompanyForm Input:disabled { opacity: 1; }"

    def __init__(self, *between: Widget, id: str) -> None:
        self._country = Select("country", FIELD_LABELS["country"], hint="type to search")
        self._state = Select("state", FIELD_LABELS["state"])
        self._state.display = False
        self._countries: dict[str, Country] = {}
        super().__init__(
            *map(_text, ABOUT),
            *between,
            *map(_text, STREET),
            self._country,
            self._state,
            _text("postal_code"),
            id=id,
        )
        self._country.missing = "The list of countries is still loading."

    @property
    def countries(self) -> Sequence[Country]:
        """The countries that can be chosen, none before they came."""
        return tuple(self._countries.values())

    def show_loading(self, loading: bool) -> None:
        """Show dots where text will stand, or take them away."""
        for row in self.fields.values():
            row.field.placeholder = DOTS if loading else ""
        self._country.line.hint = DOTS if loading else "type to search"

    def take_countries(self, countries: Sequence[Country]) -> None:
        """Take over the countries; what is chosen stays as it is, listed or not."""
        self._countries = {country.code: country for country in countries}
        none = Choice("", "no country")
        self._country.offer([none, *(Choice(one.code, one.label, one.code) for one in countries)])
        self._country.error = ""
        self._fit_state()

    def no_countries(self, sentence: str) -> None:
        """Say at the field, when it is opened, that the countries could not be loaded, and what to do."""
        self._country.missing = sentence

    def fill(self, values: Mapping[str, str]) -> None:
        """Put values into the rows, and take them as saved."""
        super().fill(values)
        self._fit_state()

    def rebase(self, values: Mapping[str, str]) -> None:
        """Take values as saved; what the user has changed stays."""
        super().rebase(values)
        self._fit_state()

    def _fit_state(self) -> None:
        """Offer the states of the country; the row is hidden where there are none."""
        country = self._countries.get(self._country.value)
        states = country.states if country is not None else ()
        self._state.offer(
            [Choice("", "no state"), *(Choice(one.code, one.label, one.code) for one in states)]
            if states
            else []
        )
        unlisted = country is None and bool(self._state.value)
        self._state.display = bool(states) or unlisted
        self._state.missing = "The states are not known before the list of countries is there."

    @on(Select.Changed)
    def _picked(self, event: Select.Changed) -> None:
        if event.row is not self._country:
            return
        kept = self.saved.get("state", "") if event.value == self.saved.get("country") else self._state.value
        self._state.value = state_after_country(self._countries.get(event.value), kept)
        self._state.error = ""
        self._fit_state()
