"""The words before and after a change of licences: what it will do, by name, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jpmanage_tui.api.models.license import License, LicenseState
from jpmanage_tui.api.models.product import Product
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.operations.changes import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.rules.licenses import assign_order
from jpmanage_tui.ui.dialogs.confirm import Question
from jpmanage_tui.ui.licenses.columns import host
from jpmanage_tui.ui.words import log_words, number

MAIL = "Tell the customer by e-mail that the product was taken off"
LISTED = 6
"""So many licences are named one by one in a question; the rest is counted."""


def _site(license: License) -> str:
    return host(license.siteurl) if license.siteurl else f"site {license.blog_id}"


def _named(licenses: Sequence[License]) -> str:
    lines = [
        f"  {license.product}" + (f"  {_site(license)}" if license.state is LicenseState.ATTACHED else "")
        for license in licenses[:LISTED]
    ]
    if len(licenses) > LISTED:
        lines.append(f"  and {len(licenses) - LISTED:,} more")
    return "\n".join(lines)


def assign(license: License, site: Site) -> Question:
    """Return the question before one licence is assigned."""
    return Question(
        "Assign License?",
        [f"{license.product}\n{license.license_key}\nto {site.url} (Site ID {site.blog_id})"],
        f"Assign {license.product} to {site.url}",
    )


def assign_many(licenses: Sequence[License], site: Site) -> Question:
    """Return the question before several licences are assigned to one site."""
    return Question(
        f"Assign {number(len(licenses), 'license')}?",
        [f"To {site.url} (Site ID {site.blog_id}), one after another:", _named(licenses)],
        f"Assign {number(len(licenses), 'license')}",
    )


def in_order(licenses: Sequence[License], products: Sequence[Product]) -> list[License]:
    """Return the licences in the order in which they must be assigned: base products before add-ons."""
    by_key = {license.license_key: license for license in licenses}
    return [by_key[key] for key in assign_order(list(by_key), products)]


def unassign(licenses: Sequence[License]) -> Question:
    """Return the question before licences are unassigned: the site loses the product, billing goes on."""
    tick = (MAIL, True)
    if len(licenses) == 1:
        license = licenses[0]
        return Question(
            "Unassign License?",
            [
                f"{license.product}\n{license.license_key}\non {_site(license)}",
                f"{_site(license)} loses {license.product}. The license can be assigned to another site. "
                "Billing continues until it is revoked.",
            ],
            f"Unassign {license.product} from {_site(license)}",
            tick=tick,
        )
    return Question(
        f"Unassign {number(len(licenses), 'license')}?",
        [
            _named(licenses),
            "The sites lose these products. Billing continues until the licenses are revoked.",
        ],
        f"Unassign {number(len(licenses), 'license')}",
        tick=tick,
        danger=True,
    )


def size_of(licenses: Sequence[License]) -> int:
    """Return how many licences a revocation touches: a bundle counts its size (design: what SSH asks)."""
    return sum((license.quantity or 1) if license.is_bundle else 1 for license in licenses)


def revoke(licenses: Sequence[License]) -> Question:
    """Return the question before licences are revoked. It cannot be undone, so several ask to type their number."""
    size = size_of(licenses)
    if len(licenses) == 1:
        return _revoke_bundle(licenses[0], size) if licenses[0].is_bundle else _revoke_one(licenses[0])
    return Question(
        f"Revoke {number(size, 'license')}?",
        [
            _named(licenses),
            "The sites lose these products, billing for them stops, and the codes cannot be used again. "
            "This cannot be undone.",
        ],
        f"Revoke {number(size, 'license')}",
        type_this=str(size),
        danger=True,
    )


def _revoke_one(license: License) -> Question:
    attached = license.state is LicenseState.ATTACHED
    what = [f"{license.product}\n{license.license_key}" + (f"\non {_site(license)}" if attached else "")]
    loses = f"{_site(license)} loses {license.product}. " if attached else ""
    if license.is_child:
        what.append(
            f"{loses}The code cannot be used again, and a new unassigned license joins the bundle: "
            "its size and its price stay. This cannot be undone."
        )
    else:
        what.append(
            f"{loses}Billing for it stops at once. The code cannot be used again. This cannot be undone."
        )
    where = f" on {_site(license)}" if attached else ""
    return Question("Revoke License?", what, f"Revoke {license.product}{where}", danger=True)


def _revoke_bundle(license: License, size: int) -> Question:
    return Question(
        f"Revoke the bundle of {size}?",
        [
            f"{license.product}, {size} licenses\n{license.license_key}",
            f"{license.product} stops on every site that uses one of them, billing for the bundle stops, and "
            "none of the codes can be used again. This cannot be undone.",
        ],
        "Revoke bundle",
        type_this=str(size) if size > 1 else None,
        danger=True,
    )


def undo(words: str) -> Question:
    """Return the question before the last change is put back."""
    return Question("Undo?", [f"{words}."], words)


def told(outcome: Outcome[Any]) -> str:
    """Return how a change of a licence ended: what is true now first, then why, then what to do."""
    change = outcome.change
    match change:
        case AssignLicense():
            done, asked = f"{change.product} is assigned to {host(change.site_url)}", "assigned"
        case UnassignLicense():
            done, asked = f"{change.product} is unassigned from {host(change.site_url)}", "unassigned"
        case RevokeLicense():
            what = f"The bundle of {change.quantity} {change.product}" if change.quantity else change.product
            done, asked = f"{what} is revoked", "revoked"
        case _:
            return str(outcome.sentence)
    match outcome.state:
        case EntryState.DONE:
            return f"{done}. {outcome.detail}".rstrip()
        case EntryState.FOUND_DONE:
            return f"{done}: no answer came, but looking found it done. {outcome.detail}".rstrip()
        case EntryState.UNKNOWN:
            return f"It is not known whether {change.product} was {asked}. {outcome.detail} {log_words()}"
        case EntryState.FOUND_NOT_DONE:
            return f"{change.product} was not {asked}: no answer came, and looking found nothing changed."
        case _:
            return f"{change.product} was not {asked}: {outcome.detail} Nothing was changed."
