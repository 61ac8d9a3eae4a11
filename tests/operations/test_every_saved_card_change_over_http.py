"""A specification: saving, choosing and deleting cards over real HTTP: requests, what they do, every refusal."""

from __future__ import annotations

from jpmanage_tui.api.errors import (
    InvalidParameterError,
    NotFoundError,
    PermissionDeniedError,
    RequestRejectedError,
)
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.operations.mutations.cards import DeleteCard, MakeCardPrimary, SaveCard
from tests.operations.over_http import Refusal, Wire, World, json_of
from tests.operations.some_cards import (
    CARDS,
    KEY,
    KEY_NOCARD,
    METHOD,
    intent_of,
    saved,
)
from tests.sandbox.harness import bearer

# -- saving --------------------------------------------------------------------------------


async def test_a_200_with_an_error_inside_is_a_refusal(world: World) -> None:
    intent = await intent_of(await world.caller())
    cards = world.rows(CARDS, KEY)
    await world.forget()
    outcome = await intent.caller.run(SaveCard(PaymentMethodId("pm_nobody"), True), intent.to_save)
    Refusal(RequestRejectedError, 200, None, "No such PaymentMethod: 'pm_nobody'").check(outcome)
    assert len(await world.sent()) == 1
    assert (world.rows(CARDS, KEY), world.changed()) == (cards, [])


async def test_a_card_of_another_setup_intent_is_refused(world: World) -> None:
    caller = await world.caller()
    first, second = await intent_of(caller), await intent_of(caller)
    method = await first.confirmed()
    await world.forget()
    outcome = await caller.run(SaveCard(method, True), second.to_save)
    words = "The card was not set up by this setup intent: it is requires_payment_method."
    Refusal(RequestRejectedError, 400, "invalid_setup_intent", words).check(outcome)
    assert world.changed() == []
    assert method not in dict(world.rows(CARDS, KEY))


# -- cards that are there ------------------------------------------------------------------


async def test_a_saved_card_is_made_primary_without_an_intent(world: World) -> None:
    caller, method = await world.caller(), await saved(world, primary=False)
    await world.forget()
    outcome = await caller.run(MakeCardPrimary(method, "Visa …4242"))
    assert outcome.sentence == "Set Visa …4242 as primary card: done."
    body = {"payment_method_id": method, "use_as_primary_payment_method": True}
    assert await world.sent() == [json_of("POST", METHOD, body)]
    assert [card for card, primary in world.rows(CARDS, KEY) if primary] == [method]


async def test_a_card_that_is_not_there_cannot_be_made_primary(world: World) -> None:
    caller, cards = await world.caller(), world.rows(CARDS, KEY)
    outcome = await caller.run(MakeCardPrimary(PaymentMethodId("pm_gone"), "Visa …4242"))
    Refusal(RequestRejectedError, 200, None, "No such PaymentMethod: 'pm_gone'").check(outcome)
    assert world.rows(CARDS, KEY) == cards


async def test_a_secondary_card_is_deleted_by_its_id_alone_and_the_primary_stays(world: World) -> None:
    caller = await world.caller()
    primary, method = await saved(world, primary=True), await saved(world, primary=False)
    await world.forget()
    outcome = await caller.run(DeleteCard(method, "Visa …4242"))
    assert (outcome.sentence, outcome.result) == ("Delete payment method Visa …4242: done.", primary)
    assert await world.sent() == [Wire("DELETE", METHOD, {"payment_method_id": method})]
    cards = dict(world.rows(CARDS, KEY))
    assert (cards[primary], method in cards) == (1, False)


async def test_deleting_the_primary_names_the_card_that_takes_over(world: World) -> None:
    caller = await world.caller()
    heir = await saved(world, primary=False)
    await saved(world, primary=False)
    primary = await saved(world, primary=True)
    await world.forget()
    outcome = await caller.run(DeleteCard(primary, "Visa …4242", heir))
    assert (outcome.state.value, outcome.result) == ("done", heir)
    query = {"payment_method_id": primary, "primary_payment_method_id": heir}
    assert await world.sent() == [Wire("DELETE", METHOD, query)]
    assert [card for card, is_default in world.rows(CARDS, KEY) if is_default] == [heir]


async def test_after_the_last_card_nothing_is_primary_and_nothing_can_be_issued(world: World) -> None:
    caller = await world.caller("sandbox-key-nocard", "sandbox-user-nocard")
    answer = await world.http.post("/_sandbox/add-card", json={}, headers=bearer("sandbox-key-nocard"))
    assert (await caller.client.partner.get()).has_valid_payment_method
    outcome = await caller.run(DeleteCard(PaymentMethodId(answer.json()["id"]), "Visa …4242"))
    assert (outcome.state.value, outcome.result) == ("done", None)
    assert not (await caller.client.partner.get()).has_valid_payment_method
    assert world.rows(CARDS, KEY_NOCARD) == []


async def another_keys(world: World) -> PaymentMethodId:
    answer = await world.http.post("/_sandbox/add-card", json={}, headers=bearer("sandbox-key-2"))
    return PaymentMethodId(answer.json()["id"])


async def test_a_card_that_is_not_there_or_anothers_is_not_deleted(world: World) -> None:
    caller = await world.caller()
    foreign = await another_keys(world)
    not_found = Refusal(NotFoundError, 404, "payment_method_not_found", "The payment method was not found.")
    await world.forget()
    for method in (PaymentMethodId("pm_gone"), foreign):
        not_found.check(await caller.run(DeleteCard(method, "Visa …4242")))
    assert world.changed() == []
    assert foreign in dict(world.rows(CARDS, 90377))


async def test_a_card_that_cannot_take_over_is_named_and_nothing_is_deleted(world: World) -> None:
    caller, method = await world.caller(), await saved(world, primary=True)
    cards = world.rows(CARDS, KEY)
    for heir in (method, PaymentMethodId("pm_gone")):
        outcome = await caller.run(DeleteCard(method, "Visa …4242", heir))
        assert isinstance(outcome.error, InvalidParameterError)
        assert set(outcome.error.params) == {"primary_payment_method_id"}
    assert world.rows(CARDS, KEY) == cards


async def test_cards_take_a_partner_keys_token(world: World) -> None:
    intent, method = await intent_of(await world.caller("sandbox-user")), PaymentMethodId("pm_any")
    words = "Sorry, you are not allowed to do that: this call takes a partner key's token."
    forbidden = Refusal(PermissionDeniedError, 403, "rest_forbidden", words)
    await world.forget()
    forbidden.check(await intent.caller.run(SaveCard(method, True), intent.to_save))
    forbidden.check(await intent.caller.run(MakeCardPrimary(method, "Visa …4242")))
    forbidden.check(await intent.caller.run(DeleteCard(method, "Visa …4242")))
    assert [one.token for one in await world.sent()] == ["user"] * 3
    assert world.changed() == []
