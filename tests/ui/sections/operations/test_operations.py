"""Operations on the screen: runs and single changes, the screen of a run, and what can be done there."""

from __future__ import annotations

import asyncio
import csv
from argparse import Namespace
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.cli.operation_commands import list_operations
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.operations.mutations.licenses import IssueLicense, RevokeLicense
from jpmanage_tui.operations.run import PlannedItem, Run as LicenseRun, RunPlan, RunState
from jpmanage_tui.rules.prices import unit_price
from jpmanage_tui.services.fields.field import record_of
from jpmanage_tui.services.fields.operations import OPERATION_FIELDS
from jpmanage_tui.services.license_changes import unassign_change
from jpmanage_tui.services.operations_list import History, read_history
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.operations import section as operations_section
from jpmanage_tui.ui.sections.operations.section import OperationsSection
from tests.ui.harness import SMALL, Run, running
from tests.ui.states import answers_held

GONE = [LicenseKey(f"jetpack-scan_nobodyhas{n}") for n in range(3)]

REVOKE = RunPlan("Revoke 3 licenses", tuple(PlannedItem(RevokeLicense(key, "Scan")) for key in GONE))


def session_of(run: Run) -> Session:
    assert run.app.session is not None
    return run.app.session


def assigned(run: Run, count: int) -> list[License]:
    """Return so many licenses that are on a site."""
    rows = run.view(LicensesSection).state.pages.rows.values()
    return [one for one in rows if one.state is LicenseState.ATTACHED and not one.is_standard][:count]


def unassign_plan(licenses: list[License]) -> RunPlan:
    items = tuple(PlannedItem(unassign_change(one, False)) for one in licenses)
    return RunPlan(f"Unassign {len(items)} licenses", items)


async def begin(run: Run, plan: RunPlan) -> LicenseRun:
    session = session_of(run)
    await session.prepare_queue()
    return await session.runner.add(plan)


async def standing(run: Run, plan: RunPlan, state: RunState = RunState.PAUSED) -> LicenseRun:
    """Write a run down of which nothing is begun."""
    session = session_of(run)
    queue = await session.prepare_queue()
    stored = await queue.journal.add_run(queue.account, plan, queue.owner)
    return await queue.journal.stop_run(stored.id, queue.owner, state, "Paused.")


