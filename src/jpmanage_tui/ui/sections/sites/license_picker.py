"""Choosing an unassigned license for a site: searched as the user types, a bundle opens to its licenses.

The API's list of unassigned licenses holds no bundles and none of their licenses; those are reached by `tab`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual import events, on

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.licenses import License, LicenseFilter, LicensePage, LicenseState, SortDirection
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.assigning import Fit, candidate, fit, holders
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed
from jpmanage_tui.rules.sites import search_text, site_name
from jpmanage_tui.rules.text import format_date, pluralize
from jpmanage_tui.services.site_check import SiteCheck, licenses_on
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import Where, error_text, keyless_error_text
from jpmanage_tui.ui.dialogs.choice import SearchDialog
from jpmanage_tui.ui.sections.licenses.columns import site_or_state
from jpmanage_tui.ui.sections.licenses.data import CHILD_PAGE, PAGE
from jpmanage_tui.ui.widgets.item_list import Column, Columns, Fetch, PagedItemList

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

Held = Mapping[BlogId, Sequence[License]]
CODE_END = 10
"""So many of a code's last characters tell the licenses of one product apart; its beginning is the product's."""


class UnassignedList(PagedItemList[License]):
    """Licenses with their code, the oldest first: they have been paid for longest."""

    DEFAULT_CSS = "UnassignedList { height: 12; background: $surface; }"

    def __init__(self, per_page: int, site: Site, *, id: str) -> None:
        columns: Columns[License] = (
            Column(
                "Product",
                lambda license: license.product or license.license_key,
                fill=True,
                least=10,
                style=lambda license: "" if license.is_bundle or not self.word_of(license) else "list--muted",
            ),
            Column(
                "Code",
                lambda license: f"…{license.license_key[-CODE_END:]}",
                width=CODE_END + 1,
                style="list--muted",
            ),
            Column("Place", self.word_of, width=14),
            Column("Issued", lambda license: format_date(license.issued_at), width=10, style="list--muted"),
        )
        super().__init__(columns, per_page, id=id)
        self._site = site
        self.held: Held = {}
        """The licenses that are assigned, by site, as far as they are known: the site's own."""

    def word_of(self, license: License) -> str:
        """Return in a few cells why a license cannot go to the site, or what it is where it can; '' for any other."""
        if license.is_standard:
            return "elsewhere"
        if license.state is LicenseState.DETACHED:
            found = fit([candidate(license)], self._site, self.held)
            return found.refused[0].word if found.refused else ""
        return site_or_state(license)


class Picked(NamedTuple):
    """The chosen license, and what is known of whether the site takes it."""

    license: License
    fit: Fit


class LicensePicker(SearchDialog[Picked]):
    """Returns the chosen license. One that the site does not take is marked, and cannot be chosen."""

    class SiteRead(DataMessage):
        """The licenses of the site came."""

        licenses: Sequence[License]

    class Checked(DataMessage):
        """It is known whether the site takes the license that was chosen."""

        license: License
        fit: Fit

    placeholder = "type to search your unassigned licenses"

    def __init__(self, client: LicensingClient, site: Site) -> None:
        super().__init__(f"Assign which license to {site_name(site.address)}?")
        self._client = client
        self._site = site
        self._asked = ""
        self._bundle: License | None = None
        self._filter = LicenseFilter.DETACHED

    def make_list(self) -> UnassignedList:
        """Return the list of licenses."""
        return UnassignedList(PAGE, self._site, id="unassigned")

    def on_mount(self) -> None:
        """Find out which products the site has already."""
        self.run_worker(self._read_site(), group="site-licenses", exclusive=True, exit_on_error=False)

    async def _read_site(self) -> None:
        try:
            licenses = await licenses_on(self._client, self._site)
        except ApiError:
            return  # what is chosen is checked once more, and that says what could not be read
        self.post_message(self.SiteRead(licenses))

    @on(SiteRead)
    def _site_was_read(self, message: SiteRead) -> None:
        self.licenses.held = holders(message.licenses)
        self.licenses.refresh()

    @property
    def licenses(self) -> UnassignedList:
        """The list."""
        return self.query_one(UnassignedList)

    # -- what is shown -------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Ask the API for the licenses that match."""
        self._asked, self._bundle = text, None
        filter = self._filter

        async def fetch(page: int) -> LicensePage:
            return await self._client.licenses.list(
                filter,
                search=search_text(text),
                page=page,
                per_page=PAGE,
                direction=SortDirection.ASC,
            )

        self._start(fetch, PAGE)

    def _open_bundle(self, bundle: License) -> None:
        license_id = bundle.license_id
        if license_id is None:
            self.about("The API gives no number by which this bundle's licenses could be listed.")
            return
        self._bundle = bundle

        async def fetch(page: int) -> LicensePage:
            return await self._client.licenses.children(license_id, page=page, per_page=CHILD_PAGE)

        self._start(fetch, CHILD_PAGE)

    def _start(self, fetch: Fetch[License], per_page: int) -> None:
        self.about("Loading licenses…")
        self.licenses.ask(fetch, per_page)

    @on(PagedItemList.Loaded)
    def _came(self) -> None:
        count = self.licenses.pages.count
        if self._bundle is not None:
            self.about(f"The bundle of {pluralize(count, self._bundle.product + ' license')}. esc goes back")
            return
        unassigned = self._filter is LicenseFilter.DETACHED
        kind = "unassigned license" if unassigned else "active license"
        words = pluralize(count, kind)
        if self._asked:
            words += f" match{'es' if count == 1 else ''} “{self._asked}”"
        other = "tab shows all active ones, bundles too" if unassigned else "tab shows unassigned ones only"
        self.about(f"{words}  enter chooses; {other}")

    @on(PagedItemList.LoadFailed)
    def _failed(self, event: PagedItemList.LoadFailed) -> None:
        self.about(error_text(event.error, "Loading licenses", again="enter", where=Where.DIALOG))

    # -- choosing ------------------------------------------------------------------------

    def press(self, event: events.Key) -> None:
        """Turn to the other licenses with tab; else as every search does."""
        if event.key in ("tab", "shift+tab"):
            event.stop()
            self._turn()
        else:
            super().press(event)

    def _turn(self) -> None:
        """Show all active licenses, among which the bundles stand, or the unassigned ones again."""
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
        """Take the license under the cursor, or open the bundle."""
        license = self.licenses.current
        if self._bundle is None and (self.typed != self._asked or self.licenses.error is not None):
            # what was typed has not been searched yet: enter must not choose from the list of before
            self.look()
        elif license is None:
            return
        elif license.is_bundle and not license.is_standard:
            self._open_bundle(license)
        elif isinstance(answer := allowed(license, LicenseAction.ASSIGN), NotAllowed):
            self.about(answer.reason)  # the server's search may answer with others than asked for
        elif (found := fit([candidate(license)], self._site, self.licenses.held)).refused:
            self.about(found.refused[0].reason)
        else:
            self.about(f"Checking what {site_name(self._site.address)} has…")
            self.run_worker(self._check(license), group="site-check", exclusive=True, exit_on_error=False)

    async def _check(self, license: License) -> None:
        """Look whether the site has the product in a bundle, whose licenses no search finds."""
        check = SiteCheck(self._client, [candidate(license)], keyless_error_text)
        self.post_message(self.Checked(license, await check.checked(self._site)))

    @on(Checked)
    def _was_checked(self, message: Checked) -> None:
        if message.license != self.licenses.current:
            return
        if message.fit.refused:
            self.about(message.fit.refused[0].reason)
        else:
            self.dismiss(Picked(message.license, message.fit))
