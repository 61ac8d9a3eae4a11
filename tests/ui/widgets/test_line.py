"""Texts in the room there is: addresses are cut out of their middle."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from jpmanage_tui.ui.widgets.line import clip_address, pad_address, pad_middle

ADDRESSES = st.builds(
    "{}{}".format,
    st.text("abcü茶-.", min_size=1, max_size=60),
    st.sampled_from(["", "/uk", ":8080", ":8443/uk", "/a/long/path/of/this/site"]),
)


@given(ADDRESSES, st.integers(0, 60))
def test_an_address_that_is_cut_keeps_its_beginning_and_its_end(address: str, width: int) -> None:
    shown = clip_address(address, width)
    assert cell_len(shown) <= width
    if cell_len(address) <= width:
        assert shown == address
        return
    head, mark, tail = shown.rpartition("…")
    assert address.startswith(head)
    assert address.endswith(tail)
    assert mark == "…" or width == 0
    if width >= 8:
        assert head
        assert tail
    assert cell_len(pad_address(address, width)) == width


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (41, "staging.quinta-do-vale-da-rosa-39.example"),
        (27, "staging.quinta-…-39.example"),
        (16, "staging.q…xample"),
    ],
)
def test_the_number_at_the_end_of_a_host_stays(width: int, shown: str) -> None:
    assert clip_address("staging.quinta-do-vale-da-rosa-39.example", width) == shown


def test_a_path_stays_and_then_the_end_of_the_host() -> None:
    assert clip_address("blog.brightsquare-theatre-12.example/uk", 28) == "blog.brightsqu…12.example/uk"


@given(st.text(st.characters(categories=["L", "N", "Zs"]), max_size=30), st.integers(1, 24))
def test_a_name_that_is_cut_in_its_middle_keeps_both_ends_and_its_cells(text: str, width: int) -> None:
    shown = pad_middle(text, width)
    assert cell_len(shown) == width
    if cell_len(text) > width >= 5:
        head, _, tail = shown.rstrip().partition("…")
        assert text.startswith(head.rstrip())
        assert text.rstrip().endswith(tail)
    assert pad_middle("Nordlicht Digital", 16) == "Nordlich…Digital"
