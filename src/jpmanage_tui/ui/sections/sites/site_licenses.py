"""The licenses of the sites whose rows are open: looked for by the site's address, since the API has no other way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial

from textual.widget import Widget

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.rules.text import lacking
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.sites.detail import licenses_line

InBundles = Callable[[Site], Awaitable[Sequence[License] | None]]
"""Gives the licenses of a site that are inside bundles, None where nobody has read all bundles."""


class SiteLicenses:
    """What is known of the licenses of each site, as a line of words. Its reads run in workers of `widget`.

    The API's search leaves out what is inside bundles; `in_bundles` knows it where all licenses were read. `changed` is
    called when a line has changed.
    """

    def __init__(
        self, widget: Widget, client: LicensingClient, in_bundles: InBundles, changed: Callable[[], None]
    ) -> None:
        self._client = client
        self._in_bundles = in_bundles
        self._changed = changed
        self._lines: dict[BlogId, str] = {}
        self._loader: Loader[BlogId] = Loader(widget, "site-licenses", failed=self._failed)

    def line(self, site: Site) -> str:
        """Return the line about a site's licenses, dots while they are on their way."""
        return self._lines.get(site.blog_id, "· · ·")

    def load(self, site: Site) -> None:
        """Look for the licenses of a site, unless they are known or on their way."""
        if site.blog_id not in self._lines and not self._loader.waits_for(site.blog_id):
            self._loader.load(site.blog_id, partial(self._read, site), partial(self._take, site.blog_id))

    async def _read(self, site: Site) -> str:
        listed = self._client.licenses.list_all(LicenseFilter.ATTACHED, search=search_text(site.address))
        # the search matches more than this one site
        found = [license async for license in listed if license.blog_id == site.blog_id]
        inside = await self._in_bundles(site)
        known = {license.license_key for license in found}
        found += [license for license in inside or () if license.license_key not in known]
        return licenses_line(found, inside is not None, lacking(listed, "license"))

    async def read_again(self, sites: Sequence[Site]) -> Callable[[], bool]:
        """Look again for the licenses of these sites; returns what takes that over, and says whether any line is another.

        Raises ApiError.
        """
        begun = self._loader.begun
        lines = {site.blog_id: await self._read(site) for site in sites}

        def show() -> bool:
            if self._loader.begun != begun:
                return False
            changed = any(self._lines.get(blog_id) != line for blog_id, line in lines.items())
            self._lines.update(lines)
            return changed

        return show

    def _take(self, blog_id: BlogId, line: str) -> None:
        self._lines[blog_id] = line
        self._changed()

    def _failed(self, blog_id: BlogId, error: ApiError) -> None:
        self._take(blog_id, error_text(error, "not loaded"))

    def cancel(self, key: Hashable) -> None:
        """Look no more for the licenses of the site with this id, where nothing came yet."""
        for blog_id in self._loader.waiting:
            if blog_id == key:
                self._loader.cancel(blog_id)

    def forget(self) -> None:
        """Forget what is known of the licenses of all sites."""
        self._lines.clear()
