"""The columns of the matrix: what may go wrong with a request, and what a server has done then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.mutation import Mutation
from tests.matrix.program import POLICY


class Answer(Enum):
    """What comes back of a request under a fault: nothing that says what became of it, or a refusal."""

    LOST = "lost"
    REFUSED = "refused"
    TOKEN_REFUSED = "token refused"
    COMES = "comes"


@dataclass(frozen=True)
class Fault:
    """One way for a request to go wrong.

    ``kind`` is the sandbox's, ``times`` how often it strikes (None: always), ``answer`` what comes back of a request that
    it struck, ``done`` whether the server did what was asked nevertheless. ``hangs``: no answer comes in any time.
    """

    name: str
    kind: str
    answer: Answer
    done: bool = False
    times: int | None = 1

    @property
    def hangs(self) -> bool:
        """Whether the program has to give up waiting."""
        return self.kind.startswith("hang")

    def __str__(self) -> str:
        return self.name

    def is_done(self, change: Mutation[Any], *, repeated: bool) -> bool:
        """Return whether a change is done in the end that met this fault.

        ``repeated``: what is sent once more, as a refusal proved that nothing was done, arrives.
        """
        if self.answer is Answer.LOST:
            return self.done
        if self.answer is Answer.COMES:
            return True
        return repeated and self.times is not None and self._repeats(change)

    def requests(self, change: Mutation[Any], *, repeated: bool) -> int:
        """Return how often a change comes to the server that meets this fault."""
        if not repeated or not self._repeats(change):
            return 1
        most = 2 if self.answer is Answer.TOKEN_REFUSED else POLICY.rate_limit_tries
        return most if self.times is None else self.times + 1

    def _repeats(self, change: Mutation[Any]) -> bool:
        """Whether the answer proves that nothing was done, and something can be done about it."""
        if self.answer is Answer.TOKEN_REFUSED:
            return change.token is not TokenKind.NONE
        return self.answer is Answer.REFUSED


FAULTS: tuple[Fault, ...] = (
    Fault("no fault", "latency=0", Answer.COMES),
    Fault("hang before", "hang-before", Answer.LOST),
    Fault("hang after", "hang-after", Answer.LOST, done=True),
    Fault("reset before", "reset-before", Answer.LOST),
    Fault("reset after", "reset-after", Answer.LOST, done=True),
    Fault("429", "429=7", Answer.REFUSED, times=2),
    Fault("429 untold", "429=none", Answer.REFUSED, times=2),
    Fault("429 lasting", "429=7", Answer.REFUSED, times=None),
    Fault("500", "500", Answer.LOST),
    Fault("500 after", "500=after", Answer.LOST, done=True),
    Fault("502", "502", Answer.LOST),
    Fault("502 after", "502=after", Answer.LOST, done=True),
    Fault("malformed", "malformed", Answer.LOST, done=True),
    Fault("cut", "cut", Answer.LOST, done=True),
    Fault("401 once", "401", Answer.TOKEN_REFUSED),
    Fault("401 lasting", "401", Answer.TOKEN_REFUSED, times=None),
)
