"""HTTP to a sandbox on this machine without TLS: reading the machine's certificates takes longer than most tests."""

import httpx


def plain_transport() -> httpx.AsyncHTTPTransport:
    """Return a transport for http only, for a client of one's own."""
    return httpx.AsyncHTTPTransport(verify=False)


plain_http = httpx.Client(
    transport=httpx.HTTPTransport(verify=False, limits=httpx.Limits(max_keepalive_connections=0))
)
"""Asks as `httpx.get` does, for any sandbox; no connection outlives its answer, as no server outlives its test."""
