"""Which licenses a site takes, and why it does not take the others (contract: licenses 1.4, 3.7, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductId, ProductSlug
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.licenses import SLUG_CUT, multisites_hidden
from jpmanage_tui.rules.sites import site_name

ONE_EACH = "a site takes one license of a product"
ON_MULTISITE = "does not work on a multisite"


class Candidate(NamedTuple):
    """A license that is to be assigned: one there is, or one that is to be issued.

    `key` is its code, for one that is to be issued the product's slug, with which its code will begin.
    """

    key: LicenseKey
    product: str
    slug: ProductSlug | None
    product_id: ProductId | None = None

    def is_same_product(self, license: License) -> bool:
        """Tell whether a license is of the same product: by the ids, or the codes where the API gave no id."""
        if self.product_id is not None and license.product_id is not None:
            return self.product_id == license.product_id
        return self.slug is not None and self.slug == license.product_slug


def candidate(license: License) -> Candidate:
    """Return a license there is as a candidate."""
    name = license.product or license.license_key
    return Candidate(license.license_key, name, license.product_slug, license.product_id)


def to_be_issued(slug: ProductSlug, name: str, product_id: ProductId | None) -> Candidate:
    """Return a license that is to be issued as a candidate; ids of 0 stand for none."""
    return Candidate(LicenseKey(slug), name, ProductSlug(slug[:SLUG_CUT]), product_id or None)


class Refused(NamedTuple):
    """Why a site does not take a license: a sentence, the same of several licenses in a few words, and in two words."""

    candidate: Candidate
    reason: str
    of_many: str
    word: str


class Fit(NamedTuple):
    """Which licenses a site takes, in the order given, and which it does not.

    `unsure` says why more may be refused than is known, as a sentence; empty where all is known that the API tells.
    """

    going: tuple[Candidate, ...]
    refused: tuple[Refused, ...] = ()
    unsure: str = ""

    @property
    def none_fits(self) -> bool:
        """Whether the site takes none of them."""
        return not self.going and bool(self.refused)


def holders(licenses: Iterable[License]) -> dict[BlogId, tuple[License, ...]]:
    """Return the licenses that are assigned now, by their site."""
    found: dict[BlogId, tuple[License, ...]] = {}
    for license in licenses:
        if license.state is LicenseState.ATTACHED and license.blog_id is not None:
            found[license.blog_id] = (*found.get(license.blog_id, ()), license)
    return found


def fit(candidates: Sequence[Candidate], site: Site, held: Mapping[BlogId, Sequence[License]]) -> Fit:
    """Return which candidates `site` takes; `held` are the licenses that are assigned, by site.

    A site takes one license of a product, whoever bought the one it has and whether that belongs to a bundle. What the
    list of sites says that it has counts too, where it says it.
    """
    going: list[Candidate] = []
    refused: list[Refused] = []
    ids: set[ProductId | None] = set()
    slugs: set[ProductSlug | None] = set()
    there = held.get(site.blog_id, ())
    listed = {*site.product_ids, *([site.plan_product_id] if site.plan_product_id is not None else [])}
    name = site_name(site.address)
    for one in candidates:
        owned = next((license for license in there if one.is_same_product(license)), None)
        if owned is not None or (one.product_id is not None and one.product_id in listed):
            has = f"{name} has {one.product} already{_which(owned)}"
            refused.append(
                Refused(one, f"{has}, and {ONE_EACH}.", "the site has it already", "has it already")
            )
        elif site.is_multisite and multisites_hidden([one.key]):
            reason = f"{one.product} {ON_MULTISITE}, which {name} is."
            refused.append(Refused(one, reason, f"{ON_MULTISITE}, which the site is", "is a multisite"))
        elif (one.product_id in ids) if one.product_id is not None else (one.slug in slugs):
            reason = f"Another {one.product} license is chosen, and {ONE_EACH}."
            refused.append(Refused(one, reason, ONE_EACH, "takes one"))
        else:
            going.append(one)
            ids.add(one.product_id)
            slugs.add(one.slug)
    return Fit(tuple(going), tuple(refused))


def _which(owned: License | None) -> str:
    """Return which license it is that a site has, where that is not one like any other."""
    if owned is None:
        return ""
    words = []
    if owned.is_standard:
        words.append("bought elsewhere")
    if owned.is_child:
        words.append("in a bundle")
    return f" ({', '.join(words)})" if words else ""
