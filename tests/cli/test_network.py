"""What the commands say of proxies and certificates that cannot be used, and that this machine needs neither."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.config.errors import ConfigError
from tests.api.recording_proxy import AUTHORITY, USER_PASSWORD, RecordingProxy, listening
from tests.cli.harness import KEY, USER, Cli

EVERY_PROXY = [
    name for word in ("http", "https", "all") for name in (f"{word}_proxy", f"{word}_PROXY".upper())
]
FAR = "https://api.example"


@contextmanager
def serving(proxy: RecordingProxy) -> Iterator[int]:
    """Serve a proxy for HTTP on a thread of its own; the value is its port."""
    ready, end = threading.Event(), asyncio.Event()
    found: list[tuple[int, asyncio.AbstractEventLoop]] = []

    async def run() -> None:
        async with listening(proxy.http) as port:
            found.append((port, asyncio.get_running_loop()))
            ready.set()
            await end.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert ready.wait(30)
        yield found[0][0]
    finally:
        found[0][1].call_soon_threadsafe(end.set)
        thread.join(30)


def test_the_sandbox_is_asked_without_a_proxy_and_no_proxy_sees_a_token(cli: Cli) -> None:
    proxy = RecordingProxy(9)
    cli.env(TOKEN=KEY, USER_TOKEN=USER)
    with serving(proxy) as port:
        for name in EVERY_PROXY:
            cli.monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        ended = cli("whoami")
    assert (ended.code, ended.err) == (ExitCode.OK, "")
    assert "it serves" in ended.out
    assert (proxy.connections, bytes(proxy.seen)) == (0, b"")


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
def test_a_proxy_that_is_none_is_an_error_of_usage(cli: Cli, name: str) -> None:
    cli.env(TOKEN=KEY, API_URL=FAR)
    cli.monkeypatch.setenv(name, "socks4://me:pr0xy@127.0.0.1:1080")
    ended = cli("whoami")
    assert ended.code == ExitCode.USAGE
    assert ended.err.startswith(f"jpmanage: {name} asks for a proxy of the kind socks4")
    assert "pr0xy" not in ended.text


def test_a_proxy_that_asks_who_is_there_is_no_answer(cli: Cli) -> None:
    cli.env(TOKEN=KEY, API_URL=FAR)
    with serving(RecordingProxy(9, USER_PASSWORD)) as port:
        cli.monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        ended = cli("whoami")
    assert ended.code == ExitCode.NO_ANSWER
    assert f"The proxy 127.0.0.1:{port} (HTTPS_PROXY) asks for a user name and a password" in ended.err


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("command", [("whoami",), ("login", "--web")])
def test_certificates_that_cannot_be_read_are_a_sentence(
    cli: Cli, variable: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    cli.env(TOKEN=KEY if command == ("whoami",) else None, API_URL=FAR)
    cli.monkeypatch.setenv(variable, str(tmp_path / "nothing"))
    ended = cli(*command)
    assert ended.code in (ExitCode.USAGE, ExitCode.NO_ANSWER)
    assert "certificates that servers are known by cannot be read" in ended.err
    assert "SSL_CERT_FILE" in ended.err


async def test_certificates_that_could_not_be_read_are_refused_until_they_can_be(
    cli: Cli, tmp_path: Path
) -> None:
    cli.env(TOKEN=KEY, API_URL=FAR)
    file = tmp_path / "authorities.pem"
    cli.monkeypatch.setenv("SSL_CERT_FILE", str(file))
    cli.monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    account_service = AccountService.from_environment(AppOptions())
    try:
        for _ in range(3):
            with pytest.raises(ConfigError, match="cannot be read"):
                async with account_service.connect():
                    pass
        file.write_bytes(AUTHORITY.read_bytes())
        async with account_service.connect():
            pass
    finally:
        await account_service.close()
