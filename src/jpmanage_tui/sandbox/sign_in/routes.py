"""WordPress.com sign-in: the ``oauth2-1`` endpoints and the older pair (contract: account 7.3).

Approval is given at once, to the user that the switch ``oauth-user`` names: the authorize page answers with the redirect
that a browser would follow after pressing Approve.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import sqlite3
from collections.abc import Callable
from functools import wraps

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import Call, RouteSpec
from jpmanage_tui.sandbox.envelope import Reply
from jpmanage_tui.sandbox.identifiers import with_query
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.sign_in import oauth
from jpmanage_tui.sandbox.sign_in.oauth import OAuthError

GRANTS = ("authorization_code", "refresh_token")
AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")


def _answering(handler: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
    """Write errors as RFC 6749 has them. What was done before an error is kept: a code stays used."""

    @wraps(handler)
    def wrapped(call: Call) -> Reply:
        try:
            return handler(call)
        except OAuthError as error:
            return Reply({"error": error.code, "error_description": error.sentence}, error.status)

    return wrapped


def register(call: Call) -> Reply:
    """Register a client dynamically (RFC 7591), public unless it asks for a secret.

    Raises OAuthError for a method of authentication that is not supported.
    """
    uris = call.args.get("redirect_uris")
    method = call.text("token_endpoint_auth_method", "client_secret_basic")
    if method not in AUTH_METHODS:
        raise OAuthError("invalid_client_metadata", "The token_endpoint_auth_method is not supported.")
    listed = [uri for uri in uris if isinstance(uri, str)] if isinstance(uris, list) else []
    row = oauth.register(call.conn, listed, call.text("client_name"), call.epoch, secret=method != "none")
    call.record("register_client", row["client_id"], method)
    body: dict[str, Json] = {
        "client_id": row["client_id"],
        "client_id_issued_at": row["created_at"],
        "client_name": row["name"],
        "redirect_uris": listed,
        "grant_types": list(GRANTS),
        "response_types": ["code"],
        "token_endpoint_auth_method": method,
    }
    if row["client_secret"] is not None:
        body |= {"client_secret": row["client_secret"], "client_secret_expires_at": 0}
    return Reply(body, 201)


def authorize(call: Call) -> Reply:
    """Answer with the redirect to the client. PKCE with S256 is demanded."""
    return _redirect(call, pkce=True)


def authorize_app(call: Call) -> Reply:
    """The older page: no PKCE."""
    return _redirect(call, pkce=False)


def token(call: Call) -> Reply:
    """Exchange a code or a refresh token. Raises OAuthError for another type of grant, and for what is not valid."""
    known = _known_client(call)
    kind = call.text("grant_type")
    if kind == "refresh_token":
        given = oauth.refresh(call.conn, known["client_id"], call.text("refresh_token"), call.epoch)
        call.record("refresh_token", known["client_id"])
        return _tokens(oauth.grant_json(given))
    if kind != "authorization_code":
        raise OAuthError("unsupported_grant_type", "The grant type is not supported.")
    return _exchange(call, known, lasting=False)


def token_app(call: Call) -> Reply:
    """The older endpoint: codes only, the client's secret needed, and a token that says nothing of its end.

    Raises OAuthError where code or secret is lacking or not valid.
    """
    known = _known_client(call)
    if known["client_secret"] is None or call.text("grant_type") != "authorization_code":
        raise OAuthError("invalid_request", "A registered app and an authorization code are needed.")
    return _exchange(call, known, lasting=True)


def revoke(call: Call) -> Reply:
    """End a token (RFC 7009): 200 also for one that is not known."""
    if oauth.end(call.conn, call.text("token"), call.epoch):
        call.record("revoke_token", call.text("client_id"))
    return _tokens({})


def _redirect(call: Call, *, pkce: bool) -> Reply:
    known = oauth.client(call.conn, call.text("client_id"))
    back = call.text("redirect_uri")
    if not oauth.may_return_to(known, back):
        raise OAuthError("invalid_request", "The redirect URI is not registered for this client.")
    state = {"state": call.text("state")} if call.text("state") else {}
    told = {**_outcome(call, known, back, pkce=pkce), **state}
    return Reply(b"", 302, {"Location": with_query(back, told)}, "text/html")


def _outcome(call: Call, known: sqlite3.Row, back: str, *, pkce: bool) -> dict[str, str]:
    challenge = call.text("code_challenge") if pkce else ""
    if call.text("response_type") != "code":
        return {"error": "unsupported_response_type"}
    if pkce and (not challenge or call.text("code_challenge_method") != "S256"):
        return {"error": "invalid_request", "error_description": "PKCE with S256 is required."}
    if switches.choice(call.conn, "oauth-approval") == "denied":
        return {"error": "access_denied", "error_description": "The request was denied."}
    return {"code": oauth.new_code(call.conn, known, back, challenge, call.text("scope"), call.epoch)}


def _exchange(call: Call, known: sqlite3.Row, *, lasting: bool) -> Reply:
    code = call.text("code")
    row = oauth.exchange(
        call.conn, known["client_id"], code, call.text("redirect_uri"), call.text("code_verifier"), call.epoch
    )
    given = oauth.grant(
        call.conn, row["user_id"], known["client_id"], row["scope"], call.epoch, code=code, lasting=lasting
    )
    call.record("grant_token", known["client_id"])
    return _tokens(oauth.grant_json(given))


def _known_client(call: Call) -> sqlite3.Row:
    """Return the client that asks, once it has shown its secret where it has one. Raises OAuthError."""
    basic_id, _, basic_secret = _basic(call.authorization).partition(":")
    known = oauth.client(call.conn, call.text("client_id") or basic_id)
    shown = call.text("client_secret") or basic_secret
    if known["client_secret"] is not None and not secrets.compare_digest(
        known["client_secret"].encode(), shown.encode()
    ):
        raise OAuthError("invalid_client", "The client secret is not right.", 401)
    return known


def _basic(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _tokens(body: Json) -> Reply:
    return Reply(body, 200, {"Cache-Control": "no-store", "Pragma": "no-cache"})


ROUTES = (
    RouteSpec("POST", "/oauth2-1/register", TokenNeed.NONE, _answering(register)),
    RouteSpec("GET", "/oauth2-1/authorize", TokenNeed.NONE, _answering(authorize)),
    RouteSpec("POST", "/oauth2-1/token", TokenNeed.NONE, _answering(token)),
    RouteSpec("POST", "/oauth2-1/revoke", TokenNeed.NONE, _answering(revoke)),
    RouteSpec("GET", "/oauth2/authorize", TokenNeed.NONE, _answering(authorize_app)),
    RouteSpec("POST", "/oauth2/token", TokenNeed.NONE, _answering(token_app)),
)
