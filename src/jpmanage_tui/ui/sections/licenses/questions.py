"""The words before and after a change of licenses: what it will do, by name, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.mutations.licenses import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.assigning import Fit
from jpmanage_tui.rules.licenses import IN_BUNDLES, assign_order
from jpmanage_tui.rules.sites import is_siteless, site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.license_change_text import (
    UNCHANGED,
    billing_continues,
    joined,
    site_of,
    what_follows_revoking,
)
from jpmanage_tui.services.license_changes import size_of
from jpmanage_tui.services.price_list import Prices
from jpmanage_tui.services.undo import (
    ChangedSince,
    Reversal,
    freed_licenses,
    mail_stays,
    undo_effect,
    undo_title,
)
from jpmanage_tui.ui.common.text import outcome_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, Row
from jpmanage_tui.ui.sections.licenses.columns import site_or_state
from jpmanage_tui.ui.sections.licenses.selection import ActionTargets

MAIL = "E-mail the customer that this product was removed"
MAIL_MANY = "E-mail the customers that these products were removed"
END = 10
"""So many of a license code's last characters tell licenses of one product apart."""
UNLISTED = "!"
"""The sign of a license that the list behind the question does not show."""
SKIPPED = "-"
"""The sign of a license that is named and left out."""


def _with_id(license: License) -> str:
    """Return the site of a license with its Site ID, which tells it from another one of the same address."""
    name = site_of(license)
    known = license.siteurl and not is_siteless(license.siteurl) and license.blog_id is not None
    return f"{name} (Site ID {license.blog_id})" if known else name


def name_of(site: Site) -> str:
    """Return how a question names a site."""
    return f"{site_name(site.address)} (Site ID {site.blog_id})"


def _row(license: License, unlisted: Collection[LicenseKey]) -> Row:
    where = site_or_state(license)
    attached = license.state is LicenseState.ATTACHED
    return Row(
        license.product or license.license_key,
        where if attached else where.lower(),
        f"…{license.license_key[-END:]}",
        UNLISTED if license.license_key in unlisted else " ",
        f"#{license.blog_id}" if attached and license.blog_id is not None else "",
    )


def _rows(licenses: Sequence[License], unlisted: Collection[LicenseKey]) -> list[Row]:
    """Return the rows of a question, first those that the user does not see in the list behind it."""
    ordered = sorted(licenses, key=lambda license: license.license_key not in unlisted)
    return [_row(license, unlisted) for license in ordered]


