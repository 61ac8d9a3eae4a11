"""The list: one without an end over the API's cursors, by status, refreshed without losing the place."""

from pathlib import Path

import pytest

from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.ui.sections.invoices.section import InvoicesSection
from jpmanage_tui.ui.widgets.header import Header
from tests.ui.harness import LARGE, SMALL, running
from tests.ui.sections.invoices.support import OPEN, PAID, PAST_DUE, QUICK, change, invoices, status_of, to

NARROW = (40, 20)


async def test_pages_come_as_they_come_into_view_and_the_number_is_open_until_the_end(tmp_path: Path) -> None:
    async with invoices(tmp_path, (80, 12)) as (run, view):
        assert len(view.invoice_list.items) == 10
        assert view.counter() == "1/10+"
        await run.sees("10+ invoices")
        await run.press("pagedown", "pagedown")
        await run.until(lambda: len(view.invoice_list.items) == 20, "the second page")
        await run.press("G")
        await run.until(lambda: view.counter() == "26/26", "the end")
        await run.sees("26 invoices")
        asked = [entry["query"] for entry in run.asked("GET", "/partner/invoices")]
        first, second = view.invoice_list.loaded_items[9].id, view.invoice_list.loaded_items[19].id
        assert asked == [{"status": "open"}, {}, {"starting_after": first}, {"starting_after": second}]


async def test_a_move_ends_the_way_to_the_end(tmp_path: Path) -> None:
    async with invoices(tmp_path, (80, 12), faults=["GET */partner/invoices latency=0.3"]) as (run, view):
        await run.press("G", "k")
        assert not view.invoice_list.to_end
        await run.until(lambda: not view.loader.busy, "the page on its way")
        assert view.invoice_list.cursor == 8


@pytest.mark.parametrize("size", [NARROW, SMALL, LARGE], ids=["40 columns", "80x24", "120x36"])
async def test_status_and_total_show_at_every_width(tmp_path: Path, size: tuple[int, int]) -> None:
    async with invoices(tmp_path, size) as (run, _):
        await run.sees("Past due", "Total", "Status")
        assert run.app.unhandled_errors.errors == []


