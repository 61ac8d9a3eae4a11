"""Mutations of sites: connect one; how it is sent and verified."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from jpmanage_tui.api.sites import ConnectionCode, SiteConnection
from jpmanage_tui.operations.mutation import (
    AmbiguousResponse,
    CheckResult,
    Mutation,
    Secrets,
    Snapshot,
    Verification,
)
from jpmanage_tui.operations.ports import ClientPort

_MOST_PAGES = 100


@dataclass(frozen=True)
class ConnectSite(Mutation[SiteConnection], kind="connect_site"):
    """Connect a site as its local administrator (contract: licenses 1.15)."""

    url: str
    local_user: str

    @property
    def conflict_key(self) -> str:
        """The site."""
        return f"site:{self.url}"

    def summary(self) -> str:
        """Return what it does."""
        return f"Connect {self.url}"

    async def send(self, client: ClientPort, secrets: Secrets) -> SiteConnection:
        """Send it; the caller tells the three good answers apart.

        Raises AmbiguousResponse where the answer has a code that is not known, and ApiError.
        """
        answer = await client.sites.connect(self.url, self.local_user)
        if answer.code is ConnectionCode.UNKNOWN:
            raise AmbiguousResponse("The server's answer does not say whether the site is connected.")
        return answer

    def refused_by(self, result: SiteConnection) -> bool:
        """Return whether the answer leaves the site as it was: one that was disconnected by hand is not reconnected."""
        return result.code is ConnectionCode.PREVIOUSLY_CONNECTED

    def remark_on(self, result: SiteConnection) -> str:
        """Return what the answer says beside that the site is connected."""
        match result.code:
            case ConnectionCode.ALREADY_CONNECTED:
                return "It was connected already: nothing was changed."
            case ConnectionCode.PREVIOUSLY_CONNECTED:
                return (
                    "It was connected once and disconnected by hand, and the API does not reconnect such a site. "
                    "Connect Jetpack again in the WordPress dashboard of the site itself."
                )
            case _:
                return ""

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the site is among the connected ones."""
        address = _address(self.url)
        seen = 0
        for number in range(1, _MOST_PAGES + 1):
            page = await client.sites.list(query=address.partition("/")[0], page=number)
            if any(_address(site.url_with_scheme or site.url) == address for site in page.items):
                return Verification(CheckResult.DONE, f"{self.url} is connected.")
            if page.unreadable:
                return Verification(CheckResult.BLIND, "The list of sites could not be read completely.")
            seen += len(page.items)
            if not page.items or (page.total_items is not None and seen >= page.total_items):
                return Verification(CheckResult.NOT_YET, f"{self.url} is not among the connected sites.")
        return Verification(CheckResult.BLIND, "There are too many sites to look through.")


def _address(url: str) -> str:
    """A site's address without scheme and final slash, its host in lower case; ``::`` stands for ``/``.

    What is no address (the API may list anything) is as it is.
    """
    plain = url.strip().replace("::", "/") if "://" not in url else url.strip()
    try:
        parts = urlsplit(plain if "://" in plain else f"//{plain}")
    except ValueError:
        return plain
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}"
