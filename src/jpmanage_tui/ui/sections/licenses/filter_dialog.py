"""Choosing what the licenses are filtered by: the kind of filter, then its value, from what the index has or as typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.rules.day_range import HOW_TO_WRITE, DayRangeError, month_of, read_day_range, year_of
from jpmanage_tui.rules.license_query import (
    MOST_DAYS,
    BundleChoice,
    Filters,
    ProductChoice,
    issued_before_text,
)
from jpmanage_tui.rules.product_choices import family_choices, of_product
from jpmanage_tui.rules.search.fold import holds
from jpmanage_tui.services.price_list import Prices, price_list
from jpmanage_tui.ui.common.text import keyless_error_text
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, ChoiceSource, FoundChoices
from jpmanage_tui.ui.sections.licenses.search_controller import IndexedSection, SearchIndexController
from jpmanage_tui.ui.sections.licenses.text import age_text, index_progress

AGES = (7, 30, 90, 180, 365, 730)
CODE_END = 10
"""So many of a code's last characters tell the bundles of one product apart; its beginning is the product's."""
SINCE_WHEN = "The API does not say since when a license is unassigned, only when it was issued."
FAMILIES_COUNT = "“any” counts every product of the family, and plans that contain one"

NO_FAMILIES = "Families are not offered."


def filter_kinds(filters: Filters) -> list[Choice]:
    """Return what can be filtered by, with what is filtered by now."""
    said = dict(zip(filters.added, filters.words, strict=True))
    choices = [
        Choice(name, words, said.get(name, ""))
        for name, words in (
            ("site", "Site…"),
            ("product", "Product…"),
            ("has", "On sites that have…"),
            ("lacks", "On sites that lack…"),
            ("unassigned_for", "Unassigned, issued before…"),
            ("bundle", "Of bundle…"),
            ("issued", "Issued between…"),
            ("older_than", "Older than…"),
        )
    ]
    return [*choices, Choice("none", "No filter")] if filters else choices


async def choose_filter(view: IndexedSection, index: SearchIndexController, by: str) -> Filters | None:
    """Ask for the value of a kind of filter (the name of a choice of `filter_kinds`).

    Returns the present filters with it, None where none was chosen. Runs in a worker.
    """
    values = FilterValues(view, index)
    value = await view.app.push_screen_wait(values.dialog(by))
    return values.added_to(view.state.query.filters, by, value) if value is not None else None


class FilterValues:
    """What the value of each kind of filter is chosen from, and what a chosen one means."""

    def __init__(self, view: IndexedSection, index: SearchIndexController) -> None:
        self._tab = view.state.query.tab
        self._price_list = price_list(view.session)
        self._prices: Prices | None = None
        """The catalog, asked for once, whether it could be read or not."""
        self._index = index
        self._products: dict[str, ProductChoice] = {}
        self._bundles: dict[str, BundleChoice] = {}
        """What was listed, by the name of its `Choice`."""

    def dialog(self, by: str) -> ChoiceDialog:
        """Return the dialog that asks for a value of the kind `by`."""
        products, days = "type to search products and families", "number of days"
        questions: dict[str, tuple[str, ChoiceSource, str]] = {
            "site": ("Which site?", self.sites, "type to search the sites with licenses"),
            "product": ("Which product?", self.products, "type to search the products"),
            "has": ("Sites that have which product?", self.on_sites, products),
            "lacks": ("Sites that lack which product?", self.on_sites, products),
            "unassigned_for": ("Unassigned, issued how long ago?", self.unassigned_ages, days),
            "bundle": ("Which bundle?", self.bundles, "type to search by product, code or size"),
            "issued": ("Issued on which days?", self.days, "2026-01-01..2026-03-31, 2026-03, 2026"),
            "older_than": ("How old?", self.ages, days),
        }
        title, source, placeholder = questions[by]
        return ChoiceDialog(title, source=source, placeholder=placeholder)

    def added_to(self, filters: Filters, by: str, value: str) -> Filters:
        """Return the filters with one more, of the kind `by`; `value` is the name of what was chosen."""
        match by:
            case "site":
                return replace(filters, site=value)
            case "product":
                return replace(filters, product=value)
            case "has":
                return replace(filters, has=self._products[value])
            case "lacks":
                return replace(filters, lacks=self._products[value])
            case "unassigned_for":
                return replace(filters, unassigned_for=int(value))
            case "bundle":
                return replace(filters, bundle=self._bundles[value])
            case "issued":
                return replace(filters, issued=read_day_range(value))
            case _:
                return replace(filters, older_than=int(value))

    # -- from the index ------------------------------------------------------------------

    async def sites(self, text: str) -> FoundChoices:
        """Return the sites of the tab."""
        found = await self._index.index.sites(self._tab, text)
        return self._found([Choice(name, name, f"{count:,}") for name, count in found])

    async def products(self, text: str) -> FoundChoices:
        """Return the products of the tab."""
        found = await self._index.index.products(self._tab, text)
        return self._found([Choice(name, name, f"{count:,}") for name, count in found])

    async def on_sites(self, text: str) -> FoundChoices:
        """Return the families of the catalog, the products of assigned licenses, and what else the catalog has."""
        prices = self._prices = self._prices or await self._price_list.read(explain=keyless_error_text)
        families = [choice for choice in family_choices(prices.families) if holds(choice.label, text)]
        counts = dict(await self._index.index.products(LicenseFilter.ATTACHED, text))
        for name in sorted(product.name for product in prices.catalog if holds(product.name, text)):
            if name:
                counts.setdefault(name, 0)
        choices = [Choice(f"family {choice.label}", choice.label) for choice in families]
        choices += [Choice(f"product {name}", name, f"{count:,} assigned") for name, count in counts.items()]
        self._products |= {f"family {choice.label}": choice for choice in families}
        self._products |= {f"product {name}": of_product(name) for name in counts}
        return self._found(choices, FAMILIES_COUNT if prices.families else f"{prices.why} {NO_FAMILIES}")

    async def bundles(self, text: str) -> FoundChoices:
        """Return the bundles."""
        choices = []
        for license, assigned, unassigned in await self._index.index.bundles(text):
            if license.license_id is not None:
                label = bundle_label(license)
                self._bundles[license.license_key] = BundleChoice(license.license_id, label)
                inside = "revoked" if license.was_revoked else f"{assigned:,} assigned, {unassigned:,} not"
                choices.append(Choice(license.license_key, f"{label[0].upper()}{label[1:]}", inside))
        return self._found(choices)

    def _found(self, choices: Sequence[Choice], note: str = "") -> FoundChoices:
        """Return choices with a note of what they are of: what was read so far, else `note`, else all licenses."""
        progress = index_progress(self._index, key_works=False)
        said = progress or note or f"of {self._index.count:,} licenses and bundles; enter chooses"
        return FoundChoices(choices, said, progress is not None)

    # -- days ----------------------------------------------------------------------------

    async def days(self, text: str) -> FoundChoices:
        """Return the range of days that was typed."""
        return day_choices(text, self._index.now().date())

    async def unassigned_ages(self, text: str) -> FoundChoices:
        """Return how long ago what is unassigned was issued at least."""
        choices = [
            Choice(str(days), f"Unassigned, {issued_before_text(days)}") for days in days_offered(text)
        ]
        return FoundChoices(choices, SINCE_WHEN)

    async def ages(self, text: str) -> FoundChoices:
        """Return the ages."""
        choices = [Choice(str(days), age_text(days)) for days in days_offered(text)]
        return FoundChoices(choices, "issued before that; another number of days can be typed")


def bundle_label(license: License) -> str:
    """Return how a bundle is called: its size, its product, and the end of its code."""
    product = license.product or "licenses"
    return f"bundle of {license.quantity:,} {product} …{license.license_key[-CODE_END:]}"


def days_offered(text: str) -> Sequence[int]:
    """Return the numbers of days to choose from: the one that was typed, else the usual ones."""
    digits = text.strip()
    if not digits:
        return AGES
    days = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0
    return [days] if 0 < days <= MOST_DAYS else []


def day_choices(text: str, today: date) -> FoundChoices:
    """Return the range of days that was typed, or why it is none; before that months and years around `today`."""
    if text.strip():
        try:
            days = read_day_range(text)
        except DayRangeError as error:
            return FoundChoices([], str(error))
        return FoundChoices([Choice(text, f"Issued {days.words}")], "both days included, in UTC")
    before = today.replace(day=1) - timedelta(days=1)
    usual = (
        ("This month", month_of(today)),
        ("Last month", month_of(before)),
        ("This year", year_of(today)),
        ("Last year", year_of(date(today.year - 1, 1, 1))),
    )
    choices = [Choice(f"{days.first}..{days.last}", words, days.words) for words, days in usual]
    return FoundChoices(choices, f"or {HOW_TO_WRITE}; days are in UTC")
