"""A specification: every change of one license over real HTTP, the request it is, what it does, and every refusal of it.

Each is submitted to the queue and goes through the client to a sandbox at the end of a socket. The requests are those
that the sandbox noted, compared whole: method, path, query, body with its types, token.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from jpmanage_tui.api.errors import NotFoundError, PermissionDeniedError, RequestRejectedError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.operations.mutations.licenses import RevokeLicense
from tests.operations.over_http import Refusal, Wire, World
from tests.operations.runs import carried_out, states
from tests.operations.some_licenses import (
    REQUESTS,
    SIZE,
    STATE,
    Ask,
    Before,
    assign,
    attached,
    attached_child,
    bundle,
    child,
    detached,
    named,
    nobodys,
    of_another_key,
    revoke,
    revoked,
    standard,
    unassign,
    unassign_silently,
)
from tests.sandbox.harness import API, free_site, issue

# action, license before -> (is attached, is revoked), what the database notes
DONE: list[tuple[Ask, Before, tuple[bool, bool], str]] = [
    (assign, detached, (True, False), "assign"),
    (assign, child, (True, False), "assign"),
    (unassign, attached, (False, False), "unassign: mailed"),
    (unassign_silently, attached, (False, False), "unassign: not mailed"),
    (unassign, attached_child, (False, False), "unassign: mailed"),
    (revoke, detached, (False, True), "revoke"),
    (revoke, attached, (True, True), "revoke"),
]


@pytest.mark.parametrize(("ask", "before", "after", "noted"), DONE, ids=named)
async def test_a_license_is_changed_by_one_request(
    world: World, ask: Ask, before: Before, after: tuple[bool, bool], noted: str
) -> None:
    key, site = await before(world), await free_site(world.http)
    caller = await world.caller()
    await world.forget()
    outcome = await caller.run(ask(key, site))
    assert (outcome.state.value, outcome.sentence) == ("done", f"{ask(key, site).summary()}: done.")
    assert await world.sent() == [REQUESTS[ask](key, site)]
    is_attached, blog_id, is_revoked = world.rows(STATE, key)[0]
    assert (bool(is_attached), bool(is_revoked)) == after
    assert blog_id == (site if ask is assign else None) or is_revoked
    kind, _, mail = noted.partition(": ")
    ((changed, subject, detail),) = world.changed()
    assert (changed, subject) == (kind, key)
    assert not mail or detail == mail


async def test_a_bundle_is_revoked_by_its_parents_code_with_all_that_is_in_it(world: World) -> None:
    key, caller = await bundle(world), await world.caller()
    await world.forget()
    outcome = await caller.run(RevokeLicense(key, "Jetpack Scan", SIZE))
    assert outcome.sentence == f"Revoke the bundle of {SIZE} licenses Jetpack Scan ({key}): done."
    assert await world.sent() == [Wire("DELETE", f"{API}/license", {"license_key": key})]
    assert world.changed() == [("revoke", key, f"bundle of {SIZE}")]
    family = (
        "SELECT count(*) FROM licenses c JOIN licenses p ON p.license_id IN (c.license_id, c.parent_license_id)"
        " WHERE p.license_key = ? AND c.revoked_at IS "
    )
    assert world.one(f"{family} NOT NULL", key) == SIZE + 1
    assert world.one(f"{family} NULL", key) == 0


async def test_one_of_a_bundle_is_revoked_and_a_fresh_one_takes_its_place(world: World) -> None:
    key, caller = await attached_child(world), await world.caller()
    parent = world.one("SELECT parent_license_id FROM licenses WHERE license_key = ?", key)
    siblings = (
        "SELECT license_key, attached_at FROM licenses WHERE parent_license_id = ? AND revoked_at IS NULL"
    )
    before = dict(world.rows(siblings, parent))
    await world.forget()
    assert (await caller.run(RevokeLicense(key, "Jetpack Scan", parent_id=parent))).happened
    assert await world.sent() == [Wire("DELETE", f"{API}/license", {"license_key": key})]
    after = dict(world.rows(siblings, parent))
    assert len(after) == len(before) == SIZE
    ((_, fresh_attached_at),) = ((one, after[one]) for one in after.keys() - before.keys())
    assert before.keys() - after.keys() == {key}
    assert fresh_attached_at is None


async def test_an_unassigned_license_keeps_its_owner(world: World) -> None:
    key, caller = await attached(world), await world.caller()
    owner = "SELECT user_id FROM licenses WHERE license_key = ?"
    before = world.one(owner, key)
    assert (await caller.run(unassign(key, 0))).happened
    assert world.one(owner, key) == before is not None


# -- refusals ------------------------------------------------------------------------------

NOT_FOUND = Refusal(NotFoundError, 404, "license_not_found", "The license key was not found.")
EMPTY = Refusal(PermissionDeniedError, 403, None, "The server does not allow this.")
REVOKED = Refusal(
    RequestRejectedError, 400, "license_already_revoked", "This license has already been revoked."
)
STANDARD = Refusal(
    PermissionDeniedError,
    403,
    "license_not_manageable",
    "This license was not purchased through your partner account and cannot be changed here.",
)

REFUSED: list[tuple[Ask, Before, Refusal]] = [
    *((ask, nobodys, NOT_FOUND) for ask in REQUESTS),
    *((ask, of_another_key, EMPTY) for ask in REQUESTS),
    *((ask, revoked, REVOKED) for ask in REQUESTS),
    *((ask, standard, STANDARD) for ask in REQUESTS),
    (
        assign,
        attached,
        Refusal(
            RequestRejectedError,
            400,
            "license_already_attached",
            "This license is already attached to a site.",
        ),
    ),
    (
        assign,
        bundle,
        Refusal(
            RequestRejectedError,
            400,
            "bundle_cannot_be_attached",
            "A bundle cannot be attached to a site; attach its licenses.",
        ),
    ),
    *(
        (
            ask,
            before,
            Refusal(
                RequestRejectedError, 400, "license_not_attached", "This license is not attached to a site."
            ),
        )
        for ask in (unassign, unassign_silently)
        for before in (detached, bundle, child)
    ),
]


@pytest.mark.parametrize(("ask", "before", "refusal"), REFUSED, ids=named)
async def test_a_refused_change_is_sent_once_told_in_the_vendors_words_and_changes_nothing(
    world: World, ask: Ask, before: Before, refusal: Refusal
) -> None:
    key, site = await before(world), await free_site(world.http)
    caller = await world.caller()
    await world.forget()
    rows = world.rows(STATE, key)
    outcome = await caller.run(ask(key, site))
    refusal.check(outcome)
    assert await world.sent() == [REQUESTS[ask](key, site)]
    assert (world.rows(STATE, key), world.changed()) == (rows, [])


async def may_not_manage(world: World) -> int:
    return int(
        world.one("SELECT blog_id FROM sites WHERE partner_id = 4021 AND connected AND NOT may_manage")
    )


async def disconnected(world: World) -> int:
    return int(world.one("SELECT blog_id FROM sites WHERE partner_id = 4021 AND NOT connected"))


async def has_the_product(world: World) -> int:
    return int(world.one("SELECT blog_id FROM licenses WHERE license_key = ?", await attached(world)))


SITES: list[tuple[Callable[[World], Awaitable[int]], Refusal]] = [
    (
        may_not_manage,
        Refusal(
            PermissionDeniedError,
            403,
            "insufficient_permissions",
            "You do not have sufficient permissions to attach a license to the remote site.",
        ),
    ),
    (
        disconnected,
        Refusal(
            RequestRejectedError,
            400,
            "unknown_site",
            "The site was not found or is not connected to your account.",
        ),
    ),
    (
        has_the_product,
        Refusal(
            RequestRejectedError,
            400,
            "site_already_has_product",
            "The site already has a license for Jetpack Scan Daily.",
        ),
    ),
]


@pytest.mark.parametrize(("where", "refusal"), SITES, ids=named)
async def test_a_site_that_takes_no_license_is_told_and_the_license_stays_unassigned(
    world: World, where: Callable[[World], Awaitable[int]], refusal: Refusal
) -> None:
    site, key = await where(world), await detached(world)
    caller = await world.caller()
    await world.forget()
    outcome = await caller.run(assign(key, site))
    refusal.check(outcome)
    assert await world.sent() == [REQUESTS[assign](key, site)]
    assert (world.rows(STATE, key), world.changed()) == ([(0, None, 0)], [])


async def test_when_one_of_several_cannot_be_assigned_the_others_are_all_the_same(world: World) -> None:
    keys = [await detached(world), await detached(world)]
    keys.insert(1, LicenseKey(await issue(world.http, "jetpack-anti-spam")))
    site, caller = await free_site(world.http), await world.caller()
    await world.forget()
    _, items = await carried_out(caller.queue, (assign(key, site) for key in (keys[0], keys[2], keys[1])))
    assert await world.sent() == [REQUESTS[assign](key, site) for key in (keys[0], keys[2], keys[1])]
    assert states(items) == ["done", "failed", "done"], "the same product twice"
    assert [subject for _, subject, _ in world.changed()] == [keys[0], keys[1]]
