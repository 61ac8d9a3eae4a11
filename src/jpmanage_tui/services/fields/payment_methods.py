"""The fields of saved cards: never more of a card than the API gives."""

from __future__ import annotations

from jpmanage_tui.rules.cards import brand_name
from jpmanage_tui.services.fields.field import Field, Fields, FieldType
from jpmanage_tui.services.saved_cards import CardRow


def _expires(row: CardRow) -> str | None:
    card = row.card.card
    return f"{card.exp_year:04d}-{card.exp_month:02d}" if card.exp_month and card.exp_year else None


CARD_FIELDS: Fields[CardRow] = (
    Field("id", lambda row: row.card.id, "the card's id, by which commands take it", whole=True),
    Field("brand", lambda row: brand_name(row.card.card.brand), "the brand, such as Visa"),
    Field("last4", lambda row: row.card.card.last4 or None, "the last four digits of the number"),
    Field("name", lambda row: row.card.name or None, "the name on the card"),
    Field("expires", _expires, "the month after which it is expired, YYYY-MM"),
    Field(
        "expiry",
        lambda row: row.expiry.value,
        "valid, expires soon (within 60 days), expired, or unknown",
        listed=False,
    ),
    Field(
        "role",
        lambda row: row.role,
        "Primary Card (charged each month) or Secondary Card",
        listed=False,
    ),
    Field("primary", lambda row: row.card.is_default, "whether it is the primary card", FieldType.FLAG),
    Field("added_at", lambda row: row.card.created, "when it was added", FieldType.TIME, listed=False),
)
"""The names are read by scripts: none ever changes, new ones come last."""
