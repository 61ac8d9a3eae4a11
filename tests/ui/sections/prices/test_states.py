"""The Prices screen when things go wrong, and at odd sizes."""

import pytest

from jpmanage_tui.config.settings import Settings, Timeouts
from jpmanage_tui.ui.sections.prices.section import PricesSection
from tests.ui.harness import Run, running
from tests.ui.sections.prices.test_vendor_page import prices
from tests.ui.states import loads

QUICK = Settings(timeouts=Timeouts(connect=0.5, read=0.5, total=1.5))
FAMILIES = "GET */partner/product-families"


async def opened(run: Run) -> PricesSection:
    await run.press("5")
    await run.until(lambda: isinstance(run.app.main.section, PricesSection), "Prices")
    return run.view(PricesSection)


async def test_placeholders_stand_until_the_prices_come() -> None:
    async with running(licenses=20) as run:
        await loads(run, "5", "Loading your prices…", "Jetpack Complete", "Per year")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("500", "the server failed (500)"),
        ("429=1", "too many requests"),
        ("malformed", "answer could not be read"),
        ("hang-before", "Loading your prices:"),
    ],
)
async def test_prices_that_cannot_be_read_say_so_and_r_gets_them_back(fault: str, words: str) -> None:
    async with running(settings=QUICK, faults=[f"{FAMILIES} {fault}"]) as run:
        view = await opened(run)
        await run.until(lambda: view.loader.error is not None, "the error")
        await run.sees("Loading your prices", words)
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.sees("Jetpack Complete", "The API answers again.")


@pytest.mark.slow
async def test_prices_that_are_there_stay_and_say_how_old_they_are() -> None:
    async with running(settings=QUICK) as run:
        view = await prices(run)
        run.sandbox.faults.replace([f"{FAMILIES} reset-before"])
        await run.press("r")
        await run.until(lambda: view.loader.error is not None, "the error")
        await run.sees("Jetpack Complete")
        assert "products — as of" in view.summary()
        assert view.summary().endswith("could not be refreshed")


@pytest.mark.slow
async def test_it_recovers_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (0.05,))
    async with running(settings=QUICK, faults=[f"{FAMILIES} 500 x8"]) as run:
        await opened(run)
        await run.sees("Jetpack Complete")


@pytest.mark.slow
async def test_a_search_without_a_hit_says_so_and_esc_clears_it() -> None:
    async with running() as run:
        view = await prices(run)
        await run.press("slash")
        await run.write("nothing like it")
        await run.sees("No product matches “nothing like it”.", "clear the search")
        await run.press("escape", "escape")
        await run.until(lambda: view.current is not None, "the list again")
        assert run.app.focused is view.price_list


async def test_a_product_without_bundles_says_so() -> None:
    async with running() as run:
        view = await prices(run)
        await run.press("G")
        assert view.current is not None
        assert not view.current.product.supported_bundles
        await run.press("enter")
        await run.sees("This product is not sold in bundles.")


async def test_40_columns_and_a_resize_keep_the_product_under_the_cursor() -> None:
    async with running((40, 12)) as run:
        view = await prices(run)
        await run.press("enter", "j", "j")
        before = view.current
        await run.sees("Per day", "Per month")
        await run.pilot.resize_terminal(120, 36)
        await run.sees("Per year", "Bundles", "Family")
        assert view.current == before


async def test_products_that_cannot_be_read_are_counted() -> None:
    async with running(licenses=20) as run:
        await run.sandbox.read(
            lambda connection: connection.execute(
                "UPDATE products SET slug = '' WHERE slug = 'jetpack-complete'"
            )
        )
        await opened(run)
        await run.sees("(1 could not be read)")
