"""Reading what a request carries: JSON, a form or a multipart form."""

from __future__ import annotations

import json
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from jpmanage_tui.sandbox.envelope import HTTPError, dump
from jpmanage_tui.sandbox.jsontypes import Json

MAX_BODY = 1_000_000
"""Bytes; no request of this API comes near it."""


def read_body(content: bytes, content_type: str) -> dict[str, Json]:
    """Return the arguments in a body. An empty body has none.

    Raises HTTPError (400 ``rest_invalid_json``) when the body says it is JSON and is not an object.
    """
    if not content.strip():
        return {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(content.decode(errors="replace"), keep_blank_values=True))
    if kind == "multipart/form-data":
        return _read_multipart(content, content_type)
    return _read_json(content)


def _read_json(content: bytes) -> dict[str, Json]:
    try:
        value = json.loads(content)
        dump(value)  # half a surrogate pair can be spelled in JSON, and can be stored nowhere
    except (ValueError, RecursionError) as error:
        raise HTTPError(400, "rest_invalid_json", "Invalid JSON body passed.") from error
    if not isinstance(value, dict):
        raise HTTPError(400, "rest_invalid_json", "Invalid JSON body passed.")
    return value


def _read_multipart(content: bytes, content_type: str) -> dict[str, Json]:
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content
    )
    found: dict[str, Json] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found[name] = payload.decode(errors="replace")
    return found
