"""Reads of the sandbox as a screen makes them, to compare a command's rows with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.services.exports import Record, as_json
from tests.cli.harness import KEY

Result = TypeVar("Result")


def as_screen(url: str, read: Callable[[LicensingClient], Awaitable[Result]], token: str = KEY) -> Result:
    """Return what `read` finds with a client of its own."""

    async def reading() -> Result:
        tokens = StaticTokens(key=SecretStr(token))
        async with LicensingClient(tokens=tokens, api_url=url, trust_env=False) as client:
            return await read(client)

    return asyncio.run(reading())


def exported(records: Sequence[Record]) -> Any:
    """Return rows as the app's JSON export has them."""
    return json.loads(as_json(records))
