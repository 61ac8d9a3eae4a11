"""A specification: terms, company details, sign-up and sites over real HTTP: requests, effects, every refusal."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.errors import (
    AuthenticationError,
    InvalidParameterError,
    MissingTokenError,
    NotFoundError,
    PermissionDeniedError,
    RequestRejectedError,
)
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.api.sites import ConnectionCode
from jpmanage_tui.operations.mutations.account import AcceptTerms, CreatePartner, UpdatePartner
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.rules.account import field_errors
from tests.operations.over_http import Caller, Refusal, World, json_of
from tests.sandbox.harness import API

PARTNER = f"{API}/partner"
NEW = PartnerDetails(
    name="Neu & Co",
    contact_person="Ada Lovelace",
    company_website="https://neu.example",
    company_type="agency",
    managed_sites="1-5",
    country="AT",
    city="Graz",
    line1="Gasse 1",
    line2="",
    postal_code="8010",
)
FORM = {
    "name": "Neu & Co",
    "contact_person": "Ada Lovelace",
    "company_website": "https://neu.example",
    "company_type": "agency",
    "managed_sites": "1-5",
    "country": "AT",
    "state": "",
    "city": "Graz",
    "line1": "Gasse 1",
    "line2": "",
    "postal_code": "8010",
}
"""The eleven arguments of the company form, all text, the address flat."""
NO_PARTNER = Refusal(NotFoundError, 404, "no_partner_found", "No partner was found for this user.")
WRONG_TOKEN = Refusal(
    PermissionDeniedError,
    403,
    "rest_forbidden",
    "Sorry, you are not allowed to do that: this call takes a WordPress.com user's token.",
)
UNKNOWN_TOKEN = Refusal(AuthenticationError, 401, "rest_unauthorized", "The OAuth2 token is invalid.")


def company(world: World, partner_id: int) -> dict[str, str]:
    """The company as the sandbox's database has it."""
    (row,) = world.rows(f"SELECT {','.join(FORM)} FROM partners WHERE partner_id = ?", partner_id)
    return dict(zip(FORM, row, strict=True))


# -- done ----------------------------------------------------------------------------------


async def test_the_terms_are_accepted_by_tos_alone(world: World) -> None:
    caller = await world.caller(user="sandbox-user-tos")
    await world.forget()
    outcome = await caller.run(AcceptTerms())
    assert outcome.sentence == "Accept the terms of service: done."
    assert outcome.result is not None
    assert outcome.result.tos_accepted, "the answer is the partner as it is then"
    assert await world.sent() == [json_of("PUT", PARTNER, {"tos": "consented"}, "user")]
    assert world.changed() == [("accept_terms", "4388", "tos")]
    assert world.one("SELECT tos FROM partners WHERE partner_id = 4388") == "consented"


async def test_the_company_form_is_sent_whole_and_without_the_terms(world: World) -> None:
    caller = await world.caller(user="sandbox-user-nocard")
    before = PartnerDetails.of(await caller.client.partner.get())
    await world.forget()
    outcome = await caller.run(UpdatePartner(NEW, before))
    assert outcome.sentence == "Update the details of Neu & Co: done."
    assert outcome.result is not None
    assert PartnerDetails.of(outcome.result) == NEW
    assert await world.sent() == [json_of("PUT", PARTNER, FORM, "user")]
    assert [kind for kind, _, _ in world.changed()] == ["update_partner"]
    assert company(world, 4502) == FORM


@pytest.fixture
def newcomer(world: World) -> str:
    """The token of a user without a partner record, though a test before may have signed him up."""
    world.write("UPDATE users SET partner_id = NULL WHERE login = 'newcomer'")
    return "sandbox-user-new"


@pytest.mark.parametrize(
    ("company_type", "opt_in"), [("agency", True), ("freelancer", False), ("business", None)]
)
async def test_signing_up_sends_the_form_and_the_terms_and_makes_one_partner_with_a_key(
    world: World, newcomer: str, company_type: str, opt_in: bool | None
) -> None:
    caller = await world.caller(None, newcomer)
    await world.forget()
    details = NEW.model_copy(update={"company_type": company_type})
    outcome = await caller.run(CreatePartner(details, opt_in is not False))
    assert outcome.sentence == "Sign up Neu & Co as a partner: done."
    form = FORM | {"company_type": company_type}
    asked = {} if opt_in is None else {"partner_program_opt_in": opt_in}  # only two kinds are asked
    assert await world.sent() == [json_of("POST", PARTNER, {"tos": "consented", **form, **asked}, "user")]
    ((kind, partner_id, detail),) = world.changed()
    assert (kind, detail.split()[0]) == ("create_partner", f"opt_in={int(bool(opt_in))}")
    assert company(world, int(partner_id)) == form
    assert outcome.result is not None
    (key,) = outcome.result.keys
    mine = await world.caller(key.oauth2_token.get_secret_value(), newcomer)
    assert (await mine.client.licenses.counts()).all == 0, "its key opens its licenses"


