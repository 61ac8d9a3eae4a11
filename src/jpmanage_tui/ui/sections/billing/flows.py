"""What the commands of the Billing screen do that waits: the sort orders, and the way to Licenses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.ui.dialogs.choice import choose_order
from jpmanage_tui.ui.sections.billing.columns import Order

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.billing.section import BillingSection


async def choose_sort(view: BillingSection) -> None:
    """Show the sort orders of the estimate and apply the chosen one."""
    chosen = await choose_order(view, {order.name: order.value for order in Order}, view.order.name)
    if chosen is not None:
        view.sort_by(Order[chosen])


async def show_in_licenses(view: BillingSection) -> None:
    """Go to Licenses: to the product's licences, or to the idle licence (in its bundle where it belongs to one)."""
    from jpmanage_tui.ui.sections.licenses.section import LicensesSection

    found = _wanted(view)
    if found is None:
        return
    row = None if view.shows_idle else view.estimate_list.current
    await view.jpmanage.main.show("licenses")
    licenses = view.jpmanage.main.view
    if isinstance(licenses, LicensesSection):
        licenses.look_for(*found)
        if row is not None:
            view.jpmanage.say(
                f"Billing counts {row.counts.total:,} {row.product_name}: each in a bundle, none bought elsewhere."
            )


def _wanted(view: BillingSection) -> tuple[LicenseQuery, LicenseKey | None] | None:
    if not view.shows_idle:
        row = view.estimate_list.current
        return (LicenseQuery(search=row.product_name), None) if row is not None else None
    license = view.current
    if license is None:
        return None
    parent = view.book.parents.get(license.parent_license_id) if license.parent_license_id else None
    wanted = (parent or license).license_key
    return LicenseQuery(tab=None, search=wanted), wanted
