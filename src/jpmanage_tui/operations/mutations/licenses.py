"""The changes of licences: issue, assign, unassign, revoke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductSlug
from jpmanage_tui.api.models.license import IssuedLicense
from jpmanage_tui.operations.mutation import Mutation, MutationType, Secrets
from jpmanage_tui.operations.ports import ClientPort


def _named(product: str) -> str:
    """Return a product's name, as the API may give none."""
    return product or "a license"


@dataclass(frozen=True)
class _OfOneLicense(Mutation[None]):
    license_key: LicenseKey

    @property
    def target(self) -> str:
        """The licence itself."""
        return f"license:{self.license_key}"


@dataclass(frozen=True)
class AssignLicense(_OfOneLicense):
    """Give a licence to a site. ``parent_id`` is its bundle's, by which a bundle's child is found again."""

    kind: ClassVar[MutationType] = MutationType.ASSIGN_LICENSE
    blog_id: BlogId
    site_url: str
    product: str
    parent_id: LicenseId | None = None

    def sentence(self) -> str:
        """Return what it does."""
        site = self.site_url or f"site {self.blog_id}"
        return f"Assign {_named(self.product)} ({self.license_key}) to {site}"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it (contract: licences 1.4)."""
        await client.licenses.assign(self.license_key, self.blog_id)


@dataclass(frozen=True)
class UnassignLicense(_OfOneLicense):
    """Take a licence from its site; ``send_email``: the customer is told by e-mail (contract: licences
    1.5).
    """

    kind: ClassVar[MutationType] = MutationType.UNASSIGN_LICENSE
    send_email: bool
    product: str
    site_url: str
    parent_id: LicenseId | None = None

    def sentence(self) -> str:
        """Return what it does."""
        site = self.site_url or "its site"
        return f"Unassign {_named(self.product)} ({self.license_key}) from {site}"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it."""
        await client.licenses.unassign(self.license_key, send_email=self.send_email)


@dataclass(frozen=True)
class RevokeLicense(_OfOneLicense):
    """Revoke a licence, or the whole bundle of ``quantity`` whose parent's code it is. It cannot be undone.

    ``site_url`` is the site that loses the product, None where no site used it.
    """

    kind: ClassVar[MutationType] = MutationType.REVOKE_LICENSE
    product: str
    quantity: int | None = None
    parent_id: LicenseId | None = None
    site_url: str | None = None

    def sentence(self) -> str:
        """Return what it does."""
        what = (
            f"the bundle of {self.quantity} licenses {self.product}"
            if self.quantity
            else _named(self.product)
        )
        site = f" on {self.site_url}" if self.site_url else ""
        return f"Revoke {what.strip()} ({self.license_key}){site}"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it (contract: licences 1.3)."""
        await client.licenses.revoke(self.license_key)


@dataclass(frozen=True)
class IssueLicense(Mutation[IssuedLicense]):
    """Issue one licence of ``product``, or one bundle of ``quantity`` (contract: licences 1.2)."""

    kind: ClassVar[MutationType] = MutationType.ISSUE_LICENSE
    dated: ClassVar[bool] = True
    payable: ClassVar[bool] = True
    product: ProductSlug
    quantity: int | None
    product_name: str

    @property
    def target(self) -> str:
        """The product: two unknown issues of one product could not be told apart."""
        return f"issue:{self.product}"

    def sentence(self) -> str:
        """Return what it does."""
        name = self.product_name or self.product
        if self.quantity is not None and self.quantity > 1:
            return f"Issue a bundle of {self.quantity} {name} licenses"
        return f"Issue one {name} license"

    async def send(self, client: ClientPort, secrets: Secrets) -> IssuedLicense:
        """Send it."""
        return await client.licenses.issue(self.product, self.quantity)

    def keys_of(self, result: IssuedLicense) -> tuple[LicenseKey, ...]:
        """Return the new licence's code (a bundle's: that of its parent)."""
        return (result.license_key,)
