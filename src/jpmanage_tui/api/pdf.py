"""Fetching an invoice's PDF from the host it lies on, which is never given a token."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import httpx

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    NotFoundError,
    NotSent,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from jpmanage_tui.api.requestor import Requestor, logger
from jpmanage_tui.api.transport import CannotSend
from jpmanage_tui.loopback import is_loopback

SIZE_LIMIT = 100 * 1024 * 1024
REDIRECTS = 5
_MAGIC = b"%PDF"
_MAGIC_WITHIN = 1024  # readers accept a little before the mark
_END, _END_WITHIN = b"%%EOF", 1024  # readers accept a little after the mark
HEAD_SIZE = _MAGIC_WITHIN + len(_MAGIC)
"""So many first bytes show whether something is a PDF."""
_PATH = "(invoice PDF)"  # the address itself opens the file, so it is in no error and no log

_HEADERS = {"Accept": "application/pdf", "Accept-Encoding": "identity"}  # so that sizes are the file's

Progress = Callable[[int, int | None], None]


class Sink(Protocol):
    """Where the bytes go: a file opened for writing, or a buffer."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


def is_pdf(head: bytes) -> bool:
    """Tell whether what begins with ``head`` (``HEAD_SIZE`` bytes, or all there are) is a PDF."""
    return _MAGIC in head[:HEAD_SIZE]


async def download(requestor: Requestor, address: str | None, sink: Sink, progress: Progress | None) -> int:
    """Write the PDF at ``address`` to ``sink``; return its size. Errors as ``InvoicesResource.download_pdf``
    lists them.
    """
    if not address:
        raise NotFoundError("This invoice has no PDF.", method="GET", path=_PATH)
    trouble: Exception
    try:
        return await _follow(requestor, address, sink, progress)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        trouble = error
    if isinstance(trouble, CannotSend):
        raise NotSent(trouble.sentence, lasting=trouble.lasting, method="GET", path=_PATH)
    late = isinstance(trouble, httpx.TimeoutException)
    words = "The PDF did not come in time." if late else "The line failed while the PDF was fetched."
    raise ApiConnectionError(words, method="GET", path=_PATH)


async def _follow(requestor: Requestor, address: str, sink: Sink, progress: Progress | None) -> int:
    url = httpx.URL(address)
    plain = is_loopback(httpx.URL(requestor.api_url).host)
    for _ in range(REDIRECTS + 1):
        _check(url, plain)
        request = requestor.http.build_request("GET", url, headers=_HEADERS)
        response = await requestor.http.send(request, stream=True)
        logger.info("GET %s -> %s", _PATH, response.status_code)
        try:
            target = response.headers.get("Location") if response.is_redirect else None
            if not target:
                return await _take(response, sink, progress)
        finally:
            await response.aclose()
        url = url.join(target)
    raise _broken("The PDF's address only leads to other addresses.", None)


def _check(url: httpx.URL, plain: bool) -> None:
    """Only https, and plain http between programs on this machine; no user and password in the address."""
    allowed = url.scheme == "https" or (plain and url.scheme == "http" and is_loopback(url.host))
    if not allowed or url.userinfo:
        raise _broken("The PDF's address is not one that may be opened.", None)


async def _take(response: httpx.Response, sink: Sink, progress: Progress | None) -> int:
    if response.status_code != 200:
        raise _refusal(response.status_code)
    length = response.headers.get("Content-Length", "")
    whole = int(length) if length.isascii() and length.isdigit() and len(length) < 15 else None
    if whole is not None and whole > SIZE_LIMIT:
        raise _broken("The PDF is larger than 100 MB.", 200)
    writer = _Writer(sink)
    async for chunk in response.aiter_bytes():
        writer.take(chunk)
        if progress is not None:
            progress(writer.size, whole)
        await asyncio.sleep(0)  # a fast line must not hold the event loop
    writer.end()
    short = whole is not None and writer.size < whole and "Content-Encoding" not in response.headers
    if short or not writer.has_ended:
        raise ApiConnectionError("The PDF was cut off.", method="GET", path=_PATH)
    return writer.size


class _Writer:
    """Passes bytes on once they are known to be a PDF's."""

    def __init__(self, sink: Sink) -> None:
        self.size = 0
        self._sink = sink
        self._head: bytes | None = b""
        self._tail = b""

    @property
    def has_ended(self) -> bool:
        """Whether the end of a PDF came, whatever size the host has announced."""
        return _END in self._tail

    def take(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._tail = (self._tail + chunk)[-_END_WITHIN:]
        if self.size > SIZE_LIMIT:
            raise _broken("The PDF is larger than 100 MB.", 200)
        if self._head is None:
            self._sink.write(chunk)
            return
        self._head += chunk
        if is_pdf(self._head):
            self._sink.write(self._head)
            self._head = None
        elif len(self._head) > _MAGIC_WITHIN:
            self.end()

    def end(self) -> None:
        if self._head is not None:
            raise _broken("What came is not a PDF.", 200)


def _refusal(status: int) -> ApiError:
    if status in {401, 403}:
        return PermissionDeniedError(
            "The PDF's address has expired; list the invoices again.", status=status, path=_PATH
        )
    if status in {404, 410}:
        return NotFoundError(
            "The PDF is no longer there; list the invoices again.", status=status, path=_PATH
        )
    if status == 429:
        return RateLimitError("The host of the PDF asks to wait.", path=_PATH)
    return _broken(f"The host of the PDF failed (HTTP {status}).", status)


def _broken(words: str, status: int | None) -> ServerError:
    return ServerError(words, status=status, method="GET", path=_PATH)
