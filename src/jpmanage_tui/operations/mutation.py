"""What a change is: something to ask of the API once, that can be described, noted down, sent and checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

from pydantic import ConfigDict, SecretStr, TypeAdapter

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.models.stripe import CardEntry, StripeConfiguration
    from jpmanage_tui.operations.ports import ClientPort

T = TypeVar("T")
C = TypeVar("C")


class MutationType(StrEnum):
    """The kinds of change, as they stand in the journal: the words never change, whatever the code calls them."""

    ASSIGN_LICENSE = "assign_license"
    UNASSIGN_LICENSE = "unassign_license"
    REVOKE_LICENSE = "revoke_license"
    ISSUE_LICENSE = "issue_license"
    ACCEPT_TERMS = "accept_terms"
    CREATE_PARTNER = "create_partner"
    UPDATE_PARTNER = "update_partner"
    CONNECT_SITE = "connect_site"
    CREATE_SETUP_INTENT = "create_setup_intent"
    CONFIRM_CARD = "confirm_card"
    SAVE_CARD = "save_card"
    MAKE_CARD_PRIMARY = "make_card_primary"
    DELETE_CARD = "delete_card"
    PAY_INVOICE = "pay_invoice"
    REFRESH_USER_TOKEN = "refresh_user_token"  # noqa: S105 - a name, not a token
    UNREADABLE = ""
    """Of an entry that this version cannot read; it is never stored."""


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
    """The server answered 2xx, but its answer does not say that the thing was done: look before believing."""


@dataclass(frozen=True)
class Mutation(ABC, Generic[T]):
    """One changing request, as plain values. ``T`` is what the API answers when it is done.

    The names of its fields are stored in the journal and never change. Where what they mean must change,
    ``payload_version`` goes up: an older program then leaves such an entry alone.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid"
    )  # of a field that is not known here
    kind: ClassVar[MutationType]
    payload_version: ClassVar[int] = 1
    token: ClassVar[TokenKind] = TokenKind.KEY
    dated: ClassVar[bool] = False
    """Whether its fate can be looked up only by what there was before it was sent."""
    aside: ClassVar[bool] = False
    """Whether it runs beside the line of the others: a request in the line may be waiting for it."""
    payable: ClassVar[bool] = False
    """Whether ``missing_valid_payment_method`` may mean only that a new card is not known everywhere yet."""

    @property
    @abstractmethod
    def target(self) -> str:
        """What it changes: while the fate of one change is unknown, no other of the same target is sent.

        An empty string means that nothing has to be guarded.
        """

    @abstractmethod
    def sentence(self) -> str:
        """Return what it does, in the vendor's words, without full stop; never with a secret."""

    @abstractmethod
    async def send(self, client: ClientPort, secrets: Secrets) -> T:
        """Send it, once, and return the API's answer.

        Raises:
            ApiError: as the client does.
            AmbiguousResponse: the answer does not prove that it was done.

        """

    def keys_of(self, result: T) -> tuple[LicenseKey, ...]:
        """Return the codes of the licences that ``result`` brought."""
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
