"""The steps of adding a card: an intent, the card to Stripe, the bank, its id to the API (contract: account 2.1).

Nothing here is sent twice blindly: what Stripe may have taken is asked of Stripe, what the API may have saved is
looked for in the list. The card itself is held by the caller alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.stripe import (
    CardEntry,
    CardField,
    CardSaved,
    Declined,
    InProgress,
    NeedsBrowser,
    NeedsSdk,
    RawCardsRefused,
    SetupOutcome,
    StripeConfiguration,
)
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import JournalUnavailable
from jpmanage_tui.operations.mutation import Secrets
from jpmanage_tui.operations.mutations.cards import ConfirmCard, CreateSetupIntent, SaveCard
from jpmanage_tui.operations.operation import Operation, Outcome
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.rules.cards import typed_card_name
from jpmanage_tui.rules.text import format_datetime

CHECK_PAUSES = (0.0, 2.0, 5.0, 10.0)
"""Seconds before each look at Stripe for a card whose answer was lost, or which Stripe is still working on."""
NOT_SENT = "The card was not sent to Stripe, and nothing was saved."
NOT_APPROVED = "The bank did not approve the card. Nothing was saved."
GIVEN_UP = (
    "Given up waiting for the bank. The card is not saved. Save payment method begins anew, with a new question "
    "of the bank."
)
STRIPE_UNKNOWN = (
    "No answer came from Stripe, so it is not known whether it has the card. Nothing was charged, and the card is "
    "not saved yet. Save payment method looks first, before anything is sent again."
)
STILL_WORKING = "Stripe is still working on the card. Save payment method looks again."

Bank = Callable[[NeedsBrowser, Callable[[], Awaitable[SetupOutcome | None]]], Awaitable[SetupOutcome | None]]
"""Shows the bank's page and returns what came of it, None when the user gave up."""


@dataclass(frozen=True)
class Saved:
    """The card is saved. `found`: the answer was lost, and checking found it."""

    method: PaymentMethodId
    found: bool = False


@dataclass(frozen=True)
class FailureReason:
    """Why a step failed: the error that came, while `doing` something, or `detail`, a sentence of the program's own."""

    error: Exception | None = None
    detail: str = ""
    doing: str = ""

    @classmethod
    def of(cls, outcome: Outcome[Any]) -> FailureReason:
        """Return why a change was not done."""
        return cls(outcome.error, outcome.detail)


@dataclass(frozen=True)
class Failed:
    """The card is not saved, or nobody knows: a sentence, the reason, what to do, and what belongs to fields."""

    sentence: str = ""
    fields: Mapping[CardField, str] = field(default_factory=dict)
    reason: FailureReason | None = None
    advice: str = ""


@dataclass(frozen=True)
class StillSaving:
    """The user left while the card was being saved: that goes on."""


@dataclass(frozen=True)
class VendorPageNeeded:
    """Stripe takes this card only on the vendor's own page; the sentence says why."""

    sentence: str


Result = Saved | Failed | VendorPageNeeded


class _Ended(Exception):
    """A step ended the try; carries the result."""

    def __init__(self, result: Result) -> None:
        super().__init__("the try has ended")
        self.result = result


