"""An action on "all" first knows that it has all: it waits for the search, or says what may be missing."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from jpmanage_tui.api.errors import ServerError
from jpmanage_tui.api.licenses import LicenseCounts
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run, running
from tests.ui.sections.licenses_search.support import MINE, indexed, keys, number, search

SCANS = (
    "revoked_at IS NULL AND (license_key LIKE '%scan%'"
    " OR product_id IN (SELECT product_id FROM products WHERE folded LIKE '%scan%')"
    " OR blog_id IN (SELECT blog_id FROM sites WHERE folded LIKE '%scan%'))"
)
"""What a search for "scan" matches, those in bundles too."""
BUNDLED = f"{SCANS} AND parent_license_id IS NOT NULL"


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.0)
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.REPORT_EVERY", 0.0)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every account is too large for an index that begins by itself."""
    for module in ("search_controller",):
        monkeypatch.setattr(f"jpmanage_tui.ui.sections.licenses.{module}.AUTO", 100)


async def codes(run: Run, condition: str) -> set[str]:
    """Return the codes of the account's licenses, straight from the sandbox."""

    def find(connection: sqlite3.Connection) -> set[str]:
        rows = connection.execute(f"SELECT license_key FROM licenses WHERE {MINE} AND {condition}")
        return {str(row[0]) for row in rows}

    return await run.sandbox.read(find)


async def test_marking_all_that_match_waits_for_the_search_and_marks_what_is_in_bundles_too() -> None:
    async with running() as run:
        view = await search(run, "scan")
        assert view.search_index.as_of is None
        assert "still searching" in run.status
        assert "more may match" in run.status
        await run.press("asterisk")
        await run.until(lambda: "waiting for the search… esc stops" in view.counter(), "the wait")
        await run.until(lambda: view.marked, "the marks")
        assert set(view.marked) == await codes(run, SCANS)
        assert await codes(run, BUNDLED) <= set(view.marked)
        assert view.marked.incomplete_reason == ""


async def test_waiting_for_the_search_can_be_stopped_and_marks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 30.0)
    async with running() as run:
        view = await search(run, "scan")
        await run.press("asterisk")
        await run.until(lambda: view.marking.running, "the wait")
        await run.press("x")
        await run.sees("Licenses are being marked; esc stops that.")
        await run.press("escape")
        await run.sees("Marking was stopped")
        assert not view.marking.running
        assert not view.marked


async def test_a_reading_that_is_stopped_while_marking_waits_for_it_asks_and_the_revocation_says_so_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 30.0)
    async with running() as run:
        view = await search(run, "scan")
        await run.until(
            lambda: view.search_index.state is IndexState.READING and view.search_index.read[0] == 100,
            "the first page",
        )
        await run.press("asterisk")
        await run.until(lambda: view.marking.running, "the wait")
        await run.press("F")
        await run.sees("More may match: only 100 of 250 licenses were searched.", "[ Cancel ]")
        await run.press("enter")
        await run.until(lambda: run.app.screen is run.app.main, "canceled")
        assert not view.marked
        await run.press("asterisk")
        await run.sees("More may match")
        await run.press("tab", "enter")
        await run.until(lambda: view.marked, "the marks")
        await run.press("x")
        await run.sees("there may be", "only 100 of 250")


async def test_a_large_account_without_an_index_says_that_bundles_were_not_searched(large: None) -> None:
    async with running() as run:
        view = await search(run, "scan")
        await run.press("asterisk")
        await run.sees("More may match: licenses inside bundles were not searched.")
        await run.press("tab", "enter")
        await run.until(lambda: view.marked, "the marks")
        assert set(view.marked) == await codes(run, SCANS) - await codes(run, BUNDLED)
        await run.press("u")
        await run.sees("there may be", "licenses inside bundles were not searched.")
        await run.press("escape", "escape", "escape")
        if view.marked:
            await run.sees("Clear the marks?")
            await run.press("tab", "enter")
            await run.until(lambda: not view.marked, "no marks")
        assert view.marked.incomplete_reason == "", "other marks are not doubted"


async def test_without_a_search_nothing_is_waited_for_and_nothing_doubted() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press("asterisk")
        await run.until(lambda: view.marked, "the marks")
        assert set(view.marked) == await codes(run, "revoked_at IS NULL AND parent_license_id IS NULL")
        listed = [license for _, license in sorted(view.state.pages.rows.items())]
        assert list(view.marked)[: len(listed)] == keys(listed), "in the order of the list"
        assert view.marked.incomplete_reason == ""


