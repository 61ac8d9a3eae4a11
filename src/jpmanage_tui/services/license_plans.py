"""Plans for licenses that were chosen one by one: assigned to one site, unassigned, revoked.

Nothing here asks or sends; see `bulk_plans`.
"""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.run import PlannedItem, RunPlan
from jpmanage_tui.rules.assigning import Fit
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed, assign_order
from jpmanage_tui.rules.prices import bill_ends
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.bulk_plans import BulkPlan, LeftOut
from jpmanage_tui.services.license_changes import assign_change, revoke_change, size_of, unassign_change


def split_allowed(
    licenses: Sequence[License], action: LicenseAction
) -> tuple[list[License], tuple[LeftOut, ...]]:
    """Return the licenses with which `action` may be done, each once, and why it may not be done with the others."""
    may: dict[LicenseKey, License] = {}
    left_out: dict[LicenseKey, LeftOut] = {}
    for license in licenses:
        answer = allowed(license, action)
        if isinstance(answer, NotAllowed):
            left_out[license.license_key] = LeftOut(license.license_key, answer.reason, license.product)
        else:
            may[license.license_key] = license
    return list(may.values()), tuple(left_out.values())


def plan_assigning_to(
    licenses: Sequence[License], site: Site, fit: Fit, products: Sequence[Product]
) -> BulkPlan:
    """Return the plan that assigns licenses to one site, base products before add-ons (contract: licenses 3.7).

    `fit` says which of them the site takes; `products` is the catalog.
    """
    may, left_out = split_allowed(licenses, LicenseAction.ASSIGN)
    refused = {one.candidate.key: one.reason for one in fit.refused}
    left_out += tuple(
        LeftOut(license.license_key, refused[license.license_key], license.product)
        for license in may
        if license.license_key in refused
    )
    going = {license.license_key: license for license in may if license.license_key not in refused}
    ordered = [going[key] for key in assign_order(list(going), products)]
    return BulkPlan(
        RunPlan(
            f"Assign {pluralize(len(ordered), 'license')}",
            tuple(PlannedItem(assign_change(license, site)) for license in ordered),
        ),
        left_out,
        assigned=len(ordered),
        sites=1 if ordered else 0,
        remarks=(fit.unsure,) if fit.unsure else (),
    )


def plan_unassigning(licenses: Sequence[License], *, send_email: bool) -> BulkPlan:
    """Return the plan that takes licenses from their sites; `send_email`: the customers are told."""
    may, left_out = split_allowed(licenses, LicenseAction.UNASSIGN)
    return BulkPlan(
        RunPlan(
            f"Unassign {pluralize(len(may), 'license')}",
            tuple(PlannedItem(unassign_change(license, send_email)) for license in may),
        ),
        left_out,
        unassigned=len(may),
        sites=len({license.blog_id or license.siteurl for license in may}),
    )


def plan_revoking(licenses: Sequence[License], products: Sequence[Product]) -> BulkPlan:
    """Return the plan that revokes licenses for good; what is in a bundle that is revoked goes with it.

    `products` is the catalog, by whose prices the bill gets lower.
    """
    bundles = {
        license.license_id
        for license in licenses
        if license.is_bundle and not isinstance(allowed(license, LicenseAction.REVOKE), NotAllowed)
    } - {None}
    apart = [license for license in licenses if license.parent_license_id not in bundles]
    going, left_out = split_allowed(apart, LicenseAction.REVOKE)
    size, with_bundle = size_of(going), len(licenses) - len(apart)
    return BulkPlan(
        RunPlan(
            f"Revoke {pluralize(size, 'license')}",
            tuple(PlannedItem(revoke_change(license)) for license in going),
        ),
        left_out,
        revoked=size,
        sites=len({license.blog_id or license.siteurl for license in going if license.was_attached}),
        saved=bill_ends(going, products),
        remarks=(f"{pluralize(with_bundle, 'license')} of these go with their bundles.",)
        if with_bundle
        else (),
    )
