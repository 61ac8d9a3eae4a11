"""Changing the company details: what is asked for, checked as the app's form does, and what of it is a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from jpmanage_tui.api.countries import Country
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.operations.mutations.account import UpdatePartner
from jpmanage_tui.rules.account import FIELD_LABELS, state_after_country

APPLIED = "The company details will be applied to all future invoices."
HIDDEN = ("company_type", "managed_sites")
"""Asked on sign-up only: they are sent back as they are (contract: account 6.1)."""


class DetailsError(ValueError):
    """What cannot be taken over; its text is a sentence, `known` are the values that there are, where few fit."""

    def __init__(self, sentence: str, word: str = "", known: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.word = word
        self.known = tuple(known)


def needs_countries(given: Mapping[str, str], before: PartnerDetails) -> bool:
    """Return whether the countries have to be read for what is given: where it changes the country or the state."""
    return any(
        given[name] and given[name] != getattr(before, name) for name in ("country", "state") if name in given
    )


def changed_details(
    before: PartnerDetails, given: Mapping[str, str], countries: Sequence[Country]
) -> PartnerDetails:
    """Return the details with what is given, the rest as it is; a country or state by its code or name.

    A new country keeps the state where it exists there, as in the form; a state that is given has to exist.
    Raises DetailsError.
    """
    values: dict[str, str] = {name: text.strip() for name, text in given.items()}
    for name in HIDDEN:
        if name in values and values[name] != getattr(before, name):
            raise DetailsError(
                f"{FIELD_LABELS[name]} ({name}) is asked on sign-up only, and cannot be changed."
            )
    if "country" in values and values["country"] != before.country:
        country = _country(values["country"], countries) if values["country"] else None
        values["country"] = country.code if country is not None else ""
        if "state" not in values:
            values["state"] = state_after_country(country, before.state)
    code = values.get("country", before.country)
    if values.get("state") and (values["state"], code) != (before.state, before.country):
        values["state"] = _state(values["state"], code, countries)
    return PartnerDetails.model_validate(before.model_dump() | values)


def _country(text: str, countries: Sequence[Country]) -> Country:
    wanted = text.casefold()
    found = next((one for one in countries if one.code.casefold() == wanted), None) or next(
        (one for one in countries if one.label.casefold() == wanted), None
    )
    if found is None:
        known = [name for one in countries for name in (one.label, one.code)]
        raise DetailsError(f"There is no country {text!r}.", text, known)
    return found


def _state(text: str, code: str, countries: Sequence[Country]) -> str:
    country = next((one for one in countries if one.code == code), None)
    if country is None:
        raise DetailsError(
            f"The states of country {code or '(none)'} are not known: {text!r} cannot be checked."
        )
    if not country.states:
        raise DetailsError(f"{country.label} has no states here: leave the state out.")
    wanted = text.casefold()
    for state in country.states:
        if wanted in (state.code.casefold(), state.label.casefold()):
            return state.code
    known = [name for one in country.states for name in (one.label, one.code)]
    raise DetailsError(f"There is no state {text!r} in {country.label}.", text, known)


class DetailChange(NamedTuple):
    """One field that changes, by its label, from what to what; "" is nothing."""

    label: str
    old: str
    new: str

    @property
    def words(self) -> str:
        """The change in a line: "City: Berlin -> Hamburg"."""
        return f"{self.label}: {self.old or '(none)'} -> {self.new or '(none)'}"


def details_changes(before: PartnerDetails, after: PartnerDetails) -> list[DetailChange]:
    """Return the fields that change, in the order of the form."""
    return [
        DetailChange(label, old, new)
        for name, label in FIELD_LABELS.items()
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]


def update_change(before: PartnerDetails, after: PartnerDetails) -> UpdatePartner:
    """Return the change that sends the details."""
    return UpdatePartner(after, before)
