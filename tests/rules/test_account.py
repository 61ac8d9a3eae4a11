import pytest

from jpmanage_tui.api.countries import Country, State
from jpmanage_tui.api.partner import Me, Partner, PartnerDetails
from jpmanage_tui.rules.account import (
    FIELD_LABELS,
    field_errors,
    opt_in_is_asked,
    payment_method_required,
    state_after_country,
    unreadable_words,
)

KEYS = [{"id": 1, "oauth2_token": "t"}]
PARTNER = Partner.model_validate({"id": 1, "tos": "consented", "keys": KEYS})
US = Country(code="US", label="United States", states=(State(code="TX", label="Texas"),))
FR = Country(code="FR", label="France")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"keys": KEYS, "tos": "consented"}, ""),
        ({"keys": [], "tos": "consented"}, ""),
        ({"keys": [*KEYS, 7], "tos": "consented"}, "1 of this account's 2 partner keys could not be read."),
        ({"keys": [None], "tos": "consented"}, "This account's partner key could not be read."),
        ({"keys": [None, 7], "tos": "consented"}, "None of this account's 2 partner keys could be read."),
        ({"keys": None, "tos": "consented"}, "The list of this account's partner keys could not be read."),
        ({"keys": KEYS, "tos": {}}, "Whether the terms of service are accepted could not be read."),
    ],
)
def test_what_could_not_be_read_is_said(fields: dict[str, object], words: str) -> None:
    assert unreadable_words(Partner.model_validate({"id": 1, **fields})) == words


@pytest.mark.parametrize(
    ("types", "valid", "required"),
    [(["agency"], False, True), (["agency"], True, False), (["host"], False, False), ([], False, False)],
)
def test_a_card_is_required_of_an_agency_without_one(types: list[str], valid: bool, required: bool) -> None:
    me = Me.model_validate({"ID": 1, "jetpack_partner_types": types})
    partner = Partner.model_validate({"id": 1, "keys": KEYS, "has_valid_payment_method": valid})
    assert payment_method_required(me, partner) is required
    assert not payment_method_required(None, partner)
    assert not payment_method_required(me, None)


def test_the_form_has_a_label_for_every_field_it_sends() -> None:
    assert set(FIELD_LABELS) == set(PartnerDetails.model_fields)


@pytest.mark.parametrize(
    ("country", "state", "kept"),
    [(US, "TX", "TX"), (US, "BY", ""), (FR, "TX", ""), (None, "TX", ""), (US, "", "")],
)
def test_a_state_survives_a_change_of_country_only_where_it_exists(
    country: Country | None, state: str, kept: str
) -> None:
    assert state_after_country(country, state) == kept


def test_refused_fields_get_the_servers_sentence_or_ours() -> None:
    told = field_errors({"name": "Too short.", "company_website": "", "city": " ", "odd": ""})
    assert told == {
        "name": "Too short.",
        "company_website": "Company website is required and must be valid.",
        "city": "City is required.",
        "odd": "odd is required.",
    }


def test_the_programme_is_asked_of_agencies_and_freelancers_only() -> None:
    assert [opt_in_is_asked(kind) for kind in ("agency", "freelancer", "business", "")] == [
        True,
        True,
        False,
        False,
    ]
