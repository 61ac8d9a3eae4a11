"""Identifiers like Stripe's, made so that a run can be repeated."""

from __future__ import annotations

import random
import string

LETTERS = string.ascii_letters + string.digits


def ident(prefix: str, *seeds: object, size: int = 24) -> str:
    """Return `prefix` and `size` letters and digits that hang on `seeds` alone."""
    chance = random.Random("/".join(str(seed) for seed in (prefix, *seeds)))  # noqa: S311 - made-up data
    return prefix + "".join(chance.choices(LETTERS, k=size))
