"""The text of Issue New License: the questions, and why something cannot be issued now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.rules import prices
from jpmanage_tui.rules.assigning import Fit
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.order import Blocker, Order, Reviewed
from jpmanage_tui.services.issuing.planned_license import PlannedLicense
from jpmanage_tui.services.issuing.run import IssueItem, IssueRun
from jpmanage_tui.services.license_change_text import NOT_UNDONE, UNCHANGED
from jpmanage_tui.services.price_text import cost_words, unknown_words
from jpmanage_tui.services.runs import PriceChange
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, Row
from jpmanage_tui.ui.sections.licenses import questions

CHECKING = "Checking the payment method…"
LISTED = 6
"""So many items are named in the question; the rest is counted."""


def assign_question(
    going: Mapping[IssueItem, PlannedLicense], staying: Sequence[str], site: Site, error: ApiError | None
) -> Confirmation:
    """Return the question before what was issued is assigned: what goes to the site, and what stays unassigned."""
    names = list(dict.fromkeys(planned.words for planned in going.values()))
    text = ["\n".join(f"  {name}" for name in names[:LISTED])]
    if len(names) > LISTED:
        text[0] += f"\n  and {len(names) - LISTED} more"
    text[0] += f"\nto {questions.name_of(site)}"
    text.append(UNCHANGED)
    if error is not None:
        words = f"Looking up what {site_name(site.address)} has"
        text.append(error_text(error, words, where=Where.DIALOG))
    if staying:
        text.append(
            f"{pluralize(len(staying), 'license')} stay{'s' if len(staying) == 1 else ''} unassigned: {staying[0]}"
        )
    what = names[0] if len(going) == 1 else pluralize(len(going), "license")
    text += questions.site_notes(site, Fit(()))
    return Confirmation("Assign License?", text, f"Assign {what} to {site_name(site.address)}", harmless=True)


def issue_question(order: Reviewed) -> Confirmation:
    """Return the last question before licenses are issued: what, what it costs, and where each goes."""
    quote = order.quote
    items = "\n".join(f"  {line.words}" for line in quote.lines[:LISTED])
    if len(quote.lines) > LISTED:
        items += f"\n  and {len(quote.lines) - LISTED} more"
    whole = prices.cost_of(
        price
        for line in quote.lines
        for price in ([line.price] if line.price is not None else [None] * line.licenses)
    )
    known = f"{cost_words(whole)}, from now until revoked." if whole.known else ""
    cost = " ".join(part for part in (known, unknown_words(whole, quote.licenses), NOT_UNDONE) if part)
    words = f"Issue {pluralize(quote.licenses, 'license')}"
    return Confirmation(f"{words}?", [items, cost, _destination(order)], words)


def _destination(order: Reviewed) -> str:
    """Return where the licenses go. It counts licenses: a bundle's are as many as it has, and go to no site at once."""
    whole = order.quote.licenses
    if order.chosen is None:
        return "It is issued unassigned." if whole == 1 else "They are issued unassigned."
    url = order.chosen.name
    placed = sum(planned.size for planned in order.planned_licenses if planned.to_site)
    if placed == whole:
        return f"It is assigned to {url}." if whole == 1 else f"All {whole:,} are assigned to {url}."
    if not placed:
        stay = "It stays unassigned: it" if whole == 1 else "They stay unassigned: none of them"
        return f"{stay} can{'not' if whole == 1 else ''} go to {url} at once."
    is_, stays = ("is" if placed == 1 else "are"), ("stays" if whole - placed == 1 else "stay")
    return f"{placed:,} {is_} assigned to {url}, {whole - placed:,} {stays} unassigned."


def price_question(changes: Sequence[PriceChange], issued: int) -> Confirmation:
    """Return the question before the rest is issued (`issued` licenses) at prices that were not confirmed."""
    rows = [Row(change.name, change.words, f"×{len(change.positions)}") for change in changes]
    return Confirmation(
        f"Issue {pluralize(issued, 'license')} at the new price?",
        ["Prices are not what was confirmed:", NOT_UNDONE],
        "Issue at the new price",
        rows=rows,
    )


def needs_card_text() -> str:
    """Return what to do without a valid payment method."""
    return (
        "A valid payment method is needed before licenses can be issued, so nothing has been sent. "
        f"Press {key_for('open-payment-methods')} for Payment Methods and {key_for('new-card')} to add a card, "
        f"then {key_for('issue')} to come back: your selection is kept."
    )


def blocker_text(order: Order) -> str | None:
    """Return why what is reviewed cannot be issued now, None when it can."""
    match order.blocker:
        case None:
            return None
        case Blocker.CATALOG_UNKNOWN:
            return "The products and their prices are not loaded yet."
        case Blocker.STATUS_UNKNOWN:
            return CHECKING
        case Blocker.READ_ONLY:
            return READ_ONLY
        case Blocker.NEEDS_CARD:
            return needs_card_text()
        case Blocker.SITE_UNKNOWN:
            return f"Looking up what {order.chosen.name if order.chosen is not None else ''} has…"


# -- the run ---------------------------------------------------------------------------------


def headline(run: IssueRun) -> str:
    """Return in one sentence how it stands."""
    done, whole = (sum(item.planned.size for item in items) for items in (run.issued, run.items))
    if run.running:
        doing = "Stopping: what is on its way finishes first" if run.stopping else "Issuing"
        if not run.stopping and any(item.assign.running for item in run.items):
            doing = "Assigning"
        return f"{doing}… {done} of {whole} issued. Leaving this page does not stop it."
    return result_words(run)


def result_words(run: IssueRun) -> str:
    """Return in one sentence what a run has come to; a bundle counts its size."""
    done, whole = (sum(item.planned.size for item in items) for items in (run.issued, run.items))
    words = [f"{done} of {whole} issued" if done < whole else f"{pluralize(whole, 'license')} issued"]
    assigned = sum(item.assign.happened for item in run.items)
    sites = sorted({item.site.url for item in run.items if item.planned.to_site and item.site is not None})
    if sites:
        words.append(
            f"{assigned} assigned to {sites[0] if len(sites) == 1 else pluralize(len(sites), 'site')}"
        )
    counts = (
        (
            sum(item.planned.size for item in run.items if item.issue.failed or not item.issue.begun),
            "not issued",
        ),
        (sum(item.assign.failed for item in run.items), "not assigned"),
        (
            sum(item.planned.size if item.issue.unknown else 1 for item in run.items if item.unknown),
            "unknown",
        ),
        (
            sum(item.planned.size if item.issue.verifying else 1 for item in run.items if item.verifying),
            "being looked up",
        ),
    )
    words += [f"{count} {what}" for count, what in counts if count]
    features = " Their features take a few minutes." if assigned else ""
    return ", ".join(words) + "." + features