class CardAdder:
    """Adds one card. After a failure `add` may be called again: it goes on where it is safe to.

    `bank` hands over to the bank's page; `report` says which step is under way; `return_url` is where the bank's page
    leads back to.
    """

    def __init__(
        self,
        client: LicensingClient,
        queue: OperationsQueue,
        return_url: str,
        bank: Bank,
        report: Callable[[str], None],
    ) -> None:
        self._client = client
        self._queue = queue
        self._return_url = return_url
        self._bank = bank
        self._report = report
        self._unconfirmed: StripeConfiguration | None = None
        self._accepted: tuple[PaymentMethodId, SecretStr] | None = None
        self._save_tried = False
        self._saving: Operation[None] | None = None

    @property
    def saving(self) -> bool:
        """Whether the last step is under way: from here on nothing is left to do but to wait for its outcome."""
        return self._saving is not None and self._saving.ended is None

    async def wait_until_saved(self) -> Result:
        """Wait for the last step, which goes on when nobody waits for it, and return how it ended."""
        if self._saving is None:
            return Failed()
        return _result_of(await self._saving.outcome())

    def reset(self) -> None:
        """Forget what was reached: another card is being typed."""
        self._unconfirmed, self._accepted, self._save_tried = None, None, False

    async def add(self, card: CardEntry, primary: bool) -> Result:
        """Add the card; `primary`: it is charged from now on. Never raises an ApiError."""
        name = typed_card_name(card.number.get_secret_value())
        try:
            if self._accepted is None:
                self._accepted = await self._hand_to_stripe(card, name)
            return await self._save(*self._accepted, primary, name)
        except _Ended as ended:
            return ended.result

    # -- at Stripe -------------------------------------------------------------------------

    async def _hand_to_stripe(self, card: CardEntry, name: str) -> tuple[PaymentMethodId, SecretStr]:
        configuration, outcome = await self._check_unconfirmed()
        if configuration is None:
            configuration = await self._prepare(name)
            outcome = await self._confirm(configuration, card, name)
        secret = configuration.client_secret
        if secret is None or outcome is None:  # pragma: no cover - the client refuses such a configuration
            raise _Ended(Failed(STRIPE_UNKNOWN))
        outcome = await self._after_bank(configuration, outcome)
        if isinstance(outcome, CardSaved):
            return outcome.method, secret
        raise _Ended(_refusal_of(outcome))

    async def _check_unconfirmed(self) -> tuple[StripeConfiguration | None, SetupOutcome | None]:
        """Return what became of a try whose answer was lost, nothing where there was none or Stripe has no card."""
        if self._unconfirmed is None:
            return None, None
        configuration = self._unconfirmed
        self._report("Checking Stripe for the card that was sent before…")
        outcome = await self._check_stripe(configuration)
        self._unconfirmed = None
        return (None, None) if _is_missing(outcome) else (configuration, outcome)

    async def _prepare(self, name: str) -> StripeConfiguration:
        self._report("Preparing a new card…")
        outcome = await self._queue.submit(CreateSetupIntent(name)).outcome()
        if outcome.result is not None:
            return outcome.result
        # Whether an intent was made that nobody can use is of no matter: the card itself was not sent for certain.
        if outcome.unknown:
            raise _Ended(Failed(f"{NOT_SENT} {outcome.detail}"))
        raise _Ended(Failed(NOT_SENT, reason=FailureReason.of(outcome)))

    async def _confirm(self, configuration: StripeConfiguration, card: CardEntry, name: str) -> SetupOutcome:
        self._report("Handing the card to Stripe…")
        secrets = Secrets(configuration=configuration, card=card, return_url=self._return_url)
        outcome = await self._queue.submit(ConfirmCard(name), secrets=secrets).outcome()
        if outcome.result is not None:
            return outcome.result
        if outcome.state is EntryState.REFUSED:
            raise _Ended(Failed(f"Stripe did not take the card, and nothing was saved. {outcome.detail}"))
        if not outcome.unknown:
            raise _Ended(Failed(NOT_SENT, reason=FailureReason.of(outcome)))
        self._unconfirmed = configuration
        self._report("No answer from Stripe. Looking whether it has the card…")
        found = await self._check_stripe(configuration)
        self._unconfirmed = None
        if _is_missing(found):
            raise _Ended(Failed("Stripe did not get the card. Nothing was saved; try again."))
        return found

    async def _check_stripe(self, configuration: StripeConfiguration) -> SetupOutcome:
        """Ask Stripe how the intent stands; only the last look may say that there is no card.

        Ends the try when no answer comes.
        """
        found: SetupOutcome | None = None
        reason: FailureReason | None = None
        for pause in CHECK_PAUSES:
            await asyncio.sleep(pause)
            try:
                found = await self._client.stripe.retrieve(configuration)
            except ApiError as error:
                reason = FailureReason(error, doing="Checking Stripe")
                found = None
            if found is not None and not _is_missing(found):
                return found
        if found is None:
            raise _Ended(Failed(STRIPE_UNKNOWN, reason=reason))
        return found

    async def _after_bank(self, configuration: StripeConfiguration, outcome: SetupOutcome) -> SetupOutcome:
        """Return how it stands when bank and Stripe are done."""
        if isinstance(outcome, NeedsBrowser):
            self._report("Your bank asks the cardholder to confirm this card…")
            answer = await self._bank(outcome, lambda: self._check_bank(configuration))
            if answer is None:
                raise _Ended(Failed(GIVEN_UP))
            if isinstance(answer, InProgress):
                raise _Ended(Failed(NOT_APPROVED))
            outcome = answer
        if isinstance(outcome, InProgress):
            outcome = await self._wait_for_stripe(configuration, outcome)
        return outcome

    async def _check_bank(self, configuration: StripeConfiguration) -> SetupOutcome | None:
        """Return what came of the bank's question, None while it is open. Raises ApiError."""
        outcome = await self._client.stripe.retrieve(configuration)
        if isinstance(outcome, NeedsBrowser | NeedsSdk):
            return None
        if isinstance(outcome, InProgress) and outcome.status not in ("requires_payment_method", "canceled"):
            return None
        return outcome

    async def _wait_for_stripe(
        self, configuration: StripeConfiguration, outcome: SetupOutcome
    ) -> SetupOutcome:
        self._report("Stripe is working on the card…")
        self._unconfirmed = configuration
        for pause in CHECK_PAUSES:
            await asyncio.sleep(pause)
            outcome = await self._check_stripe(configuration)
            if not isinstance(outcome, InProgress):
                self._unconfirmed = None
                return outcome
        raise _Ended(Failed(STILL_WORKING))

    # -- at the API ------------------------------------------------------------------------

    async def _save(self, method: PaymentMethodId, secret: SecretStr, primary: bool, name: str) -> Result:
        if self._save_tried and await self._is_listed(method):
            return Saved(method, found=True)
        self._save_tried = True
        self._report("Saving the payment method…")
        change = SaveCard(method, primary, name)
        self._saving = self._queue.submit(change, secrets=Secrets(setup_intent=secret))
        return await self.wait_until_saved()

    async def _is_listed(self, method: PaymentMethodId) -> bool:
        self._report("Checking whether the card is saved already…")
        try:
            listed = self._client.payment_methods.list_all()
            async for card in listed:
                if card.id == method:
                    return True
        except ApiError as error:
            reason = FailureReason(error, doing="Checking whether the card is saved")
            raise _Ended(Failed(reason=reason, advice="Nothing was sent again.")) from None
        if not listed.complete:
            raise _Ended(Failed("Some of the saved cards could not be read. Nothing was sent again."))
        return False


