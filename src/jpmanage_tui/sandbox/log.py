"""What was asked of the sandbox, in order, without secrets."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from jpmanage_tui.sandbox.auth import NOBODY
from jpmanage_tui.sandbox.jsontypes import Json

KEEP = 20_000
"""Requests kept; older ones are dropped."""

CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){11,18}(?![\w-])")
SECRET_NAMES = re.compile(
    r"(?i)(^|\[|_)(number|cvc|cvv|token|secret|password|code_verifier|client_secret)(\]|$)|^code$|_secret"
)
INTENT_SECRET = re.compile(r"(seti_[A-Za-z0-9]+_secret_)[A-Za-z0-9]+")
"""A setup intent's client secret: the intent's id may be seen, what follows it may not (contract: account 1.7)."""
HIDDEN_CARD = "[card number]"
HIDDEN = "[hidden]"


@dataclass
class Entry:
    """One request. `status` stays None when it got no answer; `caller` is the kind of its token, `content_type` how
    its body was written, without parameters ("" without a body), `fault` the kind of the failure that struck it.
    """

    number: int
    method: str
    host: str
    path: str
    query: dict[str, Json]
    body: Json
    at: str
    began: float
    content_type: str = ""
    caller: str = NOBODY.kind
    status: int | None = None
    seconds: float | None = None
    fault: str | None = None

    def settle(self, status: int | None) -> None:
        """Note the answer's status, or None when there was none, and how long it took."""
        self.status = status
        self.seconds = round(time.monotonic() - self.began, 6)

    def to_json(self) -> dict[str, Json]:
        """Return it as ``GET /_sandbox/requests`` shows it."""
        return {
            "number": self.number,
            "method": self.method,
            "host": self.host,
            "path": self.path,
            "query": self.query,
            "body": self.body,
            "content_type": self.content_type,
            "token": self.caller,
            "at": self.at,
            "status": self.status,
            "seconds": self.seconds,
            "fault": self.fault,
        }


class RequestLog:
    """The requests in the order in which they came."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEEP)
        self._number = 0

    def begin(
        self, method: str, host: str, path: str, query: Mapping[str, Json], body: Json, at: str
    ) -> Entry:
        """Note a request that has come; secrets in query and body are replaced."""
        self._number += 1
        entry = Entry(
            self._number, method, host, path, _redact_all(query), redact(body), at, time.monotonic()
        )
        self._entries.append(entry)
        return entry

    def entries(self) -> list[Json]:
        """Return every entry kept, oldest first."""
        return [entry.to_json() for entry in self._entries]

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()


def redact(value: Json) -> Json:
    """Return `value` with card numbers, and whatever stands under the name of a secret, replaced by words."""
    if isinstance(value, str):
        return INTENT_SECRET.sub(rf"\1{HIDDEN}", CARD.sub(HIDDEN_CARD, value))
    if isinstance(value, Mapping):
        return _redact_all(value)
    if isinstance(value, (list, tuple)):
        return [redact(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and CARD.fullmatch(str(value)):
        return HIDDEN_CARD
    return value


def _redact_all(items: Mapping[str, Json]) -> dict[str, Json]:
    return {name: _redact_named(name, value) for name, value in items.items()}


def _redact_named(name: str, value: Json) -> Json:
    if SECRET_NAMES.search(name) and isinstance(value, (str, int)) and value != "":
        return HIDDEN_CARD if "number" in name else HIDDEN
    return redact(value)
