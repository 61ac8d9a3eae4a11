"""The text of a list of sites: the ways to put a line right, the question before a run, why something cannot be done."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.products import Product
from jpmanage_tui.operations.mutations.licenses import RevokeLicense, UnassignLicense
from jpmanage_tui.rules.catalog import EXCLUDED, title
from jpmanage_tui.rules.prices import unit_price
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.account_data import AccountData
from jpmanage_tui.services.bulk_plan_text import plan_sentences
from jpmanage_tui.services.bulk_plans import BulkPlan
from jpmanage_tui.services.issuing.quote import per_day, per_month
from jpmanage_tui.services.license_change_text import NOT_UNDONE
from jpmanage_tui.services.site_lists import Fix, ListUse
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.dialogs.choice import Choice
from jpmanage_tui.ui.dialogs.confirm import Confirmation, Row as ConfirmRow
from jpmanage_tui.ui.sections.licenses.questions import END, MAIL_MANY
from jpmanage_tui.ui.sections.site_list.draft import LineGroup, Task
from jpmanage_tui.ui.sections.site_list.matching import ListRow
from jpmanage_tui.ui.sections.site_list.pages import button_words

NEAR = "near:"
"""Begins the name of a choice that is a site near to what was written; its number follows."""
ANOTHER_SITE, ANOTHER_PRODUCT, TAKE_ONE, LEAVE_OUT, TAKE_BACK, AS_WRITTEN = (
    "another-site",
    "another-product",
    "take-one",
    "leave-out",
    "take-back",
    "as-written",
)
"""The names of the other choices."""


def fix_choices(row: ListRow, use: ListUse) -> list[Choice]:
    """Return what can be done with a line: first what puts it right."""
    line = row.line
    if row.group is LineGroup.LEFT_OUT:
        return [Choice(TAKE_BACK, "Take it back", key=key_for("site-list-leave-out"))]
    fix = line.status.fixed_by
    choices = [
        Choice(f"{NEAR}{number}", f"It is {site_name(site.address)}", f"Site ID {site.blog_id}")
        for number, site in enumerate(line.near)
    ]
    one = Choice(TAKE_ONE, "Take one license for it")
    site = Choice(ANOTHER_SITE, "Another site…" if line.site is not None else "Choose the site…")
    product = Choice(ANOTHER_PRODUCT, "Another product…" if line.products else "Choose the product…")
    if fix is Fix.QUANTITY:
        choices.append(one)
    if use is not ListUse.ISSUE:
        choices.append(site)
    if use is not ListUse.SITES and line.site is not None:
        choices.insert(0 if fix is Fix.PRODUCT else len(choices), product)
    choices.append(Choice(LEAVE_OUT, "Leave it out", key=key_for("site-list-leave-out")))
    if line.fixed:
        choices.append(Choice(AS_WRITTEN, "As the list has it"))
    return choices


def product_choices(products: Sequence[Product], chosen: Sequence[Product]) -> list[Choice]:
    """Return the products that are sold, with their prices."""
    slugs = {one.slug for one in chosen}
    sold = sorted((one for one in products if one.slug not in EXCLUDED), key=lambda one: one.name)
    return [
        Choice(
            one.slug,
            one.name,
            _price(one),
            "It is chosen already." if one.slug in slugs else None,
        )
        for one in sold
    ]


def _price(product: Product) -> str:
    price = unit_price(product)
    return f"{per_day(price)}/day  {per_month(price)}/mo" if price is not None else ""


def bundle_choices(account: AccountData) -> list[Choice]:
    """Return the bundles, with how many of their licenses are on no site."""
    choices = []
    for bundle in account.bundles:
        if bundle.license_id is None:
            continue
        free = len(account.unassigned_of(bundle.license_id))
        words = f"{free:,} of {bundle.quantity or 0:,} unassigned"
        reason = None if free else "None of its licenses is unassigned."
        choices.append(
            Choice(bundle.license_key, bundle.product, f"{words}  …{bundle.license_key[-6:]}", reason)
        )
    return choices


def start_question(plan: BulkPlan, task: Task, remarks: Sequence[str]) -> Confirmation:
    """Return the last question before a run: what is done, what it costs, what is left out, and `remarks`.

    From two licenses on, what costs money or cannot be undone asks for the number to be typed.
    """
    text = ["\n".join(plan_sentences(plan))]
    if plan.left_out:
        left_out = pluralize(len(plan.left_out), "line is", "lines are")
        text.append(f"{left_out} left out, as the review says.")
    if plan.issued:
        text.append(NOT_UNDONE)
    elif plan.revoked:
        text.append("The sites lose these products, and the codes cannot be used again.")
    elif plan.unassigned:
        text.append("The sites lose these products.")
    text += remarks
    count = plan.revoked or plan.issued
    words = button_words(plan)
    rows = _rows(plan) if task is Task.LEAVE else []
    return Confirmation(
        f"{words}?",
        text,
        words,
        checkbox=(MAIL_MANY, True) if task is Task.LEAVE and plan.unassigned else None,
        require_text=str(count) if count > 1 else None,
        danger=bool(plan.revoked),
        rows=rows,
    )


def _rows(plan: BulkPlan) -> list[ConfirmRow]:
    """Return the licenses that are taken from sites, one by one: the product, the site, the code's end."""
    rows = {}
    for item in plan.run.items:
        change = item.mutation
        if isinstance(change, UnassignLicense | RevokeLicense) and change.site_url:
            where = site_name(change.site_url)
            rows[change.license_key] = ConfirmRow(change.product, where, f"…{change.license_key[-END:]}")
    return list(rows.values())


def product_named(products: Sequence[Product], slug: str) -> Product | None:
    """Return the product of this slug, None where there is none."""
    return next((one for one in products if one.slug == slug), None)


def fixed_words(row: ListRow) -> str:
    """Return how a line stands after it was changed."""
    line = row.line
    if row.group is LineGroup.LEFT_OUT:
        return f"Line {line.number:,} is left out."
    if row.group is LineGroup.PROBLEM:
        return f"Line {line.number:,}: {line.reason}"
    products = ", ".join(title(one.name) for one in line.products)
    where = site_name(line.site.address) if line.site is not None else line.line.site
    return f"Line {line.number:,} is ready: {where}{f', {products}' if products else ''}."
