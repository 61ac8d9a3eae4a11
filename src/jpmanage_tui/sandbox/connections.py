"""The connection under a request: how a fault cuts it, over real HTTP and in process.

ASGI has no word for "close this connection now", so whoever carries the request says how: the in-process
transport puts a `Connection` into the scope, the server registers one for each connection under the client's
address.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Mapping
from typing import Protocol, TypeAlias

from starlette.types import Receive, Scope

EXTENSION = "jpmanage.wire"

Address: TypeAlias = tuple[str, int, int]
"""The client's host and port, and the port it came in at."""


class Connection(Protocol):
    """What can be done to a connection."""

    def reset(self) -> None:
        """Break it at once, as a crashed host would; nothing that was not delivered is."""

    def hang_up(self) -> None:
        """Close it after delivering what was written, though the body is not complete."""


class SocketConnection:
    """A connection of the real server."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def reset(self) -> None:
        """Close with a TCP reset."""
        connection = self._transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def hang_up(self) -> None:
        """Flush and close."""
        self._transport.close()


class ClosedConnection:
    """A connection that the client has closed: there is nothing left to break."""

    def reset(self) -> None:
        """Do nothing."""

    def hang_up(self) -> None:
        """Do nothing."""


class Connections:
    """The open connections of the real server, by the client's address."""

    def __init__(self) -> None:
        self._open: dict[Address, SocketConnection] = {}
        self._told = False
        """Whether the server tells which connections are made: then one that is not known is closed."""

    def opened(self, transport: asyncio.Transport) -> None:
        """Remember a connection that was made."""
        self._told = True
        self._open[_address(transport)] = SocketConnection(transport)

    def closed(self, transport: asyncio.Transport) -> None:
        """Forget a connection that was lost."""
        self._open.pop(_address(transport), None)

    def under(self, scope: Scope) -> Connection:
        """Return the connection that carries this request, or did until its client left.

        Raises RuntimeError when the server does not tell which connections there are.
        """
        extensions: Mapping[str, Connection] = scope.get("extensions") or {}
        if EXTENSION in extensions:
            return extensions[EXTENSION]
        client, server = scope.get("client"), scope.get("server")
        connection = self._open.get((client[0], client[1], server[1])) if client and server else None
        if connection is None and self._told:
            return ClosedConnection()
        if connection is None:
            raise RuntimeError(
                "This server cannot break connections; run the sandbox by its own server or transport."
            )
        return connection


async def gone(receive: Receive) -> None:
    """Wait until the client has gone (or was cut off)."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _address(transport: asyncio.Transport) -> Address:
    peer = transport.get_extra_info("peername") or ("", 0)
    own = transport.get_extra_info("sockname") or ("", 0)
    return (str(peer[0]), int(peer[1]), int(own[1]))
