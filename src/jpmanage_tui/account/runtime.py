"""What stands behind a session: clients, queues, the journal, and the demo's sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.account.session import import_modules
from jpmanage_tui.account.token_provider import AccountTokens
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.close_once import CloseOnce

if TYPE_CHECKING:
    import httpx

    from jpmanage_tui.account.profiles import ActiveCredentials
    from jpmanage_tui.account.session import DemoBrowser
    from jpmanage_tui.api.certificates import Certificates
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.partner import Partner
    from jpmanage_tui.config.settings import Settings
    from jpmanage_tui.config.sources import ResolvedTokens
    from jpmanage_tui.operations.journal import Journal
    from jpmanage_tui.operations.mutation import Mutation, Secrets
    from jpmanage_tui.operations.operation import OperationEvent, Outcome
    from jpmanage_tui.operations.queue import Ask, OperationsQueue
    from jpmanage_tui.operations.runner import RunEvent, Runner
    from jpmanage_tui.sandbox.app import Sandbox


class AppOptions(NamedTuple):
    """The options of the app; `demo_now` is an aware time, None for the clock of this machine; `log` a file to write.

    `key_id` is the partner key to use, None for the one that was chosen last.
    """

    demo: bool = False
    demo_licenses: int = 250
    demo_dir: Path | None = None
    demo_now: datetime | None = None
    profile: str | None = None
    read_only: bool = False
    log: Path | None = None
    key_id: int | None = None


class AccountConnection:
    """A client with the tokens it uses, and the queue through which a sign-in is renewed."""

    def __init__(
        self,
        runtime: Runtime,
        credentials: ActiveCredentials,
        client: LicensingClient,
        token_provider: AccountTokens,
    ) -> None:
        """Use `Runtime.connect`."""
        self.credentials = credentials
        self.tokens = credentials.tokens
        self.client = client
        self.token_provider = token_provider
        self.closing = asyncio.Event()
        """Set when it is being closed: what waits without having been sent gives up."""
        self._closed = CloseOnce(self._close)
        self._runtime = runtime
        self._queues: list[OperationsQueue] = []
        self._runners: list[Runner] = []
        self._renewals: OperationsQueue | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When the user's token ends by what the server said; None where it said nothing, or it is not renewed."""
        stored = self.credentials.stored_profile
        return stored.profile.expires_at if stored is not None and stored.client is not None else None

    @property
    def host(self) -> str:
        """The API's host, as it stands in the names of the journal's accounts."""
        return self._runtime.host

    def link(self, partner: Partner) -> None:
        """Have the journal note which keys the tokens belong to that the API has just named."""
        self._runtime.link(partner)

    @property
    def is_demo(self) -> bool:
        """Whether it goes to the demo's sandbox."""
        return self._runtime.demo

    def queue(self, account: str | Callable[[], str]) -> OperationsQueue:
        """Return a queue of changes for a journal account; it is closed before the connections are."""
        queue = self._runtime.queue(self.client, account, self.token_provider)
        self._queues.append(queue)
        return queue

    def runner(self, queue: OperationsQueue) -> Runner:
        """Return what carries out runs through ``queue``; it is closed before the queue is."""
        runner = self._runtime.runner(queue)
        self._runners.append(runner)
        return runner

    async def aclose(self) -> None:
        """Finish the changes and the renewal that are on their way, each within its queue's bound, then disconnect.

        Asking again waits for the same end.
        """
        await self._closed()

    async def _close(self) -> None:
        self.closing.set()
        try:
            for runner in self._runners:
                await runner.close()
            for queue in self._queues:
                await queue.close()  # a change may need a renewal yet
            if self._renewals is not None:
                await self._renewals.close()
            await self.client.aclose()
        finally:
            self._runtime.forget(self)

    async def submit(self, change: Mutation[None], secrets: Secrets) -> Outcome[None]:
        """Send a renewal through the journal and return how it ended."""
        if self._renewals is None:
            account = self._runtime.sign_in_account(self.tokens)
            self._renewals = self._runtime.queue(self.client, account, may_change=True)
            await self._renewals.recover()
        return await self._renewals.submit(change, secrets=secrets).outcome()


