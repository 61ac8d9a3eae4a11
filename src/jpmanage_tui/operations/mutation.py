"""What a change is: something to ask of the API once, that can be described, noted down, sent and checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from pydantic import ConfigDict, SecretStr, TypeAdapter

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.api.stripe import CardEntry, StripeConfiguration
    from jpmanage_tui.operations.ports import ClientPort

T = TypeVar("T")
C = TypeVar("C")


@dataclass(frozen=True)
class Secrets:
    """What a change needs when it is sent and what the journal must never hold.

    ``setup_intent`` is the client secret of a confirmed Stripe intent (to save a card). ``configuration``,
    ``card`` and ``return_url`` are what Stripe needs to confirm one. ``renew`` asks for a fresh user token
    with a refresh token that only its owner knows, and returns when the new one is stored; it raises
    ApiError as the client does.
    """

    setup_intent: SecretStr | None = None
    configuration: StripeConfiguration | None = field(default=None, repr=False)
    card: CardEntry | None = field(default=None, repr=False)
    return_url: str | None = None
    renew: Callable[[], Awaitable[None]] | None = field(default=None, repr=False)


NO_SECRETS = Secrets()


class AmbiguousResponse(Exception):
    """The server answered 2xx, but its answer does not say that the thing was done: verify before believing."""


@dataclass(frozen=True)
class Snapshot:
    """What there was before a mutation was sent: the server's own time, and license codes that were known then."""

    server_date: datetime | None = None
    known_keys: tuple[LicenseKey, ...] = ()


EMPTY_SNAPSHOT = Snapshot()
MARGIN = timedelta(minutes=2)
"""How far the clock that dates a license may be behind the one of the server's ``Date``."""


def is_before(issued_at: datetime, now: datetime) -> bool:
    """Tell whether a license was surely issued before ``now`` of the server's clock, MARGIN allowed for."""
    return now - issued_at > MARGIN  # a difference: the sum could leave the calendar


class CheckResult(Enum):
    """What one check at the server showed of a mutation of unknown outcome.

    ``DONE``: the change is there. ``NOT_YET``: it is not; a slow server may still bring it. ``UNCLEAR``:
    what is there cannot be told apart, and checking again will not help. ``BLIND``: this check could not see
    it. ``GONE``: what should be taken away is known nowhere any more; a server that is late with its lists may
    still bring it back.
    """

    DONE = "done"
    NOT_YET = "not_yet"
    UNCLEAR = "unclear"
    BLIND = "blind"
    GONE = "gone"


@dataclass(frozen=True)
class Verification:
    """What one check showed, the sentence for it, and the license codes that were found."""

    result: CheckResult
    sentence: str
    keys: tuple[LicenseKey, ...] = ()


MUTATIONS: dict[str, type[Mutation[Any]]] = {}
"""Every mutation that was defined, by the kind that the journal stores."""


