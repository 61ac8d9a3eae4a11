"""The pages after the lines: what to do with the list, and the review. Rows only; nothing is asked here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from jpmanage_tui.api.products import Product
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.run import PlannedItem
from jpmanage_tui.rules.bundles import BundleOffer
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.prices import Price, cost_of
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.bulk_plan_text import plan_sentences
from jpmanage_tui.services.bulk_plans import BulkPlan, LeftOut
from jpmanage_tui.services.issuing.order import IssuingStatus
from jpmanage_tui.services.issuing.quote import per_day, per_month
from jpmanage_tui.services.leaving_plans import Leaving
from jpmanage_tui.services.price_text import cost_words
from jpmanage_tui.ui.sections.issue.page_list import MUTED, PLAIN, STRONG, Row
from jpmanage_tui.ui.sections.issue.pages import BILLING, status_rows
from jpmanage_tui.ui.sections.site_list.draft import Draft, LineGroup, Task
from jpmanage_tui.ui.widgets.states import WARNING

MOST_NAMED = 300
"""So many sites of one kind are named on the review, and so many lines that are left out; the rest is counted."""
TASKS = {
    Task.ISSUE_AND_ASSIGN: "Issue licenses and assign them to the sites",
    Task.ISSUE: "Issue licenses that stay unassigned",
    Task.ASSIGN_BUNDLE: "Assign the unassigned licenses of a bundle to the sites",
    Task.LEAVE: "Take all licenses from the sites: a client leaves",
}
LEAVINGS = {
    Leaving.UNASSIGN: "Unassign: billed as before, free for other sites",
    Leaving.REVOKE: "Revoke: billing for them ends, and the codes are lost",
    Leaving.UNASSIGN_AND_REVOKE: "Unassign first, then revoke",
}


class Part(Enum):
    """What can be set beside the task."""

    BY_LIST = "by list"
    ADD_PRODUCT = "add product"
    UNASSIGNED_FIRST = "unassigned first"
    CHOOSE_BUNDLE = "choose bundle"


class ChosenProduct(NamedTuple):
    """A product that every line gets."""

    product: Product


class Offer(NamedTuple):
    """A bundle offer that can be taken, or is."""

    offer: BundleOffer
    taken: bool


def _radio(on: bool, words: str, target: object) -> Row:
    return Row.of(f"{'(•)' if on else '( )'} {words}", STRONG if on else PLAIN, target=target, indent=4)


def _box(on: bool, words: str, target: object, indent: int = 4) -> Row:
    return Row.of(f"{' ' * indent}{'[x]' if on else '[ ]'} {words}", target=target, indent=indent + 4)


def task_rows(draft: Draft, plan: BulkPlan | None) -> list[Row]:
    """Return the page on which the user says what is done; `plan` is what that comes to, None where something lacks."""
    counts = draft.counts
    words = f"What is to be done with the {pluralize(counts[LineGroup.READY], 'line')} that are ready?"
    if counts[LineGroup.READY] == 1:
        words = "What is to be done with the one line that is ready?"
    rows = [Row.of(words, STRONG)]
    if counts[LineGroup.PROBLEM]:
        rows.append(
            Row.of(
                f"! {pluralize(counts[LineGroup.PROBLEM], 'line has', 'lines have')} a problem and will be left out; "
                "esc goes back to them.",
                WARNING,
                indent=2,
            )
        )
    rows.append(Row())
    for task, label in TASKS.items():
        rows.append(_radio(task is draft.task, label, task))
        if task is draft.task:
            rows += _task_settings(draft, plan)
    rows.append(Row())
    rows.append(Row.of(draft.lacks or _sum(plan), MUTED if draft.lacks else STRONG))
    return rows


def first_setting(draft: Draft) -> Task | Leaving | Part:
    """Return what the cursor stands on at first: what is still to be chosen, else the task."""
    if draft.task is Task.LEAVE:
        return draft.leaving
    if draft.lacks:
        return Part.CHOOSE_BUNDLE if draft.task is Task.ASSIGN_BUNDLE else Part.ADD_PRODUCT
    return draft.task


def _task_settings(draft: Draft, plan: BulkPlan | None) -> list[Row]:
    """Return the settings of the chosen task."""
    if draft.task is Task.LEAVE:
        return [
            Row.of(f"    {'(•)' if leaving is draft.leaving else '( )'} {label}", target=leaving, indent=8)
            for leaving, label in LEAVINGS.items()
        ]
    if draft.task is Task.ASSIGN_BUNDLE:
        if draft.bundle is None:
            return [Row.of("    Choose the bundle…", target=Part.CHOOSE_BUNDLE, indent=4)]
        return [
            Row.of(
                f"    {draft.bundle.product}  {draft.bundle.license_key}", target=Part.CHOOSE_BUNDLE, indent=4
            )
        ]
    rows = []
    if draft.site_list is not None and draft.site_list.names_products:
        rows.append(_box(draft.by_list, "The products that the list names", Part.BY_LIST))
    rows += [
        Row(
            ((f"    [x] {title(one.name)}", PLAIN), (f"  {_price_words(one)}", MUTED)),
            target=ChosenProduct(one),
            indent=8,
        )
        for one in draft.products
    ]
    again = "Another product" if draft.products else "A product"
    rows.append(Row.of(f"    {again} for every line…", target=Part.ADD_PRODUCT, indent=4))
    if draft.task is Task.ISSUE_AND_ASSIGN:
        rows.append(
            _box(
                draft.unassigned_first,
                "Use unassigned licenses first, the oldest first",
                Part.UNASSIGNED_FIRST,
            )
        )
    if plan is not None and (plan.offers or plan.taken_offers):
        rows.append(Row.of("    Bundles that cost less:", MUTED, indent=4))
        rows += [offer_row(offer, taken=True) for offer in plan.taken_offers]
        rows += [offer_row(offer, taken=False) for offer in plan.offers]
    return rows


def _price_words(product: Product) -> str:
    from jpmanage_tui.rules.prices import unit_price

    price = unit_price(product)
    return f"{per_day(price)} a day, {per_month(price)} a month" if price is not None else "no price is given"


def offer_row(offer: BundleOffer, *, taken: bool) -> Row:
    """Return an offer with what it saves; it can be taken, or given back."""
    spare = offer.stay_unassigned
    stay = f"; {spare:,} stay{'s' if spare == 1 else ''} unassigned" if spare else ""
    words = f"{'[x]' if taken else '[ ]'} {title(offer.product.name)}: {offer.words}"
    return Row(
        ((f"    {words}", PLAIN), (f"  saves {_month(offer.saving)}{stay}", MUTED)),
        target=Offer(offer, taken),
        indent=8,
    )


def _month(price: Price) -> str:
    month = per_month(price)
    return f"{month} a month" if month else per_day(price)


def _sum(plan: BulkPlan | None) -> str:
    """Return in one sentence what a plan comes to."""
    if plan is None:
        return ""
    if not plan.run.items:
        return "Nothing would be done; the review says why."
    cost = cost_words(plan.cost)
    saved = cost_words(plan.saved)
    money = f": {cost}" if cost else f": {saved} less" if saved else ""
    return f"{plan.run.title}{money}."


# -- the review ------------------------------------------------------------------------------


def review_rows(plan: BulkPlan, status: IssuingStatus | None) -> list[Row]:
    """Return the review: what keeps from it, what is done and costs, to which sites, and what is left out and why."""
    rows = status_rows(status) if plan.issued else []
    title_words = plan.run.title if plan.run.items else "Nothing is left to do."
    rows.append(Row.of(title_words, STRONG, target=title_words))
    rows += [Row.of(words, indent=2) for words in plan_sentences(plan)]
    rows += [Row.of(f"! {words}", WARNING, indent=2) for words in plan.remarks]
    if plan.taken_offers or plan.offers:
        rows += [Row(), Row.of("Bundles that cost less", STRONG)]
        rows += [offer_row(offer, taken=True) for offer in plan.taken_offers]
        rows += [offer_row(offer, taken=False) for offer in plan.offers]
    rows += _change_rows(plan.run.items)
    rows += _left_out_rows(plan.left_out)
    if plan.issued:
        rows += [Row(), Row.of(BILLING, MUTED)]
    keys = f"enter  {button_words(plan).lower()}     esc  back" if plan.run.items else "esc  back"
    return [*rows, Row(), Row.of(keys, MUTED)]


def _change_rows(items: Sequence[PlannedItem]) -> list[Row]:
    """Return the changes by kind: what is issued with its price, then each site with what happens there."""
    issued: Counter[tuple[str, int, Price | None]] = Counter()
    named: dict[str, list[str]] = {"Assigned": [], "Unassigned": [], "Revoked": []}
    for item in items:
        change = item.mutation
        if isinstance(change, IssueLicense):
            issued[change.product_name or change.product, change.quantity or 1, item.price] += 1
        elif isinstance(change, AssignLicense):
            which = f"…{change.license_key[-10:]}, unassigned before" if change.license_key else ""
            if not change.license_key and item.needs is None:
                which = "issued"
            named["Assigned"].append(_joined(site_name(change.site_url), change.product, which))
        elif isinstance(change, UnassignLicense):
            named["Unassigned"].append(_taken(change))
        elif isinstance(change, RevokeLicense):
            named["Revoked"].append(_taken(change))
    rows: list[Row] = []
    if issued:
        rows += [Row(), Row.of("Issued", STRONG)]
    for (name, size, price), count in issued.items():
        what = f"{count:,} × {f'bundle of {size} ' if size > 1 else ''}{name}"
        cost = cost_words(cost_of([price.times(count) if price is not None else None]))
        parts = ((f"  {what}", PLAIN), (f"  {cost or 'the API gives no price'}", MUTED))
        rows.append(Row(parts, target=(name, size, price), indent=4))
    for kind, sites in named.items():
        if sites:
            rows += [Row(), Row.of(f"{kind} ({len(sites):,})", STRONG)]
            rows += [
                Row.of(f"  {words}", target=(kind, place), indent=4)
                for place, words in enumerate(sites[:MOST_NAMED])
            ]
            rows += _more(len(sites) - MOST_NAMED)
    return rows


def _taken(change: UnassignLicense | RevokeLicense) -> str:
    where = site_name(change.site_url) if change.site_url else ""
    return _joined(where, change.product, f"…{change.license_key[-10:]}")


def _joined(*words: str) -> str:
    return "  ".join(word for word in words if word)


def _more(count: int) -> list[Row]:
    return [Row.of(f"  and {count:,} more", MUTED)] if count > 0 else []


def _left_out_rows(left_out: Sequence[LeftOut]) -> list[Row]:
    """Return what is left out and why, line by line."""
    if not left_out:
        return []
    rows = [Row(), Row.of(f"Left out ({len(left_out):,})", STRONG)]
    for one in left_out[:MOST_NAMED]:
        line = f"line {one.number:,}  " if one.number is not None else ""
        product = f", {one.product}" if one.product else ""
        parts = ((f"  {line}{one.what}{product}: ", PLAIN), (one.reason, MUTED))
        rows.append(Row(parts, target=one, indent=4))
    return [*rows, *_more(len(left_out) - MOST_NAMED)]


def button_words(plan: BulkPlan) -> str:
    """Return what the button of the question says: of one license the product and the site, else how many."""
    verbs = [
        verb
        for count, verb in (
            (plan.issued, "Issue"),
            (plan.unassigned, "unassign"),
            (plan.revoked, "revoke"),
        )
        if count
    ]
    count = max(plan.issued, plan.unassigned, plan.revoked) or plan.assigned
    words = " and ".join(verbs).capitalize() or "Assign"
    if count == 1 and plan.assigned < 2:
        return f"{words} {_one_license(plan.run.items)}"
    return f"{words} {pluralize(count, 'license')}"


def _one_license(items: Sequence[PlannedItem]) -> str:
    """Return the one license that these changes are about: the product, and the site that gets or loses it."""
    product = site = way = ""
    for item in items:
        change = item.mutation
        if isinstance(change, IssueLicense):
            product = change.product_name or change.product
        elif isinstance(change, AssignLicense):
            product, site, way = change.product, change.site_url, "to"
        elif isinstance(change, UnassignLicense | RevokeLicense):
            product, site, way = change.product, change.site_url or site, "from"
    return f"{product} {way} {site_name(site)}" if site else product
