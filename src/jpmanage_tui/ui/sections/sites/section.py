"""The Sites screen: the connected sites with search, their health, and what can be done with one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.licenses import License, SortDirection
from jpmanage_tui.api.sites import ConnectionCode, Site
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.licenses import debug_url, web_address
from jpmanage_tui.rules.sites import search_text, site_name
from jpmanage_tui.rules.text import counted, lacking
from jpmanage_tui.services.connected_sites import SiteQuery
from jpmanage_tui.services.exports import Export, Record
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.sites import SITE_FIELDS
from jpmanage_tui.services.license_changes import assign_change
from jpmanage_tui.services.undo import undo_history
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import Where
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.sections.base import (
    BESIDE,
    DETAIL_PANE,
    SORT,
    UNDO,
    DetailSection,
    OpenSection,
    Section,
    TakesLeavingClient,
)
from jpmanage_tui.ui.sections.licenses import questions
from jpmanage_tui.ui.sections.licenses.changes import LicenseChanger
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.list_section import ListSection
from jpmanage_tui.ui.sections.sites.columns import ASCENDING, COLUMNS
from jpmanage_tui.ui.sections.sites.connect import ConnectDialog
from jpmanage_tui.ui.sections.sites.detail import Fact, site_facts
from jpmanage_tui.ui.sections.sites.license_picker import LicensePicker
from jpmanage_tui.ui.sections.sites.list import SitesList
from jpmanage_tui.ui.sections.sites.query import ALL, TABS
from jpmanage_tui.ui.sections.sites.site_licenses import SiteLicenses
from jpmanage_tui.ui.sections.sites.text import connecting_text, is_connected
from jpmanage_tui.ui.widgets.item_list import SortOrder, sort_orders

if TYPE_CHECKING:
    from jpmanage_tui.api.ids import BlogId
    from jpmanage_tui.ui.widgets.detail_pane import Detail

SITES: CommandSet = CommandSet(
    "Sites",
    (
        Command(
            "toggle-site",
            "Open",
            "Open or close the row: health, products and licenses of the site. Beside details it shows the menu.",
        ),
        Command(
            "expand-site",
            "Open",
            "Open the row.",
            footer=False,
            palette=False,
        ),
        Command(
            "collapse-site",
            "Close",
            "Close the row.",
            footer=False,
            palette=False,
        ),
        Command(
            "search-sites",
            "Search",
            "Search by address as you type; enter goes to the list.",
            action="search",
        ),
        Command(
            "previous-filter",
            "Previous tab",
            "The filter before.",
            footer=False,
        ),
        Command(
            "next-filter",
            "Next tab",
            "The next filter: favorites, any issue, backups, threats, down, disconnected, updates.",
        ),
        SORT,
        DETAIL_PANE,
        Command(
            "assign-here",
            "Assign License",
            "Choose one of the unassigned licenses and assign it to this site.",
        ),
        Command(
            "connect-site",
            "Connect site",
            "Connect a site that has Jetpack installed.",
        ),
        Command(
            "licenses-here",
            "Licenses",
            "Search the licenses of this site on Licenses.",
        ),
        Command(
            "view-this-site",
            "View Site",
            "Open the site's home page.",
        ),
        Command(
            "debug-this-site",
            "Debug Site",
            "Open Jetpack's debug test for the site.",
        ),
        Command(
            "copy-address",
            "Copy address",
            "Send the site's address to the terminal's clipboard.",
            footer=False,
        ),
        Command(
            "site-menu",
            "Menu",
            "Show everything that can be done with this site, and why the rest cannot.",
            action="row_menu",
            footer=False,
        ),
        Command(
            "client-leaves",
            "Client leaves…",
            "Take all licenses from this site, those in bundles too: unassign, revoke, or both, after a review.",
            footer=False,
        ),
        UNDO,
        Command(
            "export",
            "Export",
            "Write every site that filter and search match to a CSV or JSON file.",
            footer=False,
        ),
    ),
)
"""Every command of this screen, in the footer's order."""

