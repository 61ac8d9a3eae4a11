"""Prices: what a license or a bundle costs per day, month and year. Nothing is rounded before it is shown.

An amount per month is, per day, amount x 12 / 365 and, per year, amount x 12. An amount per day is, per
month, amount x 365 / 12 (about) and, per year, amount x 365. For any other interval there is no arithmetic:
show its word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product, ProductFamily
from jpmanage_tui.rules.licenses import product_of

_MONTHS, _DAYS = Decimal(12), Decimal(365)
_NO_DIGITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF"}
    | {"XOF", "XPF"}
)
_THREE_DIGITS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in major units of ``currency`` (upper case; None if unknown) per ``interval``, the API's
    word.
    """

    amount: Decimal
    currency: str | None
    interval: str | None

    @property
    def is_known(self) -> bool:
        """Whether the interval is one we can reckon with."""
        return self.interval in {"day", "month"}

    @property
    def per_day(self) -> Decimal | None:
        """Per day, None for an unknown interval."""
        if self.interval == "month":
            return self.amount * _MONTHS / _DAYS
        return self.amount if self.interval == "day" else None

    @property
    def per_month(self) -> Decimal | None:
        """Per month, None for an unknown interval; see ``month_is_about``."""
        if self.interval == "day":
            return self.amount * _DAYS / _MONTHS
        return self.amount if self.interval == "month" else None

    @property
    def per_year(self) -> Decimal | None:
        """Per year, None for an unknown interval."""
        if self.interval == "day":
            return self.amount * _DAYS
        return self.amount * _MONTHS if self.interval == "month" else None

    @property
    def month_is_about(self) -> bool:
        """Whether the month's figure is an average, months having 28 to 31 days: mark it with ≈."""
        return self.interval == "day"

    def times(self, factor: Decimal | int) -> "Price":
        """Return the price of ``factor`` of these."""
        return Price(self.amount * factor, self.currency, self.interval)


def unit_price(product: Product) -> Price | None:
    """Return the price of one license, None where the API gave none."""
    if product.amount is None:
        return None
    return Price(product.amount, product.currency, product.price_interval)


def bundle_price(product: Product, size: int) -> Price | None:
    """Return the price of a whole bundle of ``size``, None where it is not sold or not priced."""
    amount = next((bundle.amount for bundle in product.supported_bundles if bundle.quantity == size), None)
    if amount is None:
        return None
    return Price(amount, product.currency, product.price_interval)


def cost(product: Product, quantity: int) -> Price | None:
    """Return the price of ``quantity`` licenses: the bundle's where that size is sold, else that many units.

    None where the price is not given (contract: licenses 3.4, corrected).
    """
    sizes = {bundle.quantity for bundle in product.supported_bundles}
    if quantity in sizes:
        return bundle_price(product, quantity)
    unit = unit_price(product)
    return unit.times(quantity) if unit else None


def saving(product: Product, size: int) -> Decimal | None:
    """Return what a bundle costs less than as many single licenses, per interval; None where there is no
    telling.

    Negative where the bundle costs more: that is no saving, and not to be shown as one.
    """
    unit, bundle = unit_price(product), bundle_price(product, size)
    return unit.amount * size - bundle.amount if unit and bundle else None


def saving_percent(product: Product, size: int) -> int | None:
    """Return the saving in whole percent of the single price, None where there is none to show."""
    less, unit = saving(product, size), unit_price(product)
    if less is None or unit is None or less <= 0:
        return None
    return int((less * 100 / (unit.amount * size)).quantize(Decimal(1), ROUND_HALF_UP)) or None


@dataclass(frozen=True, slots=True)
class Total:
    """A sum per day and month in one currency; ``about`` where a part of the month's figure is an average."""

    currency: str | None
    per_day: Decimal
    per_month: Decimal
    about: bool


def totals(prices: Iterable[Price]) -> tuple[Total, ...]:
    """Return a sum for each currency; prices of an unknown interval are not in any (count them apart)."""
    sums: dict[str | None, Total] = {}
    for price in prices:
        day, month = price.per_day, price.per_month
        if day is None or month is None:
            continue
        old = sums.get(price.currency, Total(price.currency, Decimal(0), Decimal(0), False))
        sums[price.currency] = Total(
            price.currency, old.per_day + day, old.per_month + month, old.about or price.month_is_about
        )
    return tuple(sums.values())


def license_price(
    license: License, products: Sequence[Product], bundle_sizes: Mapping[LicenseId, int] | None = None
) -> Price | None:
    """Return what a license costs by the partner's own prices, None where that is not known.

    ``products`` is the whole catalog with prices, not the shaped one: old products are billed too. A bundle's parent
    costs the bundle's amount. A license of a bundle costs its share of that; ``bundle_sizes`` gives the size by the
    parent's ``license_id``, without which it has no price (the price of a single one would be another).
    """
    product = product_of(license.license_key, products)
    if product is None:
        return None
    if license.is_bundle:
        return bundle_price(product, license.quantity or 0)
    if license.parent_license_id is None:
        return unit_price(product)
    size = (bundle_sizes or {}).get(license.parent_license_id, 0)
    whole = bundle_price(product, size)
    return whole.times(Decimal(1) / size) if whole is not None and size > 0 else None


@dataclass(frozen=True, slots=True)
class Cost:
    """What licenses cost together.

    ``totals`` are the sums, one for each currency; ``apart`` the prices of an interval that we cannot reckon with, in
    no sum; ``unknown`` how many licenses or bundles have no known price.
    """

    totals: tuple[Total, ...] = ()
    apart: tuple[Price, ...] = ()
    unknown: int = 0

    @property
    def known(self) -> bool:
        """Whether a price of any of them is known."""
        return bool(self.totals or self.apart)


def cost_of(prices: Iterable[Price | None]) -> Cost:
    """Return what licenses of these prices cost together; None stands for one whose price is not known."""
    listed = list(prices)
    known = [price for price in listed if price is not None]
    apart = tuple(price for price in known if not price.is_known)
    return Cost(totals(known), apart, len(listed) - len(known))


def bill_ends(licenses: Iterable[License], products: Sequence[Product]) -> Cost:
    """Return by what the bill gets lower when licenses and bundles are revoked.

    A license of a bundle is replaced by a new one, and the bundle costs the same (contract: licenses 1.3, 6); a license
    that was bought elsewhere is not on this bill.
    """
    billed = [license for license in licenses if not license.is_child and not license.is_standard]
    return cost_of(license_price(license, products) for license in billed)


def currency_of(families: Iterable[ProductFamily]) -> str | None:
    """Return the one currency of the partner's prices, for billing, which names none; None where they
    differ.
    """
    found = {product.currency for family in families for product in family.products if product.currency}
    return found.pop() if len(found) == 1 else None


def digits_of(currency: str | None) -> int:
    """Return how many digits a currency shows after the point."""
    if currency in _NO_DIGITS:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def money(amount: Decimal, currency: str | None) -> str:
    """Return an amount as it is shown: rounded half up to the currency's digits, with sign or code."""
    shown = rounded(amount, digits_of(currency))
    if currency in _SIGNS:
        minus = "-" if shown < 0 else ""
        return f"{minus}{_SIGNS[currency]}{abs(shown):,f}"
    return f"{shown:,f} {currency}" if currency else f"{shown:,f}"


def rounded(amount: Decimal, digits: int) -> Decimal:
    """Return an amount rounded half up to so many digits; never a negative zero."""
    exact = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return abs(exact) if exact.is_zero() else exact
