"""The door to sessions: it puts client, journal and queue together, on the real API or on the sandbox."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jpmanage_tui.cli.demo_browser import SandboxBrowser
from jpmanage_tui.ui.session import NeedsKey, NeedsPartner, NeedsTerms, NoAccount, Session

if TYPE_CHECKING:
    import httpx
    from pydantic import SecretStr

    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.models.country import Country
    from jpmanage_tui.api.models.partner import Partner, PartnerDetails
    from jpmanage_tui.cli.tokens import AccountTokens
    from jpmanage_tui.config.settings import Settings
    from jpmanage_tui.config.sources import ResolvedTokens
    from jpmanage_tui.operations.change import Change
    from jpmanage_tui.operations.journal import Journal
    from jpmanage_tui.operations.outcome import OperationEvent, Outcome
    from jpmanage_tui.operations.queue import OperationsQueue
    from jpmanage_tui.sandbox.app import Sandbox


@dataclass(frozen=True)
class Wanted:
    """What the command line asked for."""

    demo: bool = False
    demo_licenses: int = 250
    demo_dir: Path | None = None
    demo_now: datetime | None = None
    profile: str | None = None
    read_only: bool = False


def _deaf(_event: OperationEvent) -> None:
    """Hear nothing: there is no app yet."""


class Door:
    """Opens sessions for the app and for the commands. `hear` takes the queue's events."""

    def __init__(
        self, wanted: Wanted, settings: Settings, env: Mapping[str, str], sandbox: Sandbox | None = None
    ) -> None:
        """Open what is `wanted`; `sandbox` is one that runs already, for the demo (None: made when needed)."""
        self.wanted = wanted
        self.settings = settings
        self.hear: Callable[[OperationEvent], None] = _deaf
        self.demo = wanted.demo
        self._env = env
        self._tokens: ResolvedTokens | None = None
        self._journal: Journal | None = None
        self._sandbox = sandbox
        self._gate: LicensingClient | None = None
        self._pasted = False

    @classmethod
    def of_environment(cls, wanted: Wanted, env: Mapping[str, str] | None = None) -> Door:
        """Return the door for the process's environment. The demo ignores every variable, profile and credential.

        Raises ConfigError when the settings cannot be used.
        """
        from jpmanage_tui.config.settings import Settings, load_settings

        env = os.environ if env is None else env
        if not wanted.demo:
            return cls(wanted, load_settings(env), env)
        plain = {name: value for name, value in env.items() if not name.endswith("_URL")}
        full = load_settings(plain)
        return cls(wanted, Settings(theme=full.theme, mouse=full.mouse, keys=full.keys), env)

    # -- what the app asks -----------------------------------------------------------------

    @property
    def has_credentials(self) -> bool:
        """Whether there is a demo, a token, a profile or a token command to start with."""
        if self.demo:
            return True
        from jpmanage_tui.config.credentials import CredentialStore
        from jpmanage_tui.config.paths import config_dir

        if self.wanted.profile or self._env.get("JPMANAGE_TOKEN") or self._env.get("JPMANAGE_USER_TOKEN"):
            return True
        if self.settings.token_command or self.settings.user_token_command:
            return True
        return CredentialStore(config_dir(self._env)).default() is not None

    async def open(self) -> Session:
        """Open what the command line asked for."""
        if self.demo:
            return await self.open_demo()
        if self._tokens is None:
            self._tokens = await self._resolve()
        if not self._tokens.signed_in:
            raise NoAccount("No token is known. `jpmanage login` adds one.")
        session = await self._sign_in(self._tokens, self._remembered())
        if self._pasted:
            self._keep(session)
        return session

    async def open_demo(self) -> Session:
        """Open the sandbox, in this process and without network."""
        from pydantic import SecretStr

        from jpmanage_tui.config.sources import ResolvedTokens

        self.demo = True
        sandbox = await self._started_sandbox()
        user = SecretStr(sandbox.tokens.user)
        self._tokens = ResolvedTokens(key=None, user=user, user_origin="demo", key_origin="demo")
        return await self._sign_in(self._tokens, None)

    async def open_tokens(
        self, key: SecretStr | None, user: SecretStr | None, profile: str | None
    ) -> Session:
        """Open a session with pasted tokens, and keep them under `profile` once they have served."""
        from jpmanage_tui.config.sources import ResolvedTokens

        words = "pasted token" if profile is None else f"profile {profile}"
        self._tokens = ResolvedTokens(
            key=key, user=user, key_origin=words, user_origin=words, profile=profile
        )
        self._pasted = True
        session = await self._sign_in(self._tokens, self._remembered())
        self._keep(session)
        return session

    async def open_key(self, key_id: PartnerKeyId) -> Session:
        """Open the session of one of the account's keys, and remember it."""
        if self._tokens is None:
            raise NoAccount("No account is open yet.")
        session = await self._sign_in(self._tokens, key_id)
        self._remember(key_id)
        self._keep(session)
        return session

    async def accept_terms(self) -> None:
        """Accept the terms of service through the journal."""
        from jpmanage_tui.operations.changes import AcceptTerms

        outcome = await self._at_gate(AcceptTerms())
        if not outcome.happened:
            raise NoAccount(outcome.sentence)

    async def countries(self) -> tuple[Country, ...]:
        """Return the countries for the sign-up form."""
        return await self._gate_client().countries.list()

    async def create_partner(self, details: PartnerDetails, opt_in: bool) -> Outcome[Partner]:
        """Sign up through the journal."""
        from jpmanage_tui.operations.changes import CreatePartner

        return await self._at_gate(CreatePartner(details, opt_in))

    def _gate_client(self) -> LicensingClient:
        if self._gate is None:
            raise NoAccount("No account is open yet.")
        return self._gate

    async def _at_gate(self, change: Change[Partner]) -> Outcome[Partner]:
        """Carry out a change before there is a session; the gate's client serves until it has happened."""
        queue = await self._queue(self._gate_client(), "gate")
        outcome = await queue.submit(change).outcome()
        await queue.close()
        if outcome.happened:
            await self._close_gate()
        return outcome

    async def _close_gate(self) -> None:
        client, self._gate = self._gate, None
        if client is not None:
            await client.aclose()

    async def close(self) -> None:
        """Close what outlives a session: the journal and the sandbox."""
        await self._close_gate()
        if self._journal is not None:
            await self._journal.close()
            self._journal = None
        if self._sandbox is not None:
            await self._sandbox.close()
            self._sandbox = None

    # -- signing in --------------------------------------------------------------------------

    async def _resolve(self) -> ResolvedTokens:
        import asyncio

        from jpmanage_tui.config.credentials import CredentialStore
        from jpmanage_tui.config.paths import config_dir
        from jpmanage_tui.config.sources import resolve_tokens

        store = CredentialStore(config_dir(self._env))
        return await asyncio.to_thread(resolve_tokens, self.settings, store, self._env, self.wanted.profile)

    async def _sign_in(self, tokens: ResolvedTokens, key_id: PartnerKeyId | int | None) -> Session:
        from jpmanage_tui.cli.tokens import AccountTokens

        await self._close_gate()
        source = AccountTokens(tokens.key, tokens.user)
        client = await self._client(source)
        source.client = client
        try:
            partner = await self._partner(client, tokens)
            if partner is not None and not partner.tos_accepted:
                self._gate = client
                raise NeedsTerms(partner)
            name = self._choose_key(source, partner, tokens, key_id)
            return await self._session(client, source, tokens, partner, name)
        except BaseException:
            if client is not self._gate:
                await client.aclose()
            raise

    async def _partner(self, client: LicensingClient, tokens: ResolvedTokens) -> Partner | None:
        from jpmanage_tui.api.errors import ApiError
        from jpmanage_tui.api.models.partner import NO_PARTNER

        if tokens.user is None:
            return None
        try:
            partner = await client.partner.get()
        except ApiError as error:
            if error.code == NO_PARTNER:
                self._gate = client
                raise NeedsPartner from None
            raise
        if not partner.keys:
            raise NoAccount(f"The account {partner.name} has no partner key, so it has no licenses to show.")
        return partner

    def _choose_key(
        self,
        source: AccountTokens,
        partner: Partner | None,
        tokens: ResolvedTokens,
        key_id: PartnerKeyId | int | None,
    ) -> str | None:
        """Set the key's token in `source` and return the key's name."""
        if partner is None:
            return None
        if tokens.key is not None and key_id is None:
            given = tokens.key.get_secret_value()
            same = next((key for key in partner.keys if key.oauth2_token.get_secret_value() == given), None)
            if same is not None:
                source.key_id = same.id
            return same.name if same is not None else None
        from jpmanage_tui.api.ids import PartnerKeyId

        key = partner.key_to_use(PartnerKeyId(key_id) if key_id is not None else None)
        if key is None and self.demo:
            key = next((one for one in partner.keys if one.is_usable), None)
        if key is None:
            raise NeedsKey(partner)
        source.key, source.key_id = key.oauth2_token, key.id
        return key.name

    async def _session(
        self,
        client: LicensingClient,
        source: AccountTokens,
        tokens: ResolvedTokens,
        partner: Partner | None,
        key_name: str | None,
    ) -> Session:
        from jpmanage_tui.config.paths import download_dir

        queue = await self._queue(client, self._account(source, partner), source)

        async def close() -> None:
            await queue.close()
            await client.aclose()

        return Session(
            client=client,
            queue=queue,
            origin=tokens.key_origin if tokens.user is None else tokens.user_origin,
            demo=self.demo,
            read_only=self.wanted.read_only,
            partner=partner,
            key_id=source.key_id,
            key_name=key_name,
            download_folder=download_dir(self.settings.download_dir, self._env),
            demo_browser=SandboxBrowser(self._sandbox) if self.demo and self._sandbox else None,
            close=close,
        )

    def _account(self, source: AccountTokens, partner: Partner | None) -> str:
        """Return what scopes the journal: API, partner and key; with a key token alone its fingerprint."""
        host = "sandbox" if self.demo else urlsplit(self.settings.api_url).netloc
        if partner is not None and source.key_id is not None:
            return f"{host} partner {partner.id} key {source.key_id}"
        secret = source.key.get_secret_value() if source.key is not None else ""
        return f"{host} key {hashlib.sha256(secret.encode()).hexdigest()[:12]}"

    # -- parts -------------------------------------------------------------------------------

    async def _client(self, source: AccountTokens) -> LicensingClient:
        from jpmanage_tui.api.client import LicensingClient

        transport: httpx.AsyncBaseTransport | None = None
        if self.demo:
            from jpmanage_tui.sandbox.transport import SandboxTransport

            transport = SandboxTransport(await self._started_sandbox())
        return LicensingClient(
            tokens=source,
            api_url=self.settings.api_url,
            stripe_url=self.settings.stripe_url,
            timeouts=self.settings.timeouts,
            transport=transport,
        )

    async def _started_sandbox(self) -> Sandbox:
        if self._sandbox is None:
            from jpmanage_tui.sandbox.app import create_sandbox
            from jpmanage_tui.sandbox.options import SandboxOptions

            self._sandbox = create_sandbox(
                SandboxOptions(
                    licenses=self.wanted.demo_licenses,
                    now=self.wanted.demo_now,
                    directory=self.wanted.demo_dir,
                )
            )
        return self._sandbox

    async def _queue(
        self, client: LicensingClient, account: str, source: AccountTokens | None = None
    ) -> OperationsQueue:
        from jpmanage_tui.operations.journal import Journal
        from jpmanage_tui.operations.queue import OperationsQueue

        if self._journal is None:
            self._journal = await Journal.open(self._journal_path())
        return OperationsQueue(
            client,
            self._journal,
            account,
            self.wanted.read_only,
            lambda event: self.hear(event),
            tokens=source,
        )

    def _journal_path(self) -> Path | None:
        if self.demo:
            return self.wanted.demo_dir / "journal.sqlite" if self.wanted.demo_dir is not None else None
        from jpmanage_tui.config.paths import state_dir

        return state_dir(self._env) / "journal.sqlite"

    # -- remembering ---------------------------------------------------------------------------

    def _remembered(self) -> int | None:
        from jpmanage_tui.config.paths import state_dir
        from jpmanage_tui.config.state import StateFile

        profile = self._tokens.profile if self._tokens is not None else None
        return StateFile(state_dir(self._env)).key_id(profile) if profile and not self.demo else None

    def _remember(self, key_id: PartnerKeyId) -> None:
        from jpmanage_tui.config.paths import state_dir
        from jpmanage_tui.config.state import StateFile

        profile = self._tokens.profile if self._tokens is not None else None
        if profile and not self.demo:
            StateFile(state_dir(self._env)).remember_key(profile, key_id)

    def _keep(self, session: Session) -> None:
        """Store tokens that have just served, where the user wanted them kept."""
        tokens = self._tokens
        if self.demo or tokens is None or tokens.profile is None:
            return
        from jpmanage_tui.config.credentials import CredentialStore, Profile
        from jpmanage_tui.config.paths import config_dir

        store = CredentialStore(config_dir(self._env))
        known = store.load(tokens.profile) if tokens.profile in store.list() else Profile(name=tokens.profile)
        store.save(
            known.model_copy(
                update={
                    "key_token": tokens.key,
                    "user_token": tokens.user,
                    "key_id": session.key_id,
                    "key_name": session.key_name,
                    "account": session.partner.name if session.partner else None,
                }
            )
        )
