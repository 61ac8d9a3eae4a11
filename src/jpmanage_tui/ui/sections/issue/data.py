"""What Issue New License reads: its parts, and what a site has."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import ProductId
from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.licenses import host_of

MOST_OF_A_SITE = 200
"""So many licenses are looked through for those of one site; a site has a handful."""


class Part(Enum):
    """What the section reads, in words that say what failed."""

    CATALOG = "Loading products"
    STATUS = "Checking the payment method"
    SITE = "Looking up what the site has"


async def products_of_site(
    client: LicensingClient, site: Site, known: Collection[ProductId]
) -> tuple[frozenset[ProductId], ApiError | None]:
    """Return the products that a site has, those that are `known` already too, and why that may not be all."""
    owned = {*site.product_ids, *known} | ({site.plan_product_id} if site.plan_product_id else set())
    try:
        # the list of sites does not always tell what a site has; its licenses do
        seen = 0
        async for license in client.licenses.list_all(LicenseFilter.ATTACHED, search=host_of(site.address)):
            seen += 1
            if license.blog_id == site.blog_id and license.product_id is not None:
                owned.add(license.product_id)
            if seen >= MOST_OF_A_SITE:
                break
    except ApiError as error:
        return frozenset(owned), error
    return frozenset(owned), None
