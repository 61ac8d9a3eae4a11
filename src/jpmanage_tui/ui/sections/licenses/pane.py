"""What the pane beside the list says of a license: its facts, what it costs, and what can be done with it now."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from time import monotonic
from typing import NamedTuple

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.licenses import web_address
from jpmanage_tui.rules.prices import Price, license_price, money
from jpmanage_tui.rules.site_health import health_state
from jpmanage_tui.rules.sites import is_siteless, search_text
from jpmanage_tui.rules.text import format_datetime
from jpmanage_tui.services.price_list import PriceList, Prices, price_list
from jpmanage_tui.services.price_text import interval_words
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import error_text, keyless_error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.licenses.columns import (
    BUNDLE_SIGN,
    DASH,
    ELSEWHERE_SIGN,
    MEMBER_SIGN,
    NOT_ACTIVATED,
)
from jpmanage_tui.ui.sections.licenses.detail import fields, owner
from jpmanage_tui.ui.widgets.detail_pane import Detail, Fact, Title, action_details
from jpmanage_tui.ui.widgets.states import REVOKED, UNASSIGNED

WAITING = "· · ·"
FRESH = 300.0
"""Seconds for which what was asked about a row is shown without asking again."""
AGAIN = 60.0
"""Seconds after which is asked again what could not be read."""
_STATES = {
    LicenseState.ATTACHED: "Assigned",
    LicenseState.DETACHED: f"{UNASSIGNED} Unassigned",
    LicenseState.REVOKED: f"{REVOKED} Revoked",
}


# -- in words --------------------------------------------------------------------------------


def state_text(license: License) -> str:
    """Return what a license is, with the sign that its row has for it."""
    if license.state is LicenseState.BUNDLE:
        words = f"Bundle of {license.quantity} {BUNDLE_SIGN}"
    else:
        words = _STATES[license.state] + (
            f", bundle of {license.quantity} {BUNDLE_SIGN}" if license.is_bundle else ""
        )
    if license.is_standard:
        return f"{words}, bought elsewhere {ELSEWHERE_SIGN}"
    return f"{words}, of a bundle {MEMBER_SIGN}" if license.is_child else words


def price_details(
    license: License, prices: Prices | None, bundle_sizes: Mapping[LicenseId, int]
) -> list[Detail]:
    """Return what a license costs by the partner's own prices: a bundle as a whole, and each license of it.

    A dash where it is on no bill any more, or never was: revoked, or bought elsewhere. `prices` is None while they are
    on their way; `bundle_sizes` has the size of a bundle by its `license_id`, as far as the rows tell it.
    """
    title = Title("Price, its share of the bundle" if license.is_child else "Price")
    if license.is_standard or license.state is LicenseState.REVOKED:
        return [title, *_no_price(DASH)]
    if prices is None:
        return [title, *_no_price(WAITING)]
    if prices.products is None:
        return [title, Fact("Per day", prices.why, muted=True)]
    price = license_price(license, prices.products, bundle_sizes)
    if price is None:
        return [title, *_no_price("not known")]
    return [title, *price_facts(price, license.quantity if license.is_bundle else None)]


def _no_price(words: str) -> list[Detail]:
    return [Fact("Per day", words, muted=True), Fact("Per month", words, muted=True)]


def price_facts(price: Price, size: int | None = None) -> list[Detail]:
    """Return a price per day and per month; that of a bundle of `size` also for each of its licenses."""
    if price.per_day is None or price.per_month is None:
        return [Fact("Price", interval_words(price))]
    about = "≈" if price.month_is_about else ""
    return [
        Fact(label, sign + money(amount, price.currency) + _each(amount, size, sign, price.currency))
        for label, amount, sign in (("Per day", price.per_day, ""), ("Per month", price.per_month, about))
    ]


def _each(amount: Decimal, size: int | None, sign: str, currency: str | None) -> str:
    return f", each {sign}{money(amount / size, currency)}" if size else ""


def health_fact(site: Site | ApiError | None, asked: bool) -> Fact:
    """Return how the site of a license is, as far as the API says; a dash where it is on none that the API lists."""
    if isinstance(site, Site):
        return Fact("Health", health_state(site).strip(), state=True)
    if isinstance(site, ApiError):
        return Fact("Health", error_text(site, "not loaded"), muted=True)
    return Fact("Health", WAITING if asked else DASH, muted=True)


def license_details(
    license: License,
    site: Fact,
    price: Sequence[Detail],
    actions: Sequence[tuple[str, str, str | None]],
) -> list[Detail]:
    """Return all that the pane says of a license; `actions` are (command, label, why not) of its menu.

    The same facts stand at the same place whatever the license is: what differs between two rows is all that is sent.
    """
    bundle = {label: value for label, value in fields(license) if label in ("Bundle", "Part of")}
    address = license.siteurl or DASH
    return [
        Title(license.product or license.license_key),
        Fact("State", state_text(license), state=True),
        Fact("License code", license.license_key, least=2),
        Fact("Owner", owner(license)),
        Fact("Site ID", str(license.blog_id) if license.blog_id is not None else DASH),
        Fact("Site", f"{NOT_ACTIVATED}: {address}" if is_siteless(license.siteurl) else address),
        site,
        Fact("Issued on", format_datetime(license.issued_at)),
        Fact("Assigned on", format_datetime(license.attached_at)),
        Fact("Revoked on", format_datetime(license.revoked_at)),
        *(Fact(label, value) for label, value in bundle.items()),
        *price,
        *action_details(actions),
    ]


# -- reading ---------------------------------------------------------------------------------


class SiteOf(NamedTuple):
    """The key of the read of a license's site."""

    blog_id: BlogId


