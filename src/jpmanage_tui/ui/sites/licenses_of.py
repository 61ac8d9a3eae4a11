"""The licences of the sites whose rows are open: looked for by the site's address, since the API has no other way."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widget import Widget

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.models.license import License, LicenseFilter
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.ui.note import Note
from jpmanage_tui.ui.sites.facts import licenses_line
from jpmanage_tui.ui.words import explain

LICENSE_PAGE = 100
"""Licences asked for at a time when those of one site are looked for."""


class LicensesCame(Note):
    """The licences of a site came; `complete` is False when the search has more pages."""

    site: Site
    licenses: Sequence[License]
    complete: bool


class LicensesFailed(Note):
    """The licences of a site could not be loaded."""

    site: Site
    error: ApiError


class LicensesOf:
    """What is known of the licences of each site, as a line of words. Its reads run in workers of `host`."""

    def __init__(self, host: Widget, client: LicensingClient) -> None:
        self._host = host
        self._client = client
        self._lines: dict[BlogId, str] = {}

    def line(self, site: Site) -> str:
        """Return the line about a site's licences, dots while they are on their way."""
        return self._lines.get(site.blog_id, "· · ·")

    def want(self, site: Site) -> None:
        """Look for the licences of a site, unless they are known."""
        if site.blog_id not in self._lines:
            group = f"site-licenses-{site.blog_id}"
            self._host.run_worker(self._find(site), group=group, exclusive=True, exit_on_error=False)

    async def _find(self, site: Site) -> None:
        try:
            page = await self._client.licenses.list(
                LicenseFilter.ATTACHED, search=search_text(site.address), per_page=LICENSE_PAGE
            )
        except ApiError as error:
            self._host.post_message(LicensesFailed(site, error))
            return
        # the search matches more than this one site
        found = [license for license in page.items if license.blog_id == site.blog_id]
        self._host.post_message(LicensesCame(site, found, complete=(page.total_pages or 1) <= 1))

    def take(self, message: LicensesCame | LicensesFailed) -> None:
        """Take over an answer, or that there was none."""
        if isinstance(message, LicensesFailed):
            words = explain(message.error, "not loaded")
        else:
            words = licenses_line(message.licenses, message.complete)
        self._lines[message.site.blog_id] = words

    def forget(self, site: Site | None = None) -> None:
        """Forget what is known of one site's licences, or of all."""
        if site is None:
            self._lines.clear()
        else:
            self._lines.pop(site.blog_id, None)
