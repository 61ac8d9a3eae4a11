"""Shaping of the catalog: what is sold, in which sections and sizes, under which title (contract:
licenses 3.2-3.3).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from enum import Enum

from jpmanage_tui.api.ids import ProductId, ProductSlug
from jpmanage_tui.api.products import Product, ProductFamily
from jpmanage_tui.rules.licenses import ADD_ON_FAMILY, Allowed, NotAllowed, Permission
from jpmanage_tui.rules.search.fold import fold

EXCLUDED = frozenset(
    {
        "free",
        "personal",
        "premium",
        "professional",
        "jetpack-backup-daily",
        "jetpack-backup-realtime",
        "jetpack-backup-t0",
        "jetpack-security-daily",
        "jetpack-security-realtime",
    }
)
"""Slugs that are not sold any more; licenses of them still exist."""

_PACKS = "jetpack-packs"
_HOSTING = "wpcom-hosting"
_WOO = "woocommerce"
_JETPACK = re.compile(r"jetpack\s", re.IGNORECASE)
_TITLES = {
    "Jetpack AI": "AI",
    "Jetpack AI Assistant": "AI",
    "Jetpack Stats (Paid)": "Stats",
    "Jetpack Stats (Commercial license)": "Stats",
}
_ADD_ON = "jetpack-backup-addon-"

# What plans contain, by the start of slugs; from the vendor's public descriptions of the plans.
_SECURITY = ("jetpack-backup", "jetpack-scan", "jetpack-anti-spam")
_CONTENTS = {
    "jetpack-complete": (
        *_SECURITY,
        "jetpack-videopress",
        "jetpack-boost",
        "jetpack-social",
        "jetpack-search",
        "jetpack-crm",
    ),
    "jetpack-security": _SECURITY,
    "jetpack-starter": ("jetpack-backup-t0", "jetpack-anti-spam"),
}


class Section(Enum):
    """Sections of the product list, in their order."""

    PLANS = "Plans"
    PRODUCTS = "Products"
    ADD_ONS = "VaultPress Backup Add-ons"
    WOO = "WooCommerce Extensions"
    HOSTING = "WordPress.com Hosting"


def shape(families: Iterable[ProductFamily]) -> tuple[Product, ...]:
    """Return the products that are sold, by name in plain code-unit order, whatever their family."""
    sold = (product for family in families for product in family.products if product.slug not in EXCLUDED)
    return tuple(sorted(sold, key=lambda product: product.name.encode("utf-16-be")))


def section_of(product: Product) -> Section:
    """Return the section a product stands in."""
    family = product.family_slug
    if family == _PACKS:
        return Section.PLANS
    if family == ADD_ON_FAMILY:
        return Section.ADD_ONS
    if family.startswith(_WOO):
        return Section.WOO
    return Section.HOSTING if family.startswith(_HOSTING) else Section.PRODUCTS


def sections(products: Iterable[Product]) -> tuple[tuple[Section, tuple[Product, ...]], ...]:
    """Return the sections that have products; add-ons by product id, all else in the order given."""
    listed = list(products)
    found = []
    for section in Section:
        members = [product for product in listed if section_of(product) is section]
        if section is Section.ADD_ONS:
            members.sort(key=lambda product: product.product_id)
        if members:
            found.append((section, tuple(members)))
    return tuple(found)


def title(name: str) -> str:
    """Return a product's name as cards show it: without "Jetpack " and parentheses. List rows use the raw
    name.
    """
    short = _TITLES.get(name) or _JETPACK.sub("", name).replace("(", "").replace(")", "")
    return short.strip() or name


def sizes(products: Iterable[Product]) -> tuple[int, ...]:
    """Return the sizes that can be issued at once: 1, then every bundle size in the order first seen."""
    seen = dict.fromkeys(bundle.quantity for product in products for bundle in product.supported_bundles)
    return (1, *(size for size in seen if size != 1))


def at_size(products: Iterable[Product], size: int) -> tuple[Product, ...]:
    """Return the products that are sold in that size."""
    if size == 1:
        return tuple(products)
    return tuple(
        product
        for product in products
        if any(bundle.quantity == size for bundle in product.supported_bundles)
    )


def contains(plan: ProductSlug, product: ProductSlug) -> bool:
    """Tell whether a plan contains a product. None contains a storage add-on: that is bought on top of it."""
    if product.startswith(_ADD_ON):
        return False
    starts = next((inside for start, inside in _CONTENTS.items() if plan.startswith(start)), ())
    return plan != product and product.startswith(starts) if starts else False


def search(products: Sequence[Product], text: str) -> tuple[Product, ...]:
    """Return the products whose name, or the name of a product they contain, has ``text`` in it, folded."""
    needle = fold(text).strip()
    if not needle:
        return tuple(products)
    hits = {product.slug for product in products if needle in fold(product.name)}
    return tuple(
        product
        for product in products
        if product.slug in hits or any(contains(product.slug, hit) for hit in hits)
    )


def fits_site(
    product: Product, owned: Collection[ProductId], chosen: Iterable[Product], catalog: Iterable[Product]
) -> Permission:
    """Tell whether a product can be issued for a site that has the products ``owned``, beside those
    ``chosen``.

    Not when the site has it already, nor when the site or the choice has one of its family, one that contains
    it, or one that it contains. Products that the catalog does not know clash with nothing: the server
    decides.
    """
    if product.product_id in owned:
        return NotAllowed("The site has this product already.")
    there = [other for other in catalog if other.product_id in owned]
    for other in there:
        why = clash(product, other)
        if why:
            return NotAllowed(f"The site has {other.name}, {why}")
    for other in chosen:
        why = clash(product, other) if other.slug != product.slug else ""
        if why:
            return NotAllowed(f"{other.name} is chosen, {why}")
    return Allowed()


def clash(one: Product, other: Product) -> str:
    """Return why a site does not take ``one`` beside ``other``, as the end of a sentence, '' where it takes both."""
    if contains(other.slug, one.slug):
        return "which already includes it."
    if contains(one.slug, other.slug):
        return f"which {one.name} includes."
    same = bool(one.family_slug) and one.family_slug == other.family_slug
    return "and a site takes one of these." if same else ""
