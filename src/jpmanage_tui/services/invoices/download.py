"""Getting an invoice's PDF: its address expires, so it may have to be asked for again."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import NotFoundError, PermissionDeniedError
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.pdf import HEAD_SIZE, Sink, is_pdf
from jpmanage_tui.rules.invoices import can_download, invoice_name, issued_on
from jpmanage_tui.services.downloads import is_taken, names, safe_stem

ENDING = "pdf"
Progress = Callable[[int, int | None], None]
REPORT_EVERY = 1.0
"""Seconds between two reports: what is said of a download costs bytes on the user's line too."""


def file_stem(invoice: Invoice) -> str:
    """Return the file name of an invoice, without ending: "jetpack-invoice-2026-03-01-ABC123-0004".

    It holds the invoice's date, so that names sort by it, and its number; its id where it has no number, and no date
    where it has none. What is not safe in a file name is left out of it, and then a few digits tell apart what would
    have the same name.
    """
    day, name = issued_on(invoice), invoice_name(invoice)
    safe = safe_stem(name, "")
    digits = "" if safe == name else sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    parts = ("jetpack-invoice", day.isoformat() if day is not None else "", safe, digits)
    return "-".join(part for part in parts if part)


def default_path(invoice: Invoice, folder: Path) -> Path:
    """Return where an invoice is saved when nothing of that name is there."""
    return next(names(folder, file_stem(invoice), ENDING))


def saved_copy(invoice: Invoice, folder: Path) -> Path | None:
    """Return the PDF in `folder` that has an invoice's name, or the name of a further copy of it; None without one.

    What has such a name and is no PDF is something else: the invoice is saved beside it.
    """
    for path in names(folder, file_stem(invoice), ENDING):
        if not is_taken(path):
            return None
        if _holds_pdf(path):
            return path
    raise AssertionError("the names never end")  # pragma: no cover


def _holds_pdf(path: Path) -> bool:
    """Return whether a file can be read and is a PDF."""
    if not path.is_file():  # a pipe would be waited for
        return False
    try:
        with path.open("rb") as file:
            return is_pdf(file.read(HEAD_SIZE))
    except OSError:
        return False


def format_size(size: int) -> str:
    """Return a number of bytes as people write it: "812 B", "3.5 kB", "1.2 MB"."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def progress_text(size: int, whole: int | None) -> str:
    """Return how far a download is: "45 % of 1.2 MB", or the size alone where the whole one is not known."""
    return f"{size * 100 // whole} % of {format_size(whole)}" if whole else format_size(size)


def throttled(report: Progress) -> Progress:
    """Return a progress callback that passes on at most one report a second."""
    last = time.monotonic() - REPORT_EVERY

    def report_throttled(size: int, whole: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_EVERY:
            last = now
            report(size, whole)

    return report_throttled


async def find_invoice(client: LicensingClient, invoice_id: InvoiceId) -> Invoice | None:
    """Return an invoice as the list has it now, None where it is not there. Raises ApiError."""
    async for invoice in client.invoices.list_all():
        if invoice.id == invoice_id:
            return invoice
    return None


async def fetch_pdf(
    client: LicensingClient, invoice: Invoice, sink: Sink, progress: Progress | None = None
) -> int:
    """Write the invoice's PDF to `sink` and return its size in bytes.

    Where its address has expired the list is asked again, and the new address tried once (contract: account 1.5);
    a host that refuses has sent nothing, so the sink is empty then. Raises ApiError, and what the sink raises.
    """
    try:
        return await client.invoices.download_pdf(invoice, sink, progress)
    except (PermissionDeniedError, NotFoundError):
        fresh = await find_invoice(client, invoice.id) if can_download(invoice) else None
        if fresh is None or not can_download(fresh):
            raise
    return await client.invoices.download_pdf(fresh, sink, progress)
