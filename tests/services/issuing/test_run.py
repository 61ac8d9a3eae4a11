"""The run: real client, real queue, on a sandbox in this process."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutations.licenses import AssignLicense
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.runner import RunEvent, Runner
from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.transport import SandboxTransport
from jpmanage_tui.services.issuing.planned_license import PlannedLicense, assign_to_site, without_site
from jpmanage_tui.services.issuing.quote import cost_of, quote
from jpmanage_tui.services.issuing.run import IssueRun, TargetSite
from jpmanage_tui.ui.sections.issue.pages import result_rows
from jpmanage_tui.ui.sections.issue.text import headline
from tests.sandbox.harness import options
from tests.services.issuing.support import ADD_ON, BACKUP, CATALOG, SCAN, selected

ISSUE = "POST */jetpack-licensing/license"
ASSIGN = "POST */license/*/site"
FAST = Policy(check_pauses=(0.0, 0.01), card_pause=0.0)


@dataclass
class Rig:
    """A sandbox with a free site, and a queue to it."""

    sandbox: Sandbox
    queue: OperationsQueue
    place: TargetSite
    told: list[str] = field(default_factory=list)
    runs: list[IssueRun] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.runner = Runner(self.queue, self.heard)

    def heard(self, event: RunEvent) -> None:
        for run in self.runs:
            run.take(event)

    def run(self, planned_licenses: tuple[PlannedLicense, ...], *, to_site: bool = True) -> IssueRun:
        made = IssueRun(
            self.runner,
            self.queue,
            planned_licenses,
            self.place if to_site else None,
            CATALOG,
            lambda: self.told.append(headline(made)),
        )
        self.runs.append(made)
        return made

    async def changes(self) -> list[tuple[str, str]]:
        """What is in the sandbox's database: kind and product, in order."""

        def read(connection: sqlite3.Connection) -> list[tuple[str, str]]:
            rows = connection.execute("SELECT kind, subject FROM changes ORDER BY change_id").fetchall()
            return [(str(row[0]), str(row[1]).rpartition("_")[0]) for row in rows]

        return await self.sandbox.read(read)

    def posts(self, end: str) -> int:
        """How many POSTs to a path that ends so were asked."""
        return sum(
            isinstance(entry, dict) and entry["method"] == "POST" and str(entry["path"]).endswith(end)
            for entry in self.sandbox.log.entries()
        )


@asynccontextmanager
async def rig(*faults: str, token: str = "sandbox-key") -> AsyncIterator[Rig]:
    sandbox = create_sandbox(options(40, faults=faults))
    tokens = StaticTokens(key=SecretStr(token))
    transport = SandboxTransport(sandbox)
    timeouts = Timeouts(connect=5, read=0.5, write=5, pool=5, total=10)
    journal = await Journal.open(None)
    async with LicensingClient(tokens=tokens, transport=transport, timeouts=timeouts) as client:
        queue = OperationsQueue(client, journal, "test", policy=FAST)
        blog_id, url = await sandbox.read(_free_site)
        one = Rig(sandbox, queue, TargetSite(BlogId(blog_id), url))
        yield one
        await one.runner.close()
        await queue.close()
    await journal.close()
    await sandbox.close()


def _free_site(connection: sqlite3.Connection) -> tuple[int, str]:
    row = connection.execute(
        "SELECT blog_id, url FROM sites WHERE connected AND may_manage AND NOT is_multisite AND partner_id ="
        " (SELECT partner_id FROM tokens JOIN partner_keys USING (key_id) WHERE token = 'sandbox-key')"
    ).fetchone()
    connection.execute("UPDATE licenses SET blog_id = NULL, attached_at = NULL WHERE blog_id = ?", (row[0],))
    return int(row[0]), str(row[1])


def planned_licenses(*picks: tuple[str, int, int], to_site: bool = True) -> tuple[PlannedLicense, ...]:
    lines = quote(selected(*picks), CATALOG).lines
    return assign_to_site(lines, set(), CATALOG) if to_site else without_site(lines)


async def may_manage(one: Rig, may: int) -> None:
    """Let the API refuse, or take again, that a license is assigned to the free site."""

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE sites SET may_manage = ? WHERE blog_id = ?", (may, one.place.blog_id))

    await one.sandbox.read(change)


async def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "never came true"
        await asyncio.sleep(0.002)


def page(run: IssueRun) -> str:
    return "\n".join("".join(words for words, _ in row.parts) for row in result_rows(run))


async def test_several_loose_licenses_are_single_issues_and_a_bundle_is_one_with_its_size() -> None:
    async with rig() as one:
        run = one.run(
            planned_licenses(("jetpack-scan", 1, 3), ("jetpack-scan", 5, 1), to_site=False), to_site=False
        )
        run.start()
        await run.finished()
        kinds = [kind for kind, _ in await one.changes()]
        assert kinds == ["issue", "issue", "issue", "issue_bundle"]
        assert one.posts("/license") == 4
        assert one.posts("/licenses") == 0
        assert run.complete
        assert len({item.key for item in run.items}) == 4


