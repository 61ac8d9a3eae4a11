"""All that an account has, read at once for work on many sites: connected sites, products, active licenses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jpmanage_tui.api.ids import BlogId, LicenseId, ProductId
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.services.all_licenses import LicenseSource, ReportProgress

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient


@dataclass(frozen=True, eq=False)
class AccountData:
    """What an account had when it was read; made by `account_data` or `read_account`.

    `products` is the whole catalog with the partner's prices, also what is not sold any more. `incomplete` says what
    could not be read, as a sentence; empty where nothing is missing.
    """

    sites: tuple[Site, ...]
    products: tuple[Product, ...]
    incomplete: str = ""

    def licenses_on(self, site: BlogId) -> list[License]:
        """Return the licenses that are assigned to a site, whoever bought them, bundles' members too."""
        raise NotImplementedError

    def owned(self, site: Site) -> frozenset[ProductId]:
        """Return the products that a site has: by its licenses, and by its own plan and products."""
        raise NotImplementedError

    @property
    def unassigned(self) -> tuple[License, ...]:
        """The partner's own licenses on no site, oldest first; bundles' members too, never a bundle itself."""
        raise NotImplementedError

    @property
    def bundles(self) -> tuple[License, ...]:
        """The bundles, oldest first."""
        raise NotImplementedError

    def unassigned_of(self, bundle: LicenseId) -> list[License]:
        """Return the members of a bundle that are on no site, by their license id."""
        raise NotImplementedError


def account_data(
    sites: Iterable[Site], products: Iterable[Product], licenses: Iterable[License], incomplete: str = ""
) -> AccountData:
    """Return the data of an account; `licenses` are the active ones, those inside bundles too."""
    raise NotImplementedError


async def read_account(
    client: LicensingClient, report: ReportProgress, licenses: LicenseSource | None = None
) -> AccountData:
    """Read an account: all sites, the products, and all active licenses with those inside bundles.

    `report` is told in a few words how far it is. Cancelling the task that waits for it ends the reading. `licenses` are
    active licenses that were read before (the search index has them), with those inside bundles: then they are taken
    from there.

    Raises:
        ApiError: something could not be read.

    """
    raise NotImplementedError
