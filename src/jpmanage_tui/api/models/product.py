"""Product families, products and their prices as the API gives them (contract: licenses 1.12-1.14)."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from jpmanage_tui.api import coerce as scalars
from jpmanage_tui.api.ids import ProductId, ProductSlug
from jpmanage_tui.api.model import (
    AmountOrNone,
    ApiModel,
    Text,
    TextOrNone,
    listed,
    read_rows,
    tolerant,
)

_OURS = "jpmanage_unreadable"
"""The name under which a count of ours goes into a model: the API has no member of that name."""
Slug = Annotated[ProductSlug, BeforeValidator(scalars.read_text), Field(min_length=1)]


def _upper(value: object) -> str | None:
    word = scalars.read_text_or_none(value)
    return word.upper() if word else None


class BundleSize(ApiModel):
    """A size in which a product is sold as one; ``amount`` is for the whole bundle, per price interval."""

    quantity: Annotated[int, BeforeValidator(scalars.read_int), Field(gt=0)]
    amount: AmountOrNone = None


class Product(ApiModel):
    """A product. ``amount`` is for one license in major units of ``currency`` (upper case), per
    ``price_interval``.

    The interval is the API's word: "day" and "month" are known, others occur. Price members are None where
    the list has no prices. ``family_slug`` is that of the family it was listed in; ``unreadable`` counts the sizes
    that were left out.
    """

    slug: Slug
    product_id: Annotated[ProductId, BeforeValidator(lambda v: scalars.read_int(v) or 0)] = ProductId(0)
    name: Text = ""
    family_slug: Text = ""
    currency: Annotated[str | None, BeforeValidator(_upper)] = None
    amount: Annotated[Decimal | None, BeforeValidator(scalars.read_amount)] = None
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
