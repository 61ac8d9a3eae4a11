"""What each fault does to a request, in process and over real HTTP alike."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest

from tests.sandbox.harness import API, as_key, changes, issue, rows, set_faults

LIST = f"{API}/licenses"
ONE = f"{API}/license"
SCAN = {"product": "jetpack-scan"}


async def issued(api: httpx.AsyncClient) -> int:
    """How many licenses the database got."""
    return len([change for change in await changes(api) if change["kind"] == "issue"])


@pytest.mark.parametrize(
    ("spec", "status", "code"),
    [
        ("GET */licenses 500", 500, "internal_server_error"),
        ("GET */licenses 500=could_not_retrieve_subscription", 500, "could_not_retrieve_subscription"),
        ("GET */licenses 401", 401, "rest_unauthorized"),
        ("GET */licenses 429=7", 429, "rate_limited"),
        ("GET */licenses 429=none", 429, "rate_limited"),
    ],
)
async def test_a_status_fault_answers_in_the_envelope(
    api: httpx.AsyncClient, spec: str, status: int, code: str
) -> None:
    await set_faults(as_key(api), f"{spec} x1")
    answer = await api.get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["X-Jetpack-Request-Id"]
    assert answer.headers.get("Retry-After") == ("7" if spec.endswith("=7") else None)
    assert (await api.get(LIST)).status_code == 200, "it struck once"


async def test_a_502_has_an_html_body(api: httpx.AsyncClient) -> None:
    await set_faults(as_key(api), "GET */licenses 502")
    answer = await api.get(LIST)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")


@pytest.mark.parametrize(
    ("spec", "made"), [("500", 0), ("500=after", 1), ("502", 0), ("502=after", 1), ("401", 0)]
)
async def test_a_status_fault_strikes_before_the_change_unless_told_after(
    api: httpx.AsyncClient, spec: str, made: int
) -> None:
    await set_faults(as_key(api), f"POST */license {spec}")
    assert (await api.post(ONE, json=SCAN)).status_code in (500, 502, 401)
    assert await issued(api) == made


async def test_malformed_is_a_success_that_cannot_be_read_after_the_change(api: httpx.AsyncClient) -> None:
    await set_faults(as_key(api), "POST */license malformed")
    answer = await api.post(ONE, json=SCAN)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert await issued(api) == 1


async def test_cut_ends_the_body_before_its_length_after_the_change(api: httpx.AsyncClient) -> None:
    await set_faults(as_key(api), "POST */license cut", "GET */licenses cut=10")
    with pytest.raises(httpx.RemoteProtocolError):
        await api.post(ONE, json=SCAN)
    assert await issued(api) == 1
    with pytest.raises(httpx.RemoteProtocolError):
        await api.get(LIST)


@pytest.mark.parametrize(("kind", "made"), [("reset-before", 0), ("reset-after", 1)])
async def test_reset_breaks_the_connection_without_an_answer(
    api: httpx.AsyncClient, kind: str, made: int
) -> None:
    await set_faults(as_key(api), f"POST */license {kind} x1")
    with pytest.raises(httpx.ReadError):
        await api.post(ONE, json=SCAN)
    assert await issued(api) == made
    assert await issue(api), "the next request has a connection of its own"


@pytest.mark.parametrize(("kind", "made"), [("hang-before", 0), ("hang-after", 1)])
async def test_hang_gives_no_answer_until_the_client_gives_up(
    api: httpx.AsyncClient, kind: str, made: int
) -> None:
    await set_faults(as_key(api), f"POST */license {kind} x1")
    with pytest.raises(httpx.ReadTimeout):
        await api.post(ONE, json=SCAN, timeout=httpx.Timeout(5, read=0.2))
    assert await issued(api) == made
    assert await issue(api)


@pytest.mark.parametrize("kind", ["hang-before", "hang-after", "latency=30"])
async def test_a_request_that_waits_keeps_no_other_waiting(api: httpx.AsyncClient, kind: str) -> None:
    await set_faults(as_key(api), f"POST */license {kind}")
    stuck = asyncio.create_task(api.post(ONE, json=SCAN))
    began = time.monotonic()
    for _ in range(5):
        assert (await api.get(LIST)).status_code == 200
    assert time.monotonic() - began < 5
    assert not stuck.done()
    stuck.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stuck


async def test_latency_delays_and_then_answers(api: httpx.AsyncClient) -> None:
    await set_faults(as_key(api), "GET */licenses latency=0.3 x1")
    began = time.monotonic()
    assert (await api.get(LIST)).status_code == 200
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("kind", ["reset-before", "cut"])
async def test_a_connection_that_its_client_has_closed_meanwhile_needs_no_breaking(
    api: httpx.AsyncClient, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    await set_faults(as_key(api), "GET */licenses latency=0.1", f"GET */licenses {kind}")
    with pytest.raises(httpx.ReadTimeout):
        await api.get(LIST, timeout=httpx.Timeout(5, read=0.02))
    async with asyncio.timeout(5):
        while any(entry["seconds"] is None for entry in (await api.get("/_sandbox/requests")).json()):
            pass
    assert [record.getMessage() for record in caplog.records if record.name != "httpx"] == []


async def test_a_change_is_made_though_the_client_gave_up_waiting_for_it(api: httpx.AsyncClient) -> None:
    await set_faults(as_key(api), "POST */license latency=0.3 x1")
    with pytest.raises(httpx.ReadTimeout):
        await api.post(ONE, json=SCAN, timeout=httpx.Timeout(5, read=0.1))
    async with asyncio.timeout(5):
        while await issued(api) == 0:
            pass
    assert await issued(api) == 1


async def test_two_changes_at_once_are_each_made_once(api: httpx.AsyncClient) -> None:
    as_key(api)
    answers = await asyncio.gather(*(api.post(ONE, json=SCAN) for _ in range(8)))
    keys = {answer.json()["license_key"] for answer in answers}
    assert len(keys) == 8
    assert await issued(api) == 8
    revoked = await asyncio.gather(
        *(api.delete(ONE, params={"license_key": key}) for key in [next(iter(keys))] * 4)
    )
    assert sorted(answer.status_code for answer in revoked) == [200, 400, 400, 400]


async def test_faults_are_shown_replaced_and_refused_with_a_reason(api: httpx.AsyncClient) -> None:
    await set_faults(api, "GET * 500", "POST * latency=2 x1 +1")
    assert (await api.get("/_sandbox/faults")).json() == ["GET * 500", "POST * latency=2 x1 +1"]
    for body in (["GET * nonsense"], {"spec": 1}, [1]):
        answer = await api.put("/_sandbox/faults", json=body)
        assert answer.status_code == 400
        assert answer.json()["message"]
    assert (await api.get("/_sandbox/faults")).json() == ["GET * 500", "POST * latency=2 x1 +1"]
    await set_faults(api)
    assert await rows(as_key(api), filter="standard")


async def test_faults_strike_and_the_log_shows_the_second_origin_too(api: httpx.AsyncClient) -> None:
    as_key(api)
    key = next(str(row["license_key"]) for row in await rows(api, filter="attached") if row["has_downloads"])
    url = httpx.URL((await api.get(f"{API}/license/{key}/download")).json()["download_url"])
    await set_faults(api, "GET /download/* cut x1", "GET /download/* reset-before x1")
    api.headers.pop("Authorization")
    with pytest.raises(httpx.RemoteProtocolError):
        await api.get(url)
    with pytest.raises(httpx.ReadError):
        await api.get(url)
    assert (await api.get(url)).status_code == 200
    entries = [e for e in (await api.get("/_sandbox/requests")).json() if e["path"].startswith("/download/")]
    assert [(entry["status"], entry["token"], entry["fault"]) for entry in entries] == [
        (200, "none", "cut"),
        (None, "none", "reset-before"),
        (200, "none", None),
    ]
    assert {entry["host"] for entry in entries} == {url.netloc.decode()}
