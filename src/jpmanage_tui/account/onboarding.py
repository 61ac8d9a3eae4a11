"""What an account needs before it has a session: its record, its terms, and the partner key to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.account.session import NeedsKey, NeedsPartner, NeedsTerms, NoAccount
from jpmanage_tui.api.tokens import TokenKind, TokenName

if TYPE_CHECKING:
    from jpmanage_tui.account.runtime import AccountConnection, Runtime
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.partner import Partner, PartnerKey
    from jpmanage_tui.operations.mutation import Mutation
    from jpmanage_tui.operations.operation import Outcome


class Onboarding:
    """Holds the connection of an account that cannot be opened yet, until what it lacks is done."""

    def __init__(self, runtime: Runtime) -> None:
        """`runtime` makes the queue for the changes."""
        self._runtime = runtime
        self._connection: AccountConnection | None = None

    @property
    def connection(self) -> AccountConnection:
        """The connection of the account. Raises NoAccount when none waits here."""
        if self._connection is None:
            raise NoAccount("No account is open yet.")
        return self._connection

    def holds(self, connection: AccountConnection) -> bool:
        """Return whether this connection waits here."""
        return self._connection is connection

    def hold(self, connection: AccountConnection) -> None:
        """Let a connection wait here."""
        self._connection = connection

    async def carry_out(self, change: Mutation[Partner]) -> Outcome[Partner]:
        """Carry out a change of the account through the journal; the connection is closed when it has happened."""
        connection = self.connection
        queue = connection.queue(self._runtime.onboarding_account(connection.tokens))
        try:
            await queue.recover()  # one of unknown outcome, of an earlier run, would forbid this one
            outcome = await queue.submit(change).outcome()
        finally:
            await queue.close()
        if outcome.happened:
            await self.close()
        return outcome

    async def close(self) -> None:
        """Close the connection that waits here."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.aclose()


async def partner_of(connection: AccountConnection, onboarding: Onboarding) -> Partner | None:
    """Return the partner of a connection's user token, None without one. A user token alone has then served.

    Raises NeedsPartner or NeedsTerms, and `onboarding` then holds the connection; NoAccount for one without keys, or
    whose keys cannot be read; ApiError.
    """
    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.api.partner import NO_PARTNER
    from jpmanage_tui.rules.account import unreadable_words

    if connection.tokens.user is None:
        return None
    partner = None
    try:
        partner = await connection.client.partner.get()
    except ApiError as error:
        if error.code != NO_PARTNER:
            raise
    if connection.tokens.key is None:
        await connection.credentials.mark_verified()
    if partner is not None:
        connection.link(partner)
    if partner is None or not partner.tos_accepted:
        onboarding.hold(connection)
        raise NeedsPartner if partner is None else NeedsTerms(partner)
    if partner.keys:
        return partner
    if not partner.all_keys_read:
        raise NoAccount(f"{unreadable_words(partner)} So nothing can be shown.", "Try again")
    raise NoAccount(f"The account {partner.name} has no partner key, so it has no licenses to show.")


def check_key(partner: Partner | None, key_id: PartnerKeyId) -> None:
    """Raise NoAccount where the account has no usable key of this id, or it is not known which keys it has."""
    if partner is None:
        raise NoAccount(
            "Choosing a partner key needs a user token, and none is known. `jpmanage login` adds one."
        )
    usable = [key for key in partner.keys if key.is_usable]
    if all(key.id != key_id for key in usable):
        names = ", ".join(f"{key.id} ({key.name})" for key in usable) or "none"
        raise NoAccount(f"The account {partner.name} has no usable partner key {key_id}; there are: {names}.")


def choose_key(
    connection: AccountConnection, partner: Partner, key_id: PartnerKeyId | int | None = None
) -> PartnerKey | None:
    """Set the token of the key to use in `connection` and return that key.

    It is the one asked for, the one chosen last, the one whose token was given, or the only one; in the demo
    the first. None when a token was given that is of none of the keys. Raises NeedsKey.
    """
    from jpmanage_tui.api.ids import PartnerKeyId

    given, credentials = connection.tokens.key, connection.credentials
    if key_id is None and (given is None or credentials.tokens.profile is not None):
        key_id = credentials.remembered_key(connection.host, partner)
    if key_id is None and given is not None:
        same = next((key for key in partner.keys if key.oauth2_token == given), None)
        connection.token_provider.key_id = same.id if same is not None else None
        name = credentials.name(TokenKind.KEY)
        connection.token_provider.names[TokenKind.KEY] = name._replace(other_keys=len(partner.keys) > 1)
        return same
    key = partner.key_to_use(PartnerKeyId(key_id) if key_id is not None else None)
    if key is None and connection.is_demo:
        key = next((one for one in partner.keys if one.is_usable), None)
    if key is None:
        raise NeedsKey(partner)
    use_key(connection, key, other_keys=len(partner.keys) > 1)
    return key


def use_key(connection: AccountConnection, key: PartnerKey, *, other_keys: bool) -> None:
    """Have a connection use the token of a key; `other_keys`: the account has more of them."""
    provider = connection.token_provider
    provider.key, provider.key_id = key.oauth2_token, key.id
    provider.names[TokenKind.KEY] = TokenName(
        f"the token of partner key {key.name or key.id}", other_keys=other_keys
    )


def journal_account(connection: AccountConnection, partner: Partner | None) -> str:
    """Return what scopes the journal now: API, partner and key; with a key token alone the token's fingerprint.

    The journal knows which key a token belongs to, once the partner's record named it.
    """
    from jpmanage_tui.operations.scopes import fingerprint, key_account, token_account

    if partner is not None and connection.token_provider.key_id is not None:
        return key_account(connection.host, partner.id, connection.token_provider.key_id)
    return token_account(connection.host, fingerprint(connection.token_provider.key))
