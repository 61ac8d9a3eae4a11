"""The license half of the API is there, route by route."""

from __future__ import annotations

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.routes import all_routes

KEY, USER, NONE = TokenNeed.KEY, TokenNeed.USER, TokenNeed.NONE
LICENSING = "/wpcom/v2/jetpack-licensing"
EXPECTED = {
    ("GET", "/license", KEY),
    ("POST", "/license", KEY),
    ("DELETE", "/license", KEY),
    ("POST", "/license/{license_key}/site", KEY),
    ("DELETE", "/license/{license_key}/site", KEY),
    ("GET", "/license/{license_key}/children", KEY),
    ("GET", "/license/{license_key}/download", KEY),
    ("GET", "/licenses", KEY),
    ("POST", "/licenses", KEY),
    ("GET", "/licenses/counts", KEY),
    ("GET", "/partner/product-families", KEY),
    ("GET", "/product-families", NONE),
    ("GET", "/public/manage-pricing", NONE),
    ("POST", "/site-connection", KEY),
    ("GET", "/user/licenses", USER),
    ("GET", "/user/licenses/counts", USER),
    ("GET", "/partner", USER),
    ("PUT", "/partner", USER),
}
"""Method, path and token of each call (contract: licenses 1, account 0)."""


def test_every_route_of_the_license_half_is_there_and_takes_the_contracts_token() -> None:
    found = {(spec.method, spec.path.removeprefix(LICENSING), spec.token) for spec in all_routes()}
    assert found >= EXPECTED
    assert ("GET", "/wpcom/v2/jetpack-agency/sites", KEY) in found
    assert ("GET", "/rest/v1.1/me", USER) in found
