"""Arguments of every wrong kind are refused; none makes the sandbox fail."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.harness import API, as_key, changes, in_process, issue, options, rows

NASTY: tuple[object, ...] = (
    None,
    True,
    [],
    {},
    [1],
    {"a": 1},
    "",
    " ",
    "\x00",
    "' OR 1=1 --",
    "%s",
    "٣",
    "🦆" * 300,
    -1,
    0,
    1.5,
    1e300,
    10**30,
    "9" * 40,
    "https://[",
)


@pytest.mark.parametrize("value", NASTY, ids=ascii)
async def test_a_nasty_argument_is_refused_or_ignored_in_every_route(value: object) -> None:
    async with in_process(options(30)) as api:
        key = await issue(as_key(api))
        before = len(await changes(api))
        bodies = {
            ("POST", f"{API}/license"): ("product", "quantity"),
            ("POST", f"{API}/licenses"): ("product", "quantity", "bundle"),
            ("POST", f"{API}/license/{key}/site"): ("site",),
            ("DELETE", f"{API}/license"): ("license_key",),
            ("POST", f"{API}/site-connection"): ("url", "local_user"),
        }
        good = {"product": "no-such", "quantity": 1, "bundle": False, "url": "x", "local_user": 1}
        for (method, path), names in bodies.items():
            for name in names:
                given = {other: good.get(other) for other in names} | {name: value}
                answer = await api.request(method, path, json=given)
                assert 400 <= answer.status_code < 500, (method, path, name, answer.text)
        assert len(await changes(api)) == before


@pytest.mark.parametrize("value", [str(value) for value in NASTY], ids=ascii)
async def test_a_nasty_query_never_makes_a_list_fail(value: str) -> None:
    async with in_process(options(30)) as api:
        as_key(api)
        for name in ("page", "per_page", "search", "filter", "sort_field", "sort_direction", "parent_id"):
            answer = await api.get(f"{API}/licenses", params={name: value})
            assert answer.status_code in (200, 404), (name, answer.text)
        for name in ("page", "per_page", "query", "not_multisite", "added_within_days", "sort_direction"):
            answer = await api.get("/wpcom/v2/jetpack-agency/sites", params={name: value})
            assert answer.status_code == 200, (name, answer.text)
        assert len(await rows(api, filter="all")) == 30


@pytest.mark.parametrize(
    "content", [b'{"product": "\\ud800"}', b"[" * 100_000, b"\x80", b'{"a":NaN,"product":"x"}']
)
async def test_json_that_cannot_be_kept_is_refused(content: bytes) -> None:
    async with in_process(options(5)) as api:
        answer = await as_key(api).post(f"{API}/license", content=content)
        assert answer.status_code == 400, answer.text


async def test_a_body_that_is_far_too_long_is_refused() -> None:
    async with in_process(options(5)) as api:
        answer = await as_key(api).post(f"{API}/license", content=b" " * 2_000_000)
        assert answer.status_code == 413


async def test_every_answer_carries_its_own_request_id(api: httpx.AsyncClient) -> None:
    as_key(api)
    ids = [
        (await api.get(path)).headers["X-Jetpack-Request-Id"] for path in (f"{API}/licenses", "/nothing") * 3
    ]
    assert len(set(ids)) == 6
