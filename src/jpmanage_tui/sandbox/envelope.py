"""Answers and refusals, and how they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from jpmanage_tui.sandbox.jsontypes import Json

JSON_TYPE = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its body (JSON, or bytes as they are) and more headers."""

    body: Json | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE

    def content(self) -> bytes:
        """Return the body's bytes."""
        return self.body if isinstance(self.body, bytes) else dump(self.body)


class HTTPError(Exception):
    """A request that is refused; the transaction it ran in is rolled back.

    `data` is added to the envelope's data; with `empty` the answer has no body at all, which the real API
    sometimes does on a 403.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        data: Mapping[str, Json] | None = None,
        headers: Mapping[str, str] | None = None,
        empty: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.data = dict(data or {})
        self.headers = dict(headers or {})
        self.empty = empty

    def reply(self, path: str) -> Reply:
        """Return the answer in the envelope of the API version that `path` belongs to."""
        if self.empty:
            return Reply(b"", self.status, self.headers)
        body: Json = {
            "code": self.code,
            "message": self.message,
            "data": {"status": self.status, **self.data},
        }
        if path.startswith("/rest/v1"):
            body = {"error": self.code, "message": self.message}
        return Reply(body, self.status, self.headers)


def dump(value: Json) -> bytes:
    """Write JSON in UTF-8, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def missing(*names: str) -> HTTPError:
    """Return the refusal of a request that lacks required arguments."""
    message = f"Missing parameter(s): {', '.join(names)}"
    return HTTPError(400, "rest_missing_callback_param", message, data={"params": list(names)})


def invalid(**problems: str) -> HTTPError:
    """Return the refusal of arguments that do not validate: argument name to what is wrong with it."""
    details: dict[str, Json] = {
        name: {"code": "rest_invalid_param", "message": text, "data": None} for name, text in problems.items()
    }
    message = f"Invalid parameter(s): {', '.join(problems)}"
    return HTTPError(400, "rest_invalid_param", message, data={"params": dict(problems), "details": details})
