"""The words before and after a change of licences: what it will do, by name, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.models.license import License, LicenseState
from jpmanage_tui.api.models.product import Product
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.operations.changes import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.rules.licenses import assign_order
from jpmanage_tui.ui.dialogs.confirm import Question, Row
from jpmanage_tui.ui.licenses.columns import host, place
from jpmanage_tui.ui.licenses.marks import Chosen
from jpmanage_tui.ui.words import log_words, number

MAIL = "Tell the customer by e-mail that the product was taken off"
END = 10
"""So many of a licence code's last characters tell licences of one product apart."""
UNLISTED = "!"
"""The sign of a licence that the list behind the question does not show."""


def _site(license: License) -> str:
    return host(license.siteurl) if license.siteurl else f"site {license.blog_id}"


def _row(license: License, unlisted: Collection[LicenseKey]) -> Row:
    where = place(license)
    sign = UNLISTED if license.license_key in unlisted else " "
    return Row(
        license.product or license.license_key,
        where.lower() if license.state is not LicenseState.ATTACHED else where,
        f"…{license.license_key[-END:]}",
        sign,
    )


def _rows(licenses: Sequence[License], unlisted: Collection[LicenseKey]) -> list[Row]:
    """Return the rows of a question, first those that the user does not see in the list behind it."""
    ordered = sorted(licenses, key=lambda license: license.license_key not in unlisted)
    return [_row(license, unlisted) for license in ordered]


