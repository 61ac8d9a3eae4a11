"""How patient the queue is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

ANSWERED = frozenset({"unable_to_pay_invoice"})
"""A business refusal in the clothes of a 500: it may have charged, but it is over (contract: account 1.5)."""


@dataclass(frozen=True)
class Policy:
    """Seconds and numbers of tries; the defaults are for use, tests bring their own ``sleep``.

    ``check_pauses``: the seconds before each check of a change of unknown outcome; only after the last one
    "not done" may be said. ``answered_pauses``: the same where the server did finish with the request and
    said so. ``long_ago``: after this time one check is enough, no server is that late. ``rate_limit_*``: a 429
    is waited out at most ``rate_limit_tries`` times, each at most ``rate_limit_longest`` seconds
    (``rate_limit_pause`` when the server names none). ``card_*``: tries after a card was just added.
    ``conflict_pauses``: the seconds before each look whether the change has ended that is in the way of a run's.
    ``close_seconds``: how long ``close`` waits for what is on its way.
    """

    check_pauses: tuple[float, ...] = (0.0, 2.0, 5.0, 15.0, 30.0)
    answered_pauses: tuple[float, ...] = (0.0, 2.0, 4.0)
    long_ago: timedelta = timedelta(minutes=10)
    rate_limit_tries: int = 6
    rate_limit_longest: float = 300.0
    rate_limit_pause: float = 5.0
    card_tries: int = 5
    card_pause: float = 1.0
    conflict_pauses: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0, *((5.0,) * 20))
    close_seconds: float = 10.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def pauses_after(self, age: timedelta, code: str | None = None) -> tuple[float, ...]:
        """Return the pauses before the checks of a change that was sent ``age`` ago.

        ``code`` is the vendor's code of the answer that left its outcome unknown.
        """
        if age >= self.long_ago:
            return (0.0,)
        return self.answered_pauses if code in ANSWERED else self.check_pauses


DEFAULT_POLICY = Policy()
