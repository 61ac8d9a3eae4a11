"""Looking whether a change of a licence was done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from jpmanage_tui.api.errors import NotFoundError
from jpmanage_tui.api.ids import LicenseId, LicenseKey, ProductSlug
from jpmanage_tui.api.models.license import License, LicensePage, LicenseSort, LicenseState, SortDirection
from jpmanage_tui.api.paging import PageNumberPaginator
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.snapshot import is_before
from jpmanage_tui.operations.verification import CheckResult, Look

SLUG_IN_KEY = 38
"""A product's name inside a licence code is cut at this length (contract: licences 3.7)."""

_PER_PAGE = 50
_MOST_PAGES = 40


async def find_license(client: ClientPort, key: LicenseKey, parent_id: LicenseId | None) -> License | None:
    """Return the licence with exactly this code, whatever its state, or None if the lists do not show it.

    A bundle's child may be listed only under its bundle, so ``parent_id`` is looked through as well, unless the
    bundle itself is unknown by now.

    Raises:
        ApiError: the list could not be had.

    """
    page = await client.licenses.list(filter=None, search=key, page=1, per_page=_PER_PAGE)
    found = next((item for item in page.items if item.license_key == key), None)
    if found is not None or parent_id is None:
        return found
    try:
        return await _find_child(client, key, parent_id)
    except NotFoundError:
        return None


async def _find_child(client: ClientPort, key: LicenseKey, parent_id: LicenseId) -> License | None:
    """Return the license of the bundle that has this code. Raises NotFoundError when the bundle is unknown."""

    async def fetch(number: int, per_page: int) -> LicensePage:
        return await client.licenses.list(
            filter=None,
            page=number,
            per_page=per_page,
            sort=LicenseSort.ISSUED_AT,
            direction=SortDirection.ASC,
            parent_id=parent_id,
        )

    async for member in PageNumberPaginator(fetch, lambda item: item.license_key, _PER_PAGE):
        if member.license_key == key:
            return member
    return None


async def look_at_assign(client: ClientPort, change: AssignLicense) -> Look:
    """Look whether the licence is on the site it was meant for."""
    found = await find_license(client, change.license_key, change.parent_id)
    if found is None:
        return _not_listed(change.license_key)
    if found.state is LicenseState.REVOKED:
        return Look(CheckResult.NOT_YET, f"{change.license_key} is revoked.")
    if not found.was_attached:
        return Look(CheckResult.NOT_YET, f"{change.license_key} is not assigned to a site.")
    if found.blog_id == change.blog_id:
        return Look(CheckResult.DONE, f"{change.license_key} is assigned to {change.site_url}.")
    elsewhere = found.siteurl or f"site {found.blog_id or 'unknown'}"
    return Look(CheckResult.NOT_YET, f"{change.license_key} is assigned to another site, {elsewhere}.")


async def look_at_unassign(client: ClientPort, change: UnassignLicense) -> Look:
    """Look whether the licence is free of its site."""
    found = await find_license(client, change.license_key, change.parent_id)
    if found is None:
        return _not_listed(change.license_key)
    if found.state is LicenseState.REVOKED:
        return Look(CheckResult.DONE, f"{change.license_key} is revoked, so it is on no site.")
    if found.was_attached:
        return Look(
            CheckResult.NOT_YET, f"{change.license_key} is still assigned to {found.siteurl or 'its site'}."
        )
    return Look(CheckResult.DONE, f"{change.license_key} is not assigned to a site any more.")


async def look_at_revoke(client: ClientPort, change: RevokeLicense) -> Look:
    """Look whether the licence is revoked: in the lists, else by itself (a revoked child leaves its list)."""
    found = await find_license(client, change.license_key, change.parent_id)
    if found is None:
        try:
            revoked = (await client.licenses.get(change.license_key)).revoked_at is not None
        except NotFoundError:
            return Look(
                CheckResult.GONE,
                f"{change.license_key} is in none of this account's lists any more, and not known.",
            )
    else:
        revoked = found.was_revoked
    if revoked:
        return Look(CheckResult.DONE, f"{change.license_key} is revoked.")
    return Look(CheckResult.NOT_YET, f"{change.license_key} is not revoked.")


async def look_at_issue(
    client: ClientPort, change: IssueLicense, since: datetime | None, known: Collection[LicenseKey]
) -> Look:
    """Look for a licence of that product and size, issued since the server's time ``since`` and not in
    ``known``.

    ``known`` are the codes that were there before, and those that the journal's other entries brought.
    """
    if since is None:
        return Look(
            CheckResult.UNCLEAR,
            "The server's time when it was sent is not known: its licenses cannot be told from older ones.",
        )
    candidates, complete = await _issued_since(client, change.product, since)
    keys = tuple(
        item.license_key
        for item in candidates
        if item.license_key not in known and _size(item.quantity) == _size(change.quantity)
    )
    if len(keys) == 1:
        return Look(CheckResult.DONE, f"{change.product_name} was issued: {keys[0]}.", keys)
    if keys:
        return Look(
            CheckResult.UNCLEAR,
            f"{len(keys)} {change.product_name} licenses were issued since then ({', '.join(keys)}), "
            "and which one is this change's, if any, cannot be told.",
        )
    if not complete:
        return Look(CheckResult.BLIND, "The list of licenses could not be read completely.")
    return Look(CheckResult.NOT_YET, f"No {change.product_name} license was issued since then.")


async def _issued_since(
    client: ClientPort, product: ProductSlug, since: datetime
) -> tuple[list[License], bool]:
    """Return the partner's own licenses of ``product`` issued since, as its clock may be late, and whether these are
    surely all.
    """

    async def fetch(number: int, per_page: int) -> LicensePage:
        return await client.licenses.list(
            filter=None,
            page=number,
            per_page=per_page,
            sort=LicenseSort.ISSUED_AT,
            direction=SortDirection.DESC,
        )

    found: list[License] = []
    listed = PageNumberPaginator(fetch, lambda item: item.license_key, _PER_PAGE)
    for _ in range(_MOST_PAGES):
        items = await listed.next_page()
        if listed.unreadable or any(item.issued_at is None for item in items):
            return found, False
        recent = [
            item for item in items if item.issued_at is not None and not is_before(item.issued_at, since)
        ]
        found += [item for item in recent if _is_of(item, product)]
        if len(recent) < len(items):
            return found, True  # from here on they are older
        if listed.done:
            return found, listed.complete
    return found, False


def _is_of(item: License, product: ProductSlug) -> bool:
    return (
        item.product_slug == product[:SLUG_IN_KEY] and not item.is_standard and item.parent_license_id is None
    )


def _size(quantity: int | None) -> int:
    """One licence may carry no quantity, or one."""
    return quantity or 1


def _not_listed(key: LicenseKey) -> Look:
    return Look(CheckResult.BLIND, f"{key} is in none of this account's lists.")
