"""The fields of the changes of a run, as its report and what a command prints have them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.run import RunItem
from jpmanage_tui.services.fields.field import Field, Fields, FieldType


def _text(change: Mutation[Any], name: str) -> str | None:
    value = getattr(change, name, None)
    return value if isinstance(value, str) and value else None


def _number(change: Mutation[Any], name: str) -> int | None:
    value = getattr(change, name, None)
    return value if isinstance(value, int) else None


def _code(item: RunItem) -> str | None:
    issued = item.entry.result if item.entry is not None else ()
    return _text(item.change, "license_key") or " ".join(issued) or None


RUN_ITEM_FIELDS: Fields[RunItem] = (
    Field(
        "position",
        lambda item: item.position + 1,
        "its place in the run, from 1",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "state",
        lambda item: item.state.value,
        "waiting, active, done, failed, unknown, or skipped (what it needs was not done)",
    ),
    Field(
        "outcome",
        lambda item: item.entry.state.value if item.entry is not None else None,
        "how its request ended; none where it was not begun",
        listed=False,
    ),
    Field("kind", lambda item: item.change.kind, "what kind of change it is", listed=False),
    Field(
        "license_key",
        lambda item: _text(item.change, "license_key"),
        "the license code that it changes",
        listed=False,
        whole=True,
    ),
    Field(
        "issued_license_keys",
        lambda item: " ".join(item.entry.result if item.entry is not None else ()) or None,
        "the license codes that it issued, with blanks between them",
        listed=False,
        whole=True,
    ),
    Field("site", lambda item: _text(item.change, "site_url"), "the address of the site"),
    Field(
        "blog_id",
        lambda item: _number(item.change, "blog_id"),
        "the id of the site",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "product",
        lambda item: _text(item.change, "product_name") or _text(item.change, "product"),
        "the product",
    ),
    Field(
        "quantity",
        lambda item: _number(item.change, "quantity"),
        "of a bundle, how many licenses it has",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "request_id",
        lambda item: item.entry.request_id if item.entry is not None else None,
        "the request id, for the vendor's support",
        listed=False,
    ),
    Field(
        "entry_id",
        lambda item: item.entry.id if item.entry is not None else None,
        "its number in the journal",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "created_at",
        lambda item: item.entry.created_at if item.entry is not None else None,
        "when it was begun",
        FieldType.TIME,
        listed=False,
    ),
    Field(
        "sent_at",
        lambda item: item.entry.sent_at if item.entry is not None else None,
        "when it was sent",
        FieldType.TIME,
        listed=False,
    ),
    Field(
        "settled_at",
        lambda item: item.entry.settled_at if item.entry is not None else None,
        "when it was known how it ended",
        FieldType.TIME,
        listed=False,
    ),
    Field(
        "message",
        lambda item: (item.entry.message if item.entry is not None else item.note) or None,
        "why it was not done, or how it was found out",
        listed=False,
    ),
    Field(
        "price",
        lambda item: Decimal(item.price.amount) if item.price is not None else None,
        "the price that was confirmed for it",
        FieldType.AMOUNT,
        listed=False,
    ),
    Field(
        "currency",
        lambda item: item.price.currency if item.price is not None else None,
        "of the price",
        listed=False,
    ),
    Field(
        "interval",
        lambda item: item.price.interval if item.price is not None else None,
        "of the price: day or month",
        listed=False,
    ),
    Field("summary", lambda item: item.change.summary(), "what is asked, in words", listed=False),
    Field(
        "action",
        lambda item: item.change.kind.partition("_")[0],
        "the kind of change in a word, such as assign",
    ),
    Field("code", _code, "the license code that it changes, or that it issued", whole=True),
)
"""The names are read by scripts: none ever changes, new ones come last."""
