"""What a log may not hold is taken out of a line, wherever it stands in it; request ids stay."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given, strategies as st

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.redaction import redacted
from jpmanage_tui.api.request import Exchange, segment
from tests.api.endpoints import ENDPOINTS, Endpoint, K
from tests.api.support import KEY, USER, Server, client_of, error, reply

SLUGS = st.sampled_from(
    ["jetpack-scan", "jetpack-backup-t1", "woocommerce-bookings", "wpcom-hosting-business"]
)
CODES = st.tuples(SLUGS, st.from_regex(r"\A[A-Za-z0-9]{5,40}\Z")).map("_".join)


def lines_with(code: str) -> list[str]:
    path = f"/wpcom/v2/jetpack-licensing/license/{segment(code)}/site"
    return [
        f"2026-03-01 09:00:00,000 INFO jpmanage.api POST {path} -> 200 in 12 ms, request id abc",
        f"HTTP Request: POST https://public-api.wordpress.com{path} \"HTTP/1.1 200 OK\"",
        f"GET /wpcom/v2/jetpack-licensing/license?{urlencode({'license_key': code})} -> 404",
        f"GET /wpcom/v2/jetpack-licensing/licenses?page=1&{urlencode({'search': code})}&per_page=50",
        f"redirect to {quote_plus(f'https://x.example{path}?license_key={code}')}",
        json.dumps({"license_key": code, "license_id": 1}),
        repr({"license_key": code}),
        f"The license {code} is not yours.",
        f"(“{code}”)",
        f"'{code}', '{code}'",
        f"<Task finished name='unassign {code}' exception=KeyError('{code}')>",
        f"The license {quote(code, safe='')} (twice: {quote(quote(code, safe=''), safe='')}).",
        f"No such license: {code}.",
    ]  # fmt: skip


@given(code=CODES)
@example(code="jetpack-scan_foobarbaz")
def test_a_license_code_is_taken_out_wherever_it_stands(code: str) -> None:
    secret = code.rpartition("_")[2]
    for line in lines_with(code):
        assert secret not in redacted(line), line


@given(code=st.text(min_size=1).filter(lambda text: text not in (".", "..")))
@example(code="jetpack-scan_aB/c?d e")
@example(code="a")
def test_whatever_a_license_code_is_its_segment_of_a_path_is_taken_out(code: str) -> None:
    code = code.encode(errors="replace").decode()
    for rest in ("/site", "/children", "/download", ""):
        path = f"/wpcom/v2/jetpack-licensing/license/{segment(code)}{rest}"
        assert redacted(f"GET {path} -> 200") == f"GET /wpcom/v2/jetpack-licensing/license/…{rest} -> 200"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer …"),
        ("{'Authorization': 'Basic YWI6Y2Q='}", "{'Authorization': 'Basic …'}"),
        ("POST token=abc&client_secret=x%20y&redirect_uri=z", "POST token=…&client_secret=…&redirect_uri=z"),
        ('{"access_token": "a b", "expires_in": 3}', '{"access_token": …, "expires_in": 3}'),
        ("http://127.0.0.1:5/?code=abc&state=def", "http://127.0.0.1:5/?code=…&state=…"),
        ("http://me:pass@proxy.example:3128 failed", "http://…@proxy.example:3128 failed"),
        ("seti_1Abc_secret_9Xyz is there", "seti_1Abc_secret_… is there"),
        ("pk_live_51Abc and sk_test_9", "… and …"),
        ("number 4242 4242 4242 4242 declined", "number … declined"),
        ("number=4242424242424242&cvc=123", "number=…&cvc=…"),
        ("jetpack-scan_foobarbaz was revoked", "jetpack-scan_… was revoked"),
        ("complete_aB3dE5fG7hI9jK1lM3nO was revoked", "complete_… was revoked"),
    ],
)
def test_a_secret_is_taken_out(line: str, told: str) -> None:
    assert redacted(line) == told


@pytest.mark.parametrize(
    "line",
    [
        "GET /wpcom/v2/jetpack-licensing/licenses -> 200 in 12 ms, request id none",
        "GET /wpcom/v2/jetpack-licensing/licenses/counts -> 200 in 12 ms",
        "POST /wpcom/v2/jetpack-licensing/license -> 400 in 9 ms, request id r1, InvalidParameter",
        "GET /v1/setup_intents/seti_1AbCdEfGhIjKlMnOpQrStUvW -> 200 in 3 ms, request id req_AbCdEf12345678",
        "request id 8f0e1d2c-3b4a-5968-7766-554433221100",
        "request id 0123456789abcdef0123456789abcdef",
        "request id 1234567890123456",
        "request id 550e8400-e29b-41d4-a716-446655440000, ServerError",
        "again with a renewed token (rest_forbidden)",
        "missing_valid_payment_method, rest_invalid_param, license_key",
        "DELETE /wpcom/v2/jetpack-licensing/stripe/payment-method/pm_1AbCdEfGhIjKlMnOpQrStUvW",
        "GET /wpcom/v2/jetpack-licensing/partner/invoice/in_1AbCdEfGhIjKlMnOpQrStUvW -> 200",
        "KeyError in page 3: _read:42 < _page:100",
    ],
)
def test_what_support_needs_stays(line: str) -> None:
    assert redacted(line) == line


@pytest.mark.parametrize("point", ENDPOINTS, ids=str)
@pytest.mark.parametrize("status", [200, 404])
async def test_no_request_leaves_a_code_or_a_token_in_the_log(
    point: Endpoint, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Exchange] = []
    answer = reply(200, point.answer) if status == 200 else error(404, message=f"{K} is unknown.")
    with caplog.at_level(logging.INFO):
        async with client_of(Server(answer), on_exchange=told.append) as client:
            with suppress(ApiError):
                await point.call(client)
    assert told
    for text in (caplog.text, repr(told)):
        for secret in ("aB/c", "aB%2Fc", KEY, USER, "seti_1_secret_2"):
            assert secret not in text
