"""The listener to which a browser on this machine comes back: only its own path counts, and nothing it says."""

from __future__ import annotations

import asyncio

import pytest

from jpmanage_tui.ui.dialogs.browser import PAUSES, ReturnListener, pause, within_reach


async def ask(url: str, head: bytes) -> bytes:
    """Send a request to the listener and return the whole answer."""
    port = int(url.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_the_browser_that_comes_back_is_noticed_and_told_to_close_the_page() -> None:
    async with ReturnListener() as loopback:
        path = "/" + loopback.address.rpartition("/")[2]
        assert loopback.address.startswith("http://127.0.0.1:")
        answer = await ask(
            loopback.address, f"GET {path}?redirect_status=failed HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        )
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"You can close this page" in answer
        assert b"redirect_status" not in answer
        assert loopback.came.is_set(), "what it says is not believed, that it came is enough to look"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /favicon.ico HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
        b"GET /\r\n\r\n",
    ],
)
@pytest.mark.sample(2)
async def test_anything_else_gets_nothing(head: bytes) -> None:
    async with ReturnListener() as loopback:
        assert (await ask(loopback.address, head)).startswith(b"HTTP/1.1 404")
        assert not loopback.came.is_set()


async def test_a_connection_that_asks_for_nothing_is_dropped_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.account.oauth_login.REQUEST_SECONDS", 0.05)
    async with ReturnListener() as loopback:
        assert await ask(loopback.address, b"GET /") == b""
        assert not loopback.came.is_set()


async def test_it_stops_listening_when_it_is_left() -> None:
    async with ReturnListener() as loopback:
        url = loopback.address
    with pytest.raises(OSError, match="Connect call failed"):
        await ask(url, b"GET / HTTP/1.1\r\n\r\n")
    with pytest.raises(RuntimeError):
        _ = loopback.address


def test_over_ssh_no_browser_can_reach_it() -> None:
    desktop = {"DISPLAY": ":0", "PATH": "/bin:/usr/bin", "BROWSER": "true"}
    assert within_reach(desktop)
    assert not within_reach({**desktop, "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"})
    assert not within_reach({"PATH": "/bin"})


def test_pauses_grow_and_then_stay() -> None:
    grown = [pause(looks) for looks in range(50)]
    assert grown == sorted(grown)
    assert grown[-1] == PAUSES[-1] == 30.0
    assert grown[0] >= 1.0
