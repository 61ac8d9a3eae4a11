"""How requests leave this machine: directly, or through the proxy that the environment names."""

import asyncio
import re
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from jpmanage_tui.api.certificates import Certificates, trusting_nothing
from jpmanage_tui.api.proxies import CannotSend, Proxies, ProxyServer
from jpmanage_tui.loopback import is_loopback

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
