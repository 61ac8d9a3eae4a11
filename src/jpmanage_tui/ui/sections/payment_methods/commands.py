"""The commands of the Payment Methods screen."""

from __future__ import annotations

from jpmanage_tui.ui.common.commands import Command, CommandSet

PAYMENT_METHODS: CommandSet = CommandSet(
    "Payment Methods",
    (
        Command("new-card", "New credit card", "Add a credit or debit card."),
        Command(
            "card-menu",
            "Menu",
            "Show what can be done with the card: Set as primary card, Delete.",
            action="row_menu",
        ),
        Command("make-primary", "Set as primary card", "Charge this card each month from now on."),
        Command(
            "delete-card",
            "Delete",
            "Delete this payment method; asks which card takes over where it is the primary one.",
        ),
        Command(
            "add-in-browser",
            "Add in a browser",
            "Add a card on the vendor's own page; the new card is noticed here.",
        ),
    ),
)
"""Every command of this screen."""
