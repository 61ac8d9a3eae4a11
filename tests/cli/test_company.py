"""`jpmanage company`: the details as the form has them; only what is given changes, and no secret is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.countries import Country, State
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.rules.account import FIELD_LABELS
from jpmanage_tui.services.company_details import (
    HIDDEN,
    DetailsError,
    changed_details,
    details_changes,
    needs_countries,
)
from jpmanage_tui.services.fields.company import COMPANY_FIELDS
from jpmanage_tui.services.fields.field import names_of
from tests.cli.harness import KEY, SECOND_KEY, USER_ONE_KEY, Cli

UPDATE = ("company", "update")
COUNTRIES = (
    Country(code="DE", label="Germany"),
    Country(code="US", label="United States", states=(State(code="TX", label="Texas"),)),
    Country(
        code="MX",
        label="Mexico",
        states=(State(code="TX", label="Tlaxcala"), State(code="OA", label="Oaxaca")),
    ),
)
BEFORE = PartnerDetails(name="Nordlicht", company_type="agency", country="US", state="TX", city="Austin")


@pytest.fixture
def signed_in(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setattr(Policy, "pauses_after", lambda *_: (0.0,))
    cli.env(USER_TOKEN=USER_ONE_KEY)
    return cli


def details(cli: Cli) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli("company", "show", "--json").out)
    return found


def updates(cli: Cli) -> list[str]:
    return [line for line in cli.asked() if line.startswith("PUT ") and "/partner " in line]


# -- over HTTP -------------------------------------------------------------------------------


def test_only_what_is_given_changes_and_what_it_was_is_told(signed_in: Cli) -> None:
    cli, before = signed_in, details(signed_in)
    assert tuple(before) == tuple(FIELD_LABELS) == names_of(COMPANY_FIELDS)
    cli.forget_requests()
    ended = cli(*UPDATE, "--city", "Marburg", "--line2", "Hinterhaus", "--dry-run")
    assert ended.code == 0
    assert f"City: {before['city'] or '(none)'} -> Marburg" in ended.err
    assert "The company details will be applied to all future invoices." in ended.err
    assert "Company name:" not in ended.err
    assert cli(*UPDATE, "--city", "Marburg").code == 2
    assert updates(cli) == []

    ended = cli(*UPDATE, "--city", "Marburg", "--line2", "Hinterhaus", "--yes", "--json")
    assert (ended.code, json.loads(ended.out)[0]["state"]) == (0, "done")
    assert details(cli) == before | {"city": "Marburg", "line2": "Hinterhaus"}
    ended = cli(*UPDATE, "--city", "Marburg", "--yes")
    assert (ended.code, ended.out) == (0, "")
    assert "Nothing to do." in ended.err
    assert len(updates(cli)) == 1


def test_a_file_that_was_shown_is_read_back_and_options_go_before_it(signed_in: Cli, tmp_path: Path) -> None:
    cli, file = signed_in, tmp_path / "company.json"
    file.write_text(cli("company", "show", "--json").out)
    ended = cli(*UPDATE, "--from", str(file), "--yes")
    assert (ended.code, ended.out) == (0, "")
    before = details(cli)
    typed = json.dumps({"city": "Kiel", "postal_code": "24103", "state": None})
    ended = cli(*UPDATE, "--from", "-", "--postal-code", "24105", "--yes", typed=typed)
    assert ended.code == 0
    assert details(cli) == before | {"city": "Kiel", "postal_code": "24105", "state": None}


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        ((), "", "Say what to change"),
        (("--country", "Germny"), "", "There is no country 'Germny'. Did you mean Germany?"),
        (("--country", "US", "--state", "Texs"), "", "There is no state 'Texs' in United States"),
        (("--country", "DE", "--state", "TX"), "", "Germany has no states here"),
        (("--from", "-"), "{", "The file is not JSON"),
        (("--from", "-"), "[]", "The file holds no JSON object"),
        (("--from", "-"), '{"citty": "x"}', "There is no field 'citty'; did you mean city?"),
        (("--from", "-"), '{"city": 5}', "city in the file is neither text nor null."),
        (("--from", "-"), '{"company_type": "x"}', "is asked on sign-up only, and cannot be changed."),
    ],
)
def test_what_cannot_be_is_not_sent(
    signed_in: Cli, arguments: tuple[str, ...], typed: str, sentence: str
) -> None:
    signed_in.forget_requests()
    ended = signed_in(*UPDATE, *arguments, "--yes", typed=typed)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert updates(signed_in) == []


def test_the_servers_refusal_is_told_by_field(signed_in: Cli) -> None:
    ended = signed_in(*UPDATE, "--name", "", "--company-website", "nonsense", "--yes", "--json")
    (item,) = json.loads(ended.out)
    assert (ended.code, item["state"]) == (4, "failed")
    assert "Company name" in item["message"]
    assert "Company website" in item["message"]
    assert "parameter(s)" not in item["message"]


def test_it_needs_the_user_token(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    for command in (("show",), ("update", "--city", "x", "--yes")):
        ended = cli("company", *command)
        assert (ended.code, ended.out) == (3, "")
        assert "only to the account's user token. `jpmanage login`" in ended.err


def test_a_lost_answer_is_looked_up_and_the_journal_keeps_no_secret(signed_in: Cli) -> None:
    cli = signed_in
    cli.forget_requests()
    cli.faults("PUT */partner reset-after x1")
    ended = cli(*UPDATE, "--city", "Husum", "--yes", "--json")
    assert (ended.code, json.loads(ended.out)[0]["outcome"]) == (0, "found_done")
    assert len(updates(cli)) == 1
    kept = b"".join(path.read_bytes() for path in (cli.folder / "state").rglob("*") if path.is_file())
    assert b"Husum" in kept
    for secret in (KEY, SECOND_KEY, USER_ONE_KEY, "sandbox-key-nocard"):
        assert secret.encode() not in kept


# -- rules -----------------------------------------------------------------------------------


def test_a_country_is_meant_by_code_or_name_and_keeps_a_state_that_it_has() -> None:
    for word in ("de", "DE", "germany"):
        after = changed_details(BEFORE, {"country": word}, COUNTRIES)
        assert (after.country, after.state) == ("DE", "")
    assert changed_details(BEFORE, {"country": "MX"}, COUNTRIES).state == "TX"
    after = changed_details(BEFORE, {"country": "Mexico", "state": "oaxaca"}, COUNTRIES)
    assert (after.country, after.state) == ("MX", "OA")
    # the same code is another state in another country, and is looked up there
    assert changed_details(BEFORE, {"country": "MX", "state": "TX"}, COUNTRIES).state == "TX"
    with pytest.raises(DetailsError, match="has no states"):
        changed_details(BEFORE, {"country": "DE", "state": "TX"}, COUNTRIES)


def test_what_is_there_already_stays_listed_or_not_and_needs_no_countries() -> None:
    odd = BEFORE.model_copy(update={"country": "XX", "state": "YY"})
    given = {"country": "XX", "state": "YY", "city": "Kiel"}
    assert not needs_countries(given, odd)
    assert changed_details(odd, given, ()) == odd.model_copy(update={"city": "Kiel"})
    with pytest.raises(DetailsError, match="not known"):
        changed_details(odd, {"state": "ZZ"}, COUNTRIES)


@given(st.dictionaries(st.sampled_from([*FIELD_LABELS]), st.text(max_size=8)))
def test_a_field_changes_only_where_it_was_given_and_differs(given: dict[str, str]) -> None:
    for name in (*HIDDEN, "country", "state"):
        given.pop(name, None)
    after = changed_details(BEFORE, given, ())
    changed = {change.label for change in details_changes(BEFORE, after)}
    assert changed <= {FIELD_LABELS[name] for name in given}
    assert (after == BEFORE) == (not changed)
