"""What the header leaves out, and what it never does."""

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.ui.widgets.header import Header


class _Plain(Header):
    rich_style = Style()  # outside an app there are no styles to ask for

    def style(self, name: str) -> Style:
        return Style()


def line(
    width: int,
    warning: str = "",
    *modes: str,
    account: str = "Nordlicht Digital",
    key_name: str = "Nordlicht Hosting",
) -> str:
    header = _Plain()
    header.set_reactive(Header.section, "Payment Methods")
    header.set_reactive(Header.account, account)
    header.set_reactive(Header.key_name, key_name)
    header.set_reactive(Header.modes, modes)
    header.set_reactive(Header.warning, warning)
    return "".join(text for text, _ in header.parts(width))


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (
            140,
            [
                "Jetpack Licensing   Payment Methods  Nordlicht Digital",
                "! Past due: NLD7A01-0023",
                "DEMO",
                "READ-ONLY",
            ],
        ),
        (118, ["Payment Methods  Nordlicht Digital", "! Past due: NLD7A01-0023", "DEMO", "READ-ONLY"]),
        (96, ["Payment Methods  Nordlicht Digital", "! Past due ", "DEMO", "READ-ONLY"]),
        (78, ["Payment Methods  Nor", "! Past due ", "DEMO", "READ-ONLY"]),
    ],
)
def test_with_less_room_the_title_goes_first_then_what_the_warning_is_about_then_the_account(
    width: int, words: list[str]
) -> None:
    shown = line(width, "! Past due: NLD7A01-0023", "DEMO", "READ-ONLY")
    assert "key Nordlicht Hosting" in shown
    assert [word for word in words if word not in shown] == []


def test_a_name_that_account_and_key_share_is_said_once_where_the_number_of_the_invoice_needs_the_room() -> (
    None
):
    """In 80 columns: the number is what one pays by."""
    name = "Nordlicht Digital"
    narrow, wide = (
        line(width, "! Past due: NLD7A01-0023", "DEMO", account=name, key_name=name) for width in (78, 118)
    )
    assert narrow.split("   ")[0] == f"Payment Methods  key {name}"
    assert "! Past due: NLD7A01-0023" in narrow
    assert f"Payment Methods  {name}  key {name}" in wide


@given(
    st.integers(20, 130),
    st.sampled_from(["", "! Past due: NLD7A01-0023", "! 2 invoices past due"]),
    st.text(),
)
def test_the_line_is_as_wide_as_the_terminal_and_says_every_mode(
    width: int, warning: str, account: str
) -> None:
    shown = line(width, warning, "DEMO", account=account)
    assert cell_len(shown) == width
    assert shown.endswith(" DEMO ")
