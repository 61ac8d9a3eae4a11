"""What this floor needs of the client: its protocols, so that a test can stand in for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from jpmanage_tui.api.ids import (
    BlogId,
    InvoiceId,
    LicenseId,
    LicenseKey,
    PaymentMethodId,
    ProductSlug,
)
from jpmanage_tui.api.invoices import Invoice, InvoicePage
from jpmanage_tui.api.licenses import (
    IssuedLicense,
    LicenseCounts,
    LicenseFilter,
    LicensePage,
    LicenseSort,
    SortDirection,
)
from jpmanage_tui.api.options import AccountContext
from jpmanage_tui.api.partner import Partner, PartnerDetails
from jpmanage_tui.api.payment_methods import PaymentMethodPage
from jpmanage_tui.api.request import Exchange
from jpmanage_tui.api.sites import SiteConnection, SitePage
from jpmanage_tui.api.stripe import CardEntry, SetupOutcome, StripeConfiguration


class LicensesPort(Protocol):
    """The licenses area; see ``api.licenses.Licenses``."""

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
        """List licenses."""

    async def get(self, key: LicenseKey) -> IssuedLicense:
        """Get one license's dates."""

    async def counts(self) -> LicenseCounts:
        """Count licenses."""

    async def issue(self, product: ProductSlug, quantity: int | None = ...) -> IssuedLicense:
        """Issue one license or bundle."""

    async def revoke(self, key: LicenseKey) -> None:
        """Revoke a license or bundle."""

    async def assign(self, key: LicenseKey, blog_id: BlogId) -> None:
        """Assign a license."""

    async def unassign(self, key: LicenseKey, send_email: bool = ...) -> None:
        """Unassign a license."""


class SitesPort(Protocol):
    """The sites area; see ``api.sites.Sites``."""

    async def list(self, query: str = ..., page: int = ...) -> SitePage:
        """List sites."""

    async def connect(self, url: str, local_user: str | int) -> SiteConnection:
        """Connect a site."""


class PartnerPort(Protocol):
    """The partner area; see ``api.partner.PartnerArea``."""

    async def get(self) -> Partner:
        """Get the partner."""

    async def accept_terms(self) -> Partner:
        """Accept the terms."""

    async def create(self, details: PartnerDetails, opt_in: bool = ...) -> Partner:
        """Sign up."""

    async def update(self, details: PartnerDetails) -> Partner:
        """Update the company details."""


class PaymentMethodsPort(Protocol):
    """The cards area; see ``api.payment_methods.PaymentMethods``."""

    async def list(self, starting_after: PaymentMethodId | None = ...) -> PaymentMethodPage:
        """List cards."""

    async def save(self, method: PaymentMethodId, primary: bool, setup_intent: SecretStr) -> None:
        """Save a card."""

    async def make_primary(self, method: PaymentMethodId) -> None:
        """Make a card primary."""

    async def delete(
        self, method: PaymentMethodId, new_primary: PaymentMethodId | None = ...
    ) -> PaymentMethodId | None:
        """Delete a card."""


class InvoicesPort(Protocol):
    """The invoices area; see ``api.invoices.Invoices``."""

    async def list(self, starting_after: InvoiceId | None = ...) -> InvoicePage:
        """List invoices."""

    async def pay(self, invoice: InvoiceId) -> Invoice:
        """Pay an invoice."""


class StripePort(Protocol):
    """Stripe; see ``api.stripe.Stripe``."""

    async def configuration(self, needs_intent: bool = ...) -> StripeConfiguration:
        """Get the configuration, and an intent."""

    async def confirm(
        self, configuration: StripeConfiguration, card: CardEntry, return_url: str
    ) -> SetupOutcome:
        """Confirm a card."""


class ClientPort(Protocol):
    """The client; see ``api.client.LicensingClient``."""

    @property
    def licenses(self) -> LicensesPort:
        """Licenses."""

    @property
    def sites(self) -> SitesPort:
        """Sites."""

    @property
    def partner(self) -> PartnerPort:
        """The partner."""

    @property
    def payment_methods(self) -> PaymentMethodsPort:
        """Cards."""

    @property
    def invoices(self) -> InvoicesPort:
        """Invoices."""

    @property
    def stripe(self) -> StripePort:
        """Stripe."""

    @property
    def account_context(self) -> AccountContext:
        """Whose account the requests are made for."""

    def with_options(self, *, on_exchange: Callable[[Exchange], None]) -> ClientPort:
        """Return the same client, which tells of the requests made through it."""

    def server_now(self) -> datetime | None:
        """Return the server's own clock."""
