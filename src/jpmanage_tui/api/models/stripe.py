"""The Stripe configuration, a card on its way to Stripe, and what came of it (contract: account 1.7, 2)."""

from dataclasses import dataclass, field
from enum import Enum

from pydantic import BaseModel, ConfigDict, SecretStr

from jpmanage_tui.api.ids import PaymentMethodId


@dataclass(frozen=True, slots=True)
class StripeConfiguration:
    """What the vendor gives to talk to Stripe; ``public_key`` is publishable, ``client_secret`` is not.

    ``client_secret`` is None unless an intent was asked for.
    """

    js_url: str
    public_key: str
    processor_id: str
    client_secret: SecretStr | None = None

    @property
    def setup_intent_id(self) -> str | None:
        """The intent's id: the part of its secret before ``_secret_``."""
        if self.client_secret is None:
            return None
        return self.client_secret.get_secret_value().partition("_secret_")[0]


class CardEntry(BaseModel):
    """A card as typed in; lives in memory from the form to Stripe and shows nothing of itself."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    number: SecretStr
    exp_month: int
    exp_year: int
    cvc: SecretStr
    name: str


class CardField(Enum):
    """The field of the card form that a refusal belongs to."""

    NUMBER = "number"
    EXPIRY = "expiry"
    CVC = "cvc"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class CardSaved:
    """Stripe has taken the card; its id goes to the API next."""

    method: PaymentMethodId


@dataclass(frozen=True, slots=True)
class NeedsBrowser:
    """3-D Secure: the bank wants to see the user at ``url``; afterwards the browser comes to
    ``return_url``.
    """

    url: str = field(repr=False)  # opens the challenge
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class NeedsSdk:
    """3-D Secure in a form that only Stripe's own page can finish; ``kind`` is Stripe's word."""

    kind: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Stripe or the bank refused the card; ``field`` tells which part of it, None when it is the card as
    such.
    """

    message: str
    code: str | None = None
    decline_code: str | None = None
    field: CardField | None = None


@dataclass(frozen=True, slots=True)
class RawCardsRefused:
    """Stripe takes no card numbers from programs on this account, the normal case: use the vendor's own
    page.
    """

    message: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """Not settled yet; ``status`` is Stripe's word. Look again."""

    status: str


SetupOutcome = CardSaved | NeedsBrowser | NeedsSdk | Declined | RawCardsRefused | InProgress