async def test_the_base_product_is_assigned_before_its_add_on_whatever_was_picked_first() -> None:
    async with rig() as one:
        add_on = "jetpack-backup-addon-storage-10gb-monthly"
        run = one.run(
            planned_licenses((add_on, 1, 1), ("jetpack-backup-t1", 1, 1), ("woocommerce-bookings", 1, 1))
        )
        run.start()
        await run.finished()
        assigned = [slug for kind, slug in await one.changes() if kind == "assign"]
        assert assigned == ["jetpack-backup-t1", "woocommerce-bookings", add_on[:38]]
        assert run.complete
        assert "WooCommerce extensions have to be downloaded" in page(run)


async def test_a_license_that_is_refused_does_not_keep_the_others_and_only_it_is_sent_again() -> None:
    async with rig() as one:
        run = one.run(
            planned_licenses(("jetpack-scan", 1, 1), ("jetpack-gone", 1, 1), ("jetpack-boost", 1, 1))
        )
        run.start()
        await run.finished()
        assert [item.issue.happened for item in run.items] == [True, False, True]
        assert [item.assign.happened for item in run.items] == [True, False, True]
        assert "✗ not issued" in page(run)
        assert "does not exist" in page(run)
        assert run.retryable
        before = one.posts("/license")
        run.start()
        await run.finished()
        assert one.posts("/license") == before + 1
        assert [kind for kind, _ in await one.changes()].count("issue") == 2


async def test_a_failed_assignment_keeps_the_code_and_is_tried_again_alone() -> None:
    async with rig() as one:
        await may_manage(one, 0)
        run = one.run(planned_licenses(("jetpack-scan", 1, 1)))
        run.start()
        await run.finished()
        (item,) = run.items
        assert item.key is not None
        assert item.assign.failed
        assert "sufficient permissions" in page(run)
        assert item.key in page(run)
        await may_manage(one, 1)
        run.start()
        await run.finished()
        assert run.complete
        assert [kind for kind, _ in await one.changes()] == ["issue", "assign"]


@pytest.mark.parametrize("fault", ["reset-after", "500=after", "malformed", "cut"])
async def test_a_lost_answer_is_looked_up_and_never_issues_a_second_license(fault: str) -> None:
    async with rig(f"{ISSUE} {fault} x1") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 1)))
        run.start()
        await run.finished()
        assert run.complete
        assert run.items[0].key is not None
        assert [kind for kind, _ in await one.changes()] == ["issue", "assign"]


@pytest.mark.slow
async def test_an_unknown_fate_is_shown_as_such_and_is_not_sent_again() -> None:
    async with rig(f"{ISSUE} reset-after x1", "GET */licenses 500 +1") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 2), to_site=False), to_site=False)
        run.start()
        await run.finished()
        first, second = run.items
        assert first.issue.unknown
        assert "? unknown" in page(run)
        assert "so it is not sent again" in page(run)
        assert not first.to_issue
        assert not second.issue.happened
        run.start()
        await run.finished()
        assert [kind for kind, _ in await one.changes()] == ["issue"]
        one.sandbox.faults.replace([])
        outcome = await run.recheck(first)
        assert outcome is not None
        assert outcome.happened
        assert first.key is not None
        run.start()
        await run.finished()
        assert run.complete
        assert [kind for kind, _ in await one.changes()] == ["issue", "issue"]


async def test_stopping_begins_no_further_license_and_the_rest_can_be_taken_up_again() -> None:
    async with rig(f"{ISSUE} latency=0.2") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 4)))
        run.start()
        await until(lambda: any(item.issue.running for item in run.items))
        run.stop()
        assert run.stopping
        await run.finished()
        done = len(run.issued)
        assert done < 4
        assert not any(item.issue.running or item.assign.running for item in run.items)
        assert run.retryable
        one.sandbox.faults.replace([])
        run.start()
        await run.finished()
        assert run.complete
        assert [kind for kind, _ in await one.changes()].count("issue") == 4


async def test_without_a_valid_card_the_run_ends_at_the_refusal_and_says_what_to_do() -> None:
    async with rig(token="sandbox-key-nocard") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 9), to_site=False), to_site=False)
        run.start()
        await run.finished()
        assert run.needs_card
        assert not run.issued
        assert one.posts("/license") == 1, "what refuses one refuses all"
        assert "Press 3 for Payment Methods" in page(run)
        assert run.retryable


async def test_a_run_cannot_be_started_while_it_is_running() -> None:
    async with rig() as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 1), to_site=False), to_site=False)
        run.start()
        with pytest.raises(RuntimeError):
            run.start()
        await run.finished()
        assert one.posts("/license") == 1
        await until(lambda: one.told and one.told[-1] == "1 license issued.")


