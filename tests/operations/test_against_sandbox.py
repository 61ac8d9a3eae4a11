"""The queue through the real client against the sandbox over real HTTP: its database shows no change
twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.account import AcceptTerms
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.runner import Runner
from tests.operations.runs import plan_of
from tests.sandbox.harness import options, running_sandbox
from tests.sandbox.plain_http import plain_transport

TIMEOUTS = Timeouts(connect=5, read=0.4, write=5, pool=5, total=10)
POLICY = Policy(check_pauses=(0.0, 0.05, 0.1), card_pause=0.0)
AFTER = ["reset-after", "hang-after", "500=after", "502=after", "malformed", "cut"]
BEFORE = ["reset-before", "hang-before", "500", "502"]
KINDS = ["issue", "issue_bundle", "assign", "unassign", "revoke", "connect_site"]

LOST = [
    (kind, fault)
    for kind in KINDS
    for fault in (AFTER if kind in ("issue", "assign") else ["reset-after", "500=after"])
]


@dataclass
class Rig:
    """A queue, its client, and the sandbox's own view."""

    http: httpx.AsyncClient
    client: LicensingClient
    journal: Journal
    queue: OperationsQueue

    async def faults(self, *specs: str) -> None:
        (await self.http.put("/_sandbox/faults", json=list(specs))).raise_for_status()

    async def changes(self) -> list[str]:
        """The kinds of the changes that are in the sandbox's database."""
        return [row["kind"] for row in (await self.http.get("/_sandbox/changes")).json()]

    async def one(self, filter: LicenseFilter) -> License:
        page = await self.client.licenses.list(filter=filter)
        return next(item for item in page.items if not item.is_bundle and not item.is_standard)

    async def run(self, change: Mutation[Any]) -> Outcome[Any]:
        return await self.queue.submit(change).outcome()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_sandbox(options(120)) as base:
        yield base


