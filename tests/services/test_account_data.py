"""Reading an account for lists: from the sandbox over the client, and plans made of it carried out there."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.run import RunPlan
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.rules.site_list import read_list
from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.switches import turn
from jpmanage_tui.sandbox.transport import SandboxTransport
from jpmanage_tui.services.account_data import AccountData, account_data, read_account
from jpmanage_tui.services.all_licenses import IndexedLicenses
from jpmanage_tui.services.bulk_plans import plan_issuing
from jpmanage_tui.services.leaving_plans import Leaving, plan_list_leaving, plan_moving
from jpmanage_tui.services.site_lists import ListUse, match_list
from tests.sandbox.harness import options
from tests.services.accounts import license_for, site
from tests.services.issuing.support import ADD_ON, CATALOG, SCAN

MINE = "key_id = (SELECT key_id FROM tokens WHERE token = 'sandbox-key')"


@dataclass
class Rig:
    """A sandbox, and a client to it."""

    sandbox: Sandbox
    client: LicensingClient

    async def select(self, sql: str) -> list[tuple[Any, ...]]:
        """Return rows of the sandbox's own database."""

        def read(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(sql).fetchall()]

        return await self.sandbox.read(read)

    async def switch(self, name: str, state: str) -> None:
        """Turn a switch of the sandbox."""
        await self.sandbox.read(lambda connection: turn(connection, {name: state}))

    async def carry_out(self, plan: RunPlan) -> None:
        """Do all that a plan has in it."""
        journal = await Journal.open(None)
        queue = OperationsQueue(
            self.client, journal, "test", policy=Policy(check_pauses=(0.0, 0.01), card_pause=0.0)
        )
        runner = Runner(queue)
        async with asyncio.timeout(20):
            ended = await runner.finished((await runner.add(plan)).id)
        notes = [item.entry.message if item.entry else item.note for item in await runner.items(ended.id)]
        assert ended.complete, [note for note in notes if note]
        await runner.close()
        await queue.close()
        await journal.close()


def nobody(_words: str) -> None:
    """Nobody wants to know how far it is."""


@asynccontextmanager
async def rig(*faults: str) -> AsyncIterator[Rig]:
    sandbox = create_sandbox(options(120, faults=faults))
    tokens = StaticTokens(key=SecretStr("sandbox-key"))
    async with LicensingClient(tokens=tokens, transport=SandboxTransport(sandbox)) as client:
        yield Rig(sandbox, client)
    await sandbox.close()


@pytest.mark.parametrize("children", ["nested", "flat"])
async def test_an_account_is_read_whole_bundles_members_too(children: str) -> None:
    async with rig() as made:
        await made.switch("children", children)
        told: list[str] = []
        data = await read_account(made.client, told.append)
        active = f"{MINE} AND revoked_at IS NULL"
        attached = await made.select(
            f"SELECT blog_id, license_key FROM licenses WHERE {active} AND attached_at IS NOT NULL"
        )
        assert sorted(
            (blog_id, license.license_key)
            for blog_id in {row[0] for row in attached}
            for license in data.licenses_on(blog_id)
        ) == sorted(attached)
        detached = await made.select(
            f"SELECT license_key FROM licenses WHERE {active} AND attached_at IS NULL AND quantity IS NULL"
            " AND owner_type = 'jetpack_partner_key' ORDER BY issued_at, license_id"
        )
        assert [(license.license_key,) for license in data.unassigned] == detached
        bundles = await made.select(
            f"SELECT license_id FROM licenses WHERE {active} AND quantity IS NOT NULL"
        )
        assert sorted((bundle.license_id,) for bundle in data.bundles) == sorted(bundles)
        assert any(license.is_child for license in data.unassigned)
        assert data.incomplete == ""
        assert len(data.sites) == int(
            (
                await made.select(
                    "SELECT count(*) FROM sites WHERE connected AND partner_id = (SELECT partner_id FROM tokens"
                    " JOIN partner_keys USING (key_id) WHERE token = 'sandbox-key')"
                )
            )[0][0]
        )
        assert any(words.startswith(f"{len(data.sites)} sites and ") for words in told)
        assert any("bundles read" in words for words in told) is (children == "nested")