# -- refused -------------------------------------------------------------------------------


INVALID: list[tuple[dict[str, str], dict[str, str]]] = [
    (
        {"company_website": "not a site"},
        {"company_website": "company_website is required and must be a valid URL."},
    ),
    ({"name": ""}, {"name": "name is required."}),
    ({"country": "XX"}, {"country": "country is not a known country code."}),
    ({"country": "US", "state": "ZZ"}, {"state": "state is not a state of the country."}),
    (
        {"company_type": "club", "managed_sites": "7"},
        {
            "company_type": "company_type is not one of agency, freelancer, business.",
            "managed_sites": "managed_sites is not one of 1-5 to 500+.",
        },
    ),
    ({"city": "x" * 201}, {"city": "city must be at most 200 characters."}),
]


@pytest.mark.parametrize(("typed", "problems"), INVALID, ids=[",".join(row[1]) for row in INVALID])
async def test_every_field_that_the_server_refuses_is_named_with_its_words(
    world: World, typed: dict[str, str], problems: dict[str, str]
) -> None:
    caller = await world.caller()
    details = NEW.model_copy(update=typed)
    before = company(world, 4021)
    await world.forget()
    outcome = await caller.run(UpdatePartner(details))
    words = f"Invalid parameter(s): {', '.join(problems)}"
    told = " ".join(field_errors(problems).values())
    Refusal(InvalidParameterError, 400, "rest_invalid_param", words, told).check(outcome)
    assert isinstance(outcome.error, InvalidParameterError)
    assert outcome.error.params == problems
    assert await world.sent() == [json_of("PUT", PARTNER, FORM | typed, "user")]
    assert (company(world, 4021), world.changed()) == (before, [])


async def test_a_sign_up_with_a_field_that_is_refused_makes_no_partner(world: World, newcomer: str) -> None:
    caller = await world.caller(None, newcomer)
    await world.forget()
    outcome = await caller.run(CreatePartner(NEW.model_copy(update={"name": "", "country": "XX"})))
    assert isinstance(outcome.error, InvalidParameterError)
    words, told = "Invalid parameter(s): name, country", " ".join(field_errors(outcome.error.params).values())
    Refusal(InvalidParameterError, 400, "rest_invalid_param", words, told).check(outcome)
    assert world.rows("SELECT partner_id FROM users WHERE login = 'newcomer'") == [(None,)]
    assert world.changed() == []


async def test_who_is_a_partner_cannot_sign_up_again(world: World) -> None:
    caller = await world.caller(None, "sandbox-user")
    before = company(world, 4021)
    await world.forget()
    outcome = await caller.run(CreatePartner(NEW))
    Refusal(RequestRejectedError, 400, "partner_already_exists", "You already have a partner account.").check(
        outcome
    )
    assert [(one.method, one.path) for one in await world.sent()] == [("POST", PARTNER)]
    assert (company(world, 4021), world.changed()) == (before, [])


@pytest.mark.parametrize(
    ("change", "body"), [(AcceptTerms(), {"tos": "consented"}), (UpdatePartner(NEW), FORM)]
)
async def test_who_has_no_partner_record_is_told_by_the_code(
    world: World, newcomer: str, change: AcceptTerms | UpdatePartner, body: dict[str, str]
) -> None:
    caller = await world.caller(None, newcomer)
    await world.forget()
    NO_PARTNER.check(await caller.run(change))
    assert await world.sent() == [json_of("PUT", PARTNER, body, "user")]
    assert world.changed() == []


ASKS = {
    "terms": AcceptTerms(),
    "update": UpdatePartner(NEW),
    "sign up": CreatePartner(NEW),
}


