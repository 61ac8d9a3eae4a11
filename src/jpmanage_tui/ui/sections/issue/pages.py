"""What stands on the pages after the products: where to, the review, the result. Rows only; nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.order import ChosenSite, IssuingStatus
from jpmanage_tui.services.issuing.planned_license import PlannedLicense
from jpmanage_tui.services.issuing.quote import Quote, QuoteLine, per_day, per_month
from jpmanage_tui.services.price_text import interval_words, total_words
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.issue.page_list import BAD, GOOD, MUTED, PLAIN, STRONG, WARNING, Row
from jpmanage_tui.ui.sections.issue.text import CHECKING, READ_ONLY, needs_card_text

BILLING = (
    "How billing works: a license is billed per day from the moment it is issued until it is revoked, also while it "
    "is unassigned. The invoice comes at the beginning of the next month, for the days used; the first month may "
    "therefore be lower."
)
PAUSED = "The API says that issuing is paused for this account. Whether it refuses shows when you issue."


class SiteChoice(Enum):
    """The choices on the page about the site."""

    LATER = "later"
    SITE = "site"
    ANOTHER = "another"


def site_rows(chosen: ChosenSite | None, slots: Sequence[PlannedLicense]) -> list[Row]:
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
    else:
        words = f"Assign to {chosen.name} (Site ID {chosen.site.blog_id})"
        rows.append(Row.of(words, STRONG, target=SiteChoice.SITE, indent=2))
        rows.append(Row.of("Choose another site…", target=SiteChoice.ANOTHER, indent=2))
        rows += [Row(), *site_fit_rows(chosen, slots)]
    return rows


def site_fit_rows(chosen: ChosenSite, slots: Sequence[PlannedLicense]) -> list[Row]:
    """Return what happens to each license on that site: assigned, or why it stays unassigned."""
    url, rows = chosen.name, []
    if chosen.owned is None:
        return [Row.of(f"Looking up what {url} has…", MUTED)]
    if chosen.error is not None:
        words = error_text(chosen.error, f"Looking up what {url} has")
        rows.append(Row.of(f"! {words} What it has already shows when it is assigned.", WARNING, indent=2))
    for count, slot in counted(slots):
        words = f"{count} × {slot.words}: " if count > 1 else f"{slot.words}: "
        if slot.to_site:
            rows.append(Row((("✓ ", GOOD), (f"{words}goes to {url} once it is issued.", PLAIN)), indent=2))
        else:
            rows.append(Row((("! ", WARNING), (f"{words}stays unassigned. {slot.why}", PLAIN)), indent=2))
    return rows


def counted(slots: Iterable[PlannedLicense]) -> list[tuple[int, PlannedLicense]]:
    """Return equal slots once, each with how many there are, in the order in which they come first."""
    counts: dict[PlannedLicense, int] = {}
    for slot in slots:
        counts[slot] = counts.get(slot, 0) + 1
    return [(count, slot) for slot, count in counts.items()]


def review_rows(
    quote: Quote, chosen: ChosenSite | None, slots: Sequence[PlannedLicense], status: IssuingStatus | None
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
        rows += site_fit_rows(chosen, slots)
    keys = "enter  issue     esc  back"
    if status is None or status.shut:
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


def bad(words: str) -> Row:
    """Return a row about something that failed."""
    return Row.of(words, BAD, indent=2)
