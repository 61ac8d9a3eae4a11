"""Issue New License while it loads, and in an account that cannot issue yet."""

from tests.ui.harness import running
from tests.ui.sections.issue.keyboard import opened, to_review_later
from tests.ui.states import loads, newcomer


async def test_placeholders_stand_until_the_products_come() -> None:
    async with running(licenses=20) as run:
        await loads(run, "i", "Loading products…", "Anti-Spam", "Per month")


async def test_without_a_card_the_review_offers_no_key_that_would_issue() -> None:
    async with newcomer() as run:
        view = await opened(run)
        await run.press("space")
        await to_review_later(run, view)
        await run.sees(
            "A valid payment method is needed", "It is issued unassigned; assign it in Licenses", "esc back"
        )
        assert "enter issue" not in " ".join(run.text().split())
