"""What sites can be filtered by having or lacking: a product, or any of a family, plans that contain one included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.rules.catalog import contains
from jpmanage_tui.rules.license_query import ProductChoice
from jpmanage_tui.rules.licenses import SLUG_CUT
from jpmanage_tui.rules.search.fold import fold

_ANY = "any "
"""Before the name of a family."""


def of_product(name: str) -> ProductChoice:
    """Return the choice of one product, by its name as the API gives it."""
    return ProductChoice(name, frozenset({name}))


def family_choices(families: Sequence[ProductFamily]) -> list[ProductChoice]:
    """Return the families of the catalog that say more than one product does.

    Those are families of several products, and those of whose products plans contain some: a site with Jetpack Complete
    has a backup, and the server does not take a second one (see `catalog.fits_site`).
    """
    slugs = [product.slug for family in families for product in family.products]
    return [
        _of_family(family)
        for family in families
        if len(family.products) > 1
        or any(contains(plan, product.slug) for plan in slugs for product in family.products)
    ]


def product_choice(
    text: str, families: Sequence[ProductFamily], listed: Iterable[str]
) -> ProductChoice | str:
    """Return the choice that `text` names: "any" with the name or slug of a family, or a product by its name or slug.

    `listed` are names of products that the catalog need not have any more. Where nothing is meant a sentence comes back.
    """
    wanted = fold(text).strip()
    if wanted.startswith(_ANY):
        name = wanted.removeprefix(_ANY).strip()
        for family in families:
            if name in (fold(family.name), fold(family.slug)):
                return _of_family(family)
        return f"There is no product family “{text.strip()[len(_ANY) :].strip()}”."
    for family in families:
        for product in family.products:
            if wanted in (fold(product.name), fold(product.slug)):
                return of_product(product.name)
    names = (name for name in listed if fold(name) == wanted)
    name = next(names, "")
    return of_product(name) if name else f"There is no product “{text.strip()}”."


def is_chosen(slug: ProductSlug, choice: ProductChoice) -> bool:
    """Tell whether a license of the product `slug` is one of the choice, or a plan that contains one."""
    return bool(slug) and (slug in choice.slugs or any(contains(slug, one) for one in choice.slugs))


def _of_family(family: ProductFamily) -> ProductChoice:
    return ProductChoice(
        f"{_ANY}{family.name or family.slug}",
        frozenset(product.name for product in family.products if product.name),
        frozenset(ProductSlug(product.slug[:SLUG_CUT]) for product in family.products),
    )
