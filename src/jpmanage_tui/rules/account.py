"""The account: what stands between the user and the licenses, and the company form (contract: account 6,
7).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from jpmanage_tui.rules.invoices import invoice_name, is_past_due

if TYPE_CHECKING:
    from jpmanage_tui.api.countries import Country
    from jpmanage_tui.api.invoices import Invoice
    from jpmanage_tui.api.partner import Me, Partner, PartnerKey

PLATFORM_AGREEMENT = "https://jetpack.com/platform-agreement"

COMPANY_TYPES: Mapping[str, str] = {
    "agency": "Agency",
    "freelancer": "Freelancer/Pro",
    "business": "A business with multiple sites",
}
"""Words of ``company_type``, asked on sign-up only."""

MANAGED_SITES: tuple[str, ...] = ("1-5", "6-20", "21-50", "51-100", "101-500", "500+")
"""Words of ``managed_sites``, asked on sign-up only."""

FIELD_LABELS: Mapping[str, str] = {
    "name": "Company name",
    "contact_person": "Contact first and last name",
    "company_website": "Company website",
    "company_type": "Company type",
    "managed_sites": "How many sites do you manage?",
    "country": "Country",
    "state": "State",
    "city": "City",
    "line1": "Address line 1",
    "line2": "Address line 2",
    "postal_code": "Postal code",
}
"""Labels by the names of the API's arguments, in the order of the form."""


def unreadable_words(partner: Partner) -> str:
    """Return a sentence about what of a partner record could not be read, '' where all of it could."""
    words = []
    if partner.unreadable_keys is None:
        words.append("The list of this account's partner keys could not be read.")
    elif partner.unreadable_keys:
        count, whole = partner.unreadable_keys, partner.unreadable_keys + len(partner.keys)
        if whole == 1:
            words.append("This account's partner key could not be read.")
        elif not partner.keys:
            words.append(f"None of this account's {whole} partner keys could be read.")
        else:
            words.append(f"{count} of this account's {whole} partner keys could not be read.")
    if partner.tos is None:
        words.append("Whether the terms of service are accepted could not be read.")
    return " ".join(words)


IN_USE = "✓ in use"
"""How the partner key and the profile that are in use are marked where one is chosen."""


def card_words(partner: Partner) -> str:
    """Return a sentence about the card that the account lacks, '' where it has one or the API does not say.

    The record says it of the account alone, not of a key (contract: account 1.1).
    """
    return "" if partner.has_valid_payment_method else "The account has no valid payment method."


def key_facts(key: PartnerKey, now: datetime, seen: Collection[Invoice] | None = None) -> list[str]:
    """Return what the API tells of a partner key, in a few words each.

    ``now`` is aware, in the user's own zone. ``seen`` is None for a key that is not in use; for the one that is it has
    the key's invoices that were read since: they are newer than what the record says of the latest one.
    """
    facts = [] if seen is None else [IN_USE]
    invoices = {one.id: one for one in (key.latest_invoice, *(seen or ())) if one is not None}
    past_due = [invoice_name(one) for one in invoices.values() if is_past_due(one, now)]
    if past_due:
        facts.append(f"! past due: {', '.join(past_due)}")
    if key.has_licenses is not None:
        facts.append("has licenses" if key.has_licenses else "no licenses yet")
    return facts


def unusable_reason(key: PartnerKey) -> str | None:
    """Return why a partner key cannot be used, None when it can (contract: account 7.1)."""
    if key.disabled_on is not None:
        return "This key is disabled."
    return None if key.has_token else "The API gave no token for this key."


def payment_method_required(me: Me | None, partner: Partner | None) -> bool:
    """Tell whether a card has to be added before issuing: an agency without a valid one (licenses 3.5).

    Where either is unknown (a key token alone) the server decides.
    """
    return me is not None and partner is not None and me.is_agency and not partner.has_valid_payment_method


def opt_in_is_asked(company_type: str) -> bool:
    """Tell whether the sign-up form asks about the partner program."""
    return company_type in {"agency", "freelancer"}


def state_after_country(country: Country | None, state: str) -> str:
    """Return the state to keep after the user changed the country: the same where it exists there, else ''.

    Only for a change by the user: loading a form must never change its state (contract: account 6.2).
    """
    if country is None or all(entry.code != state for entry in country.states):
        return ""
    return state


def field_errors(params: Mapping[str, str]) -> Mapping[str, str]:
    """Return a sentence for each field the server refused, by the name of its argument.

    The server's own sentence where it gives one, with the form's label for the argument's name at its head; else
    what the vendor's form says.
    """
    return {name: _labeled(name, words.strip()) or _words(name) for name, words in params.items()}


def _labeled(name: str, words: str) -> str:
    head, _, rest = words.partition(" ")
    return f"{FIELD_LABELS[name]} {rest}" if head == name and name in FIELD_LABELS else words


def _words(name: str) -> str:
    label = FIELD_LABELS.get(name, name)
    return f"{label} is required and must be valid." if name == "company_website" else f"{label} is required."
