"""The filters of licenses as the command line says them: the same that the app has."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from jpmanage_tui.api.ids import BlogId, LicenseId
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.parser import near_match
from jpmanage_tui.rules.day_range import DayRange, DayRangeError, read_day_range
from jpmanage_tui.rules.license_query import MOST_DAYS, BundleChoice, Filters, ProductChoice
from jpmanage_tui.rules.product_choices import product_choice
from jpmanage_tui.rules.search.fold import fold
from jpmanage_tui.rules.site_matching import ProductMatcher, SiteFinding

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.products import ProductFamily
    from jpmanage_tui.services.license_lists import AllLicenses


class NoLicenseThere(Exception):
    """No license is on the site that is asked for; its own text is a sentence."""


@dataclass(frozen=True)
class ChosenProducts:
    """What the catalog says of the products that are asked for, read before anything else."""

    families: tuple[ProductFamily, ...] = ()

    @classmethod
    async def read(cls, session: Session, arguments: argparse.Namespace) -> Self:
        """Read the catalog where a product is asked for. Raises ApiError."""
        if all(one is None for one in (arguments.product, arguments.has, arguments.lacks)):
            return cls()
        return cls(tuple(await session.client.products.partner_families()))

    def names(self) -> list[str]:
        """Return the names and slugs of all products."""
        products = [product for family in self.families for product in family.products]
        return [*(product.name for product in products), *(product.slug for product in products)]


def filters_of_days(arguments: argparse.Namespace) -> Filters:
    """Return those of the filters for which nothing has to be read. Raises CommandError for what they do not take."""
    for name, days in (
        ("--older-than", arguments.older_than),
        ("--unassigned-for", arguments.unassigned_for),
    ):
        if days is not None and days > MOST_DAYS:
            raise CommandError(f"{name} takes at most {MOST_DAYS:,} days.")
    bundle = arguments.bundle
    return Filters(
        unassigned_for=arguments.unassigned_for,
        bundle=BundleChoice(LicenseId(bundle), f"bundle {bundle}") if bundle is not None else None,
        issued=_days(arguments.issued),
        older_than=arguments.older_than,
    )


async def with_names(
    filters: Filters, arguments: argparse.Namespace, licenses: AllLicenses, products: ChosenProducts
) -> Filters:
    """Return `filters` with those that name a site or a product.

    Raises CommandError for what is not known or not clear, and NoLicenseThere where no license is on the site.
    """
    listed = [name for name, _ in await licenses.index.products(None, "")]
    return replace(
        filters,
        site=await _site(arguments.site, licenses),
        product=_product(arguments.product, listed, products),
        has=_choice(arguments.has, listed, products),
        lacks=_choice(arguments.lacks, listed, products),
    )


def _days(text: str | None) -> DayRange | None:
    if text is None:
        return None
    try:
        return read_day_range(text)
    except DayRangeError as error:
        raise CommandError(str(error)) from None


def _product(text: str | None, listed: Iterable[str], products: ChosenProducts) -> str | None:
    if text is None:
        return None
    found = ProductMatcher(product for family in products.families for product in family.products).match(text)
    if not isinstance(found, str):
        return found.name
    name = next((name for name in listed if fold(name) == fold(text).strip()), None)
    if name is None:
        raise CommandError(f"{found}{near_match(text, [*products.names(), *listed])}")
    return name


def _choice(text: str | None, listed: Iterable[str], products: ChosenProducts) -> ProductChoice | None:
    if text is None:
        return None
    found = product_choice(text, products.families, listed)
    if not isinstance(found, str):
        return found
    match = ProductMatcher(product for family in products.families for product in family.products).match(text)
    if isinstance(match, str):
        known = [*products.names(), *listed]
        if text.casefold().startswith("any "):
            known = [f"any {name}" for family in products.families for name in (family.slug, family.name)]
        raise CommandError(f"{found}{near_match(text, known)}")
    return ProductChoice(match.name, frozenset({match.name}))


async def _site(text: str | None, licenses: AllLicenses) -> str | None:
    if text is None:
        return None
    match = (await licenses.site_matcher()).match(text)
    if match.site is not None:
        return match.site.url
    if text.isdecimal() and await licenses.index.rows_on(BlogId(int(text))):
        raise CommandError(
            f"The API gives no address of the site {text}, by which licenses are filtered. "
            f"`jpmanage licenses show {text}` shows what is on it."
        )
    if match.finding is SiteFinding.NOT_CONNECTED:
        near = f" Licenses are on: {', '.join(site.address for site in match.near)}." if match.near else ""
        raise NoLicenseThere(f"No license is on {text}.{near}")
    raise CommandError(match.problem)