class Runtime:
    """Makes clients and queues, on the real API or, once `demo` is set, on the sandbox; owns what they share."""

    def __init__(
        self,
        options: AppOptions,
        settings: Settings,
        env: Mapping[str, str],
        on_operation_event: Callable[[OperationEvent], None],
        on_run_event: Callable[[RunEvent], None],
        sandbox: Sandbox | None = None,
    ) -> None:
        """`on_operation_event` takes the queues' events, `on_run_event` those of runs.

        `sandbox` is one that runs already (None: made when needed).
        """
        self.settings = settings
        self.demo = options.demo
        self._options = options
        self._env = env
        self._on_operation_event = on_operation_event
        self._on_run_event = on_run_event
        self._runners: list[Runner] = []
        """What carries out runs, of every key that was opened and not closed yet."""
        self._connections: set[AccountConnection] = set()
        """The connections that are open: none may write to the journal when that is closed."""
        self._background: asyncio.Task[None] | None = None
        self._anonymous_client: LicensingClient | None = None
        self.ask: Ask | None = None
        """Asks the user about earlier changes of unknown outcome; None refuses what would have to be asked."""
        self._journal: Journal | None = None
        self._partners: list[Partner] = []
        """What the API said of keys and tokens, till there is a journal that notes it."""
        self._preloading: asyncio.Task[None] | None = None
        self._certificates: Certificates | None = None
        self._sandbox = sandbox
        self._closed = CloseOnce(self._close)

    @property
    def host(self) -> str:
        """The API's host, as it stands in the names of the journal's accounts."""
        from jpmanage_tui.operations.scopes import host_of

        return "sandbox" if self.demo else host_of(self.settings.api_url)

    @property
    def anonymous_client(self) -> LicensingClient:
        """A client without tokens, to sign in and out with; closed with the runtime."""
        if self._anonymous_client is None:
            self._anonymous_client = self._make_client(AccountTokens(None, None), None)
        return self._anonymous_client

    async def connect(self, credentials: ActiveCredentials) -> AccountConnection:
        """Return a client that uses an account's tokens and renews them by the way they came."""
        tokens = credentials.tokens
        provider = AccountTokens(tokens.key, tokens.user)
        client = provider.client = await self._client(provider)
        connection = AccountConnection(self, credentials, client, provider)
        provider.on_partner = connection.link
        self._connections.add(connection)
        self._set_up_refreshers(connection, credentials)
        return connection

    def forget(self, connection: AccountConnection) -> None:
        """Forget a connection: it is closed."""
        self._connections.discard(connection)

    def _set_up_refreshers(self, connection: AccountConnection, credentials: ActiveCredentials) -> None:
        """Tell the connection's tokens what they are called and how they are renewed, each by the way it came."""
        tokens, provider = connection.tokens, connection.token_provider
        provider.names = {kind: credentials.name(kind) for kind in (TokenKind.KEY, TokenKind.USER)}
        commands = {"token_command", "user_token_command"} & {tokens.key_origin, tokens.user_origin}
        if not commands and tokens.profile is None and credentials.stored_profile is None:
            return  # tokens of the environment are not renewed
        from jpmanage_tui.account.token_provider import (
            SignInRefresher,
            refresh_by_command,
            refresh_from_profile,
        )

        for kind, setting, origin in (
            (TokenKind.KEY, "token_command", tokens.key_origin),
            (TokenKind.USER, "user_token_command", tokens.user_origin),
        ):
            command: str | None = getattr(self.settings, setting)
            if origin == setting and command is not None:
                provider.refreshers[kind] = refresh_by_command(command, setting)
        profiles, stored = credentials.refresh_repository, credentials.stored_profile
        if profiles is not None and tokens.profile is not None:
            provider.refreshers[TokenKind.KEY] = refresh_from_profile(
                profiles.store, tokens.profile, key=True
            )
        if stored is not None:
            sign_in = SignInRefresher(stored, connection.client.oauth, connection.submit, connection.closing)
            provider.refreshers[TokenKind.USER], provider.is_expiring = sign_in, sign_in.is_expiring

    def queue(
        self,
        client: LicensingClient,
        account: str | Callable[[], str],
        token_provider: AccountTokens | None = None,
        *,
        may_change: bool = False,
    ) -> OperationsQueue:
        """Return a queue of changes for a journal account.

        `may_change`: also with --read-only, without events, and without asking the user.

        The journal's file is opened when the queue first needs it.
        """
        from jpmanage_tui.operations.journal import Journal
        from jpmanage_tui.operations.queue import OperationsQueue

        if self._journal is None:
            self._journal = Journal(self._journal_path())
            partners, self._partners = self._partners, []
            for partner in partners:
                self.link(partner)
        read_only = self._options.read_only and not may_change
        on_event, ask = (None, None) if may_change else (self._on_operation_event, self.ask)
        return OperationsQueue(
            client, self._journal, account, read_only, on_event, tokens=token_provider, ask=ask
        )

    def runner(self, queue: OperationsQueue) -> Runner:
        """Return what carries out the runs of a queue."""
        from jpmanage_tui.operations.runner import Runner

        return Runner(queue, self._on_run_event, self._runners)

    def link(self, partner: Partner) -> None:
        """Have the journal note which keys the tokens of a partner belong to; it is not opened for that."""
        if self._journal is None:
            self._partners.append(partner)
            return
        from jpmanage_tui.operations.scopes import key_tokens

        self._journal.link(key_tokens(self.host, partner))

    def run_in_background(self, work: Callable[[], None]) -> None:
        """Write a file in a thread, after the writes before it: nobody waits for it but the end of the program."""
        self._background = asyncio.create_task(_after(self._background, work), name="write")

    async def background_done(self) -> None:
        """Wait until what was begun so is written."""
        if self._background is not None:
            await asyncio.shield(self._background)

    def start_preloading(self, modules: Sequence[str]) -> None:
        """Begin to load `modules`, and what the first answers need, while the network is waited for."""
        if self._preloading is None:
            self._preloading = asyncio.create_task(self._preload(modules), name="preload")

    async def _preload(self, modules: Sequence[str]) -> None:
        await import_modules(modules)
        from jpmanage_tui.api.licenses import License, LicenseCounts, LicensePage

        for model in (License, LicensePage, LicenseCounts):
            model.model_rebuild()  # built when first used, else: when the answer is there
            await asyncio.sleep(0)

    def onboarding_account(self, tokens: ResolvedTokens) -> str:
        """Name the journal's account of what is changed before there is a session."""
        from jpmanage_tui.operations.scopes import fingerprint, user_account

        return user_account(self.host, fingerprint(tokens.user))

    def sign_in_account(self, tokens: ResolvedTokens) -> str:
        """Name the journal's account of the renewals of a sign-in."""
        from jpmanage_tui.operations.scopes import fingerprint

        return f"{self.host} sign-in {tokens.profile or fingerprint(tokens.user)}"

    async def started_sandbox(self) -> Sandbox:
        """Return the demo's sandbox."""
        if self._sandbox is None:
            from jpmanage_tui.sandbox.app import create_sandbox
            from jpmanage_tui.sandbox.options import SandboxOptions

            options = self._options
            self._sandbox = create_sandbox(
                SandboxOptions(
                    licenses=options.demo_licenses, now=options.demo_now, directory=options.demo_dir
                )
            )
        return self._sandbox

    async def demo_browser(self) -> DemoBrowser | None:
        """Return what stands for a browser in the demo, None outside it."""
        if not self.demo:
            return None
        from jpmanage_tui.account.session import DemoBrowser

        return DemoBrowser(await self.started_sandbox())

    async def close(self) -> None:
        """Close the connections that are still open, then the journal and the sandbox.

        Asking again waits for the same end.
        """
        await self._closed()

    async def _close(self) -> None:
        connections = tuple(self._connections)
        ended = await asyncio.gather(
            *(connection.aclose() for connection in connections), return_exceptions=True
        )
        await self.background_done()
        if self._anonymous_client is not None:
            await self._anonymous_client.aclose()
            self._anonymous_client = None
        if self._preloading is not None:
            preloading, self._preloading = self._preloading, None
            await preloading
        if self._certificates is not None:
            await self._certificates.aclose()
        if self._journal is not None:
            await self._journal.close()
            self._journal = None
        if self._sandbox is not None:
            await self._sandbox.close()
            self._sandbox = None
        for error in ended:
            if isinstance(error, BaseException):
                raise error

    async def _client(self, token_provider: AccountTokens) -> LicensingClient:
        if not self.demo:
            await self._check_proxies_and_certificates()
            return self._make_client(token_provider, None)
        from jpmanage_tui.sandbox.transport import SandboxTransport

        return self._make_client(token_provider, SandboxTransport(await self.started_sandbox()))

    async def _check_proxies_and_certificates(self) -> None:
        """Read the certificates in a thread, beside the loading of the client; see that the proxies can be used.

        Raises ConfigError.
        """
        from jpmanage_tui.config.errors import ConfigError

        urls = (self.settings.api_url, self.settings.stripe_url)
        secure = any(url.startswith("https:") for url in urls)  # `http` is for this machine only
        if secure:
            self._shared_certificates.read_ahead()
            await asyncio.sleep(0)
        import_module("jpmanage_tui.api.client")
        import httpx

        from jpmanage_tui.api.transport import CannotSend, Proxies, cannot_read

        try:
            for url in urls:
                Proxies(self._env).of(httpx.URL(url))
            if secure:
                await self._shared_certificates.context()
        except CannotSend as error:
            raise ConfigError(error.sentence) from None
        except OSError as error:
            raise ConfigError(cannot_read(error)) from None

    @property
    def _shared_certificates(self) -> Certificates:
        if self._certificates is None:
            from jpmanage_tui.api.certificates import Certificates

            self._certificates = Certificates()
        return self._certificates

    def _make_client(
        self, token_provider: AccountTokens, transport: httpx.AsyncBaseTransport | None
    ) -> LicensingClient:
        from jpmanage_tui.api.client import LicensingClient
        from jpmanage_tui.api.transport import Proxies

        return LicensingClient(
            tokens=token_provider,
            api_url=self.settings.api_url,
            stripe_url=self.settings.stripe_url,
            timeouts=self.settings.timeouts,
            transport=transport,
            proxies=Proxies(self._env),
            certificates=self._shared_certificates,
        )

    def _journal_path(self) -> Path | None:
        if self.demo:
            return self._options.demo_dir / "journal.sqlite" if self._options.demo_dir is not None else None
        from jpmanage_tui.config.paths import state_dir

        return state_dir(self._env) / "journal.sqlite"


async def _after(before: asyncio.Task[None] | None, work: Callable[[], None]) -> None:
    if before is not None:
        await asyncio.wait({before})
    await asyncio.to_thread(work)