async def test_tabs_filter_by_the_apis_status(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await run.press("right_square_bracket")
        await run.until(lambda: not view.loader.busy, "the open ones")
        assert view.status is InvoiceStatus.OPEN
        assert [one.number for one in view.invoice_list.loaded_items] == [OPEN, PAST_DUE]
        await run.sees("2 open invoices")
        assert run.asked("GET", "/partner/invoices")[-1]["query"] == {"status": "open"}
        await run.press("left_square_bracket", "left_square_bracket")
        await run.until(lambda: view.loader.answered_at is not None, "the last tab")
        await run.sees("1 uncollectible invoice")


async def test_a_tab_without_invoices_says_so_and_the_way_on(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await change(run, "UPDATE invoices SET status = 'paid' WHERE status = 'open'")
        await run.press("right_square_bracket")
        await run.sees("No invoice is open.", "the other tabs")
        assert view.current is None


async def test_a_tab_whose_invoices_cannot_be_read_says_so_and_not_that_it_is_empty(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await change(run, "UPDATE invoices SET invoice_id = ' ' WHERE number = ?", OPEN)
        await change(run, "UPDATE invoices SET invoice_id = '  ' WHERE number = ?", PAST_DUE)
        await run.press("right_square_bracket")
        await run.sees("2 invoices came, but none of them could be read. r asks again.")
        assert view.unreadable == 2


async def test_a_refresh_keeps_the_cursor_on_its_invoice_when_a_new_one_came(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, PAID)
        before = view.invoice_list.cursor
        await change(
            run,
            "INSERT INTO invoices (invoice_id, key_id, number, created_at, status, total_cents, currency,"
            " pdf_token)"
            " SELECT 'in_new', key_id, 'NEW-1', created_at + 60, 'open', 100, 'usd', 'x' FROM invoices"
            " WHERE number IS NULL ORDER BY key_id LIMIT 1",
        )
        await run.press("r")
        await run.until(lambda: view.invoice_list.loaded_items[0].number == "NEW-1", "the new one")
        assert view.current is not None
        assert view.current.number == PAID
        assert view.invoice_list.cursor == before + 1


async def test_the_header_warns_of_a_past_due_invoice_from_the_start_and_on_every_screen(
    tmp_path: Path,
) -> None:
    async with running(licenses=40) as run:
        header = run.app.main.query_one(Header)
        await run.until(lambda: header.warning == f"! Past due: {PAST_DUE}", "the warning")
        await run.sees(f"! Past due: {PAST_DUE}")


async def test_y_copies_the_number_and_it_stays_on_screen(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        await run.press("y")
        await run.sees(f"{OPEN}: ")


async def test_a_draft_says_why_it_can_be_neither_read_nor_paid_nor_copied(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        assert view.current is not None
        assert view.current.status is InvoiceStatus.DRAFT
        for key, words in (
            ("enter", "Read: Drafts have no PDF yet"),
            ("d", "Download: Drafts have no PDF yet"),
            ("p", "Pay: Only an open invoice can be paid."),
            ("y", "Copy number: This invoice has no number yet."),
        ):
            await run.press(key)
            await run.sees(words)


TROUBLE = {
    "500": "the server failed (500)",
    "malformed": "answer could not be read",
    "cut": "Loading invoices:",
    "reset-before": "Loading invoices:",
}


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "words"), TROUBLE.items(), ids=list(TROUBLE))
async def test_a_list_that_cannot_be_read_says_so_and_r_gets_it_back(
    tmp_path: Path, fault: str, words: str
) -> None:
    faults = [f"GET */partner/invoices {fault}"]
    async with invoices(tmp_path, faults=faults, timeouts=QUICK, ready=False) as (run, view):
        await run.until(lambda: view.loader.error is not None, "the error")
        await run.sees(words)
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.until(lambda: view.invoice_list.items, "rows")
        await run.sees("The API answers again.")


@pytest.mark.slow
async def test_old_rows_stay_usable_and_say_how_old_they_are(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        run.sandbox.faults.replace(["GET */partner/invoices reset-before"])
        await run.press("r")
        await run.until(lambda: view.loader.error is not None, "the error")
        assert status_of(view, PAST_DUE) is InvoiceStatus.OPEN
        await run.press("j", "escape")
        await run.sees("as of", "could not be refreshed")


@pytest.mark.slow
async def test_it_recovers_by_itself_when_the_line_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (0.05,))
    async with invoices(tmp_path, faults=["GET */partner/invoices 500 x8"], ready=False) as (run, view):
        await run.until(lambda: view.invoice_list.items, "rows without any key")


@pytest.mark.slow
async def test_a_page_that_fails_in_the_middle_does_not_ask_without_end(tmp_path: Path) -> None:
    async with invoices(tmp_path, (80, 12)) as (run, view):
        run.sandbox.faults.replace(["GET */partner/invoices 500"])
        await run.press("G")
        await run.until(lambda: view.loader.error is not None, "the error")
        before = len(run.asked("GET", "/partner/invoices"))
        for _ in range(20):
            await run.press("k", "j")
        assert len(run.asked("GET", "/partner/invoices")) == before
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.until(lambda: view.loader.error is None, "recovered")
        await run.press("G")
        await run.until(lambda: view.counter() == "26/26", "the end")


@pytest.mark.slow
async def test_another_key_shows_its_own_invoices(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, _):
        await run.press("K")
        await run.sees("key")
        await run.press("down", "enter")
        await run.until(
            lambda: (
                isinstance(run.app.main.section, InvoicesSection)
                and bool(run.app.main.section.invoice_list.items)
                and run.app.main.section.invoice_list.loaded_items[0].number.startswith("NLH2C44")
            ),
            "the other key's invoices",
        )
