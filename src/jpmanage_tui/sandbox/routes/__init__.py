"""The areas of the API, each a module with its own ``ROUTES``."""

from __future__ import annotations

from jpmanage_tui.sandbox.call import RouteSpec
from jpmanage_tui.sandbox.routes import (
    assignment,
    issuing,
    licenses,
    me,
    partner,
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
    partner.ROUTES,
    me.ROUTES,
)
"""Every area's routes; a new area is added here."""


def all_routes() -> tuple[RouteSpec, ...]:
    """Return every route of the API."""
    return tuple(spec for area in AREAS for spec in area)
