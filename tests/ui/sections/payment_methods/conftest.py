"""Nothing waits here for a person."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.browser.PAUSES", (0.2,))
    monkeypatch.setattr("jpmanage_tui.services.card_adding.CHECK_PAUSES", (0.0, 0.01, 0.01))
