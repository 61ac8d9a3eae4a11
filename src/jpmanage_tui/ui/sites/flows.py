"""What the commands of the Sites screen do: ask, submit to the queue, tell how it ended."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.models.site import ConnectionCode
from jpmanage_tui.operations.changes import AssignLicense, ConnectSite
from jpmanage_tui.rules.licenses import debug_url, web_address
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.licenses import questions
from jpmanage_tui.ui.licenses.book import Query
from jpmanage_tui.ui.sites import told
from jpmanage_tui.ui.sites.connect import ConnectDialog
from jpmanage_tui.ui.sites.license_picker import LicensePicker

if TYPE_CHECKING:
    from jpmanage_tui.ui.sites.view import SitesView


class Flows:
    """The flows of one Sites screen. Each is a coroutine that `start` runs beside the screen."""

    def __init__(self, view: SitesView) -> None:
        self._view = view

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen; nothing cancels it."""
        self._view.run_worker(flow, group="sites-flow", exclusive=False, exit_on_error=False)

    async def assign(self) -> None:
        """Choose an unassigned licence for the site under the cursor, ask, and assign it."""
        view, site = self._view, self._view.current
        if site is None:
            return
        license = await view.app.push_screen_wait(LicensePicker(view.session.client, site))
        if license is None:
            return
        question = questions.assign(license, site)
        if await view.app.push_screen_wait(ConfirmDialog(question)) is None:
            return
        change = AssignLicense(
            license.license_key, site.blog_id, site.url, license.product, license.parent_license_id
        )
        view.jpmanage.say(f"{change.sentence()}…")
        outcome = await view.session.queue.submit(change).outcome()
        view.jpmanage.say(questions.told(outcome), "good" if outcome.happened else "error", outcome=True)
        view.forget_licenses(site)

    async def connect(self) -> None:
        """Show the form that connects a site; it stays until the site is connected or the user leaves it."""
        view = self._view
        view.app.push_screen(ConnectDialog(lambda dialog, change: self.start(self._connect(dialog, change))))

    async def _connect(self, dialog: ConnectDialog, change: ConnectSite) -> None:
        """Send the change and tell the form, or the status line where the form was left meanwhile."""
        view = self._view
        outcome = await view.session.queue.submit(change).outcome()
        words = told.connecting(outcome)
        if not told.connected(outcome):
            if dialog.is_current:
                dialog.refused(outcome, words)
            else:
                view.jpmanage.say(words, "error", outcome=True)
            return
        if dialog.is_current:
            dialog.dismiss(None)
        answer = outcome.result
        new = answer is None or answer.code is not ConnectionCode.ALREADY_CONNECTED
        view.jpmanage.say(words, "good" if new else "info", outcome=True)
        view.look_for(change.url.partition("://")[2].rstrip("/"), everywhere=True)

    async def licenses(self) -> None:
        """Search the licences of the site under the cursor on the Licenses screen."""
        from jpmanage_tui.ui.licenses.view import LicensesView

        site, main = self._view.current, self._view.jpmanage.main
        if site is None:
            return
        await main.show("licenses")
        if isinstance(main.view, LicensesView):
            main.view.look_for(Query(search=site.url))

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
