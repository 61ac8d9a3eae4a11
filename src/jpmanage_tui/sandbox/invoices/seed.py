"""Invoices of the months past, made from the licenses of those months (contract: account 1.5)."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from jpmanage_tui.sandbox.billing.estimate import month_days
from jpmanage_tui.sandbox.billing.usage import Ledger
from jpmanage_tui.sandbox.invoices.invoice_rows import Plan, make, previous_month
from jpmanage_tui.sandbox.invoices.month_end import MADE_AT
from jpmanage_tui.sandbox.partner.seed import KEY, KEY_2, KEY_NOCARD
from jpmanage_tui.sandbox.seed_options import DAY, SeedPlan

TERM = 14
"""Days until an invoice is due."""

States = dict[int, tuple[str, int | None]]
"""Months back (0 is the newest invoice) to status and days until due, counted from now; None is no due date."""

MONTHS: tuple[tuple[int, str, int, States], ...] = (
    (
        KEY,
        "NLD7A01",
        26,
        {
            0: ("draft", None),
            1: ("open", 9),
            3: ("open", -61),
            5: ("void", -130),
            6: ("paid", None),
            8: ("uncollectible", -220),
            14: ("void", None),
        },
    ),
    (KEY_2, "NLH2C44", 14, {0: ("open", None), 4: ("open", -101), 9: ("uncollectible", None)}),
    (KEY_NOCARD, "ATB9F10", 3, {0: ("open", 12), 1: ("open", -17)}),
)
"""Key, prefix of the numbers, how many months, and those that were not simply paid."""


def fill(connection: sqlite3.Connection, plan: SeedPlan) -> None:
    """Fill invoices and their lines, oldest first."""
    for key_id, prefix, count, states in MONTHS:
        ledger = Ledger(connection, key_id)
        for back in reversed(range(count)):
            created = _created(plan, back)
            status, due_in = states.get(back, ("paid", _term(plan, created)))
            due = None if due_in is None else _noon(plan.epoch + due_in * DAY)
            number = None if status == "draft" else f"{prefix}-{count - back:04}"
            make(connection, ledger, Plan(key_id, number, created, status, due))


def _created(plan: SeedPlan, back: int) -> int:
    """Return when the invoice was made: on the first of the month, `back` months ago, and never after now."""
    first_day = month_days(plan.now)[0]
    for _ in range(back):
        first_day = previous_month(first_day * DAY)[0]
    return min(plan.epoch, first_day * DAY + MADE_AT)


def _term(plan: SeedPlan, created: int) -> int:
    return TERM + (created - plan.epoch) // DAY


def _noon(moment: int) -> int:
    return int(datetime.fromtimestamp(moment, UTC).replace(hour=12, minute=0, second=0).timestamp())
