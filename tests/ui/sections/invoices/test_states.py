"""The Invoices screen while it loads, and in an account without an invoice."""

from tests.ui.harness import running
from tests.ui.states import loads, newcomer


async def test_placeholders_stand_until_the_first_page_comes() -> None:
    async with running(licenses=20) as run:
        await loads(run, "4", "Loading invoices…", "Past due", "✓ Paid")


async def test_a_new_account_has_no_invoice_and_says_when_one_comes() -> None:
    async with newcomer() as run:
        await run.press("4")
        await run.sees("No invoices yet.", "at the start of each month")
        assert run.status == "0 invoices"
