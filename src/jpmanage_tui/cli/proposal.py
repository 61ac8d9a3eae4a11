"""What a changing command would do, before it is confirmed."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.progress import Progress

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.services.bulk_plans import BulkPlan


@dataclass(frozen=True)
class Proposal:
    """What a command would do.

    `sentences` say what it means, and stand before the remarks of the plan; of what is issued or revoked they say what
    that costs or saves. `lost`: so many licenses are issued, or lost for good, which cannot be undone (a bundle counts
    its size); from two on the number has to be typed.
    """

    plan: BulkPlan
    sentences: tuple[str, ...] = ()
    lost: int = 0


Propose = Callable[["Session", argparse.Namespace, Inputs, Progress], Awaitable[Proposal]]
"""Reads what is needed and returns what would be done. Raises CommandError, PlanError or ApiError; changes nothing."""
