"""The sidebar of a narrow terminal: a strip of four cells that can be read."""

from __future__ import annotations

import pytest

from jpmanage_tui.ui.widgets.sidebar import STRIP, short_title


@pytest.mark.parametrize(
    ("key", "title", "shown"),
    [
        ("2", "Billing", ("2", "Bil")),
        ("S", "Sites", ("S", "ite")),
        ("A", "All Keys", ("A", "ll ")),
        ("F10", "Prices", ("F10", "P")),
        ("▌", "Sites", ("▌", "Sit")),
    ],
)
def test_key_and_short_name_fit_the_strip(key: str, title: str, shown: tuple[str, str]) -> None:
    assert short_title(key, title) == shown
    assert len("".join(shown)) <= STRIP
