"""WordPress.com sign-in: clients, codes and tokens (contract: account 7.3)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass
from urllib.parse import urlsplit

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.jsontypes import Json

CODE_LIVES = 600
"""Seconds in which a code can be exchanged."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

APP_ID, APP_SECRET = "98765", "sandbox-app-secret"
"""A registered app, for the older pair ``/oauth2/authorize`` and ``/oauth2/token``."""


class OAuthError(Exception):
    """An error of the sign-in: its code by RFC 6749, and a sentence."""

    def __init__(self, code: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.status = status


@dataclass(frozen=True)
class Grant:
    """Tokens for a user at a client. The older pair gives neither `refresh_token` nor `expires_in` (None)."""

    access_token: str
    refresh_token: str | None
    expires_in: int | None
    scope: str


def register(
    connection: sqlite3.Connection, redirect_uris: list[str], name: str, created_at: int, *, secret: bool
) -> sqlite3.Row:
    """Register a client dynamically (RFC 7591). Raises OAuthError for an address that is not allowed."""
    if not redirect_uris:
        raise OAuthError("invalid_redirect_uri", "At least one redirect URI is needed.")
    loopback_too = switches.choice(connection, "oauth-loopback") == "allowed"
    for uri in redirect_uris:
        parts = urlsplit(uri)
        local = parts.scheme == "http" and parts.hostname in LOOPBACK and loopback_too
        if not local and not (parts.scheme == "https" and parts.hostname):
            raise OAuthError("invalid_redirect_uri", f"The redirect URI {uri!r} is not allowed.")
    row = (f"dyn-{secrets.token_hex(8)}", secrets.token_urlsafe(24) if secret else None, name)
    connection.execute(
        "INSERT INTO oauth_clients (client_id, client_secret, name, redirect_uris, is_dynamic, created_at)"
        " VALUES (?, ?, ?, ?, 1, ?)",
        (*row, json.dumps(redirect_uris), created_at),
    )
    return client(connection, row[0])


def client(connection: sqlite3.Connection, client_id: str) -> sqlite3.Row:
    """Return a client. Raises OAuthError when it is not known."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM oauth_clients WHERE client_id = ?", (client_id,)
    ).fetchone()
    if row is None:
        raise OAuthError("invalid_client", "The client is not known.", 401)
    return row


def may_return_to(known: sqlite3.Row, uri: str) -> bool:
    """Tell whether a client may be answered at `uri`: exactly as registered, a loopback's port aside (RFC 8252).

    The registered app may be answered at any loopback address.
    """
    if not known["is_dynamic"]:
        parts = urlsplit(uri)
        return parts.scheme == "http" and parts.hostname in LOOPBACK
    return any(_without_port(uri) == _without_port(one) for one in json.loads(known["redirect_uris"]))


def new_code(
    connection: sqlite3.Connection,
    known: sqlite3.Row,
    redirect_uri: str,
    challenge: str,
    scope: str,
    now: int,
) -> str:
    """Make a code for the user that the switch ``oauth-user`` names; `challenge` is "" without PKCE."""
    code = secrets.token_urlsafe(24)
    connection.execute(
        "INSERT INTO oauth_codes (code, client_id, user_id, redirect_uri, challenge, scope, expires_at)"
        " SELECT ?, ?, user_id, ?, ?, ?, ? FROM tokens WHERE token = ?",
        (
            code,
            known["client_id"],
            redirect_uri,
            challenge,
            scope,
            now + CODE_LIVES,
            switches.choice(connection, "oauth-user"),
        ),
    )
    return code


def exchange(
    connection: sqlite3.Connection, client_id: str, code: str, redirect_uri: str, verifier: str, now: int
) -> sqlite3.Row:
    """Use a code up and return its row. Raises OAuthError; a code used twice also ends what it gave before."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM oauth_codes WHERE code = ? AND client_id = ?", (code, client_id)
    ).fetchone()
    if row is None or row["expires_at"] <= now:
        raise OAuthError("invalid_grant", "The code is not valid, or no longer.")
    if row["used"]:
        connection.execute(
            "UPDATE tokens SET revoked_at = ? WHERE token IN (SELECT access_token FROM oauth_grants WHERE code = ?)",
            (now, code),
        )
        raise OAuthError("invalid_grant", "The code was used before.")
    connection.execute("UPDATE oauth_codes SET used = 1 WHERE code = ?", (code,))
    if row["redirect_uri"] != redirect_uri:
        raise OAuthError("invalid_grant", "The redirect URI is not the one that was asked for.")
    if row["challenge"] and row["challenge"] != s256(verifier):
        raise OAuthError("invalid_grant", "The code verifier does not fit.")
    return row


def grant(
    connection: sqlite3.Connection,
    user_id: int,
    client_id: str,
    scope: str,
    now: int,
    *,
    code: str,
    lasting: bool,
) -> Grant:
    """Give a user's token; `lasting` ones do not expire and cannot be refreshed, as the older pair's."""
    expires_in = None if lasting else switches.number(connection, "oauth-expires-in")
    given = Grant(
        secrets.token_urlsafe(32), None if lasting else secrets.token_urlsafe(32), expires_in, scope
    )
    connection.execute(
        "INSERT INTO tokens (token, kind, user_id, expires_at) VALUES (?, 'user', ?, ?)",
        (given.access_token, user_id, None if expires_in is None else now + expires_in),
    )
    connection.execute(
        "INSERT INTO oauth_grants (access_token, refresh_token, code, client_id, user_id, scope)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (given.access_token, given.refresh_token, code, client_id, user_id, scope),
    )
    return given


def refresh(connection: sqlite3.Connection, client_id: str, refresh_token: str, now: int) -> Grant:
    """Exchange a refresh token, which works once; the old access token ends. Raises OAuthError."""
    row = connection.execute(
        "SELECT * FROM oauth_grants WHERE refresh_token = ? AND client_id = ? AND NOT refresh_used",
        (refresh_token, client_id),
    ).fetchone()
    if row is None:
        raise OAuthError("invalid_grant", "The refresh token is not valid, or no longer.")
    end(connection, row["access_token"], now)
    return grant(
        connection, row["user_id"], client_id, row["scope"], now, code=row["code"] or "", lasting=False
    )


def end(connection: sqlite3.Connection, token: str, now: int) -> bool:
    """End a grant by either of its tokens, both at once. Returns whether there was one."""
    row = connection.execute(
        "SELECT access_token FROM oauth_grants WHERE ? IN (access_token, refresh_token)", (token,)
    ).fetchone()
    if row is None:
        return False
    connection.execute("UPDATE tokens SET revoked_at = ? WHERE token = ?", (now, row["access_token"]))
    connection.execute(
        "UPDATE oauth_grants SET refresh_used = 1 WHERE access_token = ?", (row["access_token"],)
    )
    return True


def grant_json(given: Grant) -> Json:
    """Write a grant as the token endpoint answers."""
    body: dict[str, Json] = {"access_token": given.access_token, "token_type": "bearer", "scope": given.scope}
    if given.refresh_token is not None:
        body |= {"refresh_token": given.refresh_token, "expires_in": given.expires_in}
    return body


def s256(verifier: str) -> str:
    """Return the PKCE challenge of a verifier (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _without_port(uri: str) -> tuple[str, str | None, int | None, str, str]:
    parts = urlsplit(uri)
    port = None if parts.scheme == "http" and parts.hostname in LOOPBACK else parts.port
    return (parts.scheme, parts.hostname, port, parts.path, parts.query)
