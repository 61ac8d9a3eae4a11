"""The vendor's routes and their arguments.

Facts of the vendor's public route index and specification: which arguments a route has, which of them are
required, and where they go. Arguments marked ``first_party`` are sent by the vendor's own clients though the
index does not list them.
"""

from dataclasses import dataclass, field

LICENSING = "/wpcom/v2/jetpack-licensing"


@dataclass(frozen=True)
class Route:
    query: frozenset[str] = frozenset()
    body: dict[str, type | tuple[type, ...]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    first_party: frozenset[str] = frozenset()


LIST = ["page", "per_page", "search", "parent_id", "filter", "sort_field", "sort_direction"]
CURSORS = frozenset({"starting_after", "ending_before"})
PARTNER: dict[str, type | tuple[type, ...]] = {
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
    f"GET {LICENSING}/license": Route(frozenset({"license_key"}), required=frozenset({"license_key"})),
    f"POST {LICENSING}/license": Route(
        body={"product": str, "quantity": int}, required=frozenset({"product"})
    ),
    f"DELETE {LICENSING}/license": Route(
        frozenset({"license_key", "cancellation_email"}), required=frozenset({"license_key"})
    ),
    f"POST {LICENSING}/license/{{key}}/site": Route(body={"site": (int, str)}, required=frozenset({"site"})),
    f"DELETE {LICENSING}/license/{{key}}/site": Route(frozenset({"cancellation_email"})),
    f"GET {LICENSING}/license/{{key}}/download": Route(),
    f"GET {LICENSING}/licenses": Route(frozenset(LIST)),
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
        frozenset({"not_multisite", "sort_field", "sort_direction", "added_within_days"}),
        first_party=frozenset({"query", "page", "per_page", "show_only_favorites"}),
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
        frozenset({"payment_method_id", "primary_payment_method_id"}),
        required=frozenset({"payment_method_id"}),
    ),
    f"GET {LICENSING}/partner/invoices": Route(CURSORS | {"status"}),
    f"POST {LICENSING}/partner/invoice/{{id}}/payment": Route(),
    "GET /wpcom/v2/woocommerce/countries/regions/": Route(),
    "GET /wpcom/v2/jetpack/stripe/configuration": Route(frozenset({"needs_intent"})),
    "GET /rest/v1.1/me": Route(),
}
