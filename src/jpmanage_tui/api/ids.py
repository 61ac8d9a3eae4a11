"""Identifiers of the API as types of their own, so that two kinds of id cannot be confused."""

from typing import NewType

LicenseId = NewType("LicenseId", int)
"""Number of a license, above 0; a bundle's children are listed by their parent's."""

LicenseKey = NewType("LicenseKey", str)
"""The license code, unique; what the license routes take."""

ProductId = NewType("ProductId", int)
"""Number of a product."""

ProductSlug = NewType("ProductSlug", str)
"""Short name of a product (``jetpack-scan``); inside license codes it is cut at 38 characters."""

BlogId = NewType("BlogId", int)
"""Number of a connected site ("Site ID" on screen)."""

PartnerId = NewType("PartnerId", int)
"""Number of the partner account."""

PartnerKeyId = NewType("PartnerKeyId", int)
"""Number of one of the partner's API keys."""

PaymentMethodId = NewType("PaymentMethodId", str)
"""Stripe's id of a saved card (``pm_…``)."""

InvoiceId = NewType("InvoiceId", str)
"""Stripe's id of an invoice (``in_…``); not the number printed on it."""

RequestId = NewType("RequestId", str)
"""The server's id of one exchange, for the vendor's support."""
