"""Finding a few sites by their addresses, with what they have: without reading the whole account where that serves."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.assigning import Candidate
from jpmanage_tui.rules.site_matching import SiteMatcher
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.services.account_data import AccountData, account_data, read_account
from jpmanage_tui.services.all_licenses import ReportProgress
from jpmanage_tui.services.price_list import plain_text
from jpmanage_tui.services.site_check import SiteCheck, licenses_on

MOST_SEARCHED = 5
"""So many sites are searched one by one; of more the whole account is read, which takes fewer questions."""
WAIT = 60.0
"""Seconds that a script waits for what a site has; then the API decides."""


async def find_sites(client: LicensingClient, addresses: Sequence[str]) -> SiteMatcher:
    """Return what finds the connected sites with these addresses or Site IDs.

    An address is searched for, page by page, by its host and path; a Site ID cannot be, so all sites are read for one.

    Raises:
        ApiError: they could not be read.

    """
    found: dict[BlogId, Site] = {}
    alone = len(addresses) <= MOST_SEARCHED and not any(address.isdigit() for address in addresses)
    for query in [_query(address) for address in addresses] if alone else [""]:
        async for site in client.sites.list_all(query):
            found[site.blog_id] = site
    return SiteMatcher(found.values())


def _query(address: str) -> str:
    """Return what is searched for an address: its host, so that sites near to it are found too."""
    return search_text(address).partition("/")[0].removeprefix("www.")


async def account_for_sites(
    client: LicensingClient,
    addresses: Sequence[str],
    candidates: Sequence[Candidate],
    products: Sequence[Product],
    report: ReportProgress,
) -> AccountData:
    """Return the sites with these addresses and what they have of the products that are meant for them.

    `candidates` are the licenses to be assigned or issued, `products` is the catalog. Of many sites the account is read.

    Raises:
        ApiError: something could not be read.

    """
    if len(addresses) > MOST_SEARCHED:
        return await read_account(client, report)
    matcher = await find_sites(client, addresses)
    sites = {
        match.site.blog_id: match.site for match in map(matcher.match, addresses) if match.site is not None
    }
    check = SiteCheck(client, candidates, plain_text)
    licenses = []
    known = []
    unsure = ""
    for site in sites.values():
        report(f"Reading what {site.url} has…")
        fit = await check.checked(site, WAIT)
        unsure = unsure or fit.unsure.removesuffix(" The API decides.")
        licenses += await licenses_on(client, site)
        known.append(_with_products(site, check))
    others = [site for site in matcher.sites if site.blog_id not in sites]
    return account_data((*known, *others), products, licenses, unsure)


def _with_products(site: Site, check: SiteCheck) -> Site:
    """Return a site with the products that licenses inside bundles give it too."""
    owned = {*site.product_ids, *check.products_on(site)}
    return site.model_copy(update={"product_ids": tuple(sorted(owned))})