@pytest.mark.parametrize("change", ASKS.values(), ids=list(ASKS))
@pytest.mark.parametrize(
    ("token", "refusal"), [("sandbox-key", WRONG_TOKEN), ("no-such-token", UNKNOWN_TOKEN)]
)
async def test_the_account_takes_the_users_token_and_no_other(
    world: World, change: AcceptTerms | UpdatePartner | CreatePartner, token: str, refusal: Refusal
) -> None:
    caller = await world.caller(user=token)
    await world.forget()
    refusal.check(await caller.run(change))
    (sent,) = await world.sent()
    assert (sent.path, sent.token) == (PARTNER, "key" if token == "sandbox-key" else "unknown")
    assert world.changed() == []


@pytest.mark.parametrize("change", ASKS.values(), ids=list(ASKS))
async def test_with_a_keys_token_alone_the_account_is_not_asked_at_all(
    world: World, change: AcceptTerms | UpdatePartner | CreatePartner
) -> None:
    caller = await world.caller(user=None)
    await world.forget()
    outcome = await caller.run(change)
    assert (outcome.state.value, type(outcome.error)) == ("not_sent", MissingTokenError)
    assert "a WordPress.com user's token" in outcome.sentence
    assert await world.log() == []


# -- sites ---------------------------------------------------------------------------------


async def connect(caller: Caller, url: str, local_user: str = "1") -> tuple[str, ConnectionCode, int | None]:
    outcome = await caller.run(ConnectSite(url, local_user))
    assert outcome.result is not None, outcome.sentence
    return outcome.state.value, outcome.result.code, outcome.result.blog_id


SITE = "https://fresh-clinic.example/shop"


async def test_a_sites_connection_has_three_answers_that_are_told_apart(world: World) -> None:
    caller = await world.caller()
    blog_id, gone = world.rows("SELECT blog_id, url FROM sites WHERE partner_id = 4021 AND NOT connected")[0]
    await world.forget()
    first = await connect(caller, SITE)
    new_id = world.one("SELECT blog_id FROM sites WHERE url = ? AND connected", SITE)
    assert first == ("done", ConnectionCode.SUCCESS, new_id)
    assert world.changed() == [("connect_site", SITE, str(new_id))]
    assert await connect(caller, SITE) == ("done", ConnectionCode.ALREADY_CONNECTED, new_id)
    assert await connect(caller, gone) == ("refused", ConnectionCode.PREVIOUSLY_CONNECTED, blog_id)
    assert len(world.changed()) == 1
    assert world.one("SELECT connected FROM sites WHERE blog_id = ?", blog_id) == 0, "not connected again"
    path = f"{API}/site-connection"
    assert await world.sent() == [
        json_of("POST", path, {"url": url, "local_user": 1}) for url in (SITE, SITE, gone)
    ]


@pytest.mark.parametrize(("typed", "sent"), [("1", 1), ("admin", "admin"), ("admin@mail.example",) * 2])
async def test_the_local_user_is_an_id_as_a_number_or_a_login_or_an_address(
    world: World, typed: str, sent: str | int
) -> None:
    caller = await world.caller()
    await world.forget()
    url = f"https://of-{typed.partition('@')[2] or typed}.example"
    await connect(caller, url, typed)
    (request,) = await world.sent()
    assert request.body == {"url": url, "local_user": sent}


NO_SITE: list[tuple[str, str, Refusal]] = [
    (
        "https://no-jetpack.example",
        "1",
        Refusal(
            PermissionDeniedError,
            403,
            "jetpack_not_active",
            "Jetpack is not installed and active on the site.",
        ),
    ),
    (
        "https://other.example",
        "nobody",
        Refusal(
            PermissionDeniedError, 403, "invalid_local_user", "The local user was not found on the site."
        ),
    ),
    (
        "other.example",
        "1",
        Refusal(InvalidParameterError, 400, "rest_invalid_param", "Invalid parameter(s): url"),
    ),
]


@pytest.mark.parametrize(("url", "local_user", "refusal"), NO_SITE, ids=[row[2].code for row in NO_SITE])
async def test_a_site_that_cannot_be_connected_is_told_and_not_added(
    world: World, url: str, local_user: str, refusal: Refusal
) -> None:
    caller = await world.caller()
    await world.forget()
    refusal.check(await caller.run(ConnectSite(url, local_user)))
    assert [one.path for one in await world.sent()] == [f"{API}/site-connection"]
    assert world.changed() == []
    assert world.rows("SELECT 1 FROM sites WHERE url = ?", url) == []
