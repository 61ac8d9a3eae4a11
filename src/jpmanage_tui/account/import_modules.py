"""Loading what was left out of the start, in pieces: between two of them keys and answers are seen to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from importlib import import_module


async def load(names: Iterable[str]) -> None:
    """Import modules by name, one after another, and give way after each."""
    for name in names:
        import_module(name)
        await asyncio.sleep(0)