def _states(licenses: Sequence[License]) -> str:
    """Return how many licences are assigned, unassigned and bundles."""
    bundles = sum(license.is_bundle for license in licenses)
    assigned = sum(license.state is LicenseState.ATTACHED for license in licenses)
    counted = (
        (assigned, "assigned"),
        (len(licenses) - assigned - bundles, "unassigned"),
        (bundles, "bundle" if bundles == 1 else "bundles"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in counted if count)


def marks_note(chosen: Chosen, unlisted: Collection[LicenseKey]) -> str:
    """Return which of the marked licences are not in the list that is shown, and which are left out and why."""
    elsewhere = sum(license.license_key in unlisted for license in chosen.licenses)
    count, words = len(chosen.licenses), []
    if chosen.marked:
        words.append(f"{chosen.marked:,} marked")
    if elsewhere and count == 1:
        words.append("the one meant is not in this list")
    elif elsewhere:
        which = "none of them is" if elsewhere == count else f"{elsewhere:,} of them {_are(elsewhere)} not"
        words.append(f"{which} in this list ({UNLISTED})")
    left_out = sum(number for _, number in chosen.left_out)
    if left_out:
        words.append(f"{left_out:,} left out: {chosen.left_out_words}")
    if chosen.doubt:
        words.append(f"there may be more: {chosen.doubt}")
    return "; ".join(words) + "." if len(words) > 1 else ""


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _head(first: str, chosen: Chosen, unlisted: Collection[LicenseKey]) -> str:
    return f"{first} {marks_note(chosen, unlisted)}".rstrip()


def assign(license: License, site: Site) -> Question:
    """Return the question before one licence is assigned."""
    return Question(
        "Assign License?",
        [f"{license.product}\n{license.license_key}\nto {site.url} (Site ID {site.blog_id})"],
        f"Assign {license.product} to {site.url}",
    )


def assign_many(chosen: Chosen, site: Site, unlisted: Collection[LicenseKey] = ()) -> Question:
    """Return the question before several licences are assigned to one site."""
    what = number(len(chosen.licenses), "license")
    return Question(
        f"Assign {what}?",
        [_head(f"To {site.url} (Site ID {site.blog_id}), one after another.", chosen, unlisted)],
        f"Assign {what}",
        rows=_rows(chosen.licenses, unlisted),
    )


def in_order(licenses: Sequence[License], products: Sequence[Product]) -> list[License]:
    """Return the licences in the order in which they must be assigned: base products before add-ons."""
    by_key = {license.license_key: license for license in licenses}
    return [by_key[key] for key in assign_order(list(by_key), products)]


def unassign(chosen: Chosen, unlisted: Collection[LicenseKey] = ()) -> Question:
    """Return the question before licences are unassigned: the site loses the product, billing goes on."""
    tick, licenses = (MAIL, True), chosen.licenses
    if len(licenses) == 1:
        license = licenses[0]
        return Question(
            "Unassign License?",
            [
                *_one(license, chosen, unlisted),
                f"{_site(license)} loses {license.product}. The license can be assigned to another site. "
                "Billing continues until it is revoked.",
            ],
            f"Unassign {license.product} from {_site(license)}",
            tick=tick,
        )
    what = number(len(licenses), "license")
    return Question(
        f"Unassign {what}?",
        [
            _head(f"{what}, {_from_sites(licenses)}.", chosen, unlisted),
            "The sites lose these products. Billing continues until the licenses are revoked.",
        ],
        f"Unassign {what}",
        tick=tick,
        danger=True,
        rows=_rows(licenses, unlisted),
    )


def _one(license: License, chosen: Chosen, unlisted: Collection[LicenseKey]) -> list[str]:
    """Return the paragraphs that name one licence, with what is to be said of the marks."""
    where = f"\non {_site(license)}" if license.state is LicenseState.ATTACHED else ""
    what = f"{license.product}, {license.quantity} licenses" if license.is_bundle else license.product
    note = marks_note(chosen, unlisted)
    return [f"{what}\n{license.license_key}{where}", *([note] if note else [])]


def _from_sites(licenses: Sequence[License]) -> str:
    sites = {license.blog_id or license.siteurl for license in licenses}
    return f"assigned to {number(len(sites), 'site')}"


def size_of(licenses: Sequence[License]) -> int:
    """Return how many licences a revocation touches: a bundle counts its size (design: what SSH asks)."""
    return sum((license.quantity or 1) if license.is_bundle else 1 for license in licenses)


def revoke(chosen: Chosen, unlisted: Collection[LicenseKey] = ()) -> Question:
    """Return the question before licences are revoked. It cannot be undone, so several ask to type their number."""
    licenses = chosen.licenses
    size = size_of(licenses)
    if len(licenses) == 1:
        about = _one(licenses[0], chosen, unlisted)
        return (
            _revoke_bundle(licenses[0], size, about)
            if licenses[0].is_bundle
            else _revoke_one(licenses[0], about)
        )
    return Question(
        f"Revoke {number(size, 'license')}?",
        [_head(f"{_states(licenses)}.", chosen, unlisted), _follows(licenses)],
        f"Revoke {number(size, 'license')}",
        type_this=str(size),
        danger=True,
        rows=_rows(licenses, unlisted),
    )


def _follows(licenses: Sequence[License]) -> str:
    """Return what follows from revoking several licences; a bundle replaces what is revoked in it."""
    assigned = [license for license in licenses if license.state is LicenseState.ATTACHED]
    children = sum(license.is_child for license in licenses)
    words = []
    if assigned:
        sites = len({license.blog_id or license.siteurl for license in assigned})
        words.append(f"{number(sites, 'site')} lose{'s' if sites == 1 else ''} what is assigned there.")
    if any(license.is_bundle for license in licenses):
        words.append("Every site that uses a license of a bundle loses the product.")
    if children:
        words.append(
            f"{children:,} {_are(children)} of a bundle: a new unassigned license takes the place of each, and the "
            "bundle's price stays."
        )
    if children < len(licenses):
        words.append("Billing for the others stops." if children else "Billing for them stops.")
    return " ".join([*words, "The codes cannot be used again. This cannot be undone."])


def _revoke_one(license: License, about: list[str]) -> Question:
    attached = license.state is LicenseState.ATTACHED
    loses = f"{_site(license)} loses {license.product}. " if attached else ""
    if license.is_child:
        what = (
            f"{loses}The code cannot be used again, and a new unassigned license joins the bundle: "
            "its size and its price stay. This cannot be undone."
        )
    else:
        what = f"{loses}Billing for it stops at once. The code cannot be used again. This cannot be undone."
    where = f" on {_site(license)}" if attached else ""
    return Question("Revoke License?", [*about, what], f"Revoke {license.product}{where}", danger=True)


def _revoke_bundle(license: License, size: int, about: list[str]) -> Question:
    return Question(
        f"Revoke the bundle of {size}?",
        [
            *about,
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
