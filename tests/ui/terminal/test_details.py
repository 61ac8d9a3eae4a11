"""What the details beside the list cost on the line: what changed when the cursor rests, and nothing before."""

from __future__ import annotations

from pathlib import Path

import pytest

from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets import detail_pane
from jpmanage_tui.ui.widgets.detail_pane import DetailPane
from tests.ui.terminal.test_real_screens import mirrored

MOST = 1300
"""Bytes of an arrow and the rest after it, with what the API is asked then; in the theme that takes most."""


@pytest.mark.slow
async def test_a_rest_sends_what_changed_and_a_cursor_that_moves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detail_pane, "REST_SECONDS", 0.01)
    async with mirrored((200, 50), "dark", tmp_path) as (run, app):
        pane = app.main.query_one(DetailPane)

        def shown() -> str:
            return "\n".join("".join(text for text, _ in row) for row in pane.rows)

        def rested() -> bool:
            license = run.view(LicensesSection).current
            assert license is not None
            lines = shown()
            return not pane.waits and license.license_key[:20] in lines and "· · ·" not in lines

        await run.until(rested, "the first row's details")
        costs = []
        for _ in range(6):
            sent = app.differed_bytes
            await run.press("j")
            await run.until(rested, "the next row's details")
            costs.append(app.differed_bytes - sent)
        assert 0 < max(costs) <= MOST, costs
        monkeypatch.setattr(detail_pane, "REST_SECONDS", 600.0)
        before = shown()
        await run.press(*["j"] * 6)
        assert pane.waits
        assert shown() == before
