"""The sentence of the vendor's help page about prices, done by keyboard in the demo."""

import pytest

from jpmanage_tui.rules.catalog import EXCLUDED
from jpmanage_tui.rules.prices import money, unit_price
from jpmanage_tui.services.price_rows import DEAREST, PriceRow
from jpmanage_tui.ui.sections.prices.section import PricesSection
from tests.ui.harness import LARGE, SMALL, Run, running

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])


async def prices(run: Run) -> PricesSection:
    """Open Prices and wait until they have come."""
    await run.press("5")
    await run.until(lambda: isinstance(run.app.main.section, PricesSection), "Prices")
    view = run.view(PricesSection)
    await run.until(lambda: view.products, "the prices")
    return view


@SIZES
async def test_the_prices_section_shows_our_current_daily_and_monthly_pricing_for_all_jetpack_products_available(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        view = await prices(run)
        session = run.app.session
        assert session is not None
        families = await session.client.products.partner_families()
        sold = {one.slug: one for family in families for one in family.products if one.slug not in EXCLUDED}
        assert len(sold) > 20
        seen = set()
        while True:
            row = view.current
            assert row is not None
            product = row.product
            line = next(line for line in run.lines(run.app.main) if "❯ " in line[4:])
            price = unit_price(sold[product.slug])
            assert price is not None
            if price.per_day is not None and price.per_month is not None:
                assert money(price.per_day, "USD") in line.split()
                assert money(price.per_month, "USD") in line.replace("≈", "").split()
            else:
                assert f"{money(price.amount, 'USD')} / {price.interval}" in line
            seen.add(product.slug)
            await run.press("j")
            if view.current is row:
                break
        assert seen == set(sold)
        assert not seen & EXCLUDED


async def test_sections_bundles_search_and_sort_by_keyboard() -> None:
    async with running() as run:
        view = await prices(run)
        await run.sees("Plans", "Products", "Your prices per license, USD.")
        await run.press("enter")
        await run.sees("5 for $229.77 / month", "saves 8%")
        await run.press("left")
        assert "5 for" not in run.text()
        await run.press("E")
        await run.press("G")
        await run.sees("50 for $1,048.05 / month", "$300.00 / year")
        await run.press("E", "slash")
        await run.write("spam")
        await run.sees("5 products match “spam”")
        await run.press("enter", "s")
        await run.sees("Sort by", "Price, highest first")
        await run.press("up", "down", "down", "down", "enter")
        await run.until(lambda: view.order is DEAREST, "the order")
        names = [line.product.name for line in view.price_list.items if isinstance(line, PriceRow)]
        assert names[0] == "Jetpack Complete"
        assert names[-1] == "Jetpack Anti-Spam"
        await run.press("escape")
        await run.until(lambda: len(view.price_list.items) == len(view.products), "all of them")
