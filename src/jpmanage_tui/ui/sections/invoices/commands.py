"""The commands of the Invoices screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.api.models.invoice import InvoiceStatus
from jpmanage_tui.rules.invoices import can_download, can_pay
from jpmanage_tui.ui.common.commands import Command, CommandSet

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.invoices.section import InvoicesSection

READ_ONLY = "The program was started with --read-only."
NO_ROW = "No invoice is selected."
DRAFT_WITHOUT_PDF = "Drafts have no PDF yet."
NO_PDF = "The API gives no PDF for this invoice."
BUSY = "A download is running; esc cancels it."


def _with_pdf(view: InvoicesSection) -> str | None:
    if view.current is None:
        return NO_ROW
    if can_download(view.current):
        return None
    return DRAFT_WITHOUT_PDF if view.current.status is InvoiceStatus.DRAFT else NO_PDF


def _savable(view: InvoicesSection) -> str | None:
    return BUSY if view.saver.running else _with_pdf(view)


def _any_row(view: InvoicesSection) -> str | None:
    if view.saver.running:
        return BUSY
    return None if view.book.rows else NO_ROW


def _listed(view: InvoicesSection) -> str | None:
    return None if view.book.rows else NO_ROW


def _payable(view: InvoicesSection) -> str | None:
    if view.session.read_only:
        return READ_ONLY
    if view.current is None:
        return NO_ROW
    return None if can_pay(view.current) else "Only an open invoice can be paid."


def _numbered(view: InvoicesSection) -> str | None:
    if view.current is None:
        return NO_ROW
    return None if view.current.number else "This invoice has no number yet."


def _download(view: InvoicesSection) -> None:
    if view.current is not None:
        view.saver.start(view.current)


INVOICES: CommandSet[InvoicesSection] = CommandSet(
    "Invoices",
    (
        Command(
            "toggle",
            "Read",
            "Read the invoice here in the terminal.",
            lambda v: v.flows.start(v.flows.read()),
            _with_pdf,
        ),
        Command(
            "download-invoice",
            "Download",
            "Download the invoice as a PDF file.",
            _download,
            _savable,
        ),
        Command(
            "download-all-invoices",
            "Download all",
            "Download every invoice of the tab, those not loaded yet too.",
            lambda v: v.flows.start(v.flows.download_all()),
            _any_row,
        ),
        Command(
            "pay",
            "Pay",
            "Pay the open invoice with the primary payment method; asks first.",
            lambda v: v.flows.start(v.flows.pay()),
            _payable,
        ),
        Command(
            "copy",
            "Copy number",
            "Copy the invoice's number.",
            lambda v: v.flows.start(v.flows.copy()),
            _numbered,
        ),
        Command(
            "previous-filter",
            "Tab before",
            "The status before: all, open, paid, draft, void, uncollectible.",
            lambda v: v.step_filter(-1),
            footer=False,
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next status: all, open, paid, draft, void, uncollectible.",
            lambda v: v.step_filter(1),
        ),
        Command(
            "export",
            "Export",
            "Write every invoice of the tab, those not loaded yet too, to a CSV or JSON file.",
            lambda v: v.flows.start(export(v)),
            _listed,
            footer=False,
        ),
    ),
)


async def export(view: InvoicesSection) -> None:
    """Write what is listed to a file."""
    from jpmanage_tui.ui.dialogs import export as exporting
    from jpmanage_tui.ui.sections.invoices.export import of

    await exporting.export(view, of(view))