PRICES = "prices"


class LicenseFacts:
    """What the pane says of licenses and the list does not: prices, and how the site is. Read in workers of `section`.

    The prices are those of every row, and read once. A site is read when the cursor rests on a license of it, and kept
    for a while; `cancel` drops the read when the cursor goes on. `changed` is called when something came.
    """

    def __init__(
        self, section: Section, changed: Callable[[], None], clock: Callable[[], float] = monotonic
    ) -> None:
        self._client = section.session.client
        self._price_list: PriceList = price_list(section.session)
        self._changed = changed
        self._clock = clock
        self._prices: Prices | None = None
        self._sites: dict[BlogId, Site | ApiError | None] = {}
        self._until: dict[Hashable, float] = {}
        """Until when what was read is fresh, by what it is."""
        self._loader: Loader[SiteOf | str] = Loader(section, "license-details", failed=self._failed)

    @property
    def prices(self) -> Prices | None:
        """The partner's prices, None while they are on their way."""
        return self._prices

    def health_of(self, license: License) -> Fact:
        """Return what is known of how a license's site is."""
        key = _site_key(license)
        if key is None:
            return health_fact(None, asked=False)
        return health_fact(self._sites.get(key.blog_id), self._loader.waits_for(key))

    def load(self, license: License) -> None:
        """Ask for what is not known of a license, or not known any more."""
        if self._is_due(PRICES):
            self._loader.load(
                PRICES, partial(self._price_list.read, explain=keyless_error_text), self._take_prices
            )
        key = _site_key(license)
        if key is not None and self._is_due(key):
            self._loader.load(
                key, partial(self._read_site, license, key.blog_id), partial(self._take_site, key)
            )

    def begins_row(self, license: License) -> bool:
        """Return whether the row itself is to be asked for again; it is then taken for fresh."""
        if not self._is_due(license.license_key):
            return False
        self._until[license.license_key] = self._clock() + FRESH
        return True

    def forget_row(self, key: Hashable) -> None:
        """Let a row be asked for again: what was asked did not come."""
        self._until.pop(key, None)

    def cancel(self) -> None:
        """Drop the read of a site; the prices are those of every row."""
        self._loader.keep_only((PRICES,))

    def forget(self) -> None:
        """Ask again for everything when the cursor rests next."""
        self._until.clear()

    def _is_due(self, key: SiteOf | str | LicenseKey) -> bool:
        return not self._loader.waits_for(key) and self._clock() >= self._until.get(key, 0.0)

    async def _read_site(self, license: License, blog_id: BlogId) -> Site | None:
        page = await self._client.sites.list(search_text(license.siteurl or ""))
        # the search matches more than this one site
        return next((site for site in page.items if site.blog_id == blog_id), None)

    def _take_site(self, key: SiteOf, site: Site | None) -> None:
        self._sites[key.blog_id] = site
        self._until[key] = self._clock() + FRESH
        self._changed()

    def _take_prices(self, prices: Prices) -> None:
        self._prices = prices
        self._until[PRICES] = self._clock() + (AGAIN if prices.products is None else FRESH)
        self._changed()

    def _failed(self, key: SiteOf | str, error: ApiError) -> None:
        if isinstance(key, SiteOf):
            self._sites[key.blog_id] = error
        self._until[key] = self._clock() + AGAIN
        self._changed()


def _site_key(license: License) -> SiteOf | None:
    """Return the key of a license's site; None where it is on none that the API lists."""
    on_site = license.state is LicenseState.ATTACHED and not is_siteless(license.siteurl)
    if not on_site or license.blog_id is None or web_address(license.siteurl) is None:
        return None
    return SiteOf(license.blog_id)
