"""Reading for Issue New License: the catalog, whether issuing is open, what a site has. Workers post messages."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from textual.widget import Widget

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, ProductId
from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.account import payment_method_required
from jpmanage_tui.rules.licenses import host_of
from jpmanage_tui.services.issuing.order import IssuingStatus
from jpmanage_tui.ui.common.messages import DataMessage

MOST_OF_A_SITE = 200
"""So many licenses are looked through for those of one site; a site has a handful."""


class CatalogLoaded(DataMessage):
    """The catalog came."""

    families: tuple[ProductFamily, ...]


class CatalogFailed(DataMessage):
    """The catalog could not be read."""

    error: ApiError


class StatusLoaded(DataMessage):
    """It is known whether issuing is open."""

    status: IssuingStatus


class SiteProductsLoaded(DataMessage):
    """It is known which products a site has; `error` says why it is not."""

    blog_id: BlogId
    owned: frozenset[ProductId]
    error: ApiError | None = None


class IssueLoader:
    """Reads for one view; each question is asked once at a time, and the later one counts."""

    def __init__(self, widget: Widget, client: LicensingClient, has_user: bool) -> None:
        """`widget` runs the workers and gets the messages.

        `has_user`: whether the account itself can be asked, or there is a key token alone.
        """
        self._widget = widget
        self._client = client
        self._has_user = has_user
        self._noted: dict[BlogId, frozenset[ProductId]] = {}

    def note_owned(self, site: Site, products: frozenset[ProductId]) -> None:
        """Take over what the choice of the site found out of what it has, inside bundles too."""
        self._noted[site.blog_id] = products

    def _start(self, group: str, work: Coroutine[Any, Any, None]) -> None:
        self._widget.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def load_catalog(self) -> None:
        """Ask for the catalog with the partner's prices."""
        self._start("issue-catalog", self._catalog())

    def load_status(self) -> None:
        """Ask whether issuing is open."""
        self._start("issue-status", self._status())

    def load_owned(self, site: Site) -> None:
        """Ask which products a site has."""
        self._start("issue-owned", self._owned(site))

    async def _catalog(self) -> None:
        try:
            families = await self._client.products.partner_families()
        except ApiError as error:
            self._widget.post_message(CatalogFailed(error))
        else:
            self._widget.post_message(CatalogLoaded(families))

    async def _status(self) -> None:
        self._widget.post_message(StatusLoaded(await self.status()))

    async def status(self) -> IssuingStatus:
        """Return whether issuing is open. With a key token alone only the server knows, and decides."""
        if not self._has_user:
            return IssuingStatus()
        try:
            partner = await self._client.partner.get()
            me = await self._client.me.get()
        except ApiError as error:
            return IssuingStatus(error=error)
        return IssuingStatus(payment_method_required(me, partner), not partner.can_issue_licenses)

    async def _owned(self, site: Site) -> None:
        owned, error = await self.owned(site)
        self._widget.post_message(SiteProductsLoaded(site.blog_id, owned, error))

    async def owned(self, site: Site) -> tuple[frozenset[ProductId], ApiError | None]:
        """Return the products that a site has, and why that may not be all."""
        owned = set(site.product_ids) | ({site.plan_product_id} if site.plan_product_id else set())
        owned |= self._noted.get(site.blog_id, frozenset())
        try:
            # the list of sites does not always tell what a site has; its licenses do
            seen = 0
            async for license in self._client.licenses.list_all(
                LicenseFilter.ATTACHED, search=host_of(site.address)
            ):
                seen += 1
                if license.blog_id == site.blog_id and license.product_id is not None:
                    owned.add(license.product_id)
                if seen >= MOST_OF_A_SITE:
                    break
        except ApiError as error:
            return frozenset(owned), error
        return frozenset(owned), None
