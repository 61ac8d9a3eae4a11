"""What may be done with a license, and why not (contract: licenses 2.4, 3.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.api.licenses import License, LicenseState, product_slug_of
from jpmanage_tui.rules.sites import is_siteless

if TYPE_CHECKING:
    from jpmanage_tui.api.products import Product

SLUG_CUT = 38
"""Characters of a product's slug that a license code keeps."""

ADD_ON_FAMILY = "jetpack-backup-storage"
"""Family of the storage add-ons, which need their base product on the site first."""

_DEBUG = "https://jptools.wordpress.com/debug/?url="
_NO_MULTISITE = ("jetpack-backup", "jetpack-scan")


class LicenseAction(Enum):
    """What a user may want to do with one license, in the vendor's words."""

    VIEW_SITE = "View Site"
    DEBUG_SITE = "Debug Site"
    COPY = "Copy License Code"
    ASSIGN = "Assign License"
    UNASSIGN = "Unassign License"
    REVOKE = "Revoke License"
    DOWNLOAD = "Download"


class Allowed(NamedTuple):
    """It may be done."""


class NotAllowed(NamedTuple):
    """It may not; ``reason`` is a sentence for the user, ``of_many`` says it of several licenses in a few words."""

    reason: str
    of_many: str = ""


Permission = Allowed | NotAllowed

IN_BUNDLES = "in a bundle; revoke the bundle instead"
"""Why unassigned licenses of bundles are not revoked one by one."""

_STANDARD = NotAllowed("Bought elsewhere: view only. Manage it where it was bought.", "bought elsewhere")
_REVOKED = NotAllowed("This license is revoked.", "revoked")
_UNASSIGNED = NotAllowed("This license is not assigned to a site.", "not assigned")
_NOT_ACTIVATED = NotAllowed("This license is not activated on a site yet.", "not activated")
_BUNDLE = NotAllowed("Open the bundle and take one of its licenses.", "bundles")


def allowed(license: License, action: LicenseAction) -> Permission:
    """Tell whether ``action`` may be offered for ``license``, else why not.

    Unassign and revoke are both offered for an assigned license: the API supports both, whatever the vendor's
    page shows this year.
    """
    return _RULES[action](license)


def _copy(license: License) -> Permission:
    del license
    return Allowed()


def _site(license: License) -> Permission:
    state = license.state
    if state is not LicenseState.ATTACHED:
        return _why_not_attached(state)
    if is_siteless(license.siteurl):
        return _NOT_ACTIVATED
    if web_address(license.siteurl) is None:
        return NotAllowed("The API gives no address for this license's site.", "no address known")
    return Allowed()


def _assign(license: License) -> Permission:
    if license.is_standard:
        return _STANDARD
    state = license.state
    if state is LicenseState.DETACHED:
        return Allowed()
    if state is LicenseState.ATTACHED:
        return NotAllowed("It is assigned already; unassign it first.", "assigned already")
    return _why_not_attached(state)


def _unassign(license: License) -> Permission:
    if license.is_standard:
        return _STANDARD
    state = license.state
    return Allowed() if state is LicenseState.ATTACHED else _why_not_attached(state)


def _revoke(license: License) -> Permission:
    if license.is_standard:
        return _STANDARD
    state = license.state
    if state is LicenseState.REVOKED:
        return NotAllowed("This license is revoked already.", "revoked already")
    if license.is_child and state is not LicenseState.ATTACHED:
        return NotAllowed(
            "It belongs to a bundle; revoke the bundle instead.",
            IN_BUNDLES,
        )
    return Allowed()


def _download(license: License) -> Permission:
    if license.is_standard:
        return _STANDARD
    state = license.state
    if state is not LicenseState.ATTACHED:
        return _why_not_attached(state)
    if license.has_downloads:
        return Allowed()
    return NotAllowed("This product has nothing to download.", "nothing to download")


def _why_not_attached(state: LicenseState) -> NotAllowed:
    if state is LicenseState.REVOKED:
        return _REVOKED
    return _BUNDLE if state is LicenseState.BUNDLE else _UNASSIGNED


_RULES: dict[LicenseAction, Callable[[License], Permission]] = {
    LicenseAction.VIEW_SITE: _site,
    LicenseAction.DEBUG_SITE: _site,
    LicenseAction.COPY: _copy,
    LicenseAction.ASSIGN: _assign,
    LicenseAction.UNASSIGN: _unassign,
    LicenseAction.REVOKE: _revoke,
    LicenseAction.DOWNLOAD: _download,
}


def web_address(siteurl: str | None) -> str | None:
    """Return the http(s) address of a site, with https where it had no scheme; None for anything else."""
    if not siteurl:
        return None
    address = siteurl if "://" in siteurl else f"https://{siteurl}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname else None


def host_of(siteurl: str | None) -> str:
    """Return what the list shows as site: the host name, the raw value where it does not parse, ''
    without one.
    """
    address = web_address(siteurl)
    host = urlsplit(address).hostname if address else None
    return host or siteurl or ""


def debug_url(siteurl: str) -> str:
    """Return the address of Jetpack's debug page for a site."""
    return _DEBUG + quote(siteurl, safe="")


def multisites_hidden(keys: Iterable[LicenseKey]) -> bool:
    """Tell whether multisites are left out of the site picker: when every code is backup or scan."""
    listed = list(keys)
    return bool(listed) and all(key.startswith(_NO_MULTISITE) for key in listed)


def is_of_product(key: LicenseKey, slug: ProductSlug) -> bool:
    """Tell whether a license code can be one of that product; codes cut the slug at 38 characters."""
    return product_slug_of(key) in {slug, ProductSlug(slug[:SLUG_CUT])}


def product_of(key: LicenseKey, products: Sequence[Product]) -> Product | None:
    """Return the product of a license code; None when it is not among ``products`` or could be several."""
    slug = product_slug_of(key)
    exact = [product for product in products if product.slug == slug]
    found = exact or [product for product in products if is_of_product(key, product.slug)]
    return found[0] if len({product.slug for product in found}) == 1 else None


def assign_order(keys: Sequence[LicenseKey], products: Sequence[Product]) -> tuple[LicenseKey, ...]:
    """Return all ``keys`` in the order in which they are assigned.

    Base products before storage add-ons, then by ascending product id; products that the catalog does not
    know (legacy ones) come after the known ones of their kind, in the order given, and are never dropped.
    """

    def rank(entry: tuple[int, LicenseKey]) -> tuple[bool, bool, int, int]:
        index, key = entry
        product = product_of(key, products)
        slug = product_slug_of(key) or ""
        add_on = product.family_slug == ADD_ON_FAMILY if product else "-addon-" in slug
        return add_on, product is None, product.product_id if product else 0, index

    return tuple(key for _, key in sorted(enumerate(keys), key=rank))
