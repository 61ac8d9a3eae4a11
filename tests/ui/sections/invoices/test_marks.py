"""Marking invoices, and what is done with the marked ones: download and export."""

from pathlib import Path

from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog
from tests.ui.harness import LARGE
from tests.ui.sections.invoices.support import OPEN, PAID, PAST_DUE, change, file_of, invoices, saved, to


def exported_numbers(folder: Path) -> list[str]:
    """Return the numbers in the exported file."""
    [path] = folder.glob("invoices-*.csv")
    return [line.split(",")[0] for line in path.read_text().splitlines()[1:]]


async def test_the_marked_ones_are_named_and_downloaded_whatever_the_tab(tmp_path: Path) -> None:
    (tmp_path / file_of(PAID)).write_bytes(b"%PDF mine")
    async with invoices(tmp_path) as (run, view):
        await run.press("space", "j", "space")
        await run.until(lambda: view.counter() == "2 marked  4/20+", "two marks, and the cursor below")
        await run.press("V")
        await run.until(lambda: view.counter() == "3 marked  4/20+", "the range from the last one marked")
        assert set(view.marked) == {
            one.id for one in view.invoice_list.loaded_items[:4] if one.number != OPEN
        }
        await run.press("right_square_bracket")
        await run.until(lambda: view.counter() == "3 marked, 2 elsewhere  1/2", "the open ones")
        assert "D Download 3 marked" in run.footer
        await run.press("D")
        await run.sees(
            "Download 3 invoices?",
            "3 marked invoices.",
            f"={PAID}",
            f" {PAST_DUE}",
            "-in_1",
            "2 of them are not in this tab. 1 already there (=). 1 without a PDF (-).",
            "Existing files are kept.",
        )
        await run.press("tab", "enter")
        await run.until(lambda: isinstance(run.app.screen, BatchDialog) and not run.app.screen.running, "it")
        await run.sees(f"= there   {file_of(PAID)}", "1 saved, 1 already there, 1 without a PDF.")
        assert saved(tmp_path) == sorted(map(file_of, (PAST_DUE, PAID)))
        assert (tmp_path / file_of(PAID)).read_bytes() == b"%PDF mine"


async def test_all_of_a_tab_are_marked_those_not_loaded_too_and_esc_clears_from_ten_up_after_asking(
    tmp_path: Path,
) -> None:
    async with invoices(tmp_path, (80, 12)) as (run, view):
        assert view.invoice_list.has_more
        await run.press("asterisk")
        await run.until(lambda: view.counter() == "26 marked  1/10+", "every invoice is marked")
        await run.press("escape")
        await run.sees("Clear the marks?", "26 invoices are marked.")
        await run.press("tab", "enter")
        await run.until(lambda: not view.marked, "no mark")
        await run.press("space", "escape")
        await run.until(lambda: view.counter() == "2/10+", "a single mark goes without asking")


async def test_a_marked_draft_alone_is_not_downloaded_and_marks_follow_what_the_api_says(
    tmp_path: Path,
) -> None:
    async with invoices(tmp_path) as (run, view):
        await run.press("space", "D")
        await run.sees("The marked invoice has no PDF.")
        await to(run, view, OPEN)
        await run.press("space")
        await change(run, "UPDATE invoices SET status = 'paid' WHERE number = ?", OPEN)
        await run.press("r")
        await run.until(
            lambda: [one.status for one in view.marked.values()] == [InvoiceStatus.DRAFT, InvoiceStatus.PAID],
            "the new status",
        )


async def test_marking_all_can_be_stopped_and_marks_nothing_then_nor_when_it_fails(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        run.sandbox.faults.replace(["GET */partner/invoices hang-before"])
        await run.press("asterisk")
        await run.until(lambda: view.marking, "the reading")
        assert "0 to mark… esc stops" in view.counter()
        await run.press("D")
        await run.sees("Invoices are being marked; esc stops that.")
        await run.press("escape")
        await run.sees("Marking was stopped: nothing was marked.")
        assert not view.marking
        await run.press("asterisk", "right_square_bracket")
        await run.sees("Marking was stopped, since another tab is shown")
        run.sandbox.faults.replace(["GET */partner/invoices malformed"])
        await run.press("left_square_bracket", "asterisk")
        await run.until(lambda: not view.marking, "the end")
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.until(lambda: view.invoice_list.items, "rows")
        await run.press("asterisk")
        await run.until(lambda: len(view.marked) == 26, "all marks")


async def test_the_export_is_of_the_marked_ones(tmp_path: Path) -> None:
    async with invoices(tmp_path, LARGE) as (run, view):
        await to(run, view, OPEN)
        await run.press("space", "space", "right_square_bracket")
        await run.until(lambda: "1 elsewhere" in view.counter(), "the open ones")
        await run.press("e")
        await run.sees("Export 2 marked invoices")
        await run.press("enter")
        await run.until(lambda: any(name.endswith(".csv") for name in saved(tmp_path)), "the file")
        assert exported_numbers(tmp_path) == [OPEN, PAID]
