"""What a sandbox can be told when it is made, and the tokens it honors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


class SandboxError(Exception):
    """The sandbox cannot be made as asked; the message is one plain sentence."""


@dataclass(frozen=True)
class SandboxOptions:
    """How big, how random, when and where.

    `licenses` is the number of rows that the first key's flat list holds over all states (the children of
    bundles come on top). `now` (aware) fixes the clock; without it the clock is the machine's. `directory`
    keeps ``sandbox.sqlite``; without it everything lives in memory. `faults` are specs as
    ``faults.parse_fault`` reads them.
    """

    licenses: int = 250
    seed: int = 1
    now: datetime | None = None
    directory: Path | None = None
    faults: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.licenses < 0:
            raise SandboxError("The number of licenses cannot be negative.")
        if self.now is not None and self.now.tzinfo is None:
            raise SandboxError("The sandbox's time needs a time zone, for example 2026-03-01T09:00:00Z.")


@dataclass(frozen=True)
class SandboxTokens:
    """The bearer tokens that every sandbox honors (they open nothing but a sandbox)."""

    key: str = "sandbox-key"
    key_2: str = "sandbox-key-2"
    user: str = "sandbox-user"
    user_new: str = "sandbox-user-new"
    user_tos: str = "sandbox-user-tos"
    key_tos: str = "sandbox-key-tos"
    user_nocard: str = "sandbox-user-nocard"
    key_nocard: str = "sandbox-key-nocard"


TOKENS = SandboxTokens()
