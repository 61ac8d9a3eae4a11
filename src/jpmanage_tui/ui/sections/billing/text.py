"""The text above and below the rows of the Billing screen, from what the API has said so far."""

from __future__ import annotations

from jpmanage_tui.api.billing import BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.rules.text import not_read, pluralize
from jpmanage_tui.services.billing_estimate import (
    NONE,
    NOTHING_BILLED,
    PREPARED,
    PREPARED_NORMAL,
    PRODUCTS_NOT_SAID,
    Estimate,
    EstimateSummary,
    cost_line,
    licenses_line,
    unassigned_count,
    unassigned_line,
)
from jpmanage_tui.services.unassigned_licenses import UnassignedListState, sums_words
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.widgets.text_line import Tone, Words

WAITING = "· · ·"
FOOTNOTE = (
    "* Days: an estimate of the full days on which the licenses are active to the end of this month, "
    "new and revoked ones included."
)
COUNTED = "Each license in a bundle counts here; those bought elsewhere do not."
"""Why the figures of the estimate are others than those of the list, in which a bundle is one row."""


def estimate_lead(estimate: Estimate, currency: str | None) -> tuple[Words, Words]:
    """Return the two lines above the estimate: what the month costs, and how many licenses there are."""
    if not isinstance(estimate, BillingEstimate):
        dash = NONE if isinstance(estimate, NotYetAvailable) else WAITING
        cost: Words = [("Cost for this month  ", Tone.PLAIN), (dash, Tone.STRONG)]
        return cost, [(f"Licenses  {dash} in total, {dash} assigned, {dash} unassigned", Tone.PLAIN)]
    summary = EstimateSummary(estimate, currency)
    line = cost_line(summary)
    cost = [
        (f"{line.label}  ", Tone.PLAIN),
        (line.amount, Tone.STRONG),
        (f"   {line.of}", Tone.MUTED),
    ]
    return cost, [(licenses_line(summary), Tone.PLAIN)]


def unassigned_lead(
    estimate: Estimate, state: UnassignedListState, currency: str | None
) -> tuple[Words, Words]:
    """Return the two lines above the unassigned licenses: billing's own totals, and what the rows cost by the prices."""
    if isinstance(estimate, BillingEstimate):
        billed = unassigned_line(EstimateSummary(estimate, currency))
    else:
        billed = f"Unassigned but billed: {NONE if estimate else WAITING}"
        billed += "   the month's estimate is being prepared" if estimate else ""
    return [(billed, Tone.STRONG)], [(_listed(state, billed_count(estimate, state)), Tone.PLAIN)]


def billed_count(estimate: Estimate, state: UnassignedListState) -> int | None:
    """Return how many unassigned licenses billing counts, where they are more than are listed; else None."""
    unassigned = unassigned_count(estimate)
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
    return f"{which}: {sums_words(state.sums(), state.unpriced)}"


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
            return ["", PRODUCTS_NOT_SAID, "", key_line("ask again", "refresh")]
        return ["", NOTHING_BILLED, "", key_line("Issue New License", "issue")]
    if isinstance(estimate, NotYetAvailable):
        return [
            "",
            PREPARED,
            PREPARED_NORMAL,
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