async def test_what_a_plan_says_is_what_stands_in_the_database_after_it() -> None:
    async with rig() as made:
        data = await read_account(made.client, nobody)
        scan = next(one for one in data.products if one.slug == "jetpack-scan")
        every = match_list(read_list("\n".join(one.address for one in data.sites)), data).with_products(
            [scan]
        )
        refusing = await made.select("SELECT blog_id FROM sites WHERE NOT may_manage")
        lacking = [
            line.site
            for line in every.ready
            if line.site is not None and (line.site.blog_id,) not in refusing
        ]
        target, *chosen = lacking
        text = "\n".join(one.address for one in chosen)
        site_list = match_list(read_list(text), data).with_products([scan])
        singly = plan_issuing(site_list.left_out(1, 2))
        plan = plan_issuing(site_list.left_out(1, 2), offers=singly.offers[:1])
        first = plan_issuing(site_list.left_out(*range(3, len(chosen) + 1)), unassigned_first=True)
        (offer,) = plan.taken_offers
        assert (first.reused, first.issued) == (2, 0)
        before = len(await made.select("SELECT 1 FROM licenses"))
        await made.carry_out(first.run)
        await made.carry_out(plan.run)
        on_sites = await made.select(
            "SELECT blog_id FROM licenses JOIN products USING (product_id) WHERE slug = 'jetpack-scan' AND revoked_at"
            " IS NULL AND attached_at IS NOT NULL"
        )
        assert Counter((one.blog_id,) for one in chosen) <= Counter(on_sites)
        assert len(on_sites) == len(set(on_sites)), "a site has the product twice"
        assert len(await made.select("SELECT 1 FROM licenses")) == before + plan.issued + len(offer.sizes)

        data = await read_account(made.client, nobody)
        (mine,) = [one for one in data.licenses_on(chosen[0].blog_id) if one.product_id == scan.product_id]
        await made.carry_out(plan_moving([mine], target, data).run)
        data = await read_account(made.client, nobody)
        assert mine.license_key in [one.license_key for one in data.licenses_on(target.blog_id)]
        assert mine.license_key not in [one.license_key for one in data.licenses_on(chosen[0].blog_id)]

        leaving = match_list(read_list(f"{text}\n{target.address}"), data, ListUse.SITES)
        plan = plan_list_leaving(leaving, Leaving.UNASSIGN_AND_REVOKE)
        assert 0 < plan.unassigned < plan.revoked, "none is of a bundle"
        await made.carry_out(plan.run)
        data = await read_account(made.client, nobody)
        stay = [license for one in (*chosen, target) for license in data.licenses_on(one.blog_id)]
        assert all(license.is_standard for license in stay)


async def test_licenses_that_were_read_before_are_not_read_again() -> None:
    async def known() -> AsyncIterator[License]:
        yield license_for(SCAN, 1)

    async with rig() as made:
        data = await read_account(made.client, nobody, IndexedLicenses(known, left_out=2))
        asked = {
            str(entry["path"]).rpartition("/")[2]
            for entry in made.sandbox.log.entries()
            if isinstance(entry, dict)
        }
        assert asked == {"sites", "product-families"}
        assert [license.product for license in data.licenses_on(site(1).blog_id)] == [SCAN.name]
        assert data.incomplete == "Could not be read: 2 licenses."


def reading() -> list[str]:
    """Return the parts of a reading that are still under way."""
    tasks = [repr(task.get_coro()) for task in asyncio.all_tasks()]
    return [task for task in tasks if "_AccountReader" in task]


async def test_an_error_ends_the_reading_and_is_told() -> None:
    async with rig("GET */sites 401 x9", "GET */licenses latency=30000") as made:
        async with asyncio.timeout(10):  # what else is read is not waited for
            with pytest.raises(ApiError):
                await read_account(made.client, nobody)
        assert reading() == []


async def test_the_reading_can_be_given_up() -> None:
    async with rig("GET */licenses latency=5000") as made:
        begun = asyncio.Event()
        task = asyncio.ensure_future(read_account(made.client, lambda _words: begun.set()))
        await begun.wait()
        assert reading() != []
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert reading() == []


def test_what_a_site_has_is_known_by_code_where_the_api_gave_no_id() -> None:
    data: AccountData = account_data(
        [site(1)], CATALOG, [license_for(ADD_ON, 1, product_id=None), license_for(SCAN, 1)]
    )
    assert data.owned(site(1)) == {ADD_ON.product_id, SCAN.product_id}
    assert data.owned(site(2)) == frozenset()
