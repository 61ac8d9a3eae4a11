"""The vendor's help page on invoices, sentence by sentence, done by keyboard."""

from pathlib import Path

from pypdf import PdfReader

from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog
from tests.ui.harness import LARGE
from tests.ui.sections.invoices.support import OPEN, file_of, invoices, saved, to


async def test_click_licensing_click_invoices_shows_the_monthly_invoices(tmp_path: Path) -> None:
    async with invoices(tmp_path, LARGE) as (run, view):
        await run.sees("Invoices")
        assert view.invoice_list.has_focus
        months = [
            invoice.created.month
            for invoice in view.invoice_list.loaded_items[:10]
            if invoice.created is not None
        ]
        assert months == [3, 2, 1, 12, 11, 10, 9, 8, 7, 6]


async def test_each_invoice_is_listed_with_its_payment_status_due_date_and_invoice_number(
    tmp_path: Path,
) -> None:
    async with invoices(tmp_path) as (run, _):
        lines = run.lines(run.app.main)[1:]
        head = next(line for line in lines if "Number" in line)
        assert [word for word in ("Number", "Due Date", "Status", "Total") if word in head] == [
            "Number",
            "Due Date",
            "Status",
            "Total",
        ]
        shown = next(line for line in lines if OPEN in line)
        assert "2026-03-10" in shown
        assert "Open" in shown
        late = next(line for line in lines if "NLD7A01-0023" in line)
        assert "! Past due" in late
        assert "2025-12-30" in late


async def test_click_download_to_download_the_invoice_in_pdf_format(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        assert "d Download" in run.footer
        await run.press("d")
        await run.sees(f"Saved {file_of(OPEN)}", str(tmp_path)[-20:])
        assert saved(tmp_path) == [file_of(OPEN)]
        [page] = PdfReader(tmp_path / file_of(OPEN)).pages
        assert f"Invoice number: {OPEN}" in page.extract_text()


async def test_you_download_all_of_your_monthly_invoices(tmp_path: Path) -> None:
    async with invoices(tmp_path, LARGE) as (run, _):
        await run.press("D")
        await run.sees("All invoices, also those not loaded yet", str(tmp_path))
        await run.press("tab", "enter")
        dialog = run.app.screen
        assert isinstance(dialog, BatchDialog)
        await run.until(lambda: not dialog.running, "the end")
        await run.sees("25 saved, 1 without a PDF.")
        assert saved(tmp_path) == [file_of(f"NLD7A01-{number:04}") for number in range(1, 26)]
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")
        await run.sees("Download: 25 saved")
