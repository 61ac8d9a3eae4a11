"""How requests leave this machine: directly, or through the proxy that the environment names.

``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` count, and never for this machine. Plain http is for this machine only
(the settings refuse it elsewhere), so ``HTTP_PROXY`` is never used: a request that a proxy forwards carries its token in
the clear. A proxy that is asked for https passes on bytes that it cannot read.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

from jpmanage_tui.api.certificates import Certificates, trusting_nothing
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


LIMITS = httpx.Limits(max_connections=10, max_keepalive_connections=5, keepalive_expiry=20.0)


class Transport(httpx.AsyncBaseTransport):
    """Sends https anywhere, and http to this machine only; the connections are kept by scheme and proxy.

    A request that provably stayed here, since its proxy cannot be used or the certificates cannot be read, raises
    CannotSend; everything else raises what httpx raises.
    """

    def __init__(self, proxies: Proxies, certificates: Certificates) -> None:
        """`certificates` are waited for when https is first asked for."""
        self._proxies = proxies
        self._certificates = certificates
        self._pools: dict[tuple[str, ProxyServer | None], httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request on its way."""
        url = request.url
        if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
            raise CannotSend("Only https leaves this machine; the address asks for something else.")
        proxy = self._proxies.of(url)
        pool = await self._pool(url.scheme, proxy)
        if proxy is None:
            return await pool.handle_async_request(request)
        return await _through(pool, request, proxy)

    async def aclose(self) -> None:
        """Close the connections."""
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()

    async def _pool(self, scheme: str, proxy: ProxyServer | None) -> httpx.AsyncHTTPTransport:
        if (scheme, proxy) in self._pools:
            return self._pools[scheme, proxy]
        try:
            context = trusting_nothing() if scheme == "http" else await self._certificates.context()
        except OSError as error:
            raise CannotSend(cannot_read(error)) from None
        return self._pools.setdefault((scheme, proxy), _new_pool(proxy, context))


def _new_pool(proxy: ProxyServer | None, context: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    if proxy is None:
        return httpx.AsyncHTTPTransport(verify=context, limits=LIMITS)
    over_tls = context if proxy.url.scheme == "https" else None
    way = httpx.Proxy(proxy.url, auth=proxy.auth, ssl_context=over_tls)
    try:
        return httpx.AsyncHTTPTransport(verify=context, limits=LIMITS, proxy=way)
    except ImportError:
        raise CannotSend(f"For {proxy.words} a package is missing: pip install 'httpx[socks]'.") from None


def cannot_read(error: OSError) -> str:
    """Return the sentence about certificates that cannot be read."""
    return (
        f"The certificates that servers are known by cannot be read: {error.strerror or error}. "
        "Check SSL_CERT_FILE and SSL_CERT_DIR."
    )


_OPENING = ("connect_tcp", "start_tls", "setup_socks5_connection", "retry")
"""What httpcore says it does before a request is sent; what it does not name here counts as sending."""


class _Tunnel:
    """Follows a request on its way through a proxy, by the events that httpcore tells (httpx: extension ``trace``).

    ``began`` and not ``sent``: its own first byte has not left. ``reached``: there is a connection to the proxy.
    ``through``: the proxy has connected it, and TLS with the server begins. Till it is sent it may take `seconds`,
    which end in a TimeoutError.
    """

    def __init__(self, bound: asyncio.Timeout, seconds: float) -> None:
        self.began = self.reached = self.through = self.sent = False
        self._stream: Any = None
        self._bound = bound
        self._seconds = seconds

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take an event (``connection.connect_tcp.started``)."""
        layer, name, state = event.split(".")
        if name == "connect_tcp" and state == "started":
            self.began = True
            self._bound.reschedule(asyncio.get_running_loop().time() + self._seconds)
        elif name == "connect_tcp" and state == "complete":
            self.reached, self._stream = True, info["return_value"]
        elif name == "start_tls" and state == "started":
            self.through = layer != "connection"  # that one is with the proxy itself
        elif state == "started" and not self.sent and name not in (*_OPENING, "response_closed"):
            request = info.get("request")
            if request is None or request.method != b"CONNECT":
                self.sent = True
                self._bound.reschedule(None)

    async def aclose(self) -> None:
        """Close the connection to the proxy: httpcore leaves one open on which no SOCKS5 proxy answered."""
        if self._stream is not None:
            await self._stream.aclose()


async def _through(
    pool: httpx.AsyncHTTPTransport, request: httpx.Request, proxy: ProxyServer
) -> httpx.Response:
    """Send a request through a proxy. Raises CannotSend where the way was not open before the request began."""
    times: Mapping[str, float | None] = request.extensions.get("timeout", {})
    seconds = (times.get("connect") or 10.0) + (times.get("read") or 30.0)
    bound = asyncio.timeout(None)
    tunnel = request.extensions["trace"] = _Tunnel(bound, seconds)
    try:
        async with bound:
            return await pool.handle_async_request(request)
    except Exception as error:
        if tunnel.sent or not tunnel.began:
            raise
        # socksio raises errors of its own for what is no SOCKS proxy, httpcore an AssertionError
        await tunnel.aclose()
        trouble = _trouble(error, tunnel, proxy, request.url.host)
    raise trouble


def _trouble(error: Exception, tunnel: _Tunnel, proxy: ProxyServer, host: str) -> CannotSend:
    """Say why a request did not get through a proxy."""
    late = isinstance(error, TimeoutError | httpx.TimeoutException)
    words = proxy.words[:1].upper() + proxy.words[1:]
    if late:
        return CannotSend(f"{words} did not answer in time.", lasting=False)
    if not tunnel.reached:
        return CannotSend(f"{words} cannot be reached.", lasting=False)
    if tunnel.through:
        return CannotSend(
            f"No secure connection to {host} could be made through {proxy.words}. Where the proxy opens secure "
            "connections itself, SSL_CERT_FILE must name a file with its certificate."
        )
    told = str(error)
    if isinstance(error, httpx.ProxyError) and (
        told.startswith(("407", "Requested")) or "username/password" in told
    ):
        return CannotSend(_auth_words(words, proxy))
    if isinstance(error, httpx.ProxyError):
        code = re.match(r"\d{3}\b", told, re.ASCII)  # all else that a proxy answers is its own text
        reason = code[0] if code else told.rpartition(": ")[2].rstrip(".").lower()
        return CannotSend(f"{words} does not connect to {host} ({reason}).", lasting=reason.startswith("4"))
    kind = "SOCKS5" if proxy.url.scheme.startswith("socks") else "HTTP"
    return CannotSend(f"{words} does not answer as a proxy for {kind} does.", lasting=False)


def _auth_words(words: str, proxy: ProxyServer) -> str:
    if proxy.auth is not None:
        return f"{words} does not accept the user name and password that {proxy.variable} holds."
    form = f"{proxy.url.scheme}://USER:PASSWORD@…"
    return f"{words} asks for a user name and a password; they can stand in {proxy.variable}, as {form}"
