"""The areas of the API, each a module with its own ``ROUTES``."""

from __future__ import annotations

from jpmanage_tui.sandbox.call import RouteSpec
from jpmanage_tui.sandbox.routes import (
    account_billing,
    account_cards,
    account_countries,
    account_invoices,
    account_oauth,
    account_partner,
    account_stripe,
    assignment,
    issuing,
    licenses,
    me,
    products,
    revoking,
    site_connection,
    sites,
    user_licenses,
)

AREAS: tuple[tuple[RouteSpec, ...], ...] = (
    licenses.ROUTES,
    issuing.ROUTES,
    revoking.ROUTES,
    assignment.ROUTES,
    user_licenses.ROUTES,
    products.ROUTES,
    sites.ROUTES,
    site_connection.ROUTES,
    me.ROUTES,
    account_partner.ROUTES,
    account_billing.ROUTES,
    account_cards.ROUTES,
    account_invoices.ROUTES,
    account_countries.ROUTES,
    account_stripe.ROUTES,
    account_oauth.ROUTES,
)
"""Every area's routes; a new area is added here."""


def all_routes() -> tuple[RouteSpec, ...]:
    """Return every route of the API."""
    return tuple(spec for area in AREAS for spec in area)
