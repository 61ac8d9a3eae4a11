"""From an HTTP answer that is no success to the exception that says what it means."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from jpmanage_tui.api.errors import (
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
from jpmanage_tui.api.ids import RequestId
from jpmanage_tui.api.request import ApiRequest, Json
from jpmanage_tui.api.text import sanitize_text

_MESSAGE_LIMIT = 2000
_FIELD_CODES = frozenset({"rest_invalid_param", "rest_missing_callback_param"})
_OWN_WORDS = {
    400: "The server refused the request.",
    401: "The server does not accept the token.",
    403: "The server does not allow this.",
    404: "The server knows nothing by that name.",
    429: "Too many requests; the server asks to wait.",
}
_WORDS_OF_CODE = {
    "no_billing_invoice_available": "Your upcoming invoice is being prepared.",
    "could_not_retrieve_subscription": "The product details could not be retrieved.",
    "missing_valid_payment_method": "A valid payment method is needed first.",
    "unable_to_pay_invoice": "The invoice could not be paid.",
    "no_partner_found": "This WordPress.com account is not registered as a partner.",
    "partner_not_connected_to_site": "The partner's WordPress.com user is not an administrator of that site.",
    "card_declined": "The card was declined.",
    "expired_card": "The card has expired.",
    "incorrect_number": "The card number is not right.",
    "invalid_number": "The card number is not right.",
    "incorrect_cvc": "The security code is not right.",
    "invalid_cvc": "The security code is not right.",
    "invalid_expiry_month": "The month of expiry is not right.",
    "invalid_expiry_year": "The year of expiry is not right.",
    "processing_error": "The card could not be processed; try again later.",
    "setup_intent_authentication_failure": "The bank did not approve the card.",
}
"""What the vendor's and Stripe's codes mean, for answers that come without a message (contract: licenses 1.2, 1.11,
1.12; account 1.1, 1.5, 2.3).
"""
_STRIPE_NAMES = ("type", "decline_code", "param")
_CARD_NUMBER = re.compile(r"\d(?:[ -]?\d){11,18}", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_LIKE_5XX = frozenset({408, 425})  # the server gave up before it had the request, or does not say


class Failure(NamedTuple):
    """What is known about an answer that is no success; ``body`` is None where it was not JSON."""

    call: ApiRequest
    status: int
    body: Json
    request_id: RequestId | None
    retry_after: float | None
    server_date_before: datetime | None


def error_of(failure: Failure) -> ApiError:
    """Return the exception that stands for ``failure`` (envelopes: contract account 1.8, licenses 0)."""
    code, message, data = _envelope(failure.body)
    if failure.call.form is not None:  # a card may have been sent: its number is in no message
        message = _CARD_NUMBER.sub("…", message)
    error = _classify(failure, code, message, data)
    error.extra = _stripe_words(data)
    return error


def _classify(failure: Failure, code: str | None, message: str, data: Json) -> ApiError:
    words = message or own_words(failure.status, code)
    status, call, request_id = failure.status, failure.call, failure.request_id
    if status >= 500 or status in _LIKE_5XX or 300 <= status < 400:
        if call.changing:
            return OutcomeUnknownError(
                words,
                server_date_before=failure.server_date_before,
                status=status,
                code=code,
                request_id=request_id,
                method=call.method,
                path=call.path,
            )
        return ServerError(
            words,
            retry_after=failure.retry_after,
            status=status,
            code=code,
            request_id=request_id,
            method=call.method,
            path=call.path,
        )
    if status == 429:
        return RateLimitError(
            words,
            retry_after=failure.retry_after,
            code=code,
            request_id=request_id,
            method=call.method,
            path=call.path,
        )
    if code in _FIELD_CODES:
        return InvalidParameterError(
            words,
            params=_params(data, words),
            status=status,
            code=code,
            request_id=request_id,
            method=call.method,
            path=call.path,
        )
    kind: type[ApiError] = {401: AuthenticationError, 403: PermissionDeniedError, 404: NotFoundError}.get(
        status, RequestRejectedError
    )
    return kind(words, status=status, code=code, request_id=request_id, method=call.method, path=call.path)


def _stripe_words(data: Json) -> Mapping[str, str]:
    if not isinstance(data, dict):
        return {}
    return {name: _string(data.get(name)) for name in _STRIPE_NAMES if _string(data.get(name))}


def refused_inside(body: Json) -> bool:
    """Tell whether a 2xx body carries an ``error`` member, which counts as failure (contract: account
    1.4).
    """
    return isinstance(body, dict) and bool(body.get("error"))


def retry_after_seconds(header: str | None, now: datetime | None) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for (a number or an HTTP date), None when it says
    nothing. A date is measured from ``now`` (aware; None: this machine's time).
    """
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    moment = http_date(text)
    if moment is None:
        return None
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def http_date(header: str | None) -> datetime | None:
    """Return an HTTP date as aware UTC datetime, None when it is missing, not one, or of no year that a
    server's clock can show: one at the calendar's edge could not be reckoned with.
    """
    if not header:
        return None
    try:
        moment = parsedate_to_datetime(header)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def words_of_code(code: str | None) -> str:
    """Return our sentence for a code of the vendor's or of Stripe's, "" where it is not known."""
    return _WORDS_OF_CODE.get(code or "", "")


def own_words(status: int, code: str | None = None) -> str:
    """Return our sentence for an answer without a message: by its code where that is known, else by its status."""
    words = words_of_code(code)
    if words:
        return words
    if status >= 500:
        return f"The server failed (HTTP {status})."
    if 300 <= status < 400:
        return f"The server redirects to another place (HTTP {status}), which is not followed."
    return _OWN_WORDS.get(status, f"The server refused the request (HTTP {status}).")


def _envelope(body: Json) -> tuple[str | None, str, Json]:
    """Code, message and data from ``{code, message, data}``, ``{error, message}``, Stripe's ``{error: {…}}``,
    or an ``error`` that is itself the sentence (contract: account 1.4).
    """
    if not isinstance(body, dict):
        return None, "", None
    error = body.get("error")
    if isinstance(error, dict):
        code = _string(error.get("code")) or _string(error.get("type"))
        return code or None, _string(error.get("message")), error
    message = _string(body.get("message")) or _string(body.get("error_description"))
    words = _string(error)
    if not message and " " in words:  # no code holds a space
        message, words = words, ""
    return _string(body.get("code")) or words or None, message, body.get("data")


def _params(data: Json, message: str) -> Mapping[str, str]:
    """The fields named by ``data.params``: an object of sentences, or a list of names; the answer's ``message``
    stands where a sentence is empty.
    """
    params = data.get("params") if isinstance(data, dict) else None
    if isinstance(params, dict):
        return {sanitize_text(name): _string(words) or message for name, words in params.items()}
    if isinstance(params, list):
        return {_string(name): "This is required." for name in params if _string(name)}
    return {}


def _string(value: Json) -> str:
    return sanitize_text(value).strip()[:_MESSAGE_LIMIT] if isinstance(value, str) else ""
