"""Plans that take licenses off their sites: to another site, or since a client leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.run import PlannedItem, RunPlan
from jpmanage_tui.rules.assigning import candidate, fit
from jpmanage_tui.rules.catalog import fits_site
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed, assign_order
from jpmanage_tui.rules.prices import bill_ends
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.account_data import AccountData
from jpmanage_tui.services.bulk_plans import (
    BulkPlan,
    LeftOut,
    assign_item,
    not_ready,
    product_of_license,
    remarks_of,
)
from jpmanage_tui.services.license_change_text import email_remark
from jpmanage_tui.services.license_changes import revoke_change, unassign_change
from jpmanage_tui.services.site_lists import SiteList


def plan_moving(
    licenses: Sequence[License], site: Site, account: AccountData, *, send_email: bool = True
) -> BulkPlan:
    """Return the plan that takes licenses from their sites and assigns them to another one.

    `send_email`: the customers are told that the product was removed.
    """
    left_out: list[LeftOut] = []
    movable: dict[LicenseKey, License] = {}
    name = site_name(site.address)
    for license in licenses:
        answer = allowed(license, LicenseAction.UNASSIGN)
        if isinstance(answer, NotAllowed):
            left_out.append(LeftOut(license.license_key, answer.reason, license.product))
        elif license.blog_id == site.blog_id:
            left_out.append(LeftOut(license.license_key, f"It is on {name} already.", license.product))
        else:
            movable[license.license_key] = license
    ordered = [movable[key] for key in assign_order(list(movable), account.products)]
    answer_of_site = fit(
        [candidate(license) for license in ordered], site, {site.blog_id: account.licenses_on(site.blog_id)}
    )
    for refused in answer_of_site.refused:
        left_out.append(LeftOut(refused.candidate.key, refused.reason, refused.candidate.product))
    owned = account.owned(site)
    taken: list[Product] = []
    items: list[PlannedItem] = []
    moved: list[License] = []
    for going in answer_of_site.going:
        license = movable[going.key]
        product = product_of_license(license, account)
        answer = fits_site(product, owned, taken, account.products)
        if isinstance(answer, NotAllowed):
            left_out.append(LeftOut(license.license_key, answer.reason, license.product))
            continue
        taken.append(product)
        moved.append(license)
        items.append(PlannedItem(unassign_change(license, send_email)))
        items.append(assign_item(license, site, needs=len(items) - 1))
    if len(moved) == 1:
        there = moved[0].siteurl or f"site {moved[0].blog_id}"
        title = f"Move {moved[0].product or moved[0].license_key} from {site_name(there)} to {name}"
        fails = "If it cannot be assigned then, it stays unassigned and billed; retry it, or assign it to another site."
    else:
        title = f"Move {pluralize(len(moved), 'license')} to {name}"
        fails = "One that cannot be assigned then stays unassigned and billed; retry it, or assign it to another site."
    return BulkPlan(
        RunPlan(title, tuple(items)),
        tuple(left_out),
        assigned=len(moved),
        unassigned=len(moved),
        sites=len({license.blog_id for license in moved} | {site.blog_id}) if moved else 0,
        remarks=remarks_of(
            account,
            (bool(moved), f"{'It is' if len(moved) == 1 else 'Each is'} unassigned first. {fails}"),
            (bool(moved) and send_email, email_remark(len(moved))),
        ),
    )


class Leaving(Enum):
    """What becomes of the licenses of a client that leaves."""

    UNASSIGN = "unassign"
    REVOKE = "revoke"
    UNASSIGN_AND_REVOKE = "unassign and revoke"


def plan_leaving(
    sites: Sequence[Site], account: AccountData, leaving: Leaving, *, send_email: bool = True
) -> BulkPlan:
    """Return the plan for all licenses of these sites, those inside bundles too.

    `send_email`: the customers are told of what is unassigned. A license of a bundle that is to be unassigned and
    revoked is revoked only, which takes it from its site: once unassigned it could be revoked with its bundle alone
    (contract: licenses 2.4, 2.6).
    """
    left_out: list[LeftOut] = []
    items: list[PlannedItem] = []
    unassigned: list[License] = []
    revoked: list[License] = []
    changed: set[BlogId] = set()
    named = {site.blog_id: site_name(site.address) for site in sites}
    for blog_id, name in named.items():
        there = {license.license_key: license for license in account.licenses_on(blog_id)}
        if not there:
            left_out.append(LeftOut(name, "No license is assigned to it."))
        # add-ons are taken off before what they need
        for key in reversed(assign_order(list(there), account.products)):
            license = there[key]
            answer = allowed(license, LicenseAction.UNASSIGN)
            if isinstance(answer, NotAllowed):
                left_out.append(LeftOut(name, answer.reason, license.product))
                continue
            changed.add(blog_id)
            needs = None
            if leaving is Leaving.UNASSIGN or (
                leaving is Leaving.UNASSIGN_AND_REVOKE and not license.is_child
            ):
                needs = len(items)
                items.append(PlannedItem(unassign_change(license, send_email)))
                unassigned.append(license)
            if leaving is not Leaving.UNASSIGN:
                change = revoke_change(license)
                if needs is not None:  # it is on no site any more by then
                    change = replace(change, site_url=None)
                items.append(PlannedItem(change, needs=needs))
                revoked.append(license)
    replaced = sum(license.is_child for license in revoked)
    count = len({license.license_key for license in (*unassigned, *revoked)})
    names = [name for blog_id, name in named.items() if blog_id in changed]
    where = names[0] if len(names) == 1 else pluralize(len(names), "site")
    return BulkPlan(
        RunPlan(f"{leaving.value.capitalize()} {pluralize(count, 'license')} of {where}", tuple(items)),
        tuple(left_out),
        unassigned=len(unassigned),
        revoked=len(revoked),
        sites=len(changed),
        saved=bill_ends(revoked, account.products),
        remarks=remarks_of(
            account,
            (bool(revoked), "Revoking cannot be undone."),
            (
                replaced == 1,
                "One is part of a bundle: a new unassigned license replaces it; the bundle costs the same.",
            ),
            (
                replaced > 1,
                f"{replaced:,} are parts of bundles: a new unassigned license replaces each; "
                "the bundles cost the same.",
            ),
            (
                leaving is Leaving.UNASSIGN and bool(unassigned),
                "Unassigned licenses are billed until they are revoked.",
            ),
            (bool(unassigned) and send_email, email_remark(len(unassigned))),
        ),
    )


def plan_list_leaving(site_list: SiteList, leaving: Leaving, *, send_email: bool = True) -> BulkPlan:
    """Return the plan for all licenses of the sites of a list (ListUse.SITES); see `plan_leaving`."""
    sites = [line.site for line in site_list.ready if line.site is not None]
    plan = plan_leaving(sites, site_list.account, leaving, send_email=send_email)
    return replace(plan, left_out=(*not_ready(site_list), *plan.left_out))
