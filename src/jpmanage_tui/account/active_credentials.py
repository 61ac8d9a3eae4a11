"""The account that is being opened: its tokens, whether they have served yet, and what is kept of it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from jpmanage_tui.account.profiles import ProfileRepository, new_profile
from jpmanage_tui.api.tokens import TokenKind, TokenName
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.sources import KEY_VARIABLE, NO_ORIGIN, USER_VARIABLE, ResolvedTokens

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.account.oauth_flow import SignedIn
    from jpmanage_tui.account.renewal import StoredProfile
    from jpmanage_tui.api.models.partner import Partner, PartnerKey
    from jpmanage_tui.config.credentials import Profile

logger = logging.getLogger("jpmanage.signin")


class ActiveCredentials:
    """The tokens of an account and where they are kept. Made by `stored`, `given` or `demo`."""

    def __init__(self, tokens: ResolvedTokens, keeper: ProfileRepository | None) -> None:
        """`keeper` None keeps nothing."""
        self.tokens = tokens
        self.proven = True
        self.vault: StoredProfile | None = None
        self._keeper = keeper
        self._new: Profile | None = None

    @classmethod
    def stored(cls, keeper: ProfileRepository, tokens: ResolvedTokens) -> ActiveCredentials:
        """Return the account of tokens from the environment, a profile or a command. Raises ConfigError."""
        known = cls(tokens, keeper)
        if tokens.profile is not None:
            known.vault = keeper.vault(tokens.profile)
        return known

    @classmethod
    def given(
        cls,
        keeper: ProfileRepository,
        key: SecretStr | None,
        user: SecretStr | None,
        profile: str | None,
        signed: SignedIn | None = None,
    ) -> ActiveCredentials:
        """Return the account of tokens that were pasted or got by signing in; `profile` None keeps them nowhere."""
        from jpmanage_tui.account.renewal import StoredProfile

        words = f"profile {profile}" if profile is not None else "pasted token"
        if profile is None and signed is not None:
            words = "signed in"
        origins = (words if key is not None else NO_ORIGIN, words if user is not None else NO_ORIGIN)
        known = cls(ResolvedTokens(key, user, *origins, profile), keeper)
        known.proven = False
        known._new = new_profile(profile or "of this session", key, user, signed)
        known.vault = StoredProfile.closed(known._new.name)
        return known

    @classmethod
    def demo(cls, user: SecretStr) -> ActiveCredentials:
        """Return the demo's account: nothing of it is kept."""
        return cls(ResolvedTokens(user=user, user_origin="demo", key_origin="demo"), None)

    def name(self, kind: TokenKind) -> TokenName:
        """Return what its token of a kind is known by, and how the user gets another one."""
        of_key = kind is TokenKind.KEY
        variable = KEY_VARIABLE if of_key else USER_VARIABLE
        command = "token_command" if of_key else "user_token_command"
        origin = self.tokens.key_origin if of_key else self.tokens.user_origin
        signed_in = self._new is not None and self._new.client_id is not None
        if not self.proven:
            return TokenName("the sign-in" if signed_in else "the token that was pasted")
        if origin.endswith(f" from {variable}"):
            return TokenName(variable, "Set another one and start again.", variable=True)
        if origin == command:
            return TokenName(f"what {command} printed", "Run that command by hand to see what it prints.")
        if self.tokens.profile is None:
            return TokenName(f"the token of {'the demo' if origin == 'demo' else 'this session'}")
        name = self.tokens.profile
        words = f"the {'key' if of_key else 'user'} token of profile {name}"
        return TokenName(words, f"`jpmanage login --profile {name}` gets another one.")

    @property
    def renewing_keeper(self) -> ProfileRepository | None:
        """What a refused key token is read again from; None before new tokens have served."""
        return self._keeper if self.proven and self.tokens.profile is not None else None

    async def prove(self) -> None:
        """Note that the tokens have served: new ones are stored, where the user wants them kept, and may be renewed.

        Raises ConfigError when they cannot be stored.
        """
        if self.proven or self._new is None or self._keeper is None or self.vault is None:
            return
        if self.tokens.profile is None:
            self.vault.open(self._new, None, None)
        else:
            keeper, name = self._keeper, self.tokens.profile
            kept = await asyncio.to_thread(keeper.keep, self._new)
            self.vault.open(kept, keeper.store, keeper.guard(name))
            if self.tokens.key is not None:  # the key that was given now is the one to use
                await asyncio.to_thread(keeper.remember, self._place(""), None)
        self.proven = True

    def note(self, host: str, partner: Partner | None, key: PartnerKey | None, chosen: int | None) -> None:
        """Note in the profile whose it is and the name of its key, and remember the id of a key that was `chosen` now.

        It blocks, as files do: for a thread. A note is worth no failure: one that cannot be written is logged.
        """
        keeper = self._keeper
        if keeper is None:
            return
        try:
            if partner is not None and chosen is not None:
                keeper.remember(self._place(f"{host} partner {partner.id}"), chosen)
            if self.tokens.profile is not None:
                keeper.note(
                    self.tokens.profile,
                    account=partner.name if partner is not None else None,
                    key_id=key.id if key is not None else None,
                    key_name=key.name if key is not None else None,
                )
        except ConfigError as error:
            logger.warning("What was noted of the account is not stored: %s", error.sentence)

    def remembered(self, host: str, partner: Partner) -> int | None:
        """Return the id of the partner key chosen last, None where there is none or a key's token is given anew."""
        if self._keeper is None or (self.tokens.key is not None and not self.proven):
            return None
        return self._keeper.remembered(self._place(f"{host} partner {partner.id}"))

    def _place(self, account: str) -> str:
        """Return where a chosen key is remembered: by profile, else by account (API and partner)."""
        return f"profile {self.tokens.profile}" if self.tokens.profile is not None else account
