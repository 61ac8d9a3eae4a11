"""Lost revokes of licenses that the API does not know afterwards, whichever of the three ways it says so in."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.errors import NotFoundError
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.operations.mutations.licenses import RevokeLicense
from tests.operations.over_http import World
from tests.operations.some_licenses import attached_child, detached

STATUSES = pytest.mark.parametrize("status", [400, 403, 404])


@STATUSES
async def test_a_lost_revoke_of_a_license_that_is_unknown_afterwards_is_found_done(
    world: World, status: int
) -> None:
    key = await detached(world)
    await world.turn(unknown_license=str(status))
    await world.faults("DELETE */license reset-after", "GET */licenses latency=0.01")
    caller = await world.caller()
    operation = caller.queue.submit(RevokeLicense(key, "Jetpack Scan"))
    operation.on_verifying(lambda: world.write("DELETE FROM licenses WHERE license_key = ?", key))
    outcome = await operation.outcome()
    assert outcome.state.value == "found_done", outcome.sentence
    with pytest.raises(NotFoundError) as caught:
        await caller.client.licenses.get(key)
    assert (caught.value.status, caught.value.code) == (status, "license_not_found")


@STATUSES
async def test_a_lost_revoke_of_a_bundles_license_is_found_done_though_the_bundle_is_unknown_by_now(
    world: World, status: int
) -> None:
    key = await attached_child(world)
    parent = world.one("SELECT parent_license_id FROM licenses WHERE license_key = ?", key)
    await world.turn(unknown_license=str(status))
    await world.faults("DELETE */license reset-after")
    caller = await world.caller()
    operation = caller.queue.submit(
        RevokeLicense(LicenseKey(key), "Jetpack Scan", parent_id=LicenseId(parent))
    )
    operation.on_verifying(
        lambda: world.write("UPDATE licenses SET quantity = NULL WHERE license_id = ?", parent)
    )
    outcome = await operation.outcome()
    assert outcome.state.value == "found_done", outcome.sentence
    with pytest.raises(NotFoundError):
        await caller.client.licenses.children(LicenseId(parent))
