"""Getting an invoice's PDF: its address expires, so it may have to be asked for again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import NotFoundError, PermissionDeniedError
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.pdf import Sink
from jpmanage_tui.rules.invoices import can_download
from jpmanage_tui.services.downloads import names, safe_stem

ENDING = "pdf"
Progress = Callable[[int, int | None], None]
REPORT_EVERY = 1.0
"""Seconds between two reports: what is said of a download costs bytes on the user's line too."""


def stem_of(invoice: Invoice) -> str:
    """Return the file name of an invoice, without ending: its number, made safe."""
    return safe_stem(invoice.number, safe_stem(invoice.id, "invoice"))


def path_of(invoice: Invoice, folder: Path) -> Path:
    """Return where an invoice is saved when nothing of that name is there."""
    return next(names(folder, stem_of(invoice), ENDING))


def size_words(size: int) -> str:
    """Return a number of bytes as people write it: "812 B", "3.5 kB", "1.2 MB"."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def so_far(size: int, whole: int | None) -> str:
    """Return how far a download is: "45 % of 1.2 MB", or the size alone where the whole one is not known."""
    return f"{size * 100 // whole} % of {size_words(whole)}" if whole else size_words(size)


def paced(report: Progress) -> Progress:
    """Return a progress callback that passes on at most one report a second."""
    last = time.monotonic() - REPORT_EVERY

    def tell(size: int, whole: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_EVERY:
            last = now
            report(size, whole)

    return tell


async def find(client: LicensingClient, invoice_id: InvoiceId) -> Invoice | None:
    """Return an invoice as the list has it now, None where it is not there. Raises ApiError."""
    async for invoice in client.invoices.list_all():
        if invoice.id == invoice_id:
            return invoice
    return None


async def fetch(
    client: LicensingClient, invoice: Invoice, sink: Sink, progress: Progress | None = None
) -> int:
    """Write the invoice's PDF to `sink` and return its size in bytes.

    Where its address has expired the list is asked again, and the new address tried once (contract: account 1.5);
    a host that refuses has sent nothing, so the sink is empty then. Raises ApiError, and what the sink raises.
    """
    try:
        return await client.invoices.download_pdf(invoice, sink, progress)
    except (PermissionDeniedError, NotFoundError):
        fresh = await find(client, invoice.id) if can_download(invoice) else None
        if fresh is None or not can_download(fresh):
            raise
    return await client.invoices.download_pdf(fresh, sink, progress)
