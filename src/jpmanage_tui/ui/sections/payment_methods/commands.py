"""The commands of the Payment Methods screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.ui.common.commands import Command, CommandSet

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.payment_methods.section import PaymentMethodsSection

READ_ONLY = "The program was started with --read-only."
NO_CARD = "No card is selected."


def _read_only(view: PaymentMethodsSection) -> str | None:
    return READ_ONLY if view.session.read_only else None


def _row(view: PaymentMethodsSection) -> str | None:
    card = view.current
    if card is None:
        return NO_CARD
    return "A change of this card is on its way." if card.id in view.busy else None


def can_delete(view: PaymentMethodsSection) -> str | None:
    """Return why the card under the cursor cannot be deleted now, None when it can."""
    return _read_only(view) or _row(view)


def can_be_primary(view: PaymentMethodsSection) -> str | None:
    """Return why the card under the cursor cannot be made primary now, None when it can (contract: account 4)."""
    reason = _read_only(view) or _row(view)
    if reason is None and view.current is not None and view.current.is_default:
        return "It is the primary card."
    return reason


PAYMENT_METHODS: CommandSet[PaymentMethodsSection] = CommandSet(
    "Payment Methods",
    (
        Command(
            "new-card",
            "New credit card",
            "Add a credit or debit card.",
            lambda view: view.flows.start(view.flows.new_card()),
            _read_only,
        ),
        Command(
            "card-menu",
            "Menu",
            "Show what can be done with the card: Set as primary card, Delete.",
            lambda view: view.flows.start(view.flows.menu()),
            lambda view: None if view.current is not None else NO_CARD,
        ),
        Command(
            "make-primary",
            "Set as primary card",
            "Charge this card each month from now on.",
            lambda view: view.flows.start(view.flows.make_primary()),
            can_be_primary,
        ),
        Command(
            "delete-card",
            "Delete",
            "Delete this payment method; asks which card takes over where it is the primary one.",
            lambda view: view.flows.start(view.flows.delete()),
            can_delete,
        ),
        Command(
            "add-in-browser",
            "Add in a browser",
            "Add a card on the vendor's own page; the new card is noticed here.",
            lambda view: view.flows.start(view.flows.add_in_browser("")),
            _read_only,
        ),
    ),
)
"""Every command of this screen."""
