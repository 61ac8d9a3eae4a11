"""The words above and below the rows of the Billing screen, from what the API has said so far."""

from __future__ import annotations

from decimal import Decimal

from jpmanage_tui.api.billing import BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.rules.text import not_read, pluralize
from jpmanage_tui.services.unassigned_list import UnassignedListState, sum_words
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.sections.billing.columns import FOOTNOTE, NONE, counted, counted_licenses, month, shown
from jpmanage_tui.ui.widgets.text_line import Tone, Words

Estimate = BillingEstimate | NotYetAvailable | None
PREPARED = "Your upcoming invoice is being prepared."
WAITING = "· · ·"
COUNTED = "Each license in a bundle counts here; those bought elsewhere do not."
"""Why the figures of the estimate are others than those of the list, in which a bundle is one row."""


def estimate_facts(estimate: Estimate, currency: str | None) -> tuple[Words, Words]:
    """Return the two lines above the estimate: what the month costs, and how many licenses there are."""
    if not isinstance(estimate, BillingEstimate):
        dash = NONE if isinstance(estimate, NotYetAvailable) else WAITING
        cost: Words = [("Cost for this month  ", Tone.PLAIN), (dash, Tone.STRONG)]
        return cost, [(f"Licenses  {dash} in total, {dash} assigned, {dash} unassigned", Tone.PLAIN)]
    cost = [
        (f"Cost for {month(estimate)}  ", Tone.PLAIN),
        (shown(estimate.costs.total, currency), Tone.STRONG),
        (f"   estimate of {estimate.date}" if estimate.date else "   estimate", Tone.MUTED),
    ]
    licenses, costs = estimate.licenses, estimate.costs
    words = [
        f"{counted_licenses(licenses.total)} in total",
        f"{counted(licenses.assigned)} assigned" + _price(costs.assigned, currency),
        f"{counted(licenses.unassigned)} unassigned" + _price(costs.unassigned, currency),
    ]
    return cost, [(", ".join(words), Tone.PLAIN)]


def _price(amount: Decimal | None, currency: str | None) -> str:
    return "" if amount is None else f" {shown(amount, currency)}"


def idle_facts(estimate: Estimate, book: UnassignedListState, currency: str | None) -> tuple[Words, Words]:
    """Return the two lines above the idle licenses: billing's own totals, and what the rows cost by the prices."""
    if isinstance(estimate, BillingEstimate):
        cost = estimate.costs.unassigned
        billed = f"Unassigned but billed: {counted_licenses(estimate.licenses.unassigned, 'license')}"
        billed += f", {shown(cost, currency)} {_period(estimate)}" if cost is not None else ""
    else:
        billed = f"Unassigned but billed: {NONE if estimate else WAITING}"
        billed += "   the month's estimate is being prepared" if estimate else ""
    return [(billed, Tone.STRONG)], [(_listed(book, billed_count(estimate, book)), Tone.PLAIN)]


def _period(estimate: BillingEstimate) -> str:
    """Return the time that a cost of the estimate is for: the prices beside it are for any day or month from now on.

    By days it counts those of the whole month, also of what was revoked since it began (contract: licenses 4).
    """
    words = f"in {estimate.date:%B}" if estimate.date else "this month"
    return f"{words}, revoked ones too" if estimate.price_interval is BillingInterval.DAY else words


def billed_count(estimate: Estimate, book: UnassignedListState) -> int | None:
    """Return how many unassigned licenses billing counts, where they are more than are listed; else None."""
    unassigned = estimate.licenses.unassigned if isinstance(estimate, BillingEstimate) else None
    return unassigned if unassigned is not None and unassigned > len(book.items) else None


def idle_summary(estimate: Estimate, book: UnassignedListState) -> str:
    """Return how many unassigned licenses are listed, of how many, and when the others come."""
    if not book.items:
        return not_read(book.left_out)
    billed, listed = billed_count(estimate, book), len(book.items)
    if billed is None:
        words = pluralize(listed, "unassigned license") + ("" if book.done else " loaded")
    else:
        of = f"{listed:,} of {pluralize(billed, 'unassigned license')}"
        words = f"{of} listed" if book.done else f"{of} loaded, more as you go down"
    return f"{words} {not_read(book.left_out)}".rstrip()


def _listed(book: UnassignedListState, billed: int | None) -> str:
    if not book.items:
        return "" if book.done else f"Listed here: {WAITING}"
    count = len(book.items)
    of = "" if billed is None else f" of {billed:,}"
    which = f"The {count:,}{of} listed here" if book.done else f"The {count:,}{of} loaded so far"
    if book.products is None:
        return f"{which}: {WAITING}"
    sums = sum_words(book.sums()) or "no price is known"
    left = f", {book.unpriced:,} without a price" if book.unpriced else ""
    return f"{which}: {sums} by your prices{left}"


def estimate_footnote(estimate: Estimate) -> str:
    """Return what the figures count: by days the vendor's footnote (contract: licenses 4), and which licenses."""
    if not isinstance(estimate, BillingEstimate) or not estimate.products:
        return ""
    return f"{FOOTNOTE}\n{COUNTED}" if estimate.price_interval is BillingInterval.DAY else COUNTED


def idle_footnote(estimate: Estimate, book: UnassignedListState) -> str:
    """Return where the licenses are that billing counts and the list has not, and why Licenses has another figure."""
    billed = billed_count(estimate, book)
    if billed is None or not book.done:
        return ""
    missing = billed - len(book.items)
    return (
        f"Billing counts {missing:,} more. The unassigned licenses of a bundle may be listed only under it: "
        f"{key_for('bundles')} looks into the bundles. Unassigned on Licenses lacks them too, and has those bought "
        "elsewhere, which are not billed."
    )


def estimate_note(estimate: Estimate, error: str | None) -> list[str]:
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


def idle_note(estimate: Estimate, book: UnassignedListState, error: str | None) -> list[str]:
    """Return the lines that stand in place of the idle licenses, none while there are rows."""
    if book.items:
        return []
    if not book.done:
        return ["", error] if error is not None else [WAITING] * 100
    lines = ["", "No unassigned licenses are listed."]
    if book.left_out:
        lines.append(f"{pluralize(book.left_out, 'license')} could not be read.")
    if isinstance(estimate, BillingEstimate) and estimate.licenses.unassigned == 0:
        lines.append("Every license that is billed is assigned to a site.")
    return lines
