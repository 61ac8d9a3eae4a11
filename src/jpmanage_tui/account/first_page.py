"""The first page of the licences, asked for while a session is put together: a bad line is waited for once, not twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.account.runtime import AccountConnection
    from jpmanage_tui.api.models.license import LicensePage


class FirstPagePrefetch:
    """Asks a line for the page as soon as a partner key's token is known: before the partner, where one was given."""

    def __init__(self, line: AccountConnection, *, other_key: bool = False) -> None:
        """Begin at once where the line's account came with a key's token that has served before.

        `other_key`: not that one is wanted, but another key of the account.
        """
        self._line = line
        self._token: SecretStr | None = None
        self._page: asyncio.Task[LicensePage] | None = None
        if line.known.proven and line.source.key is not None and not other_key:
            self._ask()

    def of_key(self) -> asyncio.Task[LicensePage]:
        """Return the page of the key that is in use now; it is asked for anew where that is another one."""
        if self._page is None or self._token != self._line.source.key:
            self.leave()
            return self._ask()
        return self._page

    def leave(self) -> None:
        """Let go of what was asked for: no session comes of it."""
        if self._page is not None:
            self._page.cancel()
            self._page = None

    def _ask(self) -> asyncio.Task[LicensePage]:
        self._token = self._line.source.key
        self._page = asyncio.create_task(self._line.client.licenses.list(), name="first page")
        # whoever takes the page hears of its failure; where nobody does it is nobody's
        self._page.add_done_callback(lambda page: None if page.cancelled() else page.exception())
        return self._page
