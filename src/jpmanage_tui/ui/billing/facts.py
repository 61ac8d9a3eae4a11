"""The words above and below the rows of the Billing screen, from what the API has said so far."""

from __future__ import annotations

from decimal import Decimal

from jpmanage_tui.api.models.billing import BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.ui.billing.figures import FOOTNOTE, NONE, counted, counted_licenses, month, shown
from jpmanage_tui.ui.billing.idle_book import IdleBook, sum_words
from jpmanage_tui.ui.commands.keys import key_line, key_of
from jpmanage_tui.ui.widgets.words_line import Tone, Words
from jpmanage_tui.ui.words import number

Estimate = BillingEstimate | NotYetAvailable | None
PREPARED = "Your upcoming invoice is being prepared."
WAITING = "· · ·"


def estimate_facts(estimate: Estimate, currency: str | None) -> tuple[Words, Words]:
    """Return the two lines above the estimate: what the month costs, and how many licences there are."""
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


def idle_facts(estimate: Estimate, book: IdleBook, currency: str | None) -> tuple[Words, Words]:
    """Return the two lines above the idle licences: billing's own totals, and what the rows cost by the prices."""
    if isinstance(estimate, BillingEstimate):
        unassigned = counted_licenses(estimate.licenses.unassigned, "unassigned license")
        cost = estimate.costs.unassigned
        billed = f"Billed and idle: {unassigned}"
        billed += f", {shown(cost, currency)} {_period(estimate)}" if cost is not None else ""
    else:
        billed = f"Billed and idle: {NONE if estimate else WAITING}"
        billed += "   the month's estimate is being prepared" if estimate else ""
    return [(billed, Tone.STRONG)], [(_listed(book, billed_count(estimate, book)), Tone.PLAIN)]


def _period(estimate: BillingEstimate) -> str:
    """Return the time that a cost of the estimate is for: the prices beside it are for any day or month from now on.

    By days it counts those of the whole month, also of what was revoked since it began (contract: licences 4).
    """
    words = f"in {estimate.date:%B}" if estimate.date else "this month"
    return f"{words}, revoked ones too" if estimate.price_interval is BillingInterval.DAY else words


def billed_count(estimate: Estimate, book: IdleBook) -> int | None:
    """Return how many unassigned licences billing counts, where they are more than are listed; else None."""
    unassigned = estimate.licenses.unassigned if isinstance(estimate, BillingEstimate) else None
    return unassigned if unassigned is not None and unassigned > len(book.items) else None


def idle_summary(estimate: Estimate, book: IdleBook) -> str:
    """Return how many unassigned licences are listed, of how many, and when the others come."""
    if not book.items:
        return ""
    billed, listed = billed_count(estimate, book), len(book.items)
    if billed is None:
        return number(listed, "unassigned license") + ("" if book.done else " loaded")
    of = f"{listed:,} of {number(billed, 'unassigned license')}"
    return f"{of} listed" if book.done else f"{of} loaded, more as you go down"


def _listed(book: IdleBook, billed: int | None) -> str:
    if not book.items:
        return "" if book.done else f"Listed here: {WAITING}"
    count = len(book.items)
    of = "" if billed is None else f" of {billed:,}"
    which = f"The {count:,}{of} listed here" if book.done else f"The oldest {count:,}{of}"
    if book.products is None:
        return f"{which}: {WAITING}"
    sums = sum_words(book.sums()) or "no price is known"
    left = f", {book.unpriced:,} without a price" if book.unpriced else ""
    return f"{which}: {sums} by your prices{left}"


def estimate_footnote(estimate: Estimate) -> str:
    """Return the vendor's footnote about days, nothing where the estimate counts no days (contract: licences 4)."""
    by_day = isinstance(estimate, BillingEstimate) and estimate.price_interval is BillingInterval.DAY
    return FOOTNOTE if by_day and isinstance(estimate, BillingEstimate) and estimate.products else ""


def idle_footnote(estimate: Estimate, book: IdleBook) -> str:
    """Return where the licences are that billing counts and the list has not, and why Licenses has another figure."""
    billed = billed_count(estimate, book)
    if billed is None or not book.done:
        return ""
    missing = billed - len(book.items)
    return (
        f"Billing counts {missing:,} more. The unassigned licenses of a bundle may be listed only under it: "
        f"{key_of('bundles')} looks into the bundles. Unassigned on Licenses lacks them too; it has standard ones, not "
        "billed here."
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


def idle_note(estimate: Estimate, book: IdleBook, error: str | None) -> list[str]:
    """Return the lines that stand in place of the idle licences, none while there are rows."""
    if book.items:
        return []
    if not book.done:
        return ["", error] if error is not None else [WAITING] * 100
    lines = ["", "No unassigned licenses are listed."]
    if isinstance(estimate, BillingEstimate) and estimate.licenses.unassigned == 0:
        lines.append("Every license that is billed is assigned to a site.")
    return lines