ROW_ACTIONS = (
    "assign-here",
    "licenses-here",
    "view-this-site",
    "debug-this-site",
    "copy-address",
    "client-leaves",
)
"""What can be done with the site under the cursor, in the order of its menu."""
CHANGING = ("assign-here", "client-leaves")
"""Those that change something."""


def _give_leaving(site: Site, section: Section) -> None:
    if isinstance(section, TakesLeavingClient):
        section.client_leaves(site)


class SitesSection(ListSection[Site], DetailSection):
    """Every connected site of the partner key, by address."""

    COMMAND_SET = SITES
    NOUN = "connected site"
    LOADING = "Loading sites"
    SEARCH = "address of the site"
    SEARCH_ID = "site-search"
    TABS = TABS
    ROW_ACTIONS = ROW_ACTIONS
    NO_ROW = "No site is selected."
    PLACEHOLDER = "    · · ·"

    def __init__(self, session: Session) -> None:
        super().__init__(session, ASCENDING)
        self._changer = LicenseChanger(self, lambda _outcomes, _unverified: self.forget_licenses())
        self._licenses = SiteLicenses(self, session.client, self._in_bundles, self._licenses_changed)

    def make_list(self) -> SitesList:
        """Return the list."""
        self.sites = SitesList(self._facts, lambda _site: self.offers(), again=self.load, id="sites")
        return self.sites

    @property
    def is_open(self) -> bool:
        """Whether the row under the cursor is open."""
        site = self.current
        return site is not None and self.sites.is_open(site)

    # -- reading -------------------------------------------------------------------------

    @property
    def loader(self) -> Loader[int]:
        """The loader of the pages."""
        return self.sites.loader

    @property
    def unreadable(self) -> int:
        """How many sites could not be read."""
        return self.sites.pages.unreadable

    @property
    def site_query(self) -> SiteQuery:
        """What is asked of the API."""
        order = self.order or ASCENDING
        return SiteQuery(self.search_text, TABS[self.tab_index].filter, SortDirection(order.name))

    def query_changed(self) -> None:
        """Ask for the sites that match, from the first page on."""
        self.sites.show_sort_order(self.order)
        self.sites.ask(partial(self.site_query.page, self.session.client))
        self.show_placeholder()

    def load(self) -> None:
        """Ask again for what is in view, and for the licenses of open sites that are not known."""
        self.sites.reload()
        self._load_licenses()
        self.show_placeholder()

    async def read_view(self) -> Callable[[], bool] | None:
        """Read the sites in view once more, and the licenses of those of which they are shown."""
        show = await self.sites.read_view(partial(self.site_query.page, self.quiet_client))
        if show is None:
            return None
        known = (self.sites.pages.rows.get(row) for row in self.sites.rows_in_view)
        opened = [site for site in known if site is not None and self._shows_licenses_of(site)]
        show_licenses = await self._licenses.read_again(opened)

        def show_both() -> bool:
            changed, others = show(), show_licenses()
            if others:
                self._licenses_changed()
            return changed or others

        return show_both

    def reload(self) -> None:
        """Ask again for what is on the screen, the licenses of open sites too."""
        self._licenses.forget()
        super().reload()

    def _shows_licenses_of(self, site: Site) -> bool:
        """Whether the licenses of a site stand below its row, or beside the list."""
        return site.blog_id in self.sites.expanded or (self.has_details and site == self.current)

    def _load_licenses(self) -> None:
        for site in self.sites.pages.rows.values():
            if self.sites.is_open(site):
                self._licenses.load(site)
        if self.has_details:
            self.load_details()

    def forget_licenses(self) -> None:
        """Look again for the licenses of the open sites: some have changed."""
        self._licenses.forget()
        self._load_licenses()
        self._licenses_changed()

    def _licenses_changed(self) -> None:
        self.sites.changed()
        self.show_details()

    async def _in_bundles(self, site: Site) -> Sequence[License] | None:
        """Return the licenses of a site that are inside bundles, where Licenses has read all; else None."""
        for licenses in self.screen.query(LicensesSection):
            return await licenses.search_index.on_site(site.blog_id)
        return None

    def _facts(self, site: Site) -> list[Fact]:
        return site_facts(site, self._licenses.line(site))

    # -- what stands in the place of rows --------------------------------------------------

    def empty_lines(self) -> list[str]:
        """Return what an empty filter means, and the way on."""
        tab = TABS[self.tab_index]
        return [tab.empty, "", *(self._other_filters() or [key_line("connect one", "connect-site")])]

    def no_match_lines(self) -> list[str]:
        """Return the ways on where nothing matches."""
        return [*super().no_match_lines(), *self._other_filters()]

    def _other_filters(self) -> list[str]:
        if self.tab is None:
            return []
        return [key_line("the other filters", "previous-filter", "next-filter")]

    # -- actions, and why one cannot be done now ---------------------------------------------

    def connect_site_disabled_reason(self) -> str | None:
        """Return that nothing is changed in this session."""
        return READ_ONLY if self.session.read_only else None

    def assign_here_disabled_reason(self) -> str | None:
        """Return why no license can be assigned to the site."""
        return self.row_disabled_reason() or self.connect_site_disabled_reason()

    def view_this_site_disabled_reason(self) -> str | None:
        """Return that the site has no address that a browser can open."""
        site = self.current
        if site is None:
            return self.NO_ROW
        return None if web_address(site.address) else "The API gives no web address for this site."

    debug_this_site_disabled_reason = view_this_site_disabled_reason

    def expand_site_disabled_reason(self) -> str | None:
        """Return why the row cannot be opened."""
        if self.has_details:
            return self.row_disabled_reason() or BESIDE
        return self.row_disabled_reason() or ("It is open." if self.is_open else None)

    def collapse_site_disabled_reason(self) -> str | None:
        """Return why the row cannot be closed."""
        return self.row_disabled_reason() or (None if self.is_open else "It is not open.")

    toggle_site_disabled_reason = licenses_here_disabled_reason = ListSection.row_disabled_reason
    copy_address_disabled_reason = ListSection.row_disabled_reason

    def undo_disabled_reason(self) -> str | None:
        """Return why nothing can be undone."""
        return self.connect_site_disabled_reason() or undo_history(self.session).why_not

    def offers(self) -> list[tuple[str, str]]:
        """Return (key, label) of what can be done with a site."""
        return [
            (key_for(name), SITES.named(name).label)
            for name in ROW_ACTIONS
            if name not in CHANGING or self.connect_site_disabled_reason() is None
        ]

    def action_expand_site(self) -> None:
        """Open the row under the cursor."""
        site = self.current
        if site is not None and self.sites.open_row():
            self._licenses.load(site)

    def action_collapse_site(self) -> None:
        """Close the row under the cursor."""
        self.sites.close_row()

    def action_toggle_site(self) -> None:
        """Open or close the row under the cursor; where all that would open stands beside the list, show its menu."""
        if self.has_details:
            self.action_row_menu()
        elif self.is_open:
            self.action_collapse_site()
        else:
            self.action_expand_site()

    def toggle_site_label(self) -> str:
        """Return what enter does now."""
        return "Menu" if self.has_details else "Open"

    # -- details beside the list -------------------------------------------------------------

    def detail_key(self) -> BlogId | None:
        """Return the id of the site under the cursor."""
        site = self.current
        return site.blog_id if site is not None else None

    def details(self) -> Sequence[Detail]:
        """Return what is known of the site under the cursor."""
        from jpmanage_tui.ui.sections.sites.pane import site_details

        site = self.current
        if site is None:
            return ()
        return site_details(site, self._licenses.line(site), self.actions_of(ROW_ACTIONS))

    def load_details(self) -> None:
        """Look for the licenses of the site under the cursor."""
        site = self.current
        if site is not None:
            self._licenses.load(site)

    def cancel_details(self, key: Hashable) -> None:
        """Look no more for the licenses of the site on which the cursor stood."""
        self._licenses.cancel(key)

    def details_shown(self) -> None:
        """Show below an open row only what does not stand beside the list."""
        self.sites.show_facts(elsewhere=self.has_details)
        self._load_licenses()

    @property
    def sort_orders(self) -> Sequence[SortOrder[Site]]:
        """The orders of the menu."""
        return sort_orders(COLUMNS)

    def row_title(self, item: Site) -> str:
        """Return the site's name."""
        return site_name(item.address)

    def export(self) -> Export:
        """Return the export of all sites that are listed, those not loaded yet too."""
        sites = self.site_query.every(self.session.client)

        async def rows(_codes: bool) -> AsyncIterator[Record]:
            async for site in sites:
                yield record_of(SITE_FIELDS, site)

        title = counted(self.sites.count_words, self.NOUN)
        return Export(
            title, "site", "sites", names_of(SITE_FIELDS), rows, lacks=lambda: lacking(sites, "site")
        )

    def action_assign_here(self) -> None:
        """Choose an unassigned license for the site under the cursor, ask, and assign it."""
        self.start_action(self._assign())

    async def _assign(self) -> None:
        site = self.current
        if site is None:
            return
        chosen = await self.app.push_screen_wait(LicensePicker(self.session.client, site))
        if chosen is None:
            return
        question = questions.assign(chosen.license, site, chosen.fit)
        if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
            return
        await self._changer.send(assign_change(chosen.license, site))

    def action_client_leaves(self) -> None:
        """Prepare what becomes of the site's licenses, where lists of sites are prepared."""
        site = self.current
        if site is not None:
            self.post_message(OpenSection("site-list", partial(_give_leaving, site)))

    client_leaves_disabled_reason = assign_here_disabled_reason

    def action_undo(self) -> None:
        """Ask, and undo what was assigned or unassigned last, here or on another screen."""
        self.start_action(self._changer.undo())

    def action_connect_site(self) -> None:
        """Show the form that connects a site; it stays until the site is connected or the user leaves it."""

        def send(dialog: ConnectDialog, change: ConnectSite) -> None:
            # not as an action: it opens no dialog for which what is typed would wait
            self.run_worker(self._connect(dialog, change), group="connecting", exit_on_error=False)

        self.app.push_screen(ConnectDialog(send))

    async def _connect(self, dialog: ConnectDialog, change: ConnectSite) -> None:
        """Send the change and tell the form, or the status line where the form was left meanwhile."""
        outcome = await self.session.queue.submit(change).outcome()
        words = connecting_text(outcome, Where.DIALOG if dialog.is_attached else Where.SCREEN)
        if not is_connected(outcome):
            if dialog.is_attached:
                dialog.refused(outcome, words)
            else:
                self.notify(words, severity="error", outcome=True)
            return
        waited = dialog.is_attached  # below another dialog too: it closes after that
        if waited:
            dialog.dismiss(None)
        answer = outcome.result
        new = answer is None or answer.code is not ConnectionCode.ALREADY_CONNECTED
        self.notify(words, severity="success" if new else "information", outcome=True)
        if not waited:  # who left the form does something else now, here or elsewhere
            if self.shown:
                self.reload()
            return
        self.look_for(search_text(change.url), everywhere=True)

    def action_licenses_here(self) -> None:
        """Search the licenses of the site under the cursor on the Licenses screen."""
        site = self.current
        if site is None:
            return
        query = LicenseQuery(search=search_text(site.address))

        def search(section: Section) -> None:
            if isinstance(section, LicensesSection):
                section.show_licenses(query)

        self.post_message(OpenSection("licenses", search))

    def action_view_this_site(self) -> None:
        """Show or open the site's home page."""
        site = self.current
        url = web_address(site.address) if site is not None else None
        if url is not None:
            self.start_action(self.open_link("View Site", url))

    def action_debug_this_site(self) -> None:
        """Show or open Jetpack's debug test for the site."""
        site = self.current
        if site is not None:
            self.start_action(self.open_link("Debug Site", debug_url(site.address)))

    def action_copy_address(self) -> None:
        """Send the site's address to the clipboard."""
        site = self.current
        if site is not None:
            self.start_action(self.copy(site.address, site.address))

    # -- searching -----------------------------------------------------------------------

    def look_for(self, text: str, *, everywhere: bool = False) -> None:
        """Search for `text`, with `everywhere` among all sites, whatever filter is on (`ListSection.look_for`)."""
        if everywhere:
            self.show_tab(TABS.index(ALL))
        super().look_for(text)

    def close_row(self) -> bool:
        """Close the row under the cursor."""
        return self.sites.close_row()