@dataclass(frozen=True)
class Mutation(ABC, Generic[T]):
    """One changing request, as plain values. ``T`` is what the API answers when it is done.

    A class is registered by being defined with its ``kind``, the word that the journal stores:
    ``class PayInvoice(Mutation[Invoice], kind="pay_invoice")``. That word and the names of the fields never change.
    Where what they mean must change, ``payload_version`` goes up: an older program then leaves such an entry alone.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid"
    )  # of a field that is not known here
    kind: ClassVar[str] = ""
    payload_version: ClassVar[int] = 1
    token: ClassVar[TokenKind] = TokenKind.KEY
    needs_snapshot: ClassVar[bool] = False
    """Whether its outcome can be verified only by what there was before it was sent."""
    concurrent: ClassVar[bool] = False
    """Whether it runs beside the others: a request in the queue may be waiting for it."""
    retry_while_card_propagates: ClassVar[bool] = False
    """Whether ``missing_valid_payment_method`` may mean only that a new card is not known everywhere yet."""

    def __init_subclass__(cls, *, kind: str = "", **options: Any) -> None:
        """Register the class under ``kind``; a class without one is a base of others.

        Raises:
            TypeError: another class has that kind.

        """
        super().__init_subclass__(**options)
        if kind:
            if kind in MUTATIONS:
                raise TypeError(f"{kind!r} is the kind of {MUTATIONS[kind].__name__} already")
            cls.kind = kind
            MUTATIONS[kind] = cls

    @property
    @abstractmethod
    def conflict_key(self) -> str:
        """What it changes: while the outcome of one change is unknown, no other of the same key is sent.

        An empty string means that nothing has to be guarded.
        """

    @property
    def order_keys(self) -> frozenset[str]:
        """What it touches: changes that share one of these are sent one after another, others beside each other."""
        return frozenset({"account"})

    @abstractmethod
    def summary(self) -> str:
        """Return what it does, in the vendor's words, without full stop; never with a secret."""

    @abstractmethod
    async def send(self, client: ClientPort, secrets: Secrets) -> T:
        """Send it, once, and return the API's answer.

        Raises:
            ApiError: as the client does.
            AmbiguousResponse: the answer does not prove that it was done.

        """

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check at the server, once, whether it was done; nothing is changed there.

        ``snapshot`` has the server's time when it was sent, the codes that were known then, and those that the
        journal's other entries brought.

        Raises:
            ApiError: the server could not be asked.

        """
        del client, snapshot
        return Verification(CheckResult.UNCLEAR, "There is nothing by which it could be looked up.")

    async def outdated(self, client: ClientPort) -> str:
        """Return, as a sentence, why it would not do any more what was confirmed, "" where it would.

        It is asked before a change is begun some time after it was confirmed.

        Raises:
            ApiError: the server could not be asked.

        """
        del client
        return ""

    def keys_of(self, result: T) -> tuple[LicenseKey, ...]:
        """Return the codes of the licenses that ``result`` brought."""
        del result
        return ()

    def refused_by(self, result: T) -> bool:
        """Return whether ``result``, though it is an answer, says that the thing was not done (a declined card)."""
        del result
        return False

    def remark_on(self, result: T) -> str:
        """Return the sentence that the journal keeps about ``result``, "" where there is nothing to add."""
        del result
        return ""

    def refusal_text(self, error: ApiError) -> str:
        """Return the sentence that the journal keeps about the error it ended with: the vendor's own."""
        return error.message

    def to_json(self) -> str:
        """Return its values as JSON, for the journal."""
        return _adapter(type(self)).dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the change that :meth:`to_json` wrote.

        Raises:
            ValueError: the text is not such a change.

        """
        change: Self = _adapter(cls).validate_json(text)
        return change


@cache
def _adapter(change: type[C]) -> TypeAdapter[C]:
    return TypeAdapter(change)


@dataclass(frozen=True)
class UnreadableMutation(Mutation[None]):
    """What a row of the journal holds that this version cannot read. It is shown and guards its target; nothing can be
    done with it but to settle it by the user's word.

    ``stored_kind`` and ``payload`` are as they stand in the row, ``reason`` what could not be read.
    """

    stored_kind: str
    stored_target: str
    payload: str
    reason: str

    @property
    def conflict_key(self) -> str:
        """What it changes, as the row says."""
        return self.stored_target

    def summary(self) -> str:
        """Return what is known of it."""
        return f"An entry that this version cannot read ({self.reason})"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Refuse: nobody knows what it is.

        Raises:
            ValueError: always.

        """
        raise ValueError(self.summary())


def mutation_from_json(kind: str, text: str, version: int = 1) -> Mutation[Any]:
    """Return the mutation of ``kind`` that ``Mutation.to_json`` wrote as ``text``, in the ``version`` of its payload.

    Raises:
        ValueError: the kind or the version is not known, or the text is not such a mutation.

    """
    if kind not in MUTATIONS:
        raise ValueError(f"{kind!r} is no kind of change")
    if version > MUTATIONS[kind].payload_version:
        raise ValueError(f"{kind!r} in a newer form, {version}")
    return MUTATIONS[kind].from_json(text)