@pytest.fixture
async def rig(url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    tokens = StaticTokens(key=SecretStr("sandbox-key"), user=SecretStr("sandbox-user"))
    async with (
        httpx.AsyncClient(transport=plain_transport(), base_url=url, timeout=10) as http,
        LicensingClient(tokens=tokens, api_url=url, timeouts=TIMEOUTS, transport=plain_transport()) as client,
    ):
        journal = await Journal.open(tmp_path / "journal.sqlite")
        queue = OperationsQueue(client, journal, "sandbox", tokens=tokens, policy=POLICY)
        made = Rig(http, client, journal, queue)
        yield made
        await made.faults()
        await queue.close()
        await journal.close()


async def change_of(rig: Rig, kind: str) -> Mutation[Any]:
    """A change of this kind that the sandbox will accept."""
    number = len(await rig.changes())
    if kind == "connect_site":
        return ConnectSite(f"https://connect-{number}.example/", "1")
    if kind in ("issue", "issue_bundle"):
        families = await rig.client.products.partner_families()
        wanted = next(
            product
            for family in families
            for product in family.products
            if kind == "issue" or product.supported_bundles
        )
        size = wanted.supported_bundles[0].quantity if kind == "issue_bundle" else None
        return IssueLicense(wanted.slug, size, wanted.name)
    if kind == "assign":
        row = await rig.one(LicenseFilter.DETACHED)
        site = await rig.client.sites.connect(f"https://site-{number}.example", 1)
        assert site.blog_id is not None
        return AssignLicense(row.license_key, site.blog_id, "a site", row.product, row.parent_license_id)
    row = await rig.one(LicenseFilter.ATTACHED)
    if kind == "unassign":
        return UnassignLicense(row.license_key, True, row.product, row.siteurl or "", row.parent_license_id)
    return RevokeLicense(row.license_key, row.product, row.quantity, row.parent_license_id)


def port(client: LicensingClient) -> ClientPort:
    """The real client is what this floor asks for (checked by the type checker)."""
    return client


@pytest.mark.parametrize("kind", KINDS)
async def test_a_change_is_done_once(rig: Rig, kind: str) -> None:
    change = await change_of(rig, kind)
    before = await rig.changes()
    outcome = await rig.run(change)
    assert outcome.state.value == "done", outcome.sentence
    assert await rig.changes() == [*before, kind]


@pytest.mark.parametrize(("kind", "fault"), LOST)
async def test_a_change_that_was_done_before_its_answer_was_lost_is_found_and_not_repeated(
    rig: Rig, kind: str, fault: str
) -> None:
    change = await change_of(rig, kind)
    before = await rig.changes()
    await rig.faults(f"POST * {fault} x1", f"DELETE * {fault} x1")
    outcome = await rig.run(change)
    assert outcome.state.value == "found_done", outcome.sentence
    assert await rig.changes() == [*before, kind]
    if kind.startswith("issue"):
        (key,) = outcome.license_keys
        assert (await rig.client.licenses.get(key)).license_key == key


@pytest.mark.parametrize("fault", BEFORE)
@pytest.mark.parametrize("kind", ["issue", "assign", "revoke", "connect_site"])
async def test_a_change_that_never_arrived_is_found_not_done_and_may_be_sent_again(
    rig: Rig, kind: str, fault: str
) -> None:
    change = await change_of(rig, kind)
    before = await rig.changes()
    await rig.faults(f"POST * {fault} x1", f"DELETE * {fault} x1")
    outcome = await rig.run(change)
    assert outcome.state.value == "found_not_done", outcome.sentence
    assert await rig.changes() == before
    assert (await rig.run(change)).state.value == "done"
    assert await rig.changes() == [*before, kind]


async def test_a_busy_server_is_waited_for_and_the_change_done_once(rig: Rig) -> None:
    change = await change_of(rig, "issue")
    before = await rig.changes()
    await rig.faults("POST * 429=0 x2")
    assert (await rig.run(change)).state.value == "done"
    assert await rig.changes() == [*before, "issue"]


async def test_a_refusal_is_told_in_the_vendors_words(rig: Rig) -> None:
    row = await rig.one(LicenseFilter.REVOKED)
    before = await rig.changes()
    outcome = await rig.run(RevokeLicense(row.license_key, row.product))
    assert outcome.state.value == "refused"
    assert outcome.detail
    assert await rig.changes() == before


async def test_a_server_that_cannot_be_reached_is_not_sent_anything(rig: Rig, tmp_path: Path) -> None:
    change = await change_of(rig, "revoke")
    tokens = StaticTokens(key=SecretStr("sandbox-key"))
    async with LicensingClient(
        tokens=tokens, api_url="http://127.0.0.1:9", timeouts=TIMEOUTS, transport=plain_transport()
    ) as client:
        queue = OperationsQueue(client, rig.journal, "elsewhere", policy=POLICY)
        outcome = await queue.submit(change).outcome()
        await queue.close()
    assert outcome.state.value == "not_sent"


async def test_looks_that_fail_leave_it_unknown_until_the_next_start(rig: Rig) -> None:
    change = await change_of(rig, "issue")
    before = await rig.changes()
    await rig.faults("POST * reset-after x1", "GET */licenses 401 +1")
    outcome = await rig.run(change)
    assert outcome.unknown, outcome.sentence
    assert (await rig.run(change)).state.value == "not_sent"
    await rig.queue.close()
    await rig.faults()
    again = OperationsQueue(port(rig.client), rig.journal, "sandbox", policy=POLICY)
    (told,) = await again.recover()
    await again.close()
    assert told.state.value == "found_done"
    assert await rig.changes() == [*before, "issue"]


async def test_a_plan_over_a_bad_line_does_each_change_once(rig: Rig) -> None:
    page = await rig.client.licenses.list(filter=LicenseFilter.DETACHED)
    rows = [item for item in page.items if not item.is_bundle and not item.is_standard][:6]
    before = await rig.changes()
    await rig.faults("DELETE * reset-after x1 +1", "DELETE * 500 x1 +2", "DELETE * 429=0 x1 +3")
    runner = Runner(rig.queue)
    run = await runner.add(plan_of(RevokeLicense(row.license_key, row.product) for row in rows))
    run = await runner.finished(run.id)
    if run.resumable:  # an answer that did not come pauses it where it is not found out
        run = await runner.finished((await runner.resume(run.id)).id)
    assert (run.counts.done, run.counts.failed, run.counts.unknown, run.counts.waiting) == (5, 1, 0, 0)
    run = await runner.finished((await runner.retry(run.id)).id)
    assert run.complete
    assert await rig.changes() == [*before, *["revoke"] * 6]


@pytest.mark.parametrize("fault", ["reset-after", "500=after"])
async def test_terms_accepted_by_a_lost_request_are_found_accepted(tmp_path: Path, fault: str) -> None:
    with running_sandbox(options(10, faults=(f"PUT * {fault} x1",))) as base:
        tokens = StaticTokens(user=SecretStr("sandbox-user-tos"))
        async with LicensingClient(
            tokens=tokens, api_url=base, timeouts=TIMEOUTS, transport=plain_transport()
        ) as client:
            journal = await Journal.open(tmp_path / "journal.sqlite")
            queue = OperationsQueue(client, journal, "terms", policy=POLICY)
            outcome = await queue.submit(AcceptTerms()).outcome()
            assert outcome.state.value == "found_done"
            await queue.close()
            await journal.close()
