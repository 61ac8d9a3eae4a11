"""Sites are searched for in every way in which their addresses may be written."""

from __future__ import annotations

import asyncio
from unicodedata import normalize

import httpx
import pytest
from hypothesis import given, strategies as st
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.text import spellings, typed
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.sandbox.app import create_sandbox
from jpmanage_tui.sandbox.transport import SandboxTransport
from tests.api.support import Server, client_of, query_of, reply
from tests.sandbox.harness import options

ADDRESSES = [
    "https://xn--wgv71a119e.example/shop",
    "https://日本語-2.example",
    "https://xn--mller-kva.example",
    f"https://{normalize('NFD', 'müller')}-nfd.example",
]


SANDBOX = StaticTokens(key=SecretStr("sandbox-key"))


@pytest.mark.parametrize(
    "text", ["müller", normalize("NFD", "müller"), "\u202aMÜL\u200bLER\u202c", "xn--mller-kva"]
)
@pytest.mark.parametrize("per_page", [3, 50])
async def test_it_does_not_count_how_an_address_is_written(text: str, per_page: int) -> None:
    expected = {"https://xn--mller-kva.example", f"https://{normalize('NFD', 'müller')}-nfd.example"}
    urls, total = await found(text, per_page)
    assert expected <= set(urls)
    assert sum("müller" in url for url in urls) >= 3, "those that the sandbox has"
    assert len(urls) == len(set(urls)) == total, "each once"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("日本語", {0, 1}),
        ("https://日本語.example/shop", {0}),
        ("\ufeffhttps://日本語.example/shop", {0}),
        ("xn--wgv71a119e", {0, 1}),
        ("xn--wgv7", {0}),
        ("xn--mller-kva.example", {2}),
        ("xn--", {0, 2}),
    ],
)
async def test_a_host_is_found_by_its_letters_and_by_its_punycode(text: str, places: set[int]) -> None:
    urls, _ = await found(text, 50)
    assert set(urls) == {ADDRESSES[place] for place in places}


async def found(text: str, per_page: int) -> tuple[list[str], int | None]:
    """The addresses of the sites that match, and the total that is told, of an account with odd addresses too."""
    sandbox = create_sandbox(options())
    transport = SandboxTransport(sandbox)
    async with LicensingClient(tokens=SANDBOX, transport=transport) as client:
        for address in ADDRESSES:
            await client.sites.connect(address, 1)
        page = await client.sites.list(text, 1, per_page)
        urls = [site.address async for site in client.sites.list_all(text, per_page)]
    await sandbox.close()
    return urls, page.total_items


@given(
    counts=st.lists(st.integers(0, 12), min_size=4, max_size=4),
    per_page=st.integers(1, 7),
    page=st.integers(1, 20),
)
def test_the_lists_of_the_spellings_are_one_list(counts: list[int], per_page: int, page: int) -> None:
    text = "müller.xn--wgv71a119e"
    lists = {
        one: [f"https://{place}-{number}.example" for number in range(count)]
        for place, (one, count) in enumerate(zip(spellings(text), counts, strict=True))
    }

    def answer(request: httpx.Request) -> httpx.Response:
        query = query_of(request)
        rows, start = lists[query["query"]], (int(query["page"]) - 1) * per_page
        sites = [
            {"blog_id": hash(url) % 10**9 + 1, "url_with_scheme": url}
            for url in rows[start : start + per_page]
        ]
        return httpx.Response(200, json={"sites": sites, "total": len(rows), "per_page": per_page})

    async def ask() -> tuple[list[str], int | None]:
        async with client_of(Server(answer)) as client:
            got = await client.sites.list(text, page, per_page)
        return [site.address for site in got.items], got.total_items

    whole = [url for rows in lists.values() for url in rows]
    assert asyncio.run(ask()) == (whole[(page - 1) * per_page : page * per_page], len(whole))


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("bakery", ["bakery"]),
        (" \u200bbakery\u200b ", ["bakery"]),
        ("", [None]),
        ("\u200b", [None]),
    ],
)
async def test_plain_words_are_asked_for_once(text: str, sent: list[str | None]) -> None:
    server = Server(reply(200, {"sites": [], "total": 0}))
    async with client_of(server) as client:
        await client.sites.list(text)
    assert [query_of(request).get("query") for request in server.requests] == sent


async def test_a_license_code_is_searched_for_without_what_came_along_with_it() -> None:
    server = Server(reply(200, {"items": []}))
    async with client_of(server) as client:
        await client.licenses.list(search="\u202ajetpack-scan_\u200bfoobar\u202c\ufeff")
    assert query_of(server.only)["search"] == "jetpack-scan_foobar"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that belongs to the script
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("a\u200db\u200c", "ab"),
        ("1️⃣", "1️⃣"),
        ("cafe\u0301", "café"),
        ("co\u00adop", "coop"),
    ],
)
def test_marks_that_belong_to_a_text_stay(text: str, kept: str) -> None:
    assert typed(text) == kept


@given(text=st.text())
def test_whatever_is_typed_can_be_spelled(text: str) -> None:
    ways = spellings(text)
    assert ways[0] == typed(text)
    assert len(ways) == len(set(ways)) <= 4
