"""The PDF of an invoice: another host, no token, checked, bounded, cancellable."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from jpmanage_tui.api import pdf
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from jpmanage_tui.api.invoices import Invoice
from tests.api.support import KEY, TOKENS, Reply, Server, client_of, fails, reply

ADDRESS = "https://files.example/invoice/secret-signature/pdf"
DOCUMENT = b"%PDF-1.7\n" + b"x" * 5000 + b"%%EOF"


class Chunks(httpx.AsyncByteStream):
    """A body in pieces, with a failure or a wait at its end if asked."""

    def __init__(self, *pieces: bytes, end: BaseException | asyncio.Event | None = None) -> None:
        self.pieces = pieces
        self.end = end
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
        if isinstance(self.end, asyncio.Event):
            self.end.set()
            await asyncio.Event().wait()
        elif self.end is not None:
            raise self.end

    async def aclose(self) -> None:
        self.closed = True


def streamed(body: Chunks, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(200, stream=body, headers=named)


def invoice(address: str | None = ADDRESS) -> Invoice:
    return Invoice.model_validate({"id": "in_1", "invoice_pdf": address})


async def fetch(
    *script: Reply, address: str | None = ADDRESS
) -> tuple[bytes, Server, list[tuple[int, int | None]]]:
    server, sink, progress = Server(*script), io.BytesIO(), list[tuple[int, int | None]]()
    async with client_of(server) as client:
        size = await client.invoices.download_pdf(
            invoice(address), sink, lambda done, whole: progress.append((done, whole))
        )
    assert size == len(sink.getvalue())
    return sink.getvalue(), server, progress


async def trouble(*script: Reply, address: str | None = ADDRESS) -> tuple[ApiError, Server]:
    server = Server(*script)
    async with client_of(server) as client:
        with pytest.raises(ApiError) as caught:
            await client.invoices.download_pdf(invoice(address), io.BytesIO())
    return caught.value, server


async def test_the_pdf_is_streamed_with_progress() -> None:
    pieces = [DOCUMENT[i : i + 1000] for i in range(0, len(DOCUMENT), 1000)]
    content, _, progress = await fetch(streamed(Chunks(*pieces), Content_Length=str(len(DOCUMENT))))
    assert content == DOCUMENT
    assert [done for done, _ in progress] == [1000, 2000, 3000, 4000, 5000, len(DOCUMENT)]
    assert {whole for _, whole in progress} == {len(DOCUMENT)}


async def test_the_token_never_goes_to_the_host_of_the_pdf_not_even_after_redirects() -> None:
    hops = [
        reply(302, Location="https://other.example/a"),
        reply(307, Location="/b"),
        streamed(Chunks(DOCUMENT)),
    ]
    content, server, _ = await fetch(*hops)
    assert content == DOCUMENT
    assert [str(request.url) for request in server.requests] == [
        ADDRESS,
        "https://other.example/a",
        "https://other.example/b",
    ]
    for request in server.requests:
        assert "Authorization" not in request.headers
        assert KEY not in str(request.headers.raw)


async def test_the_mark_of_a_pdf_may_come_in_pieces_and_a_little_late() -> None:
    content, _, _ = await fetch(streamed(Chunks(b"\r\n%", b"PD", b"F-1.4 %", b"%E", b"OF\n")))
    assert content == b"\r\n%PDF-1.4 %%EOF\n"


async def test_a_pdf_without_its_end_is_cut_off_whatever_size_was_announced() -> None:
    half = DOCUMENT[: len(DOCUMENT) // 2]
    error, _ = await trouble(streamed(Chunks(half), Content_Length=str(len(half))))
    assert isinstance(error, ApiConnectionError)
    assert "cut off" in error.message


@pytest.mark.parametrize("pieces", [(b"<html>expired</html>",), (b"",), (b"x" * 2000, b"%PDF"), (b"%PD",)])
async def test_what_is_not_a_pdf_is_not_written(pieces: tuple[bytes, ...]) -> None:
    sink = io.BytesIO()
    async with client_of(Server(streamed(Chunks(*pieces)))) as client:
        with pytest.raises(ServerError, match="not a PDF"):
            await client.invoices.download_pdf(invoice(), sink)
    assert sink.getvalue() == b""


async def test_a_pdf_that_says_it_is_too_large_is_not_begun() -> None:
    error, _ = await trouble(streamed(Chunks(DOCUMENT), Content_Length=str(101 * 1024 * 1024)))
    assert "100 MB" in error.message


async def test_a_pdf_that_turns_out_too_large_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SIZE_LIMIT", 2500)
    body = Chunks(*[b"%PDF" + b"x" * 996] * 5)
    error, _ = await trouble(streamed(body))
    assert "100 MB" in error.message
    assert body.closed


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, PermissionDeniedError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (410, NotFoundError),
        (429, RateLimitError),
        (500, ServerError),
    ],
)
async def test_a_refusal_of_the_host_is_told(status: int, kind: type[ApiError]) -> None:
    error, server = await trouble(reply(status, text="<html>"))
    assert type(error) is kind
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", [httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError])
async def test_a_line_that_fails_is_no_answer(kind: type[httpx.TransportError]) -> None:
    error, _ = await trouble(fails(kind))
    assert isinstance(error, ApiConnectionError)


async def test_a_line_that_fails_half_way_is_no_answer() -> None:
    error, _ = await trouble(streamed(Chunks(DOCUMENT, end=httpx.ReadError("scripted"))))
    assert isinstance(error, ApiConnectionError)


async def test_a_pdf_shorter_than_it_said_is_no_answer() -> None:
    error, _ = await trouble(streamed(Chunks(DOCUMENT), Content_Length=str(len(DOCUMENT) + 1)))
    assert isinstance(error, ApiConnectionError)
    assert "cut off" in error.message


@pytest.mark.parametrize(
    "address",
    [
        "http://files.example/x",
        "file:///etc/passwd",
        "ftp://files.example/x",
        "https://user:pass@files.example/x",
        "http://127.0.0.1:1/x",
        "x",
    ],
)
async def test_an_address_that_is_not_https_is_not_opened(address: str) -> None:
    error, server = await trouble(streamed(Chunks(DOCUMENT)), address=address)
    assert isinstance(error, ServerError)
    assert server.requests == []


async def test_a_redirect_to_plain_http_is_not_followed() -> None:
    error, server = await trouble(reply(302, Location="http://files.example/x"), streamed(Chunks(DOCUMENT)))
    assert isinstance(error, ServerError)
    assert len(server.requests) == 1


async def test_redirects_without_end_are_given_up() -> None:
    error, server = await trouble(reply(302, Location="https://files.example/again"))
    assert isinstance(error, ServerError)
    assert len(server.requests) == 6


async def test_an_address_that_is_no_address_is_a_clean_error() -> None:
    error, _ = await trouble(reply(200), address="https://[")
    assert isinstance(error, ApiConnectionError | ServerError)


async def test_plain_http_is_allowed_between_programs_on_this_machine_only() -> None:
    server, sink = Server(streamed(Chunks(DOCUMENT))), io.BytesIO()
    async with LicensingClient(
        tokens=TOKENS, api_url="http://127.0.0.1:8787", transport=httpx.MockTransport(server)
    ) as client:
        await client.invoices.download_pdf(invoice("http://127.0.0.1:8788/pdf/1"), sink)
        with pytest.raises(ServerError):
            await client.invoices.download_pdf(invoice("http://files.example/pdf/1"), sink)
    assert sink.getvalue() == DOCUMENT


async def test_an_invoice_without_a_pdf_asks_for_nothing() -> None:
    error, server = await trouble(reply(200), address=None)
    assert isinstance(error, NotFoundError)
    assert server.requests == []


async def test_a_download_can_be_cancelled_and_lets_the_line_go() -> None:
    waiting = asyncio.Event()
    body = Chunks(DOCUMENT, end=waiting)
    async with client_of(Server(streamed(body))) as client:
        task = asyncio.create_task(client.invoices.download_pdf(invoice(), io.BytesIO()))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert body.closed


async def test_the_address_that_opens_the_file_is_in_no_error_and_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        error, _ = await trouble(reply(403))
        await fetch(streamed(Chunks(DOCUMENT)))
    assert "secret-signature" not in f"{error} {vars(error)} {caplog.text}"
    assert "secret-signature" not in repr(invoice())
