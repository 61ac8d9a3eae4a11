"""Choosing a connected site: a search field over a list that loads as it scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.sites import Site, SitePage
from jpmanage_tui.rules.assigning import Fit
from jpmanage_tui.rules.sites import search_text, site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.choice import SearchDialog
from jpmanage_tui.ui.widgets.item_list import Column, Columns, PagedItemList
from jpmanage_tui.ui.widgets.line import pad_address

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

PER_PAGE = 50
DISCONNECTED = "disconnected"


def refusal_word(fit: Fit) -> str:
    """Return in a few cells what a site does not take of the chosen licenses, nothing where it takes all of them."""
    if not fit.refused:
        return ""
    whole = len(fit.going) + len(fit.refused)
    if whole == 1:
        return fit.refused[0].word
    return f"takes {len(fit.going):,} of {whole:,}" if fit.going else "takes none"


class SiteList(PagedItemList[Site]):
    """Sites with their Site ID; what is wrong with the connection, or what they do not take, stands beside it."""

    DEFAULT_CSS = "SiteList { height: 14; background: $surface; }"

    def __init__(self, check: SiteCheck | None, *, id: str) -> None:
        """`check` knows what a site takes of the licenses for which it is chosen."""

        def refused(site: Site) -> str:
            return refusal_word(check.known_fit(site)) if check is not None else ""

        def trouble(site: Site) -> str:
            return refused(site) or (DISCONNECTED if site.is_connection_healthy is False else "")

        columns: Columns[Site] = (
            Column(
                "Address",
                lambda site: site_name(site.address),
                fit=pad_address,
                fill=True,
                least=10,
                style=lambda site: "list--muted" if refused(site) else "",
            ),
            Column("Site ID", lambda site: str(site.blog_id), right=True, width=11, style="list--muted"),
            Column("", trouble, width=15, style=lambda site: "" if refused(site) else "list--muted"),
        )
        super().__init__(columns, PER_PAGE, id=id)


class SitePicker(SearchDialog[Site]):
    """Returns the chosen site. `not_multisite` leaves multisites out (contract: licenses 3.7).

    `check` knows the licenses for which the site is chosen: a site that takes none of them is marked and cannot be
    chosen; of what else a site does not take the caller is told by `SiteCheck.checked`.
    """

    placeholder = "type to search your connected sites"

    class Checked(DataMessage):
        """It is known what the site takes that was chosen."""

        blog_id: BlogId
        fit: Fit

    class Marked(DataMessage):
        """More is known of what the sites take."""

    def __init__(
        self,
        client: LicensingClient,
        title: str,
        *,
        not_multisite: bool = False,
        check: SiteCheck | None = None,
    ) -> None:
        super().__init__(title)
        self._client = client
        self._not_multisite = not_multisite
        self._check = check
        self._asked = ""

    def make_list(self) -> SiteList:
        """Return the list of sites."""
        return SiteList(self._check, id="sites")

    def on_mount(self) -> None:
        """Find out which of the sites have the products already."""
        if self._check is not None:
            self.run_worker(self._read(self._check), group="site-check", exclusive=True, exit_on_error=False)

    async def _read(self, check: SiteCheck) -> None:
        await check.read(lambda: self.post_message(self.Marked()))
        self.post_message(self.Marked())

    @on(Marked)
    def _mark(self) -> None:
        self.query_one(SiteList).refresh()

    def search(self, text: str) -> None:
        """Ask the API for the sites that match."""
        self._asked = text
        wanted = search_text(text)

        async def fetch(page: int) -> SitePage:
            return await self._client.sites.list(wanted, page, PER_PAGE, self._not_multisite)

        self.about("Loading sites…")
        self.query_one(SiteList).ask(fetch)

    @on(PagedItemList.Loaded)
    def _came(self) -> None:
        count = self.query_one(SiteList).pages.count
        words = pluralize(count, "site")
        if self._asked:
            words = (
                f"{words} match{'es' if count == 1 else ''} “{self._asked}”"
                if count
                else f"No connected site matches “{self._asked}”."
            )
        elif not count:
            words = "No connected sites."
        rule = "  Multisites are left out: this product does not work there." if self._not_multisite else ""
        self.about(f"{words}{rule}  enter chooses, esc steps back")

    @on(PagedItemList.LoadFailed)
    def _failed(self, event: PagedItemList.LoadFailed) -> None:
        self.about(error_text(event.error, "Loading sites", again="enter", where=Where.DIALOG))

    def choose(self) -> None:
        """Take the site under the cursor, unless it takes none of the licenses."""
        sites = self.query_one(SiteList)
        if self.typed != self._asked or sites.error is not None:
            # what was typed has not been searched yet: enter must not choose from the list of before
            self.look()
            return
        site = sites.current
        if site is None:
            return
        if self._check is None:
            self.dismiss(site)
        elif self._check.settled(site):
            self._decide(site, self._check.known_fit(site))
        else:
            self.about(f"Checking what {site_name(site.address)} has…")
            work = self._look_at(self._check, site)
            self.run_worker(work, group="site-choice", exclusive=True, exit_on_error=False)

    async def _look_at(self, check: SiteCheck, site: Site) -> None:
        self.post_message(self.Checked(site.blog_id, await check.checked(site)))

    @on(Checked)
    def _was_checked(self, message: Checked) -> None:
        sites = self.query_one(SiteList)
        sites.refresh()
        site = sites.current
        if site is not None and site.blog_id == message.blog_id and self.typed == self._asked:
            self._decide(site, message.fit)

    def _decide(self, site: Site, fit: Fit) -> None:
        """Take the site, or say why it takes none of the licenses."""
        if not fit.none_fits:
            self.dismiss(site)
            return
        first = fit.refused[0]
        more = len(fit.refused) - 1
        rest = f" It takes none of the other {more:,} either." if more else ""
        self.about(f"{first.reason}{rest} Choose another site.")
