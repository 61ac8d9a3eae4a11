"""Choosing a connected site: a search field over a list that loads as it scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Input, Static

from jpmanage_tui.api.models.site import Site, SitePage
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.field import Field
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.paged_list import PagedList
from jpmanage_tui.ui.words import explain, number

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

PER_PAGE = 50
DEBOUNCE = 0.35
ID_WIDTH = 12


class SiteList(PagedList[Site]):
    """Sites with their Site ID; what the API says is wrong with the connection stands beside it."""

    DEFAULT_CSS = "SiteList { height: 14; background: $surface; }"

    def paint_item(self, item: Site, width: int) -> list[tuple[str, Style]]:
        """Return address, Site ID and a word about the connection."""
        muted = self.get_component_rich_style("list--muted")
        words = "disconnected" if item.is_connection_healthy is False else ""
        room = max(10, width - ID_WIDTH - 15)
        return [
            (pad(item.url or item.url_with_scheme, room), self.rich_style),
            (f" {item.blog_id:>{ID_WIDTH}}", muted),
            (f"  {words}", muted),
        ]


class SitePicker(Dialog[Site]):
    """Returns the chosen site. `not_multisite` leaves multisites out (contract: licences 3.7)."""

    first_focus: ClassVar[str | None] = "#search"

    def __init__(self, client: LicensingClient, title: str, *, not_multisite: bool = False) -> None:
        super().__init__(title)
        self._client = client
        self._not_multisite = not_multisite
        self._typing: Timer | None = None
        self._asked = ""

    def body(self) -> ComposeResult:
        """Compose the field, the list and a line about what is shown."""
        yield Field(placeholder="type to search your connected sites", id="search")
        yield SiteList(PER_PAGE, id="sites")
        yield self.text("Loading sites…", muted=True, id="about")

    def on_mount(self) -> None:
        """Ask for the first page."""
        self._ask("")

    def _ask(self, query: str) -> None:
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        self._asked = query

        async def fetch(page: int) -> SitePage:
            return await self._client.sites.list(query, page, PER_PAGE, self._not_multisite)

        self.query_one(SiteList).ask(fetch)

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        if self._typing is not None:
            self._typing.stop()
        text = event.value.strip()
        self._typing = self.set_timer(DEBOUNCE, lambda: self._ask(text))

    @on(PagedList.Came)
    def _came(self) -> None:
        count = self.query_one(SiteList).rows.count
        words = number(count, "site")
        if self._asked:
            words = (
                f"{words} match “{self._asked}”" if count else f"No connected site matches “{self._asked}”."
            )
        elif not count:
            words = "No connected sites."
        rule = "  Multisites are left out: this product does not work there." if self._not_multisite else ""
        self._about(f"{words}{rule}  enter chooses, esc steps back")

    @on(PagedList.Failed)
    def _failed(self, event: PagedList.Failed) -> None:
        self._about(explain(event.error, "Loading sites", again="enter") + " (F5 loads again)")

    def _about(self, words: str) -> None:
        self.query_one("#about", Static).update(words)

    def press(self, event: events.Key) -> None:
        """Move in the list while typing."""
        sites = self.query_one(SiteList)
        moves = {"up": -1, "down": 1}
        pages = {"pageup": -1.0, "pagedown": 1.0}
        if event.key in moves:
            event.stop()
            sites.move(moves[event.key])
        elif event.key in pages:
            event.stop()
            sites.page(pages[event.key])
        elif event.key == "enter":
            event.stop()
            self._choose()
        else:
            super().press(event)

    @on(Input.Submitted, "#search")
    def _choose(self) -> None:
        sites = self.query_one(SiteList)
        text = self.query_one("#search", Field).value.strip()
        if text != self._asked or sites.error is not None:
            # what was typed has not been searched yet: enter must not choose from the list of before
            self._ask(text)
        elif sites.current is not None:
            self.dismiss(sites.current)
