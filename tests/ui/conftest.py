"""What every test of the screens begins with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.app import App

from jpmanage_tui.config.keymap import Keymap
from jpmanage_tui.ui.common.keys import set_keymap
from jpmanage_tui.ui.common.themes import VARIABLE_DEFAULTS


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    """End with the program's own keys in every sentence, whatever the test has moved."""
    yield
    set_keymap(Keymap())


@pytest.fixture(autouse=True, scope="session")
def own_variables() -> Iterator[None]:
    """Give the variables of the program's themes to the small apps in which a widget is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "get_theme_variable_defaults", lambda app: VARIABLE_DEFAULTS)
        yield
