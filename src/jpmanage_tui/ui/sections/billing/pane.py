"""What the pane beside Billing's lists says of a product of the estimate, of an unassigned license, and of
a product of which licenses were issued or revoked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jpmanage_tui.api.billing import BillingInterval
from jpmanage_tui.rules.activity import ProductActivity
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.text import format_datetime, pluralize
from jpmanage_tui.rules.unassigned import UnassignedLicense
from jpmanage_tui.services.billing_estimate import NONE, EstimateRow, count_text, money_text
from jpmanage_tui.ui.sections.billing.columns import unassigned_name
from jpmanage_tui.ui.sections.licenses.detail import owner
from jpmanage_tui.ui.sections.licenses.pane import price_facts
from jpmanage_tui.ui.widgets.detail_pane import Detail, Fact, Title, action_details

Actions = Sequence[tuple[str, str, str | None]]
"""(command, label, why not) of what can be done with a row."""


def product_details(row: EstimateRow, actions: Actions) -> list[Detail]:
    """Return all that the pane says of a product of the estimate, as the API gave it."""
    product, by_day = row.product, row.estimate.price_interval is BillingInterval.DAY
    day = row.estimate.date
    return [
        Title(row.name),
        Fact("Short name", product.product_slug or NONE),
        Fact("Per day" if by_day else "Per month", money_text(product.product_cost, row.currency)),
        Fact("Licenses", count_text(product.counts.total)),
        Fact("Assigned", count_text(product.counts.assigned)),
        Fact("Unassigned", count_text(product.counts.unassigned)),
        *([Fact("License days", count_text(row.quantity))] if by_day else []),
        Fact("Subtotal", money_text(product.product_total_cost, row.currency)),
        Fact("Estimate of", f"{day}" if day is not None else NONE),
        *action_details(actions),
    ]


def activity_details(product: ProductActivity, days: DayRange, actions: Actions) -> list[Detail]:
    """Return all that the pane says of a product of which licenses were issued or revoked."""
    return [
        Title(product.product or NONE),
        Fact("Issued", f"{product.issued:,}"),
        Fact("Revoked", f"{product.revoked:,}"),
        Fact("Days (UTC)", days.words),
        *action_details(actions),
    ]


def unassigned_details(
    item: UnassignedLicense, now: datetime, prices_known: bool, actions: Actions
) -> list[Detail]:
    """Return all that the pane says of a license that is unassigned but billed; `now` is the server's time."""
    license, days = item.license, item.days(now)
    if item.price is not None:
        price: Sequence[Detail] = price_facts(item.price)
    else:
        price = [Fact("Price", "not known" if prices_known else "· · ·", muted=True)]
    return [
        Title(unassigned_name(item)),
        Fact("License code", license.license_key, least=2),
        Fact("Owner", owner(license)),
        Fact("Issued on", format_datetime(license.issued_at)),
        Fact("Age", NONE if days is None else pluralize(days, "day")),
        *([Fact("Part of", f"bundle {license.parent_license_id}")] if license.is_child else []),
        Title("What it costs"),
        *price,
        *action_details(actions),
    ]
