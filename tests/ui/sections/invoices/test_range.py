"""Downloading a year or a range: over every invoice of the account, told by name before anything is fetched."""

from pathlib import Path

from jpmanage_tui.ui.dialogs.choice import ChoiceList
from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog
from jpmanage_tui.ui.sections.invoices.range_dialog import RangeDialog
from tests.ui.harness import SMALL, Run
from tests.ui.sections.invoices.support import PAST_DUE, change, file_of, invoices, saved


def choices(run: Run) -> list[str]:
    """Return the choices of the dialog: each with its hint, or why it cannot be chosen."""
    return [f"{one.words}: {one.reason or one.hint}" for one in run.app.screen.query_one(ChoiceList).choices]


async def choose(run: Run, text: str, expected: list[str]) -> None:
    """Open the dialog and type; wait for these choices."""
    await run.press("Y")
    await run.until(lambda: isinstance(run.app.screen, RangeDialog), "the dialog")
    await run.write(text)
    await run.until(lambda: choices(run) == expected, str(expected))


async def test_a_range_is_of_all_invoices_whatever_the_tab_and_how_many_are_loaded(tmp_path: Path) -> None:
    async with invoices(tmp_path, SMALL) as (run, view):
        await run.press("left_square_bracket")
        await run.until(lambda: len(view.invoice_list.items) == 1, "the tab of the uncollectible ones")
        await choose(
            run, "", ["This year (2026): 3 invoices", "Last year (2025): 12 invoices", "2024: 11 invoices"]
        )
        await run.write("2024-12..2025-3")
        await run.until(lambda: choices(run) == ["Issued 2024-12-01 to 2025-03-31: 4 invoices"], "the range")
        await run.press("enter")
        numbers = [f"NLD7A01-{number:04}" for number in (14, 13, 12, 11)]
        await run.sees(
            "Download 4 invoices?",
            "4 of this key's 26 invoices: issued 2024-12-01 to 2025-03-31 (UTC).",
            *numbers,
        )
        assert saved(tmp_path) == []
        await run.press("tab", "enter")
        await run.until(lambda: isinstance(run.app.screen, BatchDialog) and not run.app.screen.running, "it")
        await run.sees("4 saved.")
        assert saved(tmp_path) == sorted(map(file_of, numbers))


async def test_what_no_range_has_is_said_and_a_range_that_is_none_cannot_be_chosen(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, _):
        await change(run, "UPDATE invoices SET created_at = -900000000000000000 WHERE number = ?", PAST_DUE)
        await choose(run, "2030", ["Issued 2030-01-01 to 2030-12-31: no invoices"])
        await run.press("enter")
        assert isinstance(run.app.screen, RangeDialog)
        await run.sees("26 invoices of this key.", "1 has no date and is in none.")
        await run.write("-99")
        await run.sees("There is no month 2030-99.")
        assert choices(run) == []
        await run.press("enter")
        assert isinstance(run.app.screen, RangeDialog)
        await run.press("escape")
        await choose(run, "last", ["Last year (2025): 11 invoices"])
        await run.press("enter")
        await run.sees("Download 11 invoices?", "11 of this key's 26 invoices: issued in 2025 (UTC).")


async def test_a_reading_that_fails_is_said_and_goes_on_where_it_stood(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, _):
        run.sandbox.faults.replace(["GET */partner/invoices malformed +1"])
        await run.press("Y")
        await run.sees("Reading all invoices: The server's answer could not be read", "enter Try again")
        assert choices(run) == []
        run.sandbox.faults.replace(())
        asked = len(run.asked("GET", "/partner/invoices"))
        await run.press("enter")
        await run.until(lambda: len(choices(run)) == 3, "the years")
        queries = [str(entry["query"]) for entry in run.asked("GET", "/partner/invoices")[asked:]]
        assert len(queries) == 2
        assert all("starting_after" in query for query in queries)
