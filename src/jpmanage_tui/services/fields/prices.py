"""The fields of the partner's prices."""

from __future__ import annotations

from decimal import Decimal

from jpmanage_tui.services.exports import amount
from jpmanage_tui.services.fields.field import Field, Fields, FieldType
from jpmanage_tui.services.price_rows import PriceRow


def _of_one_license(name: str, per: str) -> Field[PriceRow]:
    """Return the field with the price of one license per day, month or year."""

    def value(row: PriceRow) -> Decimal | None:
        figure: Decimal | None = getattr(row.price, f"per_{per}", None)
        return amount(figure, row.price.currency) if row.price is not None else None

    average = ", an average where the price is per day" if per == "month" else ""
    return Field(
        name,
        value,
        f"what one license costs per {per}{average}; none for another interval than day or month",
        FieldType.AMOUNT,
        heading=f"a {per}",
    )


PRICE_FIELDS: Fields[PriceRow] = (
    Field("product", lambda row: row.product.name, "the product's name"),
    Field("product_slug", lambda row: row.product.slug, "the product's short name", listed=False),
    Field("family", lambda row: row.family, "its product family", listed=False),
    Field(
        "licenses",
        lambda row: row.size,
        "how many licenses are sold as one: 1, or the size of a bundle",
        FieldType.NUMBER,
        heading="size",
    ),
    Field(
        "price",
        lambda row: row.whole_price.amount if row.whole_price else None,
        "what these licenses cost together per interval, as the API gives it",
        FieldType.AMOUNT,
        listed=False,
    ),
    Field(
        "interval",
        lambda row: row.whole_price.interval if row.whole_price else None,
        "of the price: day or month, or the API's own word",
        listed=False,
    ),
    Field("currency", lambda row: row.price.currency if row.price else None, "of the prices"),
    _of_one_license("per_license_day", "day"),
    _of_one_license("per_license_month", "month"),
    _of_one_license("per_license_year", "year"),
    Field(
        "saves_percent",
        lambda row: row.saves_percent or None,
        "by how many percent a license costs less in this bundle",
        FieldType.NUMBER,
        listed=False,
    ),
)
"""The names are read by scripts: none ever changes, new ones come last."""
