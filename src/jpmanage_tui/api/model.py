"""The base of all models, and the field types they share."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from jpmanage_tui.api import coerce
from jpmanage_tui.api.request import ApiResponse, Json


class ApiModel(BaseModel):
    """A frozen model; unknown members are ignored, and no value is shown in a validation error."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        defer_build=True,  # what is never asked for is never built
    )


def _text(value: object) -> str:
    return coerce.text(value) or ""


def _count(value: object) -> int:
    return max(0, coerce.integer(value) or 0)


def _number(value: object) -> int:
    return coerce.integer(value) or 0


def _amount(value: object) -> Decimal:
    return coerce.amount(value) or Decimal(0)


Text = Annotated[str, BeforeValidator(_text)]
"""A cleaned string; missing and null are ''."""

TextOrNone = Annotated[str | None, BeforeValidator(coerce.text_or_none)]
"""A cleaned string, None where empty."""

Count = Annotated[int, BeforeValidator(_count)]
"""A whole number from 0."""

Number = Annotated[int, BeforeValidator(_number)]
"""A whole number; 0 where there is none."""

NumberOrNone = Annotated[int | None, BeforeValidator(coerce.integer)]
"""A whole number, None where there is none."""

Amount = Annotated[Decimal, BeforeValidator(_amount)]
"""Money in major units; 0 where there is none."""

AmountOrNone = Annotated[Decimal | None, BeforeValidator(coerce.amount)]
"""Money in major units, None where there is none."""

Flag = Annotated[bool, BeforeValidator(coerce.boolean)]
"""A truth value."""

Moment = Annotated[datetime | None, BeforeValidator(coerce.utc_datetime)]
"""An aware UTC datetime, or None."""

Day = Annotated[date | None, BeforeValidator(coerce.calendar_date)]
"""A calendar day, or None."""

Model = TypeVar("Model", bound=ApiModel)
Item = TypeVar("Item", covariant=True)


class ReadRows(tuple[Item, ...], Generic[Item]):
    """The rows of an answer that could be read; ``unreadable`` counts those that were left out."""

    unreadable: int

    def __new__(cls, rows: Iterable[Item] = (), unreadable: int = 0) -> "ReadRows[Item]":
        """Return ``rows`` with the number of those that are not among them."""
        made = super().__new__(cls, rows)
        made.unreadable = unreadable
        return made


def read_model(model: type[Model], answer: ApiResponse) -> Model:
    """Return the answer's object as ``model``.

    Raises ServerError (or OutcomeUnknownError for a changing request) when a member that the model cannot do without
    is not there.
    """
    body = answer.mapping()
    try:
        return model.model_validate(body)
    except ValidationError as error:
        problem = _where(error)
    answer.unreadable(problem)


def read_rows(model: type[Model], rows: Sequence[object]) -> tuple[tuple[Model, ...], int]:
    """Return the rows that can be read, and how many cannot: one bad row must not lose the others."""
    good: list[Model] = []
    for row in rows:
        try:
            good.append(model.model_validate(row))
        except ValidationError:
            continue
    return tuple(good), len(rows) - len(good)


def listed_rows(answer: ApiResponse, *names: str, promised: bool) -> list[Json]:
    """Return the rows of a list's answer. ``promised``: by its own figures this page has some, or more follow it.

    Raises ServerError where the answer contradicts itself: an empty list must not stand for one that is not there.
    """
    rows = answer.rows(*names)
    if promised and not rows:
        answer.unreadable("it says that there are rows and lists none")
    return rows


def tolerant(model: type[Model]) -> Callable[[object], tuple[Model, ...]]:
    """Return a reader of a list member: rows that cannot be read are left out; null and junk are no rows.

    An object keyed by ids passes for a list, as PHP writes lists with gaps.
    """

    def read(value: object) -> tuple[Model, ...]:
        return read_rows(model, listed(value))[0]

    return read


def listed(value: object) -> Sequence[object]:
    """Return the rows of a list member; null and junk are no rows, an object keyed by ids passes for a list."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()


def object_or_nothing(value: object) -> object:
    """Return an object member as it is; null and PHP's empty array become an empty object."""
    return value if isinstance(value, dict | BaseModel) else {}


def _where(error: ValidationError) -> str:
    names = sorted({".".join(str(part) for part in item["loc"]) or "the object" for item in error.errors()})
    return f"{', '.join(names)} is missing or not usable"
