"""What stands on the pages after the products: the site, the review, the result. Rows only; nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from jpmanage_tui.api.errors import InvalidParameterError
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.order import ChosenSite, IssuingStatus
from jpmanage_tui.services.issuing.planned_license import BUNDLE, PlannedLicense
from jpmanage_tui.services.issuing.quote import Quote, QuoteLine, per_day, per_month
from jpmanage_tui.services.issuing.run import IssueItem, IssueRun
from jpmanage_tui.services.issuing.status import PAUSED
from jpmanage_tui.services.price_text import interval_words, total_words
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.issue.page_list import MUTED, PLAIN, STRONG, Row
from jpmanage_tui.ui.sections.issue.text import CHECKING, headline, needs_card_text
from jpmanage_tui.ui.widgets.states import BAD, GOOD, WARNING

BILLING = (
    "How billing works: a license is billed per day from the moment it is issued until it is revoked, also while it "
    "is unassigned. The invoice comes at the beginning of the next month, for the days used; the first month may "
    "therefore be lower."
)
WORD_WIDTH = 14
BELOW = 4
"""Cells by which what stands below a license is indented: the longest code still fits on a line of 80."""


class SiteChoice(Enum):
    """The choices on the page about the site."""

    LATER = "later"
    SITE = "site"
    ANOTHER = "another"


def site_rows(chosen: ChosenSite | None, planned_licenses: Sequence[PlannedLicense]) -> list[Row]:
    """Return the page on which the user says where the licenses go."""
    rows = [
        Row.of("Which site are the licenses for?", STRONG),
        Row(),
        Row.of(
            "Assign later: they are issued unassigned, and billed from now on.",
            target=SiteChoice.LATER,
            indent=2,
        ),
    ]
    if chosen is None:
        rows.append(Row.of("Choose a site now…", target=SiteChoice.SITE, indent=2))
        rows += [Row(), Row.of(f"For many sites at once press {key_for('site-list')}: List of Sites.", MUTED)]
    else:
        words = f"Assign to {chosen.name} (Site ID {chosen.site.blog_id})"
        rows.append(Row.of(words, STRONG, target=SiteChoice.SITE, indent=2))
        rows.append(Row.of("Choose another site…", target=SiteChoice.ANOTHER, indent=2))
        rows += [Row(), *site_fit_rows(chosen, planned_licenses)]
    return rows


def site_fit_rows(chosen: ChosenSite, planned_licenses: Sequence[PlannedLicense]) -> list[Row]:
    """Return what happens to each license on that site: assigned, or why it stays unassigned."""
    url, rows = chosen.name, []
    if chosen.owned is None:
        return [Row.of(f"Looking up what {url} has…", MUTED)]
    if chosen.error is not None:
        words = error_text(chosen.error, f"Looking up what {url} has")
        rows.append(Row.of(f"! {words} What it has already shows when it is assigned.", WARNING, indent=2))
    for count, planned in grouped(planned_licenses):
        words = f"{count} × {planned.words}: " if count > 1 else f"{planned.words}: "
        if planned.to_site:
            rows.append(Row((("✓ ", GOOD), (f"{words}goes to {url} once it is issued.", PLAIN)), indent=2))
        else:
            rows.append(Row((("! ", WARNING), (f"{words}stays unassigned. {planned.why}", PLAIN)), indent=2))
    return rows


def grouped(planned_licenses: Iterable[PlannedLicense]) -> list[tuple[int, PlannedLicense]]:
    """Return equal planned_licenses once, each with how many there are, in the order in which they come first."""
    counts: dict[PlannedLicense, int] = {}
    for planned in planned_licenses:
        counts[planned] = counts.get(planned, 0) + 1
    return [(count, planned) for planned, count in counts.items()]


def review_rows(
    quote: Quote,
    chosen: ChosenSite | None,
    planned_licenses: Sequence[PlannedLicense],
    status: IssuingStatus | None,
) -> list[Row]:
    """Return the review: first what keeps from issuing, then items, sums, where they go, and how billing works."""
    rows = [*status_rows(status), Row.of(f"Issue {pluralize(quote.licenses, 'license')}", STRONG)]
    rows += [line_row(line) for line in quote.lines]
    rows += [Row(), *sum_rows(quote), Row()]
    if chosen is None:
        they, them = ("It is", "it") if quote.licenses == 1 else ("They are", "them")
        where = (
            f"{they} issued unassigned; assign {them} in Licenses ({key_for('assign')}), "
            "or press esc to choose a site now."
        )
        rows.append(Row.of(where))
    else:
        rows += site_fit_rows(chosen, planned_licenses)
    keys = "enter  issue     esc  back"
    if status is None or status.is_closed:
        keys = (
            "enter  payment methods     esc  back"
            if status is not None and status.needs_card
            else "esc  back"
        )
    return [*rows, Row(), Row.of(BILLING, MUTED), Row(), Row.of(keys, MUTED)]


def status_rows(status: IssuingStatus | None) -> list[Row]:
    """Return what stands between the user and issuing, nothing where it is open."""
    if status is None:
        return [Row.of(CHECKING, MUTED), Row()]
    if status.read_only:
        return [Row.of(f"! Issuing is refused. {READ_ONLY}", WARNING, indent=2), Row()]
    if status.needs_card:
        return [Row.of(f"! {needs_card_text()}", WARNING, indent=2), Row()]
    if status.paused:
        return [Row.of(f"! {PAUSED}", WARNING, indent=2), Row()]
    if status.error is not None:
        words = error_text(status.error, "Checking the payment method")
        return [Row.of(f"! {words} Without that the API decides.", WARNING, indent=2), Row()]
    return []


def status_text(status: IssuingStatus | None) -> str:
    """Return what the first page says of issuing, empty where it is open or nobody knows yet."""
    if status is None:
        return ""
    if status.read_only:
        return f"! Nothing can be issued: look at products and prices. {READ_ONLY}"
    if status.needs_card:
        return (
            f"! A valid payment method is needed before licenses can be issued: {key_for('open-payment-methods')} for "
            f"Payment Methods, {key_for('new-card')} adds a card, {key_for('issue')} comes back. The selection is kept."
        )
    return f"! {PAUSED}" if status.paused else ""


def line_row(line: QuoteLine) -> Row:
    """Return one item of the review with what it costs."""
    price = line.price
    if price is None:
        cost = "  the API gives no price"
    elif price.is_known:
        cost = f"  {per_day(price)} a day, {per_month(price)} a month"
    else:
        cost = f"  {interval_words(price)}, not in the sum"
    return Row(((line.words, PLAIN), (cost, MUTED)), target=line.pick, indent=4)


def sum_rows(quote: Quote) -> list[Row]:
    """Return the sums: in all, what the bundles save, and what is not in it."""
    rows = []
    if quote.totals:
        rows.append(Row((("Total  ", STRONG), (total_words(quote.totals), STRONG)), indent=7))
    if quote.savings:
        rows.append(Row((("Saved by bundles  ", PLAIN), (total_words(quote.savings), PLAIN)), indent=4))
    for line in quote.gone:
        words = f"! {line.name} is not in the catalog in this size; the API may refuse it."
        rows.append(Row.of(words, WARNING, indent=2))
    return rows


# -- the result ------------------------------------------------------------------------------


def result_rows(run: IssueRun) -> list[Row]:
    """Return the result so far: how it stands, then two lines or more for each license."""
    rows = [Row.of(headline(run), STRONG)]
    if run.needs_card:
        rows.append(Row.of(f"! {needs_card_text()}", WARNING, indent=2))
    elif run.stop_reason and not run.running:
        rows.append(Row.of(f"! {run.stop_reason}", WARNING, indent=2))
    if not run.running and any(item.to_download for item in run.issued):
        words = (
            "WooCommerce extensions have to be downloaded and installed on the site: "
            f"{key_for('download')} on the license, once assigned."
        )
        rows.append(Row.of(words, PLAIN))
    if run.assignable:
        them = run.assignable[0].planned.name if len(run.assignable) == 1 else "what is unassigned"
        rows.append(Row.of(f"{key_for('issue-site')} assigns {them} to a site.", MUTED))
    rows.append(Row())
    for item in run.items:
        rows += item_rows(item, run)
    return rows


def item_rows(item: IssueItem, run: IssueRun) -> list[Row]:
    """Return the lines of one license: how it stands, its code, and why something failed."""
    word, style = status_word(item)
    rows = [
        Row(((word.ljust(WORD_WIDTH), style), (item.planned.words, PLAIN)), target=item, indent=WORD_WIDTH)
    ]
    if item.key is not None:
        rows.append(_below(item.key, PLAIN))
    for words in details(item, running=run.running):
        rows.append(_below(words, MUTED))
    return rows


def status_word(item: IssueItem) -> tuple[str, str]:
    """Return a sign with a word for how a license stands, and the style."""
    if item.unknown:
        return "? unknown", WARNING
    if item.verifying:
        return "? looking up", WARNING
    if item.issue.running:
        return "… issuing", MUTED
    if item.issue.failed:
        return "✗ not issued", BAD
    if item.key is None:
        return ("– canceled" if item.issue.canceled else "  waiting"), MUTED
    if item.assign.running:
        return "… assigning", MUTED
    if item.assign.failed:
        return "! unassigned", WARNING
    return ("✓ assigned", GOOD) if item.assign.happened else ("✓ issued", GOOD)


def details(item: IssueItem, *, running: bool) -> list[str]:
    """Return the sentences below a license: where it went, why it did not, what to do."""
    site = item.site.url if item.site is not None else ""
    if item.issue.failed:
        return [_why(item.issue.outcome)]
    if item.unknown:
        what = "Issuing" if item.issue.unknown else f"Assigning to {site}"
        outcome = item.issue.outcome if item.issue.unknown else item.assign.outcome
        return [f"{what}: {_why(outcome)} {_look()}"]
    if item.verifying:
        return [_looking(item, site)]
    return _assigned(item, site, running) if item.key is not None else []


def _assigned(item: IssueItem, site: str, running: bool) -> list[str]:
    """Return the sentences about where an issued license is."""
    if item.assign.happened:
        return [f"on {site}"]
    if item.assign.failed:
        return [
            f"Issued, but not assigned to {site}: {_why(item.assign.outcome)} {key_for('issue-retry')} tries again."
        ]
    if item.assign.canceled:
        return [f"Issued, not assigned to {site}: the run was canceled."]
    if item.planned.to_site:
        return [] if running else [f"Issued, not yet assigned to {site}. {key_for('issue-retry')} goes on."]
    if item.planned.size > 1:
        return [BUNDLE]  # a bundle itself is never assigned, so it is not unassigned either
    return [f"Unassigned. {item.planned.why}".rstrip()]


def _looking(item: IssueItem, site: str) -> str:
    what = "Issuing" if item.issue.verifying else f"Assigning to {site}"
    return f"{what}: no answer came, so it is being looked up whether it was done. It is not sent again."


def _look() -> str:
    return (
        "Nobody knows whether this was done, so it is not sent again. "
        f"{key_for('issue-look')} looks it up again; {key_for('open-operations')} is Operations."
    )


def _why(outcome: Outcome[Any] | None) -> str:
    if outcome is None:
        return ""
    words = outcome.detail.strip() or outcome.sentence
    if isinstance(outcome.error, InvalidParameterError):
        # its message only names the arguments; what is wrong with them stands beside
        words = " ".join([words, *outcome.error.params.values()])
    return words


def _below(words: str, style: str) -> Row:
    return Row(((" " * BELOW, PLAIN), (words, style)), indent=BELOW)
