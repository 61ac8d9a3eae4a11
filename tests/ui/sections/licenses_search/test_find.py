"""Find anything: the server answers first, the index adds what it leaves out."""

import sqlite3
from typing import Any

import pytest

from jpmanage_tui.api.errors import ServerError
from jpmanage_tui.api.licenses import LicenseFilter, LicenseState
from jpmanage_tui.services.search.index_builder import IndexBuilder
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.sections.licenses.data import FoundPages
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import running
from tests.ui.sections.licenses_search.support import MINE, found, indexed, keys, number, one, search, shown


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.0)
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.START_AFTER", 0.01)
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.REPORT_EVERY", 0.0)
    monkeypatch.setattr("jpmanage_tui.api.requestor.BACK_OFF", 0.0)


async def test_the_first_search_of_a_small_account_makes_the_index_of_all_licenses_by_itself() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        assert run.asked("GET", "/licenses")
        assert view.search_index.state is IndexState.NONE, "nothing is read before the first search"
        await search(run, "bakery")
        await run.until(lambda: view.search_index.state is IndexState.WHOLE, "the index")
        assert view.search_index.count == await number(run, "1")
        await run.sees("(all 300 searched, ")
        assert "best first" not in run.status, "the server found them all: they stand as the heading says"


async def test_hits_of_the_index_stand_best_first_and_the_heading_says_no_other_order() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        assert "Issued ↓" in run.text()
        await search(run, "scan")
        await run.until(lambda: isinstance(view.state.pages, FoundPages), "hits of the index")
        await run.sees("best first (all 300 searched, ")
        assert "Issued ↓" not in run.text()
        await run.press("escape")
        await run.sees("Issued ↓")


async def test_a_license_inside_a_bundle_is_found_though_the_servers_search_leaves_it_out() -> None:
    async with running() as run:
        code = await one(run, "parent_license_id IS NOT NULL AND revoked_at IS NULL")
        view = await search(run, code[-10:])
        rows = await found(run, view)
        assert keys(shown(view)) == [code]
        assert (rows.first_hit, rows.count) == (0, 1)
        license = view.current
        assert license is not None
        assert license.is_child


@pytest.mark.slow
async def test_the_servers_hits_stand_first_in_its_order_and_no_license_stands_twice() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await search(run, "jetpack-scan")
        rows = await found(run, view)
        page = await view.session.client.licenses.list(search="jetpack-scan")
        server = keys(page.items)
        await run.press("G")
        await run.until(lambda: len(rows.rows) == rows.count, "all rows")
        all_rows = keys(shown(view))
        assert all_rows[: rows.first_hit] == server
        assert rows.first_hit == len(server)
        assert len(set(all_rows)) == len(all_rows) > len(server)
        assert rows.count == await number(
            run,
            "revoked_at IS NULL AND (license_key LIKE '%jetpack-scan%'"
            " OR product_id IN (SELECT product_id FROM products WHERE folded LIKE '%jetpack-scan%'))",
        )


async def test_where_nothing_matches_exactly_what_nearly_matches_is_shown_and_called_so() -> None:
    async with running() as run:
        view = await search(run, "bakrey")
        rows = await found(run, view)
        assert rows.count > 0
        assert all("bakery" in (license.siteurl or "") for license in shown(view)[:5])
        await run.sees("nearly match “bakrey”")


async def test_the_index_keeps_to_the_tab() -> None:
    async with running() as run:
        view = await indexed(run)
        await search(run, "bakrey")
        await found(run, view)
        await run.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await run.until(
            lambda: (
                view.state.query.tab is LicenseFilter.REVOKED
                and view.search_index.answer is not None
                and view.search_index.answer.query == view.state.query
            ),
            "the tab's answer",
        )
        assert all(license.state is LicenseState.REVOKED for license in shown(view))


async def test_ten_typed_characters_ask_the_server_twice_at_most() -> None:
    async with running() as run:
        view = await indexed(run)
        before = len(run.asked("GET", "/licenses"))
        await search(run, "sunset-bak")
        await run.until(
            lambda: view.search_index.idle and view.search_index.answer is not None, "the index's answer"
        )
        assert len(run.asked("GET", "/licenses")) - before <= 2