def _states(licenses: Sequence[License]) -> str:
    """Return how many licenses are assigned, unassigned and bundles."""
    bundles = sum(license.is_bundle for license in licenses)
    assigned = sum(license.state is LicenseState.ATTACHED for license in licenses)
    counted = (
        (assigned, "assigned"),
        (len(licenses) - assigned - bundles, "unassigned"),
        (bundles, "bundle" if bundles == 1 else "bundles"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in counted if count)


def selection_note(targets: ActionTargets, unlisted: Collection[LicenseKey], done: str) -> str:
    """Return which of the marked licenses are not in the list that is shown, and which are left out and why.

    `done` is what is done to them ("revoked").
    """
    elsewhere = sum(license.license_key in unlisted for license in targets.licenses)
    count, words = len(targets.licenses), []
    if targets.skipped:
        whole = targets.marked or count + sum(number for _, number in targets.skipped)
        words.append(f"{count:,} of {whole:,} {'marked ' if targets.marked else ''}will be {done}")
    elif targets.marked:
        words.append(f"{targets.marked:,} marked")
    if elsewhere and count == 1:
        words.append("the one meant is not in this list")
    elif elsewhere:
        which = "none of them is" if elsewhere == count else f"{elsewhere:,} of them {_are(elsewhere)} not"
        words.append(f"{which} in this list ({UNLISTED})")
    if targets.incomplete_reason:
        words.append(f"there may be more: {targets.incomplete_reason}")
    if not targets.skipped and not targets.incomplete_reason and len(words) < 2:
        return ""
    return " ".join(
        [f"{'; '.join(words)}.", *(_skipped_text(reason, count) for reason, count in targets.skipped)]
    )


def _skipped_text(reason: str, count: int) -> str:
    """Return the sentence about licenses that are left out for one reason."""
    if reason == IN_BUNDLES:
        belong = "belongs to a bundle" if count == 1 else "belong to bundles"
        return f"{count:,} {belong}; revoke the bundle instead."
    return f"{count:,} left out: {reason}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _it(count: int) -> str:
    return "it" if count == 1 else "them"


# -- assigning -----------------------------------------------------------------------------


def assign(license: License, site: Site, fit: Fit) -> Confirmation:
    """Return the question before one license is assigned; `fit` says what is known of the site."""
    text = [f"{license.product}\n{license.license_key}\nto {name_of(site)}", UNCHANGED]
    return Confirmation(
        "Assign License?",
        [*text, *site_notes(site, fit)],
        f"Assign {license.product} to {site_name(site.address)}",
        harmless=True,
    )


def assign_many(
    targets: ActionTargets, site: Site, fit: Fit, unlisted: Collection[LicenseKey] = ()
) -> Confirmation:
    """Return the question before several licenses are assigned to one site; `targets` are those it takes."""
    count = len(targets.licenses)
    what = pluralize(count, "license")
    order = ", one after another" if count > 1 else ""
    return Confirmation(
        f"Assign {what}?",
        [
            joined(f"To {name_of(site)}{order}.", selection_note(targets, unlisted, "assigned")),
            UNCHANGED,
            *site_notes(site, fit),
        ],
        f"Assign {what} to {site_name(site.address)}",
        rows=_rows(targets.licenses, unlisted),
        harmless=True,
    )


def move(
    targets: ActionTargets,
    site: Site,
    fit: Fit,
    remarks: Sequence[str],
    unlisted: Collection[LicenseKey] = (),
) -> Confirmation:
    """Return the question before licenses are moved to another site; `remarks` say what if the second step fails."""
    licenses, name = targets.licenses, site_name(site.address)
    notes = [*remarks, *site_notes(site, fit)]
    if len(licenses) == 1:
        license = licenses[0]
        about = _one(license, targets, unlisted, "moved")
        about[0] += f"\nto {name_of(site)}"
        loses = f"{site_of(license)} loses {license.product}, {name} gets it. {UNCHANGED}"
        return Confirmation(
            "Move License?",
            [*about, loses, *notes],
            f"Move {license.product} to {name}",
            checkbox=(MAIL, True),
        )
    what = pluralize(len(licenses), "license")
    return Confirmation(
        f"Move {what}?",
        [
            joined(
                f"To {name_of(site)}, {_from_sites(licenses)} now.",
                selection_note(targets, unlisted, "moved"),
            ),
            f"The sites lose these products. {UNCHANGED}",
            *notes,
        ],
        f"Move {what} to {name}",
        checkbox=(MAIL_MANY, True),
        danger=True,
        rows=_rows(licenses, unlisted),
    )


def site_notes(site: Site, fit: Fit) -> list[str]:
    """Return the paragraphs about what may go wrong on a site, none where nothing is known against it."""
    notes = []
    if site.is_connection_healthy is False:
        notes.append("! Jetpack does not answer on this site (disconnected): the API may refuse it.")
    if fit.unsure:
        notes.append(f"! {fit.unsure}")
    return notes


def in_order(licenses: Sequence[License], products: Sequence[Product]) -> list[License]:
    """Return the licenses in the order in which they must be assigned: base products before add-ons."""
    by_key = {license.license_key: license for license in licenses}
    return [by_key[key] for key in assign_order(list(by_key), products)]


# -- unassigning ---------------------------------------------------------------------------


def unassign(targets: ActionTargets, prices: Prices, unlisted: Collection[LicenseKey] = ()) -> Confirmation:
    """Return the question before licenses are unassigned: the site loses the product, billing goes on."""
    licenses = targets.licenses
    if len(licenses) == 1:
        license = licenses[0]
        return Confirmation(
            "Unassign License?",
            [
                *_one(license, targets, unlisted, "unassigned"),
                f"{site_of(license)} loses {license.product}. The license can be assigned to another site.",
                billing_continues(licenses, prices),
            ],
            f"Unassign {license.product} from {site_of(license)}",
            checkbox=(MAIL, True),
        )
    what = pluralize(len(licenses), "license")
    return Confirmation(
        f"Unassign {what}?",
        [
            joined(f"{what}, {_from_sites(licenses)}.", selection_note(targets, unlisted, "unassigned")),
            f"The sites lose these products. {billing_continues(licenses, prices)}",
        ],
        f"Unassign {what}",
        checkbox=(MAIL_MANY, True),
        danger=True,
        rows=_rows(licenses, unlisted),
    )


def _one(license: License, targets: ActionTargets, unlisted: Collection[LicenseKey], done: str) -> list[str]:
    """Return the paragraphs that name one license, with what is to be said of the marks."""
    where = f"\non {_with_id(license)}" if license.state is LicenseState.ATTACHED else ""
    what = f"{license.product}, {license.quantity} licenses" if license.is_bundle else license.product
    note = selection_note(targets, unlisted, done)
    return [f"{what}\n{license.license_key}{where}", *([note] if note else [])]


def _from_sites(licenses: Sequence[License]) -> str:
    sites = {license.blog_id or license.siteurl for license in licenses}
    return f"assigned to {pluralize(len(sites), 'site')}"


# -- revoking ------------------------------------------------------------------------------


def revoke(targets: ActionTargets, prices: Prices, unlisted: Collection[LicenseKey] = ()) -> Confirmation:
    """Return the question before licenses are revoked: it says by what the bill gets lower.

    It cannot be undone, so several ask to type their number.
    """
    licenses = targets.licenses
    size = size_of(licenses)
    if len(licenses) == 1:
        about = _one(licenses[0], targets, unlisted, "revoked")
        return (
            _revoke_bundle(licenses[0], size, about, prices)
            if licenses[0].is_bundle
            else _revoke_one(licenses[0], about, prices)
        )
    note = selection_note(targets, unlisted, "revoked")
    states = _states(licenses)
    plain = bool(targets.skipped) and "," not in states  # the rows show it, and there is more to say
    return Confirmation(
        f"Revoke {pluralize(size, 'license')}?",
        [joined("" if plain else f"{states}.", note), what_follows_revoking(licenses, prices)],
        f"Revoke {pluralize(size, 'license')}",
        require_text=str(size),
        danger=True,
        rows=_rows(licenses, unlisted),
    )


def _revoke_one(license: License, about: list[str], prices: Prices) -> Confirmation:
    where = f" on {site_of(license)}" if license.state is LicenseState.ATTACHED else ""
    what = what_follows_revoking([license], prices)
    return Confirmation("Revoke License?", [*about, what], f"Revoke {license.product}{where}", danger=True)


def _revoke_bundle(license: License, size: int, about: list[str], prices: Prices) -> Confirmation:
    return Confirmation(
        f"Revoke the bundle of {size}?",
        [*about, what_follows_revoking([license], prices)],
        "Revoke bundle",
        require_text=str(size) if size > 1 else None,
        danger=True,
    )


# -- undoing -------------------------------------------------------------------------------


def undo(ready: Sequence[Reversal], changed: Sequence[ChangedSince], prices: Prices) -> Confirmation:
    """Return the question before what was done last is undone: `ready` can be, `changed` has changed since."""
    title, count = undo_title(ready), len(ready)
    verb = title.removeprefix("Undo: ")
    unassigns = any(one.off is not None for one in ready)
    text = []
    if changed:
        whole = count + len(changed)
        left = f"{pluralize(len(changed), 'license')} {'has' if len(changed) == 1 else 'have'} changed since"
        text.append(
            f"{count:,} of {whole:,} can be undone. {left} and {_are(len(changed))} left out ({SKIPPED})."
        )
    text.append(_undo_effect(ready, prices))
    tick = (MAIL if count == 1 else MAIL_MANY, True) if unassigns else None
    if count == 1 and not changed:
        one = ready[0]
        ways = [
            f"{preposition} {site_name(place.site_url)} (Site ID {place.blog_id})"
            for preposition, place in (("from", one.off), ("to", one.back))
            if place is not None
        ]
        again = " again" if one.off is None else ""
        doing = "Unassign" if one.back is None else ("Assign" if one.off is None else "Move")
        where = f"{'from' if one.back is None else 'to'} {site_name(one.place.site_url)}"
        return Confirmation(
            f"{title}?",
            ["\n".join([one.product, one.license_key, *ways]), *text],
            f"{doing} {one.product} {where}{again}",
            checkbox=tick,
        )
    return Confirmation(
        f"{title}?",
        text,
        f"{verb[0].upper()}{verb[1:]}",
        checkbox=tick,
        danger=unassigns,
        rows=[*(_undo_row(one) for one in ready), *(_undo_row(one.reversal, one.why) for one in changed)],
    )


def _undo_effect(ready: Sequence[Reversal], prices: Prices) -> str:
    """Return what undoing does to the sites and to the bill, and what of it stays done."""
    words = undo_effect(ready)
    loose = freed_licenses(ready)
    words.append(billing_continues(loose, prices) if loose else UNCHANGED)
    return joined(*words, mail_stays(ready))


def _undo_row(reversal: Reversal, why: str = "") -> Row:
    place = reversal.place
    return Row(
        reversal.product or reversal.license_key,
        why or site_name(place.site_url),
        f"…{reversal.license_key[-END:]}",
        SKIPPED if why else " ",
        f"#{place.blog_id}" if place.blog_id is not None and not why else "",
    )


# -- afterwards ----------------------------------------------------------------------------


def license_outcome_text(outcome: Outcome[Any]) -> str:
    """Return how a change of a license ended."""
    change = outcome.change
    match change:
        case AssignLicense():
            done, asked = f"{change.product} is assigned to {site_name(change.site_url)}", "assigned"
        case UnassignLicense():
            done, asked = f"{change.product} is unassigned from {site_name(change.site_url)}", "unassigned"
        case RevokeLicense():
            what = f"The bundle of {change.quantity} {change.product}" if change.quantity else change.product
            done, asked = f"{what} is revoked", "revoked"
        case _:
            return str(outcome.sentence)
    return outcome_text(outcome, done, change.product, asked)
