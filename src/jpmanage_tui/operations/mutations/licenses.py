"""Mutations of licenses: issue, assign, unassign, revoke; how each is sent, and how a lost one is verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from jpmanage_tui.api.errors import NotFoundError
from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductSlug
from jpmanage_tui.api.licenses import (
    IssuedLicense,
    License,
    LicensePage,
    LicenseSort,
    LicenseState,
    SortDirection,
)
from jpmanage_tui.api.paging import PageNumberPaginator
from jpmanage_tui.operations.mutation import CheckResult, Mutation, Secrets, Snapshot, Verification, is_before
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.rules.sites import site_name

SLUG_IN_KEY = 38
"""A product's name inside a license code is cut at this length (contract: licenses 3.7)."""

_PER_PAGE = 50
_MOST_PAGES = 40


@dataclass(frozen=True)
class _OfOneLicense(Mutation[None]):
    license_key: LicenseKey

    @property
    def conflict_key(self) -> str:
        """The license itself."""
        return f"license:{self.license_key}"

    def _order_keys(self, site_url: str | None, parent_id: LicenseId | None) -> frozenset[str]:
        """Return the license, its site and its bundle: an add-on is assigned after its base product (contract: licenses
        3.7).
        """
        keys = {self.conflict_key} if self.license_key else set()
        if site_url:
            keys.add(f"site:{site_name(site_url)}")
        if parent_id is not None:
            keys.add(f"bundle:{parent_id}")
        return frozenset(keys)


@dataclass(frozen=True)
class AssignLicense(_OfOneLicense, kind="assign_license"):
    """Give a license to a site. ``parent_id`` is its bundle's, by which a bundle's child is found again."""

    blog_id: BlogId
    site_url: str
    product: str
    parent_id: LicenseId | None = None

    @property
    def order_keys(self) -> frozenset[str]:
        """The license, its site and its bundle."""
        return self._order_keys(self.site_url, self.parent_id)

    def summary(self) -> str:
        """Return what it does."""
        site = self.site_url or f"site {self.blog_id}"
        code = f" ({self.license_key})" if self.license_key else ""  # it has none before it is issued
        return f"Assign {_named(self.product)}{code} to {site}"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it (contract: licenses 1.4)."""
        await client.licenses.assign(self.license_key, self.blog_id)

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the license is on the site it was meant for."""
        found = await find_license(client, self.license_key, self.parent_id)
        if found is None:
            return _not_listed(self.license_key)
        if found.state is LicenseState.REVOKED:
            return Verification(CheckResult.NOT_YET, f"{self.license_key} is revoked.")
        if not found.was_attached:
            return Verification(CheckResult.NOT_YET, f"{self.license_key} is not assigned to a site.")
        if found.blog_id == self.blog_id:
            return Verification(CheckResult.DONE, f"{self.license_key} is assigned to {self.site_url}.")
        elsewhere = found.siteurl or f"site {found.blog_id or 'unknown'}"
        return Verification(
            CheckResult.NOT_YET, f"{self.license_key} is assigned to another site, {elsewhere}."
        )


@dataclass(frozen=True)
class UnassignLicense(_OfOneLicense, kind="unassign_license"):
    """Take a license from its site; ``send_email``: the customer is told by e-mail (contract: licenses
    1.5). ``blog_id`` is the site's, by which it can be undone; None where the API did not give it.
    """

    send_email: bool
    product: str
    site_url: str
    parent_id: LicenseId | None = None
    blog_id: BlogId | None = None

    @property
    def order_keys(self) -> frozenset[str]:
        """The license, its site and its bundle."""
        return self._order_keys(self.site_url, self.parent_id)

    def summary(self) -> str:
        """Return what it does."""
        site = self.site_url or "its site"
        return f"Unassign {_named(self.product)} ({self.license_key}) from {site}"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it."""
        await client.licenses.unassign(self.license_key, send_email=self.send_email)

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the license is free of its site."""
        found = await find_license(client, self.license_key, self.parent_id)
        if found is None:
            return _not_listed(self.license_key)
        if found.state is LicenseState.REVOKED:
            return Verification(CheckResult.DONE, f"{self.license_key} is revoked, so it is on no site.")
        if found.was_attached:
            return Verification(
                CheckResult.NOT_YET, f"{self.license_key} is still assigned to {found.siteurl or 'its site'}."
            )
        return Verification(CheckResult.DONE, f"{self.license_key} is not assigned to a site any more.")


