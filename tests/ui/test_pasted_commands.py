"""A paste may choose commands in the command line and in the help, but not run one that changes something."""

from __future__ import annotations

from functools import partial

from jpmanage_tui.ui.sections.company.section import CompanySection
from tests.ui.harness import Run
from tests.ui.test_guarded_keys import changing, edge
from tests.ui.typing import Typist, typing

UPDATE = "update-details"


def sent_more(run: Run, before: list[str]) -> bool:
    return changing(run) != before


async def changed_form(run: Run, typist: Typist) -> None:
    """Change a field of the company details, and leave the form with what was typed."""
    await typist.press("6")
    await run.until(lambda: isinstance(run.app.main.section, CompanySection), "the section")
    view = run.view(CompanySection)
    await run.until(lambda: view.partner is not None, "the record")
    await typist.press("enter", "tab", "x", "escape")
    await run.until(lambda: view.form.changed and not view.typing, "a change that is not saved")


async def test_a_paste_runs_no_command_that_changes_something() -> None:
    async with typing(licenses=20) as (run, typist):
        await changed_form(run, typist)
        before = changing(run)
        for keys in (f":{UPDATE}\r", f"?/{UPDATE}\r"):
            await typist.raw(keys, between=0.01)
            await run.settled()
            assert changing(run) == before, keys
            assert "that key came too soon" in edge(run)
            await typist.press("enter")
            await run.until(partial(sent_more, run, before), "a person's key runs it")
            before = changing(run)
            await run.until(lambda: run.app.screen is run.app.main, "closed")
            await changed_form(run, typist)
