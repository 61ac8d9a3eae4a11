"""The Licenses screen while it loads."""

from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import running
from tests.ui.states import held_back


async def test_placeholders_stand_until_the_first_page_comes_and_the_keys_work_meanwhile() -> None:
    async with running(licenses=20) as run:
        await run.press("right_square_bracket")
        await run.sees("6 licenses")
        async with held_back():
            await run.press("right_square_bracket")
            await run.until(lambda: run.status == "Loading licenses…", "what is waited for")
            assert "· · ·" in run.text()
            await run.press("s")
            await run.sees("Sort")
            await run.press("escape")
        await run.sees("12 licenses")
        assert "· · ·" not in run.text()
        assert run.view(LicensesSection).state.pages.total == 12
