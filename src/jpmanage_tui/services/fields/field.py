"""Fields: what is told of an item, under a name that scripts rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:  # the command line loads this module for its errors
    from jpmanage_tui.services.exports import Cell, Record


Item = TypeVar("Item")


class FieldType(StrEnum):
    """What a value is in JSON; any of them may be null."""

    TEXT = "text"
    NUMBER = "number"
    AMOUNT = "amount"
    """A number in major units of the currency beside it, with the digits of that."""
    TIME = "time"
    """ISO 8601 in UTC."""
    DATE = "date"
    """ISO 8601."""
    FLAG = "true/false"


@dataclass(frozen=True)
class Field(Generic[Item]):
    """What an item has under `name`, which never changes: scripts read it. None where it is not known.

    `help` says what it is, in a few words. `listed`: a table shows it unless fields are asked for; `whole`: a table cuts
    others before it. `heading` is what stands above it in a table, where the name would take too many cells;
    `keep_end`: a table cuts it before its end, which tells it from others. `words` are what a table in a terminal says
    for some values, as the screens do.
    """

    name: str
    value: Callable[[Item], Cell]
    help: str
    type: FieldType = FieldType.TEXT
    listed: bool = True
    whole: bool = False
    heading: str = ""
    keep_end: bool = False
    words: Mapping[str, str] | None = None


class UnknownField(LookupError):
    """There is no field `name`; `known` are the names that there are."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no field {name!r}")
        self.name = name
        self.known = tuple(known)


Fields = Sequence[Field[Item]]
"""All fields of a kind of item, in their order. New ones come last."""
AnyFields = Sequence[Field[Any]]
"""Fields of whatever kind of item."""


def names_of(fields: AnyFields) -> tuple[str, ...]:
    """Return the names of fields, in their order."""
    return tuple(field.name for field in fields)


def field_named(fields: Fields[Item], name: str) -> Field[Item]:
    """Return the field of this name. Raises UnknownField where there is none."""
    found = next((field for field in fields if field.name == name), None)
    if found is None:
        raise UnknownField(name, names_of(fields))
    return found


def record_of(fields: Iterable[Field[Item]], item: Item) -> Record:
    """Return what fields say of an item."""
    return {field.name: field.value(item) for field in fields}


def sort_items(items: Iterable[Item], field: Field[Item], *, descending: bool = False) -> list[Item]:
    """Return items by the value of a field; texts without regard to case, what has no value last either way."""

    def rank(item: Item) -> Any:
        value = field.value(item)
        return value.casefold() if isinstance(value, str) else value

    listed = list(items)
    known = [item for item in listed if field.value(item) is not None]
    unknown = [item for item in listed if field.value(item) is None]
    return sorted(known, key=rank, reverse=descending) + unknown
