"""The text above and below the rows of the Billing screen, from what the API has said so far."""

from __future__ import annotations

from decimal import Decimal

from jpmanage_tui.api.billing import BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.rules.text import not_read, pluralize
from jpmanage_tui.services.price_text import total_words
from jpmanage_tui.services.unassigned_licenses import UnassignedListState
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.sections.billing.columns import NONE, count_text, money_text
from jpmanage_tui.ui.widgets.text_line import Tone, Words

Estimate = BillingEstimate | NotYetAvailable | None
PREPARED = "Your upcoming invoice is being prepared."
WAITING = "· · ·"
FOOTNOTE = (
    "* Days: an estimate of the full days on which the licenses are active to the end of this month, "
    "new and revoked ones included."
)
COUNTED = "Each license in a bundle counts here; those bought elsewhere do not."
"""Why the figures of the estimate are others than those of the list, in which a bundle is one row."""


def month_text(estimate: BillingEstimate) -> str:
    """Return the month the estimate is for, as the vendor writes it ("November, 2026")."""
    return estimate.date.strftime("%B, %Y") if estimate.date else "this month"


def licenses_text(count: int | None) -> str:
    """Return a number of licenses with its noun, or a dash in the number's place where the API gave none."""
    return f"{NONE} licenses" if count is None else pluralize(count, "license")


def estimate_lead(estimate: Estimate, currency: str | None) -> tuple[Words, Words]:
    """Return the two lines above the estimate: what the month costs, and how many licenses there are."""
    if not isinstance(estimate, BillingEstimate):
        dash = NONE if isinstance(estimate, NotYetAvailable) else WAITING
        cost: Words = [("Cost for this month  ", Tone.PLAIN), (dash, Tone.STRONG)]
        return cost, [(f"Licenses  {dash} in total, {dash} assigned, {dash} unassigned", Tone.PLAIN)]
    cost = [
        (f"Cost for {month_text(estimate)}  ", Tone.PLAIN),
        (money_text(estimate.costs.total, currency), Tone.STRONG),
        (f"   estimate of {estimate.date}" if estimate.date else "   estimate", Tone.MUTED),
    ]
    licenses, costs = estimate.licenses, estimate.costs
    words = [
        f"{licenses_text(licenses.total)} in total",
        f"{count_text(licenses.assigned)} assigned" + _price(costs.assigned, currency),
        f"{count_text(licenses.unassigned)} unassigned" + _price(costs.unassigned, currency),
    ]
    return cost, [(", ".join(words), Tone.PLAIN)]


def _price(amount: Decimal | None, currency: str | None) -> str:
    return "" if amount is None else f" {money_text(amount, currency)}"


def unassigned_lead(
    estimate: Estimate, state: UnassignedListState, currency: str | None
) -> tuple[Words, Words]:
    """Return the two lines above the unassigned licenses: billing's own totals, and what the rows cost by the prices."""
    if isinstance(estimate, BillingEstimate):
        cost = estimate.costs.unassigned
        billed = f"Unassigned but billed: {licenses_text(estimate.licenses.unassigned)}"
        billed += f", {money_text(cost, currency)} {_period(estimate)}" if cost is not None else ""
    else:
        billed = f"Unassigned but billed: {NONE if estimate else WAITING}"
        billed += "   the month's estimate is being prepared" if estimate else ""
    return [(billed, Tone.STRONG)], [(_listed(state, billed_count(estimate, state)), Tone.PLAIN)]


def _period(estimate: BillingEstimate) -> str:
    """Return the time that a cost of the estimate is for: the prices beside it are for any day or month from now on.

    By days it counts those of the whole month, also of what was revoked since it began (contract: licenses 4).
    """
    words = f"in {estimate.date:%B}" if estimate.date else "this month"
    return f"{words}, revoked ones too" if estimate.price_interval is BillingInterval.DAY else words


