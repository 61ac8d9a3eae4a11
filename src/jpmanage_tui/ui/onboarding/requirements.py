"""What an account needs before it opens: its record, its terms and its partner key (contract: licenses 3.1)."""

from __future__ import annotations

from collections.abc import Collection, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jpmanage_tui.account.session import NeedsKey, NeedsPartner, NeedsTerms, NoAccount
from jpmanage_tui.api.ids import PartnerKeyId
from jpmanage_tui.api.partner import Partner
from jpmanage_tui.rules.account import card_words, key_facts, unreadable_words, unusable_reason
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

if TYPE_CHECKING:
    from textual.app import App

    from jpmanage_tui.account.service import AccountService
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.invoices import Invoice

TERMS = "https://jetpack.com/platform-agreement/"


async def resolve_requirement(
    app: App[Any], account_service: AccountService, need: NeedsPartner | NeedsTerms | NeedsKey
) -> Coroutine[Any, Any, Session]:
    """Ask for what the account needs, and return what opens it then. Raises NoAccount when the user steps back."""
    if isinstance(need, NeedsKey):
        key_id = await ask_key(app, need.partner, None, datetime.now().astimezone())
        if key_id is None:
            usable = any(key.is_usable for key in need.partner.keys)
            why = "is chosen" if usable else f"of {need.partner.name} can be used"
            raise NoAccount(f"No partner key {why}, so nothing can be shown.", "Choose a key")
        return account_service.open_key(key_id)
    if isinstance(need, NeedsTerms):
        if not await ask_terms(app, need.partner):
            words = "The terms of service are not accepted, so nothing can be shown."
            raise NoAccount(words, "Read the terms")
        await account_service.accept_terms()
    elif not await sign_up(app, account_service):
        raise need
    return account_service.open()


async def sign_up(app: App[Any], account_service: AccountService) -> bool:
    """Show the sign-up form until the account is registered or the user steps back; returns whether it is."""
    from jpmanage_tui.ui.onboarding.sign_up import SignUpDialog

    return await app.push_screen_wait(SignUpDialog(account_service)) is True


async def ask_terms(app: App[Any], partner: Partner) -> bool:
    """Ask whether the terms are accepted for this partner; returns the answer."""
    question = Confirmation(
        "Terms of service",
        [
            f"{partner.name} has not accepted the terms of service of Jetpack's agency platform yet. "
            "Nothing can be shown before that.",
            f"Read them here: {TERMS}",
        ],
        "Accept the terms",
    )
    return await app.push_screen_wait(ConfirmDialog(question)) is not None


async def ask_key(
    app: App[Any],
    partner: Partner,
    current: PartnerKeyId | None,
    now: datetime,
    seen: Collection[Invoice] = (),
) -> PartnerKeyId | None:
    """Ask which partner key to work with; one that cannot be used is shown, with the reason (contract: account 7.1).

    `current` is the one in use, which is marked. What of the account's keys could not be read is said above them, and
    that no card is there. `now` is aware, in the user's own zone; `seen` are invoices of the key in use, which are newer
    than what the record says of them.
    """
    choices = [
        Choice(
            str(key.id),
            key.name or f"key {key.id}",
            ", ".join(key_facts(key, now, seen if key.id == current else None)),
            unusable_reason(key),
        )
        for key in partner.keys
    ]
    start = str(current) if current is not None else None
    note = " ".join(filter(None, (unreadable_words(partner), card_words(partner))))
    dialog = ChoiceDialog("Partner key", choices, start=start, note=note)
    chosen = await app.push_screen_wait(dialog)
    return PartnerKeyId(int(chosen)) if chosen is not None else None


def named_key(partner: Partner, name: str) -> PartnerKeyId | None:
    """Return the key of this name that can be used; None where there is none."""
    return next(
        (key.id for key in partner.keys if name and key.name == name and not unusable_reason(key)), None
    )
