"""Noticing that the browser on this machine has come back from the page it was handed over to."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping

from jpmanage_tui.account.oauth_login import CallbackResponse, CallbackServer
from jpmanage_tui.services.browser import browser_command


def within_reach(env: Mapping[str, str] | None = None) -> bool:
    """Say whether a browser that the user sees runs on this machine: only then a listener here can be reached."""
    return browser_command(os.environ if env is None else env) is not None


class Return(CallbackServer):
    """Listens on a path of its own while it is entered; `came` is set when the browser has come back.

    What the browser says in its address is not read: whoever waits looks for itself (contract: account 2.2).
    """

    def __init__(self) -> None:
        super().__init__(self._back, path=f"/{secrets.token_urlsafe(18)}")
        self.came = asyncio.Event()

    def _back(self, address: str) -> CallbackResponse:
        del address
        self.came.set()
        return CallbackResponse(True, "Done. You can close this page.")
