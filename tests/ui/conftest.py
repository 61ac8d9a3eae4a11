"""What every test of the screens begins with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jpmanage_tui.config.keymap import Keymap
from jpmanage_tui.ui.common.keys import set_keymap


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    """End with the program's own keys in every sentence, whatever the test has moved."""
    yield
    set_keymap(Keymap())
