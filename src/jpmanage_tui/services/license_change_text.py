"""The sentences about changes of licenses that questions on the screen and in the shell have in common."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.rules.prices import bill_ends, cost_of, license_price
from jpmanage_tui.rules.sites import is_siteless, site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.price_list import Prices
from jpmanage_tui.services.price_text import cost_words, less_words

UNCHANGED = "Billing is unchanged."
NEVER = "This cannot be undone."
NOT_UNDONE = "Issuing cannot be undone: revoking ends the billing, and the days until then are paid for."


def site_of(license: License) -> str:
    """Return how a sentence names the site of a license: what tells it from others."""
    if license.siteurl and not is_siteless(license.siteurl):
        return site_name(license.siteurl)
    return f"site {license.blog_id}" if license.blog_id is not None else "its site"


def billing_continues(licenses: Sequence[License], prices: Prices) -> str:
    """Return that unassigned licenses go on costing what they cost, with the amount as far as it is known."""
    loose = [license for license in licenses if not license.is_child]
    it = "it is" if len(licenses) == 1 else "they are"
    if not loose:
        return f"Billing continues: {it} part of a bundle, which costs the same."
    cost = cost_of(license_price(license, prices.catalog) for license in loose)
    words = "" if cost.unknown else cost_words(cost)
    members = ", and the bundles of the others cost the same" if len(loose) < len(licenses) else ""
    until = "it is" if len(loose) == 1 and not members else "they are"
    amount = f": {words}{members}" if words else members
    return f"Billing continues until {until} revoked{amount}."


def what_follows_revoking(licenses: Sequence[License], prices: Prices) -> str:
    """Return what follows from revoking licenses; a bundle replaces what is revoked in it."""
    if len(licenses) == 1:
        license = licenses[0]
        return _follows_bundle(license, prices) if license.is_bundle else _follows_one(license, prices)
    assigned = [license for license in licenses if license.state is LicenseState.ATTACHED]
    children = sum(license.is_child for license in licenses)
    others = len(licenses) - children
    words = []
    if assigned:
        sites = len({license.blog_id or license.siteurl for license in assigned})
        words.append(f"{pluralize(sites, 'site')} lose{'s' if sites == 1 else ''} what is assigned there.")
    if any(license.is_bundle for license in licenses):
        words.append("Every site that uses a license of a bundle loses the product.")
    if children == 1:
        words.append(
            "One is part of a bundle: a new unassigned license replaces it; the bundle costs the same."
        )
    elif children:
        words.append(
            f"{children:,} are part of bundles: a new unassigned license replaces each; the bundles cost the same."
        )
    if others:
        whose = (
            ("the other" if others == 1 else "the others") if children else ("it" if others == 1 else "them")
        )
        less, unknown = less_words(bill_ends(licenses, prices.catalog), prices, others)
        words += [f"Billing for {whose} stops{less}.", unknown]
    return joined(*words, "The codes cannot be used again.", NEVER)


def joined(*sentences: str) -> str:
    """Return sentences in a row, without those that are empty."""
    return " ".join(sentence for sentence in sentences if sentence)


def _follows_one(license: License, prices: Prices) -> str:
    loses = f"{site_of(license)} loses {license.product}." if license.state is LicenseState.ATTACHED else ""
    if license.is_child:
        bill = ["It is part of a bundle: a new unassigned license replaces it; the bundle costs the same."]
    else:
        less, unknown = less_words(bill_ends([license], prices.catalog), prices, 1)
        bill = [f"Billing for it stops at once{less}.", unknown]
    return joined(loses, *bill, "The code cannot be used again.", NEVER)


def _follows_bundle(license: License, prices: Prices) -> str:
    less, unknown = less_words(bill_ends([license], prices.catalog), prices, 1)
    return joined(
        f"{license.product} stops on every site that uses one of them. Billing for the bundle stops{less}.",
        unknown,
        "None of the codes can be used again.",
        NEVER,
    )


def email_remark(count: int) -> str:
    """Return that customers of so many licenses are mailed."""
    who = "The customer is" if count == 1 else "The customers are"
    return f"{who} told by e-mail that the product was removed."
