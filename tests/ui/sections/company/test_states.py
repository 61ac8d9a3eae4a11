"""The Company Details screen while it loads, and when all that it needs fails."""

from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.ui.sections.company.section import CompanySection
from tests.ui.harness import running
from tests.ui.states import held_back


async def test_placeholders_stand_in_the_fields_and_nothing_can_be_sent_until_the_details_come() -> None:
    async with running(licenses=20) as run:
        async with held_back():
            await run.press("6")
            await run.until(lambda: run.status == "Loading the company details…", "what is waited for")
            await run.sees("Company name", "· · ·")
            assert run.view(CompanySection).button.disabled_reason
        await run.sees("Nordlicht Digital", "Texas")
        assert "· · ·" not in run.text()


async def test_when_details_and_countries_fail_the_details_are_told() -> None:
    async with running(licenses=20) as run:
        run.sandbox.faults.replace(["GET * malformed"])
        await run.press("6")
        view = run.view(CompanySection)
        await run.until(lambda: len(view.loader.errors) == 2, "both have failed")
        await run.sees("Loading the company details:")
        assert "list of countries" not in run.status


async def test_countries_that_cannot_be_read_are_counted() -> None:
    async with running(licenses=20) as run:
        session = run.app.session
        assert session is not None
        countries = await session.client.countries.list()
        session.client.countries._known = ReadRows(countries, 3)
        await run.press("6")
        await run.sees("Countries and states: (3 could not be read)")
