"""Messages carry what their class declares."""

from __future__ import annotations

import pytest
from textual.message import Message

from jpmanage_tui.ui.common.messages import DataMessage


class Came(DataMessage):
    """A page came."""

    number: int
    words: str = "none"


class CameLate(Came):
    """One that has another field."""

    seconds: float = 0.0


def test_fields_are_given_by_position_or_by_name_and_may_have_a_default() -> None:
    assert isinstance(Came(1), Message)
    assert (Came(1).number, Came(1).words) == (1, "none")
    assert (Came(2, "two").words, Came(number=3, words="three").number) == ("two", 3)
    assert Came(4, words="four").words == "four"


def test_a_kind_of_a_kind_has_the_fields_of_both() -> None:
    late = CameLate(1, "one", 2.5)
    assert (late.number, late.words, late.seconds) == (1, "one", 2.5)
    assert Came._names == ("number", "words")


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, "a", 3), {}), ((1,), {"number": 2}), ((1,), {"other": 2})]
)
def test_a_field_that_is_missing_too_much_doubled_or_unknown_is_refused(
    values: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match="Came"):
        Came(*values, **named)  # type: ignore[arg-type]
