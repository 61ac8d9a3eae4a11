"""Every request the client can make, against the vendor's published routes and against every kind of
trouble.
"""

import inspect

import httpx
import pytest

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    InvalidParameterError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    RequestRejectedError,
    ServerError,
)
from tests.api.endpoints import ENDPOINTS, Endpoint
from tests.api.routes import LICENSING, ROUTES, route_of
from tests.api.support import API, Reply, Server, body_of, client_of, error, fails, query_of, reply

OF_ONE_LICENSE = {"get", "children"}
"""Reads that name a license or a bundle, which the API may not know."""
every = pytest.mark.parametrize("point", ENDPOINTS, ids=str)


async def run(point: Endpoint, script: Reply) -> Server:
    server = Server(script)
    async with client_of(server) as client:
        await point.call(client)
    return server


async def failure(point: Endpoint, script: Reply) -> tuple[ApiError, Server]:
    server = Server(script)
    async with client_of(server) as client:
        with pytest.raises(ApiError) as caught:
            await point.call(client)
    return caught.value, server


@every
async def test_the_request_is_exactly_what_the_contract_says(point: Endpoint) -> None:
    request = (await run(point, reply(200, point.answer))).only
    assert request.method == point.route.partition(" ")[0]
    assert str(request.url).partition("?")[0] == API + point.path
    assert query_of(request) == point.query
    assert body_of(request) == point.body
    assert request.headers.get("Authorization") == (f"Bearer {point.token}" if point.token else None)
    if point.body is not None:
        assert request.headers["Content-Type"] == "application/json"


@every
async def test_the_request_has_only_arguments_of_the_routes_types_and_all_it_requires(
    point: Endpoint,
) -> None:
    request = (await run(point, reply(200, point.answer))).only
    assert route_of(request.method, point.path) is ROUTES[point.route]
    ROUTES[point.route].check(query_of(request), body_of(request) or {})


@pytest.mark.parametrize(
    ("route", "query", "body", "words"),
    [
        (f"POST {LICENSING}/license", {}, {"product": "p", "quantity": "5"}, "quantity is '5'"),
        (f"POST {LICENSING}/license", {}, {"product": "p", "quantity": True}, "quantity is True"),
        (f"POST {LICENSING}/license", {}, {"quantity": 5}, "required"),
        (f"POST {LICENSING}/license", {"product": "p"}, {}, "not in the route's query"),
        (f"DELETE {LICENSING}/license", {}, {"license_key": "k"}, "not in the route's body"),
        (f"DELETE {LICENSING}/license/{{key}}/site", {"cancellation_email": "false"}, {}, "is no"),
        ("GET /wpcom/v2/jetpack/stripe/configuration", {"needs_intent": "1"}, {}, "is no"),
        (f"GET {LICENSING}/partner/invoices", {"status": ""}, {}, "is no"),
    ],
)
def test_what_does_not_agree_with_a_route_is_found(
    route: str, query: dict[str, str], body: dict[str, object], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        ROUTES[route].check(query, body)


def test_every_route_and_every_method_of_the_client_is_in_the_table() -> None:
    assert {point.route for point in ENDPOINTS} == set(ROUTES)
    areas = (
        "licenses",
        "products",
        "sites",
        "partner",
        "me",
        "billing",
        "payment_methods",
        "invoices",
        "countries",
    )
    client = client_of(Server(reply()))
    public = {
        f"{area}.{name}"
        for area in areas
        for name, _ in inspect.getmembers(getattr(client, area), inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    tested = "\n".join(inspect.getsource(point.call) for point in ENDPOINTS)
    elsewhere = {"invoices.download_pdf"}  # on another host: test_pdf.py
    assert {name for name in public - elsewhere if f"c.{name}(" not in tested} == set()


@every
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestRejectedError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (422, RequestRejectedError),
    ],
)
async def test_a_4xx_is_told_as_it_is_and_not_repeated(
    point: Endpoint, status: int, kind: type[ApiError]
) -> None:
    if point.name in OF_ONE_LICENSE and status in {400, 403}:
        kind = NotFoundError  # an unknown license is answered with any of the three (contract: licenses 1.2)
    error_, server = await failure(point, error(status, "a_code", "Vendor's words."))
    assert type(error_) is kind
    assert (error_.code, error_.message, error_.status) == ("a_code", "Vendor's words.", status)
    assert error_.path.startswith(("/wpcom/v2/", "/rest/v1.1/"))
    assert len(server.requests) == 1


@every
async def test_refused_parameters_are_named(point: Endpoint) -> None:
    error_, _ = await failure(point, error(400, "rest_invalid_param", params={"name": "No."}))
    if point.name in OF_ONE_LICENSE:
        assert type(error_) is NotFoundError
        return
    assert isinstance(error_, InvalidParameterError)
    assert error_.params == {"name": "No."}


@every
@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_5xx_is_repeated_for_reads_only(point: Endpoint, status: int) -> None:
    error_, server = await failure(point, reply(status, text="<html>"))
    assert type(error_) is (OutcomeUnknownError if point.changes else ServerError)
    assert len(server.requests) == (1 if point.changes else 3)


@every
async def test_a_429_is_repeated_for_reads_only(point: Endpoint) -> None:
    error_, server = await failure(point, reply(429, Retry_After="2"))
    assert isinstance(error_, RateLimitError)
    assert error_.retry_after == 2
    assert len(server.requests) == (1 if point.changes else 3)


@every
async def test_no_answer_in_time_is_repeated_for_reads_only(point: Endpoint) -> None:
    error_, server = await failure(point, fails(httpx.ReadTimeout))
    assert type(error_) is (OutcomeUnknownError if point.changes else ApiConnectionError)
    assert len(server.requests) == (1 if point.changes else 3)


@every
@pytest.mark.parametrize("text", ["<html>oops</html>", '{"items": [', "<br />Warning: php\n{}"])
async def test_a_malformed_2xx_is_a_clean_error(point: Endpoint, text: str) -> None:
    error_, server = await failure(point, reply(200, text=text))
    assert type(error_) is (OutcomeUnknownError if point.changes else ServerError)
    assert len(server.requests) == 1


@every
async def test_a_2xx_of_another_shape_is_a_clean_error_where_its_content_matters(point: Endpoint) -> None:
    server = Server(reply(200, "just a string"))
    async with client_of(server) as client:
        if not point.needs_shape:
            await point.call(client)
            return
        with pytest.raises(OutcomeUnknownError if point.changes else ServerError):
            await point.call(client)
