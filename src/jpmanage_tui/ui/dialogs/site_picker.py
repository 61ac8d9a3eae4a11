"""Choosing a connected site: a search field over a list that loads as it scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual import on

from jpmanage_tui.api.models.site import Site, SitePage
from jpmanage_tui.ui.dialogs.search_dialog import SearchDialog
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.paged_list import PagedList
from jpmanage_tui.ui.words import Where, explain, number

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

PER_PAGE = 50
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


class SitePicker(SearchDialog[Site]):
    """Returns the chosen site. `not_multisite` leaves multisites out (contract: licences 3.7)."""

    placeholder = "type to search your connected sites"

    def __init__(self, client: LicensingClient, title: str, *, not_multisite: bool = False) -> None:
        super().__init__(title)
        self._client = client
        self._not_multisite = not_multisite
        self._asked = ""

    def make_list(self) -> SiteList:
        """Return the list of sites."""
        return SiteList(PER_PAGE, id="sites")

    def search(self, text: str) -> None:
        """Ask the API for the sites that match."""
        self._asked = text

        async def fetch(page: int) -> SitePage:
            return await self._client.sites.list(text, page, PER_PAGE, self._not_multisite)

        self.about("Loading sites…")
        self.query_one(SiteList).ask(fetch)

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
        self.about(f"{words}{rule}  enter chooses, esc steps back")

    @on(PagedList.Failed)
    def _failed(self, event: PagedList.Failed) -> None:
        self.about(explain(event.error, "Loading sites", again="enter", where=Where.DIALOG))

    def choose(self) -> None:
        """Take the site under the cursor."""
        sites = self.query_one(SiteList)
        if self.typed != self._asked or sites.error is not None:
            # what was typed has not been searched yet: enter must not choose from the list of before
            self.look()
        elif sites.current is not None:
            self.dismiss(sites.current)
