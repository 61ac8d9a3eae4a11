"""Saved cards (partner key's token)."""

from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, SecretStr

from jpmanage_tui.api import coerce
from jpmanage_tui.api.errors import RequestRejectedError
from jpmanage_tui.api.failures import own_words
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.model import (
    ApiModel,
    Flag,
    Moment,
    Number,
    Text,
    TextOrNone,
    listed_rows,
    object_or_nothing,
    read_rows,
)
from jpmanage_tui.api.paging import CursorPaginator, cursor_of, cursors
from jpmanage_tui.api.request import LICENSING, ApiRequest, ApiResponse, Scalar
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.requestor import Requestor


def _year(value: object) -> int:
    year = coerce.integer(value) or 0
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

    id: Annotated[PaymentMethodId, BeforeValidator(coerce.text), Field(min_length=1)]
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


_METHOD = f"{LICENSING}/stripe/payment-method"


class PaymentMethodsResource:
    """The key's cards. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor

    async def list(
        self, starting_after: PaymentMethodId | None = None, ending_before: PaymentMethodId | None = None
    ) -> PaymentMethodPage:
        """Return one page of cards after, or before, the card of that id; the first page without either."""
        query = cursors(starting_after, ending_before)
        answer = await self._requestor.send(ApiRequest("GET", f"{_METHOD}s", TokenKind.KEY, query=query))
        body = answer.body if isinstance(answer.body, dict) else {}
        has_more = coerce.boolean(body.get("has_more"))
        rows = listed_rows(answer, "items", promised=has_more)
        items, unreadable = read_rows(PaymentMethod, rows)
        last = cursor_of(rows)
        return PaymentMethodPage(
            items=items,
            has_more=has_more,
            per_page=coerce.positive_integer(body.get("per_page")),
            unreadable=unreadable,
            last_id=PaymentMethodId(last) if last is not None else None,
        )

    def list_all(self) -> CursorPaginator[PaymentMethod]:
        """Yield every card, each once, page after page as they are consumed.

        What is returned knows at its end how many rows it left out.
        """

        async def fetch(after: str | None) -> PaymentMethodPage:
            return await self.list(PaymentMethodId(after) if after else None)

        return CursorPaginator(fetch, lambda item: item.id)

    async def save(self, method: PaymentMethodId, primary: bool, setup_intent: SecretStr) -> None:
        """Save a card that Stripe has taken. Changes.

        ``setup_intent`` is the client secret from the Stripe configuration, as the vendor's client sends it
        (contract: account 2.1, step 8).
        """
        body: dict[str, Scalar] = {
            "payment_method_id": method,
            "use_as_primary_payment_method": primary,
            "stripe_setup_intent_id": setup_intent.get_secret_value(),
        }
        await self._change(ApiRequest("POST", _METHOD, TokenKind.KEY, changing=True, body=body))

    async def make_primary(self, method: PaymentMethodId) -> None:
        """Make a saved card the one that is charged. Changes."""
        body: dict[str, Scalar] = {"payment_method_id": method, "use_as_primary_payment_method": True}
        await self._change(ApiRequest("POST", _METHOD, TokenKind.KEY, changing=True, body=body))

    async def delete(
        self, method: PaymentMethodId, new_primary: PaymentMethodId | None = None
    ) -> PaymentMethodId | None:
        """Delete a card; ``new_primary`` takes over. Changes.

        Returns the primary card afterwards, None when the account has no valid one any more (account 1.4).
        """
        query: dict[str, Scalar] = {"payment_method_id": method}
        if new_primary is not None:
            query["primary_payment_method_id"] = new_primary
        answer = await self._change(ApiRequest("DELETE", _METHOD, TokenKind.KEY, changing=True, query=query))
        body = answer.body if isinstance(answer.body, dict) else {}
        primary = coerce.text_or_none(body.get("primary_payment_method_id"))
        return PaymentMethodId(primary) if primary else None

    async def _change(self, call: ApiRequest) -> ApiResponse:
        answer = await self._requestor.send(call)
        body = answer.body
        if isinstance(body, dict) and "success" in body and not coerce.boolean(body["success"]):
            code = coerce.text_or_none(body.get("code"))
            raise RequestRejectedError(
                coerce.text_or_none(body.get("message")) or own_words(400, code),
                status=answer.status,
                code=code,
                request_id=answer.request_id,
                method=call.method,
                path=call.path,
            )
        return answer
