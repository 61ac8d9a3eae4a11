"""The client of the Jetpack Licensing API."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from jpmanage_tui.api.certificates import Certificates
from jpmanage_tui.api.ids import RequestId
from jpmanage_tui.api.options import AccountContext, PhaseTimeouts, RequestOptions, Timeouts
from jpmanage_tui.api.request import Exchange
from jpmanage_tui.api.requestor import Requestor
from jpmanage_tui.api.tokens import TokenProvider
from jpmanage_tui.api.transport import Proxies, Transport

if TYPE_CHECKING:  # loaded when first used
    from jpmanage_tui.api.billing import BillingResource
    from jpmanage_tui.api.countries import CountriesResource
    from jpmanage_tui.api.invoices import InvoicesResource
    from jpmanage_tui.api.licenses import LicensesResource
    from jpmanage_tui.api.oauth import OAuthResource
    from jpmanage_tui.api.partner import MeResource, PartnerResource
    from jpmanage_tui.api.payment_methods import PaymentMethodsResource
    from jpmanage_tui.api.products import ProductsResource
    from jpmanage_tui.api.sites import SitesResource
    from jpmanage_tui.api.stripe import StripeResource

DEFAULT_API_URL = "https://public-api.wordpress.com"
DEFAULT_STRIPE_URL = "https://api.stripe.com"


class LicensingClient:
    """The whole API, an area an attribute; an async context manager that owns the connections.

    ::

        async with LicensingClient(tokens=StaticTokens(key=SecretStr("…"))) as client:
            page = await client.licenses.list()

    ``tokens`` is asked before every request; tokens go to ``api_url`` only. ``account`` is whose account the
    requests are made for, a partner with its key by default. ``timeouts`` are in seconds. ``max_retries`` says how
    often a read is sent again; what changes something is sent once. ``on_exchange`` is called after every request, on
    the event loop, with what may be logged. ``trust_env`` (httpx's word): whether proxies and certificates are taken
    from the process's environment, where ``proxies`` and ``certificates`` do not say otherwise; reading certificates
    takes long, so several clients can share them. ``transport`` stands in the place of a network. ``sleep`` is how to
    wait between two tries (seconds).

    Making one keeps httpx from logging the addresses of requests, which hold secrets, unless its log level was set.
    """

    def __init__(
        self,
        *,
        tokens: TokenProvider,
        api_url: str = DEFAULT_API_URL,
        stripe_url: str = DEFAULT_STRIPE_URL,
        account: AccountContext | None = None,
        timeouts: PhaseTimeouts | None = None,
        max_retries: int = 2,
        trust_env: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
        proxies: Proxies | None = None,
        certificates: Certificates | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self.stripe_url = stripe_url.rstrip("/")
        if transport is None:
            transport = Transport(
                proxies or Proxies(os.environ if trust_env else {}),
                certificates or Certificates(trust_env=trust_env),
            )
        self._requestor = Requestor(
            tokens=tokens,
            api_url=api_url,
            options=RequestOptions(
                account=account or AccountContext(),
                timeouts=timeouts or Timeouts(),
                max_retries=max_retries,
                listeners=() if on_exchange is None else (on_exchange,),
            ),
            transport=transport,
            sleep=sleep,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        await self._requestor.aclose()

    def with_options(
        self,
        *,
        account: AccountContext | None = None,
        timeouts: PhaseTimeouts | None = None,
        max_retries: int | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> Self:
        """Return a client on the same connections for which other options hold; what is None stays as it is.

        ``on_exchange`` is told, beside the listener of this client, of the requests made through the one that is
        returned, and of no others: so one knows the status and request id of one's own request, whatever else is under
        way. Closing either closes both.
        """
        old = self._requestor.options
        options = RequestOptions(
            account=account or old.account,
            timeouts=timeouts or old.timeouts,
            max_retries=old.max_retries if max_retries is None else max_retries,
            listeners=old.listeners if on_exchange is None else (*old.listeners, on_exchange),
        )
        view = object.__new__(type(self))
        view.api_url, view.stripe_url = self.api_url, self.stripe_url
        view._requestor = self._requestor.with_options(options)
        return view

    @property
    def account_context(self) -> AccountContext:
        """Whose account the requests are made for."""
        return self._requestor.options.account

    @property
    def last_request_id(self) -> RequestId | None:
        """The API's id of the last exchange that had one, whoever made it, for the vendor's support.

        For that of a request of your own see ``with_options`` and ``ApiError.request_id``.
        """
        return self._requestor.last_request_id

    def server_now(self) -> datetime | None:
        """Return the server's own clock (aware UTC), None before the first answer."""
        return self._requestor.server_now()

    @cached_property
    def licenses(self) -> "LicensesResource":
        """Licenses and their counts (partner key's token)."""
        from jpmanage_tui.api.licenses import LicensesResource

        return LicensesResource(self._requestor)

    @cached_property
    def billing(self) -> "BillingResource":
        """The month's bill (partner key's token)."""
        from jpmanage_tui.api.billing import BillingResource

        return BillingResource(self._requestor)

    @cached_property
    def products(self) -> "ProductsResource":
        """Products and prices (partner key's token, or none)."""
        from jpmanage_tui.api.products import ProductsResource

        return ProductsResource(self._requestor)

    @cached_property
    def sites(self) -> "SitesResource":
        """Connected sites (partner key's token)."""
        from jpmanage_tui.api.sites import SitesResource

        return SitesResource(self._requestor)

    @cached_property
    def partner(self) -> "PartnerResource":
        """The partner record (user's token)."""
        from jpmanage_tui.api.partner import PartnerResource

        return PartnerResource(self._requestor)

    @cached_property
    def me(self) -> "MeResource":
        """The signed-in user (user's token)."""
        from jpmanage_tui.api.partner import MeResource

        return MeResource(self._requestor)

    @cached_property
    def payment_methods(self) -> "PaymentMethodsResource":
        """Saved cards (partner key's token)."""
        from jpmanage_tui.api.payment_methods import PaymentMethodsResource

        return PaymentMethodsResource(self._requestor)

    @cached_property
    def invoices(self) -> "InvoicesResource":
        """Invoices and their PDFs (partner key's token)."""
        from jpmanage_tui.api.invoices import InvoicesResource

        return InvoicesResource(self._requestor)

    @cached_property
    def countries(self) -> "CountriesResource":
        """Countries and states (user's token)."""
        from jpmanage_tui.api.countries import CountriesResource

        return CountriesResource(self._requestor)

    @cached_property
    def stripe(self) -> "StripeResource":
        """Adding a card (user's token, then Stripe's publishable key)."""
        from jpmanage_tui.api.stripe import StripeResource

        return StripeResource(self._requestor, self.stripe_url)

    @cached_property
    def oauth(self) -> "OAuthResource":
        """Signing in with WordPress.com (no token)."""
        from jpmanage_tui.api.oauth import OAuthResource

        return OAuthResource(self._requestor)
