"""What scopes the journal: the names of its accounts, which of them are one partner key, and which may be.

The names are stored, so their form never changes. With a user token the partner key is known by its id; with a key token
alone only the token's fingerprint is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.api.partner import Partner

_DEFAULT_PORT = {"https": 443, "http": 80}
_FORM = re.compile(
    r"(?P<host>\S+) (?:partner (?P<partner>-?\d+) key (?P<key>-?\d+)|key (?P<token>\S+)|user (?P<user>\S+))"
)


def fingerprint(token: SecretStr | None) -> str:
    """Return what tells tokens apart and does not give them away. It is stored: the algorithm never changes."""
    import hashlib

    return hashlib.sha256((token.get_secret_value() if token is not None else "").encode()).hexdigest()[:12]


def host_of(api_url: str) -> str:
    """Return the API's host as it stands in the names of accounts: in lower case, without the scheme's own port."""
    parts = urlsplit(api_url)
    name = (parts.hostname or "").removesuffix(".")
    host = f"[{name}]" if ":" in name else name
    return host if parts.port in (None, _DEFAULT_PORT.get(parts.scheme)) else f"{host}:{parts.port}"


def key_account(host: str, partner_id: int, key_id: int) -> str:
    """Return the account of a partner key that is known by its id."""
    return f"{host} partner {partner_id} key {key_id}"


def token_account(host: str, token: str) -> str:
    """Return the account of a key token of which only the fingerprint ``token`` is known."""
    return f"{host} key {token}"


def user_account(host: str, user: str) -> str:
    """Return the account of what is changed before there is a key: ``user`` is the user token's fingerprint."""
    return f"{host} user {user}"


@dataclass(frozen=True)
class KeyToken:
    """A key token, by its fingerprint, and the partner key whose it is or was, as the API said."""

    host: str
    token: str
    partner_id: int
    key_id: int

    @property
    def key_account(self) -> str:
        """The key's account."""
        return key_account(self.host, self.partner_id, self.key_id)

    @property
    def accounts(self) -> frozenset[str]:
        """The two accounts under which changes of this key may stand."""
        return frozenset((self.key_account, token_account(self.host, self.token)))


def key_tokens(host: str, partner: Partner) -> tuple[KeyToken, ...]:
    """Return the tokens of all keys of a partner, as the API gave them just now."""
    return tuple(
        KeyToken(host, fingerprint(key.oauth2_token), partner.id, key.id)
        for key in partner.keys
        if key.oauth2_token.get_secret_value()
    )


@dataclass(frozen=True)
class Account:
    """The name of an account taken apart; only ``name`` is set where it has none of the known forms.

    ``key`` is the partner key's id; ``token`` and ``user`` are fingerprints.
    """

    name: str
    host: str = ""
    partner: str = ""
    key: str = ""
    token: str = ""
    user: str = ""

    @classmethod
    def of(cls, name: str) -> Account:
        """Take a stored name apart."""
        found = _FORM.fullmatch(name)
        return cls(name) if found is None else cls(name, **{k: v or "" for k, v in found.groupdict().items()})


class Kinship(Enum):
    """How the changes of another account stand to one's own.

    ``SAME``: they are of the same partner key. ``UNCLEAR``: they may be, nobody knows. ``SIBLING``: they are of
    another key of the same partner. ``OTHER``: of another partner, or of something else.
    """

    SAME = "same"
    UNCLEAR = "unclear"
    SIBLING = "sibling"
    OTHER = "other"


class Scope:
    """One's own account, and every other name that means the same partner key."""

    def __init__(self, account: str, links: Sequence[KeyToken]) -> None:
        """``links`` are all tokens of which it is known whose they are, the one seen last at the end."""
        self._own = Account.of(account)
        self._links = links
        self.name = account
        """The name to write: the key's, where it is known."""
        names, more = frozenset[str](), frozenset({account})
        while names != more:
            names = more
            more = names.union(*(link.accounts for link in links if names & link.accounts))
        self.names = names
        """The names that are the same key, one's own among them."""
        for link in links:
            if account in link.accounts:
                self.name = link.key_account
        self._partners = frozenset(one.partner for one in map(Account.of, names) if one.partner)

    @property
    def host(self) -> str:
        """The API's host, '' where the account's name does not say it."""
        return self._own.host

    def kinship(self, name: str) -> Kinship:
        """Return how the changes of the account ``name`` stand to this one's."""
        if name in self.names:
            return Kinship.SAME
        other = Account.of(name)
        if not other.host or other.host != self._own.host:
            return Kinship.OTHER
        if self._own.user or other.user:  # a sign-in that was renewed has another token
            return Kinship.UNCLEAR if self._own.user and other.user else Kinship.OTHER
        partners = Scope(name, self._links)._partners
        if not self._partners or not partners:
            return Kinship.UNCLEAR  # of one of the two only a token is known: it may be the other's old one
        return Kinship.SIBLING if partners & self._partners else Kinship.OTHER
