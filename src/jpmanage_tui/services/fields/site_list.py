"""The fields of the lines of a list of sites, matched with the account."""

from __future__ import annotations

from typing import Protocol

from jpmanage_tui.services.fields.field import Field, Fields, FieldType
from jpmanage_tui.services.site_lists import ListLine


class MatchedLine(Protocol):
    """A line as it is shown; `awaits_product`: it is ready but for a product, which is chosen later for all lines."""

    @property
    def line(self) -> ListLine:
        """The line."""

    @property
    def awaits_product(self) -> bool:
        """Whether it lacks a product that is chosen later."""

    @property
    def reason(self) -> str:
        """What is wrong with it, "" where nothing is."""


SITE_LIST_FIELDS: Fields[MatchedLine] = (
    Field("line", lambda row: row.line.number, "its number in the list", FieldType.NUMBER),
    Field("as_written", lambda row: row.line.line.site, "the site as the list has it"),
    Field("product_as_written", lambda row: row.line.line.product, "the product as the list has it"),
    Field(
        "site",
        lambda row: row.line.site.address if row.line.site is not None else None,
        "the address of the site that it means",
    ),
    Field(
        "blog_id",
        lambda row: row.line.site.blog_id if row.line.site is not None else None,
        "the id of that site",
        FieldType.NUMBER,
    ),
    Field(
        "products",
        lambda row: " ".join(one.slug for one in row.line.products),
        "the products that the site gets, by their slugs",
    ),
    Field(
        "state",
        lambda row: row.line.status.value if not row.awaits_product else "ready",
        "ready, or what is unclear",
    ),
    Field("reason", lambda row: row.reason, "why it is not ready"),
)
"""The names are read by scripts: none ever changes, new ones come last."""
