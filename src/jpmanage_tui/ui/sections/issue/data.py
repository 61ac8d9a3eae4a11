"""What issuing reads: the catalogue with prices, the payment gate, and what a site has. Workers that post messages."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from textual.message import Message
from textual.worker import Worker

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, ProductId
from jpmanage_tui.api.models.license import LicenseFilter
from jpmanage_tui.api.models.product import ProductFamily
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.rules.account import payment_method_required
from jpmanage_tui.rules.licenses import host_of
from jpmanage_tui.services.issuing.order import Gate
from jpmanage_tui.ui.common.messages import Note

MOST_OF_A_SITE = 200
"""So many licences are looked through for those of one site; a site has a handful."""


class FamiliesCame(Note):
    """The catalogue came."""

    families: tuple[ProductFamily, ...]


class FamiliesFailed(Note):
    """The catalogue could not be read."""

    error: ApiError


class GateCame(Note):
    """It is known whether issuing is open."""

    gate: Gate


class OwnedCame(Note):
    """It is known which products a site has; `error` says why it is not."""

    blog_id: BlogId
    owned: frozenset[ProductId]
    error: ApiError | None = None


class Host(Protocol):
    """The widget for which the reader works."""

    def post_message(self, message: Message) -> bool:
        """Take a message."""

    def run_worker(
        self, work: Coroutine[Any, Any, None], *, group: str, exclusive: bool, exit_on_error: bool
    ) -> Worker[None]:
        """Run work beside the screen."""


class Reader:
    """Reads for one view; each question is asked once at a time, and the later one counts."""

    def __init__(self, host: Host, client: LicensingClient, has_user: bool) -> None:
        """`has_user`: whether the account itself can be asked, or there is a key token alone."""
        self._host = host
        self._client = client
        self._has_user = has_user
        self._noted: dict[BlogId, frozenset[ProductId]] = {}

    def note_owned(self, site: Site, products: frozenset[ProductId]) -> None:
        """Take over what the choice of the site found out of what it has, inside bundles too."""
        self._noted[site.blog_id] = products

    def _start(self, group: str, work: Coroutine[Any, Any, None]) -> None:
        self._host.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def want_families(self) -> None:
        """Ask for the catalogue with the partner's prices."""
        self._start("issue-families", self._families())

    def want_gate(self) -> None:
        """Ask whether issuing is open."""
        self._start("issue-gate", self._gate())

    def want_owned(self, site: Site) -> None:
        """Ask which products a site has."""
        self._start("issue-owned", self._owned(site))

    async def _families(self) -> None:
        try:
            families = await self._client.products.partner_families()
        except ApiError as error:
            self._host.post_message(FamiliesFailed(error))
        else:
            self._host.post_message(FamiliesCame(families))

    async def _gate(self) -> None:
        self._host.post_message(GateCame(await self.gate()))

    async def gate(self) -> Gate:
        """Return whether issuing is open. With a key token alone only the server knows, and decides."""
        if not self._has_user:
            return Gate()
        try:
            partner = await self._client.partner.get()
            me = await self._client.account.me()
        except ApiError as error:
            return Gate(error=error)
        return Gate(payment_method_required(me, partner), not partner.can_issue_licenses)

    async def _owned(self, site: Site) -> None:
        owned, error = await self.owned(site)
        self._host.post_message(OwnedCame(site.blog_id, owned, error))

    async def owned(self, site: Site) -> tuple[frozenset[ProductId], ApiError | None]:
        """Return the products that a site has, and why that may not be all."""
        owned = set(site.product_ids) | ({site.plan_product_id} if site.plan_product_id else set())
        owned |= self._noted.get(site.blog_id, frozenset())
        try:
            # the list of sites does not always tell what a site has; its licences do
            seen = 0
            async for license in self._client.licenses.iterate(
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
