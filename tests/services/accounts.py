"""An account for the tests of lists: sites, the products of issuing, and licenses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_list import read_list
from jpmanage_tui.services.account_data import AccountData, account_data
from jpmanage_tui.services.site_lists import ListUse, SiteList, match_list
from tests.services.issuing.support import CATALOG

BUNDLE_ID = 900


def site(number: int, url: str = "", **more: Any) -> Site:
    """Return a connected site, by default the one of this number."""
    row = {"blog_id": number, "url_with_scheme": url or f"https://s{number}.example"}
    return Site.model_validate(row | more)


SITES = tuple(site(number) for number in range(1, 21))
MULTISITE = site(30, "https://multi.example", is_multisite=True)
BOTH = (site(31, "http://both.example"), site(32, "https://both.example"))
PLAN_SITE = site(33, "https://plan.example", plan={"product_id": 2016}, products=[{"product_id": "2401"}])
ALL_SITES = (*SITES, MULTISITE, *BOTH, PLAN_SITE)

_count = iter(range(1, 1_000_000))


def license_for(product: Product, blog_id: int | None = None, **more: Any) -> License:
    """Return a license of a product: on a site, or unassigned."""
    number = next(_count)
    row: dict[str, Any] = {
        "license_key": f"{product.slug[:38]}_{number}",
        "license_id": 1000 + number,
        "product_id": product.product_id,
        "product": product.name,
        "owner_type": "jetpack_partner_key",
        "issued_at": "2025-01-01 00:00:00",
    }
    if blog_id is not None:
        row |= {
            "blog_id": blog_id,
            "siteurl": f"https://s{blog_id}.example",
            "attached_at": "2025-01-02 00:00:00",
        }
    return License.model_validate(row | more)


def account(*licenses: License, sites: Iterable[Site] = ALL_SITES, incomplete: str = "") -> AccountData:
    """Return an account with these licenses."""
    return account_data(sites, CATALOG, licenses, incomplete)


def listed(text: str, *licenses: License, use: ListUse = ListUse.ASSIGN, **more: Any) -> SiteList:
    """Return a list matched with an account that has these licenses."""
    return match_list(read_list(text), account(*licenses, **more), use)