@pytest.mark.slow
async def test_an_idle_index_asks_nothing() -> None:
    async with running() as run:
        view = await indexed(run)
        await search(run, "bakery")
        await run.until(
            lambda: view.search_index.answer is not None and view.search_index.idle, "the index's answer"
        )
        before = len(run.sandbox.log.entries())
        await run.press("j", "j", "k", "G", "g")
        await run.until(lambda: view.search_index.idle and not view.loader.loads_pages, "quiet")
        assert len(run.sandbox.log.entries()) == before


@pytest.mark.slow
async def test_when_the_server_cannot_search_the_index_answers_alone_and_the_age_is_told() -> None:
    async with running() as run:
        view = await indexed(run)
        run.sandbox.faults.replace(["GET */licenses 500"])
        await run.press("slash")
        await run.write("bakery")
        await run.press("enter")
        rows = await found(run, view)
        assert (rows.first_hit, view.state.query.search) == (0, "bakery")
        assert all("bakery" in (license.siteurl or "") for license in shown(view)[:5])
        await run.sees("the server failed (500)")


# -- large accounts ------------------------------------------------------------------------


async def test_a_large_account_is_read_only_when_asked_for_and_the_question_says_what_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.AUTO", 100)
    async with running() as run:
        view = await search(run, "bakery")
        await run.sees("(bundles not searched; F searches all)")
        assert view.search_index.state is IndexState.NONE
        before = len(run.sandbox.log.entries())
        await run.press("F")
        await run.sees("Read all 250 licenses?", "about 3 requests, and one more for each bundle")
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 2, "the question closed by Cancel")
        assert (view.search_index.state, len(run.sandbox.log.entries())) == (IndexState.NONE, before)
        await run.press("F")
        await run.sees("Read all 250 licenses?")
        await run.press("tab", "enter")
        await run.until(lambda: view.search_index.state is IndexState.WHOLE, "the index")


async def test_reading_shows_how_far_it_is_and_the_same_key_stops_it_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 30.0)
    async with running() as run:
        view = await search(run, "bakery")
        await run.sees("(still searching: 100 of 250 read, more may match)")
        await run.press("F")
        await run.sees("100 of 250 searched; F goes on")
        asked = len(run.asked("GET", "/licenses"))
        monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.0)
        view.search_index._limiter._next = 0.0
        await run.press("F")
        await run.until(lambda: view.search_index.state is IndexState.WHOLE, "the whole index")
        pages = [entry["query"] for entry in run.asked("GET", "/licenses")[asked:]]
        assert [page["page"] for page in pages if isinstance(page, dict) and "parent_id" not in page] == [
            "2",
            "3",
        ]


async def test_a_reading_that_fails_says_so_keeps_what_it_has_and_goes_on_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.PAUSES", ())
    async with running() as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None and not view.loader.loads_pages, "rows and counts")
        run.sandbox.faults.replace(["GET */licenses 500 x40 +1"])
        await run.press("F")
        await run.sees("Reading all licenses: the server failed (500)", "F goes on")
        assert (view.search_index.state, view.search_index.count) == (IndexState.PART, 100)
        run.sandbox.faults.replace(())
        await run.press("F")
        await run.until(lambda: view.search_index.state is IndexState.WHOLE, "the whole index")
        assert view.search_index.count == await number(run, "1")


