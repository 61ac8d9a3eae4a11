"""What the app works with: one account with one partner key, and the ways to open one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jpmanage_tui.account.import_modules import load
from jpmanage_tui.api.closing import CloseOnce

if TYPE_CHECKING:
    from asyncio import Task

    from pydantic import SecretStr

    from jpmanage_tui.account.oauth_flow import OAuthFlow, SignedIn
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.models.country import Country
    from jpmanage_tui.api.models.license import LicensePage
    from jpmanage_tui.api.models.partner import Me, Partner, PartnerDetails
    from jpmanage_tui.operations.outcome import Outcome
    from jpmanage_tui.operations.queue import OperationsQueue
    from jpmanage_tui.operations.undo import UndoStack
    from jpmanage_tui.services.price_list import PriceList

_QUEUE = (
    "jpmanage_tui.operations.journal",
    "jpmanage_tui.operations.mutations",
    "jpmanage_tui.operations.reconciler",
    "jpmanage_tui.operations.queue",
)
"""What the queue of changing requests is made of, in pieces."""


class DemoBrowser(Protocol):
    """Stands for a browser in the demo, where no page can be opened: what a person would do on that page.

    Every method returns a sentence about what came of it, and raises nothing of the network.
    """

    async def answer(self, url: str, *, approve: bool) -> str:
        """Approve or decline the bank's question that the page at `url` asks."""

    async def add_card(self, key_id: PartnerKeyId | None) -> str:
        """Add a card on the vendor's page, to the partner key of this id."""


@dataclass
class Session:
    """One open account: its client, its queue of changing requests, and what the header says about it.

    The queue is made by `make_queue` when it is first needed: who looks at a list does not wait for it.
    `origin` says in words where the token came from ("profile acme", "key from JPMANAGE_TOKEN", "demo").
    `partner` and `me` are None with a key token alone: then there is no account name to show.
    """

    client: LicensingClient
    make_queue: Callable[[], OperationsQueue] = field(repr=False)
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
    close_line: Callable[[], Awaitable[None]] | None = field(default=None, repr=False)
    first_page: Task[LicensePage] | None = field(default=None, repr=False)
    """The first page of the list, asked for while the section that shows it is loaded. See `take_first_page`."""

    def __post_init__(self) -> None:
        """Nothing is closed yet."""
        self._closing = CloseOnce(self._close)

    @cached_property
    def queue(self) -> OperationsQueue:
        """The queue of changing requests."""
        return self.make_queue()

    @cached_property
    def prices(self) -> PriceList:
        """The partner's own prices, read when a question first needs them."""
        from jpmanage_tui.services.price_list import PriceList

        return PriceList(self.client)

    @cached_property
    def undos(self) -> UndoStack:
        """What was assigned and unassigned while this session is open, and can be undone."""
        from jpmanage_tui.operations.undo import UndoStack

        return UndoStack()

    @property
    def _made(self) -> OperationsQueue | None:
        return self.__dict__.get("queue")

    async def prepare_queue(self) -> OperationsQueue:
        """Load what the queue needs, giving way in between, and return it."""
        if self._made is None:
            await load(_QUEUE)
        return self.queue

    def take_first_page(self) -> Task[LicensePage] | None:
        """Return the first page that is on its way, once; None where there is none, or it was left."""
        page, self.first_page = self.first_page, None
        return page

    def leave_first_page(self) -> None:
        """Let go of the first page where nobody took it: later it would not be true any more."""
        page = self.take_first_page()
        if page is not None:
            page.cancel()

    @property
    def busy(self) -> bool:
        """Whether a change is under way or waits in the line."""
        return self._made is not None and self._made.busy

    @property
    def looking(self) -> bool:
        """Whether it is being looked up what became of a change."""
        return self._made is not None and self._made.looking

    async def close(self) -> None:
        """Send nothing new, finish what is on its way, and close the connections; asking again waits for the same."""
        await self._closing()

    async def _close(self) -> None:
        self.leave_first_page()
        if self._made is not None:
            await self._made.close()
        if self.close_line is not None:
            await self.close_line()

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
    """The account's terms are open: they must be accepted before anything works (contract: licences 3.1)."""

    def __init__(self, partner: Partner) -> None:
        super().__init__("The terms of service are not accepted yet.")
        self.partner = partner


class NoAccount(Exception):
    """No session can be opened with what is known; the sentence says why and what to do.

    `again` are the words for going on with the same account, None where that can change nothing.
    """

    def __init__(self, sentence: str, again: str | None = None) -> None:
        super().__init__(sentence)
        self.again = again


class NeedsPartner(NoAccount):
    """Signed in, but the user has no partner record: the sign-up form makes one (contract: account 1.1, 6.5)."""

    def __init__(self) -> None:
        super().__init__(
            "Signed in, but this WordPress.com account is not registered as a partner. "
            "The app has the form to sign up with; or use another account's token.",
            "Sign up",
        )


class Door(Protocol):
    """Opens sessions; the command line gives the app one."""

    @property
    def has_credentials(self) -> bool:
        """Whether there is anything to sign in with; without, the app starts on the welcome screen.

        Raises ConfigError when what is stored cannot be used.
        """

    @property
    def demo(self) -> bool:
        """Whether this run is the demo."""

    async def open(self) -> Session:
        """Open the session that the command line asked for.

        Raises NeedsKey, NeedsTerms, NeedsPartner, NoAccount or an ApiError.
        """

    async def open_demo(self) -> Session:
        """Open the demo, whatever was asked for."""

    async def open_tokens(
        self, key: SecretStr | None, user: SecretStr | None, profile: str | None
    ) -> Session:
        """Open a session with pasted tokens; `profile` names where to keep them, None keeps them nowhere."""

    @property
    def profile_for_new(self) -> str:
        """The profile that new tokens are kept under."""

    def sign_in(self) -> OAuthFlow:
        """Return a try to sign in with WordPress.com."""

    async def open_signed_in(self, signed: SignedIn, profile: str | None) -> Session:
        """Open a session with what a try gave, kept as pasted tokens are; raises NoAccount when it does not serve."""

    async def open_key(self, key_id: PartnerKeyId) -> Session:
        """Open the session of another partner key of the same account, and remember the choice."""

    async def accept_terms(self) -> None:
        """Accept the terms of service for the account of the last `NeedsTerms`, through the journal."""

    async def countries(self) -> tuple[Country, ...]:
        """Return the countries for the sign-up form of the last `NeedsPartner`. Raises an ApiError."""

    async def create_partner(self, details: PartnerDetails, opt_in: bool) -> Outcome[Partner]:
        """Sign the user of the last `NeedsPartner` up, through the journal; the terms are accepted with it."""

    async def close(self) -> None:
        """Close what outlives a session: the journal and the sandbox."""
