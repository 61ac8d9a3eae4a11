"""The names of the journal's accounts. They are stored, so their form never changes.

With a user token the partner key is known by its id; with a key token alone only the token's fingerprint is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pydantic import SecretStr

_DEFAULT_PORT = {"https": 443, "http": 80}


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