async def test_on_a_line_that_fails_now_and_then_the_reading_goes_on_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often it fails in all: what gives up is a line on which nothing comes any more."""
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.PAUSES", (0.0,))
    read_page, failed = IndexBuilder._page, [False]

    async def every_second_fails(self: IndexBuilder, *arguments: Any) -> None:
        failed[0] = not failed[0]
        if failed[0]:
            raise ServerError("The line is bad.", status=502)
        await read_page(self, *arguments)

    monkeypatch.setattr(IndexBuilder, "_page", every_second_fails)
    async with running() as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None and not view.loader.loads_pages, "rows and counts")
        await run.press("F")
        await run.until(lambda: view.search_index.state is IndexState.WHOLE, "the whole index")
        assert view.search_index.count == await number(run, "1")


# -- kept right ----------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_change_of_ones_own_is_asked_for_again_and_leaves_a_list_it_no_longer_belongs_to() -> None:
    async with running() as run:
        view = await indexed(run)
        code = await one(
            run, "parent_license_id IS NOT NULL AND revoked_at IS NULL AND attached_at IS NOT NULL"
        )
        await run.press("right_square_bracket", "right_square_bracket")
        await search(run, code[-10:])
        await found(run, view)
        assert keys(shown(view)) == [code]
        await run.press("u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.sees("is unassigned from")
        await run.until(lambda: view.state.pages.count == 0, "the list without it")
        await run.press("left_square_bracket")
        await run.until(lambda: view.state.pages.count == 1, "on its new tab")
        license = view.current
        assert license is not None
        assert (license.license_key, license.state) == (code, LicenseState.DETACHED)


async def test_opening_a_row_of_the_index_asks_the_server_what_is_true_of_it_now() -> None:
    async with running() as run:
        view = await indexed(run)
        code = await one(run, "parent_license_id IS NOT NULL AND revoked_at IS NULL")
        await search(run, code[-10:])
        await found(run, view)

        def revoke(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE licenses SET revoked_at = issued_at + 5 WHERE license_key = ?", (code,)
            )

        await run.sandbox.read(revoke)
        await run.press("enter")
        await run.until(lambda: view.current and view.current.state is LicenseState.REVOKED, "the truth")
        await run.sees("Revoked on")


async def test_refresh_learns_what_was_issued_and_drops_what_is_gone_elsewhere() -> None:
    async with running() as run:
        view = await indexed(run)
        gone = await one(run, "parent_license_id IS NULL AND quantity IS NULL")

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM licenses WHERE license_key = ?", (gone,))
            connection.execute(
                "INSERT INTO licenses SELECT (SELECT max(license_id) + 7 FROM licenses), key_id,"
                " 'jetpack-scan_brandnew', product_id,"
                " NULL, NULL, max(issued_at), NULL, NULL, owner_type, NULL, NULL FROM licenses"
                f" WHERE {MINE} AND owner_type IS NOT NULL"
            )

        await run.sandbox.read(change)
        before = len(run.asked("GET", "/licenses"))
        await run.press("r")
        await run.until(
            lambda: (
                len(run.asked("GET", "/licenses")) > before + 4
                and view.search_index.state is IndexState.WHOLE
            ),
            "all read again",
        )
        finder = view.search_index.index
        assert await finder.license(view.state.pages.rows[0].license_key) is not None
        new = [one for one in shown(view) if one.license_key == "jetpack-scan_brandnew"]
        assert new
        assert await finder.license(new[0].license_key) is not None
        assert await finder.license(type(new[0].license_key)(gone)) is None


async def test_a_large_index_only_catches_up_with_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as run:
        view = await indexed(run)
        monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.AUTO", 100)
        before = len(run.asked("GET", "/licenses"))
        await run.press("r")
        await run.until(lambda: view.search_index.idle and not view.loader.loads_pages, "caught up")
        asked = [entry["query"] for entry in run.asked("GET", "/licenses")[before:]]
        assert len([one for one in asked if isinstance(one, dict) and one.get("filter") == "all"]) == 1
        assert isinstance(view.search_index.state, IndexState)
        assert not isinstance(view.state.pages, FoundPages)


async def test_a_slip_that_a_code_holds_by_chance_shows_that_license_and_then_the_near_ones() -> None:
    async with running() as run:

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE licenses SET license_key = 'jetpack-scan_AbcdefGhiJkBakReyLmnoPqrs' WHERE license_id ="
                f" (SELECT max(license_id) FROM licenses WHERE {MINE} AND revoked_at IS NULL"
                " AND parent_license_id IS NULL AND license_key LIKE 'jetpack-scan\\_%' ESCAPE '\\')"
            )

        await run.sandbox.read(change)
        await run.press("r")
        await indexed(run)
        view = await search(run, "bakrey")
        rows = await found(run, view)
        licenses = shown(view)
        assert licenses[0].license_key == "jetpack-scan_AbcdefGhiJkBakReyLmnoPqrs"
        assert rows.count > 1
        assert all("bakery" in (license.siteurl or "") for license in licenses[1:])
        await run.until(
            lambda: f"1 license matches “bakrey”, {rows.count - 1} nearly" in run.status, "the words"
        )
