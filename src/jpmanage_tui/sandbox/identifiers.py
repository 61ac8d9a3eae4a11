"""Identifiers like Stripe's, made so that a run can be repeated, and addresses that tell something."""

from __future__ import annotations

import random
import string
from urllib.parse import urlencode, urlsplit, urlunsplit

LETTERS = string.ascii_letters + string.digits


def ident(prefix: str, *seeds: object, size: int = 24) -> str:
    """Return `prefix` and `size` letters and digits that hang on `seeds` alone."""
    rng = random.Random("/".join(str(seed) for seed in (prefix, *seeds)))  # noqa: S311 - made-up data
    return prefix + "".join(rng.choices(LETTERS, k=size))


def with_query(uri: str, told: dict[str, str]) -> str:
    """Return `uri` with `told` added to its query."""
    parts = urlsplit(uri)
    added = urlencode(told)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
