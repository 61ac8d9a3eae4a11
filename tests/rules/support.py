"""Licenses and products for the tests of the rules."""

from typing import Any

from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product

ATTACHED = {"attached_at": "2024-01-02 00:00:00", "blog_id": 5, "siteurl": "https://example.com"}
DETACHED: dict[str, Any] = {}
REVOKED = {"revoked_at": "2024-02-02 00:00:00"}
STANDARD = {"owner_type": "user"}
BUNDLE = {"quantity": 5}
CHILD = {"parent_license_id": 12}


def license_of(*traits: dict[str, Any], key: str = "jpscan_x", **more: Any) -> License:
    row: dict[str, Any] = {"license_key": key, "license_id": 1, "owner_type": "jetpack_partner_key"}
    for trait in traits:
        row |= trait
    return License.model_validate(row | more)


def product_of_slug(
    slug: str,
    number: int = 1,
    name: str | None = None,
    family: str = "",
    amount: str | None = "10",
    interval: str | None = "month",
    bundles: dict[int, str | None] | None = None,
    currency: str | None = "USD",
) -> Product:
    sizes = [{"quantity": size, "amount": price} for size, price in (bundles or {}).items()]
    return Product.model_validate(
        {
            "slug": slug,
            "product_id": number,
            "name": slug if name is None else name,
            "family_slug": family,
            "amount": amount,
            "price_interval": interval,
            "currency": currency,
            "supported_bundles": sizes,
        }
    )
