"""The sentences about a plan for many sites, on the screen and in the shell: what it does, and what it costs."""

from __future__ import annotations

from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.bulk_plans import BulkPlan
from jpmanage_tui.services.price_text import cost_words, unknown_words


def plan_sentences(plan: BulkPlan) -> list[str]:
    """Return what a plan does and costs, a sentence each."""
    words = []
    if plan.issued:
        cost = cost_words(plan.cost)
        costs = f": {cost}, from now until revoked" if cost else ""
        words.append(f"{pluralize(plan.issued, 'license is', 'licenses are')} issued{costs}.")
        unknown = unknown_words(plan.cost, plan.issued)
        words += [unknown] if unknown else []
    if plan.assigned:
        where = f"to {pluralize(plan.sites, 'site')}"
        words.append(f"{pluralize(plan.assigned, 'license is', 'licenses are')} assigned {where}.")
    if plan.reused:
        words.append(
            f"{plan.reused:,} of them {'was' if plan.reused == 1 else 'were'} unassigned and cost nothing more."
        )
    if plan.spare:
        words.append(f"{plan.spare:,} stay{'s' if plan.spare == 1 else ''} unassigned, and billed.")
    if plan.unassigned:
        words.append(f"{pluralize(plan.unassigned, 'license is', 'licenses are')} unassigned.")
    if plan.revoked:
        saved = cost_words(plan.saved)
        words.append(
            f"{pluralize(plan.revoked, 'license is', 'licenses are')} revoked: "
            f"{f'{saved} less' if saved else 'the bill stays as it is'}."
        )
    return words