def _is_missing(outcome: SetupOutcome | None) -> bool:
    """Tell whether Stripe still waits for a card: what was sent has not arrived."""
    return isinstance(outcome, InProgress) and outcome.status == "requires_payment_method"


def _refusal_of(outcome: SetupOutcome) -> Result:
    match outcome:
        case RawCardsRefused():
            return VendorPageNeeded(
                "Stripe takes no card numbers from programs on this account. That is the normal case, and nothing "
                "was saved."
            )
        case NeedsSdk():
            return VendorPageNeeded(
                "The bank's question for this card can be answered on the vendor's page only."
            )
        case Declined(message=message, field=CardField() as name):
            return Failed("The card was refused: see the field above.", {name: message})
        case Declined(message=message):
            return Failed(f"The card was refused. {message} Nothing was saved.")
        case _:
            return Failed(STILL_WORKING)


def _result_of(outcome: Outcome[None]) -> Result:
    if outcome.happened and isinstance(outcome.change, SaveCard):
        return Saved(outcome.change.payment_method_id, found=outcome.state is EntryState.CONFIRMED_DONE)
    if outcome.unknown:
        return Failed(
            f"It is not known whether the card was saved. {outcome.detail} Save payment method looks first, before "
            "anything is sent again."
        )
    if outcome.state is EntryState.CONFIRMED_NOT_DONE:
        return Failed(
            "Stripe has the card, but it is not saved yet: no answer came. Save payment method sends it again."
        )
    return Failed(
        "Stripe has the card, but it was not saved.",
        reason=FailureReason.of(outcome),
        advice="Save payment method tries again.",
    )


RECENT = timedelta(days=2)
"""Older tries of an earlier run are not told."""
_CARDS = (ConfirmCard, SaveCard)


def interrupted_card(entries: Sequence[Entry], opened_at: datetime) -> Entry | None:
    """Return the try of an earlier run that ended at Stripe, None where the last card was saved or is long ago.

    `entries` are the journal's, newest first; `opened_at` (aware UTC) is when this run began.
    """
    last = next((entry for entry in entries if isinstance(entry.change, _CARDS)), None)
    if last is None or not isinstance(last.change, ConfirmCard):
        return None
    earlier = opened_at - RECENT < last.created_at < opened_at
    reached = last.state in (EntryState.DONE, EntryState.UNKNOWN)
    return last if earlier and reached else None


async def interrupted_card_note(queue: OperationsQueue, opened_at: datetime) -> str:
    """Return a note about a try of an earlier run, '' where there is none (contract: account 2.1, the last line)."""
    try:
        last = interrupted_card(await queue.entries(), opened_at)
    except JournalUnavailable:
        return ""  # the queue says so itself when something is to be sent
    if last is None:
        return ""
    when = format_datetime((last.sent_at or last.created_at).astimezone(UTC))
    card = (last.change.card if isinstance(last.change, ConfirmCard) else "") or "A card"
    return (
        f"{card} was handed to Stripe on {when}, and not saved: it was refused, or the program was interrupted. "
        "The cards are listed anew; where it is missing, enter it again. That charges nothing twice."
    )
