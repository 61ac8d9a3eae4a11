"""Opening accounts: it puts client, journal and queue together, on the real API or on the sandbox."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING

from jpmanage_tui.account.onboarding import (
    Onboarding,
    check_key,
    choose_key,
    journal_account,
    partner_of,
    use_key,
)
from jpmanage_tui.account.runtime import AppOptions as AppOptions, Runtime
from jpmanage_tui.account.session import NoAccount, Session

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.account.oauth_login import OAuthFlow, SignedIn
    from jpmanage_tui.account.profiles import ActiveCredentials, ProfileRepository
    from jpmanage_tui.account.runtime import AccountConnection
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.countries import Country
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.licenses import LicensePage
    from jpmanage_tui.api.partner import Partner, PartnerDetails, PartnerKey
    from jpmanage_tui.config.settings import Settings
    from jpmanage_tui.config.ui_state import UiState
    from jpmanage_tui.operations.operation import OperationEvent, Outcome
    from jpmanage_tui.operations.queue import Ask
    from jpmanage_tui.operations.runner import RunEvent
    from jpmanage_tui.sandbox.app import Sandbox


def _ignore(_event: OperationEvent | RunEvent) -> None:
    """Take no notice: there is no app yet."""


class AccountService:
    """Opens sessions for the app and for the commands. `on_operation_event` takes the events of the queues,
    `on_run_event` those of runs.
    """

    def __init__(
        self, options: AppOptions, settings: Settings, env: Mapping[str, str], sandbox: Sandbox | None = None
    ) -> None:
        """Open what `options` say; `sandbox` is one that runs already, for the demo (None: made when needed)."""
        self.options = options
        self.settings = settings
        self.on_operation_event: Callable[[OperationEvent], None] = _ignore
        self.on_run_event: Callable[[RunEvent], None] = _ignore
        self.preload: Sequence[str] = ()
        """The modules that an open session shows first, by name: loaded while the network is waited for."""
        self.prefetch_first_page = True
        """Whether the first page of the licenses is asked for while a session is opened."""
        self._env = env
        self._runtime = Runtime(
            options,
            settings,
            env,
            lambda event: self.on_operation_event(event),
            lambda event: self.on_run_event(event),
            sandbox,
        )
        self._onboarding = Onboarding(self._runtime)
        self._credentials: ActiveCredentials | None = None
        self._before: tuple[ActiveCredentials | None, AppOptions] | None = None
        """What was in use before the profile that is being opened, until that is open."""

    @classmethod
    def from_environment(cls, options: AppOptions, env: Mapping[str, str] | None = None) -> AccountService:
        """Return the service for the process's environment. The demo ignores tokens, profiles and the API's address;
        what concerns the screen and downloads it takes.

        Raises ConfigError when the settings cannot be used.
        """
        from jpmanage_tui.config.load_settings import load_settings
        from jpmanage_tui.config.settings import Settings

        env = os.environ if env is None else env
        if not options.demo:
            settings = load_settings(env)
            named = options.profile or env.get("JPMANAGE_PROFILE") or None
            options = options._replace(profile=named, read_only=options.read_only or settings.read_only)
            return cls(options, settings, env)
        plain = {name: value for name, value in env.items() if not name.endswith("_URL")}
        full = load_settings(plain)
        kept = Settings(
            theme=full.theme,
            mouse=full.mouse,
            refresh_seconds=full.refresh_seconds,
            accessible=full.accessible,
            ascii=full.ascii,
            keys=full.keys,
        )
        return cls(options, kept, env)

    def load_interactive_credentials(self) -> None:
        """Do what must be done before the app takes the terminal, and nothing else: the first frame waits for it.

        That is running the token commands, which may ask for a passphrase, and finding a profile that was named.
        Raises ConfigError as `load_credentials` does.
        """
        settings = self.settings
        commands = settings.token_command is not None or settings.user_token_command is not None
        if not self.options.demo and (commands or self.options.profile is not None):
            self.load_credentials()

    def load_credentials(self) -> ActiveCredentials:
        """Find the tokens to start with.

        Raises ConfigError when a file, a variable or a command cannot be used.
        """
        if self._credentials is None:
            from jpmanage_tui.account.profiles import ActiveCredentials

            profiles = self.profiles
            self._credentials = ActiveCredentials.stored(profiles, profiles.resolve(self.options.profile))
        return self._credentials

    @property
    def profiles(self) -> ProfileRepository:
        """What reads and writes profiles and the remembered key."""
        from jpmanage_tui.account.profiles import ProfileRepository

        return ProfileRepository(self.settings, self._env)

    @cached_property
    def ui_state(self) -> UiState:
        """What the app remembers between two starts: the demo only where it keeps its data (`demo_dir`)."""
        from jpmanage_tui.config.paths import state_dir
        from jpmanage_tui.config.ui_state import UiState

        return UiState(self.options.demo_dir if self.options.demo else state_dir(self._env))

    @property
    def ask(self) -> Ask | None:
        """What asks the user about earlier changes of unknown outcome; None refuses what would have to be asked."""
        return self._runtime.ask

    @ask.setter
    def ask(self, ask: Ask | None) -> None:
        self._runtime.ask = ask

    # -- what the app asks -----------------------------------------------------------------

    @property
    def demo(self) -> bool:
        """Whether this is the demo."""
        return self._runtime.demo

    @property
    def has_credentials(self) -> bool:
        """Whether there is a demo, a token, a profile or a token command to start with.

        Raises ConfigError when a file, a variable or a command cannot be used.
        """
        return self.demo or self.options.profile is not None or self.load_credentials().tokens.signed_in

    async def open(self, key_id: int | None = None) -> Session:
        """Open what the command line asked for.

        `key_id` is the partner key to use, None for that of the options; it is not remembered for the next time.

        Raises NoAccount, NeedsKey, NeedsTerms, ConfigError or ApiError; NoAccount too where the account has no such key.
        """
        from jpmanage_tui.api.ids import PartnerKeyId

        if self.demo:
            self._credentials = await self._signed_in()
        key = key_id if key_id is not None else self.options.key_id
        wanted = PartnerKeyId(key) if key is not None else None
        return await self._sign_in(await self._signed_in(), wanted, remember=False)

    async def open_demo(self) -> Session:
        """Open the sandbox, in this process and without network."""
        self._runtime.demo = True
        self._credentials = await self._signed_in()
        return await self._sign_in(self._credentials)

    async def open_tokens(
        self, key: SecretStr | None, user: SecretStr | None, profile: str | None
    ) -> Session:
        """Open a session with pasted tokens, and keep them under `profile` once they have served.

        A single token that is refused as what it was given for is tried as the other kind.
        """
        from jpmanage_tui.api.errors import AuthenticationError, PermissionDeniedError

        try:
            return await self._open_given(key, user, profile)
        except (PermissionDeniedError, AuthenticationError) as error:
            if key is not None and user is not None:
                raise
            refusal = error
        try:
            return await self._open_given(user, key, profile)
        except (PermissionDeniedError, AuthenticationError):
            raise refusal from None

    async def open_one_token(
        self, key: SecretStr | None, user: SecretStr | None, profile: str | None
    ) -> Session:
        """Open a session with a token of a known kind, and keep it under `profile` once it has served."""
        return await self._open_given(key, user, profile)

    @property
    def profile_for_new(self) -> str:
        """The profile that new tokens are kept under: the one named on the command line, else the default one."""
        return self.profiles.name_for_new(self.options.profile)

    def sign_in(self) -> OAuthFlow:
        """Return a try to sign in with WordPress.com."""
        from jpmanage_tui.account.oauth_login import OAuthFlow

        return OAuthFlow(self._runtime.anonymous_client, self.settings)

    async def open_signed_in(self, signed: SignedIn, profile: str | None) -> Session:
        """Open a session with what a sign-in gave; getting the partner decides whether it serves.

        Raises NoAccount when the API does not take such a token, with the other ways (contract: account 7.3).
        """
        from jpmanage_tui.account.oauth_login import REFUSALS, revoke_unusable

        try:
            return await self._open_given(None, signed.tokens.access_token, profile, signed)
        except REFUSALS as error:
            refusal = error
        raise NoAccount(await revoke_unusable(signed, refusal, self._runtime.anonymous_client, self.settings))

    async def open_key(self, key_id: PartnerKeyId) -> Session:
        """Open the session of one of the account's keys, and remember it.

        Raises NoAccount where no account is open, and what opening one raises.
        """
        if self._credentials is None:
            raise NoAccount("No account is open yet.")
        return await self._sign_in(self._credentials, key_id)

    @property
    def profile_in_use(self) -> str | None:
        """The profile whose tokens are in use, None where they came otherwise."""
        return self._credentials.tokens.profile if self._credentials is not None else None

    def switch_profile_reason(self) -> str | None:
        """Return why no other profile can be opened, None when one can."""
        if self.demo:
            return "The demo uses no profile. Start jpmanage without --demo for them."
        from jpmanage_tui.config.sources import variables_with_tokens

        given = variables_with_tokens(self._env)
        if not given:
            return None
        them, wins = ("them", "win") if len(given) > 1 else ("it", "wins")
        return f"{' and '.join(given)} {wins} over every profile. Unset {them} and start again to switch."

    async def open_profile(self, name: str) -> Session:
        """Open the account of a stored profile in the place of the one in use, with the partner key chosen last in it.

        It is in use from now on: `keep_present` goes back to the one before where this one cannot be opened. Raises as
        `open` does.
        """
        from jpmanage_tui.account.profiles import ActiveCredentials

        profiles = self.profiles
        tokens = await asyncio.to_thread(profiles.resolve, name)
        if not tokens.signed_in:
            raise NoAccount(f"Profile {name} holds no token. `jpmanage login --profile {name}` adds one.")
        if self._before is None:
            self._before = self._credentials, self.options
        self._credentials = await asyncio.to_thread(ActiveCredentials.stored, profiles, tokens)
        self.options = self.options._replace(profile=name, key_id=None)
        return await self._sign_in(self._credentials, check=True)

    def keep_present(self) -> None:
        """Go back to the tokens that were in use before a profile that could not be opened."""
        if self._before is not None:
            self._credentials, self.options = self._before
            self._before = None

    def keep_new(self) -> None:
        """Take note that what was opened is shown: there is nothing to go back to."""
        self._before = None

    async def accept_terms(self) -> None:
        """Accept the terms of service through the journal.

        Raises ApiError where the API refused it, NoAccount where they are not accepted otherwise, or that is not known.
        """
        from jpmanage_tui.api.errors import ApiError
        from jpmanage_tui.operations.entry import EntryState
        from jpmanage_tui.operations.mutations.account import AcceptTerms

        outcome = await self._onboarding.carry_out(AcceptTerms())
        if outcome.happened:
            return
        if isinstance(outcome.error, ApiError) and outcome.state is not EntryState.CONFIRMED_NOT_DONE:
            raise outcome.error
        raise NoAccount(outcome.sentence)

    async def countries(self) -> tuple[Country, ...]:
        """Return the countries for the sign-up form."""
        return await self._onboarding.connection.client.countries.list()

    async def create_partner(self, details: PartnerDetails, opt_in: bool) -> Outcome[Partner]:
        """Sign up through the journal."""
        from jpmanage_tui.operations.mutations.account import CreatePartner

        return await self._onboarding.carry_out(CreatePartner(details, opt_in))

    async def close(self) -> None:
        """Close what outlives a session: the connections that are still open, the journal and the sandbox."""
        await self._runtime.close()

    # -- what the commands ask ---------------------------------------------------------------

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AccountConnection]:
        """Give a connection with the tokens that the command line asked for, without opening a session.

        Raises NoAccount when there is none, ConfigError when they cannot be had.
        """
        connection = await self._runtime.connect(await self._signed_in())
        try:
            yield connection
        finally:
            await connection.aclose()

    async def usable_keys(self) -> tuple[PartnerKey, ...]:
        """Return the partner keys of the account that can be used. Raises as `partner` does."""
        return tuple(key for key in (await self.partner()).keys if key.is_usable)

    async def partner(self) -> Partner:
        """Return the partner record of the account. Raises as `open` does, but NeedsKey."""
        async with self.connect() as connection:
            partner = await partner_of(connection, self._onboarding)
        if partner is None:
            raise NoAccount(
                "Which partner keys there are is not known without a user token. `jpmanage login` adds one."
            )
        return partner

    @property
    def anonymous_client(self) -> LicensingClient:
        """A client without tokens, to sign out with; the service closes it."""
        return self._runtime.anonymous_client

    # -- signing in --------------------------------------------------------------------------

    async def _signed_in(self) -> ActiveCredentials:
        if self.demo:
            from pydantic import SecretStr

            from jpmanage_tui.account.profiles import ActiveCredentials

            return ActiveCredentials.demo(SecretStr((await self._runtime.started_sandbox()).tokens.user))
        from jpmanage_tui.account.token_provider import in_daemon_thread

        credentials = (
            self._credentials
            if self._credentials is not None
            else await in_daemon_thread(self.load_credentials)
        )
        if credentials.tokens.signed_in:
            return credentials
        names = await asyncio.to_thread(self.profiles.store.list)
        if names and self.options.profile is None:
            raise NoAccount(f"No profile is the default one. Choose one with --profile: {', '.join(names)}.")
        raise NoAccount("No token is known. `jpmanage login` adds one.")

    async def _open_given(
        self,
        key: SecretStr | None,
        user: SecretStr | None,
        profile: str | None,
        signed: SignedIn | None = None,
    ) -> Session:
        from jpmanage_tui.account.profiles import ActiveCredentials

        self._credentials = ActiveCredentials.given(self.profiles, key, user, profile, signed)
        return await self._sign_in(self._credentials)

    async def _sign_in(
        self,
        credentials: ActiveCredentials,
        key_id: PartnerKeyId | None = None,
        *,
        remember: bool = True,
        check: bool = False,
    ) -> Session:
        """Open a session, with the key `key_id` where it is given; it is used again next time where `remember`.

        `check`: a key's token that is known from before is tried too, so that one which is refused opens nothing.
        """
        await self._onboarding.close()
        connection = await self._runtime.connect(credentials)
        first_page = FirstPagePrefetch(
            connection, other_key=key_id is not None, wanted=self.prefetch_first_page
        )
        self._runtime.start_preloading(self.preload)
        try:
            partner = await partner_of(connection, self._onboarding)
            await self._runtime.background_done()  # the key that was chosen a moment ago is remembered
            if key_id is not None:
                check_key(partner, key_id)
            key = None if partner is None else choose_key(connection, partner, key_id)
            if (check or not credentials.verified) and key is None:
                await (
                    connection.client.licenses.counts()
                )  # nothing else tells whether this key's token serves
            chosen = key_id if remember else None
            return await self._session(credentials, connection, partner, key, first_page, chosen)
        except BaseException:
            first_page.cancel()
            if not self._onboarding.holds(connection):
                await connection.aclose()
            raise

    async def _session(
        self,
        credentials: ActiveCredentials,
        connection: AccountConnection,
        partner: Partner | None,
        key: PartnerKey | None,
        first_page: FirstPagePrefetch,
        chosen: PartnerKeyId | None,
    ) -> Session:
        from jpmanage_tui.config.paths import download_dir
        from jpmanage_tui.rules.account import unreadable_words

        await credentials.mark_verified()
        runtime, tokens = self._runtime, connection.tokens
        runtime.run_in_background(lambda: credentials.update_profile(runtime.host, partner, key, chosen))
        account = partial(journal_account, connection, partner)  # by the token in use: it may be renewed
        return Session(
            client=connection.client,
            make_queue=lambda: connection.queue(account),
            make_runner=connection.runner,
            origin=tokens.key_origin if tokens.user is None else tokens.user_origin,
            demo=self.demo,
            read_only=self.options.read_only,
            partner=partner,
            key_id=connection.token_provider.key_id,
            key_name=key.name if key is not None else None,
            note=unreadable_words(partner) if partner is not None else "",
            download_folder=download_dir(self.settings.download_dir, self._env),
            demo_browser=await runtime.demo_browser(),
            first_page=first_page.for_current_key(),
            close_connection=connection.aclose,
            connect_key=partial(self._connect_key, credentials) if partner is not None else None,
        )

    async def _connect_key(self, credentials: ActiveCredentials, key: PartnerKey) -> AccountConnection:
        """Connect to another key of the account, to read beside the session: nothing of it is remembered."""
        connection = await self._runtime.connect(credentials)
        use_key(connection, key, other_keys=True)
        return connection


class FirstPagePrefetch:
    """Asks for the first page as soon as a partner key's token is known: before the partner, where one was given."""

    def __init__(
        self, connection: AccountConnection, *, other_key: bool = False, wanted: bool = True
    ) -> None:
        """Begin at once where the account came with a key's token that has served before.

        `other_key`: not for that one, but for another key of the account. Nothing is asked unless `wanted`.
        """
        self._connection = connection
        self._wanted = wanted
        self._token: SecretStr | None = None
        self._page: asyncio.Task[LicensePage] | None = None
        verified = connection.credentials.verified and connection.token_provider.key is not None
        if wanted and verified and not other_key:
            self._ask()

    def for_current_key(self) -> asyncio.Task[LicensePage] | None:
        """Return the page of the key that is in use now; it is asked for anew where that is another one."""
        if not self._wanted:
            return None
        if self._page is None or self._token != self._connection.token_provider.key:
            self.cancel()
            return self._ask()
        return self._page

    def cancel(self) -> None:
        """Let go of what was asked for: no session comes of it."""
        if self._page is not None:
            self._page.cancel()
            self._page = None

    def _ask(self) -> asyncio.Task[LicensePage]:
        self._token = self._connection.token_provider.key
        self._page = asyncio.create_task(self._connection.client.licenses.list(), name="first page")
        # whoever takes the page hears of its failure; where nobody does it is nobody's
        self._page.add_done_callback(lambda page: None if page.cancelled() else page.exception())
        return self._page
