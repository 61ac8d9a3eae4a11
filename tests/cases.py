"""Cases of a parametrized test of which some are enough for `make test`, and what a case needs of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

needs_dev_full = pytest.mark.skipif(
    not os.access("/dev/full", os.W_OK), reason="there is no /dev/full, which Linux has, to write to"
)


def cases(named: Iterable[tuple[str, object]], *quick: str) -> list[object]:
    """Return the cases, each with its name as its id; those that are not `quick` are marked slow.

    Raises KeyError where one of `quick` is none of the cases. The values of a case that takes several are a tuple.
    """
    listed = list(named)
    if unknown := set(quick) - {name for name, _ in listed}:
        raise KeyError(*unknown)
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)),
            id=name,
            marks=() if name in quick else pytest.mark.slow,
        )
        for name, value in listed
    ]