async def test_rows_that_cannot_be_read_are_counted_by_list_index_and_marks() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        broken = (
            f"(SELECT max(license_id) FROM licenses WHERE {MINE} AND {SCANS} AND parent_license_id IS NULL)"
        )

        def spoil(connection: sqlite3.Connection) -> None:
            connection.execute(f"UPDATE licenses SET license_key = '' WHERE license_id = {broken}")

        await run.sandbox.read(spoil)
        await run.press("r")
        await run.until(lambda: view.state.pages.unreadable == 1, "the count")
        await run.sees("(1 could not be read)")
        await run.press("pagedown", "pagedown")
        await run.sees("· could not be read ·")
        await run.press("asterisk")
        await run.until(lambda: view.marked, "the marks")
        await run.sees("licenses marked; 1 license could not be read.")
        await run.press("u")
        await run.sees("Unassign", "1 license could not be read.")
        await run.press("escape")
        await indexed(run)
        assert (view.search_index.left_out, view.search_index.count) == (1, await number(run, "1") - 1)
        await search(run, "scan")
        await run.sees("1 could not be read")
        await run.until(lambda: not view.search_index.pending, "the end of the search")
        assert view.search_index.incomplete_reason == "1 of all licenses could not be read"


async def test_an_index_that_could_not_read_all_keeps_what_it_knew() -> None:
    async with running() as run:
        view = await indexed(run)
        before = view.search_index.count

        def spoil(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE licenses SET license_key = '' WHERE license_id ="
                f" (SELECT max(license_id) FROM licenses WHERE {MINE} AND quantity IS NULL)"
            )

        await run.sandbox.read(spoil)
        await run.press("r")
        await run.until(
            lambda: view.search_index.state is IndexState.WHOLE and view.search_index.left_out == 1,
            "read again",
        )
        assert view.search_index.count == before


# -- the index -----------------------------------------------------------------------------


async def test_catching_up_reads_what_was_issued_with_what_is_in_new_bundles_and_ends_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running() as run:
        view = await indexed(run)
        monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.AUTO", 100)
        session = run.app.session
        assert session is not None
        families = await session.client.products.partner_families()
        product = next(one for family in families for one in family.products if one.supported_bundles)
        size = product.supported_bundles[0].quantity
        await session.client.licenses.issue(product.slug, size)
        before = view.search_index.count
        await run.press("r")
        await run.until(lambda: view.search_index.count == before + 1 + size, "the bundle and its licenses")
        assert view.search_index.state is IndexState.WHOLE


async def test_catching_up_does_not_make_a_running_index_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as run:
        view = await indexed(run)
        monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.AUTO", 100)
        run.sandbox.faults.replace(["GET */licenses latency=0.3"])
        view.search_index.refresh()
        view.search_index.build()
        assert view.search_index.state is IndexState.READING
        asked = len(run.asked("GET", "/licenses"))
        await run.until(lambda: len(run.asked("GET", "/licenses")) > asked, "the first answer")
        reads = view.search_index._loader
        await run.until(lambda: not reads.waits_for("catch-up"), "the end of catching up")
        await run.pilot.pause()
        assert view.search_index.state is IndexState.READING
        run.sandbox.faults.replace(())
        await run.until(lambda: view.search_index.state is IndexState.WHOLE, "the end")


async def test_a_count_that_fails_is_told_and_asked_again_also_when_the_tab_has_changed_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (0.05,))
    async with running() as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None, "the first counts")
        licenses = view.session.client.licenses
        counts, answers, failing = licenses.counts, asyncio.Event(), True

        async def late() -> LicenseCounts:
            await answers.wait()
            if failing:
                raise ServerError("The server failed (HTTP 500).", status=500)
            return await counts()

        monkeypatch.setattr(licenses, "counts", late)
        await run.press("r", "right_square_bracket")
        await run.until(lambda: view.state.pages.total, "another tab")
        answers.set()
        await run.sees("Counting licenses: the server failed (500)")
        assert view.counts_error is not None
        failing = False
        await run.until(lambda: view.counts_error is None, "the counts, without any key")
        await run.sees("The API answers again.")


async def test_a_dialog_of_filters_looks_once_a_pause_however_much_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 30.0)
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.choice.LOOK_AGAIN", 0.2)
    async with running() as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None, "counts")
        await run.press("f", "enter")
        await run.sees("Which site?")
        dialog = run.app.screen
        assert isinstance(dialog, ChoiceDialog)
        looks = 0
        source = dialog._source
        assert source is not None

        async def counting(text: str) -> object:
            nonlocal looks
            looks += 1
            return await source(text)

        monkeypatch.setattr(dialog, "_source", counting)
        await run.write("bakerybakery")
        typed, begun = looks, asyncio.get_running_loop().time()
        await run.until(lambda: looks >= typed + 3, "looks by itself")
        assert asyncio.get_running_loop().time() - begun >= 0.4, "three looks are two pauses at least"
