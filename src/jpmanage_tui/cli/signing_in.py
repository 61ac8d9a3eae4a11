"""Signing in from the shell: with WordPress.com, or a token; it is kept in a profile once it has served."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TYPE_CHECKING

from jpmanage_tui.account.profiles import find_profile
from jpmanage_tui.account.service import AccountService
from jpmanage_tui.account.session import NeedsKey, NeedsPartner, NeedsTerms, NoAccount, Session
from jpmanage_tui.api.oauth import SignInRefused
from jpmanage_tui.cli import output
from jpmanage_tui.cli.errors import failure_of
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.terminal import Terminal
from jpmanage_tui.config.credentials import checked_name
from jpmanage_tui.config.errors import UsageError
from jpmanage_tui.config.files import ensure_private_dir
from jpmanage_tui.config.sources import KEY_VARIABLE, USER_VARIABLE
from jpmanage_tui.config.tokens import checked_token

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.account.oauth_login import OAuthFlow, SignedIn
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.partner import Partner
    from jpmanage_tui.operations.operation import OperationEvent

Opening = Callable[[], Awaitable[Session]]
_NOTHING = "Nothing was kept."


class SignInMethod(Enum):
    """How to sign in."""

    WEB = "web"
    PASTE = "paste"
    KEY = "key"
    USER = "user"


async def login(
    account_service: AccountService, profile: str | None, method: SignInMethod | None, terminal: Terminal
) -> ExitCode:
    """Sign in by `method` (None: asked where a person sits, else pasted) and keep the tokens under `profile`.

    What the profile had before is replaced; a single token replaces one of its kind only.

    Raises NoAccount, ApiError, ConfigError or OperationError when that did not come about.
    """
    name = checked_name(account_service.profiles.name_for_new(profile))
    folder = account_service.profiles.store.path.parent
    if folder.exists():
        ensure_private_dir(folder)  # before anything is asked: what is got must be kept
    if method in (SignInMethod.KEY, SignInMethod.USER):
        _keep_other_token(account_service, name, is_key=method is SignInMethod.KEY)
    for variable in (KEY_VARIABLE, USER_VARIABLE):
        if os.environ.get(variable):
            terminal.write_line(f"Note: {variable} is set and wins over every profile.")
    method = method or (await _ask_method(terminal) if terminal.interactive else SignInMethod.PASTE)
    login = _Login(account_service, name, terminal)
    try:
        session = await login.sign_in(method)
    except NeedsPartner as need:
        terminal.write_line(f"Kept as profile {name}. {need}")
        return ExitCode.OK
    except NeedsKey as need:  # a token that came by a pipe: nobody is there to choose
        terminal.write_line(f"Kept as profile {name}: {need.partner.name}, no partner key chosen.")
        terminal.write_line(failure_of(need).message)
        return ExitCode.OK
    except SignInRefused as refusal:
        output.write_error(f"jpmanage: {refusal.message}")
        return ExitCode.REFUSED
    terminal.write_line(f"Kept as profile {name}: {account_words(session)}.")
    await session.close()
    return ExitCode.OK


def _keep_other_token(account_service: AccountService, name: str, *, is_key: bool) -> None:
    """Raise UsageError where one token of a kind would take the place of one of the other kind.

    The two may be of different accounts, and a sign-in that is lost cannot be had back.
    """
    stored = find_profile(account_service.profiles.store, name)
    if stored is None or (stored.user_token if is_key else stored.key_token) is None:
        return
    other = "a user token" if is_key else "a partner key's token"
    raise UsageError(
        f"Profile {name} has {other}, which would be lost. Keep this one under another name with --profile NAME, give "
        f"both tokens with --paste, or forget the profile first: jpmanage logout --profile {name}."
    )


def account_words(session: Session) -> str:
    """Name the account of a session and its key, as far as they are known."""
    if session.partner is None:
        return "a partner key, account name unknown (no user token)"
    return f"{session.partner.name}, partner key {session.key_name or 'that the account does not list'}"


async def _ask_method(terminal: Terminal) -> SignInMethod:
    terminal.write_line("How do you want to sign in?")
    terminal.write_line("  1  with WordPress.com, in a browser here or on any other machine")
    terminal.write_line("  2  paste a user token or a partner key's token")
    while True:
        answer = await terminal.ask("1 or 2 [1]: ")
        if answer is None:
            raise NoAccount(f"Signing in was left. {_NOTHING}")
        if answer.strip() in ("", "1", "2"):
            return SignInMethod.PASTE if answer.strip() == "2" else SignInMethod.WEB


class _Login:
    """One run of the command."""

    def __init__(self, account_service: AccountService, name: str, terminal: Terminal) -> None:
        self._account_service = account_service
        self._name = name
        self._terminal = terminal
        self._asks_no_key = False

    async def sign_in(self, method: SignInMethod) -> Session:
        """Sign in by `method`. Raises as `login` does, and NeedsPartner or SignInRefused."""
        match method:
            case SignInMethod.WEB:
                return await self.by_web()
            case SignInMethod.PASTE:
                return await self.by_paste()
            case SignInMethod.KEY | SignInMethod.USER:
                return await self.by_token(is_key=method is SignInMethod.KEY)

    async def by_token(self, *, is_key: bool) -> Session:
        """Read one token: a partner key's, or a user's. It is tried as nothing else.

        Raises NeedsKey, with the token kept, where there are several partner keys and nobody to choose one.
        """
        self._asks_no_key = not self._terminal.interactive
        token = await self._ask_token("Partner key token" if is_key else "User token")
        if token is None:
            raise NoAccount(f"No token came from standard input. {_NOTHING}")
        key, user = (token, None) if is_key else (None, token)
        return await self._open(lambda: self._account_service.open_one_token(key, user, self._name))

    async def by_web(self) -> Session:
        """Sign in with WordPress.com; what does not serve leads to pasting, where a person sits."""
        try:
            return await self._web()
        except (NeedsPartner, NeedsKey, NeedsTerms):
            raise
        except (NoAccount, SignInRefused) as error:
            if not self._terminal.interactive:
                raise
            self._terminal.write_line(str(error))
        return await self.by_paste()

    async def _web(self) -> Session:
        async with self._account_service.sign_in() as attempt:
            signed = await self._signed_in(attempt)
        return await self._open(lambda: self._account_service.open_signed_in(signed, self._name))

    async def _signed_in(self, attempt: OAuthFlow) -> SignedIn:
        from jpmanage_tui.services.browser import open_url

        url = await attempt.begin()
        write_line = self._terminal.write_line
        if await open_url(url, os.environ):
            write_line("The page was opened in your browser. If it does not show, open this address:")
        else:
            write_line("Open this address in a browser, on this or any other machine:")
        write_line(f"\n{url}\n")
        write_line(
            "After you approve, the browser goes to an address that begins with http://127.0.0.1 and may say"
        )
        write_line("that it cannot be reached: copy that address and paste it here. ctrl+c cancels.")
        ending = asyncio.create_task(attempt.finish())
        asking = asyncio.create_task(self._ask_address(attempt))
        try:
            await asyncio.wait({ending, asking}, return_when=asyncio.FIRST_COMPLETED)
            return await ending
        finally:
            ending.cancel()
            asking.cancel()
            await asyncio.gather(ending, asking, return_exceptions=True)
            write_line()

    async def _ask_address(self, attempt: OAuthFlow) -> None:
        """Ask for the address until one ends the wait; at the end of the input the browser is still waited for."""
        while True:
            address = await self._terminal.ask("Address: ")
            if address is None:
                return
            if not address.strip():
                continue
            trouble = attempt.paste(address)
            if trouble is None:
                return
            self._terminal.write_line(trouble)

    async def by_paste(self) -> Session:
        """Ask for the tokens, hidden."""
        if self._terminal.interactive:
            self._terminal.write_line(
                "Paste your tokens; they are not shown. Leave one empty if you have none."
            )
        user = await self._ask_token("User token")
        key = await self._ask_token("Partner key token")
        if user is None and key is None:
            raise NoAccount(f"No token was given. {_NOTHING}")
        return await self._open(lambda: self._account_service.open_tokens(key, user, self._name))

    async def _ask_token(self, words: str) -> SecretStr | None:
        value = await self._terminal.ask(f"{words}: ", hidden=True)
        return checked_token(value, words) if value and value.strip() else None

    async def _open(self, opening: Opening) -> Session:
        """Open the session, asking for what it needs first: the terms, which key."""
        while True:
            try:
                return await opening()
            except NeedsTerms as need:
                await self._accept_terms(need.partner)
                opening = self._account_service.open
            except NeedsKey as need:
                if self._asks_no_key and any(key.is_usable for key in need.partner.keys):
                    raise
                key_id = await self._choose_key(need.partner)
                return await self._account_service.open_key(key_id)

    async def _accept_terms(self, partner: Partner) -> None:
        from jpmanage_tui.rules.account import PLATFORM_AGREEMENT

        write_line = self._terminal.write_line
        write_line(f"{partner.name} has not accepted the terms of service of Jetpack's agency platform yet.")
        write_line(f"Read them here: {PLATFORM_AGREEMENT}")
        answer = await self._terminal.ask("Type accept to accept them, anything else to leave: ")
        if (answer or "").strip().lower() != "accept":
            raise NoAccount("The terms of service are not accepted, so nothing can be shown.")
        self._account_service.on_operation_event = self._tell
        await self._account_service.accept_terms()
        write_line("The terms of service are accepted.")

    def _tell(self, event: OperationEvent) -> None:
        """Say what the queue does while one waits for it."""
        from jpmanage_tui.operations.operation import EventKind

        if event.kind in (EventKind.WAITING, EventKind.UNKNOWN):
            self._terminal.write_line(event.sentence)

    async def _choose_key(self, partner: Partner) -> PartnerKeyId:
        from jpmanage_tui.rules.account import unreadable_words

        write_line = self._terminal.write_line
        usable = [one for one in partner.keys if one.is_usable]
        unreadable = unreadable_words(partner)
        if not usable:
            raise NoAccount(f"No partner key of {partner.name} can be used. {unreadable}".rstrip())
        write_line(f"{partner.name} has several partner keys:")
        for number, one in enumerate(usable, 1):
            write_line(f"  {number}  {one.name}")
        for one in partner.keys:
            if not one.is_usable:
                write_line(
                    f"  -  {one.name} ({'disabled' if one.disabled_on else 'the API gave no token for it'})"
                )
        if unreadable:
            write_line(unreadable)
        while True:
            answer = await self._terminal.ask(f"Which one, 1 to {len(usable)}? ")
            if answer is None:
                raise NoAccount(
                    "No partner key was chosen. The sign-in is kept: start jpmanage to choose one."
                )
            if answer.strip().isdigit() and 1 <= int(answer) <= len(usable):
                return usable[int(answer) - 1].id
