"""The Sites screen: the connected sites with search, their health, and what can be done with one."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.models.license import License, SortDirection
from jpmanage_tui.api.models.site import ConnectionCode, Site, SitePage
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.licenses import debug_url, web_address
from jpmanage_tui.rules.sites import search_text, site_name
from jpmanage_tui.rules.text import counted, format_time, matching, not_read
from jpmanage_tui.services.undo import undo_stack
from jpmanage_tui.ui.common.commands import ActiveCommand
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.retry import Retry
from jpmanage_tui.ui.common.text import Where, aged_error_text
from jpmanage_tui.ui.dialogs import export as exporting
from jpmanage_tui.ui.dialogs.choice import choose_order, choose_row_action
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.licenses import questions
from jpmanage_tui.ui.sections.licenses.changes import LicenseChanger, assign_change
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.sites import detail as facts
from jpmanage_tui.ui.sections.sites import text as told
from jpmanage_tui.ui.sections.sites.commands import ROW_ACTIONS, SITES
from jpmanage_tui.ui.sections.sites.connect import ConnectDialog
from jpmanage_tui.ui.sections.sites.export import export_of
from jpmanage_tui.ui.sections.sites.license_picker import LicensePicker
from jpmanage_tui.ui.sections.sites.list import SiteHeadings, SiteRows
from jpmanage_tui.ui.sections.sites.query import ALL, ORDERS, TABS, SiteQuery
from jpmanage_tui.ui.sections.sites.site_licenses import LicensesCame, LicensesFailed, LicensesOf
from jpmanage_tui.ui.widgets.paged_list import PagedList
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.tab_bar import TabBar

READ_ONLY = "The program was started with --read-only."
NO_ROW = "No site is selected."


class SitesSection(Section):
    """Every connected site of the partner key, by address."""

    COMMANDS = SITES
    DEFAULT_CSS = "SitesSection { layout: vertical; }"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._changer = LicenseChanger(self, self.start, lambda _outcomes, _looking: self.forget_licenses())
        self.wanted = SiteQuery()
        self._licenses = LicensesOf(self, session.client, self._inside_bundles)
        self._retry = Retry(self, self._again)

    def compose(self) -> ComposeResult:
        """Compose tabs, search, headings and list."""
        yield TabBar([(tab.words, tab.brief) for tab in TABS])
        yield SearchBar("address of the site", field_id="site-search")
        yield SiteHeadings()
        yield SiteRows(self._facts, lambda _site: self.offers(), id="sites")

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
        """Return the licenses of a site that are inside bundles, where Licenses has read all; else None."""
        licenses = self.jpmanage.main.opened("licenses")
        return (
            await licenses.search_index.on_site(site.blog_id)
            if isinstance(licenses, LicensesSection)
            else None
        )

    def _facts(self, site: Site) -> list[facts.Fact]:
        return facts.facts(site, self._licenses.line(site))

    def forget_licenses(self) -> None:
        """Look again for the licenses of the open sites: some have changed."""
        self._licenses.forget()
        for site in self.sites.rows.known.values():
            if site.blog_id in self.sites.expanded:
                self._licenses.want(site)
        self._show()

    # -- actions, and why one cannot be done now ---------------------------------------------

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen; nothing cancels it."""
        self.run_worker(flow, group="sites-flow", exclusive=False, exit_on_error=False)

    def row_disabled_reason(self) -> str | None:
        """Return that no site is selected."""
        return None if self.current is not None else NO_ROW

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
            return NO_ROW
        return None if web_address(site.address) else "The API gives no web address for this site."

    debug_this_site_disabled_reason = view_this_site_disabled_reason

    def expand_site_disabled_reason(self) -> str | None:
        """Return why the row cannot be opened."""
        return self.row_disabled_reason() or ("It is open." if self.is_open else None)

    def collapse_site_disabled_reason(self) -> str | None:
        """Return why the row cannot be closed."""
        return self.row_disabled_reason() or (None if self.is_open else "It is not open.")

    toggle_site_disabled_reason = licenses_here_disabled_reason = row_disabled_reason
    copy_address_disabled_reason = site_menu_disabled_reason = export_disabled_reason = row_disabled_reason

    def undo_disabled_reason(self) -> str | None:
        """Return why nothing can be undone."""
        return self.connect_site_disabled_reason() or undo_stack(self.session).why_not

    def offers(self) -> list[tuple[str, str]]:
        """Return (key, label) of what can be done with a site."""
        return [
            (key_for(name), SITES.named(name).label)
            for name in ROW_ACTIONS
            if name != "assign-here" or self.connect_site_disabled_reason() is None
        ]

    def action_expand_site(self) -> None:
        """Open the row under the cursor."""
        site = self.current
        if site is not None and self.sites.open_row():
            self._licenses.want(site)

    def action_collapse_site(self) -> None:
        """Close the row under the cursor."""
        self.sites.close_row()

    def action_toggle_site(self) -> None:
        """Open or close the row under the cursor."""
        if self.is_open:
            self.action_collapse_site()
        else:
            self.action_expand_site()

    def action_previous_filter(self) -> None:
        """Show the filter before; before the first comes the last."""
        self._step_filter(-1)

    def action_next_filter(self) -> None:
        """Show the next filter; after the last comes the first."""
        self._step_filter(1)

    def _step_filter(self, step: int) -> None:
        tab = TABS[(TABS.index(self.wanted.tab) + step) % len(TABS)]
        self._ask(replace(self.wanted, tab=tab))

    def action_sort(self) -> None:
        """Let the user choose the order."""
        self.start(self._choose_sort())

    async def _choose_sort(self) -> None:
        orders = {direction.value: words for direction, words in ORDERS.items()}
        chosen = await choose_order(self, orders, self.wanted.direction.value)
        if chosen is not None and SortDirection(chosen) is not self.wanted.direction:
            self._ask(replace(self.wanted, direction=SortDirection(chosen)))

    def action_site_menu(self) -> None:
        """Show the menu of the site under the cursor, and do what is chosen."""
        self.start(self._show_menu())

    async def _show_menu(self) -> None:
        site = self.current
        if site is not None:
            active, commands = ActiveCommand(SITES, self), [SITES.named(name) for name in ROW_ACTIONS]
            actions = [(command.name, command.label, active.reason(command)) for command in commands]
            await choose_row_action(self, site_name(site.address), SITES, actions)

    def action_export(self) -> None:
        """Write all sites that are listed to a file."""
        what = export_of(self.session.client, self.wanted, self.sites.rows.count_words)
        self.start(exporting.export(self, what))

    def action_assign_here(self) -> None:
        """Choose an unassigned license for the site under the cursor, ask, and assign it."""
        self.start(self._assign())

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

    def action_undo(self) -> None:
        """Ask, and undo what was assigned or unassigned last, here or on another screen."""
        self.start(self._changer.undo())

    def action_connect_site(self) -> None:
        """Show the form that connects a site; it stays until the site is connected or the user leaves it."""
        self.app.push_screen(ConnectDialog(lambda dialog, change: self.start(self._connect(dialog, change))))

    async def _connect(self, dialog: ConnectDialog, change: ConnectSite) -> None:
        """Send the change and tell the form, or the status line where the form was left meanwhile."""
        outcome = await self.session.queue.submit(change).outcome()
        words = told.connecting(outcome, Where.DIALOG if dialog.is_attached else Where.SCREEN)
        if not told.connected(outcome):
            if dialog.is_attached:
                dialog.refused(outcome, words)
            else:
                self.jpmanage.notify(words, severity="error", outcome=True)
            return
        waited = dialog.is_attached  # below another dialog too: it closes after that
        if waited:
            dialog.dismiss(None)
        answer = outcome.result
        new = answer is None or answer.code is not ConnectionCode.ALREADY_CONNECTED
        self.jpmanage.notify(words, severity="success" if new else "information", outcome=True)
        if not waited:  # who left the form does something else now, here or elsewhere
            if self.shown:
                self.reload()
            return
        self.look_for(search_text(change.url), everywhere=True)

    def action_licenses_here(self) -> None:
        """Search the licenses of the site under the cursor on the Licenses screen."""
        self.start(self._search_licenses())

    async def _search_licenses(self) -> None:
        site, main = self.current, self.jpmanage.main
        if site is None:
            return
        await main.show("licenses")
        if isinstance(main.view, LicensesSection):
            main.view.look_for(LicenseQuery(search=search_text(site.address)))

    def action_view_this_site(self) -> None:
        """Show or open the site's home page."""
        site = self.current
        url = web_address(site.address) if site is not None else None
        if url is not None:
            self.start(self.jpmanage.open_link("View Site", url))

    def action_debug_this_site(self) -> None:
        """Show or open Jetpack's debug test for the site."""
        site = self.current
        if site is not None:
            self.start(self.jpmanage.open_link("Debug Site", debug_url(site.address)))

    def action_copy_address(self) -> None:
        """Send the site's address to the clipboard."""
        site = self.current
        if site is not None:
            self.start(self.jpmanage.copy(site.address, site.address))

    # -- searching -----------------------------------------------------------------------

    @property
    def search_row(self) -> SearchBar:
        """The line of the search."""
        return self.query_one(SearchBar)

    def action_search_sites(self) -> None:
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
