"""The text above and below the rows of the Billing screen, from what the API has said so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from textwrap import wrap

from rich.cells import cell_len

from jpmanage_tui.api.billing import BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.text import format_datetime, format_time, not_read, pluralize
from jpmanage_tui.services.billing_estimate import (
    NONE,
    NOT_A_BILL,
    NOTHING_BILLED,
    PREPARED,
    PREPARED_NORMAL,
    PRODUCTS_NOT_SAID,
    CostLine,
    Estimate,
    EstimateSummary,
    LicensesParts,
    cost_line,
    licenses_parts,
    share_text,
    unassigned_count,
    unassigned_line,
)
from jpmanage_tui.services.license_activity import ReadActivity, activity_text, days_text
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.services.unassigned_licenses import UnassignedListState, sums_words
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.sections.billing.overview import LEAD, SUM_LINES, Room
from jpmanage_tui.ui.widgets.text_line import Tone, Words

WAITING = "· · ·"
NOTHING_CHANGED = "No license was issued or revoked this month."
NOR_INVOICES = "The last invoices could not be loaded either."
NO_INVOICES = "No invoices yet."
FOOTNOTE = "* Days: estimated full active days to the month's end, revoked ones too."
COUNTED = "Each license in a bundle counts here; those bought elsewhere do not."
"""Why the figures of the estimate are others than those of the list, in which a bundle is one row."""


def estimate_lead(estimate: Estimate, currency: str | None, room: Room, width: int) -> list[Words]:
    """Return the lines above the estimate: what the month costs so far, how many licenses there are, and which share
    of them, and of the cost, is unassigned; in so many cells. Beside the chart the sum stands apart from the rest.
    """
    if isinstance(estimate, BillingEstimate):
        summary = EstimateSummary(estimate, currency)
        sum_of, licenses, share = cost_line(summary), licenses_parts(summary), share_text(estimate)
    else:
        dash = NONE if isinstance(estimate, NotYetAvailable) else WAITING
        sum_of = CostLine("Estimate so far for this month", dash, NOT_A_BILL)
        licenses = LicensesParts(f"{dash} licenses", f"{dash} assigned", f"{dash} unassigned")
        share = ""
    if not room.beside:
        label, amount = f"{sum_of.label}  ", sum_of.amount
        fits = cell_len(f"{label}{amount}   {sum_of.of}") <= width
        sum_words: Words = [
            (label, Tone.PLAIN),
            (amount, Tone.STRONG),
            (f"   {sum_of.of if fits else NOT_A_BILL}", Tone.MUTED),
        ]
        if room.lines - room.chart < LEAD:
            return [sum_words, [(licenses.line, Tone.PLAIN)]]
        unassigned = f"{licenses.unassigned}: {share}" if share else licenses.unassigned
        in_total = f"{licenses.total} in total, {licenses.assigned}"
        return [sum_words, [(in_total, Tone.PLAIN)], [(unassigned, Tone.PLAIN)]]
    parts = (f"{licenses.total} in total", licenses.assigned, licenses.unassigned)
    figures: list[Words] = [[(part, Tone.PLAIN)] for part in parts]
    shares: list[Words] = [[(share.replace(" the ", " "), Tone.PLAIN)]] if share else []
    sum_lines: list[Words] = [[(sum_of.label, Tone.PLAIN)], [(sum_of.amount, Tone.HEADLINE)]]
    as_of: Words = [(sum_of.of, Tone.MUTED)]
    empty = room.lines - SUM_LINES
    if empty >= 2:
        sum_lines.insert(1, [])
        sum_lines.append([])
    return [*sum_lines, as_of, *([[]] if empty == 1 or empty > 3 else []), *figures, *shares]


def unassigned_lead(estimate: Estimate, state: UnassignedListState, currency: str | None) -> list[Words]:
    """Return the lines above the unassigned licenses: billing's own totals, which share they are, and what the rows cost
    by the prices.
    """
    share: list[Words] = []
    if isinstance(estimate, BillingEstimate):
        billed, words = unassigned_line(EstimateSummary(estimate, currency)), share_text(estimate)
        share = [[(f"That is {words}.", Tone.PLAIN)]] if words else []
    else:
        billed = f"Unassigned but billed: {NONE if estimate else WAITING}"
        billed += "   the month's estimate is being prepared" if estimate else ""
    listed = _listed(state, billed_count(estimate, state))
    return [[(billed, Tone.STRONG)], *share, [(listed, Tone.PLAIN)]]


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


def chart_with_state(
    chart: list[Words],
    invoices: Sequence[Invoice] | None,
    error: str | None,
    as_of: datetime | None,
    width: int,
) -> list[Words]:
    """Return the chart's lines; with them why its invoices are missing, or that they are old.

    `invoices` is None before they came; `as_of` says when they were answered.
    """
    if invoices is None:
        lines = wrap(error, width) if error is not None else [f"Last invoices  {WAITING}"]
        return [*chart, *([(line, Tone.MUTED)] for line in lines)]
    if error is not None and as_of is not None:
        old = f"Invoices as of {format_time(as_of)}, could not be refreshed"
        return [[(old, Tone.MUTED)], *chart]
    return chart if invoices else [[(NO_INVOICES, Tone.MUTED)]]  # a bar beside no other says nothing


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


# -- what was issued and revoked -------------------------------------------------------------


def activity_lead(found: ReadActivity | None, days: DayRange, *, is_behind: bool = False) -> list[Words]:
    """Return the lines above the products: how many licenses were issued and revoked, and as of when.

    `is_behind`: licenses were changed elsewhere since all were read.
    """
    if found is None:
        return [[(f"Issued and revoked {days_text(days)}  ", Tone.PLAIN), (NONE, Tone.STRONG)], []]
    lacks = f"; {found.lacks}" if found.lacks else ""
    lacks += "; some changed since" if is_behind else ""
    as_of = f"All licenses as they were read at {format_datetime(found.as_of)}{lacks}"
    return [[(activity_text(found.activity), Tone.STRONG)], [(as_of, Tone.MUTED)]]


def activity_placeholder(
    found: ReadActivity | None, state: IndexState, error: str | None, of: int | None
) -> list[str]:
    """Return the lines that stand in place of the products: what is missing until all licenses are read, and the key.

    `state` is that of the index, `error` that of its reading, whose progress the status line tells; `of` licenses are
    in the account.
    """
    if found is not None:
        return [] if found.activity.products else ["", NOTHING_CHANGED]
    if state in (IndexState.READING, IndexState.WHOLE):
        return [WAITING] * 100
    count = "" if of is None else f" {of:,}"
    rest = "Not all" if state is IndexState.PART else "None"
    return [
        "",
        *([error, ""] if error is not None else ()),
        "This is counted from all licenses, revoked ones too; the API gives no such figures.",
        f"{rest} of the{count} licenses {'are' if of != 1 else 'is'} read yet.",
        "",
        key_line("read all licenses", "index"),
    ]
