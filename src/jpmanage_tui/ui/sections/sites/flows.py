"""What the commands of the Sites screen do: ask, submit to the queue, tell how it ended."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.models.site import ConnectionCode
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.licenses import debug_url, web_address
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.ui.common.text import Where
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.sections.licenses import questions
from jpmanage_tui.ui.sections.licenses.changes import LicenseChanger, assign_change
from jpmanage_tui.ui.sections.sites import told
from jpmanage_tui.ui.sections.sites.connect import ConnectDialog
from jpmanage_tui.ui.sections.sites.license_picker import LicensePicker

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.sites.section import SitesSection


class Flows:
    """The flows of one Sites screen. Each is a coroutine that `start` runs beside the screen."""

    def __init__(self, view: SitesSection) -> None:
        self._view = view
        self._changer = LicenseChanger(view, self.start, lambda _outcomes, _looking: view.forget_licenses())

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen; nothing cancels it."""
        self._view.run_worker(flow, group="sites-flow", exclusive=False, exit_on_error=False)

    async def assign(self) -> None:
        """Choose an unassigned licence for the site under the cursor, ask, and assign it."""
        view, site = self._view, self._view.current
        if site is None:
            return
        chosen = await view.app.push_screen_wait(LicensePicker(view.session.client, site))
        if chosen is None:
            return
        question = questions.assign(chosen.license, site, chosen.fit)
        if await view.app.push_screen_wait(ConfirmDialog(question)) is None:
            return
        await self._changer.send(assign_change(chosen.license, site))

    async def undo(self) -> None:
        """Ask, and undo what was assigned or unassigned last, here or on another screen."""
        await self._changer.undo()

    async def connect(self) -> None:
        """Show the form that connects a site; it stays until the site is connected or the user leaves it."""
        view = self._view
        view.app.push_screen(ConnectDialog(lambda dialog, change: self.start(self._connect(dialog, change))))

    async def _connect(self, dialog: ConnectDialog, change: ConnectSite) -> None:
        """Send the change and tell the form, or the status line where the form was left meanwhile."""
        view = self._view
        outcome = await view.session.queue.submit(change).outcome()
        words = told.connecting(outcome, Where.DIALOG if dialog.is_attached else Where.SCREEN)
        if not told.connected(outcome):
            if dialog.is_attached:
                dialog.refused(outcome, words)
            else:
                view.jpmanage.say(words, "error", outcome=True)
            return
        waited = dialog.is_attached  # below another dialog too: it closes after that
        if waited:
            dialog.dismiss(None)
        answer = outcome.result
        new = answer is None or answer.code is not ConnectionCode.ALREADY_CONNECTED
        view.jpmanage.say(words, "good" if new else "info", outcome=True)
        if not waited:  # who left the form does something else now, here or elsewhere
            if view.shown:
                view.reload()
            return
        view.look_for(search_text(change.url), everywhere=True)

    async def licenses(self) -> None:
        """Search the licences of the site under the cursor on the Licenses screen."""
        from jpmanage_tui.ui.sections.licenses.section import LicensesSection

        site, main = self._view.current, self._view.jpmanage.main
        if site is None:
            return
        await main.show("licenses")
        if isinstance(main.view, LicensesSection):
            main.view.look_for(LicenseQuery(search=search_text(site.address)))

    async def view_site(self) -> None:
        """Show or open the site's home page."""
        site = self._view.current
        url = web_address(site.address) if site is not None else None
        if url is not None:
            await self._view.jpmanage.open_link("View Site", url)

    async def debug_site(self) -> None:
        """Show or open Jetpack's debug test for the site."""
        site = self._view.current
        if site is not None:
            await self._view.jpmanage.open_link("Debug Site", debug_url(site.address))

    async def copy(self) -> None:
        """Send the site's address to the clipboard."""
        site = self._view.current
        if site is not None:
            await self._view.jpmanage.copy(site.address, site.address)
