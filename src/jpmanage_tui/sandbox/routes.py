"""The areas of the API, each a module with its own ``ROUTES``."""

from __future__ import annotations

from jpmanage_tui.sandbox.billing import routes as account_billing
from jpmanage_tui.sandbox.call import RouteSpec
from jpmanage_tui.sandbox.cards import routes as account_cards, stripe_routes as account_stripe
from jpmanage_tui.sandbox.invoices import routes as account_invoices
from jpmanage_tui.sandbox.licenses import (
    assignment,
    reading as licenses,
    revoking,
    routes as issuing,
    user_licenses,
)
from jpmanage_tui.sandbox.partner import countries_routes as account_countries, me, routes as account_partner
from jpmanage_tui.sandbox.products import routes as products
from jpmanage_tui.sandbox.sign_in import routes as account_oauth
from jpmanage_tui.sandbox.sites import connection as site_connection, routes as sites

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
