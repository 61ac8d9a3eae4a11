"""What one section has to tell is told there: not on another one, and again when one comes back."""

from __future__ import annotations

import pytest

from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.base import SectionApp
from jpmanage_tui.ui.sections.registry import ISSUE, SECTIONS, SectionInfo
from tests.ui.harness import running

SHOWN_AT_FIRST = "licenses"


async def test_what_failed_in_one_section_is_told_there_alone_and_again_when_one_comes_back() -> None:
    async with running(licenses=60) as run:
        run.sandbox.faults.replace(["GET *jetpack-licensing/licenses* 401"])
        await run.press("r")
        await run.sees("Token rejected (401)", "What is shown is as of")
        await run.press("5")
        await run.until(
            lambda: run.app.main.current == "prices" and "products" in run.status, "Prices' own words"
        )
        await run.press("1")
        await run.sees("Token rejected (401)")
        run.sandbox.faults.replace([])
        await run.press("r")
        await run.sees("The API answers again.")


@pytest.mark.parametrize(
    "section",
    [section for section in (*SECTIONS, ISSUE) if section.name not in (SHOWN_AT_FIRST, "operations")],
)
@pytest.mark.sample(3)
async def test_what_fails_after_one_has_looked_elsewhere_is_not_told_there(section: SectionInfo) -> None:
    async with running(licenses=60) as run:
        name = section.name
        key = key_for("issue" if section is ISSUE else f"open-{name}")
        run.sandbox.faults.replace(["GET * latency=0.2 x9", "GET * 401"])
        await run.press(key)
        await run.until(lambda: run.app.main.current == name, "the section")
        view = run.app.main.section
        assert view is not None
        await run.press("1")
        await run.until(lambda: view.load_error, "its failure")
        assert "401" not in run.status
        await run.press(key)
        await run.until(
            lambda: "401" in run.text(), "its failure, told: in the status line, or in the place of the rows"
        )


async def test_the_app_has_all_that_sections_use_of_it() -> None:
    """The type checker proves it, at the assignment: sections take the app for a `SectionApp` unseen."""
    async with running(licenses=20) as run:
        app: SectionApp = run.app
        view = run.app.main.section
        assert view is not None
        assert view.jpmanage is app
