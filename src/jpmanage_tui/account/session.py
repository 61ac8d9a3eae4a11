"""What the app works with: one open account with one partner key, and why none could be opened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from jpmanage_tui.close_once import CloseOnce

if TYPE_CHECKING:
    from asyncio import Task

    import httpx

    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.licenses import LicensePage
    from jpmanage_tui.api.partner import Me, Partner, PartnerKey
    from jpmanage_tui.operations.queue import OperationsQueue
    from jpmanage_tui.operations.runner import Runner
    from jpmanage_tui.sandbox.app import Sandbox

Shared = TypeVar("Shared")

_ADD_CARD = "https://sandbox.example/_sandbox/add-card"
_QUEUE = (
    "jpmanage_tui.operations.journal",
    "jpmanage_tui.operations.mutations",
    "jpmanage_tui.operations.reconciler",
    "jpmanage_tui.operations.queue",
    "jpmanage_tui.operations.runner",
)
"""What the queue of changing requests is made of, in pieces."""


async def import_modules(names: Iterable[str]) -> None:
    """Import modules by name, one after another; between two of them the event loop sees to keys and answers."""
    for name in names:
        import_module(name)
        await asyncio.sleep(0)


class DemoBrowser:
    """What a person would do in a browser, done in the demo, where no page can be opened.

    It answers the sandbox's pages: the bank's question, and the vendor's page on which a card is added. Every method
    returns a sentence about what came of it, and raises nothing of the network.
    """

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


class KeyConnection(Protocol):
    """A connection with a partner key's token."""

    client: LicensingClient

    async def aclose(self) -> None:
        """Disconnect."""


@dataclass
class Session:
    """One open account: its client, its queue of changing requests, and what the header says about it.

    The queue is made by `make_queue` when it is first needed: who looks at a list does not wait for it.
    `origin` says in words where the token came from ("profile acme", "key from JPMANAGE_TOKEN", "demo").
    `partner` and `me` are None with a key token alone: then there is no account name to show.
    """

    client: LicensingClient
    make_queue: Callable[[], OperationsQueue] = field(repr=False)
    make_runner: Callable[[OperationsQueue], Runner] = field(repr=False)
    origin: str
    demo: bool = False
    read_only: bool = False
    partner: Partner | None = None
    me: Me | None = None
    key_id: PartnerKeyId | None = None
    key_name: str | None = None
    note: str = ""
    """What the user must know of the account when it opens: what of its record could not be read."""
    download_folder: Path = field(default_factory=Path.home)
    demo_browser: DemoBrowser | None = None
    close_connection: Callable[[], Awaitable[None]] | None = field(default=None, repr=False)
    connect_key: Callable[[PartnerKey], Awaitable[KeyConnection]] | None = field(default=None, repr=False)
    """Connects to another partner key of the account, to read beside this one; None where no other key is known."""
    first_page: Task[LicensePage] | None = field(default=None, repr=False)
    """The first page of the list, asked for while the section that shows it is loaded. See `take_first_page`."""

    def __post_init__(self) -> None:
        """Nothing is closed yet."""
        self._closing = CloseOnce(self._close)
        self._shared: dict[Callable[[Session], object], object] = {}

    @cached_property
    def queue(self) -> OperationsQueue:
        """The queue of changing requests."""
        return self.make_queue()

    @cached_property
    def runner(self) -> Runner:
        """What carries out runs of many changes, through the queue."""
        return self.make_runner(self.queue)

    def shared(self, make: Callable[[Session], Shared]) -> Shared:
        """Return the one `make(self)` of this session, made when it is first asked for.

        So a service keeps what belongs to the session in it: `session.shared(PriceList.of_session)`.
        """
        if make not in self._shared:
            self._shared[make] = make(self)
        return cast(Shared, self._shared[make])

    @property
    def _made(self) -> OperationsQueue | None:
        return self.__dict__.get("queue")

    async def prepare_queue(self) -> OperationsQueue:
        """Load what the queue needs, giving way in between, and return it."""
        if self._made is None:
            await import_modules(_QUEUE)
        return self.queue

    def take_first_page(self) -> Task[LicensePage] | None:
        """Return the first page that is on its way, once; None where there is none, or it was left."""
        page, self.first_page = self.first_page, None
        return page

    def cancel_first_page(self) -> None:
        """Let go of the first page where nobody took it: later it would not be true any more."""
        page = self.take_first_page()
        if page is not None:
            page.cancel()

    @property
    def running(self) -> bool:
        """Whether a run of many changes is under way or waits for its turn."""
        return "runner" in self.__dict__ and self.runner.busy

    @property
    def busy(self) -> bool:
        """Whether a change is under way or waits in the queue."""
        return self._made is not None and self._made.busy

    @property
    def verifying(self) -> bool:
        """Whether it is being verified what became of a change."""
        return self._made is not None and self._made.verifying

    async def close_after_runs(self) -> None:
        """Let the runs that are under way go on, with the connections of this session, and close it after them."""
        if self.running:
            await self.runner.idle()
        await self.close()

    async def close(self) -> None:
        """Send nothing new, finish what is on its way, and close the connections; asking again waits for the same."""
        await self._closing()

    async def _close(self) -> None:
        self.cancel_first_page()
        if self.running:
            await self.runner.close()
        if self._made is not None:
            await self._made.close()
        if self.close_connection is not None:
            await self.close_connection()

    @property
    def has_user(self) -> bool:
        """Whether the account itself is known, that is whether a user token serves."""
        return self.partner is not None

    @property
    def account(self) -> str:
        """The account's name for the header, or where the key came from when no name is known."""
        return self.partner.name if self.partner and self.partner.name else self.origin


class NeedsKey(Exception):
    """The account has several partner keys and none is remembered: the user must choose one of `keys`."""

    def __init__(self, partner: Partner) -> None:
        super().__init__("Choose a partner key.")
        self.partner = partner


class NeedsTerms(Exception):
    """The account's terms are open: they must be accepted before anything works (contract: licenses 3.1)."""

    def __init__(self, partner: Partner) -> None:
        super().__init__("The terms of service are not accepted yet.")
        self.partner = partner


class NoAccount(Exception):
    """No session can be opened with what is known; the sentence says why and what to do.

    `retry_label` are the words for going on with the same account, None where that can change nothing.
    """

    def __init__(self, sentence: str, retry_label: str | None = None) -> None:
        super().__init__(sentence)
        self.retry_label = retry_label


class NeedsPartner(NoAccount):
    """Signed in, but the user has no partner record: the sign-up form makes one (contract: account 1.1, 6.5)."""

    def __init__(self) -> None:
        super().__init__(
            "Signed in, but this WordPress.com account is not registered as a partner. "
            "The app has the form to sign up with; or use another account's token.",
            "Sign up",
        )
