"""Saved cards (contract: account 1.4)."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from jpmanage_tui.api import coerce as scalars
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.model import ApiModel, Flag, Moment, Number, Text, TextOrNone, object_or_nothing


def _year(value: object) -> int:
    year = scalars.read_int(value) or 0
    return year + 2000 if 0 < year < 100 else year


class Card(ApiModel):
    """What is known of a saved card. ``brand`` is Stripe's word (``visa``); month and year are 0 where
    not given.
    """

    brand: Text = ""
    exp_month: Number = 0
    exp_year: Annotated[int, BeforeValidator(_year)] = 0
    last4: Text = ""


class PaymentMethod(ApiModel):
    """A saved card; ``is_default`` marks the primary one, charged each month. ``name`` is the holder's."""

    id: Annotated[PaymentMethodId, BeforeValidator(scalars.read_text), Field(min_length=1)]
    card: Annotated[Card, BeforeValidator(object_or_nothing)] = Card()
    is_default: Flag = False
    name: TextOrNone = None
    created: Moment = None


class PaymentMethodPage(ApiModel):
    """One page of cards in the API's order; ``per_page`` is None where not given.

    ``unreadable`` counts the rows left out; ``last_id`` is the id of the last row that has one, were it one that could
    not be read.
    """

    items: tuple[PaymentMethod, ...]
    has_more: bool
    per_page: int | None = None
    unreadable: int = 0
    last_id: PaymentMethodId | None = None

    @property
    def next_cursor(self) -> PaymentMethodId | None:
        """The id behind which the next page begins, None where the page names none."""
        return self.last_id or (self.items[-1].id if self.items else None)
