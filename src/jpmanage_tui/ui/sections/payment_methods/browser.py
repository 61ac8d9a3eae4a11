"""What of adding a card is done in a browser: the bank's question, and the vendor's own page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.api.stripe import NeedsBrowser, SetupOutcome
from jpmanage_tui.ui.dialogs.browser import DemoEntry, Handover

PAGE = "https://cloud.jetpack.com/partner-portal/payment-methods"
"""The vendor's page of payment methods; the bank's page leads back to it where no listener here can be reached."""
ADD_PAGE = f"{PAGE}/add"

CheckSetup = Callable[[], Awaitable[SetupOutcome | None]]


def bank_handover(need: NeedsBrowser, look: CheckSetup, session: Session) -> Handover[SetupOutcome]:
    """Return the handover to the bank's page (3-D Secure; contract: account 2.2)."""
    demo: tuple[DemoEntry, ...] = ()
    browser = session.demo_browser
    if browser is not None:
        demo = (
            DemoEntry("Approve", lambda: browser.answer(need.url, approve=True)),
            DemoEntry("Decline", lambda: browser.answer(need.url, approve=False)),
        )
    return Handover(
        title="Your bank asks (3-D Secure)",
        text=(
            "Your bank asks the cardholder to confirm this card. Answer on its page; the result is noticed here.",
            "Cancel gives up waiting: the card is not saved then.",
        ),
        url=need.url,
        look=look,
        doing="Asking Stripe",
        demo=demo,
    )


@dataclass
class NewCardWatch:
    """Looks for a card that was not there before. `before` is None until the cards were listed once."""

    session: Session
    before: frozenset[PaymentMethodId] | None = None

    async def look(self) -> PaymentMethod | None:
        """List the cards, and return the first that is new. Raises ApiError."""
        cards = [card async for card in self.session.client.payment_methods.list_all()]
        if self.before is None:
            self.before = frozenset(card.id for card in cards)
            return None
        return next((card for card in cards if card.id not in self.before), None)


def vendor_handover(watch: NewCardWatch, why: str) -> Handover[PaymentMethod]:
    """Return the handover to the vendor's page on which a card is added; `why` says what leads there."""
    session = watch.session
    browser = session.demo_browser
    demo: tuple[DemoEntry, ...] = ()
    if browser is not None:
        demo = (DemoEntry("Add a card in the browser", lambda: browser.add_card(session.key_id)),)
    account = f" (partner key {session.key_name})" if session.key_name else ""
    return Handover(
        title="Add a card in a browser",
        text=(
            *((why,) if why else ()),
            f"Sign in there as {session.account}{account} and add the card. This program notices it by itself.",
        ),
        url=ADD_PAGE,
        look=watch.look,
        doing="Listing the cards",
        demo=demo,
    )
