"""Unassigned but billed: licenses that are paid for and assigned to no site."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.prices import Price, Total, license_price, totals

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class UnassignedLicense:
    """An unassigned license and its price; None where the API gives none for it."""

    license: License
    price: Price | None

    def days(self, now: datetime) -> int | None:
        """Return the full days since it was issued, None without an issue date. ``now`` is aware."""
        issued = self.license.issued_at
        return max(0, (now - issued).days) if issued is not None else None


@dataclass(frozen=True, slots=True)
class UnassignedReport:
    """The unassigned licenses, oldest first; sums per currency; ``unpriced`` counts those in no sum."""

    items: tuple[UnassignedLicense, ...]
    totals: tuple[Total, ...]
    unpriced: int


def is_unassigned(license: License) -> bool:
    """Tell whether a license is billed to the partner and assigned to no site; a bundle's parent never is."""
    return license.state is LicenseState.DETACHED and not license.is_standard


def unassigned_report(
    licenses: Iterable[License], products: Sequence[Product], bundle_sizes: Mapping[LicenseId, int]
) -> UnassignedReport:
    """Return which are unassigned and billed among ``licenses``, and what they cost by the partner's own prices.

    ``products`` is the whole catalog with prices, not the shaped one: old products are billed too. A
    bundle's license costs its share of the bundle; ``bundle_sizes`` gives the size by the parent's
    ``license_id``, without which it has no price (the price of a single one would be another).
    """
    found = sorted(
        (item for item in licenses if is_unassigned(item)), key=lambda item: item.issued_at or _LAST
    )
    items = tuple(UnassignedLicense(item, license_price(item, products, bundle_sizes)) for item in found)
    known = [item.price for item in items if item.price is not None and item.price.is_known]
    return UnassignedReport(items, totals(known), len(items) - len(known))
