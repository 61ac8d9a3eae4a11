"""Which proxy a request goes through: ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, and never one to this machine.

Plain http is for this machine only (the settings refuse it elsewhere), so ``HTTP_PROXY`` is never used:
a request that a proxy forwards carries its token in the clear. A proxy that is asked for https passes on bytes that
it cannot read.
"""

from collections.abc import Mapping
from typing import NamedTuple

import httpx

from jpmanage_tui.loopback import is_loopback

SCHEMES = ("http", "https", "socks5", "socks5h")
"""What a proxy's address may begin with; both socks5 ones leave it to the proxy to look a host up."""
_USED = ("https", "all")
"""The variables that name a proxy, without ``_proxy``, the one that wins first."""


class CannotSend(httpx.TransportError):
    """A request that did not leave this machine. ``sentence`` says why, and holds no secret.

    ``lasting``: trying again is of no use until the environment, or the proxy, is changed.
    """

    def __init__(self, sentence: str, *, lasting: bool = True) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.lasting = lasting


class ProxyServer(NamedTuple):
    """A proxy: the variable that names it, its address without user and password, and these where it has them."""

    variable: str
    url: httpx.URL
    auth: tuple[str, str] | None

    @property
    def words(self) -> str:
        """Where it is and which variable says so, for a sentence."""
        port = "" if self.url.port is None else f":{self.url.port}"
        host = f"[{self.url.host}]" if ":" in self.url.host else self.url.host
        return f"the proxy {host}{port} ({self.variable})"


class Proxies:
    """The proxies that an environment names.

    As curl and httpx have it: the lower-case variable wins over the upper-case one, also where it is empty, and one of
    the scheme over ``ALL_PROXY``. ``NO_PROXY`` is a list with commas: ``*`` for all hosts, ``example.com`` for a host
    and those below it, ``.example.com`` for those below it only, addresses and networks (``10.0.0.0/8``), each with
    ``:port`` where only that port is meant.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        """`env` is the environment; nothing in it is checked before it is needed."""
        self._named = {scheme: _variable(env, f"{scheme}_proxy") for scheme in _USED}
        entries = _variable(env, "no_proxy")[1].lower().split(",")
        self._without = [entry for entry in (one.strip() for one in entries) if entry]

    def of(self, url: httpx.URL) -> ProxyServer | None:
        """Return the proxy for an address, None where it is asked directly.

        Raises CannotSend where the variable names no proxy that can be used.
        """
        if is_loopback(url.host) or url.scheme != "https":
            return None
        variable, value = next((named for named in self._named.values() if named[1]), ("", ""))
        if not value or any(_covers(entry, url) for entry in self._without):
            return None
        return _proxy(variable, value)


def _variable(env: Mapping[str, str], name: str) -> tuple[str, str]:
    """Return the name under which a variable is set, and its value, "" where it is not."""
    for spelled in (name, name.upper()):
        if spelled in env:
            return spelled, env[spelled].strip()
    return name.upper(), ""


def _proxy(variable: str, value: str) -> ProxyServer:
    form = "write it as http://proxy.example:3128 or socks5://127.0.0.1:1080"
    try:
        url = httpx.URL(value if "://" in value else f"http://{value}")
    except httpx.InvalidURL:
        raise CannotSend(f"{variable} is not the address of a proxy: {form}.") from None
    if not url.host or "%" in url.host or not 0 < (url.port or 1) < 65536:
        raise CannotSend(f"{variable} names no proxy: {form}.")
    if url.scheme not in SCHEMES:
        raise CannotSend(f"{variable} asks for a proxy of the kind {url.scheme}, which is not known: {form}.")
    auth = (url.username, url.password) if url.userinfo else None
    return ProxyServer(variable, httpx.URL(scheme=url.scheme, host=url.host, port=url.port), auth)


def _covers(entry: str, url: httpx.URL) -> bool:
    """Tell whether an entry of NO_PROXY (in lower case) means an address."""
    entry = entry.rpartition("://")[2]
    if entry == "*":
        return True
    wanted, port = _split_port(entry)
    if port is not None and port != (url.port or 443):
        return False
    hosts = {url.host.lower().rstrip("."), url.raw_host.decode("ascii").lower().rstrip(".")}
    if any(_is_in_network(host, wanted) for host in hosts):
        return True
    below = wanted.removeprefix("*")
    if below.startswith("."):
        return any(host.endswith(below) for host in hosts)
    return bool(below) and any(host == below or host.endswith(f".{below}") for host in hosts)


def _split_port(entry: str) -> tuple[str, int | None]:
    """Return the host of an entry, without brackets, and its port, None where it has none."""
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]")
        port = rest.removeprefix(":")
    elif entry.count(":") == 1:
        host, _, port = entry.partition(":")
    else:
        return entry, None  # an IPv6 address without brackets, or no port
    return host, int(port) if port.isascii() and port.isdigit() else None


def _is_in_network(host: str, wanted: str) -> bool:
    """Tell whether a host is an address of a network (or the address itself)."""
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(wanted, strict=False)
    except ValueError:
        return False
