"""Every request the client can make, and what it must look like."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import BlogId, InvoiceId, LicenseId, LicenseKey, PaymentMethodId, ProductSlug
from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.api.licenses import LicenseFilter, SortDirection
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.api.sites import SiteIssue
from tests.api.routes import LICENSING
from tests.api.support import KEY, USER

K = LicenseKey("jetpack-scan_aB/c?d e")
DETAILS = PartnerDetails(name="Acme", company_type="agency", country="US", state="TX")
PM = PaymentMethodId("pm_1")
ISSUED = {"license_key": "jetpack-scan_x", "license_id": 1}
PARTNER_BODY = {"id": 1, "name": "Acme", "keys": []}
CONFIGURATION = {
    "js_url": "https://js",
    "public_key": "pk_1",
    "processor_id": "p",
    "setup_intent_id": "seti_1_secret_2",
}


@dataclass(frozen=True)
class Endpoint:
    name: str
    call: Callable[[LicensingClient], Awaitable[object]]
    route: str
    path: str
    answer: Any
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    token: str | None = KEY
    changes: bool = False
    needs_shape: bool = True

    def __str__(self) -> str:
        return self.name


def endpoint(
    name: str, call: Callable[[LicensingClient], Awaitable[object]], route: str, **rest: Any
) -> Endpoint:
    path = rest.pop("path", route.partition(" ")[2])
    return Endpoint(name, call, route, path, **rest)


PAGE = {"page": "1", "per_page": "50", "sort_field": "issued_at", "sort_direction": "desc"}
KEY_PATH = f"{LICENSING}/license/jetpack-scan_aB%2Fc%3Fd%20e"
ENDPOINTS = [
    endpoint(
        "list",
        lambda c: c.licenses.list(),
        f"GET {LICENSING}/licenses",
        answer={"items": []},
        query=PAGE | {"filter": "not_revoked"},
    ),
    endpoint(
        "search within a filter",
        lambda c: c.licenses.list(LicenseFilter.DETACHED, search=" scan ", page=3, per_page=10),
        f"GET {LICENSING}/licenses",
        answer={"items": []},
        query=PAGE | {"filter": "detached", "search": "scan", "page": "3", "per_page": "10"},
    ),
    endpoint(
        "children",
        lambda c: c.licenses.children(LicenseId(77), page=2),
        f"GET {LICENSING}/licenses",
        answer={"items": []},
        query={
            "page": "2",
            "per_page": "25",
            "sort_field": "status",
            "sort_direction": "asc",
            "parent_id": "77",
        },
    ),
    endpoint(
        "get",
        lambda c: c.licenses.get(K),
        f"GET {LICENSING}/license",
        answer=ISSUED,
        query={"license_key": K},
    ),
    endpoint("counts", lambda c: c.licenses.counts(), f"GET {LICENSING}/licenses/counts", answer={}),
    endpoint(
        "billing", lambda c: c.billing.estimate(), f"GET {LICENSING}/licenses/billing", answer={"costs": {}}
    ),
    endpoint(
        "issue",
        lambda c: c.licenses.issue(ProductSlug("jetpack-scan")),
        f"POST {LICENSING}/license",
        answer=ISSUED,
        body={"product": "jetpack-scan"},
        changes=True,
    ),
    endpoint(
        "issue a bundle",
        lambda c: c.licenses.issue(ProductSlug("jetpack-scan"), 5),
        f"POST {LICENSING}/license",
        answer=ISSUED,
        body={"product": "jetpack-scan", "quantity": 5},
        changes=True,
    ),
    endpoint(
        "issue several",
        lambda c: c.licenses.issue_several(ProductSlug("jetpack-scan"), 2, bundle=False),
        f"POST {LICENSING}/licenses",
        answer=[ISSUED],
        body={"product": "jetpack-scan", "quantity": 2, "bundle": False},
        changes=True,
    ),
    endpoint(
        "revoke",
        lambda c: c.licenses.revoke(K),
        f"DELETE {LICENSING}/license",
        answer=ISSUED,
        query={"license_key": K},
        changes=True,
        needs_shape=False,
    ),
    endpoint(
        "assign",
        lambda c: c.licenses.assign(K, BlogId(99)),
        f"POST {LICENSING}/license/{{key}}/site",
        path=f"{KEY_PATH}/site",
        answer={},
        body={"site": 99},
        changes=True,
        needs_shape=False,
    ),
    endpoint(
        "unassign",
        lambda c: c.licenses.unassign(K),
        f"DELETE {LICENSING}/license/{{key}}/site",
        path=f"{KEY_PATH}/site",
        answer={},
        changes=True,
        needs_shape=False,
    ),
    endpoint(
        "unassign without mail",
        lambda c: c.licenses.unassign(K, send_email=False),
        f"DELETE {LICENSING}/license/{{key}}/site",
        path=f"{KEY_PATH}/site",
        answer={},
        query={"cancellation_email": "0"},
        changes=True,
        needs_shape=False,
    ),
    endpoint(
        "download",
        lambda c: c.licenses.download_url(K),
        f"GET {LICENSING}/license/{{key}}/download",
        path=f"{KEY_PATH}/download",
        answer={"download_url": "https://files.example/x.zip"},
    ),
    endpoint(
        "partner families",
        lambda c: c.products.partner_families(),
        f"GET {LICENSING}/partner/product-families",
        answer=[],
    ),
    endpoint(
        "families",
        lambda c: c.products.families(),
        f"GET {LICENSING}/product-families",
        answer=[],
        token=None,
    ),
    endpoint(
        "public families",
        lambda c: c.products.public_families(),
        f"GET {LICENSING}/public/manage-pricing",
        answer=[],
        token=None,
    ),
    endpoint(
        "sites",
        lambda c: c.sites.list(),
        "GET /wpcom/v2/jetpack-agency/sites",
        answer={"sites": []},
        query={"page": "1", "per_page": "20", "sort_field": "url", "sort_direction": "asc"},
    ),
    endpoint(
        "sites by search",
        lambda c: c.sites.list("exa", not_multisite=True, show_only_favorites=True, added_within_days=7),
        "GET /wpcom/v2/jetpack-agency/sites",
        answer={"sites": []},
        query={
            "page": "1",
            "per_page": "20",
            "sort_field": "url",
            "sort_direction": "asc",
            "query": "exa",
            "not_multisite": "true",
            "show_only_favorites": "true",
            "added_within_days": "7",
        },
    ),
    *(
        endpoint(
            f"sites with {issue.value}",
            lambda c, issue=issue: c.sites.list(issue=issue, direction=SortDirection.DESC),  # type: ignore[misc]
            "GET /wpcom/v2/jetpack-agency/sites",
            answer={"sites": []},
            query={
                "page": "1",
                "per_page": "20",
                "sort_field": "url",
                "sort_direction": "desc",
                issue.value: "true",
            },
        )
        for issue in SiteIssue
    ),
    endpoint(
        "connect",
        lambda c: c.sites.connect("https://example.com/sub", 1),
        f"POST {LICENSING}/site-connection",
        answer={"code": "success", "blog_id": 5},
        body={"url": "https://example.com/sub", "local_user": 1},
        changes=True,
    ),
    endpoint(
        "partner", lambda c: c.partner.get(), f"GET {LICENSING}/partner", answer=PARTNER_BODY, token=USER
    ),
    endpoint(
        "accept terms",
        lambda c: c.partner.accept_terms(),
        f"PUT {LICENSING}/partner",
        answer=PARTNER_BODY,
        body={"tos": "consented"},
        token=USER,
        changes=True,
    ),
    endpoint(
        "sign up",
        lambda c: c.partner.create(DETAILS, opt_in=True),
        f"POST {LICENSING}/partner",
        answer=PARTNER_BODY,
        body=DETAILS.model_dump() | {"tos": "consented", "partner_program_opt_in": True},
        token=USER,
        changes=True,
    ),
    endpoint(
        "update",
        lambda c: c.partner.update(DETAILS),
        f"PUT {LICENSING}/partner",
        answer=PARTNER_BODY,
        body=DETAILS.model_dump(),
        token=USER,
        changes=True,
    ),
    endpoint("me", lambda c: c.me.get(), "GET /rest/v1.1/me", answer={"ID": 1}, token=USER),
    endpoint(
        "cards",
        lambda c: c.payment_methods.list(),
        f"GET {LICENSING}/stripe/payment-methods",
        answer={"items": []},
    ),
    endpoint(
        "cards after one",
        lambda c: c.payment_methods.list(starting_after=PM),
        f"GET {LICENSING}/stripe/payment-methods",
        answer={"items": []},
        query={"starting_after": "pm_1"},
    ),
    endpoint(
        "save a card",
        lambda c: c.payment_methods.save(PM, False, SecretStr("seti_1_secret_2")),
        f"POST {LICENSING}/stripe/payment-method",
        answer={"success": True},
        body={
            "payment_method_id": "pm_1",
            "use_as_primary_payment_method": False,
            "stripe_setup_intent_id": "seti_1_secret_2",
        },
        changes=True,
        needs_shape=False,
    ),
    endpoint(
        "make a card primary",
        lambda c: c.payment_methods.make_primary(PM),
        f"POST {LICENSING}/stripe/payment-method",
        answer={"success": True},
        body={"payment_method_id": "pm_1", "use_as_primary_payment_method": True},
        changes=True,
        needs_shape=False,
    ),
    endpoint(
        "delete a card",
        lambda c: c.payment_methods.delete(PM, PaymentMethodId("pm_2")),
        f"DELETE {LICENSING}/stripe/payment-method",
        answer={"success": True, "primary_payment_method_id": "pm_2"},
        query={"payment_method_id": "pm_1", "primary_payment_method_id": "pm_2"},
        changes=True,
        needs_shape=False,
    ),
    endpoint(
        "invoices",
        lambda c: c.invoices.list(status=InvoiceStatus.OPEN, ending_before=InvoiceId("in_9")),
        f"GET {LICENSING}/partner/invoices",
        answer={"items": []},
        query={"status": "open", "ending_before": "in_9"},
    ),
    endpoint(
        "pay",
        lambda c: c.invoices.pay(InvoiceId("in_1")),
        f"POST {LICENSING}/partner/invoice/{{id}}/payment",
        path=f"{LICENSING}/partner/invoice/in_1/payment",
        answer={"id": "in_1", "status": "paid"},
        changes=True,
    ),
    endpoint(
        "countries",
        lambda c: c.countries.list(),
        "GET /wpcom/v2/woocommerce/countries/regions/",
        answer={"FR": "France"},
        token=USER,
    ),
    endpoint(
        "stripe configuration",
        lambda c: c.stripe.configuration(),
        "GET /wpcom/v2/jetpack/stripe/configuration",
        answer=CONFIGURATION,
        token=USER,
    ),
    endpoint(
        "stripe intent",
        lambda c: c.stripe.configuration(needs_intent=True),
        "GET /wpcom/v2/jetpack/stripe/configuration",
        answer=CONFIGURATION,
        query={"needs_intent": "true"},
        token=USER,
        changes=True,
    ),
]
