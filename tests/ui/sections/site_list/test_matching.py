"""The matched lines on the screen, in an app of their own: columns, tabs, search, and where the cursor stays."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from jpmanage_tui.services.fields.field import record_of
from jpmanage_tui.services.fields.site_list import SITE_LIST_FIELDS
from jpmanage_tui.services.site_lists import SiteList
from jpmanage_tui.ui.sections.site_list.draft import LineGroup
from jpmanage_tui.ui.sections.site_list.matching import ListRow, MatchPane, about_line
from jpmanage_tui.ui.widgets.input import Input
from tests.services.accounts import SITES, listed

ROWS = "s1.example,scan daily\nwww.s2.example,scan daily\nx.example,scan daily\ns4.example,scan daily\n"


class Matches(App[None]):
    """The pane alone."""

    def compose(self) -> ComposeResult:
        yield MatchPane()

    @property
    def pane(self) -> MatchPane:
        return self.query_one(MatchPane)

    @property
    def numbers(self) -> list[int]:
        """The lines that are listed, by their numbers."""
        rows = (self.pane.list.item_at(place) for place in range(self.pane.list.line_count()))
        return [row.line.number for row in rows if row is not None]

    def show(self, site_list: SiteList) -> None:
        self.pane.show_lines(site_list.lines, awaits_products=False)

    def text(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def test_problems_come_first_and_a_line_that_is_put_right_leaves_the_cursor_where_it_is() -> None:
    app = Matches()
    async with app.run_test(size=(80, 16)) as pilot:
        found = listed(ROWS)
        app.show(found)
        await pilot.pause()
        assert app.numbers == [2, 3], "the tab of problems is shown where there are any"
        assert "www.s2.example" in app.text()[2]
        assert "Site" not in app.text()[1], "no column says nothing"
        app.show(found.with_site(2, SITES[1]))
        assert app.numbers == [3]
        assert app.pane.current is not None
        assert app.pane.current.line.number == 3
        app.pane.step_tab(-1)
        assert app.numbers == [2, 3, 1, 4], "the order stays as it was when they were matched"
        app.pane.point_at(4)
        app.pane.step_tab(2)
        assert app.numbers == [2, 1, 4]
        await pilot.pause()
        assert app.text()[0].split() == ["All", "4", "Problems", "1", "Ready", "3", "Left", "out", "0"]
        app.show(listed("s1.example,scan daily\n"))
        assert app.numbers == [1]


async def test_a_search_narrows_every_tab_and_is_cleared_step_by_step() -> None:
    app = Matches()
    async with app.run_test(size=(80, 16)) as pilot:
        app.show(listed(ROWS))
        app.pane.search_bar.open()
        app.query_one("#site-list-search", Input).value = "X.EX"
        await pilot.press("enter")
        await pilot.pause()
        app.pane.step_tab(-1)
        assert app.numbers == [3]
        app.pane.step_tab(2)
        await pilot.pause()
        assert "No line in Ready matches “X.EX”." in "\n".join(app.text())
        assert app.pane.step_back()
        assert app.numbers == [1, 4]
        assert not app.pane.step_back()


@pytest.mark.parametrize("width", [40, 80, 200])
async def test_every_width_shows_the_number_of_the_line_and_what_is_wrong(width: int) -> None:
    app = Matches()
    async with app.run_test(size=(width, 12)) as pilot:
        app.show(listed(ROWS))
        await pilot.pause()
        row = app.text()[2]
        assert "❯!" in row
        assert " 2 " in row
        assert "not connected" in row


async def test_the_export_has_what_was_written_what_it_means_and_what_is_wrong() -> None:
    app = Matches()
    async with app.run_test(size=(80, 16)):
        app.show(listed(ROWS))
        app.pane.step_tab(-1)
        records = [record_of(SITE_LIST_FIELDS, row) for row in app.pane.listed]
        assert list(records[1].values()) == [
            3, "x.example", "scan daily", None, None, "", "not connected", "It is not connected.",
        ]  # fmt: skip
        assert list(records[2].values()) == [
            1, "s1.example", "scan daily", "https://s1.example", 1, "jetpack-scan", "ready", "",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "about"),
    [
        (
            "s1.example,scan daily,0",
            "Line 1: Its quantity '0' is no number from 1 to 1,000. s1.example, scan daily (Site ID 1)",
        ),
        ("https://s1.example/,scan daily", "Line 1: https://s1.example/, scan daily (Site ID 1)"),
        (
            "S1.example/wp-admin,scan daily",
            "Line 1: S1.example/wp-admin, scan daily is s1.example (Site ID 1)",
        ),
    ],
)
def test_what_is_said_of_a_line_names_its_site_once(written: str, about: str) -> None:
    (line,) = listed(written).lines
    assert about_line(ListRow(line, LineGroup.READY)) == about
