"""What this floor needs of the client: its protocols, so that a test can stand in for it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductSlug, RequestId
from jpmanage_tui.api.models.license import (
    IssuedLicense,
    LicenseCounts,
    LicenseFilter,
    LicensePage,
    LicenseSort,
    SortDirection,
)


class LicensesPort(Protocol):
    """The licences area; see ``api.licenses.Licenses``."""

    async def list(
        self,
        filter: LicenseFilter | None = ...,
        search: str = ...,
        page: int = ...,
        per_page: int = ...,
        sort: LicenseSort = ...,
        direction: SortDirection = ...,
        parent_id: LicenseId | None = ...,
    ) -> LicensePage:
        """List licences."""

    async def get(self, key: LicenseKey) -> IssuedLicense:
        """Get one licence's dates."""

    async def counts(self) -> LicenseCounts:
        """Count licences."""

    async def issue(self, product: ProductSlug, quantity: int | None = ...) -> IssuedLicense:
        """Issue one licence or bundle."""

    async def revoke(self, key: LicenseKey) -> None:
        """Revoke a licence or bundle."""

    async def assign(self, key: LicenseKey, blog_id: BlogId) -> None:
        """Assign a licence."""

    async def unassign(self, key: LicenseKey, send_email: bool = ...) -> None:
        """Unassign a licence."""


class ClientPort(Protocol):
    """The client; see ``api.client.LicensingClient``."""

    @property
    def licenses(self) -> LicensesPort:
        """Licences."""

    @property
    def last_request_id(self) -> RequestId | None:
        """The id of the last exchange."""

    def server_now(self) -> datetime | None:
        """Return the server's own clock."""
