"""The changes that the golden journals hold, one of every kind that the first release knew.

Imported by ``make.py`` with the code of that release, and by the tests with the code of today: the files stay as they
are, whatever the code calls a change later.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from jpmanage_tui.api.ids import BlogId, InvoiceId, LicenseId, LicenseKey, PaymentMethodId, ProductSlug
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.account import (
    AcceptTerms,
    CreatePartner,
    RefreshUserToken,
    UpdatePartner,
)
from jpmanage_tui.operations.mutations.cards import (
    ConfirmCard,
    CreateSetupIntent,
    DeleteCard,
    MakeCardPrimary,
    SaveCard,
)
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.mutations.sites import ConnectSite

STATES = ("queued", "sent", "done", "refused", "not_sent", "unknown", "found_done", "found_not_done")
HOST = "public-api.wordpress.com"
OWNER = "jump-host:2f1c0e7a-4c1b-4d0e-9c58-8d0a5d1d7f00|4711@123456|0123456789ab"
"""An owner as the first release named it: host and boot, process and its start, and a random number."""
DETAILS = PartnerDetails(
    name="Acme – Größe",
    contact_person="Ada",
    company_website="https://acme.example",
    company_type="agency",
    managed_sites="1-5",
    country="US",
    state="TX",
    city="Austin",
    line1="1 Main St",
    line2="Floor 2",
    postal_code="78701",
)


def changes(state: str) -> list[Mutation[Any]]:
    """Return one change of every kind; what they change differs by ``state``, so that none is in another's way."""
    key = LicenseKey(f"jetpack-scan_{state}")
    card, invoice = PaymentMethodId(f"pm_{state}"), InvoiceId(f"in_{state}")
    return [
        AssignLicense(key, BlogId(7), "a.example", "Jetpack Scan", LicenseId(3)),
        UnassignLicense(LicenseKey(f"{key}_2"), False, "Jetpack Scan", "a.example"),
        RevokeLicense(LicenseKey(f"{key}_3"), "Jetpack Scan", 10, None, "a.example"),
        IssueLicense(ProductSlug(f"jetpack-scan-{state}"), 5, "Jetpack Scan"),
        AcceptTerms(),
        CreatePartner(DETAILS, True),
        UpdatePartner(DETAILS, PartnerDetails(name="Acme")),
        ConnectSite(f"https://{state}.example/", "admin"),
        CreateSetupIntent(),
        ConfirmCard(),
        SaveCard(card, True),
        MakeCardPrimary(PaymentMethodId(f"{card}_2"), "Visa …4242"),
        DeleteCard(PaymentMethodId(f"{card}_3"), "Visa …4242", PaymentMethodId("pm_other")),
        PayInvoice(invoice, "A-1", Decimal("12.340"), "USD"),
        RefreshUserToken("acme"),
    ]


TARGETS = (
    "license:jetpack-scan_{0}", "license:jetpack-scan_{0}_2", "license:jetpack-scan_{0}_3", "issue:jetpack-scan-{0}",
    "partner", "partner", "partner", "site:https://{0}.example/", "", "", "card:pm_{0}", "card:pm_{0}_2",
    "card:pm_{0}_3", "invoice:in_{0}", "",
)  # fmt: skip
"""What the journal says that each of them changes."""


def fingerprint(token: str) -> str:
    """Return what stands for a token in the journal, as the first release made it."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def token(number: int, state: str) -> str:
    """Return the fingerprint of the key token under which change ``number`` stands."""
    return fingerprint(f"token of {state} {number if TARGETS[number] == 'partner' else 0}")


def account(number: int, state: str, token: str | None) -> str:
    """Return the journal's account of change ``number`` in ``state``: with a user token of partner and key, else the
    fingerprint of ``token``. Changes of the one partner record stand in accounts of their own.
    """
    apart = number if TARGETS[number] == "partner" else 0
    if token is not None:
        return f"{HOST} key {token}"
    return f"{HOST} partner 123 key {450 + 10 * STATES.index(state) + apart}"