def read_report(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the one report in a folder, which nobody else can read."""
    [written] = folder.glob("run-*.csv")
    assert written.stat().st_mode & 0o777 == 0o600
    return list(csv.DictReader(written.read_text(encoding="utf-8").splitlines()))


async def opened(run: Run) -> OperationsSection:
    await run.press("0")
    await run.until(lambda: isinstance(run.app.main.section, OperationsSection), "Operations")
    view = run.view(OperationsSection)
    await run.until(lambda: view.loader.answered_at is not None, "the journal")
    return view


async def test_a_run_in_progress_is_watched_paused_and_goes_on() -> None:
    async with running() as run:
        plan = unassign_plan(assigned(run, 6))
        async with answers_held("DELETE") as release:
            begun = await begin(run, plan)
            view = await opened(run)
            await run.sees("running", "Unassign 6 licenses", "0/6", "All 1  Running 1  Paused 0")
            await run.press("enter")
            await run.sees("0 of 6 done, 4 on their way, 2 not begun", "On its way 4", "p Pause")
            await run.press("p")
            await run.sees("Pausing: what is on its way finishes first.")
            release.set()
        await run.sees("! paused. 4 of 6 done, 2 not begun", "Not begun 2", "o Go on")
        await run.press("]", "]")
        await run.until(lambda: view.run_view.item_list.count_words == "2", "what is not begun")
        await run.press("o")
        await run.sees("Go on with “Unassign 6 licenses”?", "Unassigns 2 licenses: their sites lose")
        await run.press("tab", "enter")
        await run.sees("✓ done. 6 of 6 done.")
        assert (await session_of(run).runner.run(begun.id)).complete
        await run.press("escape")
        await run.until(lambda: not view.run_view.is_open, "the list")
        await run.sees("✓ done", "6/6", "Done 1")


async def test_what_happens_while_the_journal_is_read_is_shown_with_what_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = asyncio.Event()

    async def read_then_wait(session: Session) -> History:
        history = await read_history(session)
        await shown.wait()
        return history

    async with answers_held("DELETE") as release, running(SMALL, licenses=60) as run:
        monkeypatch.setattr(operations_section, "read_history", read_then_wait)
        begun = await standing(run, unassign_plan(assigned(run, 2)))
        await run.press("0")
        await run.until(lambda: run.view(OperationsSection).loader.busy, "the journal is being read")
        await session_of(run).runner.resume(begun.id)
        await run.until(lambda: run.app.main.runs, "the run is under way")
        shown.set()
        await run.sees("2 on their way")
        release.set()
        await session_of(run).runner.finished(begun.id)


async def test_the_report_of_a_run_says_what_failed_and_why_and_is_written_to_a_file(tmp_path: Path) -> None:
    async with running(settings=Settings(download_dir=tmp_path)) as run:
        good = assigned(run, 1)[0]
        items = (PlannedItem(unassign_change(good, False)), PlannedItem(RevokeLicense(GONE[0], "Scan")))
        ended = await begin(run, RunPlan("Tidy up", items))
        await session_of(run).runner.finished(ended.id)
        view = await opened(run)
        await run.sees("✗ partly done", "1/2 ✗1", "R Retry what failed")
        await run.press("enter")
        await run.until(lambda: view.run_view.item_list.current, "the problem")
        await run.sees("Problems 1", f"Revoke Scan ({GONE[0]}).", "✗ refused.", "Request id: ")
        await run.press("y")
        await run.sees("codes and request id")
        await run.press("e")
        await run.sees("Export the report of “Tidy up”")
        await run.press("down", "enter")
        await run.sees("2 changes written to")
        rows = read_report(tmp_path)
        assert [(row["state"], row["license_key"]) for row in rows] == [
            ("done", good.license_key),
            ("failed", GONE[0]),
        ]
        assert rows[1]["request_id"]
        assert rows[1]["message"]
        await run.press("R")
        await run.sees("Retry what failed of “Tidy up”?", "Revokes 1 license again")
        await run.press("tab", "enter")
        await run.until(lambda: len(run.asked("DELETE", "/license")) == 3, "it is tried again")


async def test_a_run_stands_after_a_restart_is_discarded_and_what_it_did_is_undone(tmp_path: Path) -> None:
    async with running(demo_dir=tmp_path) as run:
        licenses = assigned(run, 2)
        done = await begin(run, unassign_plan(licenses))
        await session_of(run).runner.finished(done.id)
        await standing(run, REVOKE)
    async with running(demo_dir=tmp_path) as run:
        await opened(run)
        await run.sees("! paused", "Revoke 3 licenses", "x Cancel the rest")
        await run.press("x")
        await run.sees("Discard the rest of “Revoke 3 licenses”?", "3 changes are never begun.")
        await run.press("tab", "enter")
        await run.sees("– canceled", "0 of 3 done, 3 not begun")
        assert run.asked("DELETE", "/license/jetpack-scan_nobody") == []
        await run.press("z")
        await run.sees("Nothing of it was done.")
        await run.press("1", "z")
        await run.sees("Undo: assign 2 licenses again?")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.press("tab", "enter")
        await run.sees("✓ Undo: assign 2 licenses again: done.")
        await run.press("z")
        await run.sees("Nothing to undo.")


async def test_an_issue_goes_on_only_at_a_price_that_is_confirmed_anew() -> None:
    async with running() as run:
        families = await session_of(run).client.products.partner_families()
        product = next(one for family in families for one in family.products if one.amount)
        price = unit_price(product)
        assert price is not None
        before = replace(price, amount=price.amount - Decimal("0.01"))
        issue = PlannedItem(IssueLicense(product.slug, None, product.name), price=before)
        stored = await standing(run, RunPlan("Issue 2 licenses", (issue, issue)))
        await opened(run)
        await run.press("o")
        await run.sees("Prices are not what was confirmed:", product.name, "→", "Go on at the new price")
        await run.press("escape")
        assert run.asked("POST", "/license") == []
        await run.press("o")
        await run.sees("Go on at the new price", "Type 2 to confirm")
        await run.press("2", "enter", "enter")
        await run.sees("✓ done", "2/2")
        assert len(run.asked("POST", "/license")) == 2
        assert {item.price for item in await session_of(run).runner.items(stored.id)} == {price}


@pytest.mark.slow
async def test_unknown_ones_are_found_at_once_and_looked_up_from_the_run() -> None:
    async with running() as run:
        licenses = assigned(run, 2)
        run.sandbox.faults.replace(["DELETE */site 500=after x1", "GET */licenses* 500"])
        ended = await begin(run, unassign_plan(licenses))
        await opened(run)
        await run.until(lambda: "Unknown 1" in run.text(), "the tab")
        await run.press("]", "]", "]")
        await run.sees("Unassign 2 licenses", "l Look up again")
        run.sandbox.faults.replace([])
        await run.press("l")
        # while it is looked up, the run counts as running and no more as unknown
        await run.until(lambda: "Running 0  Paused 0  Unknown 0" in run.text(), "it is known")
        await run.sees("It is known what became of every change that has ended.")
        assert (await session_of(run).runner.run(ended.id)).counts.unknown == 0


async def test_days_text_and_key_narrow_the_list_and_esc_takes_them_back() -> None:
    async with running() as run:
        await standing(run, unassign_plan(assigned(run, 2)))
        await standing(run, RunPlan("Revoke 1 license", (PlannedItem(RevokeLicense(GONE[0], "Scan")),)))
        view = await opened(run)
        await run.press("slash")
        await run.write(GONE[0][-6:])
        await run.press("enter")
        await run.sees(f"1 operation matches “{GONE[0][-6:]}”", "Revoke 1 license")
        await run.press("escape", "slash")
        await run.write("revoke")
        await run.press("enter")
        await run.sees("1 operation matches “revoke”", "All 1")
        await run.press("f", "enter")
        await run.sees("Which days?", "Last 7 days")
        await run.write("2020-01-01..2020-12-31")
        await run.press("enter")
        await run.sees("No operation matches “revoke”.")
        await run.press("escape")
        await run.sees("No operation of 2020-01-01..2020-12-31.")
        await run.press("escape")
        await run.until(lambda: view.operations.count_words == "2", "all of them")
        await run.press("f", "down", "enter")
        await run.sees("Which partner key?", "this key")
        await run.press("enter")
        await run.sees("2 operations, this key")


async def test_what_is_of_another_key_is_shown_and_changed_by_that_key_alone() -> None:
    async with running() as run:
        name = session_of(run).key_name
        before = session_of(run)
        await standing(run, unassign_plan(assigned(run, 2)))
        await run.press("K")
        await run.sees("Partner key")
        await run.press("down", "enter")
        await run.until(lambda: run.app.session is not before and run.app.main.section, "the other key")
        view = await opened(run)
        await run.sees(f"[{name}] Unassign 2 licenses")
        rows = [dict(row) async for row in view.export().rows(False)]
        assert [(row["key"], row["operation"], row["waiting"]) for row in rows] == [
            (name, "Unassign 2 licenses", 2)
        ]
        nothing = dict.fromkeys(("day", "since", "of_key", "search", "state"))
        printed = await list_operations(session_of(run), Namespace(**nothing), Progress())
        assert [dict(record_of(OPERATION_FIELDS, one)) async for one in printed.items] == rows
        for key in ("o", "x", "z"):
            await run.press(key)
            await run.sees("It is of another partner key. Choose that key first.")
        assert "Go on" not in run.footer


async def test_nothing_is_painted_while_nothing_changes_and_little_while_much_does() -> None:
    async with running(SMALL) as run:
        begun = await begin(run, unassign_plan(assigned(run, 8)))
        view = await opened(run)
        await session_of(run).runner.finished(begun.id)
        await run.sees("8/8")
        reads: list[object] = []
        load = view.loader.load

        def noted(
            key: str, read: Callable[[], Awaitable[object]], loaded: Callable[[object], object]
        ) -> None:
            reads.append(key)
            load(key, read, loaded)

        view.loader.load = noted  # type: ignore[assignment, method-assign]
        again = await begin(run, REVOKE)
        await session_of(run).runner.finished(again.id)
        await run.sees("0/3 ✗3")
        assert len(reads) <= 3, "events of a moment are shown together"
        assert view._refreshing is None
