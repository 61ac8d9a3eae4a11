"""Choosing a site, a product or an age to filter by: a field over choices that the index makes as the user types."""

from __future__ import annotations

from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.rules.license_query import Filters
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, FoundChoices
from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController
from jpmanage_tui.ui.sections.licenses.text import age_text, index_progress

AGES = (7, 30, 90, 180, 365, 730)
MOST_DAYS = 36_500


def age_choices(text: str) -> list[Choice]:
    """Return the ages to choose from: the number of days that was typed, else the usual ones."""
    digits = text.strip()
    if digits:
        days = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0
        return [Choice(str(days), age_text(days))] if 0 < days <= MOST_DAYS else []
    return [Choice(str(days), age_text(days)) for days in AGES]


def filter_dialog(by: str, index: SearchIndexController, tab: LicenseFilter | None) -> ChoiceDialog:
    """Return the dialog that asks which site, product or age; its choices come from the index."""

    def counted(found: list[tuple[str, int]]) -> FoundChoices:
        progress = index_progress(index, key_works=False)
        note = progress or f"of {index.count:,} licenses and bundles; enter chooses"
        choices = [Choice(name, name, f"{count:,}") for name, count in found]
        return FoundChoices(choices, note, progress is not None)

    async def sites(text: str) -> FoundChoices:
        return counted(await index.index.sites(tab, text))

    async def products(text: str) -> FoundChoices:
        return counted(await index.index.products(tab, text))

    async def days(text: str) -> FoundChoices:
        return FoundChoices(age_choices(text), "issued before that; another number of days can be typed")

    match by:
        case "site":
            return ChoiceDialog(
                "Which site?", source=sites, placeholder="type to search the sites with licenses"
            )
        case "product":
            return ChoiceDialog("Which product?", source=products, placeholder="type to search the products")
        case _:
            return ChoiceDialog("How old?", source=days, placeholder="number of days")


def filter_kinds(filters: Filters) -> list[Choice]:
    """Return what can be filtered by, with what is filtered by now."""
    age = age_text(filters.older_than).lower() if filters.older_than is not None else ""
    choices = [
        Choice("site", "Site…", filters.site or ""),
        Choice("product", "Product…", filters.product or ""),
        Choice("age", "Older than…", age),
    ]
    return [*choices, Choice("none", "No filter")] if filters else choices


def with_filter(filters: Filters, by: str, value: str) -> Filters:
    """Return the filters with one more: `by` is the name of a kind, `value` what was chosen."""
    match by:
        case "site":
            return filters._replace(site=value)
        case "product":
            return filters._replace(product=value)
        case _:
            return filters._replace(older_than=int(value))
