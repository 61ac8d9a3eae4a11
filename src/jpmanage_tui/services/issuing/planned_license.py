"""Which of the licenses go to the chosen site, and why the others do not. Pure; no Textual, no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from jpmanage_tui.api.ids import LicenseKey, ProductId, ProductSlug
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.assigning import Candidate, to_be_issued
from jpmanage_tui.rules.catalog import Section, fits_site, section_of
from jpmanage_tui.rules.licenses import NotAllowed, multisites_hidden
from jpmanage_tui.services.issuing.quote import QuoteLine

BUNDLE = "The licenses of a bundle are assigned one by one, from the list."
ONE_EACH = "A site takes one license of a product."
_ORDER = tuple(Section)


@dataclass(frozen=True)
class PlannedLicense:
    """One request to issue: a single license or a bundle. `why` says why it does not go to the chosen site."""

    slug: ProductSlug
    size: int
    name: str
    to_site: bool = False
    why: str = ""

    @property
    def words(self) -> str:
        """The product, with the size of a bundle."""
        return self.name if self.size == 1 else f"{self.name}, bundle of {self.size}"


def without_site(lines: Iterable[QuoteLine]) -> tuple[PlannedLicense, ...]:
    """Return one for each request, none of them for a site."""
    return tuple(
        PlannedLicense(line.pick.slug, line.pick.size, line.name) for line in lines for _ in range(line.count)
    )


def assign_to_site(
    lines: Sequence[QuoteLine], owned: Collection[ProductId], catalog: Sequence[Product]
) -> tuple[PlannedLicense, ...]:
    """Return one for each request, with whether it goes to a site that has the products `owned`.

    Where two products exclude each other the plan goes before the single product, else what was picked first.
    Bundles and the second license of a product stay unassigned (contract: licenses 3.2, 3.7).
    """
    reasons = _reasons(lines, owned, catalog)
    planned_licenses: list[PlannedLicense] = []
    for line in lines:
        for index in range(line.count):
            why = reasons[line.pick.slug] if line.pick.size == 1 else BUNDLE
            if not why and index:
                why = ONE_EACH
            planned_licenses.append(PlannedLicense(line.pick.slug, line.pick.size, line.name, not why, why))
    return tuple(planned_licenses)


def _reasons(
    lines: Sequence[QuoteLine], owned: Collection[ProductId], catalog: Sequence[Product]
) -> dict[ProductSlug, str]:
    """Return for each single product why it cannot go to the site, '' where it can; legacy ones always can."""
    reasons = {line.pick.slug: "" for line in lines}
    singles = [line.product for line in lines if line.pick.size == 1 and line.product is not None]
    accepted: list[Product] = []
    for product in sorted(singles, key=lambda one: _ORDER.index(section_of(one))):
        answer = fits_site(product, owned, accepted, catalog)
        if isinstance(answer, NotAllowed):
            reasons[product.slug] = answer.reason
        else:
            accepted.append(product)
    return reasons


def site_candidates(lines: Iterable[QuoteLine]) -> list[Candidate]:
    """Return the single licenses that are to be issued, for which a site can be chosen."""
    return [
        to_be_issued(line.pick.slug, line.name, line.product.product_id if line.product is not None else None)
        for line in lines
        if line.pick.size == 1
        for _ in range(line.count)
    ]


def hides_multisites(lines: Iterable[QuoteLine]) -> bool:
    """Tell whether the site picker leaves multisites out: when every single license is backup or scan."""
    # a license code begins with its product's slug, so the rule about codes serves before there is a code
    return multisites_hidden([LicenseKey(line.pick.slug) for line in lines if line.pick.size == 1])
