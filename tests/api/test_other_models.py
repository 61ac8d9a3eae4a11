"""Products, sites, the partner, cards, invoices and countries in the shapes they may come in."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.countries import read_countries
from jpmanage_tui.api.errors import ApiError, RequestRejectedError, ServerError
from jpmanage_tui.api.ids import InvoiceId, PartnerKeyId, PaymentMethodId
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.api.partner import NO_PARTNER, Me, Partner, PartnerDetails
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.api.products import Product, ProductFamily
from jpmanage_tui.api.sites import ConnectionCode, Site, SiteConnection
from tests.api.support import Server, client_of, error, reply

# --- products


def test_a_family_tells_its_products_who_they_belong_to_and_keeps_the_good_ones() -> None:
    family = ProductFamily.model_validate(
        {
            "slug": "jetpack-scan",
            "name": "Scan",
            "discounts": {"tiers": []},
            "products": [
                {"slug": "jetpack-scan", "product_id": "2106", "currency": "usd", "amount": "1,009.50"},
                {"name": "no slug"},
                None,
                {"slug": "bare"},
            ],
        }
    )
    first, bare = family.products
    assert (first.product_id, first.family_slug, first.currency, first.amount) == (
        2106,
        "jetpack-scan",
        "USD",
        Decimal("1009.50"),
    )
    assert (bare.amount, bare.currency, bare.price_interval, bare.supported_bundles) == (None, None, None, ())


@pytest.mark.parametrize("bundles", [None, [], {}, "none"])
def test_absent_bundles_are_none(bundles: object) -> None:
    assert Product.model_validate({"slug": "a", "supported_bundles": bundles}).supported_bundles == ()


def test_bundle_sizes_that_are_no_sizes_are_left_out() -> None:
    raw = [
        {"quantity": 5, "amount": "90"},
        {"quantity": 0},
        {"amount": 1},
        {"quantity": "10", "amount": 80.5},
    ]
    sizes = Product.model_validate({"slug": "a", "supported_bundles": raw}).supported_bundles
    assert [(size.quantity, size.amount) for size in sizes] == [(5, Decimal(90)), (10, Decimal("80.5"))]


async def test_families_come_as_a_list_or_keyed_by_slug() -> None:
    for body in ([{"slug": "f"}], {"f": {"slug": "f"}}):
        async with client_of(Server(reply(200, body))) as client:
            assert [family.slug for family in await client.products.partner_families()] == ["f"]


# --- sites


@pytest.mark.parametrize("sites", [[{"blog_id": 5}, {"url": "no id"}], {"5": {"blog_id": "5"}, "x": {}}])
async def test_sites_come_as_a_list_or_keyed_by_id(sites: object) -> None:
    body = {"sites": sites, "total": "41", "per_page": 20, "total_favorites": None}
    async with client_of(Server(reply(200, body))) as client:
        page = await client.sites.list()
    assert [site.blog_id for site in page.items] == [5]
    assert (page.unreadable, page.total_items, page.total_pages) == (1, 41, 3)


async def test_iterating_sites_follows_the_total() -> None:
    script = [reply(200, {"sites": [{"blog_id": number}], "total": 2, "per_page": 1}) for number in (1, 2)]
    server = Server(*script)
    async with client_of(server) as client:
        assert [site.blog_id async for site in client.sites.list_all(per_page=1)] == [1, 2]
    assert len(server.requests) == 2


def test_a_site_tells_its_health_and_products_where_given() -> None:
    site = Site.model_validate(
        {
            "blog_id": 5,
            "url": "a.example",
            "is_connection_healthy": "",
            "latest_scan_threats_found": [1, 2],
            "awaiting_plugin_updates": {"0": "akismet", "1": None},
            "plan": {"product_id": 2014},
            "products": [{"product_id": "2106"}, {"product_id": None}, "2110"],
            "php_version_num": 8.1,
        }
    )
    assert site.is_connection_healthy is None
    assert (site.threats, site.awaiting_plugin_updates, site.php_version) == (2, ("akismet",), "8.1")
    assert (site.plan_product_id, site.product_ids, site.address) == (2014, (2106, 2110), "a.example")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("success", ConnectionCode.SUCCESS),
        ("already_connected", ConnectionCode.ALREADY_CONNECTED),
        ("previously_connected", ConnectionCode.PREVIOUSLY_CONNECTED),
        ("else", ConnectionCode.UNKNOWN),
    ],
)
def test_the_answers_to_connecting_a_site_are_told_apart(code: str, meaning: ConnectionCode) -> None:
    connection = SiteConnection.model_validate({"code": code, "blog_id": "5"})
    assert (connection.code, connection.blog_id) == (meaning, 5)


# --- partner

PARTNER = {
    "id": -7,
    "name": "Acme",
    "contact_person": "Ada L",
    "address": {"country": "US", "state": "TX", "city": "Austin", "line1": "1 Way", "postal_code": "1"},
    "keys": [
        {"id": 1, "name": "one", "oauth2_token": "s3cret-1", "disabled_on": None},
        {"id": 2, "name": "two", "oauth2_token": "s3cret-2", "disabled_on": "2024-01-01 00:00:00"},
        {"name": "no id"},
    ],
    "tos": "consented",
}


def test_a_partner_keeps_its_tokens_out_of_every_representation() -> None:
    partner = Partner.model_validate(PARTNER)
    assert partner.keys[0].oauth2_token.get_secret_value() == "s3cret-1"
    assert "s3cret" not in f"{partner!r}{partner}{partner.model_dump()}{partner.model_dump_json()}"


@pytest.mark.parametrize(
    ("tos", "accepted"),
    [
        ("consented", True),
        ("later_version", True),
        ("not_consented", False),
        (None, False),
        (True, True),
        (False, False),
    ],
)
def test_terms_are_open_only_when_missing_or_exactly_not_consented(tos: object, accepted: bool) -> None:
    assert Partner.model_validate(PARTNER | {"tos": tos}).tos_accepted is accepted


def test_what_an_old_answer_lacks_is_not_held_against_the_partner() -> None:
    partner = Partner.model_validate({"id": 1, "address": [], "keys": None})
    assert partner.has_valid_payment_method
    assert partner.can_issue_licenses
    assert (partner.keys, partner.address.country, partner.tos_accepted) == ((), "", False)


ONE = {"id": 1, "name": "one", "oauth2_token": "t"}
TWO = {"id": "2", "name": "two", "oauth2_token": "u"}
DISABLED = {"id": 3, "name": "three", "oauth2_token": "v", "disabled_on": "2024-01-01 00:00:00"}
NO_TOKEN = {"id": 4, "name": "four", "oauth2_token": None}
NO_ID = {"name": "five", "oauth2_token": "w"}


def key_ids(partner: Partner, remembered: int | None) -> int | None:
    key = partner.key_to_use(PartnerKeyId(remembered) if remembered is not None else None)
    return key.id if key is not None else None


@pytest.mark.parametrize(
    ("keys", "read", "unreadable", "unseen", "remembered_one"),
    [
        ([ONE], 1, 0, 1, 1),
        ({"7": ONE}, 1, 0, 1, 1),
        ([ONE, TWO], 2, 0, None, 1),
        ([ONE, DISABLED], 2, 0, 1, 1),
        ([DISABLED], 1, 0, None, None),
        ([DISABLED, TWO, DISABLED], 3, 0, 2, 2),
        ([ONE, NO_TOKEN], 2, 0, None, 1),
        ([NO_TOKEN], 1, 0, None, None),
        ([ONE, NO_ID], 1, 1, None, 1),
        ([ONE, "two"], 1, 1, None, 1),
        ([ONE, None, []], 1, 2, None, 1),
        ([NO_ID, NO_ID], 0, 2, None, None),
        ([], 0, 0, None, None),
        ({}, 0, 0, None, None),
        (None, 0, None, None, None),
        ("two keys", 0, None, None, None),
        (2, 0, None, None, None),
    ],
)
def test_no_key_is_used_unseen_while_another_could_be_meant(
    keys: object, read: int, unreadable: int | None, unseen: int | None, remembered_one: int | None
) -> None:
    partner = Partner.model_validate({"id": 1, "keys": keys})
    assert (len(partner.keys), partner.unreadable_keys) == (read, unreadable)
    assert partner.all_keys_read is (unreadable == 0)
    assert key_ids(partner, None) == unseen
    assert key_ids(partner, 9) == unseen
    assert key_ids(partner, 1) == remembered_one


@given(keys=st.lists(st.sampled_from([ONE, TWO, DISABLED, NO_TOKEN, NO_ID, None, 7]), max_size=5))
def test_a_key_that_is_used_unseen_is_usable_and_every_other_is_known_to_be_disabled(
    keys: list[object],
) -> None:
    partner = Partner.model_validate({"id": 1, "keys": keys})
    chosen = partner.key_to_use(None)
    assert partner.unreadable_keys == len(keys) - len(partner.keys)
    if chosen is not None:
        assert chosen.is_usable
        assert len([one for one in keys if one != DISABLED]) == 1


def test_a_key_without_an_answer_about_its_licenses_says_nothing_of_them() -> None:
    values: tuple[object, ...] = (True, "1", 0, None, {}, [])
    keys = [ONE | {"has_licenses": value} for value in values]
    read = Partner.model_validate({"id": 1, "keys": keys}).keys
    assert [key.has_licenses for key in read] == [True, True, False, None, None, None]


@pytest.mark.parametrize(
    ("value", "disabled"),
    [
        (None, False),
        ("", False),
        (False, False),
        (0, False),
        ("0000-00-00 00:00:00", False),
        ("2024-01-01", True),
        (1_700_000_000, True),
        (True, True),
        ({"date": "2024-01-01"}, True),
        (["x"], True),
    ],
)
def test_a_key_that_is_disabled_in_any_words_is_not_used(value: object, disabled: bool) -> None:
    partner = Partner.model_validate({"id": 1, "keys": [ONE | {"disabled_on": value}]})
    assert (partner.keys[0].disabled_on is not None) is disabled
    assert partner.keys[0].is_usable is not disabled


@pytest.mark.parametrize("junk", [{}, [], {"value": False}, ["no"], None])
def test_what_cannot_be_read_is_not_held_against_the_partner(junk: object) -> None:
    partner = Partner.model_validate(PARTNER | {"can_issue_licenses": junk, "has_valid_payment_method": junk})
    assert partner.can_issue_licenses
    assert partner.has_valid_payment_method


@pytest.mark.parametrize("junk", [{}, [], {"accepted": True}])
def test_terms_that_cannot_be_read_are_known_as_such(junk: object) -> None:
    partner = Partner.model_validate(PARTNER | {"tos": junk})
    assert partner.tos is None
    assert partner.tos_accepted, "anything but not_consented passes"


async def test_no_partner_is_known_by_its_code() -> None:
    for status in (403, 404):
        async with client_of(Server(error(status, NO_PARTNER))) as client:
            with pytest.raises(ApiError) as caught:
                await client.partner.get()
        assert caught.value.code == NO_PARTNER


def test_the_company_form_starts_with_what_the_partner_has_hidden_fields_included() -> None:
    details = PartnerDetails.of(
        Partner.model_validate(PARTNER | {"company_type": "agency", "managed_sites": "6-20"})
    )
    assert details.model_dump() == {
        "name": "Acme",
        "contact_person": "Ada L",
        "company_website": "",
        "company_type": "agency",
        "managed_sites": "6-20",
        "country": "US",
        "state": "TX",
        "city": "Austin",
        "line1": "1 Way",
        "line2": "",
        "postal_code": "1",
    }


@pytest.mark.parametrize("kind", ["business", ""])
async def test_the_partner_programme_is_not_mentioned_where_it_is_not_asked(kind: str) -> None:
    server = Server(reply(200, PARTNER))
    async with client_of(server) as client:
        await client.partner.create(PartnerDetails(name="A", company_type=kind), opt_in=True)
    assert b"partner_program_opt_in" not in server.only.content


@pytest.mark.parametrize(
    ("types", "agency"),
    [(["agency"], True), (["a4a_agency"], False), ({"0": "agency"}, True), (None, False), ([], False)],
)
def test_the_user_is_an_agency_when_the_types_say_so(types: object, agency: bool) -> None:
    assert Me.model_validate({"ID": "5", "jetpack_partner_types": types}).is_agency is agency


# --- cards


def test_a_card_takes_what_stripe_leaves_open() -> None:
    method = PaymentMethod.model_validate(
        {
            "id": "pm_1",
            "card": {"brand": "visa", "exp_month": "4", "exp_year": 27, "last4": 4242},
            "name": None,
        }
    )
    assert (method.card.exp_month, method.card.exp_year, method.card.last4) == (4, 2027, "4242")
    assert (method.name, method.is_default) == (None, False)
    assert PaymentMethod.model_validate({"id": "pm_1", "card": None}).card.last4 == ""


@pytest.mark.parametrize("body", [[{"id": "pm_1"}, {}], {"items": [{"id": "pm_1"}, {}], "has_more": "0"}])
async def test_cards_come_with_and_without_an_envelope(body: object) -> None:
    async with client_of(Server(reply(200, body))) as client:
        page = await client.payment_methods.list()
    assert ([item.id for item in page.items], page.has_more, page.unreadable) == (["pm_1"], False, 1)


async def test_iterating_cards_follows_the_cursor() -> None:
    server = Server(
        reply(200, {"items": [{"id": "pm_1"}, {"id": "pm_2"}], "has_more": True}),
        reply(200, {"items": [{"id": "pm_3"}], "has_more": False}),
    )
    async with client_of(server) as client:
        assert [item.id async for item in client.payment_methods.list_all()] == ["pm_1", "pm_2", "pm_3"]
    assert server.requests[1].url.query == b"starting_after=pm_2"


async def test_iterating_ends_with_a_server_that_ignores_the_cursor() -> None:
    server = Server(reply(200, {"items": [{"id": "in_1"}], "has_more": True}))
    async with client_of(server) as client:
        assert [item.id async for item in client.invoices.list_all()] == ["in_1"]
    assert len(server.requests) == 2


async def test_both_cursors_at_once_are_a_mistake_of_the_caller() -> None:
    async with client_of(Server(reply(200, []))) as client:
        with pytest.raises(ValueError, match="exclude"):
            await client.payment_methods.list(PaymentMethodId("a"), PaymentMethodId("b"))


@pytest.mark.parametrize("success", [False, 0, "false", None])
async def test_a_200_that_says_no_success_is_a_refusal(success: object) -> None:
    async with client_of(Server(reply(200, {"success": success}))) as client:
        with pytest.raises(RequestRejectedError):
            await client.payment_methods.make_primary(PaymentMethodId("pm_1"))


@pytest.mark.parametrize("primary", ["", None, []])
async def test_deleting_the_last_card_leaves_no_primary(primary: object) -> None:
    body = {"success": True, "primary_payment_method_id": primary}
    async with client_of(Server(reply(200, body))) as client:
        assert await client.payment_methods.delete(PaymentMethodId("pm_1")) is None


# --- invoices


def test_an_invoice_takes_every_date_format_side_by_side() -> None:
    invoice = Invoice.model_validate(
        {
            "id": "in_1",
            "number": "ABC-123",
            "due_date": "2022-04-04 12:00:00",
            "created": "1648771200",
            "effective_at": 1648771200,
            "status": "open",
            "total": 12.34,
            "currency": "usd",
            "invoice_pdf": "",
        }
    )
    assert invoice.due_date == datetime(2022, 4, 4, 12, tzinfo=UTC)
    assert invoice.created == invoice.effective_at == datetime(2022, 4, 1, tzinfo=UTC)
    assert (invoice.total, invoice.currency, invoice.invoice_pdf) == (Decimal("12.34"), "USD", None)


def test_an_unknown_status_keeps_its_word() -> None:
    invoice = Invoice.model_validate({"id": "in_1", "status": "on_hold"})
    assert (invoice.status, invoice.status_word) == (InvoiceStatus.UNKNOWN, "on_hold")


async def test_a_paid_answer_that_is_still_open_is_told_as_open() -> None:
    async with client_of(Server(reply(200, {"id": "in_1", "status": "open"}))) as client:
        assert (await client.invoices.pay(InvoiceId("in_1"))).status is InvoiceStatus.OPEN


# --- countries


def test_countries_and_states_are_told_apart() -> None:
    countries = read_countries(
        {
            "US:TX": "United States (US) \u2014 Texas",
            "US:AL": "United States (US) \u2014 Alabama",
            "FR": "France",
            "BR": "Brazil",
            "BR:SP": "Brazil \u2014 S\u00e3o Paulo",
            "DE:BY": "Germany \u2014 Bavaria",
            "": "nothing",
            "XX": None,
        }
    )
    assert [(country.code, country.label) for country in countries] == [
        ("BR", "Brazil"),
        ("FR", "France"),
        ("DE", "Germany"),
        ("US", "United States (US)"),
    ]
    states = {country.code: [(state.code, state.label) for state in country.states] for country in countries}
    assert states["US"] == [("TX", "Texas"), ("AL", "Alabama")]
    assert states["BR"] == [("SP", "S\u00e3o Paulo")]
    assert states["DE"] == []


def test_letters_that_are_written_as_entities_are_letters() -> None:
    countries = read_countries(
        {
            "CW": "Cura&ccedil;ao",
            "AX": "&#197;land Islands",
            "TT": "Trinidad &amp; Tobago",
            "XA": "A&#27;[31m&amp;lt;b",
            "BR:SP": "Brazil &mdash; S&atilde;o Paulo",
        }
    )
    assert {country.code: country.label for country in countries} == {
        "CW": "Cura\u00e7ao",
        "AX": "\u00c5land Islands",
        "TT": "Trinidad & Tobago",
        "XA": "A[31m&lt;b",
        "BR": "Brazil",
    }
    assert [country.states[0].label for country in countries if country.states] == ["S\u00e3o Paulo"]


async def test_countries_are_asked_for_once() -> None:
    server = Server(reply(200, {"FR": "France"}))
    async with client_of(server) as client:
        assert await client.countries.list() == await client.countries.list()
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [{}, [], {"": "x"}])
async def test_no_country_at_all_is_a_server_error(body: object) -> None:
    async with client_of(Server(reply(200, body))) as client:
        with pytest.raises(ServerError):
            await client.countries.list()
