"""What is this very machine: a rule that the client library and the settings share."""

from __future__ import annotations


def is_loopback(host: str) -> bool:
    """Return whether ``host`` (a name or an address, IPv6 without brackets) is this very machine."""
    if host.lower() == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
