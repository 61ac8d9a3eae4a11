"""A proxy for HTTP and SOCKS5 that keeps every byte it is sent, and a server over TLS that it leads to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

CERTIFICATES = Path(__file__).with_name("certificates")
AUTHORITY = CERTIFICATES / "authority.pem"
"""The authority that vouches for api.example, stripe.example, files.example and this machine."""
USER_PASSWORD = ("agency", "pr0xy s3cret")

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def server_context() -> ssl.SSLContext:
    """Return the context of a server that has the certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "server.pem")
    return context


@asynccontextmanager
async def listening(connection: Connection, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve connections on this machine; the value is the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(OSError, EOFError, asyncio.CancelledError):
            await connection(reader, writer)
        writer.close()
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Upstream:
    """A server over TLS that answers every request with one answer and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.body = b'{"attached": 1}'

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                (line for line in head.lower().splitlines() if line.startswith("content-length:")), ":0"
            )
            await reader.readexactly(int(length.partition(":")[2]))
            self.asked.append(" ".join(head.split()[:2]))
            self.heads.append(head)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(self.body), self.body))
            await writer.drain()


class RecordingProxy:
    """Leads every connection to one port. `auth` is the user and password that it asks for."""

    def __init__(self, target: int, auth: tuple[str, str] | None = None) -> None:
        self.target = target
        self.auth = auth
        self.connections = 0
        self.hosts: list[str] = []
        """The "host:port" that were asked for."""
        self.seen = bytearray()
        """All that clients sent, before and after the connection was made."""

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve as an HTTP proxy: CONNECT, and forwarding, which is recorded and refused."""
        import base64

        self.connections += 1
        head = await reader.readuntil(b"\r\n\r\n")
        self.seen += head
        method, target, *_ = head.decode("latin-1").split()
        self.hosts.append(target)
        if self.auth is not None:
            wanted = base64.b64encode(":".join(self.auth).encode()).decode()
            if f"Proxy-Authorization: Basic {wanted}" not in head.decode("latin-1"):
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
        if method != "CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await self._pass_on(reader, writer)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve as a SOCKS5 proxy (RFC 1928, RFC 1929)."""
        self.connections += 1
        version, count = await self._take(reader, 2)
        assert version == 5
        methods = await self._take(reader, count)
        method = 0 if self.auth is None else 2
        if method not in methods:
            writer.write(b"\x05\xff")
            return
        writer.write(bytes([5, method]))
        if self.auth is not None:
            _, length = await self._take(reader, 2)
            user = await self._take(reader, length)
            password = await self._take(reader, (await self._take(reader, 1))[0])
            good = (user.decode(), password.decode()) == self.auth
            writer.write(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                return
        _, _, _, kind = await self._take(reader, 4)
        assert kind == 3, "a name, which the proxy looks up"
        host = await self._take(reader, (await self._take(reader, 1))[0])
        port = int.from_bytes(await self._take(reader, 2), "big")
        self.hosts.append(f"{host.decode()}:{port}")
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        await self._pass_on(reader, writer)

    async def _take(self, reader: asyncio.StreamReader, count: int) -> bytes:
        taken = await reader.readexactly(count)
        self.seen += taken
        return taken

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self.target)
        answers = asyncio.create_task(_copy(back, writer, None))
        try:
            await _copy(reader, forth, self.seen)
        finally:
            forth.close()
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, record: bytearray | None) -> None:
    while data := await source.read(65536):
        if record is not None:
            record += data
        target.write(data)
        await target.drain()
