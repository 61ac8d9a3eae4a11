"""The areas of the API, each a module with its own ``ROUTES``."""

from __future__ import annotations

from jpmanage_tui.sandbox.billing import routes as billing
from jpmanage_tui.sandbox.call import RouteSpec
from jpmanage_tui.sandbox.cards import routes as cards, stripe_routes
from jpmanage_tui.sandbox.invoices import routes as invoices
from jpmanage_tui.sandbox.licenses import routes as licenses
from jpmanage_tui.sandbox.partner import countries, routes as partner
from jpmanage_tui.sandbox.products import routes as products
from jpmanage_tui.sandbox.sign_in import routes as sign_in
from jpmanage_tui.sandbox.sites import routes as sites

AREAS: tuple[tuple[RouteSpec, ...], ...] = (
    licenses.ROUTES,
    products.ROUTES,
    sites.ROUTES,
    partner.ROUTES,
    billing.ROUTES,
    cards.ROUTES,
    invoices.ROUTES,
    countries.ROUTES,
    stripe_routes.ROUTES,
    sign_in.ROUTES,
)
"""Every area's routes; a new area is added here."""


def all_routes() -> tuple[RouteSpec, ...]:
    """Return every route of the API."""
    return tuple(spec for area in AREAS for spec in area)
