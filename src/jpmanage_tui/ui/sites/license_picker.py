"""Choosing an unassigned licence for a site: searched as the user types, a bundle opens to its licences.

The API's list of unassigned licences holds no bundles and none of their licences; those are reached by `tab`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual import events, on

from jpmanage_tui.api.models.license import License, LicenseFilter, LicensePage, LicenseState, SortDirection
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed, multisites_hidden
from jpmanage_tui.ui.dialogs.search_dialog import SearchDialog
from jpmanage_tui.ui.licenses.book import CHILD_PAGE, PAGE
from jpmanage_tui.ui.licenses.columns import place
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.paged_list import Fetch, PagedList
from jpmanage_tui.ui.words import Where, day, explain, number

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

PLACE_WIDTH = 14
CODE_END = 10
"""So many of a code's last characters tell the licences of one product apart; its beginning is the product's."""
DATE_WIDTH = 10


class UnassignedList(PagedList[License]):
    """Licences with their code, the oldest first: they have been paid for longest."""

    DEFAULT_CSS = "UnassignedList { height: 12; background: $surface; }"

    def paint_item(self, item: License, width: int) -> list[tuple[str, Style]]:
        """Return product, end of the code, what it is, and when it was issued."""
        muted = self.get_component_rich_style("list--muted")
        product = max(10, width - CODE_END - PLACE_WIDTH - DATE_WIDTH - 7)
        plain = item.state is LicenseState.DETACHED and not item.is_standard
        return [
            (pad(item.product or item.license_key, product), self.rich_style),
            (f"  …{item.license_key[-CODE_END:]:<{CODE_END}}", muted),
            (pad("" if plain else f"  {place(item)}", PLACE_WIDTH + 2), self.rich_style),
            (f"  {day(item.issued_at)}", muted),
        ]


class LicensePicker(SearchDialog[License]):
    """Returns the chosen licence."""

    placeholder = "type to search your unassigned licenses"

    def __init__(self, client: LicensingClient, site: Site) -> None:
        super().__init__(f"Assign which license to {site.url}?")
        self._client = client
        self._site = site
        self._asked = ""
        self._bundle: License | None = None
        self._filter = LicenseFilter.DETACHED

    def make_list(self) -> UnassignedList:
        """Return the list of licences."""
        return UnassignedList(PAGE, id="unassigned")

    @property
    def licenses(self) -> UnassignedList:
        """The list."""
        return self.query_one(UnassignedList)

    # -- what is shown -------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Ask the API for the licences that match."""
        self._asked, self._bundle = text, None
        filter = self._filter

        async def fetch(page: int) -> LicensePage:
            return await self._client.licenses.list(
                filter,
                search=text,
                page=page,
                per_page=PAGE,
                direction=SortDirection.ASC,
            )

        self._start(fetch, PAGE)

    def _open_bundle(self, bundle: License) -> None:
        self._bundle = bundle

        async def fetch(page: int) -> LicensePage:
            return await self._client.licenses.children(bundle.license_id, page=page, per_page=CHILD_PAGE)

        self._start(fetch, CHILD_PAGE)

    def _start(self, fetch: Fetch[License], per_page: int) -> None:
        self.about("Loading licenses…")
        self.licenses.ask(fetch, per_page)

    @on(PagedList.Came)
    def _came(self) -> None:
        count = self.licenses.rows.count
        if self._bundle is not None:
            self.about(f"The bundle of {number(count, self._bundle.product + ' license')}. esc goes back")
            return
        unassigned = self._filter is LicenseFilter.DETACHED
        kind = "unassigned license" if unassigned else "active license"
        words = f"{number(count, kind)} match “{self._asked}”" if self._asked else number(count, kind)
        other = "tab shows all active ones, bundles too" if unassigned else "tab shows unassigned ones only"
        self.about(f"{words}  enter chooses; {other}")

    @on(PagedList.Failed)
    def _failed(self, event: PagedList.Failed) -> None:
        self.about(explain(event.error, "Loading licenses", again="enter", where=Where.DIALOG))

    # -- choosing ------------------------------------------------------------------------

    def press(self, event: events.Key) -> None:
        """Turn to the other licences with tab; else as every search does."""
        if event.key in ("tab", "shift+tab"):
            event.stop()
            self._turn()
        else:
            super().press(event)

    def _turn(self) -> None:
        """Show all active licences, among which the bundles stand, or the unassigned ones again."""
        unassigned = self._filter is LicenseFilter.DETACHED
        self._filter = LicenseFilter.NOT_REVOKED if unassigned else LicenseFilter.DETACHED
        self.look()

    def step_back(self) -> None:
        """Go back from a bundle to the list, from the list out."""
        if self._bundle is not None:
            self.search(self._asked)
        else:
            self.dismiss(None)

    def choose(self) -> None:
        """Take the licence under the cursor, or open the bundle."""
        license = self.licenses.current
        if self._bundle is None and (self.typed != self._asked or self.licenses.error is not None):
            # what was typed has not been searched yet: enter must not choose from the list of before
            self.look()
        elif license is None:
            return
        elif license.is_bundle and not license.is_standard:
            self._open_bundle(license)
        elif (reason := self._why_not(license)) is not None:
            self.about(reason)
        else:
            self.dismiss(license)

    def _why_not(self, license: License) -> str | None:
        """Return why this licence cannot go to the site: the server's search may answer with others than asked for."""
        answer = allowed(license, LicenseAction.ASSIGN)
        if isinstance(answer, NotAllowed):
            return answer.reason
        if self._site.is_multisite and multisites_hidden([license.license_key]):
            return "This product does not work on a multisite, which this site is."
        return None
