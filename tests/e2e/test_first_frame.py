"""What may be loaded by the first frame; everything else is loaded after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.terminal.pty_session import PtySession

pytestmark = pytest.mark.pty

AFTER_THE_FRAME = (
    "pydantic", "pydantic_core", "httpx", "httpcore", "h11", "sqlite3", "starlette", "uvicorn", "segno", "pypdf",
    "stdnum", "rapidfuzz", "jpmanage_tui.sandbox", "jpmanage_tui.rules", "jpmanage_tui.operations",
    "jpmanage_tui.api.client", "jpmanage_tui.ui.sections.licenses",
    "jpmanage_tui.ui.sections.billing", "jpmanage_tui.ui.sections.issue",
    "jpmanage_tui.ui.sections.payment_methods", "jpmanage_tui.ui.sections.invoices", "jpmanage_tui.ui.sections.prices",
    "jpmanage_tui.ui.sections.company", "jpmanage_tui.ui.sections.sites",
)  # fmt: skip
"""Packages and modules, with all below them, that the first frame does without: where there is no config.toml,
also what would check it."""
OURS = {
    "jpmanage_tui.ui.app", "jpmanage_tui.ui.main_screen", "jpmanage_tui.ui.common.themes",
    "jpmanage_tui.ui.widgets.header", "jpmanage_tui.ui.widgets.sidebar", "jpmanage_tui.ui.widgets.status_line",
    "jpmanage_tui.ui.widgets.footer",
}  # fmt: skip


@pytest.mark.parametrize("arguments", [["--demo"], []])
def test_the_first_frame_needs_no_client_no_store_no_sandbox_and_no_section(
    arguments: list[str], tmp_path: Path
) -> None:
    note = tmp_path / "modules"
    env = {
        "JPMANAGE_TOKEN": "sandbox-key",
        "JPMANAGE_CONFIG_DIR": str(tmp_path),
        "JPMANAGE_STATE_DIR": str(tmp_path),
        "PYTHONPATH": ".",
    }
    with PtySession(["tests.e2e.first_frame", str(note), *arguments], env=env) as session:
        assert session.exit_code() == 0
    loaded = set(note.read_text().split())
    assert loaded >= OURS
    early = {one for one in loaded for late in AFTER_THE_FRAME if one == late or one.startswith(f"{late}.")}
    assert early == set()
