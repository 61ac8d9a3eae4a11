"""The changes of single licenses, made in one place for the app and the command line."""

from __future__ import annotations

from collections.abc import Iterable

from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.mutations.licenses import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.rules.sites import site_name


def named(license: License) -> str:
    """Return what a change calls a license: its product, by its code where the API gave no product."""
    return license.product or license.license_key


def address_of(license: License) -> str:
    """Return the whole address of a license's site, as the journal keeps it; by its Site ID where there is none."""
    return license.siteurl or f"site {license.blog_id}"


def assign_change(license: License, site: Site) -> AssignLicense:
    """Return the change that assigns a license to a site."""
    return AssignLicense(
        license.license_key,
        site.blog_id,
        site_name(site.address),
        named(license),
        license.parent_license_id,
    )


def unassign_change(license: License, send_email: bool) -> UnassignLicense:
    """Return the change that takes a license from its site; `send_email`: the customer is told."""
    return UnassignLicense(
        license.license_key,
        send_email,
        named(license),
        address_of(license),
        license.parent_license_id,
        license.blog_id,
    )


def revoke_change(license: License) -> RevokeLicense:
    """Return the change that revokes a license, or a bundle with what is in it."""
    return RevokeLicense(
        license.license_key,
        named(license),
        license.quantity if license.is_bundle else None,
        license.parent_license_id,
        address_of(license) if license.state is LicenseState.ATTACHED else None,
    )


def size_of(licenses: Iterable[License]) -> int:
    """Return how many licenses a revocation touches: a bundle counts its size (design: what SSH asks)."""
    return sum((license.quantity or 1) if license.is_bundle else 1 for license in licenses)
