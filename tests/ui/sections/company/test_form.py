"""The company form and the choice behind its rows, without an account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypothesis import given, strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from jpmanage_tui.api.countries import Country, read_countries
from jpmanage_tui.ui.dialogs.choice import Choice, matching
from jpmanage_tui.ui.sections.company.form import CompanyForm

COUNTRIES = read_countries(
    {
        "FR": "France",
        "GF": "French Guiana",
        "US:TX": "United States (US) — Texas",
        "US:CA": "United States (US) — California",
        "CA:ON": "Canada — Ontario",
        "ZA": "South Africa",
    }
)
TEXAN = {"name": "A", "country": "US", "state": "TX", "city": "Austin"}


class FormApp(App[None]):
    """Nothing but the form."""

    def compose(self) -> ComposeResult:
        yield CompanyForm(id="company-form")


@asynccontextmanager
async def filled(values: dict[str, str]) -> AsyncIterator[tuple[CompanyForm, Pilot[None]]]:
    """The form with these values, before any country is known."""
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        form = app.query_one(CompanyForm)
        form.fill(values)
        await pilot.pause()
        yield form, pilot


async def test_neither_filling_nor_the_countries_change_a_value() -> None:
    async with filled(TEXAN) as (form, _):
        before = form.values()
        assert form.rows["state"].display, "a state that is there shows even before its country is known"
        form.take_countries(COUNTRIES)
        assert form.values() == before
        assert not form.changed


async def test_a_country_that_is_not_listed_is_kept_and_shown_as_it_is() -> None:
    async with filled({"name": "A", "country": "XK", "state": ""}) as (form, _):
        form.take_countries(COUNTRIES)
        assert form.values()["country"] == "XK"
        assert not form.changed


async def test_a_state_stored_for_a_country_without_states_is_hidden_and_sent_back_unchanged() -> None:
    async with filled({"name": "A", "country": "FR", "state": "IDF"}) as (form, _):
        form.take_countries(COUNTRIES)
        assert not form.rows["state"].display
        assert form.values()["state"] == "IDF"


async def test_refreshed_values_replace_only_what_the_user_has_not_changed() -> None:
    async with filled(TEXAN) as (form, _):
        form.rows["city"].value = "Dallas"
        form.rebase({**TEXAN, "city": "Houston", "name": "B"})
        assert form.values()["city"] == "Dallas"
        assert form.values()["name"] == "B"
        assert form.changed
        form.restore()
        assert form.values()["city"] == "Houston"
        assert not form.changed


async def test_enter_goes_from_field_to_field_and_asks_to_save_in_the_last() -> None:
    async with filled(TEXAN) as (form, pilot):
        form.focus_first()
        await pilot.pause()
        stops = form.stops()
        assert pilot.app.focused is stops[0]
        await pilot.press("enter", "down", "up")
        assert pilot.app.focused is stops[1]


async def test_a_row_without_its_list_says_why_nothing_can_be_chosen() -> None:
    async with filled(TEXAN) as (form, pilot):
        form.rows["country"].control.focus()
        await pilot.press("enter")
        assert form.rows["country"].error == "The list of countries is still loading."


def test_typing_finds_the_code_first_then_what_begins_so_then_the_rest() -> None:
    choices = [Choice(one.code, one.label) for one in COUNTRIES]
    assert [one.name for one in matching(choices, "fr")] == ["FR", "GF", "ZA"]
    assert [one.name for one in matching(choices, "south afr")] == ["ZA"]


@given(st.text(max_size=12))
def test_narrowing_never_invents_or_doubles_a_choice(text: str) -> None:
    choices = [Choice(country.code, country.label) for country in sorted(COUNTRIES, key=_label)]
    found = matching(choices, text)
    assert len(set(found)) == len(found)
    assert set(found) <= set(choices)
    if not text.split():
        assert found == choices


def _label(country: Country) -> str:
    return country.label
