"""Finding out which sites have a product already, before one of them is chosen for a license."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductId
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.assigning import Candidate, Fit, fit, holders
from jpmanage_tui.rules.licenses import host_of
from jpmanage_tui.services.price_list import plain_text

PER_PAGE = 100
"""Licenses asked for at a time: as many as the vendor's newer client asks for (contract: licenses 1.8)."""
MOST_OF_A_PRODUCT = 1_000
"""So many licenses of a product are looked through beforehand; where there are more a site is looked at when chosen."""
MOST_OF_A_SITE = 200
"""So many licenses are looked through for those of one site; a site has a handful."""
MOST_BUNDLES = 40
"""So many bundles of a product are looked into."""
IN_PART = "The licenses inside bundles could not all be checked."
WAIT = 8.0
"""Seconds that who has chosen a site waits for what it has; then the API decides."""


async def licenses_on(client: LicensingClient, site: Site) -> list[License]:
    """Return the licenses that are assigned to a site, as far as a search for its host finds them. Raises ApiError.

    The licenses inside bundles are in no list but their bundle's (contract: licenses 1.8), so they may be missing.
    """
    found: list[License] = []
    seen = 0
    async for license in client.licenses.list_all(
        LicenseFilter.ATTACHED, search=host_of(site.address), per_page=PER_PAGE
    ):
        seen += 1
        if license.blog_id == site.blog_id:
            found.append(license)
        if seen >= MOST_OF_A_SITE:
            break
    return found


class SiteCheck:
    """What the licenses tell about the sites that have the products of `candidates` already.

    One serves one choice of a site: what it has read it keeps. The licenses of each product are read with those inside
    its bundles, which the list of licenses may leave out.
    """

    def __init__(
        self,
        client: LicensingClient,
        candidates: Iterable[Candidate],
        explain: Callable[[ApiError, str], str] = plain_text,
    ) -> None:
        """`explain` makes the sentence of an error, which happened while what its second argument says was done."""
        self._explain = explain
        self.candidates: tuple[Candidate, ...] = tuple(candidates)
        self._client = client
        self._held: dict[BlogId, tuple[License, ...]] = {}
        self._looked_at: set[BlogId] = set()
        self._seen: set[LicenseKey] = set()
        self._whole = False
        """Whether every license of the products was read."""
        self._answers: dict[BlogId, Fit] = {}
        self._begun = False
        self._ended = asyncio.Event()
        self.error: ApiError | None = None
        """Why the licenses could not be read."""

    @property
    def ended(self) -> bool:
        """Whether reading beforehand is over."""
        return self._ended.is_set()

    async def read(self, progress: Callable[[], object] | None = None) -> None:
        """Read which sites have the products; `progress` is called after each product. Never raises an ApiError."""
        self._begun = True
        products = {one.slug or one.product: one for one in self.candidates}
        whole = True
        try:
            for one in products.values():
                whole = await self._read(one) and whole
                if progress is not None:
                    progress()
            self._whole = whole
        except ApiError as error:
            self.error = error
        finally:
            self._ended.set()

    async def _read(self, wanted: Candidate) -> bool:
        """Read the licenses of one product: those of the list, then those of its bundles.

        Returns whether these are all. Raises ApiError.
        """
        bundles: list[License] = []
        seen = 0
        # The slug stands in every code of the product, and a search is one for codes (contract: licenses 1.8).
        async for license in self._client.licenses.list_all(
            LicenseFilter.NOT_REVOKED, search=wanted.slug or wanted.product, per_page=PER_PAGE
        ):
            seen += 1
            if license.is_bundle and wanted.is_same_product(license):
                bundles.append(license)
            self._take([license])
            if seen >= MOST_OF_A_PRODUCT:
                break
        unread = len(bundles) > MOST_BUNDLES
        for bundle in bundles[:MOST_BUNDLES]:
            if bundle.license_id is None:
                unread = True  # its id could not be read, and without one every license would be listed
                continue
            self._take(
                [member async for member in self._client.licenses.list_all_children(bundle.license_id)]
            )
        # A license there is must have been found, else the search does not find products.
        found = seen > 0 or "_" not in wanted.key
        return found and seen < MOST_OF_A_PRODUCT and not unread

    def _take(self, licenses: Sequence[License]) -> None:
        fresh = [one for one in licenses if one.license_key not in self._seen]
        self._seen.update(one.license_key for one in fresh)
        for blog_id, here in holders(fresh).items():
            self._held[blog_id] = (*self._held.get(blog_id, ()), *here)

    def products_on(self, site: Site) -> frozenset[ProductId]:
        """Return the products that the licenses read so far say a site has."""
        here = self._held.get(site.blog_id, ())
        return frozenset(license.product_id for license in here if license.product_id is not None)

    def known_fit(self, site: Site) -> Fit:
        """Return which licenses a site takes, by what is known now."""
        return fit(self.candidates, site, self._held)

    def settled(self, site: Site) -> bool:
        """Tell whether nothing has to be asked any more before `known_fit` counts for this site."""
        known = self.known_fit(site)
        return known.none_fits or (self.ended and (self._whole or site.blog_id in self._looked_at))

    async def checked(self, site: Site, wait: float = WAIT) -> Fit:
        """Return which licenses a site takes, having looked at the site itself where it has to be; never raises ApiError.

        Where that takes longer than `wait` seconds, or fails, the answer says that it is not sure. Once given it stays.
        """
        if site.blog_id not in self._answers:
            self._answers[site.blog_id] = await self._check(site, wait)
        return self._answers[site.blog_id]

    async def _check(self, site: Site, wait: float) -> Fit:
        why = ""
        try:
            async with asyncio.timeout(wait):
                await (self._ended.wait() if self._begun else self.read())
                if not self.settled(site):
                    self._take(await licenses_on(self._client, site))
                    self._looked_at.add(site.blog_id)
        except TimeoutError:
            why = f"What the site has was not known within {wait:.0f} s."
        except ApiError as error:
            self.error = error
        if not self._whole:
            why = why or IN_PART
        if self.error is not None:
            why = self._explain(self.error, "Checking what the site has")
        return self.known_fit(site)._replace(unsure=f"{why} The API decides.".strip() if why else "")
