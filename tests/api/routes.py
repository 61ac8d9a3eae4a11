"""The vendor's routes and their arguments.

Facts of the vendor's public route index and specification: which arguments a route has, their types, which of them
are required, and where they go. Arguments marked ``first_party`` are sent by the vendor's own clients though the index
does not list them; where it names no type, it is that of the vendor's client.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LICENSING = "/wpcom/v2/jetpack-licensing"
Types = dict[str, type | tuple[type, ...]]


@dataclass(frozen=True)
class Route:
    """One method of one path: the types of its arguments, and which of them it must have."""

    query: Types = field(default_factory=dict)
    body: Types = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    first_party: Types = field(default_factory=dict)

    def check(self, query: Mapping[str, str], body: Mapping[str, Any]) -> None:
        """Hold the arguments of a request against it. Raises AssertionError, naming what does not agree."""
        known = self.query | self.first_party
        assert query.keys() <= known.keys(), f"not in the route's query: {query.keys() - known.keys()}"
        assert body.keys() <= self.body.keys(), f"not in the route's body: {body.keys() - self.body.keys()}"
        for name, text in query.items():
            assert _SPELLED[known[name]].fullmatch(text), f"{name}={text} is no {known[name]}"
        for name, value in body.items():
            wanted = self.body[name]
            kinds = wanted if isinstance(wanted, tuple) else (wanted,)
            assert type(value) in kinds, f"{name} is {value!r}, no {kinds}"  # True is no number here
        lacking = self.required - query.keys() - body.keys()
        assert not lacking, f"required: {lacking}"


_SPELLED: Mapping[Any, re.Pattern[str]] = {
    str: re.compile(r".+", re.DOTALL),  # what is empty is left out
    int: re.compile(r"-?[0-9]+"),
    bool: re.compile(r"true|false"),
}
"""How a value of each type is written in a query."""


def route_of(method: str, path: str) -> Route | None:
    """Return the route that a request goes to, None for a path of another server's."""
    for name, route in ROUTES.items():
        verb, _, pattern = name.partition(" ")
        if verb == method and re.fullmatch(
            re.sub(r"\{\w+\}", "[^/]+", pattern.rstrip("/")), path.rstrip("/")
        ):
            return route
    return None


LIST: Types = {
    "page": int,
    "per_page": int,
    "search": str,
    "parent_id": int,
    "filter": str,
    "sort_field": str,
    "sort_direction": str,
}
CURSORS: Types = {"starting_after": str, "ending_before": str}
PARTNER: Types = {
    **dict.fromkeys(
        [
            "tos",
            "name",
            "contact_person",
            "company_website",
            "company_type",
            "country",
            "state",
            "line1",
            "line2",
        ],
        str,
    ),
    **dict.fromkeys(["postal_code", "city", "managed_sites", "referrer"], str),
    "partner_program_opt_in": bool,
}
ROUTES = {
    f"GET {LICENSING}/license": Route({"license_key": str}, required=frozenset({"license_key"})),
    f"POST {LICENSING}/license": Route(
        body={"product": str, "quantity": int}, required=frozenset({"product"})
    ),
    f"DELETE {LICENSING}/license": Route(
        {"license_key": str, "cancellation_email": str}, required=frozenset({"license_key"})
    ),
    f"POST {LICENSING}/license/{{key}}/site": Route(body={"site": (int, str)}, required=frozenset({"site"})),
    f"DELETE {LICENSING}/license/{{key}}/site": Route({"cancellation_email": int}),
    f"GET {LICENSING}/license/{{key}}/download": Route(),
    f"GET {LICENSING}/licenses": Route(LIST),
    f"POST {LICENSING}/licenses": Route(
        body={"product": str, "quantity": int, "bundle": bool},
        required=frozenset({"product", "quantity", "bundle"}),
    ),
    f"GET {LICENSING}/licenses/counts": Route(),
    f"GET {LICENSING}/licenses/billing": Route(),
    f"GET {LICENSING}/partner/product-families": Route(),
    f"GET {LICENSING}/product-families": Route(),
    f"GET {LICENSING}/public/manage-pricing": Route(),
    f"POST {LICENSING}/site-connection": Route(
        body={"url": str, "local_user": (int, str)}, required=frozenset({"url", "local_user"})
    ),
    "GET /wpcom/v2/jetpack-agency/sites": Route(
        {
            "backup_failed": bool,
            "backup_warning": bool,
            "threats_found": bool,
            "site_down": bool,
            "site_disconnected": bool,
            "plugin_updates": bool,
            "not_multisite": bool,
            "all_issues": bool,
            "sort_field": str,
            "sort_direction": str,
            "added_within_days": int,
        },
        first_party={"query": str, "page": int, "per_page": int, "show_only_favorites": bool},
    ),
    f"GET {LICENSING}/partner": Route(),
    f"POST {LICENSING}/partner": Route(body=PARTNER, required=frozenset({"tos", "name"})),
    f"PUT {LICENSING}/partner": Route(body=PARTNER),
    f"GET {LICENSING}/stripe/payment-methods": Route(CURSORS),
    f"POST {LICENSING}/stripe/payment-method": Route(
        body={"payment_method_id": str, "use_as_primary_payment_method": bool, "stripe_setup_intent_id": str},
        required=frozenset({"payment_method_id"}),
    ),
    f"DELETE {LICENSING}/stripe/payment-method": Route(
        {"payment_method_id": str, "primary_payment_method_id": str},
        required=frozenset({"payment_method_id"}),
    ),
    f"GET {LICENSING}/partner/invoices": Route(CURSORS | {"status": str}),
    f"POST {LICENSING}/partner/invoice/{{id}}/payment": Route(),
    "GET /wpcom/v2/woocommerce/countries/regions/": Route(),
    "GET /wpcom/v2/jetpack/stripe/configuration": Route({"needs_intent": bool}),
    "GET /rest/v1.1/me": Route(),
}
