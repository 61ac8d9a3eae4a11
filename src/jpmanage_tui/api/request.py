"""One request as the client means it, one answer as the requestor hands it back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NoReturn
from urllib.parse import quote

from jpmanage_tui.api.errors import OutcomeUnknownError, ServerError
from jpmanage_tui.api.ids import RequestId
from jpmanage_tui.api.tokens import TokenKind

Json = None | bool | int | Decimal | str | list["Json"] | dict[str, "Json"]
"""What an answer's body can hold; fractions are Decimal, so that money is never a float."""

Scalar = str | int | bool
"""What a query or a body of ours carries."""

LICENSING = "/wpcom/v2/jetpack-licensing"
"""Prefix of most routes."""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request to make.

    ``changing`` marks what must never be sent twice; ``path`` is relative to the origin and already escaped;
    ``body`` is sent as JSON, ``form`` as an encoded form. ``bearer`` overrides the token provider (Stripe's
    publishable key); ``origin`` is the base URL where it is not the API's.
    """

    method: str
    path: str
    token: TokenKind
    changing: bool = False
    query: Mapping[str, Scalar] = field(default_factory=dict)
    body: Mapping[str, Scalar | list[str]] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, for logs and statistics. Holds no secret.

    ``status`` and ``request_id`` are None when no answer came; ``error_name`` is the class of the error, if
    any; ``path`` is without query and without license codes; ``seconds`` is the time it took.
    """

    method: str
    path: str
    status: int | None
    request_id: RequestId | None
    seconds: float
    error_name: str | None


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A 2xx answer whose body was read; ``body`` is None when it was empty."""

    call: ApiRequest
    status: int
    body: Json = field(repr=False)
    request_id: RequestId | None
    server_date_before: datetime | None

    def unreadable(self, why: str) -> NoReturn:
        """Raise what an answer means that is not in a shape we know.

        Raises OutcomeUnknownError for a changing request (it was probably done), else ServerError.
        """
        message = f"The server's answer could not be read: {why}."
        call = self.call
        if call.changing:
            raise OutcomeUnknownError(
                message,
                server_date_before=self.server_date_before,
                status=self.status,
                request_id=self.request_id,
                method=call.method,
                path=call.path,
            )
        raise ServerError(
            message, status=self.status, request_id=self.request_id, method=call.method, path=call.path
        )

    def mapping(self) -> dict[str, Json]:
        """Return the body as an object; PHP's empty array and a list of exactly one object pass for it."""
        body = self.body
        if isinstance(body, list) and len(body) == 1:
            body = body[0]
        if isinstance(body, dict):
            return body
        if body == []:
            return {}
        self.unreadable("an object was expected")

    def rows(self, *names: str) -> list[Json]:
        """Return the body as a list: itself, its member called one of ``names``, or an object keyed by
        ids.
        """
        body = self.body
        if isinstance(body, dict):
            for name in names:
                if name in body:
                    return self._values(body[name])
        return self._values(body)

    def _values(self, value: Json) -> list[Json]:
        if isinstance(value, list):
            return value
        if isinstance(value, dict) and (not value or any(isinstance(row, dict) for row in value.values())):
            return list(value.values())
        if value is None and self.body is not None:
            return []  # the member is there and null
        self.unreadable("a list was expected")


def segment(value: str) -> str:
    """Return ``value`` escaped as one segment of a path.

    Raises ValueError for what could not be one: the empty string, ``.`` and ``..`` would name another route.
    """
    if value in {"", ".", ".."}:
        raise ValueError(f"not usable in a path: {value!r}")
    return quote(value, safe="")