async def test_while_it_is_looked_up_what_became_of_a_license_its_row_says_so() -> None:
    async with rig(f"{ISSUE} reset-after x1") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 1), to_site=False), to_site=False)
        pages: list[str] = []
        run._on_change = lambda: pages.append(page(run))
        run.start()
        await run.finished()
        looked_up = [shown for shown in pages if "? looking up" in shown]
        assert looked_up
        assert "Issuing: no answer came, so it is being looked up whether it was done." in looked_up[0]
        assert "… issuing" not in looked_up[0]
        assert run.issued
        assert "✓ issued" in page(run)
        assert one.posts("/license") == 1


# -- what stands in the journal ----------------------------------------------------------------


async def test_it_is_written_down_whole_with_its_prices_before_the_first_request() -> None:
    async with rig(f"{ISSUE} latency=0.2") as one:
        run = one.run(planned_licenses((ADD_ON.slug, 1, 1), (BACKUP.slug, 1, 1), (SCAN.slug, 5, 1)))
        run.start()
        await until(lambda: one.posts("/license"))
        assert await one.changes() == [], "no answer has come"
        (stored,) = await one.runner.runs()
        items = await one.runner.items(stored.id)
        assert stored.title == f"Issue 7 licenses for {one.place.url}"
        assert [(item.change.kind, item.needs) for item in items] == [
            *[("issue_license", None)] * 3,
            ("assign_license", 1),  # the base product goes before its add-on
            ("assign_license", 0),
        ]
        assert [item.price for item in items] == [
            *(cost_of(product, size) for product, size in ((ADD_ON, 1), (BACKUP, 1), (SCAN, 5))),
            *[None] * 2,
        ]
        assert not any(
            item.mutation.license_key for item in items if isinstance(item.mutation, AssignLicense)
        )
        one.sandbox.faults.replace([])
        await run.finished()


async def test_a_run_whose_program_ended_is_gone_on_with_by_another_and_nothing_is_issued_twice() -> None:
    async with rig(f"{ISSUE} latency=0.2") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 3)))
        run.start()
        await until(lambda: run.issued)
        await one.runner.close()
        assert len(run.issued) < 3
        one.sandbox.faults.replace([])
        later = Runner(OperationsQueue(one.queue.client, one.queue.journal, "test", policy=FAST))
        (standing,) = await later.interrupted()
        await later.resume(standing.id)
        assert (await later.finished(standing.id)).complete
        kinds = [kind for kind, _ in await one.changes()]
        assert (kinds.count("issue"), kinds.count("assign")) == (3, 1)


async def test_what_is_assigned_to_another_site_later_is_a_run_of_its_own_and_not_sent_to_the_first_one() -> (
    None
):
    async with rig() as one:
        await may_manage(one, 0)
        run = one.run(planned_licenses(("jetpack-scan", 1, 1)))
        run.start()
        await run.finished()
        (item,) = run.items
        assert item.assign.failed
        await may_manage(one, 1)
        run.assign({item: item.planned}, TargetSite(one.place.blog_id, "elsewhere.example"))
        await run.finished()
        assert run.complete
        assert not run.retryable
        later, first = await one.runner.runs()
        assert (later.title, later.complete) == ("Assign 1 license to elsewhere.example", True)
        await one.runner.retry(first.id)
        await one.runner.finished(first.id)
        assert [kind for kind, _ in await one.changes()] == ["issue", "assign"]
        assert one.posts("/site") == 2, "refused once, then sent to the other site"


async def test_what_was_canceled_elsewhere_is_said_to_be_and_offered_no_more() -> None:
    async with rig(f"{ISSUE} latency=0.2") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 3)))
        run.start()
        await until(lambda: any(item.issue.running for item in run.items))
        (stored,) = await one.runner.runs()
        await one.runner.cancel(stored.id)
        await run.finished()
        assert not run.retryable
        assert not run.complete
        assert page(run).count("– canceled") == 2
        assert "not assigned to" in page(run)
        assert run.assignable == run.issued, "it can still go to a site"


async def test_what_is_found_done_after_the_run_stood_still_leaves_nothing_to_go_on_with() -> None:
    async with rig(f"{ISSUE} reset-after x1", "GET */licenses malformed +1") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 1), to_site=False), to_site=False)
        run.start()
        await run.finished()
        assert run.items[0].unknown
        assert run.stop_reason
        one.sandbox.faults.replace([])
        await run.recheck(run.items[0])
        assert run.complete
        assert run.stop_reason == ""
        assert await one.runner.interrupted() == ()


async def test_what_is_left_is_issued_at_the_prices_that_were_confirmed_anew() -> None:
    async with rig(f"{ISSUE} 401 x9") as one:
        run = one.run(planned_licenses(("jetpack-scan", 1, 1), to_site=False), to_site=False)
        run.start()
        await run.finished()
        dearer = SCAN.model_copy(update={"amount": Decimal(9)})

        async def families() -> list[ProductFamily]:
            return [ProductFamily.model_construct(products=(dearer,))]

        (change,) = await run.price_changes(families)
        assert change.asks
        assert change.words == "$5.00/month → $9.00/month"
        await run.confirm_prices([change])
        (stored,) = await one.runner.runs()
        (item,) = await one.runner.items(stored.id)
        assert item.price is not None
        assert item.price.amount == 9
