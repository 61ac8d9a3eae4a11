"""Every search folds alike: case, accents, how they are composed, and invisible marks do not count."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import normalize

import pytest
from textual.events import Paste

from jpmanage_tui.api.countries import read_countries
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules import catalog as catalog
from jpmanage_tui.sandbox.partner.countries import regions
from jpmanage_tui.services.search.search_index import SearchIndex
from jpmanage_tui.ui.dialogs.choice import Choice, matching
from tests.ui.harness import running
from tests.ui.sections.sites.test_sites import opened, search

COUNTRIES = [Choice(one.code, one.label) for one in read_countries(regions())]
WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "decomposed": lambda text: normalize("NFD", text),
    "in capitals": str.upper,
    "with a zero-width space": lambda text: f"{text[:2]}\u200b{text[2:]}",
    "with marks of direction": lambda text: f"\u202a{text}\u202c",
}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("aland", "Åland Islands"),
        ("Åland", "Åland Islands"),
        ("zealand", "New Zealand"),
        ("curacao", "Curaçao"),
        ("sao tome", "São Tomé and Príncipe"),
        ("barthelemy", "Saint Barthélemy"),
        ("de", "Germany"),
        ("nz", "New Zealand"),
    ],
)
@pytest.mark.parametrize("way", list(WAYS))
def test_a_country_is_found_by_its_name_or_code(typed: str, first: str, way: str) -> None:
    assert matching(COUNTRIES, WAYS[way](typed))[0].words == first


def test_what_begins_so_stands_before_what_only_holds_it() -> None:
    assert [one.words for one in matching(COUNTRIES, "aland")] == ["Åland Islands", "New Zealand"]


@pytest.mark.parametrize("typed", ["sécurité", "securite", "SECURITE"])
@pytest.mark.parametrize("way", list(WAYS))
def test_a_product_is_found_by_its_name(typed: str, way: str) -> None:
    products = [
        Product.model_validate({"name": name, "slug": f"slug-{number}", "product_id": number})
        for number, name in enumerate(("Jetpack Sécurité", "Jetpack Scan"), 1)
    ]
    assert [one.name for one in catalog.search(products, WAYS[way](typed))] == ["Jetpack Sécurité"]


@pytest.mark.parametrize("way", list(WAYS))
@pytest.mark.sample(2)
async def test_a_filter_is_found_by_its_name(way: str) -> None:
    sites = ["https://müller.example"] * 2 + ["https://xn--mller-kva.example", "https://other.example"]
    finder = SearchIndex()
    await finder.put(
        [
            License.model_validate(
                {"license_key": f"jetpack-scan_{number}", "siteurl": site, "product": "Jetpack Sécurité"}
            )
            for number, site in enumerate(sites)
        ]
    )
    found = await finder.sites(LicenseFilter.ALL, WAYS[way]("müller"))
    assert [count for _, count in found] == [2, 1]
    assert await finder.products(LicenseFilter.ALL, WAYS[way]("securité jet")) == [("Jetpack Sécurité", 4)]
    finder.close()


@pytest.mark.parametrize("way", ["decomposed", "with a zero-width space", "with marks of direction"])
@pytest.mark.sample(1)
async def test_sites_are_found_as_they_are_by_what_is_typed(way: str) -> None:
    async with running() as run:
        view = await opened(run)
        await search(run, view, "müller")
        expected = view.sites.pages.total
        assert expected is not None
        assert expected > 1
        await run.press("escape")
        await run.until(lambda: (view.sites.pages.total or 0) > (expected or 0), "every site")
        await run.press("slash")
        field = run.app.focused
        assert field is not None
        field.post_message(Paste(WAYS[way]("müller")))
        await run.press("enter")
        await run.until(lambda: view.sites.pages.total == expected and not view.sites.busy, "as many")
