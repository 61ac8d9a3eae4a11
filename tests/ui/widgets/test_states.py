"""States look the same in every list: the sign before the words says the color, and there is one for each color."""

from __future__ import annotations

import pytest

from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.services.invoices.download_batch import DownloadState
from jpmanage_tui.services.invoices.status import SIGNS as INVOICE_SIGNS
from jpmanage_tui.services.operation_text import WORDS
from jpmanage_tui.ui.sections.operations.text import ITEM_WORDS
from jpmanage_tui.ui.terminal.ascii import ascii_cells
from jpmanage_tui.ui.widgets.states import BAD, GOOD, MUTED, STYLE_OF_SIGN, WARNING, state_style
from jpmanage_tui.ui.widgets.status_line import SIGNS as MESSAGE_SIGNS
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


@pytest.mark.parametrize(
    ("words", "style"),
    [
        (WORDS[EntryState.DONE], GOOD),
        (WORDS[EntryState.CONFIRMED_DONE], GOOD),
        (WORDS[EntryState.REFUSED], BAD),
        (WORDS[EntryState.NOT_SENT], BAD),
        (WORDS[EntryState.UNKNOWN], WARNING),
        (WORDS[EntryState.SENT], ""),
        (WORDS[EntryState.QUEUED], ""),
        (DownloadState.SAVED.value, GOOD),
        (DownloadState.FAILED.value, BAD),
        (DownloadState.NO_PDF.value, MUTED),
        ("○ Unassigned", WARNING),
        ("– Revoked", MUTED),
        ("  Open", ""),
        ("", ""),
    ],
)
def test_the_sign_says_the_color(words: str, style: str) -> None:
    assert state_style(words) == style


def test_every_sign_of_a_state_has_its_color_and_every_color_is_one_of_the_list() -> None:
    signed = [*INVOICE_SIGNS.values(), *(words for words in ITEM_WORDS.values() if not words[0].isalpha())]
    assert all(state_style(sign) for sign in signed)
    assert state_style(MESSAGE_SIGNS["success"]) == GOOD
    assert state_style(MESSAGE_SIGNS["warning"]) == WARNING
    assert state_style(MESSAGE_SIGNS["error"]) == BAD
    assert set(STYLE_OF_SIGN.values()) <= VirtualList.COMPONENT_CLASSES


def test_every_sign_has_a_form_in_ascii() -> None:
    assert "?" not in [ascii_cells(sign)[0] for sign in STYLE_OF_SIGN if sign != "?"]
