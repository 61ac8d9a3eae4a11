"""The licenses of the sites whose rows are open: looked for by the site's address, since the API has no other way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual.widget import Widget

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.models.license import License, LicenseFilter
from jpmanage_tui.api.models.site import Site
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.rules.text import lacking
from jpmanage_tui.ui.common.messages import Note
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.sites.detail import licenses_line

Inside = Callable[[Site], Awaitable[Sequence[License] | None]]
"""Gives the licenses of a site that are inside bundles, None where nobody has read all bundles."""


class LicensesCame(Note):
    """The licenses of a site came; `inside` says whether those inside bundles are among them.

    `left_out` says in a few words what else may be missing, "" where nothing is.
    """

    site: Site
    licenses: Sequence[License]
    inside: bool
    left_out: str


class LicensesFailed(Note):
    """The licenses of a site could not be loaded."""

    site: Site
    error: ApiError


class LicensesOf:
    """What is known of the licenses of each site, as a line of words. Its reads run in workers of `host`.

    The API's search leaves out what is inside bundles; `inside` knows it where all licenses were read.
    """

    def __init__(self, host: Widget, client: LicensingClient, inside: Inside) -> None:
        self._host = host
        self._client = client
        self._inside = inside
        self._lines: dict[BlogId, str] = {}

    def line(self, site: Site) -> str:
        """Return the line about a site's licenses, dots while they are on their way."""
        return self._lines.get(site.blog_id, "· · ·")

    def want(self, site: Site) -> None:
        """Look for the licenses of a site, unless they are known."""
        if site.blog_id not in self._lines:
            group = f"site-licenses-{site.blog_id}"
            self._host.run_worker(self._find(site), group=group, exclusive=True, exit_on_error=False)

    async def _find(self, site: Site) -> None:
        listed = self._client.licenses.iterate(LicenseFilter.ATTACHED, search=search_text(site.address))
        try:
            # the search matches more than this one site
            found = [license async for license in listed if license.blog_id == site.blog_id]
        except ApiError as error:
            self._host.post_message(LicensesFailed(site, error))
            return
        inside = await self._inside(site)
        known = {license.license_key for license in found}
        found += [license for license in inside or () if license.license_key not in known]
        self._host.post_message(LicensesCame(site, found, inside is not None, lacking(listed, "license")))

    def take(self, message: LicensesCame | LicensesFailed) -> None:
        """Take over an answer, or that there was none."""
        if isinstance(message, LicensesFailed):
            words = error_text(message.error, "not loaded")
        else:
            words = licenses_line(message.licenses, message.inside, message.left_out)
        self._lines[message.site.blog_id] = words

    def forget(self, site: Site | None = None) -> None:
        """Forget what is known of one site's licenses, or of all."""
        if site is None:
            self._lines.clear()
        else:
            self._lines.pop(site.blog_id, None)
