"""What the client makes of an answer's headers: dates at the edge of the calendar, wishes to wait, request ids."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import example, given, settings, strategies as st

from jpmanage_tui.api.errors import ApiError, OutcomeUnknownError, RateLimitError, ServerError
from jpmanage_tui.api.failures import http_date, retry_after_seconds
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.request import Exchange
from tests.api.support import COUNTS, SCAN, CutBody, Pauses, Server, client_of, reply
from tests.api.test_stripe import CARD, CONFIGURATION, RETURN

EDGES = [
    "Fri, 31 Dec 9999 23:59:59 -0100",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 01 Jan 0100 00:00:00 +0100",
    "Wed, 31 Dec 1969 23:59:59 GMT",
    "Fri, 31 Dec 99999999999999999999 23:59:59 GMT",
    "Fri, 99999999999999999999 Dec 2030 23:59:59 GMT",
    "Tue, 01 Jan 2030 00:00:00 +9999",
    "Tue, 01 Jan 2030 00:00:00 -99999999999999999999",
    "Tue, 01 Jan 2030 99:99:99 GMT",
]
"""HTTP dates that are none, or none that can be reckoned with."""

_days = st.sampled_from(["Mon", "Fri", "Sunday", "Xyz", ""])
_numbers = st.one_of(
    st.integers(-1, 70).map(str),
    st.sampled_from(["0001", "1969", "1970", "2026", "9999", "10000", "9" * 20, "\u0663", "\u00b2", "-"]),
)
_zones = st.sampled_from(["GMT", "-0100", "+2359", "+9999", "-2400", "+" + "9" * 25, "EST", "Z", ""])
DATES = st.builds(
    "{}, {} {} {} {}:{}:{} {}".format,
    _days, _numbers, st.sampled_from(["Jan", "Dec", "Foo", "12"]), _numbers, _numbers, _numbers, _numbers, _zones,
)  # fmt: skip


@given(DATES | st.text(max_size=60) | st.sampled_from(EDGES))
def test_a_date_is_one_that_can_be_reckoned_with_or_none(text: str) -> None:
    moment = http_date(text)
    if moment is not None:
        assert moment.utcoffset() == timedelta(0)
        assert moment - timedelta(days=400) < moment < moment + timedelta(days=400)


@pytest.mark.parametrize("text", EDGES)
def test_a_date_at_the_edge_of_the_calendar_is_none(text: str) -> None:
    assert http_date(text) is None
    assert retry_after_seconds(text, datetime(2030, 1, 1, tzinfo=UTC)) is None


@given(DATES | st.text(max_size=60) | st.integers().map(str), DATES.map(http_date) | st.none())
@example("Tue, 01 Jan 2030 00:00:00 GMT", None)
def test_a_wish_to_wait_is_some_seconds_or_none(text: str, now: datetime | None) -> None:
    seconds = retry_after_seconds(text, now)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize("date", EDGES)
async def test_no_date_of_the_servers_breaks_a_change_that_was_done(date: str) -> None:
    server = Server(reply(200, {}, Date=date), reply(200, {}, Date=date))
    async with client_of(server) as client:
        await client.licenses.assign(LicenseKey("a_b"), BlogId(5))
        assert client.server_now() is None
        await client.licenses.assign(LicenseKey("a_b"), BlogId(5))
    assert len(server.requests) == 2


@pytest.mark.parametrize("date", EDGES)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_wish_that_is_no_date_is_as_good_as_none(date: str, status: int) -> None:
    pauses = Pauses()
    server = Server(reply(status, Retry_After=date, Date=date), COUNTS)
    async with client_of(server, pauses=pauses) as client:
        await client.licenses.counts()
    assert 0.25 <= pauses.seconds[0] <= 0.75


_printable = st.text(st.sampled_from([chr(code) for code in range(32, 256) if code != 127]), max_size=40)
_values = DATES | st.sampled_from(EDGES) | _printable
_names = st.sampled_from(
    ["Date", "Retry-After", "X-Jetpack-Request-Id", "Request-Id", "Location", "Set-Cookie", "Content-Type", "Age"]
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(_names, _values, max_size=4), st.sampled_from([200, 204, 301, 302, 400, 429, 500, 503])
)
def test_whatever_the_headers_say_a_change_is_done_or_ends_as_an_error_of_the_client(
    headers: dict[str, str], status: int
) -> None:
    encoded = [(name.encode(), value.encode("utf-8", "replace")) for name, value in headers.items()]
    server = Server(lambda request: httpx.Response(status, headers=encoded))

    async def change() -> None:
        async with client_of(server) as client:
            await client.licenses.assign(LicenseKey("a_b"), BlogId(5))

    if status < 300:
        asyncio.run(change())
    else:
        with pytest.raises(ApiError):
            asyncio.run(change())
    assert len(server.requests) == 1


# --- wishes to wait


@pytest.mark.parametrize("status", [429, 503, 500])
@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("20", 20.0),
        ("Tue, 01 Jan 2030 00:00:09 GMT", 9.0),
        ("Mon, 31 Dec 2029 23:00:00 GMT", 0.0),
    ],
)
async def test_a_read_waits_as_long_as_the_server_wishes(status: int, wish: str, seconds: float) -> None:
    pauses = Pauses()
    server = Server(reply(status, Retry_After=wish, Date="Tue, 01 Jan 2030 00:00:00 GMT"), COUNTS)
    async with client_of(server, pauses=pauses) as client:
        await client.licenses.counts()
    assert pauses.seconds == [seconds]


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimitError), (503, ServerError)])
@pytest.mark.parametrize("wish", ["21", "3600", "999999999", "Tue, 01 Jan 2030 00:01:00 GMT"])
async def test_a_wish_over_the_bound_is_told_at_once(status: int, kind: type[ApiError], wish: str) -> None:
    server, pauses = Server(reply(status, Retry_After=wish, Date="Tue, 01 Jan 2030 00:00:00 GMT")), Pauses()
    async with client_of(server, pauses=pauses) as client:
        with pytest.raises(kind) as caught:
            await client.licenses.counts()
    assert isinstance(caught.value, RateLimitError | ServerError)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 20
    assert (len(server.requests), pauses.seconds) == (1, [])


async def test_no_wish_outlasts_the_total_time() -> None:
    server, pauses = Server(reply(503, Retry_After="15")), Pauses()
    async with client_of(server, timeouts=Timeouts(total=5), pauses=pauses) as client:
        with pytest.raises(ServerError):
            await client.licenses.counts()
    assert (len(server.requests), pauses.seconds) == (1, [])


async def test_a_change_is_not_sent_again_whatever_a_503_wishes() -> None:
    server = Server(reply(503, Retry_After="1"))
    async with client_of(server) as client:
        with pytest.raises(OutcomeUnknownError):
            await client.licenses.issue(SCAN)
    assert len(server.requests) == 1


# --- request ids


async def test_the_listener_of_one_request_hears_of_no_other() -> None:
    go = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            await go.wait()
        return httpx.Response(200, json={}, headers={"X-Jetpack-Request-Id": f"of-{request.method}"})

    all_heard: list[Exchange] = []
    heard: list[Exchange] = []
    async with client_of(Server(answer), on_exchange=all_heard.append) as client:
        own = client.with_options(on_exchange=heard.append)
        change = asyncio.create_task(own.licenses.assign(LicenseKey("a_b"), BlogId(5)))
        await client.licenses.counts()
        go.set()
        await change
        await client.licenses.counts()
        assert client.last_request_id == own.last_request_id == "of-GET"
    assert [one.request_id for one in heard] == ["of-POST"]
    assert [one.request_id for one in all_heard] == ["of-GET", "of-POST", "of-GET"]


async def test_an_answer_without_an_id_has_none_and_leaves_the_last_one() -> None:
    heard: list[Exchange] = []
    server = Server(
        reply(200, {}, X_Jetpack_Request_Id="req-1"), reply(200, {}), reply(200, {}, X_Jetpack_Request_Id=" ")
    )
    async with client_of(server, on_exchange=heard.append) as client:
        for _ in range(3):
            await client.licenses.counts()
        assert client.last_request_id == "req-1"
    assert [one.request_id for one in heard] == ["req-1", None, None]


async def test_a_change_whose_answer_is_cut_off_keeps_the_answers_status_and_id() -> None:
    server = Server(
        lambda _: httpx.Response(200, stream=CutBody(), headers={"X-Jetpack-Request-Id": "req-1"})
    )
    async with client_of(server) as client:
        with pytest.raises(OutcomeUnknownError) as caught:
            await client.licenses.issue(SCAN)
    assert (caught.value.status, caught.value.request_id) == (200, "req-1")


async def test_a_client_with_options_shares_the_servers_clock() -> None:
    server = Server(reply(200, {}, Date="Tue, 01 Jan 2030 00:00:00 GMT"))
    async with client_of(server) as client:
        await client.with_options(on_exchange=lambda exchange: None).licenses.counts()
        now = client.server_now()
    assert now is not None
    assert now.year == 2030


async def test_stripes_answers_have_stripes_id_and_leave_the_vendors_last_one_and_clock_alone() -> None:
    headers = {"Request_Id": "req_stripe", "Date": "Tue, 01 Jan 2030 00:00:00 GMT"}
    heard: list[Exchange] = []
    server = Server(
        reply(200, {}, X_Jetpack_Request_Id="req-1"),
        reply(200, {"status": "processing"}, **headers),
        reply(503, {}, **headers),
    )
    async with client_of(server) as client:
        await client.licenses.counts()
        own = client.with_options(on_exchange=heard.append)
        await own.stripe.confirm(CONFIGURATION, CARD, RETURN)
        with pytest.raises(OutcomeUnknownError) as caught:
            await own.stripe.confirm(CONFIGURATION, CARD, RETURN)
        assert caught.value.request_id == "req_stripe"
        assert client.last_request_id == "req-1"
        assert client.server_now() is None
    assert [one.request_id for one in heard] == ["req_stripe", "req_stripe"]
