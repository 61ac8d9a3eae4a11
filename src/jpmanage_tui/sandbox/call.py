"""One request as a handler sees it, and what a route is made of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from jpmanage_tui.sandbox.auth import Caller, TokenNeed
from jpmanage_tui.sandbox.envelope import HTTPError, Reply, missing
from jpmanage_tui.sandbox.jsontypes import Json


@dataclass(frozen=True)
class Call:
    """A request, admitted and parsed.

    `args` holds the arguments of query and body together (the body wins), `path` those in the path.
    `flags` names the faults that change how a handler works, for example ``search-ignores-page``.
    `authorization` is the header as it came: Stripe and the sign-in take other kinds of it than bearer tokens.
    """

    conn: sqlite3.Connection
    caller: Caller
    path: Mapping[str, str]
    args: Mapping[str, Json]
    now: datetime
    flags: frozenset[str]
    files_origin: str
    base_url: str
    authorization: str = ""

    @property
    def epoch(self) -> int:
        """The sandbox's time in Unix seconds."""
        return int(self.now.timestamp())

    @property
    def key_id(self) -> int:
        """The partner key that asks. Raises HTTPError when no key does."""
        if self.caller.key_id is None:
            raise HTTPError(403, "rest_forbidden", "This call takes a partner key's token.")
        return self.caller.key_id

    @property
    def partner_id(self) -> int:
        """The partner that asks. Raises HTTPError ``no_partner_found`` without one (contract: account 1.1)."""
        if self.caller.partner_id is None:
            raise HTTPError(404, "no_partner_found", "No partner was found for this user.")
        return self.caller.partner_id

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text; `default` when it is absent or null."""
        value = self.args.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def require(self, *names: str) -> None:
        """Raise the refusal of a request that lacks one of `names` (an empty string counts as given)."""
        absent = [name for name in names if self.args.get(name) is None]
        if absent:
            raise missing(*absent)

    def record(self, kind: str, subject: str, detail: str = "") -> None:
        """Write down a change in the transaction that makes it, so that a check can count changes."""
        self.conn.execute(
            "INSERT INTO changes (at, kind, subject, detail, key_id, user_id) VALUES (?, ?, ?, ?, ?, ?)",
            (self.epoch, kind, subject, detail, self.caller.key_id, self.caller.user_id),
        )


Handler: TypeAlias = "Callable[[Call], Json | Reply]"


@dataclass(frozen=True)
class RouteSpec:
    """One method of one path (Starlette's path syntax), the token it takes, and its handler."""

    method: str
    path: str
    token: TokenNeed
    handler: Handler


V2 = "/wpcom/v2"
LICENSING = f"{V2}/jetpack-licensing"