def billed_count(estimate: Estimate, state: UnassignedListState) -> int | None:
    """Return how many unassigned licenses billing counts, where they are more than are listed; else None."""
    unassigned = estimate.licenses.unassigned if isinstance(estimate, BillingEstimate) else None
    return unassigned if unassigned is not None and unassigned > len(state.items) else None


def unassigned_summary(estimate: Estimate, state: UnassignedListState) -> str:
    """Return how many unassigned licenses are listed, of how many, and when the others come."""
    if not state.items:
        return not_read(state.left_out)
    billed, listed = billed_count(estimate, state), len(state.items)
    if billed is None:
        words = pluralize(listed, "unassigned license") + ("" if state.done else " loaded")
    else:
        of = f"{listed:,} of {pluralize(billed, 'unassigned license')}"
        words = f"{of} listed" if state.done else f"{of} loaded, more as you go down"
    return f"{words} {not_read(state.left_out)}".rstrip()


def _listed(state: UnassignedListState, billed: int | None) -> str:
    if not state.items:
        return "" if state.done else f"Listed here: {WAITING}"
    count = len(state.items)
    of = "" if billed is None else f" of {billed:,}"
    which = f"The {count:,}{of} listed here" if state.done else f"The {count:,}{of} loaded so far"
    if state.products is None:
        return f"{which}: {WAITING}"
    sums = total_words(state.sums()) or "no price is known"
    left = f", {state.unpriced:,} without a price" if state.unpriced else ""
    return f"{which}: {sums} by your prices{left}"


def estimate_footnote(estimate: Estimate) -> str:
    """Return what the figures count: by days the vendor's footnote (contract: licenses 4), and which licenses."""
    if not isinstance(estimate, BillingEstimate) or not estimate.products:
        return ""
    return f"{FOOTNOTE}\n{COUNTED}" if estimate.price_interval is BillingInterval.DAY else COUNTED


def unassigned_footnote(estimate: Estimate, state: UnassignedListState) -> str:
    """Return where the licenses are that billing counts and the list has not, and why Licenses has another figure."""
    billed = billed_count(estimate, state)
    if billed is None or not state.done:
        return ""
    missing = billed - len(state.items)
    return (
        f"Billing counts {missing:,} more. The unassigned licenses of a bundle may be listed only under it: "
        f"{key_for('bundles')} looks into the bundles. Unassigned on Licenses lacks them too, and has those bought "
        "elsewhere, which are not billed."
    )


def estimate_placeholder(estimate: Estimate, error: str | None) -> list[str]:
    """Return the lines that stand in place of the estimate's rows, none while there are rows."""
    if isinstance(estimate, BillingEstimate):
        if estimate.products:
            return []
        if estimate.products is None:
            unsaid = "The API does not say which products are billed this month."
            return ["", unsaid, "", key_line("ask again", "refresh")]
        nothing = "The estimate has no products: nothing is billed for this month so far."
        return ["", nothing, "", key_line("Issue New License", "issue")]
    if isinstance(estimate, NotYetAvailable):
        return [
            "",
            PREPARED,
            "This is normal and may last hours or days.",
            "",
            key_line("ask again", "refresh"),
            key_line("the unassigned licenses, which are billed too", "next-filter"),
        ]
    return ["", error] if error is not None else [WAITING] * 100


def unassigned_placeholder(estimate: Estimate, state: UnassignedListState, error: str | None) -> list[str]:
    """Return the lines that stand in place of the unassigned licenses, none while there are rows."""
    if state.items:
        return []
    if not state.done:
        return ["", error] if error is not None else [WAITING] * 100
    lines = ["", "No unassigned licenses are listed."]
    if state.left_out:
        lines.append(f"{pluralize(state.left_out, 'license')} could not be read.")
    if isinstance(estimate, BillingEstimate) and estimate.licenses.unassigned == 0:
        lines.append("Every license that is billed is assigned to a site.")
    return lines
