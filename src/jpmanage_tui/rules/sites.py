"""Addresses of sites: how they are read, what tells two of them apart, and what belongs to WordPress's own pages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443, "": 443}
_OWN_PAGE = re.compile(
    r"/(?:wp-(?:admin|content|includes|json)(?=/|$)|wp-[a-z-]+\.php(?=/|$)|xmlrpc\.php(?=/|$)|index\.php(?=/|$))",
    re.IGNORECASE,
)
"""Where a path leaves the site's address and enters WordPress's own folders and files."""
_SITELESS = re.compile(r"siteless\.(?:jetpack|akismet|marketplace\.wp)\.com", re.IGNORECASE)
"""The vendor's stand-ins for a site: what was bought without a site is attached to one until it is activated."""
_ADDRESS_SIGNS = ("/", "::")
"""What a word has that is an address or a part of one, and neither a license code nor a product."""
USUAL_USER = "1"
"""The id of a site's first administrator (contract: licenses 1.15)."""


class Address(NamedTuple):
    """A site's address in parts.

    `scheme` is "http", "https", or "" where none was given; `host` has its port where that is not the scheme's own;
    `path` begins with a slash and ends without one, "" for the root.
    """

    scheme: str
    host: str
    path: str

    @property
    def plain(self) -> str:
        """Host and path."""
        return f"{self.host}{self.path}"


class SiteUrl(NamedTuple):
    """The address by which a site is connected, and what of the text that was typed does not belong to it."""

    url: str
    cut: tuple[str, ...] = ()


def _split(text: str) -> SplitResult | None:
    """Return the parts of an http(s) address, also of one without scheme or in the slug form with ``::``.

    None for anything else. (Contract: licenses 1.4 has the slug form.)
    """
    text = text.strip()
    if "://" not in text:
        text = text.replace("::", "/")
        text = text if text.startswith("//") else f"//{text}"
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises where it is no port
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https") or not parts.hostname:
        return None
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port is None or port == _DEFAULT_PORTS[parts.scheme] else f"{host}:{port}"


def _site_path(path: str) -> tuple[str, str]:
    """Return the path of the site, and what follows it that belongs to WordPress's own pages."""
    page = _OWN_PAGE.search(path)
    return (path[: page.start()].rstrip("/"), path[page.start() :]) if page else (path.rstrip("/"), "")


def read_address(text: str) -> Address | None:
    """Return the address of the site that `text` names, or a page of which it names; None where it is no address.

    The scheme may be missing, ``::`` may stand for a slash. The closing slash, user name, query, fragment and what
    belongs to WordPress's own pages (wp-admin, wp-login.php, …) are no part of it.
    """
    parts = _split(text)
    if parts is None:
        return None
    path, _ = _site_path(parts.path)
    return Address(parts.scheme, _host(parts), path)


def search_text(text: str) -> str:
    """Return `text` as it is searched for: each pasted address without its scheme, closing slash and pages.

    A server compares what it is sent with the address that it has stored, which may lack the scheme and does lack the
    closing slash. Words that are no addresses, license codes among them, stay as they are.
    """
    return " ".join(_searched(word) for word in text.split())


def _searched(word: str) -> str:
    if not any(sign in word for sign in _ADDRESS_SIGNS):
        return word
    address = read_address(word)
    if address is not None:
        return address.plain
    return word if "://" in word else word.rstrip("/") or word  # a part of an address: /uk/


@lru_cache(maxsize=8192)
def site_name(siteurl: str) -> str:
    """Return how a site is named on the screen: what tells it from every site with another address.

    That is host and path; a port where it is not the scheme's own; and ``http://`` where it is that, since https goes
    without saying. What cannot be read as an address stays as it is.
    """
    parts = _split(siteurl)
    if parts is None:
        return siteurl
    scheme = "http://" if parts.scheme == "http" else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}{_host(parts)}{parts.path.rstrip('/')}{query}"


def is_siteless(siteurl: str | None) -> bool:
    """Tell whether an address is the vendor's stand-in for a site: the license is not activated on one yet."""
    parts = _split(siteurl) if siteurl else None
    return parts is not None and _SITELESS.fullmatch(parts.hostname or "") is not None


def site_url(text: str) -> SiteUrl | None:
    """Return the address by which the site of `text` is connected, with https where no scheme was given.

    None where it is no http(s) address. `cut` names what was left out of it: pages of WordPress itself, and what no
    address of a site has (contract: licenses 1.15 wants the full URL of the site).
    """
    if any(character.isspace() for character in text.strip()):
        return None
    parts = _split(text)
    if parts is None:
        return None
    path, page = _site_path(parts.path)
    found = (
        (page, page),
        (parts.query, "what follows the ?"),
        (parts.fragment, "what follows the #"),
        (parts.username or parts.password, "user name and password"),
    )
    url = f"{parts.scheme or 'https'}://{_host(parts)}{path}"
    return SiteUrl(url, tuple(words for there, words in found if there))
