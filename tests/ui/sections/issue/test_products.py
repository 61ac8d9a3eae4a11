"""The list of products that can be issued: its columns by size and width, what is selected, the cursor."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.ui.sections.issue.columns import product_columns
from jpmanage_tui.ui.sections.issue.products_pane import ProductList
from jpmanage_tui.ui.widgets.item_list import ColumnHeadings, fit_columns
from tests.services.issuing.support import CATALOG, HOSTING, SCAN, selected


@pytest.mark.parametrize(
    ("room", "widths"),
    [
        (120, (5, 56, 10, 12, 37)),
        (100, (5, 56, 10, 12, 17)),
        (68, (5, 24, 10, 12, 17)),
        (67, (5, 40, 10, 12, 0)),
        (44, (5, 17, 10, 12, 0)),
        (43, (5, 26, 0, 12, 0)),
        (20, (5, 8, 0, 12, 0)),
    ],
)
def test_the_price_of_a_month_stays_longest(room: int, widths: tuple[int, ...]) -> None:
    assert fit_columns(product_columns(1), room, None).widths == widths


class ProductsApp(App[None]):
    def compose(self) -> ComposeResult:
        products = ProductList(id="products")
        yield ColumnHeadings(products)
        yield products


def lines(app: App[None]) -> list[str]:
    """Return what stands on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def test_a_product_shows_its_prices_how_many_are_selected_and_its_bundles() -> None:
    app = ProductsApp()
    async with app.run_test(size=(80, 8)) as pilot:
        products = app.query_one(ProductList)
        products.show_products([SCAN, HOSTING], 1, selected(("jetpack-scan", 1, 2)))
        await pilot.pause()
        titles, _, scan, _, hosting = lines(app)[:5]
        assert titles.split() == ["Product", "Per", "day", "Per", "month", "In", "bundles", "of"]
        assert scan.split() == ["❯✓2×", "Scan", "Daily", "$0.16", "$5.00", "5,", "10"]
        assert scan.index("$5.00") + 5 == titles.index("Per month") + 9, "below its title"
        assert hosting.endswith("$300.00/year"), "across both figures"
        assert len(hosting) == titles.index("Per month") + 9
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert lines(app)[0].split() == ["Product", "Per", "month"]
        assert lines(app)[4].endswith("$300.00/year")


async def test_another_size_has_its_own_titles_and_the_cursor_stays_on_its_product() -> None:
    app = ProductsApp()
    async with app.run_test(size=(90, 20)) as pilot:
        products = app.query_one(ProductList)
        products.show_products(CATALOG, 1, Selection())
        products.point_at("SCAN")
        assert products.current is not None
        assert products.current.product == SCAN
        products.show_products([SCAN], 5, selected(("jetpack-scan", 5, 1)))
        await pilot.pause()
        assert " ".join(lines(app)[0].split()) == "Product, bundle of 5 Per day Per month Saves a month"
        assert (products.current.product, products.position, products.count_words) == (SCAN, 1, "1")
        assert lines(app)[2].split()[:2] == ["❯✓1×", "Scan"]
