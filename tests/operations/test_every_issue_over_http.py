"""A specification: issuing over real HTTP, one, a bundle, several: the requests, what they do, and every refusal."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.errors import InvalidParameterError, PermissionDeniedError
from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from jpmanage_tui.operations.policy import Policy
from tests.operations.over_http import Refusal, World, json_of
from tests.operations.runs import carried_out, states
from tests.operations.some_licenses import SCAN, SIZE, STATE
from tests.sandbox.harness import API, bearer


async def test_one_license_is_issued_by_its_products_slug_alone(world: World) -> None:
    caller = await world.caller()
    await world.forget()
    outcome = await caller.run(IssueLicense(SCAN, None, "Jetpack Scan"))
    assert outcome.sentence == "Issue one Jetpack Scan license: done."
    assert await world.sent() == [json_of("POST", f"{API}/license", {"product": "jetpack-scan"})]
    (key,) = outcome.license_keys
    assert world.changed() == [("issue", key, "jetpack-scan")]
    assert world.rows(STATE, key) == [(0, None, 0)]


async def test_a_bundle_is_issued_with_its_size_as_a_number(world: World) -> None:
    caller = await world.caller()
    await world.forget()
    outcome = await caller.run(IssueLicense(SCAN, SIZE, "Jetpack Scan"))
    assert outcome.sentence == f"Issue a bundle of {SIZE} Jetpack Scan licenses: done."
    assert await world.sent() == [
        json_of("POST", f"{API}/license", {"product": "jetpack-scan", "quantity": SIZE})
    ]
    (key,) = outcome.license_keys
    assert world.changed() == [("issue_bundle", key, f"jetpack-scan x {SIZE}")]
    assert world.one("SELECT quantity FROM licenses WHERE license_key = ?", key) == SIZE


async def test_several_loose_licenses_are_so_many_single_issues(world: World) -> None:
    caller = await world.caller()
    await world.forget()
    slugs = [SCAN, ProductSlug("jetpack-nonsense"), ProductSlug("jetpack-anti-spam")]
    _, items = await carried_out(caller.queue, (IssueLicense(slug, None, slug) for slug in slugs))
    wanted = [json_of("POST", f"{API}/license", {"product": slug}) for slug in slugs]
    assert sorted(await world.sent(), key=str) == sorted(wanted, key=str)
    assert [kind for kind, _, _ in world.changed()] == ["issue", "issue"]
    assert states(items) == ["done", "failed", "done"]


@pytest.mark.parametrize(("quantity", "as_bundle", "made"), [(3, False, 3), (SIZE, True, 1)])
async def test_issuing_several_in_one_request_sends_a_number_and_a_truth_value(
    world: World, quantity: int, as_bundle: bool, made: int
) -> None:
    caller = await world.caller()
    await world.forget()
    issued = await caller.client.licenses.issue_several(SCAN, quantity, as_bundle)
    body = {"product": "jetpack-scan", "quantity": quantity, "bundle": as_bundle}
    assert await world.sent() == [json_of("POST", f"{API}/licenses", body)]
    assert [subject for _, subject, _ in world.changed()] == [one.license_key for one in issued]
    assert len(issued) == made


NO_CARD = Refusal(
    PermissionDeniedError,
    403,
    "missing_valid_payment_method",
    "A valid payment method is required to issue licenses. Please add one and try again.",
)
ISSUES: list[tuple[str, str | None, ProductSlug, int | None, Refusal]] = [
    (
        "no card is on file",
        "sandbox-key-nocard",
        SCAN,
        None,
        NO_CARD,
    ),
    (
        "the terms are open",
        "sandbox-key-tos",
        SCAN,
        None,
        Refusal(
            PermissionDeniedError,
            403,
            "tos_not_consented",
            "Please accept the terms of service before issuing licenses.",
        ),
    ),
    (
        "issuing is paused",
        "sandbox-key",
        SCAN,
        SIZE,
        Refusal(
            PermissionDeniedError,
            403,
            "cannot_issue_licenses",
            "Issuing licenses is paused for your account.",
        ),
    ),
    (
        "an unknown product",
        "sandbox-key",
        ProductSlug("jetpack-nonsense"),
        None,
        Refusal(InvalidParameterError, 400, "rest_invalid_param", "Invalid parameter(s): product"),
    ),
    (
        "a size that is not sold",
        "sandbox-key",
        SCAN,
        7,
        Refusal(InvalidParameterError, 400, "rest_invalid_param", "Invalid parameter(s): quantity"),
    ),
]


@pytest.mark.parametrize(
    ("key", "product", "size", "refusal"), [row[1:] for row in ISSUES], ids=[row[0] for row in ISSUES]
)
async def test_an_issue_that_is_refused_is_sent_once_and_issues_nothing(
    world: World, key: str, product: ProductSlug, size: int | None, refusal: Refusal
) -> None:
    await world.turn(issuing="paused" if refusal.code == "cannot_issue_licenses" else None)
    caller = await world.caller(key)
    await world.forget()
    outcome = await caller.run(IssueLicense(product, size, "Jetpack Scan"))
    refusal.check(outcome)
    if isinstance(outcome.error, InvalidParameterError):
        (name,) = outcome.error.params
        assert refusal.words.endswith(name)
        assert outcome.error.params[name]
    body = {"product": product} | ({} if size is None else {"quantity": size})
    assert await world.sent() == [json_of("POST", f"{API}/license", body)]
    assert world.changed() == []


async def test_after_a_card_was_just_added_the_issue_is_tried_again_until_the_server_knows_it(
    world: World,
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:  # only now has the news of the card come through
            added = await world.http.post("/_sandbox/add-card", headers=bearer("sandbox-key-nocard"), json={})
            added.raise_for_status()

    caller = await world.caller("sandbox-key-nocard", policy=Policy(sleep=sleep))
    await world.forget()
    try:
        outcome = await caller.run(IssueLicense(SCAN, None, "Jetpack Scan"), card_just_added=True)
        sent = await world.sent()
    finally:
        await without_card(world)
    assert (outcome.state.value, pauses) == ("done", [1.0, 2.0, 3.0])
    assert sent == [json_of("POST", f"{API}/license", {"product": "jetpack-scan"})] * 4
    assert [kind for kind, _, _ in world.changed()].count("issue") == 1


async def without_card(world: World) -> None:
    """Take the card away again that a test gave to the account without one."""
    card = world.one("SELECT payment_method_id FROM cards WHERE key_id = 91266 AND NOT detached")
    path, who = f"{API}/stripe/payment-method", bearer("sandbox-key-nocard")
    (await world.http.delete(path, params={"payment_method_id": card}, headers=who)).raise_for_status()


async def test_a_server_that_never_hears_of_the_card_is_asked_six_times_and_no_more(world: World) -> None:
    caller = await world.caller("sandbox-key-nocard")
    await world.forget()
    outcome = await caller.run(IssueLicense(SCAN, None, "Jetpack Scan"), card_just_added=True)
    NO_CARD.check(outcome)
    assert len(await world.sent()) == 6
    assert world.changed() == []
