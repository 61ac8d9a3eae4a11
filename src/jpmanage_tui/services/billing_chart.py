"""The month's estimate beside the last invoices, as rows of a chart: what each is called, its total, and its scale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.rules import bars
from jpmanage_tui.rules.invoices import issued_on
from jpmanage_tui.services.billing_estimate import NONE, NOT_A_BILL, EstimateSummary, money_text
from jpmanage_tui.services.invoices.payment import total_text
from jpmanage_tui.services.invoices.status import signed_status

NO_NUMBER = "no number"
FILLS = {InvoiceStatus.DRAFT: bars.DRAFT, InvoiceStatus.VOID: bars.VOID}
"""What the bars of invoices are made of that are no bill, or none any more."""


class ChartRow(NamedTuple):
    """A bar with what stands before it: what it is, of which month, its status, and its total in words.

    `currency` is None where it is not known: then there is nothing to compare the figure with, and no bar.
    """

    name: str
    month: str
    status: str
    total: str
    figure: Decimal | None
    currency: str | None
    fill: str = bars.FULL

    @property
    def is_bill(self) -> bool:
        """Whether it was issued and is, or was, to be paid."""
        return self.fill == bars.FULL

    def bar(self, highest: Decimal, width: int) -> str:
        """Return the bar beside the highest figure of its scale, which takes `width` cells."""
        return bars.bar(self.figure, highest, width, self.fill) if self.currency else ""


class Scale(NamedTuple):
    """The rows of one currency: their bars are as long as their figures beside the highest of these rows alone."""

    caption: str
    """What stands above the rows: their currency, where there are several; else ""."""
    rows: tuple[ChartRow, ...]

    @property
    def highest(self) -> Decimal:
        """The figure of the longest bar, 0 where no row has one."""
        return max((row.figure for row in self.rows if row.figure is not None), default=Decimal(0))


def estimate_row(summary: EstimateSummary) -> ChartRow:
    """Return the row of the month's estimate, which is no bill."""
    estimate, currency = summary
    month = f"{estimate.date:%b %Y}" if estimate.date else "this month"
    total = estimate.costs.total
    return ChartRow(
        "Estimate",
        f"{month} so far",
        NOT_A_BILL,
        money_text(total, currency),
        total,
        currency,
        bars.ESTIMATE,
    )


def invoice_row(invoice: Invoice, now: datetime) -> ChartRow:
    """Return the row of an invoice as it stands at `now` (aware). Its month is that in which it was issued, by UTC."""
    day = issued_on(invoice)
    made = "made" if invoice.status is InvoiceStatus.DRAFT else "issued"
    return ChartRow(
        invoice.number or NO_NUMBER,
        f"{made} {day:%b %Y}" if day is not None else f"{made} {NONE}",
        signed_status(invoice, now),
        total_text(invoice),
        invoice.total,
        invoice.currency or None,
        FILLS.get(invoice.status, bars.FULL),
    )


def scales(rows: Iterable[ChartRow]) -> list[Scale]:
    """Return rows by currency, in the order in which the currencies come first; no scale has two of them."""
    found: dict[str | None, list[ChartRow]] = {}
    for row in rows:
        found.setdefault(row.currency, []).append(row)
    several = len(found) > 1
    return [
        Scale((f"In {currency}" if currency else "Currency not known") if several else "", tuple(of_currency))
        for currency, of_currency in found.items()
    ]


def fitting(found: Sequence[Scale], lines: int) -> list[Scale]:
    """Return so much of the scales as fits into `lines` lines, their captions included; no caption without a row."""
    shown: list[Scale] = []
    for scale in found:
        lines -= bool(scale.caption)
        if lines < 1:
            break
        shown.append(scale._replace(rows=scale.rows[:lines]))
        lines -= len(shown[-1].rows)
    return shown


def chart(
    estimate: BillingEstimate | None,
    currency: str | None,
    invoices: Iterable[Invoice],
    now: datetime,
    lines: int,
) -> list[Scale]:
    """Return the chart of the estimate and the invoices, which come newest first, that fits into so many lines."""

    def rows() -> Iterator[ChartRow]:
        if estimate is not None:
            yield estimate_row(EstimateSummary(estimate, currency))
        for invoice in invoices:
            yield invoice_row(invoice, now)

    return fitting(scales(rows()), lines)
