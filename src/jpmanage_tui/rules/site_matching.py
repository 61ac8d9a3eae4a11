"""Which connected site an address means, and which product a name: what is unclear is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote

from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.api.text import to_punycode
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.search.fold import fold
from jpmanage_tui.rules.sites import Address, read_address, site_name

MOST_NEAR = 5
"""Sites or products that are named where none, or more than one, is surely meant."""
_PORT = re.compile(r":[0-9]+\Z")


class SiteFinding(Enum):
    """What became of looking for the site of an address."""

    FOUND = "found"
    UNCLEAR = "unclear"
    NOT_CONNECTED = "not connected"
    NO_ADDRESS = "no address"


class SiteMatch(NamedTuple):
    """The site that an address means, None where that is not sure.

    `problem` is a sentence that says why, '' where a site was found; `near` are the sites that it might mean.
    """

    finding: SiteFinding
    site: Site | None = None
    problem: str = ""
    near: tuple[Site, ...] = ()


class SiteMatcher:
    """Finds the site that an address, or a Site ID, means."""

    def __init__(self, sites: Iterable[Site]) -> None:
        """`sites` are all among which one is looked for."""
        self._by_id: dict[BlogId, Site] = {}
        self._by_key: dict[str, list[tuple[Address, Site]]] = {}
        self._by_host: dict[str, list[Site]] = {}
        for site in sites:
            address = _read(site.address) or Address("", site.address, "")
            key = f"{address.host}{address.path.lower()}"
            self._by_id[site.blog_id] = site
            self._by_key.setdefault(key, []).append((address, site))
            self._by_host.setdefault(_bare_host(address.host), []).append(site)

    @property
    def sites(self) -> tuple[Site, ...]:
        """All among which one is looked for, each once."""
        return tuple(self._by_id.values())

    def match(self, text: str) -> SiteMatch:
        """Return the site that `text` means, or why none is surely meant.

        Case, the closing slash, pages of WordPress and the spelling of an international name do not count. The scheme,
        and the case of a path, count only where they tell two sites apart; ``www.`` always counts.
        """
        if re.fullmatch(r"[0-9]{1,18}", text):
            site = self._by_id.get(BlogId(int(text)))
            if site is not None:
                return SiteMatch(SiteFinding.FOUND, site)
            return SiteMatch(SiteFinding.NOT_CONNECTED, problem=f"No connected site has the Site ID {text}.")
        address = _read(text)
        if address is None:
            return SiteMatch(SiteFinding.NO_ADDRESS, problem=f"“{text}” is no address of a site.")
        found = self._by_key.get(f"{address.host}{address.path.lower()}", [])
        if len(found) > 1 and address.scheme:
            found = [one for one in found if one[0].scheme == address.scheme] or found
        if len(found) > 1:
            found = [one for one in found if one[0].path == address.path] or found
        sites = tuple(site for _, site in found)
        if len(sites) == 1:
            return SiteMatch(SiteFinding.FOUND, sites[0])
        if sites:
            problem = f"It may mean {_names(sites, 'or')}."
            return SiteMatch(SiteFinding.UNCLEAR, problem=problem, near=sites[:MOST_NEAR])
        near = self._by_host.get(_bare_host(address.host), [])
        beside = f" Connected at the same host: {_names(near, 'and')}." if near else ""
        return SiteMatch(
            SiteFinding.NOT_CONNECTED, problem=f"It is not connected.{beside}", near=tuple(near[:MOST_NEAR])
        )


def address_key(text: str) -> str:
    """Return what the spellings of one address have in common, whether a site of it is connected or not."""
    address = _read(text)
    return f"{address.host}{address.path.lower()}" if address is not None else fold(text)


def _read(text: str) -> Address | None:
    """Return an address as it is compared: its host in ASCII and lower case, its path decoded.

    None for what is no address; words with spaces between them are none.
    """
    address = read_address(text)
    if address is None or " " in address.host:
        return None
    host = to_punycode(address.host).lower().removesuffix(".")
    return Address(address.scheme, host, unquote(address.path))


def _bare_host(host: str) -> str:
    """Return a host without ``www.`` and port: what two addresses that are near each other share."""
    return _PORT.sub("", host).removeprefix("www.")


def _names(sites: Sequence[Site], word: str) -> str:
    shown = sites[:MOST_NEAR]
    names = [site_name(site.address) for site in shown]
    if len({name.partition("://")[2] or name for name in names}) < len(names):
        names = [site.address for site in shown]  # only the schemes tell them apart
    if len(set(names)) < len(names):  # a site that was connected anew has its address twice
        names = [f"{site_name(site.address)} (Site ID {site.blog_id})" for site in shown]
    more = len(sites) - len(names)
    if more:
        return f"{', '.join(names)} {word} {more:,} more"
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


class ProductMatcher:
    """Finds the product of a slug or a name."""

    def __init__(self, products: Iterable[Product]) -> None:
        """`products` are all among which one is looked for."""
        self._by_slug: dict[str, list[Product]] = {}
        self._by_name: dict[str, list[Product]] = {}
        self._by_title: dict[str, list[Product]] = {}
        for product in products:
            for names, name in (
                (self._by_slug, product.slug),
                (self._by_name, product.name),
                (self._by_title, title(product.name)),
            ):
                names.setdefault(fold(name).strip(), []).append(product)

    def match(self, text: str) -> Product | str:
        """Return the product of this slug, name or title; where none is surely meant, a sentence that says why."""
        wanted = fold(text).strip()
        for names in (self._by_slug, self._by_name, self._by_title):
            found = names.get(wanted, []) if wanted else []
            if len(found) == 1:
                return found[0]
            if found:
                return f"“{text}” may be {' or '.join(product.slug for product in found[:MOST_NEAR])}."
        return f"There is no product “{text}”."
