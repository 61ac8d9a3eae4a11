"""The Sites screen: the connected sites with search, their health, and what can be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.models.license import License, SortDirection
from jpmanage_tui.api.models.site import Site, SitePage
from jpmanage_tui.rules.text import counted, format_time, matching, not_read
from jpmanage_tui.ui.common.commands import ActiveCommand
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.sites import facts, told
from jpmanage_tui.ui.sections.sites.commands import SITES, offers
from jpmanage_tui.ui.sections.sites.flows import Flows
from jpmanage_tui.ui.sections.sites.licenses_of import LicensesCame, LicensesFailed, LicensesOf
from jpmanage_tui.ui.sections.sites.list import SiteHeadings, SiteRows
from jpmanage_tui.ui.sections.sites.query import ALL, TABS, SiteQuery
from jpmanage_tui.ui.widgets.paged_list import PagedList
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.tab_bar import TabBar


class SitesSection(Section):
    """Every connected site of the partner key, by address."""

    COMMANDS = SITES
    DEFAULT_CSS = "SitesSection { layout: vertical; }"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.flows: Flows = Flows(self)
        self.wanted = SiteQuery()
        self._licenses = LicensesOf(self, session.client, self._inside_bundles)
        self._retry = Retry(self, self._again)

    def compose(self) -> ComposeResult:
        """Compose tabs, search, headings and list."""
        yield TabBar([(tab.words, tab.brief) for tab in TABS])
        yield SearchBar("address of the site", field_id="site-search")
        yield SiteHeadings()
        yield SiteRows(self._facts, lambda site: offers(self), id="sites")

    def on_mount(self) -> None:
        """Ask for the first page."""
        self._ask(self.wanted)

    # -- parts ---------------------------------------------------------------------------

    @property
    def sites(self) -> SiteRows:
        """The list."""
        return self.query_one(SiteRows)

    @property
    def current(self) -> Site | None:
        """The site under the cursor."""
        return self.sites.current if self.is_mounted else None

    @property
    def is_open(self) -> bool:
        """Whether the row under the cursor is open."""
        site = self.current
        return site is not None and site.blog_id in self.sites.expanded

    def bounds(self) -> list[ActiveCommand]:
        """Return the commands of this screen."""
        return [ActiveCommand(SITES, self)]

    def focus_first(self) -> None:
        """The list has the focus."""
        self.sites.focus()

    # -- reading -------------------------------------------------------------------------

    def _ask(self, query: SiteQuery) -> None:
        self.wanted = query

        async def fetch(page: int) -> SitePage:
            return await query.page(self.session.client, page)

        self.query_one(TabBar).show(TABS.index(query.tab))
        self.query_one(SiteHeadings).show(query.direction)
        self.sites.ask(fetch)
        self._show()

    def step_filter(self, step: int) -> None:
        """Go to the next (1) or previous (-1) filter; after the last comes the first."""
        tab = TABS[(TABS.index(self.wanted.tab) + step) % len(TABS)]
        self._ask(replace(self.wanted, tab=tab))

    def sort_by(self, direction: SortDirection) -> None:
        """List the sites in another order."""
        if direction is not self.wanted.direction:
            self._ask(replace(self.wanted, direction=direction))

    def reload(self) -> None:
        """Ask again for what is on the screen."""
        self._retry.answered()
        self._licenses.forget()
        self._again()

    def _again(self) -> None:
        self.sites.reload()
        for site in self.sites.rows.known.values():
            if site.blog_id in self.sites.expanded:
                self._licenses.want(site)
        self._show()

    def _show(self) -> None:
        self._tell()
        self.sites.changed()

    def _tell(self) -> None:
        sites = self.sites
        sites.note = told.note(sites.rows.total, self.wanted, sites.error)
        sites.refresh()
        self.post_message(self.StatusChanged())

    @on(PagedList.Came)
    def _came(self) -> None:
        self.tell_recovered()
        self._retry.answered()
        self._show()

    @on(PagedList.Failed)
    def _failed(self, event: PagedList.Failed) -> None:
        words = aged_error_text(event.error, "Loading sites", self.sites.rows.answered_at)
        self.tell_trouble(words)
        self._retry.failed(event.error)
        # not laid out again: that would ask for the missing page at once, and so on without a pause
        self._tell()

    @on(LicensesCame)
    @on(LicensesFailed)
    def _licenses_told(self, message: LicensesCame | LicensesFailed) -> None:
        self._licenses.take(message)
        self._show()

    async def _inside_bundles(self, site: Site) -> Sequence[License] | None:
        """Return the licences of a site that are inside bundles, where Licenses has read all; else None."""
        from jpmanage_tui.ui.sections.licenses.section import LicensesSection

        licenses = self.jpmanage.main.opened("licenses")
        return (
            await licenses.search_index.on_site(site.blog_id)
            if isinstance(licenses, LicensesSection)
            else None
        )

    def _facts(self, site: Site) -> list[facts.Fact]:
        return facts.facts(site, self._licenses.line(site))

    def forget_licenses(self) -> None:
        """Look again for the licences of the open sites: some have changed."""
        self._licenses.forget()
        for site in self.sites.rows.known.values():
            if site.blog_id in self.sites.expanded:
                self._licenses.want(site)
        self._show()

    # -- opening rows ----------------------------------------------------------------------

    def open_row(self) -> None:
        """Open the row under the cursor."""
        site = self.current
        if site is not None and self.sites.open_row():
            self._licenses.want(site)

    def close_row(self) -> None:
        """Close the row under the cursor."""
        self.sites.close_row()

    def toggle(self) -> None:
        """Open or close the row under the cursor."""
        if self.is_open:
            self.close_row()
        else:
            self.open_row()

    # -- searching -----------------------------------------------------------------------

    @property
    def search_row(self) -> SearchBar:
        """The line of the search."""
        return self.query_one(SearchBar)

    def open_search(self) -> None:
        """Show the search field and put the focus there."""
        self.search_row.open()

    def look_for(self, text: str, *, everywhere: bool = False) -> None:
        """Search for `text`, and show it in the field; '' clears the search and takes the field away.

        With `everywhere` among all sites, whatever filter is on.
        """
        self.search_row.show_text(text)
        if self.shown:
            self.sites.focus()
        tab = ALL if everywhere else self.wanted.tab
        self._ask(replace(self.wanted, search=text.strip(), tab=tab))

    @on(SearchBar.Asked)
    def _search_asked(self, event: SearchBar.Asked) -> None:
        if event.text != self.wanted.search:
            self._ask(replace(self.wanted, search=event.text))
        if event.entered:
            self.sites.focus()

    def step_back(self) -> bool:
        """Leave the field keeping its text; close the row; clear the search."""
        if self.search_row.typing:
            self.look_for(self.search_row.text)
        elif self.sites.close_row():
            pass
        elif self.wanted.search:
            self.look_for("")
        else:
            return False
        self.post_message(self.StatusChanged())
        return True

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return how many sites are shown, of which search, and how old that is when it could not be refreshed."""
        rows = self.sites.rows
        if rows.total is None:
            return ""
        words = counted(rows.count_words, "connected site")
        if self.wanted.search:
            words = matching(rows.count_words, "connected site", self.wanted.search)
        if self.wanted.tab is not ALL:
            words += f" ({self.wanted.tab.words})"
        if rows.unreadable:
            words += f" {not_read(rows.unreadable)}"
        if self.sites.error is not None and rows.answered_at is not None:
            words += f" — as of {format_time(rows.answered_at)}, could not be refreshed"
        return words

    def progress(self) -> str | None:
        """Return that sites are being loaded, where nothing of them is known yet."""
        if not self.is_mounted:
            return None
        return "Loading sites…" if self.sites.busy and self.sites.rows.total is None else None

    def counter(self) -> str:
        """Return where the cursor is: row of all rows."""
        if not self.is_mounted or not self.sites.rows.count:
            return ""
        return f"{self.sites.row_at(self.sites.cursor) + 1:,}/{self.sites.rows.count_words}"
