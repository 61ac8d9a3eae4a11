"""The commands of the Invoices screen."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

INVOICES: CommandSet = CommandSet(
    "Invoices",
    (
        Command("toggle", "Read", "Read the invoice here in the terminal.", action="read_invoice"),
        Command("download-invoice", "Download", "Download the invoice as a PDF file."),
        Command(
            "download-all-invoices",
            "Download all",
            "Download every invoice of the tab, those not loaded yet too.",
        ),
        Command("pay", "Pay", "Pay the open invoice with the primary payment method; asks first."),
        Command("copy", "Copy number", "Copy the invoice's number.", action="copy_number"),
        Command(
            "previous-filter",
            "Tab before",
            "The status before: all, open, paid, draft, void, uncollectible.",
            footer=False,
        ),
        Command("next-filter", "Next tab", "The next status: all, open, paid, draft, void, uncollectible."),
        Command(
            "export",
            "Export",
            "Write every invoice of the tab, those not loaded yet too, to a CSV or JSON file.",
            footer=False,
        ),
    ),
)
"""Every command of this screen."""
