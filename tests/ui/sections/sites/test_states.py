"""The Sites screen while it loads, and in an account without a site."""

from tests.ui.harness import running
from tests.ui.states import loads, newcomer


async def test_placeholders_stand_until_the_first_page_comes() -> None:
    async with running(licenses=20) as run:
        await loads(run, "S", "Loading sites…", "blog.oakridge-pharma-8.example", "11 connected sites")


async def test_a_new_account_has_no_site_and_says_how_one_is_connected() -> None:
    async with newcomer() as run:
        await run.press("S")
        await run.sees("No connected sites.", "connect one")
