"""Products and prices."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, model_validator

from jpmanage_tui.api import coerce
from jpmanage_tui.api.ids import ProductId, ProductSlug
from jpmanage_tui.api.model import (
    AmountOrNone,
    ApiModel,
    ReadRows,
    Text,
    TextOrNone,
    listed,
    read_rows,
    tolerant,
)
from jpmanage_tui.api.request import LICENSING, ApiRequest
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.requestor import Requestor

_OURS = "jpmanage_unreadable"
"""The name under which a count of ours goes into a model: the API has no member of that name."""
Slug = Annotated[ProductSlug, BeforeValidator(coerce.text), Field(min_length=1)]


def _upper(value: object) -> str | None:
    word = coerce.text_or_none(value)
    return word.upper() if word else None


class BundleSize(ApiModel):
    """A size in which a product is sold as one; ``amount`` is for the whole bundle, per price interval."""

    quantity: Annotated[int, BeforeValidator(coerce.integer), Field(gt=0)]
    amount: AmountOrNone = None


class Product(ApiModel):
    """A product. ``amount`` is for one license in major units of ``currency`` (upper case), per
    ``price_interval``.

    The interval is the API's word: "day" and "month" are known, others occur. Price members are None where
    the list has no prices. ``family_slug`` is that of the family it was listed in; ``unreadable`` counts the sizes
    that were left out.
    """

    slug: Slug
    product_id: Annotated[ProductId, BeforeValidator(lambda v: coerce.integer(v) or 0)] = ProductId(0)
    name: Text = ""
    family_slug: Text = ""
    currency: Annotated[str | None, BeforeValidator(_upper)] = None
    amount: Annotated[Decimal | None, BeforeValidator(coerce.amount)] = None
    price_interval: TextOrNone = None
    supported_bundles: Annotated[tuple[BundleSize, ...], BeforeValidator(tolerant(BundleSize))] = ()
    unreadable: Annotated[int, Field(validation_alias=_OURS)] = 0

    @model_validator(mode="before")
    @classmethod
    def _count_sizes(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        rows = listed(values.get("supported_bundles"))
        sizes, unreadable = read_rows(BundleSize, rows)
        return values | {"supported_bundles": sizes, _OURS: unreadable}


class ProductFamily(ApiModel):
    """A family and its products; ``unreadable`` counts the products, and their sizes, that were left out."""

    slug: Text = ""
    name: Text = ""
    products: Annotated[tuple[Product, ...], BeforeValidator(tolerant(Product))] = ()
    unreadable: Annotated[int, Field(validation_alias=_OURS)] = 0

    @model_validator(mode="before")
    @classmethod
    def _tell_products(cls, values: object) -> object:
        """The answer does not repeat the family in its products."""
        if not isinstance(values, dict):
            return values
        slug = values.get("slug")
        rows = listed(values.get("products"))
        told = [row | {"family_slug": slug} if isinstance(row, dict) else row for row in rows]
        products, unreadable = read_rows(Product, told)
        return values | {
            "products": products,
            _OURS: unreadable + sum(product.unreadable for product in products),
        }


class ProductsResource:
    """Product families. Every method raises a subclass of ApiError; the families returned know how many rows (families,
    products, sizes of bundles) were left out, since they could not be read.
    """

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor

    async def partner_families(self) -> ReadRows[ProductFamily]:
        """Return the families with the partner's own prices (partner key's token)."""
        return await self._families("partner/product-families", TokenKind.KEY)

    async def families(self) -> ReadRows[ProductFamily]:
        """Return the families without prices (no token)."""
        return await self._families("product-families", TokenKind.NONE)

    async def public_families(self) -> ReadRows[ProductFamily]:
        """Return the families with public prices (no token)."""
        return await self._families("public/manage-pricing", TokenKind.NONE)

    async def _families(self, route: str, token: TokenKind) -> ReadRows[ProductFamily]:
        answer = await self._requestor.send(ApiRequest("GET", f"{LICENSING}/{route}", token))
        rows = answer.rows()
        families, unreadable = read_rows(ProductFamily, rows)
        if rows and not families:
            answer.unreadable(f"none of the {len(rows)} product families in it is one")
        return ReadRows(families, unreadable + sum(family.unreadable for family in families))
