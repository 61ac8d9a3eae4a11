"""Choosing an unassigned licence for a site: searched as the user types, a bundle opens to its licences.

The API's list of unassigned licences holds no bundles and none of their licences; those are reached by `tab`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Input, Static

from jpmanage_tui.api.models.license import License, LicenseFilter, LicensePage, LicenseState, SortDirection
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed, multisites_hidden
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.licenses.book import CHILD_PAGE, PAGE
from jpmanage_tui.ui.licenses.columns import place
from jpmanage_tui.ui.widgets.field import Field
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.paged_list import Fetch, PagedList
from jpmanage_tui.ui.words import day, explain, number

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

DEBOUNCE = 0.35
PLACE_WIDTH = 14
DATE_WIDTH = 10


class UnassignedList(PagedList[License]):
    """Licences with their code, the oldest first: they have been paid for longest."""

    DEFAULT_CSS = "UnassignedList { height: 12; background: $surface; }"

    def paint_item(self, item: License, width: int) -> list[tuple[str, Style]]:
        """Return product, code, what it is, and when it was issued."""
        muted = self.get_component_rich_style("list--muted")
        room = max(10, width - PLACE_WIDTH - DATE_WIDTH - 4)
        product = room * 60 // 100
        plain = item.state is LicenseState.DETACHED and not item.is_standard
        return [
            (pad(item.product or item.license_key, product), self.rich_style),
            (pad(f"  {item.license_key}", room - product), muted),
            (pad("" if plain else f"  {place(item)}", PLACE_WIDTH + 2), self.rich_style),
            (f"  {day(item.issued_at)}", muted),
        ]


class LicensePicker(Dialog[License]):
    """Returns the chosen licence."""

    first_focus: ClassVar[str | None] = "#search"

    def __init__(self, client: LicensingClient, site: Site) -> None:
        super().__init__(f"Assign which license to {site.url}?")
        self._client = client
        self._site = site
        self._typing: Timer | None = None
        self._asked = ""
        self._bundle: License | None = None
        self._filter = LicenseFilter.DETACHED

    def body(self) -> ComposeResult:
        """Compose the field, the list and a line about what is shown."""
        yield Field(placeholder="type to search your unassigned licenses", id="search")
        yield UnassignedList(PAGE, id="unassigned")
        yield self.text("Loading licenses…", muted=True, id="about")

    @property
    def licenses(self) -> UnassignedList:
        """The list."""
        return self.query_one(UnassignedList)

    def on_mount(self) -> None:
        """Ask for the first page."""
        self._ask("")

    # -- what is shown -------------------------------------------------------------------

    def _ask(self, search: str) -> None:
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        self._asked, self._bundle = search, None
        filter = self._filter

        async def fetch(page: int) -> LicensePage:
            return await self._client.licenses.list(
                filter,
                search=search,
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
        self._about("Loading licenses…")
        self.licenses.ask(fetch, per_page)

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        if self._typing is not None:
            self._typing.stop()
        text = event.value.strip()
        self._typing = self.set_timer(DEBOUNCE, lambda: self._ask(text))

    @on(PagedList.Came)
    def _came(self) -> None:
        count = self.licenses.rows.count
        if self._bundle is not None:
            self._about(f"The bundle of {number(count, self._bundle.product + ' license')}. esc goes back")
            return
        unassigned = self._filter is LicenseFilter.DETACHED
        kind = "unassigned license" if unassigned else "active license"
        words = f"{number(count, kind)} match “{self._asked}”" if self._asked else number(count, kind)
        other = "bundles stand among all active ones: tab" if unassigned else "tab shows the unassigned ones"
        self._about(f"{words}  enter chooses; {other}")

    @on(PagedList.Failed)
    def _failed(self, event: PagedList.Failed) -> None:
        self._about(explain(event.error, "Loading licenses", again="enter"))

    def _about(self, words: str) -> None:
        self.query_one("#about", Static).update(words)

    # -- choosing ------------------------------------------------------------------------

    def press(self, event: events.Key) -> None:
        """Move in the list while typing."""
        moves = {"up": -1, "down": 1}
        pages = {"pageup": -1.0, "pagedown": 1.0}
        if event.key in moves:
            event.stop()
            self.licenses.move(moves[event.key])
        elif event.key in pages:
            event.stop()
            self.licenses.page(pages[event.key])
        elif event.key == "enter":
            event.stop()
            self._choose()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            self._turn()
        else:
            super().press(event)

    def _turn(self) -> None:
        """Show all active licences, among which the bundles stand, or the unassigned ones again."""
        unassigned = self._filter is LicenseFilter.DETACHED
        self._filter = LicenseFilter.NOT_REVOKED if unassigned else LicenseFilter.DETACHED
        self._ask(self.query_one("#search", Field).value.strip())

    def step_back(self) -> None:
        """Go back from a bundle to the list, from the list out."""
        if self._bundle is not None:
            self._ask(self._asked)
        else:
            self.dismiss(None)

    @on(Input.Submitted, "#search")
    def _choose(self) -> None:
        text = self.query_one("#search", Field).value.strip()
        license = self.licenses.current
        if self._bundle is None and (text != self._asked or self.licenses.error is not None):
            # what was typed has not been searched yet: enter must not choose from the list of before
            self._ask(text)
        elif license is None:
            return
        elif license.is_bundle and not license.is_standard:
            self._open_bundle(license)
        elif (reason := self._why_not(license)) is not None:
            self._about(reason)
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
