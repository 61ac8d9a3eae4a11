"""What a person would do in a browser, done in the demo, where no page can be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    import httpx

    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.sandbox.app import Sandbox

_ADD_CARD = "https://sandbox.example/_sandbox/add-card"


class SandboxBrowser:
    """Answers the sandbox's pages: the bank's question, and the vendor's page on which a card is added."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def answer(self, url: str, *, approve: bool) -> str:
        """Press a button of the bank's page at `url`, and return what came of it."""
        parts = urlsplit(url)
        decision = "approve" if approve else "decline"
        page = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{decision}"))
        answer = await self._post(page, {})
        if answer.is_error:
            return "The bank's page has nothing to answer any more."
        return "Approved on the bank's page." if approve else "Declined on the bank's page."

    async def add_card(self, key_id: PartnerKeyId | None) -> str:
        """Add a card to a key as if on the vendor's page, and return what came of it."""
        answer = await self._post(_ADD_CARD, {"key_id": key_id})
        return "The card could not be added." if answer.is_error else "A card was added on the vendor's page."

    async def _post(self, url: str, body: dict[str, int | None]) -> httpx.Response:
        import httpx

        from jpmanage_tui.sandbox.transport import SandboxTransport

        async with httpx.AsyncClient(transport=SandboxTransport(self._sandbox)) as client:
            return await client.post(url, json=body)
