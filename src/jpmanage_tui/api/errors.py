"""What can go wrong with a request, as a tree of exceptions.

::

    ApiError
    ├── TokenUnavailableError  the token could not be had from where it is kept; nothing was sent with it
    │   └── MissingTokenError  no token of the needed kind; nothing was sent
    ├── AuthenticationError       401
    ├── PermissionDeniedError         403
    ├── NotFoundError          404
    ├── InvalidParameterError  4xx that names the offending fields
    ├── RateLimitError       429
    ├── RequestRejectedError           another 4xx, or a 200 that carries an error
    ├── ServerError       5xx or an answer that cannot be read, of a read
    ├── ApiConnectionError          no line; for a changing request only when it provably never left
    │   └── NotSent       this machine could not send it: its proxy, its certificates
    └── OutcomeUnknownError       a changing request that may or may not have been done

An exception holds what support needs (status, code, request id, method, path), never a token and never a
body.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from jpmanage_tui.api.ids import RequestId
from jpmanage_tui.api.tokens import TokenKind, TokenName


class ApiError(Exception):
    """A request that did not end as asked; the base of the tree.

    ``message`` is the vendor's sentence where there is one (cleaned of control characters), else ours.
    ``status`` is the HTTP status, ``code`` the vendor's error code, ``request_id`` the server's id, each None
    when there is none. ``path`` is without query. ``extra`` holds Stripe's further words (``type``,
    ``decline_code``, ``param``). ``str()`` is the message with status and request id.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: RequestId | None = None,
        method: str = "",
        path: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.request_id = request_id
        self.method = method
        self.path = path
        self.extra: Mapping[str, str] = {}

    def __str__(self) -> str:
        """Return the sentence with what support asks for: the HTTP status and the request id, where they are known."""
        details = [f"HTTP {self.status}"] if self.status is not None else []
        if self.request_id is not None:
            details.append(f"request id {self.request_id}")
        return f"{self.message} ({', '.join(details)})" if details else self.message


class TokenUnavailableError(ApiError):
    """The token cannot be had: the profile, the command or the sign-in that it comes from cannot be used.

    What a ``TokenProvider`` raises; ``message`` names the file, setting or variable and how to mend it. Nothing was
    sent with that token.
    """


class MissingTokenError(TokenUnavailableError):
    """The call takes a token of ``kind`` and none is known. Raised before any request."""

    def __init__(self, kind: TokenKind, *, method: str = "", path: str = "") -> None:
        super().__init__(f"This needs {kind.words}, and none is known.", method=method, path=path)
        self.kind = kind


class AuthenticationError(ApiError):
    """401: the token is not (or no longer) accepted. Nothing was done.

    ``token`` is what the rejected token is known by; None where that is not known, or where the server was not asked:
    then ``message`` says why there is no token.
    """

    token: TokenName | None = None


class PermissionDeniedError(ApiError):
    """403: the token is good, the action is not allowed to it. Nothing was done."""


class NotFoundError(ApiError):
    """404: there is no such thing, or no such route. Nothing was done.

    ``status`` is 400 or 403 where the API says so in that way of a license (see ``LicensesResource.get``).
    """


class InvalidParameterError(ApiError):
    """The server names fields it does not accept: ``params`` maps the argument's name to its sentence."""

    def __init__(
        self,
        message: str,
        *,
        params: Mapping[str, str],
        status: int | None = None,
        code: str | None = None,
        request_id: RequestId | None = None,
        method: str = "",
        path: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id, method=method, path=path)
        self.params: Mapping[str, str] = MappingProxyType(dict(params))


class RateLimitError(ApiError):
    """429: too many requests. ``retry_after`` is the server's wish in seconds, None when it gave none."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        status: int | None = 429,
        code: str | None = None,
        request_id: RequestId | None = None,
        method: str = "",
        path: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id, method=method, path=path)
        self.retry_after = retry_after


class RequestRejectedError(ApiError):
    """The server understood and said no: ``code`` tells why (for example
    ``missing_valid_payment_method``).
    """


UNKNOWN_LICENSE: tuple[type[ApiError], ...] = (
    NotFoundError,
    PermissionDeniedError,
    InvalidParameterError,
    RequestRejectedError,
)
"""What a read of a license, or of a bundle, raises that the server does not know: 404, but also 400 and 403 are answers
to that (contract: licenses 1.2).
"""


class ServerError(ApiError):
    """A read that the server could not answer: a 5xx, or an answer that cannot be read.

    ``retry_after`` is the server's wish in seconds (a 503 may have one), None when it gave none.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: RequestId | None = None,
        method: str = "",
        path: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id, method=method, path=path)
        self.retry_after = retry_after


class ApiConnectionError(ApiError):
    """No answer came. For a changing request this is raised only when nothing can have left this machine."""


class NotSent(ApiConnectionError):
    """The request did not leave this machine: a proxy that cannot be used, certificates that cannot be read.

    ``message`` names the variable to look at. ``lasting``: trying again is of no use before that.
    """

    def __init__(self, message: str, *, lasting: bool = True, method: str = "", path: str = "") -> None:
        super().__init__(message, method=method, path=path)
        self.lasting = lasting


class OutcomeUnknownError(ApiError):
    """A changing request of which nobody knows whether it was done; look before sending it again.

    ``server_date_before`` is the server's own clock just before the request left (aware UTC), None if no
    answer had been seen yet: what the request made cannot be older.
    """

    def __init__(
        self,
        message: str,
        *,
        server_date_before: datetime | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: RequestId | None = None,
        method: str = "",
        path: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id, method=method, path=path)
        self.server_date_before = server_date_before


def forget_frames(error: BaseException) -> None:
    """Drop the frames that an exception holds, and those of the ones that led to it.

    Who keeps an exception keeps every value of every call on its way: a token, a card's number. Kind and text stay.
    """
    line: list[BaseException | None] = [error]
    seen: set[int] = set()
    while line:
        one = line.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        line += [one.__cause__, one.__context__]
        line += one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        one.__traceback__ = None
