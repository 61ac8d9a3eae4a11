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
    """Holds the line of an account that cannot be opened yet, until what it lacks is done."""

    def __init__(self, works: Runtime) -> None:
        """`works` makes the queue for the changes."""
        self._works = works
        self._line: AccountConnection | None = None

    @property
    def line(self) -> AccountConnection:
        """The line of the account. Raises NoAccount when none waits here."""
        if self._line is None:
            raise NoAccount("No account is open yet.")
        return self._line

    def holds(self, line: AccountConnection) -> bool:
        """Return whether this line waits here."""
        return self._line is line

    def hold(self, line: AccountConnection) -> None:
        """Let a line wait here."""
        self._line = line

    async def carry_out(self, change: Mutation[Partner]) -> Outcome[Partner]:
        """Carry out a change of the account through the journal; the line is let go when it has happened."""
        line = self.line
        queue = line.queue(self._works.name_gate(line.tokens))
        try:
            await queue.recover()  # one of unknown fate, of an earlier run, would forbid this one
            outcome = await queue.submit(change).outcome()
        finally:
            await queue.close()
        if outcome.happened:
            await self.close()
        return outcome

    async def close(self) -> None:
        """Let the line go."""
        line, self._line = self._line, None
        if line is not None:
            await line.aclose()


async def partner_of(line: AccountConnection, gate: Onboarding) -> Partner | None:
    """Return the partner of a line's user token, None without one. A user token alone has then served.

    Raises NeedsPartner or NeedsTerms, and `gate` then holds the line; NoAccount for one without keys, or whose keys
    cannot be read; ApiError.
    """
    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.api.partner import NO_PARTNER
    from jpmanage_tui.rules.account import unreadable_words

    if line.tokens.user is None:
        return None
    partner = None
    try:
        partner = await line.client.partner.get()
    except ApiError as error:
        if error.code != NO_PARTNER:
            raise
    if line.tokens.key is None:
        await line.known.prove()
    if partner is not None:
        line.link(partner)
    if partner is None or not partner.tos_accepted:
        gate.hold(line)
        raise NeedsPartner if partner is None else NeedsTerms(partner)
    if partner.keys:
        return partner
    if not partner.all_keys_read:
        raise NoAccount(f"{unreadable_words(partner)} So nothing can be shown.", "Try again")
    raise NoAccount(f"The account {partner.name} has no partner key, so it has no licenses to show.")


def choose_key(
    line: AccountConnection, partner: Partner, key_id: PartnerKeyId | int | None = None
) -> PartnerKey | None:
    """Set the token of the key to use in `line` and return that key.

    It is the one asked for, the one chosen last, the one whose token was given, or the only one; in the demo
    the first. None when a token was given that is of none of the keys. Raises NeedsKey.
    """
    from jpmanage_tui.api.ids import PartnerKeyId

    given, known = line.tokens.key, line.known
    if key_id is None and (given is None or known.tokens.profile is not None):
        key_id = known.remembered(line.host, partner)
    if key_id is None and given is not None:
        same = next((key for key in partner.keys if key.oauth2_token == given), None)
        line.source.key_id = same.id if same is not None else None
        name = known.name(TokenKind.KEY)
        line.source.names[TokenKind.KEY] = name._replace(other_keys=len(partner.keys) > 1)
        return same
    key = partner.key_to_use(PartnerKeyId(key_id) if key_id is not None else None)
    if key is None and line.is_demo:
        key = next((one for one in partner.keys if one.is_usable), None)
    if key is None:
        raise NeedsKey(partner)
    line.source.key, line.source.key_id = key.oauth2_token, key.id
    others = len(partner.keys) > 1
    line.source.names[TokenKind.KEY] = TokenName(
        f"the token of partner key {key.name or key.id}", other_keys=others
    )
    return key


def account_of(line: AccountConnection, partner: Partner | None) -> str:
    """Return what scopes the journal now: API, partner and key; with a key token alone the token's fingerprint.

    The journal knows which key a token belongs to, once the partner's record named it.
    """
    from jpmanage_tui.operations.scopes import fingerprint, key_account, token_account

    if partner is not None and line.source.key_id is not None:
        return key_account(line.host, partner.id, line.source.key_id)
    return token_account(line.host, fingerprint(line.source.key))
