"""Tabs with counts: what they say at each width, and what they repaint."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar

TABS = [("All Active", "Active"), ("Unassigned", "Unass."), ("Bought elsewhere", "Elsewhere")]


class TabApp(App[None]):
    def compose(self) -> ComposeResult:
        yield CountedTabBar(TABS, "Any state")


def text_of(tabs: CountedTabBar, width: int) -> str:
    return "".join(text for text, _ in tabs.parts(width)).rstrip()


@pytest.mark.parametrize(
    ("current", "counts", "width", "shown"),
    [
        (0, (), 60, " All Active  Unassigned  Bought elsewhere"),
        (0, (12_345, 7, 0), 60, " All Active 12,345  Unassigned 7  Bought elsewhere 0"),
        (0, (12_345, 7, 0), 51, " All Active 12k  Unassigned 7  Bought elsewhere 0"),
        (0, (12_345, 7, 0), 48, " All Active 12k  Unassigned 7  Elsewhere 0"),
        (2, (12_345, 7, 0), 48, " Active 12k  Unass. 7  Bought elsewhere 0"),
        (1, (12_345, 7, 0), 35, " Active 12k  Unass. 7  Elsewhere 0"),
        (1, (12_345, 7, 0), 20, " Unassigned 7  2/3"),
        (1, (12_345, 7, 0), 14, " Unass. 7  2/3"),
        (None, (12_345, 7, 0), 70, " All Active 12,345  Unassigned 7  Bought elsewhere 0  Any state"),
        (None, (12_345, 7, 0), 20, " Any state"),
    ],
)
@pytest.mark.sample(4)
async def test_labels_and_counts_get_shorter_while_the_room_gets_less(
    current: int | None, counts: tuple[int, ...], width: int, shown: str
) -> None:
    async with TabApp().run_test() as pilot:
        tabs = pilot.app.query_one(CountedTabBar)
        tabs.show(current, counts)
        assert text_of(tabs, width) == shown


async def test_what_is_shown_already_is_not_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with TabApp().run_test() as pilot:
        tabs, painted = pilot.app.query_one(CountedTabBar), []
        monkeypatch.setattr(CountedTabBar, "refresh", lambda self: painted.append(self))
        tabs.show(0, [1, 2, 3])
        tabs.show(0, (1, 2, 3))
        assert len(painted) == 1
