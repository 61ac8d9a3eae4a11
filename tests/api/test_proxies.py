"""Which proxy a request goes through, that none sees a token, and what is said of one that cannot be used."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from hypothesis import given, strategies as st
from pydantic import SecretStr

from jpmanage_tui.api.certificates import Certificates
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiConnectionError, ApiError, NotSent, OutcomeUnknownError
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.oauth import OAuthClient
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.stripe import StripeConfiguration
from jpmanage_tui.api.transport import CannotSend, Proxies, Transport
from tests.api.recording_proxy import (
    AUTHORITY,
    USER_PASSWORD,
    Connection,
    RecordingProxy,
    Upstream,
    listening,
    server_context,
)
from tests.api.support import KEY, SCAN, TOKENS, Pauses

SCHEMES = ("http", "socks5", "socks5h")
SECRETS = (KEY, "user-token-s3cret", "pk_s3cret", "refresh-s3cret", "intent_s3cret")
FORM = "http://{}"


@pytest.fixture(autouse=True)
def authority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))


def client_with(
    env: Mapping[str, str], pauses: Pauses | None = None, api_url: str = "https://api.example"
) -> LicensingClient:
    """A client of api.example that goes through the proxies of an environment."""
    timeouts = Timeouts(connect=5, read=5, write=5, pool=5, total=20)
    return LicensingClient(
        tokens=TOKENS,
        api_url=api_url,
        stripe_url="https://stripe.example",
        proxies=Proxies(env),
        timeouts=timeouts,
        sleep=pauses or Pauses(),
    )


@asynccontextmanager
async def proxy_to_upstream(
    scheme: str, auth: tuple[str, str] | None = None
) -> AsyncIterator[tuple[str, RecordingProxy, Upstream]]:
    """A proxy at an address of a scheme, and what it leads to."""
    async with AsyncExitStack() as stack:
        upstream = Upstream()
        target = await stack.enter_async_context(listening(upstream, server_context()))
        proxy = RecordingProxy(target, auth)
        serve = proxy.socks if scheme.startswith("socks") else proxy.http
        context = server_context() if scheme == "https" else None
        port = await stack.enter_async_context(listening(serve, context))
        yield f"{scheme}://127.0.0.1:{port}", proxy, upstream


# --- what goes where

CONFIGURATION = StripeConfiguration(
    "https://js.stripe.example", "pk_s3cret", "1", SecretStr("intent_s3cret_x")
)


async def _api(client: LicensingClient) -> None:
    await client.licenses.counts()


async def _stripe(client: LicensingClient) -> None:
    await client.stripe.retrieve(CONFIGURATION)


async def _pdf(client: LicensingClient) -> None:
    invoice = Invoice.model_validate(
        {"id": "in_1", "invoice_pdf": "https://files.example/in_1/intent_s3cret"}
    )
    await client.invoices.download_pdf(invoice, io.BytesIO())


async def _oauth(client: LicensingClient) -> None:
    await client.oauth.refresh(OAuthClient("7", SecretStr("app-s3cret")), SecretStr("refresh-s3cret"))


REQUESTS: dict[str, tuple[Callable[[LicensingClient], Awaitable[None]], str, bytes]] = {
    "the API": (_api, "api.example:443", b'{"attached": 1}'),
    "Stripe": (_stripe, "stripe.example:443", b'{"status": "processing"}'),
    "an invoice's PDF": (_pdf, "files.example:443", b"%PDF-1.7 x %%EOF"),
    "signing in": (_oauth, "api.example:443", b'{"access_token": "fresh"}'),
}


@pytest.mark.parametrize("scheme", [*SCHEMES, "https"])
@pytest.mark.parametrize("what", list(REQUESTS))
async def test_no_secret_reaches_a_proxy_in_the_clear(what: str, scheme: str) -> None:
    send, host, body = REQUESTS[what]
    async with proxy_to_upstream(scheme) as (url, proxy, upstream):
        upstream.body = body
        async with client_with({"HTTPS_PROXY": url}) as client:
            await send(client)
    assert proxy.hosts == [host]
    assert len(upstream.asked) == 1
    for secret in SECRETS:
        assert secret.encode() not in proxy.seen, "a secret came to the proxy in the clear"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_variables_in_either_case_are_followed(variable: str, scheme: str) -> None:
    async with proxy_to_upstream(scheme) as (url, proxy, upstream), client_with({variable: url}) as client:
        await client.licenses.counts()
        await client.licenses.counts()
    assert proxy.connections == 1, "the connection is used again"
    assert len(upstream.asked) == 2
    assert f"Bearer {KEY}" in upstream.heads[0]


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_user_and_password_of_a_proxy_go_to_the_proxy_and_nowhere_else(scheme: str) -> None:
    async with proxy_to_upstream(scheme, USER_PASSWORD) as (url, _, upstream):
        url = url.replace("//", "//agency:pr0xy%20s3cret@")
        async with client_with({"ALL_PROXY": url}) as client:
            await client.licenses.counts()
    assert "Proxy-Authorization" not in upstream.heads[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3", "[::1]"])
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_this_machine_is_never_asked_through_a_proxy(
    host: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = RecordingProxy(1)
    async with listening(proxy.socks if scheme.startswith("socks") else proxy.http) as port:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"{scheme}://127.0.0.1:{port}")
            monkeypatch.setenv(name.upper(), f"{scheme}://127.0.0.1:{port}")
        async with LicensingClient(
            tokens=TOKENS, api_url=f"http://{host}:9", sleep=Pauses()
        ) as client:  # the environment of the process, and a port at which nothing listens
            with pytest.raises(ApiConnectionError, match="could not be reached"):
                await client.licenses.counts()
    assert proxy.connections == 0
    assert proxy.seen == b""


async def test_what_is_asked_directly_arrives_although_proxies_are_named() -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    upstream = Upstream()
    async with listening(upstream) as plain, listening(upstream, server_context()) as secure:
        for url in (f"http://127.0.0.1:{plain}", f"https://localhost:{secure}"):
            async with client_with(nowhere, api_url=url) as client:
                assert (await client.licenses.counts()).attached == 1
    assert len(upstream.asked) == 2


@pytest.mark.parametrize("url", ["http://api.example", "http://192.0.2.1:80", "ftp://127.0.0.1"])
async def test_nothing_but_https_leaves_this_machine(url: str) -> None:
    proxy = RecordingProxy(1)
    async with (
        listening(proxy.http) as port,
        client_with({"HTTP_PROXY": f"http://127.0.0.1:{port}"}, api_url=url) as client,
    ):
        with pytest.raises(NotSent, match="https"):
            await client.licenses.counts()
    assert proxy.seen == b""


async def test_neither_netrc_nor_an_address_puts_another_authorization_in_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    upstream = Upstream()
    async with (
        listening(upstream) as port,
        client_with({}, api_url=f"http://some:one@127.0.0.1:{port}") as client,
    ):
        await client.licenses.counts()
    assert f"Authorization: Bearer {KEY}" in upstream.heads[0]
    assert upstream.heads[0].count("Authorization") == 1


# --- NO_PROXY


@pytest.mark.parametrize(
    ("without", "direct", "proxied"),
    [
        ("api.example", ["api.example", "www.api.example", "API.example."], ["xapi.example", "example"]),
        (".api.example", ["www.api.example"], ["api.example", "xapi.example"]),
        ("*.api.example", ["www.api.example"], ["api.example"]),
        ("API.EXAMPLE", ["api.example"], []),
        ("other.example, api.example", ["api.example", "other.example"], ["third.example"]),
        ("api.example:443", ["api.example", "api.example:443"], ["api.example:8443"]),
        ("api.example:8443", ["api.example:8443"], ["api.example"]),
        ("https://api.example", ["api.example"], ["other.example"]),
        ("*", ["api.example", "192.0.2.1"], []),
        ("192.0.2.1", ["192.0.2.1", "192.0.2.1:8443"], ["192.0.2.10"]),
        ("10.0.0.0/8,192.168.0.0/16", ["10.1.2.3", "192.168.3.4"], ["11.0.0.1"]),
        ("2001:db8::/32", ["[2001:db8::5]"], ["[2001:db9::5]"]),
        ("[2001:db8::5]:8443", ["[2001:db8::5]:8443"], ["[2001:db8::5]"]),
        ("xn--bcher-kva.example", ["bücher.example"], []),
        ("bücher.example", ["xn--bcher-kva.example"], []),
        (" , ,", [], ["api.example"]),
        ("999.0.0.0/8,:,/,[", [], ["api.example"]),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_hosts_that_are_asked_without_a_proxy(
    name: str, without: str, direct: list[str], proxied: list[str]
) -> None:
    proxies = Proxies({"HTTPS_PROXY": "http://proxy.example:3128", name: without})
    for host in direct:
        assert proxies.of(httpx.URL(f"https://{host}/")) is None, host
    for host in proxied:
        assert proxies.of(httpx.URL(f"https://{host}/")) is not None, host


@pytest.mark.parametrize(
    ("env", "variable"),
    [
        ({"https_proxy": "http://a.example", "HTTPS_PROXY": "http://b.example"}, "https_proxy"),
        ({"https_proxy": "", "HTTPS_PROXY": "http://b.example"}, None),
        ({"https_proxy": "", "HTTPS_PROXY": "b.example", "ALL_PROXY": "c.example"}, "ALL_PROXY"),
        ({"HTTPS_PROXY": "b.example:3128", "all_proxy": "http://c.example"}, "HTTPS_PROXY"),
        ({"HTTP_PROXY": "http://b.example"}, None),
        ({"all_proxy": " socks5h://b.example "}, "all_proxy"),
        ({}, None),
    ],
)
def test_which_variable_wins(env: dict[str, str], variable: str | None) -> None:
    proxy = Proxies(env).of(httpx.URL("https://api.example"))
    assert (proxy.variable if proxy is not None else None) == variable


@given(
    env=st.dictionaries(
        st.sampled_from(
            [
                name
                for word in ("http", "https", "all", "no")
                for name in (f"{word}_proxy", f"{word}_PROXY".upper())
            ]
        ),
        st.text()
        | st.sampled_from(["http://user:s3cret@proxy.example:3128", "socks5://127.0.0.1:1080", "*"]),
    ),
    host=st.sampled_from(["localhost", "LOCALHOST", "127.0.0.1", "127.255.255.254", "[::1]"]),
    scheme=st.sampled_from(["http", "https"]),
)
def test_whatever_the_environment_says_this_machine_is_asked_directly(
    env: dict[str, str], host: str, scheme: str
) -> None:
    assert Proxies(env).of(httpx.URL(f"{scheme}://{host}:8787/x")) is None


@given(value=st.text() | st.from_regex(r"\A[a-z0-9]{1,6}://[!-~]{0,9}@?[!-~]{0,9}(:[0-9]{0,6})?\Z"))
def test_a_variable_is_a_proxy_or_a_sentence_with_its_name(value: str) -> None:
    sentence = ""
    try:
        proxy = Proxies({"HTTPS_PROXY": value}).of(httpx.URL("https://api.example"))
    except CannotSend as trouble:
        proxy, sentence = None, trouble.sentence
    assert "HTTPS_PROXY" in sentence or (not value.strip() if proxy is None else not proxy.url.userinfo)


# --- proxies that cannot be used


async def _answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    await reader.read(65536)
    writer.write(answer)
    await writer.drain()


def _with(answer: bytes) -> Connection:
    return lambda reader, writer: _answers(reader, writer, answer)


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(65536)
    await asyncio.Event().wait()


async def _refuses_socks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(65536)
    writer.write(b"\x05\x02")
    await reader.read(65536)
    writer.write(b"\x01\x00")
    await reader.read(65536)
    writer.write(b"\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00")
    await writer.drain()


async def refused(env: dict[str, str], pauses: Pauses | None = None) -> NotSent:
    """Send a read and a change, and return what is said; neither may be of unknown fate."""
    said: list[NotSent] = []
    async with client_with(env, pauses) as client:
        for send in (client.licenses.counts(), client.licenses.issue(SCAN)):
            with pytest.raises(ApiError) as caught:
                await send
            assert isinstance(caught.value, NotSent), caught.value
            assert not isinstance(caught.value, OutcomeUnknownError)
            said.append(caught.value)
    assert str(said[0]) == str(said[1])
    assert "pr0xy" not in f"{said[0]} {vars(said[0])}"
    assert said[0].__cause__ is said[0].__context__ is None
    return said[0]


@pytest.mark.parametrize(
    "value",
    [
        "socks4://127.0.0.1:1080",
        "socks://u:pr0xy@127.0.0.1:1080",
        "ftp://127.0.0.1",
        "http://",
        "http://u:pr0xy@",
        "http://proxy.example:99999",
        "http://proxy.example:port",
        "http://[::1",
        "://x",
        "http://a b",
        "http://pr0xy:\x01@x",
    ],
)
async def test_an_address_that_is_none_is_a_sentence_with_the_variables_name(value: str) -> None:
    pauses = Pauses()
    error = await refused({"ALL_PROXY": value}, pauses)
    assert "ALL_PROXY" in error.message
    assert "http://proxy.example:3128" in error.message
    assert pauses.seconds == [], "asking again is of no use"


@pytest.mark.parametrize("scheme", [*SCHEMES, "https"])
async def test_a_proxy_that_is_not_there_is_named(scheme: str) -> None:
    error = await refused({"HTTPS_PROXY": f"{scheme}://u:pr0xy@127.0.0.1:9"})
    assert error.message == "The proxy 127.0.0.1:9 (HTTPS_PROXY) cannot be reached."


CONNECTS = "does not connect to api.example"
TROUBLE: list[tuple[str, Connection, str, bool]] = [
    ("http", _with(b"HTTP/1.1 403 No pr0xy for you\r\n\r\n"), f"{CONNECTS} (403).", True),
    ("http", _with(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), f"{CONNECTS} (502).", False),
    (
        "http",
        _with(b"HTTP/1.1 302 Found\r\nLocation: http://login.example\r\n\r\n"),
        f"{CONNECTS} (302).",
        False,
    ),
    ("http", _with(b"SSH-2.0-OpenSSH_9.2\r\n"), "does not answer as a proxy for HTTP does.", False),
    ("http", _with(b""), "does not answer as a proxy for HTTP does.", False),
    ("socks5", _with(b""), "does not answer as a proxy for SOCKS5 does.", False),
    (
        "socks5",
        _with(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        "does not answer as a proxy for SOCKS5 does.",
        False,
    ),
    ("socks5", _with(b"\x05"), "does not answer as a proxy for SOCKS5 does.", False),
    ("socks5h", _refuses_socks, f"{CONNECTS} (host unreachable).", False),
]


@pytest.mark.parametrize(("scheme", "connection", "words", "lasting"), TROUBLE)
async def test_what_a_proxy_does_instead_is_said(
    scheme: str, connection: Connection, words: str, lasting: bool
) -> None:
    pauses = Pauses()
    async with listening(connection) as port:
        error = await refused({"HTTPS_PROXY": f"{scheme}://u:pr0xy@127.0.0.1:{port}"[:None]}, pauses)
    assert error.message == f"The proxy 127.0.0.1:{port} (HTTPS_PROXY) {words}"
    assert len(pauses.seconds) == (0 if lasting else 2)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_proxy_that_does_not_answer_is_given_up_and_nothing_was_sent(scheme: str) -> None:
    async with listening(_silent) as port:
        transport = Transport(Proxies({"ALL_PROXY": f"{scheme}://127.0.0.1:{port}"}), Certificates())
        async with httpx.AsyncClient(transport=transport, timeout=0.2) as client:
            with pytest.raises(CannotSend, match=rf"127.0.0.1:{port} \(ALL_PROXY\) did not answer in time"):
                await client.post("https://api.example/x")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("", "asks for a user name and a password; they can stand in HTTPS_PROXY"),
        ("u:pr0xy@", "does not accept the user name and password that HTTPS_PROXY holds"),
    ],
)
async def test_a_proxy_that_asks_who_is_there_is_asked_once(scheme: str, user: str, words: str) -> None:
    async with proxy_to_upstream(scheme, USER_PASSWORD) as (url, proxy, upstream):
        error = await refused({"HTTPS_PROXY": url.replace("//", f"//{user}")})
    assert words in error.message
    assert proxy.connections == 2, "one for each of the two requests"
    assert upstream.asked == []


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_certificate_that_nobody_vouches_for_is_said(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    async with proxy_to_upstream(scheme) as (url, _, upstream):
        error = await refused({"HTTPS_PROXY": url})
    assert "SSL_CERT_FILE" in error.message
    assert "HTTPS_PROXY" in error.message
    assert upstream.asked == []


async def test_without_the_package_for_socks_a_sentence_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    error = await refused({"ALL_PROXY": "socks5://127.0.0.1:1080"})
    assert "httpx[socks]" in error.message
    assert "ALL_PROXY" in error.message


async def test_a_change_that_left_through_a_proxy_and_got_no_answer_is_of_unknown_fate() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with AsyncExitStack() as stack:
        proxy = RecordingProxy(await stack.enter_async_context(listening(cut, server_context())))
        port = await stack.enter_async_context(listening(proxy.http))
        client = await stack.enter_async_context(client_with({"HTTPS_PROXY": f"http://127.0.0.1:{port}"}))
        with pytest.raises(OutcomeUnknownError):
            await client.licenses.issue(SCAN)
