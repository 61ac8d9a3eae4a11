"""jpmanage-tui: Jetpack licensing in the terminal, and its client as a library.

::

    from jpmanage_tui import LicensingClient, StaticTokens

What is listed in `__all__` is public: the client, its tokens, models and errors. A name is imported when it is first
used, so that importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from jpmanage_tui.version import __version__ as __version__

if TYPE_CHECKING:
    from jpmanage_tui.api.billing import (
        BilledProduct as BilledProduct,
        BillingCosts as BillingCosts,
        BillingCounts as BillingCounts,
        BillingEstimate as BillingEstimate,
        BillingInterval as BillingInterval,
        NotYetAvailable as NotYetAvailable,
    )
    from jpmanage_tui.api.client import (
        LicensingClient as LicensingClient,
    )
    from jpmanage_tui.api.countries import (
        Country as Country,
        State as State,
    )
    from jpmanage_tui.api.errors import (
        ApiConnectionError as ApiConnectionError,
        ApiError as ApiError,
        AuthenticationError as AuthenticationError,
        InvalidParameterError as InvalidParameterError,
        MissingTokenError as MissingTokenError,
        NotFoundError as NotFoundError,
        NotSent as NotSent,
        OutcomeUnknownError as OutcomeUnknownError,
        PermissionDeniedError as PermissionDeniedError,
        RateLimitError as RateLimitError,
        RequestRejectedError as RequestRejectedError,
        ServerError as ServerError,
        TokenUnavailableError as TokenUnavailableError,
    )
    from jpmanage_tui.api.ids import (
        BlogId as BlogId,
        InvoiceId as InvoiceId,
        LicenseId as LicenseId,
        LicenseKey as LicenseKey,
        PartnerId as PartnerId,
        PartnerKeyId as PartnerKeyId,
        PaymentMethodId as PaymentMethodId,
        ProductId as ProductId,
        ProductSlug as ProductSlug,
        RequestId as RequestId,
    )
    from jpmanage_tui.api.invoices import (
        Invoice as Invoice,
        InvoicePage as InvoicePage,
        InvoiceStatus as InvoiceStatus,
    )
    from jpmanage_tui.api.licenses import (
        IssuedLicense as IssuedLicense,
        License as License,
        LicenseCounts as LicenseCounts,
        LicenseFilter as LicenseFilter,
        LicensePage as LicensePage,
        LicenseSort as LicenseSort,
        LicenseState as LicenseState,
        OwnerType as OwnerType,
        SortDirection as SortDirection,
    )
    from jpmanage_tui.api.oauth import (
        AuthorizationRequest as AuthorizationRequest,
        OAuthClient as OAuthClient,
        OAuthRoutes as OAuthRoutes,
        SignInRefused as SignInRefused,
        TokenSet as TokenSet,
    )
    from jpmanage_tui.api.options import (
        AccountContext as AccountContext,
        Timeouts as Timeouts,
    )
    from jpmanage_tui.api.partner import (
        Address as Address,
        Me as Me,
        Partner as Partner,
        PartnerDetails as PartnerDetails,
        PartnerKey as PartnerKey,
    )
    from jpmanage_tui.api.payment_methods import (
        Card as Card,
        PaymentMethod as PaymentMethod,
        PaymentMethodPage as PaymentMethodPage,
    )
    from jpmanage_tui.api.products import (
        BundleSize as BundleSize,
        Product as Product,
        ProductFamily as ProductFamily,
    )
    from jpmanage_tui.api.request import (
        Exchange as Exchange,
    )
    from jpmanage_tui.api.sites import (
        Site as Site,
        SiteConnection as SiteConnection,
        SiteIssue as SiteIssue,
        SitePage as SitePage,
    )
    from jpmanage_tui.api.stripe import (
        CardEntry as CardEntry,
        CardSaved as CardSaved,
        Declined as Declined,
        InProgress as InProgress,
        NeedsBrowser as NeedsBrowser,
        NeedsSdk as NeedsSdk,
        RawCardsRefused as RawCardsRefused,
        StripeConfiguration as StripeConfiguration,
    )
    from jpmanage_tui.api.tokens import (
        StaticTokens as StaticTokens,
        TokenKind as TokenKind,
        TokenProvider as TokenProvider,
    )

_NAMES = {
    "billing": (
        "BilledProduct",
        "BillingCosts",
        "BillingCounts",
        "BillingEstimate",
        "BillingInterval",
        "NotYetAvailable",
    ),
    "client": ("LicensingClient",),
    "countries": (
        "Country",
        "State",
    ),
    "errors": (
        "ApiConnectionError",
        "ApiError",
        "AuthenticationError",
        "InvalidParameterError",
        "MissingTokenError",
        "NotFoundError",
        "NotSent",
        "OutcomeUnknownError",
        "PermissionDeniedError",
        "RateLimitError",
        "RequestRejectedError",
        "ServerError",
        "TokenUnavailableError",
    ),
    "ids": (
        "BlogId",
        "InvoiceId",
        "LicenseId",
        "LicenseKey",
        "PartnerId",
        "PartnerKeyId",
        "PaymentMethodId",
        "ProductId",
        "ProductSlug",
        "RequestId",
    ),
    "invoices": (
        "Invoice",
        "InvoicePage",
        "InvoiceStatus",
    ),
    "licenses": (
        "IssuedLicense",
        "License",
        "LicenseCounts",
        "LicenseFilter",
        "LicensePage",
        "LicenseSort",
        "LicenseState",
        "OwnerType",
        "SortDirection",
    ),
    "oauth": (
        "AuthorizationRequest",
        "OAuthClient",
        "OAuthRoutes",
        "SignInRefused",
        "TokenSet",
    ),
    "options": (
        "AccountContext",
        "Timeouts",
    ),
    "partner": (
        "Address",
        "Me",
        "Partner",
        "PartnerDetails",
        "PartnerKey",
    ),
    "payment_methods": (
        "Card",
        "PaymentMethod",
        "PaymentMethodPage",
    ),
    "products": (
        "BundleSize",
        "Product",
        "ProductFamily",
    ),
    "request": ("Exchange",),
    "sites": (
        "Site",
        "SiteConnection",
        "SiteIssue",
        "SitePage",
    ),
    "stripe": (
        "CardEntry",
        "CardSaved",
        "Declined",
        "InProgress",
        "NeedsBrowser",
        "NeedsSdk",
        "RawCardsRefused",
        "StripeConfiguration",
    ),
    "tokens": (
        "StaticTokens",
        "TokenKind",
        "TokenProvider",
    ),
}
"""The module of `api` that each public name is from."""
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}

__all__ = ("__version__", *_MODULE_OF)


def __getattr__(name: str) -> object:
    """Import a public name when it is first used. Raises AttributeError for any other."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"jpmanage_tui.api.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
