"""Who asks: bearer tokens of the two kinds, and which route takes which."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum

from jpmanage_tui.sandbox.envelope import HTTPError


class TokenNeed(Enum):
    """The token a route takes: a partner key's, a user's, either, or none."""

    KEY = "key"
    USER = "user"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True)
class Caller:
    """Who a token belongs to. `kind` is ``key``, ``user``, ``unknown`` (nobody issued it) or ``none``."""

    kind: str = "none"
    key_id: int | None = None
    user_id: int | None = None
    partner_id: int | None = None


NOBODY = Caller()


def bearer(authorization: str | None) -> str | None:
    """Return the token of an Authorization header, or None when there is none."""
    if not authorization:
        return None
    scheme, _, token = authorization.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def identify(connection: sqlite3.Connection, token: str | None, now: int) -> Caller:
    """Find out who a token belongs to; an expired or revoked one belongs to nobody."""
    if token is None:
        return NOBODY
    row = connection.execute(
        "SELECT t.kind, t.user_id, t.key_id, coalesce(k.partner_id, u.partner_id) AS partner_id FROM tokens t"
        " LEFT JOIN partner_keys k USING (key_id) LEFT JOIN users u ON u.user_id = t.user_id"
        " WHERE t.token = ? AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?)"
        " AND k.disabled_at IS NULL",
        (token, now),
    ).fetchone()
    if row is None:
        return Caller("unknown")
    return Caller(row["kind"], row["key_id"], row["user_id"], row["partner_id"])


def admit(caller: Caller, need: TokenNeed) -> None:
    """Raise the refusal of a caller: 401 without a valid token, 403 with one of the wrong kind.

    Which call takes which token: contract, account 0; the codes: account 1.8.
    """
    if need is TokenNeed.NONE:
        return
    if caller.kind not in ("key", "user"):
        message = "Authentication required." if caller.kind == "none" else "The OAuth2 token is invalid."
        raise HTTPError(401, "rest_unauthorized", message)
    if need is not TokenNeed.ANY and caller.kind != need.value:
        whose = "a partner key's token" if need is TokenNeed.KEY else "a WordPress.com user's token"
        raise HTTPError(
            403, "rest_forbidden", f"Sorry, you are not allowed to do that: this call takes {whose}."
        )
