"""Clicks and the wheel, where the mouse is switched on."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.help import HelpDialog
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.issue.products_pane import SizeTabs
from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.issue.steps import StepLine, WizardStep
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.prices.section import PricesSection
from jpmanage_tui.ui.widgets.detail_pane import DetailPane
from jpmanage_tui.ui.widgets.footer import Footer
from jpmanage_tui.ui.widgets.item_list import ColumnHeadings
from jpmanage_tui.ui.widgets.sidebar import Sidebar
from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar
from tests.ui.harness import LARGE, SMALL, Run, running


async def click(run: Run, words: str, within: Widget | type[Widget] | None = None) -> None:
    """Click on words that stand on the screen, in a widget where they stand in several."""
    screen = run.app.screen
    lines = run.lines(screen)
    area = screen.region if within is None else within.region if isinstance(within, Widget) else None
    if area is None:
        assert isinstance(within, type)
        area = run.app.main.query_one(within).region
    for y in range(area.y, area.bottom):
        x = lines[y].find(words, area.x, area.right)
        if x >= 0:
            assert await run.pilot.click(offset=(x, y))
            return
    raise AssertionError(f"{words!r} is not in {area}:\n" + "\n".join(lines))


async def test_a_click_moves_the_cursor_and_a_second_one_opens() -> None:
    async with running(SMALL, licenses=60) as run:
        view = run.view(LicensesSection)
        region = view.license_list.region
        await run.pilot.click(offset=(region.x + 8, region.y + 3))
        await run.until(lambda: view.license_list.cursor == 3, "the cursor")
        assert not view.state.expanded
        await run.pilot.click(offset=(region.x + 8, region.y + 3))
        await run.until(lambda: view.state.expanded, "open")


async def test_tabs_and_headings_and_sections_take_clicks() -> None:
    async with running(LARGE, licenses=60) as run:
        view = run.view(LicensesSection)
        await click(run, "Revoked", CountedTabBar)
        await run.until(
            lambda: view.state.query.tab is not None and view.state.query.tab.value == "revoked", "the tab"
        )
        await click(run, "All Active", CountedTabBar)
        await run.until(
            lambda: view.state.query.tab is not None and view.state.query.tab.value == "not_revoked", "it"
        )
        await click(run, "Issued", ColumnHeadings)
        await run.until(lambda: view.state.query.direction.value == "asc", "oldest first")
        await click(run, "Assigned", ColumnHeadings)
        await run.until(lambda: view.state.query.sort.value == "attached_at", "by another column")
        await click(run, "Billing", Sidebar)
        await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
        await click(run, "Prices", Sidebar)
        await run.until(lambda: isinstance(run.app.main.section, PricesSection), "Prices")


async def test_the_keys_of_the_footer_are_pressed_by_a_click() -> None:
    async with running(LARGE, licenses=60) as run:
        view = run.view(LicensesSection)
        await click(run, "Search", Footer)
        await run.until(lambda: view.search_bar.typing, "the search")
        await click(run, "Leave the field", Footer)
        await run.until(lambda: not view.search_bar.typing, "the list")
        await run.press("s")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the orders")
        footer = run.app.main.query_one(Footer)
        x = run.lines(run.app.main)[footer.region.y].find("esc")
        await run.pilot.click(offset=(x, footer.region.y))
        await run.until(lambda: run.app.screen is run.app.main, "closed")
        await run.until(lambda: "Help" in run.footer, "the footer of the list")
        await click(run, "Help", Footer)
        await run.until(lambda: isinstance(run.app.screen, HelpDialog), "the help")


async def test_a_choice_is_chosen_by_a_second_click_and_a_button_by_one() -> None:
    async with running(LARGE, licenses=60) as run:
        view = run.view(LicensesSection)
        await run.press("s")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the orders")
        await click(run, "Assigned on, oldest first")
        await run.pilot.pause()
        assert isinstance(run.app.screen, ChoiceDialog)
        await click(run, "Assigned on, oldest first")
        await run.until(lambda: view.state.query.sort.value == "attached_at", "the order")
        await run.press("x")
        await run.sees("[ Cancel ]")
        await click(run, "[ Cancel ]")
        await run.until(lambda: run.app.screen is run.app.main, "closed")
        assert not run.asked("DELETE", "/license")


async def test_the_wheel_scrolls_and_the_cursor_stays() -> None:
    async with running(SMALL, licenses=60) as run:
        shown = run.view(LicensesSection).license_list
        x, y = shown.region.x + 3, shown.region.y + 3
        wheel = events.MouseScrollDown(
            widget=shown, x=x, y=y, delta_x=0, delta_y=1, button=0, shift=False, meta=False, ctrl=False
        )
        run.app.post_message(wheel)
        await run.until(lambda: shown.scroll_offset.y > 0, "scrolled")
        assert shown.cursor == 0
        await run.press("j")
        await run.until(lambda: shown.scroll_offset.y <= shown.cursor == 1, "in view again")


async def test_sizes_and_earlier_steps_of_issuing_take_clicks() -> None:
    async with running(LARGE, licenses=20) as run:
        await run.press("i")
        view = run.view(IssueSection)
        await run.until(lambda: view.order.has_catalog and view.pane.products.current is not None, "products")
        await click(run, "5 ", SizeTabs)
        await run.until(lambda: view.pane.in_size == 5, "the size")
        await click(run, "Single", SizeTabs)
        await run.until(lambda: view.pane.in_size == 1, "single licenses")
        await click(run, "Review", StepLine)
        await run.pilot.pause()
        assert view.step is WizardStep.PRODUCTS, "forward leads enter alone"
        await run.press("space", "enter")
        await run.until(lambda: view.step is WizardStep.SITE, "the next step")
        await click(run, "Products", StepLine)
        await run.until(lambda: view.step is WizardStep.PRODUCTS, "the first step")


async def test_a_click_on_an_action_beside_the_list_does_what_it_says() -> None:
    async with running((160, 40), licenses=60) as run:
        pane = run.app.main.query_one(DetailPane)
        await run.until(lambda: any("Revoke" in text for row in pane.rows for text, _ in row), "the actions")
        await click(run, "License code", pane)
        await run.pilot.pause()
        assert run.app.screen is run.app.main, "a fact is no action"
        await click(run, "Revoke License", pane)
        await run.sees("[ Cancel ]")
        assert not run.asked("DELETE", "/license")
