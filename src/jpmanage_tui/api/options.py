"""What holds for all requests of a client: whose account it is, how long one may take, how often a read is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from jpmanage_tui.api.request import ApiRequest, Exchange, Scalar
from jpmanage_tui.api.tokens import TokenKind


class PhaseTimeouts(Protocol):
    """Seconds a request may spend in each phase; ``total`` bounds a call with its retries and pauses."""

    @property
    def connect(self) -> float:
        """Seconds to open a connection."""

    @property
    def read(self) -> float:
        """Seconds without a byte from the server."""

    @property
    def write(self) -> float:
        """Seconds without being able to send a byte."""

    @property
    def pool(self) -> float:
        """Seconds to wait for a free connection."""

    @property
    def total(self) -> float:
        """Seconds for the whole call, retries and pauses included."""


class Timeouts(NamedTuple):
    """The defaults, in seconds."""

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 10.0
    total: float = 75.0


_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class AccountContext:
    """The account that requests are made for; the default is a partner with its partner key.

    ``licensing_token`` is the token that those calls take which belong to a partner key (licenses, billing, cards,
    invoices, sites): the key's own, or the user's where an account has no keys (contract: agency 1). ``parameters`` go
    along with each of these calls (``agency_id``): in the query of what has no body, else in the body (agency 2).
    """

    licensing_token: TokenKind = TokenKind.KEY
    parameters: Mapping[str, Scalar] = field(default_factory=dict)

    def token_kind(self, kind: TokenKind) -> TokenKind:
        """Return which token a call of ``kind`` takes for this account."""
        return self.licensing_token if kind is TokenKind.KEY else kind

    def apply(self, request: ApiRequest) -> ApiRequest:
        """Return ``request`` as it is sent for this account; what belongs to no partner key stays as it is."""
        if request.token is not TokenKind.KEY:
            return request
        token = self.licensing_token
        if not self.parameters:
            return request if token is request.token else replace(request, token=token)
        if request.body is not None or request.method in _WITH_BODY:
            return replace(request, token=token, body={**(request.body or {}), **self.parameters})
        return replace(request, token=token, query={**request.query, **self.parameters})


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """What holds for the requests of a client, beside what each asks for; see ``LicensingClient.with_options``.

    ``account`` is whose account they are made for. ``timeouts`` are in seconds. ``max_retries`` says how often a read is
    sent again that got no answer, or one that may be better the next time; what changes something never is.
    ``listeners`` are called after every request, on the event loop, with what may be logged.
    """

    account: AccountContext = field(default_factory=AccountContext)
    timeouts: PhaseTimeouts = field(default_factory=Timeouts)
    max_retries: int = 2
    listeners: tuple[Callable[[Exchange], None], ...] = ()