@dataclass(frozen=True)
class RevokeLicense(_OfOneLicense, kind="revoke_license"):
    """Revoke a license, or the whole bundle of ``quantity`` whose parent's code it is. It cannot be undone.

    ``site_url`` is the site that loses the product, None where no site used it.
    """

    product: str
    quantity: int | None = None
    parent_id: LicenseId | None = None
    site_url: str | None = None

    @property
    def order_keys(self) -> frozenset[str]:
        """The license, its site and its bundle."""
        return self._order_keys(self.site_url, self.parent_id)

    def summary(self) -> str:
        """Return what it does."""
        what = (
            f"the bundle of {self.quantity} licenses {self.product}"
            if self.quantity
            else _named(self.product)
        )
        site = f" on {self.site_url}" if self.site_url else ""
        return f"Revoke {what.strip()} ({self.license_key}){site}"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it (contract: licenses 1.3)."""
        await client.licenses.revoke(self.license_key)

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the license is revoked: in the lists, else by itself (a revoked child leaves its list)."""
        found = await find_license(client, self.license_key, self.parent_id)
        if found is None:
            try:
                revoked = (await client.licenses.get(self.license_key)).revoked_at is not None
            except NotFoundError:
                return Verification(
                    CheckResult.GONE,
                    f"{self.license_key} is in none of this account's lists any more, and not known.",
                )
        else:
            revoked = found.was_revoked
        if revoked:
            return Verification(CheckResult.DONE, f"{self.license_key} is revoked.")
        return Verification(CheckResult.NOT_YET, f"{self.license_key} is not revoked.")


@dataclass(frozen=True)
class IssueLicense(Mutation[IssuedLicense], kind="issue_license"):
    """Issue one license of ``product``, or one bundle of ``quantity`` (contract: licenses 1.2)."""

    needs_snapshot: ClassVar[bool] = True
    retry_while_card_propagates: ClassVar[bool] = True
    product: ProductSlug
    quantity: int | None
    product_name: str

    @property
    def conflict_key(self) -> str:
        """The product: two unknown issues of one product could not be told apart."""
        return f"issue:{self.product}"

    @property
    def order_keys(self) -> frozenset[str]:
        """The product: the look-up of a lost one compares what there was before and after."""
        return frozenset({self.conflict_key})

    def summary(self) -> str:
        """Return what it does."""
        name = self.product_name or self.product
        if self.quantity is not None and self.quantity > 1:
            return f"Issue a bundle of {self.quantity} {name} licenses"
        return f"Issue one {name} license"

    async def send(self, client: ClientPort, secrets: Secrets) -> IssuedLicense:
        """Send it."""
        return await client.licenses.issue(self.product, self.quantity)

    def keys_of(self, result: IssuedLicense) -> tuple[LicenseKey, ...]:
        """Return the new license's code (a bundle's: that of its parent)."""
        return (result.license_key,)

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Search for a license of that product and size, issued since the server's time in ``snapshot``, and none of
        the codes that were there then or that the journal's other entries brought.
        """
        since = snapshot.server_date
        if since is None:
            return Verification(
                CheckResult.UNCLEAR,
                "The server's time when it was sent is not known: its licenses cannot be told from older ones.",
            )
        known_keys = frozenset(snapshot.known_keys)
        candidates, complete = await _issued_since(client, self.product, since)
        keys = tuple(
            item.license_key
            for item in candidates
            if item.license_key not in known_keys and _size(item.quantity) == _size(self.quantity)
        )
        if len(keys) == 1:
            return Verification(CheckResult.DONE, f"{self.product_name} was issued: {keys[0]}.", keys)
        if keys:
            return Verification(
                CheckResult.UNCLEAR,
                f"{len(keys)} {self.product_name} licenses were issued since then ({', '.join(keys)}), "
                "and which one is this change's, if any, cannot be told.",
            )
        if not complete:
            return Verification(CheckResult.BLIND, "The list of licenses could not be read completely.")
        return Verification(CheckResult.NOT_YET, f"No {self.product_name} license was issued since then.")


async def find_license(client: ClientPort, key: LicenseKey, parent_id: LicenseId | None) -> License | None:
    """Return the license with exactly this code, whatever its state, or None if the lists do not show it.

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


async def bundle_members(client: ClientPort, parent_id: LicenseId) -> tuple[LicenseKey, ...]:
    """Return the codes of the licenses in a bundle, in the order of their ids; none where not all of them could be read.

    Raises:
        ApiError: they could not be read; NotFoundError when the bundle is unknown.

    """
    listed = _children(client, parent_id)
    members = [one async for one in listed]
    if listed.unreadable or not listed.complete:
        return ()
    return tuple(one.license_key for one in sorted(members, key=lambda one: one.license_id or 0))


def _children(client: ClientPort, parent_id: LicenseId) -> PageNumberPaginator[License]:
    async def fetch(number: int, per_page: int) -> LicensePage:
        return await client.licenses.list(
            filter=None,
            page=number,
            per_page=per_page,
            sort=LicenseSort.ISSUED_AT,
            direction=SortDirection.ASC,
            parent_id=parent_id,
        )

    return PageNumberPaginator(fetch, lambda item: item.license_key, _PER_PAGE)


async def _find_child(client: ClientPort, key: LicenseKey, parent_id: LicenseId) -> License | None:
    """Return the license of the bundle that has this code. Raises NotFoundError when the bundle is unknown."""
    async for member in _children(client, parent_id):
        if member.license_key == key:
            return member
    return None


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
    """One license may carry no quantity, or one."""
    return quantity or 1


def _not_listed(key: LicenseKey) -> Verification:
    return Verification(CheckResult.BLIND, f"{key} is in none of this account's lists.")


def _named(product: str) -> str:
    """Return a product's name, as the API may give none."""
    return product or "a license"
